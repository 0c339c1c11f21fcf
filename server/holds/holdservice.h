#pragma once

#include "holds/holdparty.h"
#include "holds/holdqueue.h"
#include "holds/holdroutes.h"
#include "holds/holdview.h"

#include <chrono>
#include <map>
#include <mutex>
#include <span>
#include <vector>

namespace parterre::server {

class Database;
class Houses;

/// Takes, renews, releases and expires holds (design D1, D2, D3). Commands of one performance that come at once share a
/// transaction (HoldBatch), which locks in the order that 0001_first_sale.sql lists and asks domain/inventory what the
/// rows become. Several servers over one database do so side by side.
///
/// take(), renew() and release() answer through `done`, on another thread and later; once each, also when the service
/// stops. Overloaded, with retryAfterSeconds, means that the request has not reached the database.
class HoldService
{
public:
    using Done = HoldRequest::Done;
    using Changed = std::function<void(const PerformanceId &)>; ///< Called after a commit that changed the map.

    HoldService(Database &database, PerformanceLookup lookup, Houses &houses, Changed changed,
                const HoldQueueConfig &queue = {});
    ~HoldService();
    HoldService(const HoldService &) = delete;
    HoldService &operator=(const HoldService &) = delete;

    void take(const SaleParty &party, const CommandKey &key, const TakeHold &command, Done done);
    void renew(const SaleParty &party, const CommandKey &key, const HoldId &hold, Done done);
    void release(const SaleParty &party, const CommandKey &key, const ReleaseHold &command, Done done);
    [[nodiscard]] Result<HoldView> find(const SaleParty &party, const HoldId &hold);

    /// Makes visible what the clock has ended already, in steps of a bounded size; returns how many holds it closed.
    /// A performance in which that fails is left out for some seconds, and the others go on. Safe on several nodes.
    [[nodiscard]] Result<int> expireDue(int countMax = 200);

    /// Answers what was accepted and accepts nothing more. Idempotent.
    void stop();

private:
    void add(HoldRequest request);
    [[nodiscard]] HoldQueue::Answer run(const PerformanceId &performance, std::vector<HoldRequest> requests);
    [[nodiscard]] Result<PerformanceFacts> factsFor(const PerformanceId &performance,
                                                    std::span<const HoldRequest> requests);
    /// What became of a batch.
    struct Decided
    {
        std::vector<Result<HoldSnapshot>> outcomes;
        std::vector<size_t> lostRaces; ///< Ascending: whose chosen places had gone to others.
        bool mapHasChanged = false;
    };
    [[nodiscard]] Result<Decided> decide(const PerformanceFacts &facts, std::span<const HoldRequest> requests);
    /// Takes those who lost a race out of the batch, and has places chosen for them in the next one.
    void chooseAgain(const PerformanceId &performance, std::vector<HoldRequest> &requests, Decided &decided);
    [[nodiscard]] HoldQueue::Answer runOneByOne(const PerformanceId &performance, std::vector<HoldRequest> requests);
    /// Whose holds could not be closed a moment ago.
    [[nodiscard]] std::vector<PerformanceId> leftOut();
    void leaveOut(const PerformanceId &performance);
    /// Finds where these holds are and hands the requests to those queues.
    [[nodiscard]] HoldQueue::Answer route(std::vector<HoldRequest> requests);

    Database &m_database;
    PerformanceLookup m_lookup;
    Houses &m_houses;
    Changed m_changed;
    HoldRoutes m_routes;
    std::mutex m_leftOutMutex;
    std::map<PerformanceId, std::chrono::steady_clock::time_point> m_leftOut; ///< Until when.
    HoldQueue m_queue; ///< Last, so that its threads have ended before anything they use goes.
};

} // namespace parterre::server
