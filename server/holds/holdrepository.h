#pragma once

#include "domain/holds/hold.h"

#include <QString>

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// One row of `hold`.
struct HoldRow
{
    HoldId id;
    PerformanceId performance;
    QString owner; ///< `user:<id>` or `buyer:<session id>`.
    SalesChannel channel = SalesChannel::Web;
    HoldState state = HoldState::Live;
    std::vector<int> seats; ///< Numbers in the layout, ascending.
    Instant heldUntil;
    Instant createdAt;
};

namespace holds {

/// Waits for any other command on this hold id, whether the hold is there yet or not; ends with the transaction.
void lockId(Transaction &transaction, const HoldId &hold);
/// The same for all that one owner does in one performance, so that a purchase limit is counted right.
void lockOwner(Transaction &transaction, const QString &owner, const PerformanceId &performance);

[[nodiscard]] std::optional<HoldRow> find(Transaction &transaction, const HoldId &hold);
[[nodiscard]] std::optional<HoldRow> lock(Transaction &transaction, const HoldId &hold);
/// Inserts, or writes state, seats and end.
void write(Transaction &transaction, const HoldRow &hold);

/// Places that the owner has in live and frozen holds other than `except` and in confirmed orders.
[[nodiscard]] int placesOfOwner(Transaction &transaction, const QString &owner, const PerformanceId &performance,
                                const HoldId &except);
/// The open orders of a hold that has ended are over with it. Needs the hold's lock.
void expireOrders(Transaction &transaction, const HoldId &hold);

/// Performances with live holds past their time.
[[nodiscard]] std::vector<PerformanceId> performancesWithDue(Transaction &transaction);
/// The performance's live holds past their time, oldest first; those that another transaction works on are passed over.
[[nodiscard]] std::vector<HoldRow> lockDue(Transaction &transaction, const PerformanceId &performance, int countMax);

} // namespace holds

} // namespace parterre::server
