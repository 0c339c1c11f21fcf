#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "domain/inventory/houseseats.h"
#include "domain/inventory/seatstate.h"

#include <span>
#include <vector>

/// The rules of a place, as pure functions: what the database row was, what is asked, the time; out comes what the row
/// becomes, or why not. Every change of `seat_inventory` and `area_inventory` goes through here; the SQL only locks the
/// rows in seat order, hands them in, and writes what comes out.
///
///   transition          function          seat before                    seat after
///   take                decideTake        available, or house of the     held, by this hold, until
///                                         code that was named, or held
///                                         past its time, or by this hold
///   renew               decideRenew       held by this hold, in time     held, later until
///   release             decideRelease     held by this hold              available, or house
///   expire              decideExpire      held by this hold, past time   available, or house
///   freeze              decideFreeze      held by this hold, in time     payment_pending, until the deadline
///   thaw (declined)     decideThaw        payment_pending by this hold   held, until
///   end (too late)      decideEnd         payment_pending by this hold   available, or house
///   confirm             decideConfirm     payment_pending by this hold   sold, to this order
///   give back (refund)  decideGiveBack    sold, to this order            available, or house
///   set aside           decideMove        available, house               house, of this code
///   release to sale     decideMove        available, house               available
///   kill                decideMove        available, house, killed       killed
///   restore             decideMove        killed, available, house       available, or house
///
/// "or house" is for a seat that belongs to a house code, which it keeps through all of this.
namespace parterre {

/// One row of `seat_inventory`, locked.
struct SeatRecord
{
    int number = 0;
    SeatState state = SeatState::Available;
    HoldId hold{};       ///< Not null exactly when held or payment_pending.
    Instant heldUntil{}; ///< Meaningful exactly when held or payment_pending.
    OrderId order{};     ///< Not null exactly when sold.
    int house = 0;       ///< Number of the house code that it belongs to and goes back to; 0 for general sale.

    bool operator==(const SeatRecord &) const = default;
};

/// What is true of a record in each state; ends the process where it is not. Called on every row read and written.
void checkSeatRecord(const SeatRecord &record);

/// True when `hold` may have the seat now: it is free, its hold has run out, or it is this hold's already. A seat that
/// belongs to a house code is free to who has `opened` that code alone; 0 for who has none.
[[nodiscard]] bool isFreeFor(const SeatRecord &record, const HoldId &hold, Instant now, int opened = 0);
/// The seat as it is without a hold: available, or back at its house code.
[[nodiscard]] SeatRecord freed(const SeatRecord &record);

/// Each returns the records as they become, in the order given, all or nothing. A refusal carries ErrorCode::SeatTaken
/// (take) or HoldGone (the others) with the numbers of the seats that stood in the way in `details.numbers`.
[[nodiscard]] Result<std::vector<SeatRecord>> decideTake(std::span<const SeatRecord> seats, const HoldId &hold,
                                                         Instant until, Instant now, int opened = 0);
[[nodiscard]] Result<std::vector<SeatRecord>> decideRenew(std::span<const SeatRecord> seats, const HoldId &hold,
                                                          Instant until, Instant now);
[[nodiscard]] Result<std::vector<SeatRecord>> decideFreeze(std::span<const SeatRecord> seats, const HoldId &hold,
                                                           Instant deadline, Instant now);
[[nodiscard]] Result<std::vector<SeatRecord>> decideThaw(std::span<const SeatRecord> seats, const HoldId &hold,
                                                         Instant until);
[[nodiscard]] Result<std::vector<SeatRecord>> decideEnd(std::span<const SeatRecord> seats, const HoldId &hold);
[[nodiscard]] Result<std::vector<SeatRecord>> decideConfirm(std::span<const SeatRecord> seats, const HoldId &hold,
                                                            const OrderId &order);
/// WrongState where a seat is not sold to this order.
[[nodiscard]] Result<std::vector<SeatRecord>> decideGiveBack(std::span<const SeatRecord> seats, const OrderId &order);
/// These never refuse: seats that are no longer this hold's are left alone and not returned.
[[nodiscard]] std::vector<SeatRecord> decideRelease(std::span<const SeatRecord> seats, const HoldId &hold);
[[nodiscard]] std::vector<SeatRecord> decideExpire(std::span<const SeatRecord> seats, const HoldId &hold, Instant now);

/// The seats that a move changes, as they become; those that are so already are left out. All or nothing: SeatTaken
/// with `details.numbers` of those that somebody has or had bought, WrongState where all that stand in the way are
/// killed. `house` is the number of the code, for SeatMove::SetAside.
[[nodiscard]] Result<std::vector<SeatRecord>> decideMove(std::span<const SeatRecord> seats, SeatMove move, int house,
                                                         Instant now);

/// One row of `area_inventory`, locked, after holds past their time were taken out of `held`.
struct AreaRecord
{
    int number = 0;
    int capacity = 0;
    int held = 0;
    int sold = 0;

    bool operator==(const AreaRecord &) const = default;
};

void checkAreaRecord(const AreaRecord &record);

/// ErrorCode::SoldOut with `details.available` when fewer than `quantity` are left. A negative quantity gives back.
[[nodiscard]] Result<AreaRecord> decideAreaHeld(const AreaRecord &area, int quantity);
/// Held places become sold ones.
[[nodiscard]] AreaRecord decideAreaSold(const AreaRecord &area, int quantity);
/// Sold places become free ones.
[[nodiscard]] AreaRecord decideAreaGivenBack(const AreaRecord &area, int quantity);

} // namespace parterre
