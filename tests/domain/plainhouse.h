#pragma once

#include "domain/smallhouses.h"

#include "domain/inventory/bestavailable.h"
#include "domain/layout/adjacency.h"

#include <QStringList>

#include <algorithm>
#include <cmath>
#include <vector>

/// What the oracles of "best available" have in common, in plain words and without the code under test.
namespace parterre::tests {

inline QString shown(const std::vector<int> &seats)
{
    QStringList texts;
    for (const int seat : seats)
        texts.append(QString::number(seat));
    return texts.join(u' ');
}

inline QString rungName(const Result<BestPick> &pick)
{
    const QStringList names{u"together"_s, u"leaving single"_s, u"rows"_s, u"apart"_s, u"standing"_s};
    return pick ? names.at(static_cast<int>(pick->rung)) : errorCodeName(pick.error().code);
}

/// A small house as one party sees it.
class PlainHouse
{
public:
    using Groups = std::vector<std::vector<int>>;

    PlainHouse(const SmallHouse &house, const BestRequest &request)
        : m_house(house)
        , m_next(nextNeighbours(house.index()))
        , m_pitch(static_cast<double>(house.runs().pitch()) / SeatRuns::distanceUnits)
    {
        for (int seat = 0; seat < count(); ++seat) {
            const LayoutSeat &place = house.index().seat(seat);
            const bool open = house.states[static_cast<size_t>(seat)] == SeatState::Available;
            m_open.push_back(
                open && (request.categories.none() || request.categories.test(static_cast<size_t>(place.category))) &&
                (request.sections.empty() || section(seat) == request.sections.front()));
            m_free.push_back(open && place.accessibility == Accessibility::None);
        }
    }

    [[nodiscard]] int count() const { return m_house.index().seatCount(); }
    [[nodiscard]] double pitch() const { return m_pitch; }
    [[nodiscard]] int section(int seat) const { return m_house.index().seats()[static_cast<size_t>(seat)].section; }
    [[nodiscard]] Accessibility kind(int seat) const { return m_house.index().seat(seat).accessibility; }
    /// For general sale, also where the party does not want it.
    [[nodiscard]] bool isFree(int seat) const { return m_free[static_cast<size_t>(seat)]; }
    /// Available and in what the party asks for, also where it is accessible.
    [[nodiscard]] bool isOpen(int seat) const { return m_open[static_cast<size_t>(seat)]; }
    [[nodiscard]] bool isWanted(int seat) const { return isFree(seat) && isOpen(seat); }
    /// To the next one.
    [[nodiscard]] bool joined(int seat) const { return m_next[static_cast<size_t>(seat)] >= 0; }
    [[nodiscard]] double apart(int a, int b) const
    {
        const QPointF gap = m_house.index().seat(a).position - m_house.index().seat(b).position;
        return std::hypot(gap.x(), gap.y());
    }
    /// Of all of them from where everyone looks.
    [[nodiscard]] double distance(const std::vector<int> &seats) const
    {
        double sum = 0;
        for (const int seat : seats) {
            const QPointF gap = m_house.index().seat(seat).position - *m_house.index().layout().focalPoint;
            sum += std::hypot(gap.x(), gap.y());
        }
        return sum;
    }
    [[nodiscard]] Groups groupsOf(const std::vector<int> &seats) const
    {
        Groups groups;
        for (const int seat : seats) {
            if (groups.empty() || groups.back().back() + 1 != seat || !joined(seat - 1))
                groups.emplace_back();
            groups.back().push_back(seat);
        }
        return groups;
    }
    static int peopleAlone(const Groups &groups)
    {
        return static_cast<int>(std::ranges::count_if(groups, [](const auto &group) { return group.size() == 1; }));
    }
    /// True when a seat has no free neighbour once these are taken that had one before.
    [[nodiscard]] bool strands(const std::vector<int> &seats) const
    {
        const auto alone = [&](int seat, const std::vector<bool> &free) {
            const bool left = seat > 0 && joined(seat - 1) && free[static_cast<size_t>(seat - 1)];
            const bool right = joined(seat) && free[static_cast<size_t>(seat + 1)];
            return free[static_cast<size_t>(seat)] && !left && !right;
        };
        std::vector<bool> after = m_free;
        for (const int seat : seats)
            after[static_cast<size_t>(seat)] = false;
        for (int seat = 0; seat < count(); ++seat) {
            if (alone(seat, after) && !alone(seat, m_free))
                return true;
        }
        return false;
    }
    /// All that the party could have of a row side by side, longest runs only.
    [[nodiscard]] Groups pieces() const
    {
        std::vector<int> wanted;
        for (int seat = 0; seat < count(); ++seat) {
            if (isWanted(seat))
                wanted.push_back(seat);
        }
        return groupsOf(wanted);
    }
    /// Of one section and within three pitches of each other.
    [[nodiscard]] bool near(const std::vector<int> &a, const std::vector<int> &b) const
    {
        return section(a[0]) == section(b[0]) && std::ranges::any_of(a, [&](int x) {
                   return std::ranges::any_of(b, [&](int y) { return apart(x, y) <= 3 * m_pitch; });
               });
    }

private:
    const SmallHouse &m_house;
    std::vector<int> m_next;
    double m_pitch;
    std::vector<bool> m_free;
    std::vector<bool> m_open;
};

} // namespace parterre::tests
