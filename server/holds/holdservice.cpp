#include "holds/holdservice.h"

#include "catalog/catalogrepository.h"
#include "db/database.h"
#include "holds/holdbatch.h"
#include "holds/holdsteps.h"
#include "holds/houses.h"

#include <QLoggingCategory>

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.holds")

/// Some 10 MB; the holds of a hundred sold-out halls.
constexpr int routesMax = 200'000;
/// How often a batch is decided again because another node was quicker with one of its commands.
constexpr int attemptsMax = 3;
/// How often places are chosen for a party whose places went to others before it is told to come back.
constexpr int racesMax = 12;
/// Their places may be known when the other batch that is under way has ended.
constexpr std::chrono::milliseconds raceWaitMax{20};

/// A performance whose holds could not be closed waits so long before they are tried again. What failed may have waited
/// for a lock as long as a lock is waited for, which all others would do with it.
constexpr std::chrono::seconds leftOutFor{5};

/// After a hold that had seemed new was there already: more such are to come, from a node that was started anew or by
/// whom another node has served, and each would have its whole batch decided twice.
constexpr std::chrono::seconds looksFor{1};
/// Of a queue's thread, which serves one service only: until then it looks for everything.
thread_local std::chrono::steady_clock::time_point looksUntil{};

/// Requests whose performance is not known stand in a queue of their own.
const PerformanceId nowhere;

HoldQueue::Answer refuseAll(std::vector<HoldRequest> requests, const Error &error)
{
    return [requests = std::move(requests), error] {
        for (const HoldRequest &request : requests)
            request.done(refuse(error));
    };
}

HoldQueue::Answer answerAll(std::vector<HoldRequest> requests, std::vector<Result<HoldSnapshot>> outcomes,
                            PerformanceFacts facts)
{
    return [requests = std::move(requests), outcomes = std::move(outcomes), facts = std::move(facts)] {
        for (size_t i = 0; i < requests.size(); ++i) {
            const Result<HoldSnapshot> &outcome = outcomes[i];
            requests[i].done(outcome ? Result<HoldView>(viewOf(*outcome, facts)) : refuse(outcome.error()));
        }
    };
}

} // namespace

HoldService::HoldService(Database &database, PerformanceLookup lookup, Houses &houses, Changed changed,
                         const HoldQueueConfig &queue)
    : m_database(database)
    , m_lookup(std::move(lookup))
    , m_houses(houses)
    , m_changed(std::move(changed))
    , m_routes(routesMax)
    , m_queue(queue, [this](const PerformanceId &performance, std::vector<HoldRequest> requests) {
        return performance == nowhere ? route(std::move(requests)) : run(performance, std::move(requests));
    })
{}

HoldService::~HoldService()
{
    stop();
}

void HoldService::stop()
{
    m_queue.stop();
}

void HoldService::take(const SaleParty &party, const CommandKey &key, const TakeHold &command, Done done)
{
    m_queue.add(command.performance, {.party = party, .key = key, .command = command, .done = std::move(done)});
}

void HoldService::renew(const SaleParty &party, const CommandKey &key, const HoldId &hold, Done done)
{
    add({.party = party, .key = key, .command = RenewHold{hold}, .done = std::move(done)});
}

void HoldService::release(const SaleParty &party, const CommandKey &key, const ReleaseHold &command, Done done)
{
    add({.party = party, .key = key, .command = command, .done = std::move(done)});
}

void HoldService::add(HoldRequest request)
{
    const auto performance = m_routes.find(request.hold());
    m_queue.add(performance.value_or(nowhere), std::move(request));
}

HoldQueue::Answer HoldService::route(std::vector<HoldRequest> requests)
{
    std::vector<HoldId> holds;
    for (const HoldRequest &request : requests)
        holds.push_back(request.hold());
    const auto places = m_database.transact([&](Transaction &transaction) {
        return Result<std::vector<holds::HoldPlace>>(holds::performancesOf(transaction, holds));
    });
    if (!places)
        return refuseAll(std::move(requests), places.error());
    for (const holds::HoldPlace &place : *places)
        m_routes.learn(place.hold, place.performance);
    std::vector<HoldRequest> gone;
    for (HoldRequest &request : requests) {
        if (const auto performance = m_routes.find(request.hold()))
            m_queue.add(*performance, std::move(request));
        else
            gone.push_back(std::move(request));
    }
    return refuseAll(std::move(gone), holdGone());
}

HoldQueue::Answer HoldService::run(const PerformanceId &performance, std::vector<HoldRequest> requests)
{
    auto facts = factsFor(performance, requests);
    if (!facts)
        return refuseAll(std::move(requests), facts.error());
    auto done = decide(*facts, requests);
    if (!done) {
        // A statement that fails for one of them fails for all, so each is tried for itself.
        const bool isOneOfThem = done.error().code == ErrorCode::Internal || done.error().code == ErrorCode::InProgress;
        if (isOneOfThem && requests.size() > 1) {
            qCWarning(log) << "a batch of" << requests.size() << "is carried out one by one:" << done.error().message;
            return runOneByOne(performance, std::move(requests));
        }
        return refuseAll(std::move(requests), done.error());
    }
    for (size_t i = 0; i < requests.size(); ++i) {
        if (done->outcomes[i])
            m_routes.learn(requests[i].hold(), performance);
    }
    if (done->mapHasChanged)
        m_changed(performance);
    chooseAgain(performance, requests, *done);
    return answerAll(std::move(requests), std::move(done->outcomes), *std::move(facts));
}

/// What the catalogue keeps may be some seconds old. Who is there when another node opens the sale is not refused for
/// that, and for good, since the outcome of a command is kept.
Result<PerformanceFacts> HoldService::factsFor(const PerformanceId &performance, std::span<const HoldRequest> requests)
{
    PT_TRY(PerformanceFacts facts, m_lookup(performance));
    PerformanceState &known = facts.detail.summary.state;
    const bool isAnyTake = std::ranges::any_of(
        requests, [](const HoldRequest &request) { return std::holds_alternative<TakeHold>(request.command); });
    if (known != PerformanceState::OnSale && isAnyTake) {
        PT_TRY(const auto now, m_database.transact([&](Transaction &transaction) {
            return Result<std::optional<PerformanceState>>(catalog::state(transaction, performance));
        }));
        known = now.value_or(known);
    }
    return facts;
}

Result<HoldService::Decided> HoldService::decide(const PerformanceFacts &facts, std::span<const HoldRequest> requests)
{
    Houses::House house;
    if (HoldBatch::needsHouse(facts, requests)) {
        auto opened = m_houses.open(facts);
        if (!opened)
            return refuse(opened.error());
        house = *std::move(opened);
    }
    Result<Decided> done = refuse(ErrorCode::InProgress, {});
    std::vector<bool> seemsNew;
    if (std::chrono::steady_clock::now() >= looksUntil) {
        for (const HoldRequest &request : requests)
            seemsNew.push_back(std::holds_alternative<TakeHold>(request.command) && request.racesLost == 0 &&
                               !m_routes.find(request.hold()));
    }
    for (int attempt = 0; attempt < attemptsMax && !done && done.error().code == ErrorCode::InProgress; ++attempt) {
        if (attempt > 0) {
            seemsNew.clear();
            looksUntil = std::chrono::steady_clock::now() + looksFor;
        }
        done = m_database.transact(
            [&](Transaction &transaction) -> Result<Decided> {
                std::optional<HouseView> view;
                if (house.seen)
                    view.emplace(m_houses.view(facts, house, transaction));
                HoldBatch batch(facts, requests, view ? &*view : nullptr, seemsNew);
                PT_CHECK(batch.run(transaction));
                Decided decided{.outcomes = batch.outcomes(), .lostRaces = {}, .mapHasChanged = batch.mapHasChanged()};
                for (size_t i = 0; i < requests.size(); ++i) {
                    if (batch.hasLostRace(i))
                        decided.lostRaces.push_back(i);
                }
                return decided;
            },
            ConnectionUse::Holds);
    }
    if (done && !done->lostRaces.empty() && house.batch)
        house.batch->waitForAnother(raceWaitMax);
    return done;
}

void HoldService::chooseAgain(const PerformanceId &performance, std::vector<HoldRequest> &requests, Decided &decided)
{
    if (decided.lostRaces.empty())
        return;
    m_houses.refresh(performance);
    for (size_t i = decided.lostRaces.size(); i-- > 0;) {
        const auto lost = static_cast<std::ptrdiff_t>(decided.lostRaces[i]);
        HoldRequest &request = requests[decided.lostRaces[i]];
        if (++request.racesLost < racesMax) {
            m_queue.add(performance, std::move(request));
        } else {
            Error busy{.code = ErrorCode::Overloaded,
                       .message = u"Many people are choosing at this moment. Ask again in a second."_s,
                       .retryAfterSeconds = 1};
            request.done(refuse(std::move(busy)));
        }
        requests.erase(requests.begin() + lost);
        decided.outcomes.erase(decided.outcomes.begin() + lost);
    }
}

HoldQueue::Answer HoldService::runOneByOne(const PerformanceId &performance, std::vector<HoldRequest> requests)
{
    std::vector<HoldQueue::Answer> answers;
    for (HoldRequest &request : requests) {
        std::vector<HoldRequest> alone;
        alone.push_back(std::move(request));
        answers.push_back(run(performance, std::move(alone)));
    }
    return [answers = std::move(answers)] {
        for (const HoldQueue::Answer &answer : answers)
            answer();
    };
}

Result<HoldView> HoldService::find(const SaleParty &party, const HoldId &hold)
{
    PT_TRY(HoldSnapshot snapshot, m_database.transact([&](Transaction &transaction) -> Result<HoldSnapshot> {
        PT_TRY(const HoldRow row, holdsteps::findOwn(transaction, party, hold));
        return holdsteps::snapshot(transaction, row);
    }));
    PT_TRY(const PerformanceFacts facts, m_lookup(snapshot.row.performance));
    if (snapshot.row.stillChoosing && snapshot.row.state == HoldState::Live) {
        PT_TRY(auto alone, m_houses.leftAlone(facts, snapshot.row.seats));
        snapshot.leftAlone = std::move(alone);
    }
    return viewOf(snapshot, facts);
}

std::vector<PerformanceId> HoldService::leftOut()
{
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(m_leftOutMutex);
    std::erase_if(m_leftOut, [now](const auto &one) { return one.second <= now; });
    std::vector<PerformanceId> performances;
    for (const auto &[performance, until] : m_leftOut)
        performances.push_back(performance);
    return performances;
}

void HoldService::leaveOut(const PerformanceId &performance)
{
    const std::lock_guard lock(m_leftOutMutex);
    m_leftOut[performance] = std::chrono::steady_clock::now() + leftOutFor;
}

Result<int> HoldService::expireDue(int countMax)
{
    PT_TRY(const auto due, m_database.transact([&, without = leftOut()](Transaction &transaction) {
        return Result<std::vector<holds::HoldPlace>>(holds::due(transaction, countMax, without));
    }));
    std::map<PerformanceId, std::vector<HoldId>> byPerformance;
    for (const holds::HoldPlace &place : due)
        byPerformance[place.performance].push_back(place.hold);
    int closed = 0;
    for (const auto &[performance, holds] : byPerformance) {
        // One transaction a performance: all its places are locked at once, and only its map waits for us.
        const auto expired = m_database.transact(
            [&](Transaction &transaction) { return Result<Expired>(expireHolds(transaction, performance, holds)); });
        if (!expired && expired.error().code == ErrorCode::Unavailable)
            return refuse(expired.error()); // From all of them.
        if (!expired) {
            qCWarning(log) << "holds past their time were not closed in" << performance.text() << ":"
                           << expired.error().message;
            leaveOut(performance);
            continue;
        }
        if (expired->mapHasChanged)
            m_changed(performance);
        closed += expired->count;
    }
    return closed;
}

} // namespace parterre::server
