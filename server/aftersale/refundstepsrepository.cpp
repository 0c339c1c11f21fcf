#include "aftersale/refundsteps.h"

#include "aftersale/exchangerepository.h"
#include "base/assert.h"
#include "checkout/promotions.h"
#include "checkout/saleplaces.h"
#include "checkout/salesledger.h"
#include "db/transaction.h"
#include "receipts/receiptrepository.h"
#include "runtime/faultpoint.h"

namespace parterre::server::refundsteps {

namespace {

/// The places are free again, or back at their house code.
void freePlaces(Transaction &transaction, const OrderRow &order, const std::vector<int> &lines)
{
    const OrderPlaces given = placesOf(order, lines);
    SalePlaces places;
    places.want(order.performance, given);
    places.lock(transaction);
    places.giveBack(order.performance, given, order.id);
    refunds::removeSoldPlaces(transaction, order.id, lines);
    places.write(transaction);
    places.record(transaction);
}

} // namespace

std::optional<OrderRow> lockOrder(Transaction &transaction, const OrderId &order)
{
    if (faultPoint("refund_order_lock") == Fault::Skip)
        return orders::find(transaction, order);
    auto sale = salesteps::lock(transaction, order);
    return sale ? std::optional(std::move(sale->order)) : std::nullopt;
}

SoldOrder soldOrder(Transaction &transaction, const OrderRow &order, const std::vector<GiftCardId> &otherCards)
{
    const auto rows = transaction.query(
        "select o.confirmed_at, v.time_zone, p.refundable_until from sale_order o join performance p on p.id = "
        "o.performance_id "
        "join event e on e.id = p.event_id join venue v on v.id = e.venue_id where o.id = $1",
        order.id);
    return {.state = order.state,
            .owner = order.owner,
            .timeZone = text(rows[0]["time_zone"]),
            .confirmedAt = optionalInstant(rows[0]["confirmed_at"]),
            .lines = order.lines,
            .inExchange = exchanges::linesInExchange(transaction, order.id),
            .paid = refunds::lockPaidParts(transaction, order.id, order.total.currency(), otherCards),
            .currency = order.total.currency(),
            .fee = order.fee,
            .refundableUntil = optionalInstant(rows[0]["refundable_until"])};
}

void writeRefund(Transaction &transaction, OrderRow &order, const RefundRow &refund, const RefundPlan &plan)
{
    const Instant now = transaction.now();
    refunds::insert(transaction, refund, now);
    for (const PlannedRepayment &planned : plan.repayments)
        refunds::insertRepayment(transaction, refund, planned, now);
    order.state = plan.after;
    orders::setState(transaction, order.id, order.state, now);
    ledger::enterRefund(transaction, order, refund);
    if (!hasSoldPlaces(order.state)) // A part that is left keeps its discount, and so the use.
        promotions::giveBack(transaction, order.id);
    refunds::voidTickets(transaction, order.id, plan.lines);
    refunds::tellOutbox(transaction, order, refund, now);
    receipts::issueCreditNote(transaction, refund, now);
}

void giveBack(Transaction &transaction, OrderRow &order, const RefundRow &refund, const RefundPlan &plan)
{
    writeRefund(transaction, order, refund, plan);
    freePlaces(transaction, order, plan.lines);
}

} // namespace parterre::server::refundsteps
