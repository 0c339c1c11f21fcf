#pragma once

#include "checkout/orderrepository.h"
#include "domain/identity/user.h"

#include <optional>

/// Comps and other prices than the list's: who asked for them, who approved, and why. Only the desk has them.
namespace parterre::server::overrides {

/// How long a supervisor's signature is good at the desk where it was given.
inline constexpr int approvalSeconds = 600;

[[nodiscard]] Approval approve(Transaction &transaction, const UserView &supervisor, const QString &askedBy);
/// Nothing for a token that is unknown, was given to another desk's user, or is too old.
[[nodiscard]] std::optional<UserId> approvedBy(Transaction &transaction, const QString &askedBy, const QString &token);

[[nodiscard]] bool hasAny(const std::vector<OrderLineRequest> &lines);
/// One row for the audit a line that has another price than the list's.
void keep(Transaction &transaction, const OrderRow &order, const UserId &approvedBy);
/// Of sold orders, the newest first.
[[nodiscard]] std::vector<OverrideRecord> report(Transaction &transaction,
                                                 const std::optional<PerformanceId> &performance, int countMax);

} // namespace parterre::server::overrides
