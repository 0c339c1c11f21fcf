#pragma once

#include "holds/holdview.h"

/// What others do with a hold inside a transaction of their own, which locks in the order of 0001_first_sale.sql.
/// Taking, renewing and giving back is HoldBatch.
namespace parterre::server {

class Database;

namespace holdsteps {

/// What is known of a hold before the transaction that needs it.
struct KnownHold
{
    PerformanceFacts performance; ///< The same for the hold's whole life.
    bool stillChoosing = false;   ///< Then, at least.
};
[[nodiscard]] Result<KnownHold> known(Database &database, const PerformanceLookup &lookup, const HoldId &hold);

/// HoldGone for a hold that is not there or not this party's: the two look the same, so that ids cannot be probed. Who
/// has handed it over is told so (domain/holds/handover.h).
[[nodiscard]] Result<HoldRow> findOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold);
[[nodiscard]] Result<HoldRow> lockOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold);

/// The hold as it is now.
[[nodiscard]] HoldSnapshot snapshot(Transaction &transaction, const HoldRow &hold);

} // namespace holdsteps

} // namespace parterre::server
