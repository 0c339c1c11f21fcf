#include "realtime/mapchannel.h"

#include "base/assert.h"
#include "protocol/codec.h"
#include "runtime/faultpoint.h"

#include <QJsonDocument>

#include <algorithm>

namespace parterre::server {

namespace {

/// After a pass through the viewers the edge serves others for twice as long as it took, so that a thousand viewers
/// cost it little; but no longer than this, so that on all of 15,000 screens a change is seen within a second.
constexpr int restPerPass = 2;
constexpr std::chrono::milliseconds restMax{150};

/// By SeatState; a table, since a stadium asks 80,000 times.
const std::array publicLetters = [] {
    std::array<char, 6> letters{};
    for (size_t i = 0; i < letters.size(); ++i)
        letters.at(i) = seatStateLetter(publicSeatState(static_cast<SeatState>(i)));
    return letters;
}();

const AreaCounts *findArea(const MapSnapshot &map, int number)
{
    const auto found = std::ranges::find(map.areas, number, &AreaCounts::number);
    return found == map.areas.end() ? nullptr : &*found;
}

SharedBytes shared(QByteArray bytes)
{
    return std::make_shared<const QByteArray>(std::move(bytes));
}

/// One Server-Sent Event. Compact JSON has no line break, so its text is one data line.
SharedBytes eventText(const char *name, qint64 seq, const QByteArray &json)
{
    return shared("id: " + QByteArray::number(seq) + "\nevent: " + name + "\ndata: " + json + "\n\n");
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

SharedBytes deskMessage(protocol::MessageType type, const auto &body)
{
    return shared(protocol::encode(protocol::push(type, body)));
}

} // namespace

MapDelta differenceOf(const MapSnapshot &before, const MapSnapshot &after)
{
    PT_ASSERT(before.seats.size() == after.seats.size(), "only maps of the same places have a difference");
    MapDelta delta{.from = before.seq, .seq = after.seq, .seats = {}, .areas = {}};
    for (size_t i = 0; i < after.seats.size(); ++i) {
        if (before.seats[i] != after.seats[i])
            delta.seats.push_back({static_cast<int>(i), after.seats[i]});
    }
    for (const AreaCounts &area : after.areas) {
        const AreaCounts *was = findArea(before, area.number);
        if (!was || *was != area)
            delta.areas.push_back(area);
    }
    return delta;
}

MapSnapshot publicMap(MapSnapshot map)
{
    std::ranges::transform(map.seats, map.seats.begin(), publicSeatState);
    return map;
}

MapDelta publicPart(const MapDelta &delta, const MapSnapshot &before)
{
    MapDelta part{.from = delta.from, .seq = delta.seq, .seats = {}, .areas = {}};
    for (const SeatChange &change : delta.seats) {
        const SeatState state = publicSeatState(change.state);
        if (publicSeatState(before.seats.at(static_cast<size_t>(change.number))) != state)
            part.seats.push_back({change.number, state});
    }
    for (const AreaCounts &area : delta.areas) {
        const AreaCounts *was = findArea(before, area.number);
        if (!was || *was != area)
            part.areas.push_back(area);
    }
    return part;
}

QByteArray publicMapJson(const MapSnapshot &map)
{
    QByteArray json = "{\"areas\":[";
    for (const AreaCounts &area : map.areas) {
        if (!json.endsWith('['))
            json += ',';
        for (const auto &[before, value] : {std::pair('[', area.number), std::pair(',', area.capacity),
                                            std::pair(',', area.held), std::pair(',', area.sold)})
            json.append(before).append(QByteArray::number(value));
        json += ']';
    }
    json += "],\"seats\":\"";
    const auto start = json.size();
    json.resize(start + static_cast<qsizetype>(map.seats.size()));
    std::ranges::transform(map.seats, json.begin() + start,
                           [](SeatState state) { return publicLetters.at(static_cast<size_t>(state)); });
    return json + "\",\"seq\":" + QByteArray::number(map.seq) + '}';
}

MapChannel::MapChannel(PerformanceId performance, MapAudience audience, Version state)
    : m_performance(std::move(performance))
    , m_audience(audience)
    , m_state(std::move(state))
    , m_toldSeq(m_state->seq)
{}

int MapChannel::viewerCount() const
{
    return static_cast<int>(m_members.size()) + streamCount();
}

const LiveMap::Start &MapChannel::snapshotStart()
{
    if (!m_start) {
        m_start = std::make_unique<LiveMap::Start>();
        if (m_audience == MapAudience::Public) {
            m_start->snapshot = std::make_shared<const MapSnapshot>(publicMap(*m_state));
            m_start->event = eventText("snapshot", m_state->seq, publicMapJson(*m_state));
        } else {
            m_start->snapshot = m_state;
        }
    }
    return *m_start;
}

LiveMap::Start MapChannel::deltaStart(const MapDelta &missed) const
{
    MapDelta delta{.from = missed.from, .seq = m_state->seq, .seats = missed.seats, .areas = missed.areas};
    for (SeatChange &change : delta.seats) {
        const SeatState state = m_state->seats.at(static_cast<size_t>(change.number));
        change.state = m_audience == MapAudience::Public ? publicSeatState(state) : state;
    }
    for (AreaCounts &area : delta.areas) {
        const AreaCounts *now = findArea(*m_state, area.number);
        PT_ASSERT(now, "changes name places of their own performance");
        area = *now;
    }
    LiveMap::Start start{.snapshot = nullptr, .delta = std::move(delta)};
    if (m_audience == MapAudience::Public)
        start.event = eventText("delta", start.delta->seq, compact(mapDeltaToJson(*start.delta)));
    return start;
}

bool MapChannel::admit(std::shared_ptr<MapMember> member, const LiveMap::Start &start)
{
    if (member->hasLeft)
        return false;
    if (const auto &stream = member->viewer.stream) {
        stream->write(start.event);
        if (!m_group)
            m_group = EventGroup::make();
        m_group->add(stream);
        return false;
    }
    member->viewer.onStart(start);
    m_members.push_back(std::move(member));
    return true;
}

bool MapChannel::isResting(Moment now) const
{
    if (!m_group)
        return false;
    const auto pass = m_group->lastPass();
    return m_group->isBusy() ||
           now - m_pushedAt < pass + std::min<std::chrono::nanoseconds>(pass * restPerPass, restMax);
}

int MapChannel::moveTo(Version now)
{
    if (now == m_state)
        return 0;
    if (now->seq <= m_state->seq || now->seats.size() != m_state->seats.size())
        return reset(std::move(now));
    MapDelta delta = differenceOf(*m_state, *now);
    if (m_audience == MapAudience::Public)
        delta = publicPart(delta, *m_state);
    become(std::move(now));
    if (m_audience == MapAudience::Public && delta.seats.empty() && delta.areas.empty())
        return 0;
    delta.from = std::exchange(m_toldSeq, delta.seq);
    return isEmpty() ? 0 : deliver(pushText(delta));
}

void MapChannel::become(Version now)
{
    m_state = std::move(now);
    m_start.reset();
}

int MapChannel::reset(Version now)
{
    become(std::move(now));
    m_toldSeq = m_state->seq;
    return deliver(
        m_audience == MapAudience::Public
            ? eventText("reset", m_state->seq, "{}")
            : deskMessage(protocol::MessageType::MapReset, protocol::OnePerformance{.performance = m_performance}));
}

SharedBytes MapChannel::pushText(const MapDelta &delta) const
{
    const QJsonObject json = mapDeltaToJson(delta);
    if (m_audience == MapAudience::Public)
        return eventText("delta", delta.seq, compact(json));
    return deskMessage(protocol::MessageType::MapChanged,
                       protocol::MapChanged{.performance = m_performance, .delta = json});
}

int MapChannel::deliver(const SharedBytes &bytes)
{
    if (faultPoint("realtime_push") == Fault::Skip)
        return 0;
    m_pushedAt = std::chrono::steady_clock::now();
    if (m_group)
        m_group->write(bytes);
    for (const auto &member : m_members) {
        if (!member->hasLeft && !member->viewer.onDelta(bytes, m_state->seq))
            member->hasLeft = true;
    }
    return 1;
}

std::vector<std::shared_ptr<MapMember>> MapChannel::takeLeft()
{
    const auto left =
        std::ranges::stable_partition(m_members, [](const auto &member) { return !member->hasLeft.load(); });
    std::vector<std::shared_ptr<MapMember>> taken(std::make_move_iterator(left.begin()),
                                                  std::make_move_iterator(left.end()));
    m_members.erase(left.begin(), left.end());
    return taken;
}

} // namespace parterre::server
