#pragma once

#include <QChar>

#include <optional>

namespace parterre {

/// What a seat of a performance is. The machine of design section 4:
///
///     available --take--> held --freeze--> payment_pending --confirm--> sold
///     held --release, expire--> available          payment_pending --thaw--> held, --end--> available
///     sold --refund, exchange--> available | house  available <--> house, available <--> killed
///
/// A seat that belongs to a house code goes back to house wherever another goes back to available; killed, it is
/// restored there too.
///
/// decideInventory() in decideinventory.h is the one place that performs these.
enum class SeatState : quint8 {
    Available,
    Held,           ///< Someone's until `held_until`; past it the seat is free to the next taker.
    PaymentPending, ///< A payment is running; only its outcome may end this.
    Sold,
    House,  ///< Kept back under a code; see houseseats.h.
    Killed, ///< Off sale and out of capacity.
};

/// One letter a seat in snapshots and deltas: a h p s o k.
[[nodiscard]] char seatStateLetter(SeatState state);
[[nodiscard]] std::optional<SeatState> seatStateFromLetter(char letter);
/// What the public may know: payment_pending looks held, house and killed look sold.
[[nodiscard]] SeatState publicSeatState(SeatState state);

} // namespace parterre
