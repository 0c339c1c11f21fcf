#include "domain/inventory/decideinventory.h"

#include "base/assert.h"

#include <QJsonArray>

#include <functional>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

bool isHeldBy(const SeatRecord &record, const HoldId &hold)
{
    return record.state == SeatState::Held && record.hold == hold;
}

bool isPendingFor(const SeatRecord &record, const HoldId &hold)
{
    return record.state == SeatState::PaymentPending && record.hold == hold;
}

struct Refusal
{
    ErrorCode code;
    QString message;
};

/// All or nothing: every seat must pass `allowed`, else the numbers of those that did not are in the refusal.
Result<std::vector<SeatRecord>> changeAll(std::span<const SeatRecord> seats, const Refusal &refusal,
                                          const std::function<bool(const SeatRecord &)> &allowed,
                                          const std::function<void(SeatRecord &)> &change)
{
    QJsonArray refused;
    std::vector<SeatRecord> changed;
    changed.reserve(seats.size());
    for (const SeatRecord &seat : seats) {
        checkSeatRecord(seat);
        if (!allowed(seat)) {
            refused.append(seat.number);
            continue;
        }
        SeatRecord next = seat;
        change(next);
        checkSeatRecord(next);
        changed.push_back(next);
    }
    if (!refused.isEmpty())
        return refuse(Error{.code = refusal.code, .message = refusal.message, .details = {{u"numbers"_s, refused}}});
    return changed;
}

Refusal holdGone()
{
    return {ErrorCode::HoldGone, u"The hold has ended, so its places may be someone else's now. Choose again."_s};
}

} // namespace

void checkSeatRecord(const SeatRecord &record)
{
    const bool owned = record.state == SeatState::Held || record.state == SeatState::PaymentPending;
    PT_ASSERT(owned == !record.hold.isNull(), "a seat has a hold exactly while it is held or being paid");
    PT_ASSERT((record.state == SeatState::Sold) == !record.order.isNull(),
              "a seat has an order exactly when it is sold");
    PT_ASSERT(record.state != SeatState::House || record.house > 0, "a house seat belongs to a code");
    PT_ASSERT(record.state != SeatState::Available || record.house == 0, "a seat of a code is not on general sale");
}

bool isFreeFor(const SeatRecord &record, const HoldId &hold, Instant now, int opened)
{
    if (record.state == SeatState::Held && record.hold == hold)
        return true;
    const bool isFree = record.state == SeatState::Available || record.state == SeatState::House ||
                        (record.state == SeatState::Held && record.heldUntil <= now);
    return isFree && (record.house == 0 || record.house == opened);
}

SeatRecord freed(const SeatRecord &record)
{
    return {.number = record.number,
            .state = record.house > 0 ? SeatState::House : SeatState::Available,
            .house = record.house};
}

Result<std::vector<SeatRecord>> decideTake(std::span<const SeatRecord> seats, const HoldId &hold, Instant until,
                                           Instant now, int opened)
{
    PT_ASSERT(until > now, "a hold ends in the future");
    return changeAll(
        seats, {ErrorCode::SeatTaken, u"At least one of the seats is taken."_s},
        [&](const SeatRecord &seat) { return isFreeFor(seat, hold, now, opened); },
        [&](SeatRecord &seat) {
            seat.state = SeatState::Held;
            seat.hold = hold;
            seat.heldUntil = until;
        });
}

Result<std::vector<SeatRecord>> decideRenew(std::span<const SeatRecord> seats, const HoldId &hold, Instant until,
                                            Instant now)
{
    return changeAll(
        seats, holdGone(), [&](const SeatRecord &seat) { return isHeldBy(seat, hold) && seat.heldUntil > now; },
        [&](SeatRecord &seat) { seat.heldUntil = until; });
}

Result<std::vector<SeatRecord>> decideFreeze(std::span<const SeatRecord> seats, const HoldId &hold, Instant deadline,
                                             Instant now)
{
    return changeAll(
        seats, holdGone(), [&](const SeatRecord &seat) { return isHeldBy(seat, hold) && seat.heldUntil > now; },
        [&](SeatRecord &seat) {
            seat.state = SeatState::PaymentPending;
            seat.heldUntil = deadline;
        });
}

Result<std::vector<SeatRecord>> decideThaw(std::span<const SeatRecord> seats, const HoldId &hold, Instant until)
{
    return changeAll(
        seats, holdGone(), [&](const SeatRecord &seat) { return isPendingFor(seat, hold); },
        [&](SeatRecord &seat) {
            seat.state = SeatState::Held;
            seat.heldUntil = until;
        });
}

Result<std::vector<SeatRecord>> decideEnd(std::span<const SeatRecord> seats, const HoldId &hold)
{
    return changeAll(
        seats, holdGone(), [&](const SeatRecord &seat) { return isPendingFor(seat, hold); },
        [](SeatRecord &seat) { seat = freed(seat); });
}

Result<std::vector<SeatRecord>> decideConfirm(std::span<const SeatRecord> seats, const HoldId &hold,
                                              const OrderId &order)
{
    return changeAll(
        seats, holdGone(), [&](const SeatRecord &seat) { return isPendingFor(seat, hold); },
        [&](SeatRecord &seat) {
            seat = {.number = seat.number, .state = SeatState::Sold, .order = order, .house = seat.house};
        });
}

Result<std::vector<SeatRecord>> decideGiveBack(std::span<const SeatRecord> seats, const OrderId &order)
{
    return changeAll(
        seats, {ErrorCode::WrongState, u"The place is not sold to this order any more."_s},
        [&](const SeatRecord &seat) { return seat.state == SeatState::Sold && seat.order == order; },
        [](SeatRecord &seat) { seat = freed(seat); });
}

std::vector<SeatRecord> decideRelease(std::span<const SeatRecord> seats, const HoldId &hold)
{
    std::vector<SeatRecord> changed;
    for (const SeatRecord &seat : seats) {
        checkSeatRecord(seat);
        if (isHeldBy(seat, hold))
            changed.push_back(freed(seat));
    }
    return changed;
}

std::vector<SeatRecord> decideExpire(std::span<const SeatRecord> seats, const HoldId &hold, Instant now)
{
    std::vector<SeatRecord> changed;
    for (const SeatRecord &seat : seats) {
        checkSeatRecord(seat);
        if (isHeldBy(seat, hold) && seat.heldUntil <= now)
            changed.push_back(freed(seat));
    }
    return changed;
}

namespace {

/// The seat after the move; nothing where it may not be moved.
std::optional<SeatRecord> moved(const SeatRecord &seat, SeatMove move, int house, Instant now)
{
    const SeatRecord free = seat.state == SeatState::Held && seat.heldUntil <= now ? freed(seat) : seat;
    const bool isFree = free.state == SeatState::Available || free.state == SeatState::House;
    const bool isKilled = free.state == SeatState::Killed;
    switch (move) {
    case SeatMove::SetAside:
        if (isFree)
            return SeatRecord{.number = seat.number, .state = SeatState::House, .house = house};
        break;
    case SeatMove::Release:
        if (isFree)
            return SeatRecord{.number = seat.number, .state = SeatState::Available};
        break;
    case SeatMove::Kill:
        if (isFree || isKilled)
            return SeatRecord{.number = seat.number, .state = SeatState::Killed, .house = seat.house};
        break;
    case SeatMove::Restore:
        if (isFree || isKilled)
            return freed(seat);
        break;
    }
    return std::nullopt;
}

} // namespace

Result<std::vector<SeatRecord>> decideMove(std::span<const SeatRecord> seats, SeatMove move, int house, Instant now)
{
    PT_ASSERT((move == SeatMove::SetAside) == (house > 0), "seats are set aside under a code, and nothing else is");
    QJsonArray refused;
    bool allKilled = true;
    std::vector<SeatRecord> changed;
    for (const SeatRecord &seat : seats) {
        checkSeatRecord(seat);
        const auto next = moved(seat, move, house, now);
        if (!next) {
            refused.append(seat.number);
            allKilled = allKilled && seat.state == SeatState::Killed;
            continue;
        }
        checkSeatRecord(*next);
        if (*next != seat)
            changed.push_back(*next);
    }
    if (refused.isEmpty())
        return changed;
    return refuse(Error{.code = allKilled ? ErrorCode::WrongState : ErrorCode::SeatTaken,
                        .message = allKilled ? u"At least one of the seats is off sale."_s
                                             : u"At least one of the seats is held or sold."_s,
                        .details = {{u"numbers"_s, refused}}});
}

void checkAreaRecord(const AreaRecord &record)
{
    PT_ASSERT(record.held >= 0 && record.sold >= 0, "an area never holds or sells less than nothing");
    PT_ASSERT(record.held + record.sold <= record.capacity, "an area never holds and sells more than its capacity");
}

Result<AreaRecord> decideAreaHeld(const AreaRecord &area, int quantity)
{
    checkAreaRecord(area);
    const int available = area.capacity - area.held - area.sold;
    if (quantity > available) {
        return refuse(Error{.code = ErrorCode::SoldOut,
                            .message = available == 0   ? u"No places are left there."_s
                                       : available == 1 ? u"Only one place is left there."_s
                                                        : u"Only %1 places are left there."_s.arg(available),
                            .details = {{u"available"_s, available}}});
    }
    AreaRecord next = area;
    next.held += quantity;
    checkAreaRecord(next);
    return next;
}

AreaRecord decideAreaSold(const AreaRecord &area, int quantity)
{
    AreaRecord next = area;
    next.held -= quantity;
    next.sold += quantity;
    checkAreaRecord(next);
    return next;
}

AreaRecord decideAreaGivenBack(const AreaRecord &area, int quantity)
{
    AreaRecord next = area;
    next.sold -= quantity;
    checkAreaRecord(next);
    return next;
}

} // namespace parterre
