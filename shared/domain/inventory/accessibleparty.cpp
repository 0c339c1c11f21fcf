#include "domain/inventory/bestscope.h"

#include <algorithm>
#include <array>

// A party that needs accessible places is built around one of them, the anchor: the other accessible places nearest to
// it, the companion seats of those, and for whoever is left ordinary seats side by side, as near as there are.

namespace parterre::best {

namespace {

using Range = SeatRuns::Range;

/// Where the companions sit who found no companion seat; the first that can be is taken.
enum class Companions {
    InTheirSeats,  ///< Everybody has one.
    NearBy,        ///< Side by side in the anchor's row or a neighbouring one, leaving nobody alone.
    LeavingSingle, ///< The same, but a seat is left alone.
    InSection,
    Anywhere,
};
constexpr size_t companionsCount = 5;

class AccessibleParty
{
public:
    AccessibleParty(const Scope &scope, Chance &chance)
        : m_scope(scope)
        , m_runs(scope.runs)
        , m_chance(chance)
        , m_places(scope.request.wheelchairs > 0 ? scope.runs.wheelchairSpaces() : scope.runs.stepFreeSeats())
        , m_placeCount(std::max(scope.request.wheelchairs, scope.request.stepFree))
    {}

    [[nodiscard]] std::optional<BestPick> pick()
    {
        std::vector<NearTies<std::vector<int>>> ties(companionsCount, NearTies<std::vector<int>>(2LL * m_runs.pitch()));
        for (const int anchor : m_places) { // The nearest first.
            if (m_runs.distance(anchor) > ties.front().limit())
                break;
            if (!isOpen(anchor))
                continue;
            std::vector<int> seats = placesAround(anchor);
            if (seats.empty())
                continue;
            const Companions how = addCompanions(anchor, seats);
            if (static_cast<int>(seats.size()) == m_scope.request.partySize)
                ties[static_cast<size_t>(how)].offer(m_runs.distance(anchor), seats);
        }
        for (size_t how = 0; how < companionsCount; ++how) {
            if (ties[how].isEmpty())
                continue;
            BestPick pick{.rung = rungOf(static_cast<Companions>(how)), .seats = ties[how].draw(m_chance)};
            std::ranges::sort(pick.seats);
            return pick;
        }
        return std::nullopt;
    }

private:
    static BestRung rungOf(Companions how)
    {
        switch (how) {
        case Companions::InTheirSeats:
        case Companions::NearBy:
            return BestRung::Together;
        case Companions::LeavingSingle:
            return BestRung::LeavingSingle;
        case Companions::InSection:
        case Companions::Anywhere:
            break;
        }
        return BestRung::Apart;
    }

    [[nodiscard]] const SeatRuns::Row &rowOf(int seat) const
    {
        return m_runs.rows()[static_cast<size_t>(m_runs.row(seat))];
    }
    [[nodiscard]] bool isOpen(int seat) const
    {
        return m_scope.house.seats[static_cast<size_t>(seat)] == SeatState::Available && m_scope.has(rowOf(seat)) &&
               m_scope.categories.test(static_cast<size_t>(m_runs.category(seat)));
    }
    [[nodiscard]] bool isNear(int anchor, int seat) const
    {
        const SeatRuns::Row &row = rowOf(anchor);
        const auto end = row.neighbours.begin() + row.neighbourCount;
        return m_runs.row(seat) == m_runs.row(anchor) ||
               std::find(row.neighbours.begin(), end, m_runs.row(seat)) != end;
    }

    /// As many accessible places as are needed, the anchor and the nearest to it in its section; nothing when there are
    /// not so many, or when the party must be together and they are not.
    [[nodiscard]] std::vector<int> placesAround(int anchor) const
    {
        std::vector<std::pair<int, int>> others; // Distance and seat.
        for (const int seat : m_places) {
            if (m_placeCount == 1)
                break;
            const bool together = m_scope.request.together == Together::MaySplit || isNear(anchor, seat);
            if (seat != anchor && together && m_runs.section(seat) == m_runs.section(anchor) && isOpen(seat))
                others.emplace_back(m_runs.apart(anchor, seat), seat);
        }
        const auto wanted = static_cast<size_t>(m_placeCount - 1);
        if (others.size() < wanted)
            return {};
        std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(wanted), others.end());
        std::vector<int> seats{anchor};
        for (size_t i = 0; i < wanted; ++i)
            seats.push_back(others[i].second);
        return seats;
    }

    Companions addCompanions(int anchor, std::vector<int> &seats) const
    {
        const auto size = static_cast<size_t>(m_scope.request.partySize);
        const std::vector<int> places = seats;
        for (const int place : places) {
            for (const SeatRuns::Companion &companion : m_runs.companions(place)) {
                if (seats.size() < size && isOpen(companion.seat))
                    seats.push_back(companion.seat);
            }
        }
        const int left = static_cast<int>(size - seats.size());
        if (left == 0)
            return Companions::InTheirSeats;
        const SeatRuns::Row &row = rowOf(anchor);
        NearestWindow near(m_scope, anchor, left);
        near.look(row);
        for (int i = 0; i < row.neighbourCount; ++i)
            near.look(m_runs.rows()[row.neighbours[static_cast<size_t>(i)]]);
        if (near.first(Stranding::Nobody) || near.first(Stranding::Somebody)) {
            const bool clean = near.first(Stranding::Nobody).has_value();
            near.addTo(seats, clean ? Stranding::Nobody : Stranding::Somebody);
            return clean ? Companions::NearBy : Companions::LeavingSingle;
        }
        if (m_scope.request.together == Together::Must)
            return Companions::Anywhere; // Too few seats: not a pick.
        return addFartherAway(anchor, left, seats);
    }

    Companions addFartherAway(int anchor, int left, std::vector<int> &seats) const
    {
        NearestWindow section(m_scope, anchor, left);
        std::vector<std::pair<int, int>> singles;
        for (const SeatRuns::Row &row : m_runs.rows()) {
            if (row.section == m_runs.section(anchor))
                section.look(row);
            if (!m_scope.has(row))
                continue;
            m_scope.forEachPart(row, [&](Range part, Range) {
                for (int seat = part.first; seat < part.end; ++seat)
                    singles.emplace_back(m_runs.apart(anchor, seat), seat);
            });
        }
        for (const Stranding stranding : {Stranding::Nobody, Stranding::Somebody}) {
            if (section.first(stranding)) {
                section.addTo(seats, stranding);
                return Companions::InSection;
            }
        }
        if (static_cast<int>(singles.size()) >= left) {
            std::partial_sort(singles.begin(), singles.begin() + left, singles.end());
            for (int i = 0; i < left; ++i)
                seats.push_back(singles[static_cast<size_t>(i)].second);
        }
        return Companions::Anywhere;
    }

    enum class Stranding { Nobody, Somebody };

    /// The window of ordinary seats that is nearest to the anchor, among rows that are shown to it.
    class NearestWindow
    {
    public:
        NearestWindow(const Scope &scope, int anchor, int size)
            : m_scope(scope)
            , m_anchor(anchor)
            , m_size(size)
        {}

        void look(const SeatRuns::Row &row)
        {
            if (!m_scope.has(row))
                return;
            m_scope.forEachPart(row, [this](Range part, Range run) {
                for (int first = part.first; first + m_size <= part.end; ++first) {
                    qint64 sum = 0;
                    for (int seat = first; seat < first + m_size; ++seat)
                        sum += m_scope.runs.apart(m_anchor, seat);
                    const bool clean = strandedBy({first, first + m_size}, run) == 0;
                    auto &best = m_best[clean ? 0 : 1];
                    if (!best || std::pair(sum, first) < *best)
                        best = std::pair(sum, first);
                }
            });
        }

        [[nodiscard]] std::optional<int> first(Stranding stranding) const
        {
            const auto &best = m_best[static_cast<size_t>(stranding)];
            return best ? std::optional(best->second) : std::nullopt;
        }
        void addTo(std::vector<int> &seats, Stranding stranding) const
        {
            for (int i = 0; i < m_size; ++i)
                seats.push_back(*first(stranding) + i);
        }

    private:
        const Scope &m_scope;
        int m_anchor;
        int m_size;
        std::array<std::optional<std::pair<qint64, int>>, 2> m_best{};
    };

    const Scope &m_scope;
    const SeatRuns &m_runs;
    Chance &m_chance;
    std::span<const int> m_places;
    int m_placeCount;
};

} // namespace

std::optional<BestPick> pickAccessible(const Scope &scope, Chance &chance)
{
    return AccessibleParty(scope, chance).pick();
}

} // namespace parterre::best
