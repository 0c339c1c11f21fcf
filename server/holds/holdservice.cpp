#include "holds/holdservice.h"

#include "db/database.h"
#include "holds/holdsteps.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

HoldService::HoldService(Database &database, PerformanceLookup lookup, Changed changed)
    : m_database(database)
    , m_lookup(std::move(lookup))
    , m_changed(std::move(changed))
{}

void HoldService::take(const SaleParty &party, const CommandKey &key, const TakeHold &command, const Done &done)
{
    const auto facts = m_lookup(command.performance);
    if (!facts)
        return done(refuse(facts.error()));
    const auto outcome = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<HoldView>(
            transaction, key, [&](Transaction &inner) { return holdsteps::take(inner, party, command, *facts); });
    }));
    if (outcome)
        m_changed(command.performance);
    done(outcome);
}

void HoldService::renew(const SaleParty &party, const CommandKey &key, const HoldId &hold, const Done &done)
{
    const auto facts = holdsteps::factsOf(m_database, m_lookup, hold);
    if (!facts)
        return done(refuse(facts.error()));
    done(flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<HoldView>(transaction, key, [&](Transaction &inner) -> Result<HoldView> {
            PT_TRY(const HoldRow row, holdsteps::lockOwn(inner, party, hold));
            return holdsteps::renew(inner, row, *facts);
        });
    })));
}

void HoldService::release(const SaleParty &party, const CommandKey &key, const ReleaseHold &command, const Done &done)
{
    const auto facts = holdsteps::factsOf(m_database, m_lookup, command.hold);
    if (!facts)
        return done(refuse(facts.error()));
    const auto outcome = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<HoldView>(transaction, key, [&](Transaction &inner) -> Result<HoldView> {
            PT_TRY(const HoldRow row, holdsteps::lockOwn(inner, party, command.hold));
            return holdsteps::release(inner, row, command, *facts);
        });
    }));
    if (outcome)
        m_changed(outcome->performance);
    done(outcome);
}

Result<HoldView> HoldService::find(const SaleParty &party, const HoldId &hold)
{
    PT_TRY(const PerformanceFacts facts, holdsteps::factsOf(m_database, m_lookup, hold));
    return m_database.transact([&](Transaction &transaction) -> Result<HoldView> {
        PT_TRY(const HoldRow row, holdsteps::findOwn(transaction, party, hold));
        return holdsteps::view(transaction, row, facts);
    });
}

Result<int> HoldService::expireDue(int countMax)
{
    PT_TRY(const auto performances, m_database.transact([](Transaction &transaction) {
        return Result<std::vector<PerformanceId>>(holds::performancesWithDue(transaction));
    }));
    int closed = 0;
    for (const PerformanceId &performance : performances) {
        // One transaction a performance: all its places are locked at once, and only its map waits for us.
        PT_TRY(const int count, m_database.transact([&](Transaction &transaction) -> Result<int> {
            const auto due = holds::lockDue(transaction, performance, countMax - closed);
            holdsteps::expire(transaction, performance, due);
            return static_cast<int>(due.size());
        }));
        if (count > 0)
            m_changed(performance);
        closed += count;
        if (closed >= countMax)
            break;
    }
    return closed;
}

} // namespace parterre::server
