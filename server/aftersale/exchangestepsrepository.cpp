#include "aftersale/exchangesteps.h"

#include "aftersale/refundsteps.h"
#include "base/assert.h"
#include "checkout/promotions.h"
#include "checkout/saleplaces.h"
#include "checkout/salesledger.h"
#include "db/transaction.h"
#include "giftcards/giftcardrepository.h"
#include "receipts/receiptrepository.h"

#include <numeric>

namespace parterre::server::exchangesteps {

namespace {

/// Those that are given back and those that come for them.
SalePlaces locked(Transaction &transaction, const OrderRow &from, const OrderPlaces &given, const OrderRow &order,
                  const OrderPlaces &taken)
{
    SalePlaces places;
    places.want(from.performance, given);
    places.want(order.performance, taken);
    places.lock(transaction);
    return places;
}

/// The one that leads, and its parts.
std::vector<PaymentRow> paymentsOf(Transaction &transaction, const PaymentRow *lead)
{
    if (!lead)
        return {};
    std::vector<PaymentRow> payments = payments::partsOf(transaction, lead->id);
    payments.push_back(*lead);
    return payments;
}

/// Where a provider was asked meanwhile, nobody counts cash into a hand: it is kept for whoever comes for it.
RepaymentState stateOfCash(const ExchangeRow &exchange, const PaymentRow *payment)
{
    const bool isDoneAtOnce =
        !payment || payment->method == PaymentMethod::Cash || payment->method == PaymentMethod::GiftCard;
    return exchange.isAtDesk && isDoneAtOnce ? RepaymentState::Repaid : RepaymentState::Owed;
}

} // namespace

void lockPlaces(Transaction &transaction, const salesteps::LockedSale &sale, const std::vector<int> &lines)
{
    (void)locked(transaction, *sale.exchanged, placesOf(*sale.exchanged, lines), sale.order, placesOf(sale.order));
}

void lockMoney(Transaction &transaction, const salesteps::LockedSale &sale)
{
    (void)refunds::lockPaidParts(transaction, sale.exchanged->id, sale.exchanged->total.currency(),
                                 giftcards::thoseThatPay(transaction, sale.order.id));
}

void confirm(Transaction &transaction, salesteps::LockedSale &sale, const PaymentRow *payment,
             const salesteps::SignTicket &sign)
{
    PT_ASSERT(sale.exchanged.has_value(), "the order whose places are given back is locked too");
    OrderRow &from = *sale.exchanged;
    const ExchangeRow exchange = exchanges::pending(transaction, sale.order.id);
    const OrderPlaces given = placesOf(from, exchange.lines);
    const OrderPlaces taken = placesOf(sale.order);
    const SoldOrder sold = refundsteps::soldOrder(transaction, from);
    promotions::lockOf(transaction, sale.order, from);
    SalePlaces places = locked(transaction, from, given, sale.order, taken);
    const std::vector<PaymentRow> paid = paymentsOf(transaction, payment);
    const Money sum = std::accumulate(paid.begin(), paid.end(), Money(0, sale.order.total.currency()),
                                      [](const Money &all, const PaymentRow &each) { return all + each.amount; });
    const ExchangePlan plan =
        completeExchange(sold, exchange.lines, sale.order.total, sum, stateOfCash(exchange, payment));

    exchanges::finish(transaction, exchange, places.now());
    for (const ExchangeCredit &credit : plan.credits)
        exchanges::insertCredit(transaction, exchange, credit);
    refundsteps::writeRefund(transaction, from,
                             {.id = exchange.refund,
                              .order = from.id,
                              .cause = RefundCause::Exchange,
                              .reason = exchange.reason,
                              .principal = exchange.principal,
                              .amount = plan.given.amount,
                              .lines = plan.given.lines},
                             plan.given);
    refunds::removeSoldPlaces(transaction, from.id, exchange.lines);
    places.giveBack(from.performance, given, from.id);
    places.sell(sale.order.performance, taken, sale.hold.id, sale.order.id);
    places.write(transaction);
    salesteps::closeSale(transaction, sale, sign, places.now());
    ledger::enterExchange(transaction, sale.order, paid);
    places.record(transaction);
    receipts::issue(transaction, sale.order.id, places.now());
}

} // namespace parterre::server::exchangesteps
