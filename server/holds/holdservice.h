#pragma once

#include "commands/commandlog.h"
#include "domain/catalog/catalog.h"
#include "domain/holds/hold.h"
#include "domain/layout/layout.h"
#include "holds/holdrepository.h"

#include <functional>
#include <memory>

namespace parterre::server {

class Database;

/// Who holds and through which door; what is decided never depends on the transport.
struct SaleParty
{
    QString owner; ///< `user:<id>` or `buyer:<session id>`; also the principal of its commands.
    SalesChannel channel = SalesChannel::Web;
};

/// What the holds need to know of a performance.
struct PerformanceFacts
{
    PerformanceDetail detail;
    std::shared_ptr<const LayoutIndex> layout;
};
/// Never called inside a transaction: it may take a connection of its own, and threads that each hold one while they
/// wait for another would wait for ever.
using PerformanceLookup = std::function<Result<PerformanceFacts>(const PerformanceId &)>;

/// Takes, renews, releases and expires holds (design D1, D3). Every change is one transaction that locks in the order
/// that 0001_first_sale.sql lists and asks domain/inventory what the rows become.
///
/// take(), renew() and release() answer through `done`, perhaps on another thread and later, so that requests of one
/// performance can be gathered into one statement (design D2) without changing a caller.
class HoldService
{
public:
    using Done = std::function<void(Result<HoldView>)>;
    using Changed = std::function<void(const PerformanceId &)>; ///< Called after a commit that changed the map.

    HoldService(Database &database, PerformanceLookup lookup, Changed changed);

    void take(const SaleParty &party, const CommandKey &key, const TakeHold &command, const Done &done);
    void renew(const SaleParty &party, const CommandKey &key, const HoldId &hold, const Done &done);
    void release(const SaleParty &party, const CommandKey &key, const ReleaseHold &command, const Done &done);
    [[nodiscard]] Result<HoldView> find(const SaleParty &party, const HoldId &hold);

    /// Makes visible what the clock has ended already; returns how many holds it closed. Safe on several nodes.
    [[nodiscard]] Result<int> expireDue(int countMax = 200);

private:
    Database &m_database;
    PerformanceLookup m_lookup;
    Changed m_changed;
};

} // namespace parterre::server
