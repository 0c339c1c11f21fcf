#include "domain/inventory/seatstate.h"

#include <array>

namespace parterre {

namespace {

constexpr std::array<char, 6> letters{'a', 'h', 'p', 's', 'o', 'k'};

} // namespace

char seatStateLetter(SeatState state)
{
    return letters[static_cast<size_t>(state)];
}

std::optional<SeatState> seatStateFromLetter(char letter)
{
    for (size_t i = 0; i < letters.size(); ++i) {
        if (letters[i] == letter)
            return static_cast<SeatState>(i);
    }
    return std::nullopt;
}

SeatState publicSeatState(SeatState state)
{
    switch (state) {
    case SeatState::PaymentPending:
        return SeatState::Held;
    case SeatState::House:
    case SeatState::Killed:
        return SeatState::Sold;
    case SeatState::Available:
    case SeatState::Held:
    case SeatState::Sold:
        break;
    }
    return state;
}

} // namespace parterre
