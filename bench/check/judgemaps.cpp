#include "check/trial.h"

#include <algorithm>

/// Promise 4: everyone sees the same map, and soon.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

std::optional<MapSnapshot> shownBy(const ViewerMap &viewer)
{
    MapSnapshot map{.seq = viewer.seq, .seats = {}, .areas = {}};
    for (const QChar letter : viewer.seats) {
        const auto state = seatStateFromLetter(letter.toLatin1());
        if (!state)
            return std::nullopt;
        map.seats.push_back(publicSeatState(*state));
    }
    for (const auto &area : viewer.areas)
        map.areas.push_back({area[0], area[1], area[2], area[3]});
    return map;
}

/// What the public should see of the database's rows.
MapSnapshot publicMapOf(const FinalPerformance &performance)
{
    MapSnapshot map{.seq = performance.seq, .seats = {}, .areas = {}};
    for (const SeatRecord &seat : performance.seats)
        map.seats.push_back(publicSeatState(seat.state));
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
        for (const FinalPerformance &performance : trial.final.performances)
            m_maps.push_back(publicMapOf(performance));
    }

    void judge(const Event &event)
    {
        const QString screen = u"The screen of client %1 "_s.arg(event.client);
        const auto &performance = m_trial.final.performances[static_cast<size_t>(event.performance)];
        auto shown = shownBy(*event.map);
        if (!shown || shown->seq > performance.seq)
            return m_trial.accuse(Rule::MapDiverged, screen + u"shows what no map can say."_s);
        if (event.map->gaps > 0) {
            m_trial.accuse(Rule::MapDiverged,
                           screen + u"was sent %1 deltas that did not follow what it had."_s.arg(event.map->gaps));
        }
        for (const FinalChange &change : performance.changes) {
            if (change.delta.seq <= shown->seq)
                continue;
            const qint64 due = m_trial.clock.latest(change.at + m_trial.options.mapBound);
            if (due < event.end) {
                return m_trial.accuse(
                    Rule::MapDiverged,
                    screen + u"stood at number %1 at %2, when number %3 was due at %4."_s.arg(event.map->seq)
                                 .arg(m_trial.time(event.end))
                                 .arg(change.delta.seq)
                                 .arg(m_trial.time(due)));
            }
            MapDelta delta = change.delta;
            for (SeatChange &seat : delta.seats)
                seat.state = publicSeatState(seat.state);
            delta.from = std::min(delta.from, shown->seq);
            if (applyDelta(*shown, delta) == DeltaOutcome::Foreign)
                return m_trial.accuse(Rule::MapDiverged, screen + u"shows another house."_s);
        }
        if (const int count = differences(*shown, m_maps[static_cast<size_t>(event.performance)]); count > 0) {
            m_trial.accuse(
                Rule::MapDiverged,
                screen + u"at number %1 shows %2 places otherwise than the database has them."_s.arg(event.map->seq)
                             .arg(count));
        }
    }

private:
    Trial &m_trial;
    std::vector<MapSnapshot> m_maps;
};

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
