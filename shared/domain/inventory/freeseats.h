#pragma once

#include "domain/inventory/seatruns.h"
#include "domain/inventory/seatstate.h"

#include <cstring>
#include <span>

namespace parterre {

/// Which seats a general buyer could take: those that are available, less the accessible ones, which are given to those
/// who ask for them and to nobody else. Whoever knows of more (a seat whose hold has run out, a house seat that this
/// clerk may sell) writes them as available into the states handed in.
class FreeSeats
{
public:
    FreeSeats(const SeatRuns &runs, std::span<const SeatState> states)
        : m_runs(runs)
        , m_states(states)
    {}

    [[nodiscard]] bool isFree(int seat) const
    {
        return m_states[static_cast<size_t>(seat)] == SeatState::Available && !m_runs.isAccessible(seat);
    }

    /// Calls `visit(Range)` for each longest run of free neighbours within `seats`, which is a row or a part of one.
    template <class Visit>
    void forEachRun(SeatRuns::Range seats, Visit visit) const
    {
        int seat = nextAvailable(seats.first, seats.end);
        while (seat < seats.end) {
            const int first = seat;
            while (seat < seats.end && (seat == first || m_runs.joinsNext(seat - 1)) && isFree(seat))
                ++seat;
            if (seat > first)
                visit(SeatRuns::Range{first, seat});
            else
                ++seat; // Available, but accessible.
            seat = nextAvailable(seat, seats.end);
        }
    }

private:
    /// The first available seat from `seat` on, or `end`. Most of a house that is nearly sold out is skipped here, at
    /// the speed of memchr().
    [[nodiscard]] int nextAvailable(int seat, int end) const
    {
        static_assert(sizeof(SeatState) == 1);
        const SeatState *from = m_states.data() + seat;
        const void *found =
            seat < end ? std::memchr(from, static_cast<int>(SeatState::Available), static_cast<size_t>(end - seat))
                       : nullptr;
        return found ? seat + static_cast<int>(static_cast<const SeatState *>(found) - from) : end;
    }

    const SeatRuns &m_runs;
    std::span<const SeatState> m_states;
};

/// How many seats are left alone beside `taken`, a part of the free run `run`: none, one or two.
[[nodiscard]] constexpr int strandedBy(SeatRuns::Range taken, SeatRuns::Range run)
{
    return (taken.first - run.first == 1 ? 1 : 0) + (run.end - taken.end == 1 ? 1 : 0);
}

/// Calls `visit(Range)` for each longest part of `run` whose seats all are of `categories`.
template <class Visit>
void forEachPartOf(const SeatRuns &runs, SeatRuns::Range run, const CategorySet &categories, Visit visit)
{
    int seat = run.first;
    while (seat < run.end) {
        if (!categories.test(static_cast<size_t>(runs.category(seat)))) {
            ++seat;
            continue;
        }
        const int first = seat++;
        while (seat < run.end && categories.test(static_cast<size_t>(runs.category(seat))))
            ++seat;
        visit(SeatRuns::Range{first, seat});
    }
}

} // namespace parterre
