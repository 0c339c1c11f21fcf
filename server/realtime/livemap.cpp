#include "realtime/livemap.h"

#include "inventory/seatmirror.h"
#include "realtime/mapchannel.h"
#include "runtime/periodictask.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Channels are looked through this often for viewers who have left.
constexpr auto sweepInterval = 1s;
/// In a delta a seat costs a number and a comma where a snapshot has one letter; past this many it is the longer one.
constexpr size_t lettersPerChange = 6;
constexpr size_t changesAlwaysMax = 100; ///< Small maps: the difference is not worth a snapshot.
constexpr size_t publicMapsKeptMax = 256;

bool isShorterThanMap(const MapDelta &delta, const MapSnapshot &map)
{
    const size_t changes = delta.seats.size() + delta.areas.size();
    return changes <= changesAlwaysMax || changes * lettersPerChange < map.seats.size();
}

/// Tells one content from another under the same number; FNV-1a by words of eight letters.
quint64 contentHash(const QByteArray &text)
{
    constexpr quint64 prime = 1'099'511'628'211ULL;
    quint64 hash = 14'695'981'039'346'656'037ULL;
    qsizetype i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        quint64 word = 0;
        std::memcpy(&word, text.constData() + i, 8);
        hash = (hash ^ word) * prime;
        hash ^= hash >> 29;
    }
    for (; i < text.size(); ++i)
        hash = (hash ^ static_cast<quint8>(text.at(i))) * prime;
    return hash;
}

/// Dropped between joining and the next turn, which takes a mirror that is far too small.
Error notNow()
{
    return {.code = ErrorCode::Overloaded,
            .message = u"The map could not be kept in memory. Open it again in a moment."_s,
            .retryAfterSeconds = 2};
}

} // namespace

class LiveMap::Private
{
public:
    struct Joining
    {
        PerformanceId performance;
        std::shared_ptr<MapMember> member;
        Status isThere; ///< Whether the mirror had the map.
    };
    using Key = std::pair<PerformanceId, MapAudience>;
    /// From which number and to which.
    using Starts = std::map<std::pair<qint64, qint64>, Start>;

    explicit Private(SeatMirror &mirror)
        : m_mirror(mirror)
        , m_task(u"livemap"_s, std::chrono::milliseconds(coalesceMilliseconds), [this] { run(); })
    {}

    ViewerId join(const PerformanceId &performance, Viewer viewer);
    void leave(ViewerId viewer);
    void forgetAll();
    Result<PublicMap> publicMap(const PerformanceId &performance);

    SeatMirror &mirror() { return m_mirror; }
    PeriodicTask &task() { return m_task; }
    Counts counts() const;

private:
    /// The mirror's map for who joins, no older than what the viewer has.
    Status fetch(const PerformanceId &performance, qint64 since);

    // On the live thread only.
    void run();
    void advance(MapChannel &channel, const PerformanceId &performance);
    void welcome(const Key &key, const std::vector<Joining> &joining);
    MapChannel *channelFor(const Key &key);
    const Start &startFor(MapChannel &channel, const PerformanceId &performance, qint64 since, Starts &made);
    static void turnAway(const Viewer &viewer, const Error &error);
    void sweep();
    void count();
    void forget(const std::shared_ptr<MapMember> &member);

    SeatMirror &m_mirror;
    std::map<Key, MapChannel> m_channels;
    MapChannel::Moment m_nextPush{};
    MapChannel::Moment m_nextSweep{};

    mutable std::mutex m_mutex; ///< Guards the three below; never held over a query or a viewer's call.
    std::vector<Joining> m_joining;
    std::unordered_map<ViewerId, std::shared_ptr<MapMember>> m_members;
    ViewerId m_lastId = 0;

    struct KeptMap
    {
        MapChannel::Version of;
        PublicMap map;
    };
    std::mutex m_mapsMutex; ///< Guards the next one; never held over a query or an encoding.
    std::map<PerformanceId, KeptMap> m_maps;

    std::atomic<bool> m_someLeft = false;
    std::atomic<int> m_performanceCount = 0;
    std::atomic<int> m_streamCount = 0;
    std::atomic<qint64> m_pushes = 0;
    PeriodicTask m_task; ///< Last, so that its thread has ended before anything it uses goes.
};

Status LiveMap::Private::fetch(const PerformanceId &performance, qint64 since)
{
    PT_TRY(const auto map, m_mirror.map(performance));
    if (since > map->seq) // It has seen another node's map, more lately than our mirror has.
        return m_mirror.refresh(performance);
    return {};
}

LiveMap::ViewerId LiveMap::Private::join(const PerformanceId &performance, Viewer viewer)
{
    auto member = std::make_shared<MapMember>();
    Status isThere = fetch(performance, viewer.since.value_or(-1));
    member->viewer = std::move(viewer);
    {
        const std::lock_guard lock(m_mutex);
        member->id = ++m_lastId;
        m_members.emplace(member->id, member);
        m_joining.push_back({.performance = performance, .member = member, .isThere = std::move(isThere)});
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

void LiveMap::Private::forgetAll()
{
    m_channels.clear();
    m_performanceCount = 0;
    m_streamCount = 0;
    const std::lock_guard lock(m_mutex);
    m_joining.clear();
    m_members.clear();
}

LiveMap::Counts LiveMap::Private::counts() const
{
    const std::lock_guard lock(m_mutex);
    return {.performances = m_performanceCount,
            .viewers = static_cast<int>(m_members.size()) + m_streamCount,
            .pushes = m_pushes};
}

Result<LiveMap::PublicMap> LiveMap::Private::publicMap(const PerformanceId &performance)
{
    PT_TRY(const auto version, m_mirror.map(performance));
    {
        const std::lock_guard lock(m_mapsMutex);
        if (const auto kept = m_maps.find(performance); kept != m_maps.end() && kept->second.of == version)
            return kept->second.map;
    }
    PublicMap map{.json = publicMapJson(*version), .etag = {}};
    map.etag = '"' + QByteArray::number(version->seq) + '-' + QByteArray::number(contentHash(map.json), 16) + '"';
    const std::lock_guard lock(m_mapsMutex);
    if (m_maps.size() >= publicMapsKeptMax && !m_maps.contains(performance))
        m_maps.erase(m_maps.begin()); // Any one: what is in use is encoded again in less than a millisecond.
    m_maps.insert_or_assign(performance, KeptMap{.of = version, .map = map});
    return map;
}

void LiveMap::Private::run()
{
    const auto now = std::chrono::steady_clock::now();
    std::map<Key, std::vector<Joining>> joining;
    {
        const std::lock_guard lock(m_mutex);
        for (Joining &one : std::exchange(m_joining, {})) {
            const Key key(one.performance, one.member->viewer.audience);
            joining[key].push_back(std::move(one));
        }
    }
    for (const auto &[key, viewers] : joining)
        welcome(key, viewers);
    if (now < m_nextPush)
        return;
    // Slightly less than the interval of the task, so that its jitter does not cost every second turn.
    m_nextPush = now + std::chrono::milliseconds(coalesceMilliseconds - 5);
    for (auto &[key, channel] : m_channels) {
        if (!channel.isResting(now))
            advance(channel, key.first);
    }
    if (now >= m_nextSweep) {
        m_nextSweep = now + sweepInterval;
        m_someLeft = true; // Those whose onDelta refused have left as well.
    }
    if (m_someLeft.exchange(false))
        sweep();
    count();
}

void LiveMap::Private::advance(MapChannel &channel, const PerformanceId &performance)
{
    if (auto now = m_mirror.known(performance))
        m_pushes += channel.moveTo(std::move(now));
}

MapChannel *LiveMap::Private::channelFor(const Key &key)
{
    if (const auto found = m_channels.find(key); found != m_channels.end())
        return &found->second;
    auto map = m_mirror.known(key.first);
    return map ? &m_channels.try_emplace(key, key.first, key.second, std::move(map)).first->second : nullptr;
}

void LiveMap::Private::welcome(const Key &key, const std::vector<Joining> &joining)
{
    MapChannel *channel = channelFor(key);
    Starts made;
    for (const Joining &one : joining) {
        const bool isLetIn = channel && one.isThere;
        if (!isLetIn && !one.member->hasLeft)
            turnAway(one.member->viewer, one.isThere ? notNow() : one.isThere.error());
        if (!isLetIn ||
            !channel->admit(one.member, startFor(*channel, key.first, one.member->viewer.since.value_or(-1), made)))
            forget(one.member);
    }
    count();
}

void LiveMap::Private::turnAway(const Viewer &viewer, const Error &error)
{
    if (!viewer.stream)
        return viewer.onStart(refuse(error));
    // What the viewer has may be old by now: it asks for the map, and comes back by itself.
    viewer.stream->write(std::make_shared<const QByteArray>("event: reset\ndata: {}\n\n"));
    viewer.stream->close();
}

void LiveMap::Private::count()
{
    std::set<PerformanceId> performances;
    int streams = 0;
    for (const auto &[key, channel] : m_channels) {
        if (!channel.isEmpty())
            performances.insert(key.first);
        streams += channel.streamCount();
    }
    m_performanceCount = static_cast<int>(performances.size());
    m_streamCount = streams;
}

const LiveMap::Start &LiveMap::Private::startFor(MapChannel &channel, const PerformanceId &performance, qint64 since,
                                                 Starts &made)
{
    if (since > channel.state()->seq) // The mirror has it by now: join() saw to that.
        advance(channel, performance);
    if (since < 0 || since > channel.state()->seq)
        return channel.snapshotStart();
    const std::pair key(since, channel.state()->seq);
    if (const auto found = made.find(key); found != made.end())
        return found->second;
    const auto missed = m_mirror.changedSince(performance, since);
    if (!missed || !isShorterThanMap(*missed, *channel.state()))
        return channel.snapshotStart();
    return made.emplace(key, channel.deltaStart(*missed)).first->second;
}

void LiveMap::Private::sweep()
{
    for (auto it = m_channels.begin(); it != m_channels.end();) {
        MapChannel &channel = it->second;
        for (const auto &member : channel.takeLeft())
            forget(member);
        it = channel.isEmpty() ? m_channels.erase(it) : std::next(it);
    }
}

void LiveMap::Private::forget(const std::shared_ptr<MapMember> &member)
{
    const std::lock_guard lock(m_mutex);
    m_members.erase(member->id);
}

LiveMap::LiveMap(SeatMirror &mirror)
    : m_private(std::make_unique<Private>(mirror))
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
    m_private->mirror().changed(performance);
}

LiveMap::ViewerId LiveMap::join(const PerformanceId &performance, Viewer viewer)
{
    return m_private->join(performance, std::move(viewer));
}

void LiveMap::leave(ViewerId viewer)
{
    m_private->leave(viewer);
}

Result<LiveMap::PublicMap> LiveMap::publicMap(const PerformanceId &performance)
{
    return m_private->publicMap(performance);
}

LiveMap::Counts LiveMap::counts() const
{
    return m_private->counts();
}

} // namespace parterre::server
