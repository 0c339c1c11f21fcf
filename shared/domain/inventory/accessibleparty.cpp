#include "domain/inventory/bestscope.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

// A party that needs accessible places is built around one of them, the anchor: all of it side by side with the anchor
// somewhere in between; else the other accessible places nearest to it, the companion seats of those, and for whoever
// is left ordinary seats side by side, as near as there are, or some of them beside the anchor and the others near by.

namespace parterre::best {

namespace {

using Range = SeatRuns::Range;

/// Where the companions sit; the first that can be is taken. Where not all of the party are side by side, as many as
/// there are seats for it have a companion seat, and the word is of the others.
enum class Companions {
    SideBySideInTheirSeats, ///< All of the party are neighbours in one row, and every companion has a companion seat.
    SideBySide,             ///< All of the party are neighbours in one row.
    InTheirSeats,           ///< Everybody has a companion seat.
    NearBy,                 ///< Side by side in the anchor's row or a neighbouring one, leaving nobody alone.
    LeavingSingle,          ///< The same, but a seat is left alone.
    BesideAndNear, ///< Some beside the anchor and its companions, the others, two or more, side by side as above.
    InSection,     ///< Side by side.
    Anywhere,
};
constexpr size_t companionsCount = 8;

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
        bool isSideBySide = false;
        for (const int anchor : m_places) { // The nearest first.
            if (m_runs.distance(anchor) > ties.front().limit())
                break;
            if (!isOpen(anchor))
                continue;
            const auto offer = [&](Companions how, const std::vector<int> &seats) {
                ties[static_cast<size_t>(how)].offer(m_runs.distance(anchor), seats);
            };
            if (const auto window = sideBySide(anchor)) {
                std::vector<int> seats(static_cast<size_t>(window->count()));
                std::iota(seats.begin(), seats.end(), window->first);
                const bool all = companionsIn(*window) == window->count() - m_placeCount;
                offer(all ? Companions::SideBySideInTheirSeats : Companions::SideBySide, seats);
                isSideBySide = true;
            }
            if (isSideBySide)
                continue; // Nothing else is as good.
            for (const Places which : {Places::NearBy, Places::MostCompanionSeats}) {
                std::vector<int> seats = placesAround(anchor, which);
                if (const auto how = seats.empty() ? std::nullopt : addCompanions(anchor, seats)) {
                    offer(*how, seats);
                    break;
                }
            }
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
        case Companions::SideBySideInTheirSeats:
        case Companions::SideBySide:
        case Companions::InTheirSeats:
        case Companions::NearBy:
            return BestRung::Together;
        case Companions::LeavingSingle:
            return BestRung::LeavingSingle;
        case Companions::BesideAndNear:
            return BestRung::RowsTogether;
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

    /// Where the party sits side by side around the anchor: on as many companion seats as can be, which nobody else may
    /// have, so that nobody else is left alone, and as near to the anchor as can be.
    [[nodiscard]] std::optional<Range> sideBySide(int anchor) const
    {
        const int size = m_scope.request.partySize;
        Range run{anchor, anchor + 1};
        while (run.first > 0 && anchor - run.first < size && m_runs.joinsNext(run.first - 1) && isForUs(run.first - 1))
            --run.first;
        while (run.end - anchor < size && m_runs.joinsNext(run.end - 1) && isForUs(run.end))
            ++run.end;
        std::optional<std::tuple<int, int, qint64, int>> best;
        for (int first = std::max(run.first, anchor + 1 - size); first <= anchor && first + size <= run.end; ++first) {
            const Range window{first, first + size};
            const auto companions = companionsIn(window);
            if (!companions)
                continue;
            qint64 sum = 0;
            for (int seat = first; seat < window.end; ++seat)
                sum += m_runs.apart(anchor, seat);
            const std::tuple key(-*companions, strandedBeside(window), sum, first);
            best = best ? std::min(*best, key) : key;
        }
        if (!best)
            return std::nullopt;
        const int first = std::get<3>(*best);
        return Range{first, first + size};
    }
    /// One of the places, a companion seat or an ordinary one.
    [[nodiscard]] bool isForUs(int seat) const
    {
        const Accessibility kind = m_runs.accessibility(seat);
        return isOpen(seat) && (kind == Accessibility::None || kind == Accessibility::Companion || isPlace(seat));
    }
    [[nodiscard]] bool isPlace(int seat) const
    {
        const bool wheelchairs = m_scope.request.wheelchairs > 0;
        return m_runs.accessibility(seat) == (wheelchairs ? Accessibility::Wheelchair : Accessibility::StepFree);
    }
    /// How many companion seats are in the window; nothing where one is somebody else's or the places are not as many
    /// as the party needs.
    [[nodiscard]] std::optional<int> companionsIn(Range window) const
    {
        int places = 0;
        int companions = 0;
        int ours = 0;
        for (int seat = window.first; seat < window.end; ++seat) {
            companions += m_runs.accessibility(seat) == Accessibility::Companion ? 1 : 0;
            if (!isPlace(seat))
                continue;
            ++places;
            for (const SeatRuns::Companion &companion : m_runs.companions(seat))
                ours += companion.seat >= window.first && companion.seat < window.end ? 1 : 0;
        }
        return places == m_placeCount && companions == ours ? std::optional(companions) : std::nullopt;
    }
    /// How many seats of general sale the window leaves alone that were not before.
    [[nodiscard]] int strandedBeside(Range window) const
    {
        const FreeSeats &free = m_scope.free;
        const auto joined = [&](int seat) { return seat >= 0 && m_runs.joinsNext(seat); };
        const auto joinedFree = [&](int seat) { return joined(seat) && free.isFree(seat); };
        const auto isFreeAfter = [&](int seat) { return joined(seat) && free.isFree(seat + 1); };
        const int last = window.end - 1;
        const bool left = free.isFree(window.first) && joinedFree(window.first - 1) && !joinedFree(window.first - 2);
        const bool right = free.isFree(last) && isFreeAfter(last) && !isFreeAfter(last + 1);
        return (left ? 1 : 0) + (right ? 1 : 0);
    }

    enum class Places { NearBy, MostCompanionSeats };

    /// As many accessible places as are needed: the anchor and others, in its section and near by before all else or
    /// with what companion seats there are before all else. Nothing when there are not so many, or when the party must
    /// be together and they are not.
    [[nodiscard]] std::vector<int> placesAround(int anchor, Places first) const
    {
        if (m_placeCount == 1)
            return {anchor};
        const int companions = m_scope.request.partySize - m_placeCount - openCompanionsOf(anchor);
        std::vector<std::pair<std::array<int, 4>, int>> others; // The lower the better, and seat.
        for (const int seat : m_places) {
            const bool isFar = !isNear(anchor, seat);
            if (seat == anchor || !isOpen(seat) || (isFar && m_scope.request.together == Together::Must))
                continue;
            const bool isElsewhere = m_runs.section(seat) != m_runs.section(anchor);
            const int fewer = -std::clamp(companions, 0, openCompanionsOf(seat));
            const int apart = m_runs.apart(anchor, seat);
            others.emplace_back(first == Places::NearBy ? std::array<int, 4>{isElsewhere, isFar, fewer, apart}
                                                        : std::array<int, 4>{fewer, isElsewhere, isFar, apart},
                                seat);
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

    [[nodiscard]] int openCompanionsOf(int place) const
    {
        return static_cast<int>(std::ranges::count_if(
            m_runs.companions(place), [&](const SeatRuns::Companion &companion) { return isOpen(companion.seat); }));
    }

    /// What a party with these places is at the best.
    [[nodiscard]] Companions howFarApart(int anchor, const std::vector<int> &places) const
    {
        Companions least = Companions::InTheirSeats;
        for (const int place : places) {
            if (m_runs.section(place) != m_runs.section(anchor))
                return Companions::Anywhere;
            if (!isNear(anchor, place))
                least = Companions::InSection;
        }
        return least;
    }

    void addTheirSeats(std::vector<int> &seats) const
    {
        const auto size = static_cast<size_t>(m_scope.request.partySize);
        const std::vector<int> places = seats;
        for (const int place : places) {
            for (const SeatRuns::Companion &companion : m_runs.companions(place)) {
                if (seats.size() < size && isOpen(companion.seat))
                    seats.push_back(companion.seat);
            }
        }
    }

    /// Adds seats for the companions; nothing where there are not so many.
    std::optional<Companions> addCompanions(int anchor, std::vector<int> &seats) const
    {
        const Companions least = howFarApart(anchor, seats);
        addTheirSeats(seats);
        const int left = m_scope.request.partySize - static_cast<int>(seats.size());
        const auto how = left == 0 ? Companions::InTheirSeats : addOthers(anchor, left, seats);
        return how ? std::optional(std::max(least, *how)) : std::nullopt;
    }

    /// The same for `left` companions who found no seat of theirs.
    std::optional<Companions> addOthers(int anchor, int left, std::vector<int> &seats) const
    {
        const std::vector<int> beside = seatsBeside(anchor, seats);
        if (static_cast<int>(beside.size()) >= left) {
            seats.insert(seats.end(), beside.begin(), beside.begin() + left);
            return Companions::NearBy;
        }
        if (const auto stranding = addNearBy(anchor, left, {}, seats))
            return *stranding == Stranding::Nobody ? Companions::NearBy : Companions::LeavingSingle;
        if (m_scope.request.together == Together::Must)
            return std::nullopt;
        for (int here = std::min(static_cast<int>(beside.size()), left - 2); here > 0; --here) {
            const auto end = beside.begin() + here;
            const Range taken{std::min(anchor, *std::min_element(beside.begin(), end)),
                              std::max(anchor, *std::max_element(beside.begin(), end)) + 1};
            if (addNearBy(anchor, left - here, taken, seats)) {
                seats.insert(seats.end(), beside.begin(), end);
                return Companions::BesideAndNear;
            }
        }
        return addFartherAway(anchor, left, seats);
    }

    /// The ordinary seats left and right of the anchor, the nearest first, with nothing between but these and `party`.
    [[nodiscard]] std::vector<int> seatsBeside(int anchor, const std::vector<int> &party) const
    {
        std::vector<int> beside;
        const auto isOurs = [&](int seat) {
            if (std::ranges::find(party, seat) != party.end())
                return true;
            if (!isOpen(seat) || m_runs.isAccessible(seat))
                return false;
            beside.push_back(seat);
            return true;
        };
        for (int seat = anchor; seat > 0 && m_runs.joinsNext(seat - 1) && isOurs(seat - 1);)
            --seat;
        for (int seat = anchor; m_runs.joinsNext(seat) && isOurs(seat + 1);)
            ++seat;
        std::ranges::stable_sort(beside, {}, [&](int seat) { return m_runs.apart(anchor, seat); });
        return beside;
    }

    enum class Stranding { Nobody, Somebody };

    /// Adds `count` neighbours in the anchor's row or a neighbouring one, none of them in `taken`; nothing where there
    /// are none.
    std::optional<Stranding> addNearBy(int anchor, int count, Range taken, std::vector<int> &seats) const
    {
        const SeatRuns::Row &row = rowOf(anchor);
        NearestWindow near(m_scope, anchor, count, taken);
        near.look(row);
        for (int i = 0; i < row.neighbourCount; ++i)
            near.look(m_runs.rows()[row.neighbours[static_cast<size_t>(i)]]);
        return near.addTo(seats);
    }

    std::optional<Companions> addFartherAway(int anchor, int left, std::vector<int> &seats) const
    {
        NearestWindow section(m_scope, anchor, left, {});
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
        if (section.addTo(seats))
            return Companions::InSection;
        if (static_cast<int>(singles.size()) < left)
            return std::nullopt;
        std::partial_sort(singles.begin(), singles.begin() + left, singles.end());
        for (int i = 0; i < left; ++i)
            seats.push_back(singles[static_cast<size_t>(i)].second);
        return Companions::Anywhere;
    }

    /// The window of ordinary seats that is nearest to the anchor, among rows that are shown to it and outside of
    /// `taken`.
    class NearestWindow
    {
    public:
        NearestWindow(const Scope &scope, int anchor, int size, Range taken)
            : m_scope(scope)
            , m_anchor(anchor)
            , m_size(size)
            , m_taken(taken)
        {}

        void look(const SeatRuns::Row &row)
        {
            if (!m_scope.has(row))
                return;
            m_scope.forEachPart(row, [this](Range part, Range run) {
                for (int first = part.first; first + m_size <= part.end; ++first) {
                    if (first < m_taken.end && first + m_size > m_taken.first)
                        continue;
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

        /// Adds its seats, of a window that leaves nobody alone where there is one.
        std::optional<Stranding> addTo(std::vector<int> &seats) const
        {
            for (const Stranding stranding : {Stranding::Nobody, Stranding::Somebody}) {
                const auto &best = m_best[static_cast<size_t>(stranding)];
                for (int i = 0; best && i < m_size; ++i)
                    seats.push_back(best->second + i);
                if (best)
                    return stranding;
            }
            return std::nullopt;
        }

    private:
        const Scope &m_scope;
        int m_anchor;
        int m_size;
        Range m_taken;
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
