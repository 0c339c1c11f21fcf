#include "realtime/livemap.h"

#include "db/database.h"
#include "inventory/inventoryrepository.h"
#include "realtime/livemaprepository.h"
#include "realtime/mapchannel.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.realtime")

/// All performances with viewers are looked at this often, for changes of other nodes and calls that were lost.
constexpr auto lookInterval = 1s;
/// A map that nobody looks at is kept for the next one for so long: reading a stadium's takes 100 ms.
constexpr auto emptyChannelKept = 60s;
/// A viewer who missed more changes than these is quicker served with a snapshot, and costs us a bounded query.
constexpr qint64 missedChangesMax = 2'000;

/// What the database says about a map since a number.
struct Read
{
    std::optional<MapDelta> delta;
    std::optional<MapSnapshot> snapshot; ///< Where there is no delta to it.
};

std::unexpected<Error> noSuchPerformance()
{
    return refuse(ErrorCode::NotFound, u"There is no such performance. Choose one from the list."_s);
}

} // namespace

class LiveMap::Private
{
public:
    struct Joining
    {
        PerformanceId performance;
        std::shared_ptr<MapMember> member;
    };
    /// By audience, from which number and to which.
    using Starts = std::map<std::tuple<MapAudience, qint64, qint64>, Start>;

    explicit Private(Database &database)
        : m_database(database)
        , m_task(u"livemap"_s, std::chrono::milliseconds(coalesceMilliseconds), [this] { run(); })
    {}

    ViewerId join(const PerformanceId &performance, Viewer viewer);
    void leave(ViewerId viewer);
    void changed(const PerformanceId &performance);
    void forgetAll();

    Result<MapSnapshot> readSnapshot(const PerformanceId &performance);

    Database &database() { return m_database; }
    PeriodicTask &task() { return m_task; }
    Counts counts() const;

private:
    // On the live thread only.
    void run();
    void look();
    void advance(MapChannel &channel, const PerformanceId &performance);
    void welcome(const PerformanceId &performance, const std::vector<Joining> &joining);
    const Start &startFor(MapChannel &channel, const PerformanceId &performance, const Viewer &viewer, Starts &made);
    Result<Read> readSince(const PerformanceId &performance, qint64 since);
    void sweep();
    void countPerformances();
    void forget(const std::shared_ptr<MapMember> &member);

    Database &m_database;
    std::map<PerformanceId, MapChannel> m_channels;
    MapChannel::Moment m_nextPush{};
    MapChannel::Moment m_nextLook{};
    bool m_standsStill = false; ///< Told once, not each second.

    mutable std::mutex m_mutex; ///< Guards the four below; never held over a query or a viewer's call.
    std::vector<Joining> m_joining;
    std::set<PerformanceId> m_changed;
    std::unordered_map<ViewerId, std::shared_ptr<MapMember>> m_members;
    ViewerId m_lastId = 0;

    std::atomic<bool> m_someLeft = false;
    std::atomic<int> m_performanceCount = 0;
    std::atomic<qint64> m_pushes = 0;
    PeriodicTask m_task; ///< Last, so that its thread has ended before anything it uses goes.
};

LiveMap::ViewerId LiveMap::Private::join(const PerformanceId &performance, Viewer viewer)
{
    auto member = std::make_shared<MapMember>();
    member->viewer = std::move(viewer);
    {
        const std::lock_guard lock(m_mutex);
        member->id = ++m_lastId;
        m_members.emplace(member->id, member);
        m_joining.push_back({performance, member});
    }
    m_task.wake();
    return member->id;
}

void LiveMap::Private::leave(ViewerId viewer)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_members.find(viewer);
    if (found == m_members.end())
        return;
    found->second->hasLeft = true;
    m_members.erase(found);
    m_someLeft = true;
}

void LiveMap::Private::changed(const PerformanceId &performance)
{
    const std::lock_guard lock(m_mutex);
    m_changed.insert(performance);
}

void LiveMap::Private::forgetAll()
{
    m_channels.clear();
    m_performanceCount = 0;
    const std::lock_guard lock(m_mutex);
    m_joining.clear();
    m_members.clear();
}

LiveMap::Counts LiveMap::Private::counts() const
{
    const std::lock_guard lock(m_mutex);
    return {.performances = m_performanceCount, .viewers = static_cast<int>(m_members.size()), .pushes = m_pushes};
}

void LiveMap::Private::run()
{
    const auto now = std::chrono::steady_clock::now();
    std::map<PerformanceId, std::vector<Joining>> joining;
    std::set<PerformanceId> changed;
    const bool isPushDue = now >= m_nextPush;
    {
        const std::lock_guard lock(m_mutex);
        for (Joining &one : std::exchange(m_joining, {}))
            joining[one.performance].push_back(std::move(one));
        if (isPushDue)
            changed.swap(m_changed);
    }
    for (const auto &[performance, viewers] : joining)
        welcome(performance, viewers);
    if (!isPushDue)
        return;
    // Slightly less than the interval of the task, so that its jitter does not cost every second turn.
    m_nextPush = now + std::chrono::milliseconds(coalesceMilliseconds - 5);
    for (const PerformanceId &performance : changed) {
        if (const auto found = m_channels.find(performance); found != m_channels.end())
            advance(found->second, performance);
    }
    if (now >= m_nextLook) {
        m_nextLook = now + lookInterval;
        look();
        m_someLeft = true; // Those whose onDelta refused have left as well.
    }
    if (m_someLeft.exchange(false))
        sweep();
}

void LiveMap::Private::look()
{
    std::vector<PerformanceId> watched;
    for (const auto &[performance, channel] : m_channels)
        watched.push_back(performance);
    if (watched.empty())
        return;
    const auto numbers = m_database.transact([&](Transaction &transaction) -> Result<std::map<PerformanceId, qint64>> {
        return livemap::numbers(transaction, watched);
    });
    if (numbers.has_value() == m_standsStill) {
        m_standsStill = !numbers;
        if (m_standsStill)
            qCWarning(log) << "The live maps stand still:" << numbers.error().message;
        else
            qCInfo(log) << "The live maps move again.";
    }
    if (!numbers)
        return;
    for (auto &[performance, channel] : m_channels) {
        const auto number = numbers->find(performance);
        if (number != numbers->end() && number->second != channel.state().seq)
            advance(channel, performance);
    }
}

Result<Read> LiveMap::Private::readSince(const PerformanceId &performance, qint64 since)
{
    return m_database.transact([&](Transaction &transaction) -> Result<Read> {
        Read read{.delta = inventory::changesSince(transaction, performance, since), .snapshot = std::nullopt};
        if (!read.delta)
            read.snapshot = inventory::snapshot(transaction, performance);
        if (!read.delta && !read.snapshot)
            return noSuchPerformance();
        return read;
    });
}

Result<MapSnapshot> LiveMap::Private::readSnapshot(const PerformanceId &performance)
{
    return m_database.transact([&](Transaction &transaction) -> Result<MapSnapshot> {
        auto map = inventory::snapshot(transaction, performance);
        if (!map)
            return noSuchPerformance();
        return *std::move(map);
    });
}

void LiveMap::Private::advance(MapChannel &channel, const PerformanceId &performance)
{
    const qint64 since = channel.state().seq;
    auto read = readSince(performance, since);
    if (!read) { // The next look tries again.
        qCWarning(log) << "The live map of" << performance.text() << "stands still:" << read.error().message;
        return;
    }
    if (read->delta) {
        if (read->delta->seq > since)
            m_pushes += channel.push(*read->delta);
    } else if (read->snapshot->seq > since && read->snapshot->seats.size() == channel.state().seats.size()) {
        // The change rows in between were trimmed: we could not reach the database for long.
        m_pushes += channel.push(differenceOf(channel.state(), *read->snapshot));
    } else {
        qCWarning(log) << "The map of" << performance.text() << "went back from" << since << "to"
                       << read->snapshot->seq;
        m_pushes += channel.reset(*std::move(read->snapshot));
    }
}

void LiveMap::Private::welcome(const PerformanceId &performance, const std::vector<Joining> &joining)
{
    auto found = m_channels.find(performance);
    if (found == m_channels.end()) {
        auto map = readSnapshot(performance);
        if (!map) {
            for (const Joining &one : joining) {
                if (!one.member->hasLeft)
                    one.member->viewer.onStart(refuse(map.error()));
                forget(one.member);
            }
            return;
        }
        found = m_channels.try_emplace(performance, performance, *std::move(map)).first;
    }
    Starts made;
    for (const Joining &one : joining)
        found->second.admit(one.member, startFor(found->second, performance, one.member->viewer, made));
    countPerformances();
}

void LiveMap::Private::countPerformances()
{
    m_performanceCount =
        static_cast<int>(std::ranges::count_if(m_channels, [](const auto &entry) { return !entry.second.isEmpty(); }));
}

const LiveMap::Start &LiveMap::Private::startFor(MapChannel &channel, const PerformanceId &performance,
                                                 const Viewer &viewer, Starts &made)
{
    const qint64 since = viewer.since.value_or(-1);
    if (since > channel.state().seq) // It has seen the database more lately than we have.
        advance(channel, performance);
    if (since < 0 || since > channel.state().seq || channel.state().seq - since > missedChangesMax)
        return channel.snapshotStart(viewer.audience);
    const std::tuple key(viewer.audience, since, channel.state().seq);
    if (const auto found = made.find(key); found != made.end())
        return found->second;
    MapDelta missed{.from = since, .seq = since, .seats = {}, .areas = {}};
    if (since < channel.state().seq) {
        auto read = readSince(performance, since);
        if (!read || !read->delta)
            return channel.snapshotStart(viewer.audience);
        missed = *std::move(read->delta);
    }
    return made.emplace(key, channel.deltaStart(missed, viewer.audience)).first->second;
}

void LiveMap::Private::sweep()
{
    const auto now = std::chrono::steady_clock::now();
    for (auto it = m_channels.begin(); it != m_channels.end();) {
        MapChannel &channel = it->second;
        for (const auto &member : channel.takeLeft())
            forget(member);
        if (!channel.isEmpty())
            channel.emptySince = {};
        else if (channel.emptySince == MapChannel::Moment{})
            channel.emptySince = now;
        if (channel.isEmpty() && now - channel.emptySince > emptyChannelKept)
            it = m_channels.erase(it);
        else
            ++it;
    }
    countPerformances();
}

void LiveMap::Private::forget(const std::shared_ptr<MapMember> &member)
{
    const std::lock_guard lock(m_mutex);
    m_members.erase(member->id);
}

LiveMap::LiveMap(Database &database)
    : m_private(std::make_unique<Private>(database))
{}

LiveMap::~LiveMap()
{
    stop();
}

void LiveMap::start()
{
    m_private->task().start();
}

void LiveMap::stop()
{
    m_private->task().stop();
    m_private->forgetAll();
}

void LiveMap::changed(const PerformanceId &performance)
{
    m_private->changed(performance);
}

LiveMap::ViewerId LiveMap::join(const PerformanceId &performance, Viewer viewer)
{
    return m_private->join(performance, std::move(viewer));
}

void LiveMap::leave(ViewerId viewer)
{
    m_private->leave(viewer);
}

Result<MapSnapshot> LiveMap::snapshot(const PerformanceId &performance, MapAudience audience)
{
    PT_TRY(MapSnapshot map, m_private->readSnapshot(performance));
    return audience == MapAudience::Public ? publicMap(std::move(map)) : std::move(map);
}

LiveMap::Counts LiveMap::counts() const
{
    return m_private->counts();
}

} // namespace parterre::server
