#include "aftersale/aftersaleservice.h"
#include "aftersale/exchangesteps.h"
#include "aftersale/refundsteps.h"
#include "checkout/checkoutservice.h"
#include "checkout/promotions.h"
#include "db/database.h"
#include "db/transaction.h"
#include "giftcards/tenderparts.h"

/// Places for other places. What they cost more is paid as an order is (docs/giftcards.md); the rules are
/// decideExchange()'s and decideTender()'s.
namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> noSuchExchange()
{
    return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
}

/// An exchange calls its cash otherwise than a payment does.
Error inWordsOfExchange(Error error)
{
    if (error.field.startsWith(u"/cash"_s))
        error.field.replace(0, 5, u"/tendered"_s);
    return error;
}

/// Who pays how much of the difference; none where there is no difference.
Result<std::optional<tenderparts::Tender>> tenderOf(Transaction &transaction, const OrderRow &order, const Money &due,
                                                    const ExchangeOrder &command)
{
    const bool isPaid = command.tendered || command.cardToken || command.terminal || !command.giftCards.empty();
    if (due.isZero() && command.giftCards.empty())
        return std::optional<tenderparts::Tender>();
    if (!isPaid) {
        return refuse(Error{.code = ErrorCode::AmountMismatch,
                            .message = u"The new places cost %1 more."_s.arg(due.plainText()),
                            .field = u"/tendered"_s,
                            .details = {{u"due"_s, JsonWriter::toValue(due)}}});
    }
    auto tender = tenderparts::plan(transaction, order, due, command.tender());
    if (!tender)
        return refuse(inWordsOfExchange(tender.error()));
    return std::optional(*std::move(tender));
}

bool isPaidAtOnce(const tenderparts::Tender &tender)
{
    return tender.plan.lead == PaymentMethod::Cash || tender.plan.lead == PaymentMethod::GiftCard;
}

} // namespace

Result<OrderView> AfterSaleService::exchange(const RefundActor &actor, const SaleParty &party, const CommandKey &key,
                                             const ExchangeOrder &command)
{
    if (const Status allowed = m_checkout.checkTender(party, command.tender()); !allowed)
        return refuse(inWordsOfExchange(allowed.error()));
    if (command.cardToken && m_provider.outage()) {
        return refuse(ErrorCode::Unavailable,
                      u"Card payments do not work at the moment, and nothing was exchanged. Try again in a minute."_s);
    }
    // As with a payment by card: the attempt's own row tells a repeat what became of the first.
    PaymentId running;
    std::optional<PaymentRow> earlier;
    PT_TRY(const OrderView started,
           flattened(m_database.transact([&](Transaction &transaction) -> Result<Result<OrderView>> {
               running = PaymentId();
               earlier.reset();
               PT_TRY(const auto begun, commandlog::begin(transaction, key));
               if (begun.outcome)
                   return commandlog::outcomeFromJson<OrderView>(*begun.outcome);
               if (!begun.isNew) {
                   earlier = payments::find(transaction, command.payment);
                   return orders::viewOfKnown(transaction, command.order);
               }
               const auto payment = exchangeLocked(transaction, actor, party, command);
               Result<OrderView> view = payment ? orders::viewOfKnown(transaction, command.order)
                                                : Result<OrderView>(refuse(payment.error()));
               if (!payment || payment->isNull())
                   commandlog::finish(transaction, key, commandlog::outcomeToJson(view));
               else
                   running = *payment;
               return view;
           })));
    if (earlier)
        return m_checkout.repeatCard(*earlier, started);
    m_changed(started.performance);
    if (m_repaymentsWait)
        m_repaymentsWait();
    return running.isNull() ? Result<OrderView>(started) : m_checkout.chargeStarted(running);
}

Result<PaymentId> AfterSaleService::exchangeLocked(Transaction &transaction, const RefundActor &actor,
                                                   const SaleParty &party, const ExchangeOrder &command)
{
    auto sale = command.order == command.from ? std::nullopt
                                              : salesteps::lockExchange(transaction, command.order, command.from);
    if (!sale || sale->order.owner != party.owner || (!actor.isAtDesk && sale->exchanged->owner != actor.principal))
        return noSuchExchange();
    if (refunds::isKnown(transaction, command.refund, command.order))
        return refuse(ErrorCode::KeyReused, u"There is a refund with this id already."_s, u"/refund"_s);
    if (payments::find(transaction, command.payment))
        return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
    // All gift cards at once, those that paid for the old places and those that pay now: they are locked by id.
    PT_TRY(const auto cards, tenderparts::cardsBehind(transaction, command.giftCards));
    PT_TRY(const ExchangePlan plan, decideExchange(refundsteps::soldOrder(transaction, *sale->exchanged, cards),
                                                   command, sale->order.total, actor, transaction.now()));
    PT_TRY(const auto tender, tenderOf(transaction, sale->order, plan.due, command));

    const Money none(0, plan.due.currency());
    const bool isRunning = tender && !isPaidAtOnce(*tender);
    const Instant now = transaction.now();
    PaymentRow payment{.id = command.payment,
                       .order = sale->order.id,
                       .method = PaymentMethod::Cash,
                       .state = isRunning ? PaymentState::Authorising : PaymentState::Captured,
                       .amount = plan.due,
                       .tendered = none,
                       .change = none,
                       .cardToken =
                           isRunning ? command.terminal.value_or(command.cardToken.value_or(QString())) : QString(),
                       .providerReference = {},
                       .failure = {},
                       .actionUrl = {},
                       .deadline = now + (isRunning ? m_checkout.paymentDeadline() : Seconds(1)),
                       .createdAt = now,
                       .rounding = none,
                       .provider = isRunning ? m_checkout.providerOf(tender->plan.lead).name() : QString()};
    promotions::lockOf(transaction, sale->order, *sale->exchanged);
    exchangesteps::lockPlaces(transaction, *sale, plan.given.lines);
    sale->takesUseOver = !hasSoldPlaces(plan.given.after);
    PT_CHECK(salesteps::freeze(transaction, *sale, payment.deadline));
    exchanges::begin(transaction, sale->order,
                     {.order = sale->order.id,
                      .from = sale->exchanged->id,
                      .refund = command.refund,
                      .lines = plan.given.lines,
                      .reason = command.reason.trimmed(),
                      .principal = actor.principal,
                      .isAtDesk = actor.isAtDesk},
                     now);
    if (tender)
        tenderparts::begin(transaction, payment, *tender);
    if (isRunning)
        return payment.id;
    if (tender)
        tenderparts::capture(transaction, *sale, payment, now);
    exchangesteps::confirm(transaction, *sale, tender ? &payment : nullptr, m_sign);
    return PaymentId();
}

} // namespace parterre::server
