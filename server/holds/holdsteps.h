#pragma once

#include "holds/holdservice.h"

/// What happens to a hold inside one transaction. Each step locks in the order of 0001_first_sale.sql, decides by
/// domain/inventory, and writes only once nothing can refuse any more.
namespace parterre::server::holdsteps {

/// The facts of a hold's performance, which is the same for the hold's whole life; to be asked for before the
/// transaction that needs them.
[[nodiscard]] Result<PerformanceFacts> factsOf(Database &database, const PerformanceLookup &lookup, const HoldId &hold);

/// HoldGone for a hold that is not there or not this party's: the two look the same, so that ids cannot be probed.
[[nodiscard]] Result<HoldRow> findOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold);
[[nodiscard]] Result<HoldRow> lockOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold);

[[nodiscard]] Result<HoldView> take(Transaction &transaction, const SaleParty &party, const TakeHold &command,
                                    const PerformanceFacts &facts);
[[nodiscard]] Result<HoldView> renew(Transaction &transaction, HoldRow hold, const PerformanceFacts &facts);
[[nodiscard]] Result<HoldView> release(Transaction &transaction, HoldRow hold, const ReleaseHold &command,
                                       const PerformanceFacts &facts);
/// Ends these holds of one performance, locked and past their time.
void expire(Transaction &transaction, const PerformanceId &performance, const std::vector<HoldRow> &holds);

[[nodiscard]] HoldView view(Transaction &transaction, const HoldRow &hold, const PerformanceFacts &facts);

} // namespace parterre::server::holdsteps
