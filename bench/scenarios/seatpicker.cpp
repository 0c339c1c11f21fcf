#include "scenarios/seatpicker.h"

#include <algorithm>
#include <numeric>

namespace parterre::bench {

namespace {
constexpr int tries = 60;
constexpr int patientTries = 40; ///< So long one looks for seats that leave nobody alone beside them.
} // namespace

std::vector<int> SeatPicker::pick(QRandomGenerator &random, int count) const
{
    std::vector<int> seats(static_cast<size_t>(count));
    for (int i = 0; i < tries; ++i) {
        const int first = random.bounded(static_cast<int>(m_taken.size()) - count + 1);
        const bool isOneRow = first / m_seatsPerRow == (first + count - 1) / m_seatsPerRow;
        std::iota(seats.begin(), seats.end(), first);
        const bool isFree =
            std::ranges::none_of(seats, [this](int seat) { return m_taken[static_cast<size_t>(seat)]; });
        if (isOneRow && isFree && (i >= patientTries || !leavesSingle(first, count)))
            return seats;
    }
    return {};
}

bool SeatPicker::leavesSingle(int first, int count) const
{
    const auto isGone = [this](int seat, int row) {
        return seat < 0 || seat / m_seatsPerRow != row || static_cast<size_t>(seat) >= m_taken.size() ||
               m_taken[static_cast<size_t>(seat)];
    };
    const int row = first / m_seatsPerRow;
    const bool left = !isGone(first - 1, row) && isGone(first - 2, row);
    const bool right = !isGone(first + count, row) && isGone(first + count + 1, row);
    return left || right;
}

void SeatPicker::setTaken(const std::vector<int> &seats, bool isTaken)
{
    for (const int seat : seats) {
        if (m_taken[static_cast<size_t>(seat)] != isTaken)
            m_count += isTaken ? 1 : -1;
        m_taken[static_cast<size_t>(seat)] = isTaken;
    }
}

} // namespace parterre::bench
