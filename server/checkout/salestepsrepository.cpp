#include "checkout/salesteps.h"

#include "aftersale/exchangesteps.h"
#include "base/assert.h"
#include "checkout/orderplaces.h"
#include "checkout/promotions.h"
#include "checkout/saleplaces.h"
#include "checkout/salesledger.h"
#include "db/transaction.h"
#include "domain/holds/handover.h"
#include "inventory/inventoryrepository.h"
#include "receipts/receiptrepository.h"
#include "ticketing/issuing.h"

#include <QJsonDocument>

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

void issueTickets(Transaction &transaction, const std::vector<LockedSale *> &sales, Instant now, const SignTicket &sign)
{
    std::map<PerformanceId, std::vector<OrderRow *>> byPerformance;
    for (LockedSale *sale : sales)
        byPerformance[sale->order.performance].push_back(&sale->order);
    for (const auto &[performance, orders] : byPerformance) {
        std::vector<tickets::NewTicket> issued;
        std::vector<int> seats;
        std::vector<OrderId> owners;
        std::vector<int> lines;
        for (const OrderRow *order : orders) {
            for (const OrderLine &line : order->lines) {
                issued.push_back({.order = order->id,
                                  .line = line.number,
                                  .performance = performance,
                                  .placeNumber = line.placeNumber,
                                  .isArea = line.isArea});
                if (!line.isArea) {
                    seats.push_back(line.placeNumber);
                    owners.push_back(order->id);
                    lines.push_back(line.number);
                }
            }
        }
        const auto ids =
            tickets::issueAll(transaction, issued, tickets::goodUntil(transaction, performance), now, sign);
        auto next = ids.begin();
        for (OrderRow *order : orders) {
            order->tickets.assign(next, next + static_cast<ptrdiff_t>(order->lines.size()));
            next += static_cast<ptrdiff_t>(order->lines.size());
        }
        transaction.execute("insert into sold_place (performance_id, seat_no, order_id, line_no) "
                            "select $1::uuid, n.seat_no, n.order_id, n.line_no "
                            "from unnest($2::int[], $3::uuid[], $4::int[]) as n(seat_no, order_id, line_no)",
                            performance, seats, owners, lines);
    }
}

void tellOutbox(Transaction &transaction, const std::vector<LockedSale *> &sales, Instant now)
{
    std::vector<OrderId> keys;
    ArrayLiteral facts;
    for (const LockedSale *sale : sales) {
        const OrderRow &order = sale->order;
        const QJsonObject fact{{u"order"_s, order.id.text()},
                               {u"number"_s, order.number},
                               {u"performance"_s, order.performance.text()},
                               {u"channel"_s, enumName(order.channel)},
                               {u"places"_s, static_cast<qint64>(order.lines.size())},
                               {u"total"_s, JsonWriter::toValue(order.total)},
                               {u"at"_s, instantToText(now)}};
        keys.push_back(order.id);
        facts.addQuoted(QJsonDocument(fact).toJson(QJsonDocument::Compact));
    }
    transaction.execute("insert into outbox (topic, key, payload) select 'order.confirmed', n.key, n.fact::jsonb "
                        "from unnest($1::uuid[], $2::text[]) as n(key, fact)",
                        keys, facts);
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

std::vector<LockedSale> lockFree(Transaction &transaction, const std::vector<OrderId> &orders)
{
    std::vector<LockedSale> sales;
    const auto holds = holds::lockFreeOf(transaction, orders);
    std::vector<HoldId> ours; // Of the others no order is locked either: their owners may want it after their places.
    for (const HoldRow &hold : holds)
        ours.push_back(hold.id);
    for (OrderRow &order : orders::lockFreeOf(transaction, ours, orders)) {
        if (order.exchangedFrom.isNull())
            sales.push_back({.hold = *std::ranges::find(holds, order.hold, &HoldRow::id), .order = std::move(order)});
    }
    return sales;
}

Result<LockedSale> lockOwn(Transaction &transaction, const SaleParty &party, const OrderId &order)
{
    auto sale = lock(transaction, order);
    if (!sale || sale->order.owner != party.owner)
        return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
    return *std::move(sale);
}

PaymentRow attemptToPay(const OrderRow &order, Instant now, Instant deadline)
{
    const Money none(0, order.total.currency());
    return {.id = {},
            .order = order.id,
            .method = PaymentMethod::Card,
            .state = PaymentState::Authorising,
            .amount = order.total,
            .tendered = none,
            .change = none,
            .cardToken = {},
            .providerReference = {},
            .failure = {},
            .actionUrl = {},
            .deadline = deadline,
            .createdAt = now,
            .rounding = none};
}

Status freeze(Transaction &transaction, LockedSale &sale, Instant deadline)
{
    return freezeAll(transaction, {&sale}, deadline).front();
}

namespace {

/// What the seats of a sale become, or why it cannot be paid for.
Result<std::vector<SeatRecord>> judgeFreeze(const LockedSale &sale, const std::map<int, int> &areasHeld,
                                            const SalePlaces &places, Instant deadline)
{
    const OrderPlaces wanted = placesOf(sale.order);
    if (sale.hold.heldUntil <= places.now())
        return refuse(holdGone());
    if (wanted.seats != sale.hold.seats || wanted.areas != areasHeld)
        return refuse(ErrorCode::WrongState,
                      u"The cart has changed since this order was made. Make the order again."_s);
    PT_CHECK(decideOrder(sale.order.state, OrderState::PaymentPending));
    return decideFreeze(places.seats(sale.hold.performance, wanted.seats), sale.hold.id, deadline, places.now());
}

void writeFrozen(Transaction &transaction, const std::vector<LockedSale *> &sales, Instant deadline, Instant now)
{
    std::vector<OrderId> orders;
    std::vector<const HoldRow *> holds;
    for (LockedSale *sale : sales) {
        sale->order.state = OrderState::PaymentPending;
        sale->hold.state = HoldState::Frozen;
        sale->hold.heldUntil = deadline;
        orders.push_back(sale->order.id);
        holds.push_back(&sale->hold);
    }
    orders::setStates(transaction, orders, OrderState::PaymentPending, now);
    for (LockedSale *sale : sales)
        promotions::redeem(transaction, sale->order, now, sale->givesItsUse());
    holds::updateAll(transaction, holds);
    for (LockedSale *sale : sales) {
        if (!placesOf(sale->order).areas.empty())
            inventory::setAreaHoldsEnd(transaction, sale->hold.id, deadline, true);
    }
}

} // namespace

std::vector<Status> freezeAll(Transaction &transaction, const std::vector<LockedSale *> &sales, Instant deadline)
{
    std::vector<Status> outcomes;
    std::vector<HoldId> holds;
    SalePlaces places;
    for (const LockedSale *sale : sales) {
        outcomes.push_back(checkPayable(*sale));
        if (outcomes.back())
            outcomes.back() = promotions::lockUses(transaction, sale->order, sale->givesItsUse());
        if (!outcomes.back())
            continue;
        holds.push_back(sale->hold.id);
        places.want(sale->hold.performance, placesOf(sale->order));
    }
    if (holds.empty())
        return outcomes;
    places.lock(transaction);
    std::map<HoldId, std::map<int, int>> areas;
    for (const auto &row : inventory::areaHoldsOf(transaction, holds))
        areas[row.hold][row.area] = row.quantity;
    std::vector<LockedSale *> frozen;
    for (size_t i = 0; i < sales.size(); ++i) {
        if (!outcomes[i])
            continue;
        const auto seats = judgeFreeze(*sales[i], areas[sales[i]->hold.id], places, deadline);
        if (!seats) {
            outcomes[i] = refuse(seats.error());
            continue;
        }
        places.change(sales[i]->hold.performance, *seats);
        frozen.push_back(sales[i]);
    }
    if (frozen.empty())
        return outcomes;
    writeFrozen(transaction, frozen, deadline, places.now());
    places.write(transaction);
    places.record(transaction); // Pools count the same as before.
    return outcomes;
}

void closeSale(Transaction &transaction, LockedSale &sale, const SignTicket &sign, Instant now)
{
    closeSales(transaction, {&sale}, sign, now);
}

void closeSales(Transaction &transaction, const std::vector<LockedSale *> &sales, const SignTicket &sign, Instant now)
{
    std::vector<OrderId> orders;
    std::vector<const HoldRow *> holds;
    for (LockedSale *sale : sales) {
        PT_ASSERT(sale->order.state == OrderState::PaymentPending && sale->hold.state == HoldState::Frozen,
                  "only a frozen sale is confirmed");
        sale->order.state = OrderState::Confirmed;
        sale->hold.state = HoldState::Converted;
        orders.push_back(sale->order.id);
        holds.push_back(&sale->hold);
    }
    orders::setStates(transaction, orders, OrderState::Confirmed, now);
    holds::updateAll(transaction, holds);
    for (LockedSale *sale : sales) {
        if (!placesOf(sale->order).areas.empty()) // What froze had these and no others.
            inventory::removeAreaHolds(transaction, sale->hold.id);
    }
    issueTickets(transaction, sales, now, sign);
    tellOutbox(transaction, sales, now);
}

void confirm(Transaction &transaction, LockedSale &sale, const PaymentRow &payment, const SignTicket &sign)
{
    if (!sale.order.exchangedFrom.isNull()) {
        PT_ASSERT(payment.state == PaymentState::Captured, "a sale is confirmed by a payment that has come");
        return exchangesteps::confirm(transaction, sale, &payment, sign);
    }
    orders::readCharges(transaction, {&sale.order});
    (void)confirmAll(transaction, {{.sale = &sale, .payment = &payment}}, sign);
}

namespace {

/// What a sale has frozen.
OrderPlaces takenBy(const LockedSale &sale)
{
    return {.seats = sale.hold.seats, .areas = placesOf(sale.order).areas};
}

} // namespace

Instant confirmAll(Transaction &transaction, const std::vector<PaidSale> &paid, const SignTicket &sign)
{
    SalePlaces places;
    std::vector<LockedSale *> sales;
    std::vector<OrderId> orders;
    for (const auto &[sale, payment] : paid) {
        PT_ASSERT(payment->state == PaymentState::Captured, "a sale is confirmed by a payment that has come");
        places.want(sale->hold.performance, takenBy(*sale));
        sales.push_back(sale);
        orders.push_back(sale->order.id);
    }
    places.lock(transaction);
    for (const LockedSale *sale : sales)
        places.sell(sale->hold.performance, takenBy(*sale), sale->hold.id, sale->order.id);
    places.write(transaction);
    closeSales(transaction, sales, sign, places.now());
    ledger::enterSales(transaction, paid);
    places.record(transaction);
    receipts::issueAll(transaction, orders, places.now());
    return places.now();
}

void thaw(Transaction &transaction, LockedSale &sale)
{
    PT_ASSERT(sale.hold.state == HoldState::Frozen, "only a frozen hold thaws");
    if (sale.exchanged)
        promotions::giveBackAfterExchange(transaction, sale.order.id, *sale.exchanged);
    else
        promotions::giveBack(transaction, sale.order.id);
    SalePlaces places;
    places.want(sale.hold.performance, takenBy(sale));
    places.lock(transaction);
    // The end that the hold had is gone with the freeze, and no failed payment gives it more than any hold may have.
    const Instant end =
        holdEnd(sale.hold.createdAt, sale.hold.createdAt, static_cast<int>(secondsAfterDecline.count()), places.now());
    const bool isOver = end <= places.now();
    if (isOver)
        places.end(sale.hold.performance, takenBy(sale), sale.hold.id);
    else
        places.thaw(sale.hold.performance, takenBy(sale), sale.hold.id, end);

    const auto after = decideOrder(sale.order.state, isOver ? OrderState::Expired : OrderState::Open);
    PT_ASSERT(after.has_value(), "the order of a frozen hold is being paid");
    sale.order.state = *after;
    orders::setState(transaction, sale.order.id, sale.order.state, places.now());
    if (!sale.order.exchangedFrom.isNull())
        exchanges::callOff(transaction, sale.order, places.now());
    sale.hold.state = isOver ? HoldState::Expired : HoldState::Live;
    sale.hold.heldUntil = end;
    holds::write(transaction, sale.hold);
    places.write(transaction);
    if (isOver)
        inventory::removeAreaHolds(transaction, sale.hold.id);
    else
        inventory::setAreaHoldsEnd(transaction, sale.hold.id, end, false);
    places.record(transaction);
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
