#include "holds/holdsteps.h"

#include "db/database.h"
#include "db/transaction.h"
#include "holds/handoverrepository.h"

namespace parterre::server::holdsteps {

using namespace Qt::StringLiterals;

namespace {

Error holdGone()
{
    return {.code = ErrorCode::HoldGone, .message = u"The hold has ended. Choose the places again."_s};
}

} // namespace

Result<KnownHold> known(Database &database, const PerformanceLookup &lookup, const HoldId &hold)
{
    PT_TRY(const HoldRow row, database.transact([&](Transaction &transaction) -> Result<HoldRow> {
        auto found = holds::find(transaction, hold);
        if (!found)
            return refuse(holdGone());
        return *std::move(found);
    }));
    PT_TRY(PerformanceFacts performance, lookup(row.performance));
    return KnownHold{.performance = std::move(performance), .stillChoosing = row.stillChoosing};
}

Result<HoldRow> findOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold)
{
    const auto row = holds::find(transaction, hold);
    if (!row || row->owner != party.owner)
        return refuse(handovers::notOwn(transaction, hold, party.owner));
    return *row;
}

Result<HoldRow> lockOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold)
{
    const auto row = holds::lock(transaction, hold);
    if (!row || row->owner != party.owner)
        return refuse(handovers::notOwn(transaction, hold, party.owner));
    return *row;
}

HoldSnapshot snapshot(Transaction &transaction, const HoldRow &hold)
{
    return {.row = hold, .areas = inventory::areaHolds(transaction, hold.id), .now = transaction.now()};
}

} // namespace parterre::server::holdsteps
