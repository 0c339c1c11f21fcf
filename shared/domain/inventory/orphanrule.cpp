#include "domain/inventory/orphanrule.h"

#include "base/assert.h"

#include <QJsonArray>

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

using Range = SeatRuns::Range;

/// The take with the house around it: its seats are free, as they were before.
class TakeInHouse
{
public:
    TakeInHouse(const SeatRuns &runs, std::span<const SeatState> states, std::span<const int> take)
        : m_runs(runs)
        , m_states(states)
        , m_take(take.begin(), take.end())
    {
        std::ranges::sort(m_take);
        PT_ASSERT(std::ranges::adjacent_find(m_take) == m_take.end(), "a take names a seat once");
        PT_ASSERT(m_take.empty() || (m_take.front() >= 0 && m_take.back() < runs.seatCount()),
                  "a take names seats of its layout");
        PT_ASSERT(static_cast<int>(states.size()) == runs.seatCount(), "every seat has a state");
    }

    [[nodiscard]] bool isTaken(int seat) const { return std::ranges::binary_search(m_take, seat); }
    [[nodiscard]] bool wasFree(int seat) const { return FreeSeats(m_runs, m_states).isFree(seat) || isTaken(seat); }

    /// Calls `visit(run, taken)` for each run of seats that were free and of which some are taken, ascending; runs with
    /// an accessible place of the take are left out.
    template <class Visit>
    void forEachTouchedRun(Visit visit) const
    {
        for (size_t i = 0; i < m_take.size();) {
            const Range run = runAround(m_take[i]);
            size_t last = i;
            while (last < m_take.size() && m_take[last] < run.end)
                ++last;
            const std::span<const int> taken = std::span(m_take).subspan(i, last - i);
            if (std::ranges::none_of(taken, [&](int seat) { return m_runs.isAccessible(seat); }))
                visit(run, taken);
            i = last;
        }
    }

    /// Some `taken.size()` neighbours of the same price zones in the scope of the rule that leave nobody alone. The
    /// other seats of the take are gone by then.
    [[nodiscard]] bool hasBetterPlace(Range run, std::span<const int> taken, OrphanRule rule) const
    {
        CategorySet zones;
        for (const int seat : taken)
            zones.set(static_cast<size_t>(m_runs.category(seat)));
        const auto size = static_cast<int>(taken.size());
        if (hasPlace(run, zones, size))
            return true;
        if (rule == OrphanRule::Lenient)
            return false;
        std::vector<SeatState> states(m_states.begin(), m_states.end());
        for (const int seat : m_take)
            states[static_cast<size_t>(seat)] = SeatState::Held;
        // The run itself was looked at above, with its seats free; here its rest cannot help.
        const FreeSeats others(m_runs, states);
        return std::ranges::any_of(m_runs.rows(), [&](const SeatRuns::Row &row) {
            bool found = false;
            if ((row.categories & zones).any()) {
                others.forEachRun(row.seats, [&](Range other) {
                    const bool isRest = other.first >= run.first && other.end <= run.end;
                    found = found || (!isRest && hasPlace(other, zones, size));
                });
            }
            return found;
        });
    }

private:
    [[nodiscard]] Range runAround(int seat) const
    {
        Range run{seat, seat + 1};
        while (run.first > 0 && m_runs.joinsNext(run.first - 1) && wasFree(run.first - 1))
            --run.first;
        while (m_runs.joinsNext(run.end - 1) && wasFree(run.end))
            ++run.end;
        return run;
    }

    /// True when `size` neighbours of these zones fit into the free run without leaving one seat of it alone.
    [[nodiscard]] bool hasPlace(Range run, const CategorySet &zones, int size) const
    {
        bool found = false;
        forEachPartOf(m_runs, run, zones, [&](Range part) {
            for (int first = part.first; !found && first + size <= part.end; ++first)
                found = strandedBy({first, first + size}, run) == 0;
        });
        return found;
    }

    const SeatRuns &m_runs;
    std::span<const SeatState> m_states;
    std::vector<int> m_take;
};

std::vector<int> leftAloneIn(Range run, std::span<const int> taken)
{
    std::vector<int> alone;
    int first = run.first; // Of what is left between two taken seats.
    for (const int seat : taken) {
        if (seat - first == 1)
            alone.push_back(first);
        first = seat + 1;
    }
    if (run.end - first == 1)
        alone.push_back(first);
    return alone;
}

} // namespace

std::vector<int> seatsLeftAlone(const SeatRuns &runs, std::span<const SeatState> states, std::span<const int> take)
{
    std::vector<int> alone;
    TakeInHouse(runs, states, take).forEachTouchedRun([&](Range run, std::span<const int> taken) {
        std::ranges::copy(leftAloneIn(run, taken), std::back_inserter(alone));
    });
    return alone;
}

Status judgeTake(const SeatRuns &runs, std::span<const SeatState> states, std::span<const int> take, OrphanRule rule)
{
    if (rule == OrphanRule::Off)
        return {};
    QJsonArray refused;
    const TakeInHouse house(runs, states, take);
    house.forEachTouchedRun([&](Range run, std::span<const int> taken) {
        const std::vector<int> alone = leftAloneIn(run, taken);
        if (alone.empty() || !house.hasBetterPlace(run, taken, rule))
            return;
        for (const int seat : alone)
            refused.append(seat);
    });
    if (refused.isEmpty())
        return {};
    return refuse(Error{.code = ErrorCode::SeatLeftAlone,
                        .message = u"This would leave a seat alone. Move along, or take it too."_s,
                        .details = {{u"numbers"_s, refused}}});
}

} // namespace parterre
