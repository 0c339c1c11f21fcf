#include "checkout/salesteps.h"

#include "aftersale/exchangesteps.h"
#include "base/assert.h"
#include "checkout/orderplaces.h"
#include "checkout/promotions.h"
#include "checkout/salesledger.h"
#include "db/transaction.h"
#include "domain/holds/handover.h"
#include "inventory/inventoryrepository.h"
#include "receipts/receiptrepository.h"
#include "ticketing/issuing.h"

#include <algorithm>
#include <map>

namespace parterre::server::salesteps {

using namespace Qt::StringLiterals;

namespace {

constexpr Seconds secondsAfterDecline{180};

std::map<int, int> areaHoldsOf(Transaction &transaction, const HoldId &hold)
{
    std::map<int, int> areas;
    for (const auto &area : inventory::areaHolds(transaction, hold))
        areas[area.area] = area.quantity;
    return areas;
}

void issueTickets(Transaction &transaction, const OrderRow &order, Instant now, const SignTicket &sign)
{
    std::vector<tickets::NewTicket> issued;
    std::vector<int> seats;
    std::vector<int> lines;
    for (const OrderLine &line : order.lines) {
        issued.push_back({.order = order.id,
                          .line = line.number,
                          .performance = order.performance,
                          .placeNumber = line.placeNumber,
                          .isArea = line.isArea});
        if (!line.isArea) {
            seats.push_back(line.placeNumber);
            lines.push_back(line.number);
        }
    }
    tickets::issueAll(transaction, issued, tickets::goodUntil(transaction, order.performance), now, sign);
    transaction.execute("insert into sold_place (performance_id, seat_no, order_id, line_no) "
                        "select $1::uuid, n.seat_no, $3::uuid, n.line_no "
                        "from unnest($2::int[], $4::int[]) as n(seat_no, line_no)",
                        order.performance, seats, order.id, lines);
}

void tellOutbox(Transaction &transaction, const OrderRow &order, Instant now)
{
    const QJsonObject fact{{u"order"_s, order.id.text()},
                           {u"number"_s, order.number},
                           {u"performance"_s, order.performance.text()},
                           {u"channel"_s, enumName(order.channel)},
                           {u"places"_s, static_cast<qint64>(order.lines.size())},
                           {u"total"_s, JsonWriter::toValue(order.total)},
                           {u"at"_s, instantToText(now)}};
    transaction.execute("insert into outbox (topic, key, payload) values ('order.confirmed', $1, $2::jsonb)", order.id,
                        fact);
}

Error holdGone()
{
    return {.code = ErrorCode::HoldGone,
            .message = u"The hold has ended, and nothing was paid. Choose the places again."_s};
}

/// What a buyer is told who pays an order that is not open, by what can be done about it.
Status checkPayable(const LockedSale &sale)
{
    switch (sale.order.state) {
    case OrderState::PaymentPending:
        return refuse(ErrorCode::WrongState, u"A payment for this order is running already."_s);
    case OrderState::Confirmed:
    case OrderState::PartlyRefunded:
        return refuse(ErrorCode::WrongState, u"This order is paid already."_s);
    case OrderState::Refunded:
    case OrderState::Exchanged:
        return refuse(ErrorCode::WrongState, u"The places of this order were given back."_s);
    case OrderState::Open:
    case OrderState::Expired:
        break;
    }
    if (sale.hold.owner != sale.order.owner)
        return refuse(handedOver(sale.hold.channel));
    if (sale.hold.state == HoldState::Released || sale.hold.state == HoldState::Expired)
        return refuse(holdGone());
    if (sale.order.state == OrderState::Expired || sale.hold.state != HoldState::Live)
        return refuse(ErrorCode::WrongState, u"There is a newer order for these places. Pay that one."_s);
    return {};
}

} // namespace

std::optional<LockedSale> lock(Transaction &transaction, const OrderId &order)
{
    const auto unlocked = orders::heldFor(transaction, order);
    if (!unlocked)
        return std::nullopt;
    if (!unlocked->exchangedFrom.isNull())
        return lockExchange(transaction, order, unlocked->exchangedFrom);
    const auto hold = holds::lock(transaction, unlocked->hold);
    auto locked = orders::lock(transaction, order);
    PT_ASSERT(hold && locked, "an order and its hold are never deleted");
    return LockedSale{.hold = *hold, .order = *std::move(locked)};
}

std::optional<LockedSale> lockExchange(Transaction &transaction, const OrderId &order, const OrderId &from)
{
    const auto unlocked = orders::heldFor(transaction, order);
    const auto unlockedFrom = orders::heldFor(transaction, from);
    if (!unlocked || !unlockedFrom)
        return std::nullopt;
    const auto locked = holds::lockAll(transaction, {unlocked->hold, unlockedFrom->hold});
    LockedSale sale{.hold = *std::ranges::find(locked, unlocked->hold, &HoldRow::id), .order = {}, .exchanged = {}};
    if (order < from)
        sale.order = *orders::lock(transaction, order);
    sale.exchanged = orders::lock(transaction, from);
    if (!(order < from))
        sale.order = *orders::lock(transaction, order);
    return sale;
}

Result<LockedSale> lockOwn(Transaction &transaction, const SaleParty &party, const OrderId &order)
{
    auto sale = lock(transaction, order);
    if (!sale || sale->order.owner != party.owner)
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    return *std::move(sale);
}

Status freeze(Transaction &transaction, LockedSale &sale, Instant deadline)
{
    PT_CHECK(checkPayable(sale));
    PT_CHECK(promotions::lockUses(transaction, sale.order));
    const OrderPlaces wanted = placesOf(sale.order);
    const auto places =
        inventory::lockPlaces(transaction, sale.hold.performance, wanted.seats, numbersOf(wanted.areas));
    if (sale.hold.heldUntil <= places.now)
        return refuse(holdGone());
    if (wanted.seats != sale.hold.seats || wanted.areas != areaHoldsOf(transaction, sale.hold.id))
        return refuse(ErrorCode::WrongState,
                      u"The cart has changed since this order was made. Make the order again."_s);
    PT_TRY(const auto frozen, decideFreeze(places.seats, sale.hold.id, deadline, places.now));

    PT_TRY(sale.order.state, decideOrder(sale.order.state, OrderState::PaymentPending));
    orders::setState(transaction, sale.order.id, sale.order.state, places.now);
    promotions::redeem(transaction, sale.order, places.now);
    sale.hold.state = HoldState::Frozen;
    sale.hold.heldUntil = deadline;
    holds::write(transaction, sale.hold);
    inventory::writeSeats(transaction, sale.hold.performance, frozen);
    if (!wanted.areas.empty())
        inventory::setAreaHoldsEnd(transaction, sale.hold.id, deadline, true);
    inventory::recordChange(transaction, sale.hold.performance, frozen, {}); // Pools count the same as before.
    return {};
}

void closeSale(Transaction &transaction, LockedSale &sale, const SignTicket &sign, Instant now)
{
    PT_ASSERT(sale.order.state == OrderState::PaymentPending && sale.hold.state == HoldState::Frozen,
              "only a frozen sale is confirmed");
    sale.order.state = OrderState::Confirmed;
    orders::setState(transaction, sale.order.id, sale.order.state, now);
    sale.hold.state = HoldState::Converted;
    holds::write(transaction, sale.hold);
    if (!placesOf(sale.order).areas.empty()) // What froze had these and no others.
        inventory::removeAreaHolds(transaction, sale.hold.id);
    issueTickets(transaction, sale.order, now, sign);
    tellOutbox(transaction, sale.order, now);
}

void confirm(Transaction &transaction, LockedSale &sale, const PaymentRow &payment, const SignTicket &sign)
{
    PT_ASSERT(payment.state == PaymentState::Captured, "a sale is confirmed by a payment that has come");
    if (!sale.order.exchangedFrom.isNull())
        return exchangesteps::confirm(transaction, sale, &payment, sign);
    const auto wanted = placesOf(sale.order).areas;
    const auto places = inventory::lockPlaces(transaction, sale.hold.performance, sale.hold.seats, numbersOf(wanted));
    const auto sold = decideConfirm(places.seats, sale.hold.id, sale.order.id);
    PT_ASSERT(sold.has_value(), "a frozen hold keeps its seats until its payment has ended");
    std::vector<AreaRecord> areas;
    for (const AreaRecord &area : places.areas)
        areas.push_back(decideAreaSold(area, wanted.at(area.number)));

    inventory::writeSeats(transaction, sale.hold.performance, *sold);
    inventory::writeAreas(transaction, sale.hold.performance, areas, places.now);
    closeSale(transaction, sale, sign, places.now);
    if (payment.amount == sale.order.total)
        ledger::enterSale(transaction, payment);
    else
        ledger::enterParts(transaction, sale.order, payment, payments::partsOf(transaction, payment.id));
    inventory::recordChange(transaction, sale.hold.performance, *sold, areas);
    receipts::issue(transaction, sale.order.id, places.now);
}

void thaw(Transaction &transaction, LockedSale &sale)
{
    PT_ASSERT(sale.hold.state == HoldState::Frozen, "only a frozen hold thaws");
    promotions::giveBack(transaction, sale.order.id);
    const auto places = inventory::lockPlaces(transaction, sale.hold.performance, sale.hold.seats,
                                              numbersOf(areaHoldsOf(transaction, sale.hold.id)));
    const Instant end = places.now + secondsAfterDecline;
    const auto thawed = decideThaw(places.seats, sale.hold.id, end);
    PT_ASSERT(thawed.has_value(), "a frozen hold keeps its seats until its payment has ended");

    sale.order.state = OrderState::Open;
    orders::setState(transaction, sale.order.id, sale.order.state, places.now);
    if (!sale.order.exchangedFrom.isNull())
        exchanges::callOff(transaction, sale.order, places.now);
    sale.hold.state = HoldState::Live;
    sale.hold.heldUntil = end;
    holds::write(transaction, sale.hold);
    inventory::writeSeats(transaction, sale.hold.performance, *thawed);
    inventory::setAreaHoldsEnd(transaction, sale.hold.id, end, false);
    inventory::recordChange(transaction, sale.hold.performance, *thawed, {});
}

void keepAlive(Transaction &transaction, LockedSale &sale)
{
    const auto places = inventory::lockPlaces(transaction, sale.hold.performance, sale.hold.seats,
                                              numbersOf(areaHoldsOf(transaction, sale.hold.id)));
    const Instant end =
        holdEnd(sale.hold.createdAt, sale.hold.heldUntil, static_cast<int>(secondsAfterDecline.count()), places.now);
    if (sale.hold.state != HoldState::Live || sale.hold.heldUntil <= places.now || end == sale.hold.heldUntil)
        return;
    const auto kept = decideRenew(places.seats, sale.hold.id, end, places.now);
    PT_ASSERT(kept.has_value(), "a live hold in time has its seats");
    sale.hold.heldUntil = end;
    holds::write(transaction, sale.hold);
    inventory::writeSeats(transaction, sale.hold.performance, *kept);
    inventory::setAreaHoldsEnd(transaction, sale.hold.id, end, false);
    inventory::recordChange(transaction, sale.hold.performance, *kept, {});
}

} // namespace parterre::server::salesteps
