#include "check/trial.h"

#include <algorithm>
#include <map>

/// Promise 4: everyone sees the same map, and soon.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

SeatState shownTo(const ViewerMap &viewer, SeatState state)
{
    return viewer.isDesk ? state : publicSeatState(state);
}

std::optional<MapSnapshot> shownBy(const ViewerMap &viewer)
{
    MapSnapshot map{.seq = viewer.seq, .seats = {}, .areas = {}};
    for (const QChar letter : viewer.seats) {
        const auto state = seatStateFromLetter(letter.toLatin1());
        if (!state)
            return std::nullopt;
        map.seats.push_back(shownTo(viewer, *state));
    }
    for (const auto &area : viewer.areas)
        map.areas.push_back({area[0], area[1], area[2], area[3]});
    return map;
}

/// What the screen should show of the database's rows.
MapSnapshot mapFor(const ViewerMap &viewer, const FinalPerformance &performance)
{
    MapSnapshot map{.seq = performance.seq, .seats = {}, .areas = {}};
    for (const SeatRecord &seat : performance.seats)
        map.seats.push_back(shownTo(viewer, seat.state));
    for (const AreaRecord &area : performance.areas)
        map.areas.push_back({area.number, area.capacity, area.held, area.sold});
    return map;
}

int differences(const MapSnapshot &a, const MapSnapshot &b)
{
    int count = static_cast<int>(a.seats.size() > b.seats.size() ? a.seats.size() - b.seats.size()
                                                                 : b.seats.size() - a.seats.size());
    for (size_t i = 0; i < std::min(a.seats.size(), b.seats.size()); ++i)
        count += a.seats[i] != b.seats[i];
    for (const AreaCounts &area : a.areas)
        count += std::ranges::find(b.areas, area) == b.areas.end();
    return count + static_cast<int>(b.areas.size() > a.areas.size() ? b.areas.size() - a.areas.size() : 0);
}

class MapJudge
{
public:
    explicit MapJudge(Trial &trial)
        : m_trial(trial)
    {
        for (const Event &event : trial.history.events) {
            if (event.map && !event.map->isDesk) // A desk is sent what the public does not see.
                m_furthest[event.performance] = std::max(m_furthest[event.performance], event.map->seq);
        }
    }

    void judge(const Event &event);

private:
    [[nodiscard]] QString screen(const Event &event) const
    {
        return (event.map->isDesk ? u"The map of desk %1 "_s : u"The screen of client %1 "_s).arg(event.client);
    }
    [[nodiscard]] bool isDue(const FinalChange &change, const Event &event) const
    {
        return m_trial.clock.latest(change.at + m_trial.options.mapBound) < event.end;
    }
    void accuse(const Event &event, const QString &what) { m_trial.accuse(Rule::MapDiverged, screen(event) + what); }
    void judgeNumber(const Event &event);
    void judgePlaces(const Event &event, MapSnapshot shown);
    [[nodiscard]] const FinalPerformance &performanceOf(const Event &event) const
    {
        return m_trial.final.performances[static_cast<size_t>(event.performance)];
    }

    Trial &m_trial;
    std::map<int, qint64> m_furthest; ///< By performance: the number that any screen got to.
};

void MapJudge::judge(const Event &event)
{
    auto shown = shownBy(*event.map);
    if (!shown || shown->seq > performanceOf(event).seq)
        return accuse(event, u"shows what no map can say."_s);
    if (event.map->gaps > 0)
        accuse(event, u"was sent %1 deltas that did not follow what it had."_s.arg(event.map->gaps));
    if (event.map->seats.isEmpty() && event.map->areas.empty() && !event.map->isDesk)
        judgeNumber(event);
    else
        judgePlaces(event, *std::move(shown));
}

/// A screen that kept only its number is sent what all the others are, so it must have got as far as they.
void MapJudge::judgeNumber(const Event &event)
{
    const qint64 furthest = m_furthest[event.performance];
    for (const FinalChange &change : performanceOf(event).changes) {
        if (change.delta.seq == furthest && event.map->seq < furthest && isDue(change, event))
            return accuse(event,
                          u"stood at number %1, when others had long been at %2."_s.arg(event.map->seq).arg(furthest));
    }
}

/// What was on its way to the screen may be missing. What was due must be there, unless it looks the same to the
/// public, or to a desk: such a change has a number, but nothing to send.
void MapJudge::judgePlaces(const Event &event, MapSnapshot shown)
{
    for (const FinalChange &change : performanceOf(event).changes) {
        if (change.delta.seq <= shown.seq)
            continue;
        MapDelta delta = change.delta;
        for (SeatChange &seat : delta.seats)
            seat.state = shownTo(*event.map, seat.state);
        const MapSnapshot before = shown;
        if (applyDelta(shown, delta) != DeltaOutcome::Applied)
            return accuse(event, u"shows another house, or the database forgot a change."_s);
        if (isDue(change, event) && differences(before, shown) > 0) {
            return accuse(event, u"stood at number %1 at %2, when number %3 had long been due."_s.arg(event.map->seq)
                                     .arg(m_trial.time(event.end))
                                     .arg(change.delta.seq));
        }
    }
    if (const int count = differences(shown, mapFor(*event.map, performanceOf(event))); count > 0) {
        accuse(event,
               u"at number %1 shows %2 places otherwise than the database has them."_s.arg(event.map->seq).arg(count));
    }
}

} // namespace

void judgeMaps(Trial &trial)
{
    MapJudge judge(trial);
    for (const Event &event : trial.history.events) {
        if (event.map)
            judge.judge(event);
    }
}

} // namespace parterre::check
