#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "domain/inventory/seatstate.h"

#include <span>
#include <vector>

/// The rules of a place, as pure functions: what the database row was, what is asked, the time; out comes what the row
/// becomes, or why not. Every change of `seat_inventory` and `area_inventory` goes through here; the SQL only locks the
/// rows in seat order, hands them in, and writes what comes out.
///
///   transition          function          seat before                    seat after
///   take                decideTake        available, or held past its    held, by this hold, until
///                                         time, or held by this hold
///   renew               decideRenew       held by this hold, in time     held, later until
///   release             decideRelease     held by this hold              available
///   expire              decideExpire      held by this hold, past time   available
///   freeze              decideFreeze      held by this hold, in time     payment_pending, until the deadline
///   thaw (declined)     decideThaw        payment_pending by this hold   held, until
///   confirm             decideConfirm     payment_pending by this hold   sold, to this order
namespace parterre {

/// One row of `seat_inventory`, locked.
struct SeatRecord
{
    int number = 0;
    SeatState state = SeatState::Available;
    HoldId hold{};       ///< Not null exactly when held or payment_pending.
    Instant heldUntil{}; ///< Meaningful exactly when held or payment_pending.
    OrderId order{};     ///< Not null exactly when sold.

    bool operator==(const SeatRecord &) const = default;
};

/// What is true of a record in each state; ends the process where it is not. Called on every row read and written.
void checkSeatRecord(const SeatRecord &record);

/// True when `hold` may have the seat now: it is free, its hold has run out, or it is this hold's already.
[[nodiscard]] bool isFreeFor(const SeatRecord &record, const HoldId &hold, Instant now);

/// Each returns the records as they become, in the order given, all or nothing. A refusal carries ErrorCode::SeatTaken
/// (take) or HoldGone (the others) with the numbers of the seats that stood in the way in `details.numbers`.
[[nodiscard]] Result<std::vector<SeatRecord>> decideTake(std::span<const SeatRecord> seats, const HoldId &hold,
                                                         Instant until, Instant now);
[[nodiscard]] Result<std::vector<SeatRecord>> decideRenew(std::span<const SeatRecord> seats, const HoldId &hold,
                                                          Instant until, Instant now);
[[nodiscard]] Result<std::vector<SeatRecord>> decideFreeze(std::span<const SeatRecord> seats, const HoldId &hold,
                                                           Instant deadline, Instant now);
[[nodiscard]] Result<std::vector<SeatRecord>> decideThaw(std::span<const SeatRecord> seats, const HoldId &hold,
                                                         Instant until);
[[nodiscard]] Result<std::vector<SeatRecord>> decideConfirm(std::span<const SeatRecord> seats, const HoldId &hold,
                                                            const OrderId &order);
/// These never refuse: seats that are no longer this hold's are left alone and not returned.
[[nodiscard]] std::vector<SeatRecord> decideRelease(std::span<const SeatRecord> seats, const HoldId &hold);
[[nodiscard]] std::vector<SeatRecord> decideExpire(std::span<const SeatRecord> seats, const HoldId &hold, Instant now);

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

} // namespace parterre
