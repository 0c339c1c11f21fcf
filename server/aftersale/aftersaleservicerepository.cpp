#include "aftersale/aftersaleservice.h"

#include "aftersale/exchangesteps.h"
#include "aftersale/refundsteps.h"
#include "base/assert.h"
#include "checkout/checkoutservice.h"
#include "checkout/orderpricing.h"
#include "db/database.h"
#include "db/transaction.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.aftersale")

constexpr size_t questionsAtOnce = 8; ///< To the provider, of one server; each holds a connection for moments only.

std::unexpected<Error> noSuchOrder()
{
    return refuse(ErrorCode::NotFound, u"There is no such order."_s, u"/order"_s);
}

Result<OrderView> viewOf(Transaction &transaction, const OrderId &order)
{
    auto view = orders::view(transaction, order);
    PT_ASSERT(view.has_value(), "an order is never deleted");
    return *std::move(view);
}

} // namespace

AfterSaleService::AfterSaleService(Database &database, CardProvider &provider, CheckoutService &checkout,
                                   salesteps::SignTicket sign, Changed changed, std::function<void()> repaymentsWait)
    : m_database(database)
    , m_provider(provider)
    , m_checkout(checkout)
    , m_sign(std::move(sign))
    , m_changed(std::move(changed))
    , m_repaymentsWait(std::move(repaymentsWait))
{}

Result<OrderView> AfterSaleService::refund(const RefundActor &actor, const CommandKey &key, const RefundLines &command)
{
    const auto outcome = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<OrderView>(transaction, key,
                                              [&](Transaction &inner) { return refundLocked(inner, actor, command); });
    }));
    if (!outcome)
        return outcome;
    m_changed(outcome->performance);
    if (m_repaymentsWait)
        m_repaymentsWait();
    return outcome;
}

Result<OrderView> AfterSaleService::refundLocked(Transaction &transaction, const RefundActor &actor,
                                                 const RefundLines &command)
{
    auto order = refundsteps::lockOrder(transaction, command.order);
    if (!order)
        return noSuchOrder();
    (void)faultPoint("refund_order_read");
    if (refunds::isKnown(transaction, command.refund))
        return refuse(ErrorCode::KeyReused, u"There is a refund with this id already."_s, u"/refund"_s);
    PT_TRY(const RefundPlan plan, decideRefund(refundsteps::soldOrder(transaction, *order), command, actor,
                                               RefundCause::Desk, transaction.now()));
    refundsteps::giveBack(transaction, *order,
                          {.id = command.refund,
                           .order = order->id,
                           .cause = RefundCause::Desk,
                           .reason = command.reason.trimmed(),
                           .principal = actor.principal,
                           .amount = plan.amount,
                           .lines = plan.lines},
                          plan);
    return viewOf(transaction, order->id);
}

Result<OrderView> AfterSaleService::payOut(const RefundActor &actor, const CommandKey &key, const PayOut &command)
{
    return flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<OrderView>(transaction, key,
                                              [&](Transaction &inner) { return payOutLocked(inner, actor, command); });
    }));
}

Result<OrderView> AfterSaleService::payOutLocked(Transaction &transaction, const RefundActor &actor,
                                                 const PayOut &command)
{
    const auto repayment = refunds::lockRepayment(transaction, command.repayment);
    if (!repayment)
        return refuse(ErrorCode::NotFound, u"There is no such repayment."_s, u"/repayment"_s);
    PT_CHECK(checkPayOut(repayment->state, actor));
    PT_CHECK(decideRepayment(repayment->state, RepaymentState::PaidOut));
    if (command.note.trimmed().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say why the money is paid in cash."_s, u"/note"_s);
    refunds::payOut(transaction, *repayment, actor.principal, command.note.trimmed(), transaction.now());
    return viewOf(transaction, repayment->order);
}

Result<OrderView> AfterSaleService::exchange(const RefundActor &actor, const SaleParty &party, const CommandKey &key,
                                             const ExchangeOrder &command)
{
    if (command.cardToken && m_provider.outage())
        return refuse(ErrorCode::Unavailable, u"Card payments do not work at the moment. Take cash, or try later."_s);
    // As with a payment by card: the attempt's own row tells a repeat what became of the first.
    PaymentId running;
    PT_TRY(const OrderView started,
           flattened(m_database.transact([&](Transaction &transaction) -> Result<Result<OrderView>> {
               running = PaymentId();
               PT_TRY(const auto begun, commandlog::begin(transaction, key));
               if (begun.outcome)
                   return commandlog::outcomeFromJson<OrderView>(*begun.outcome);
               if (!begun.isNew)
                   return viewOf(transaction, command.order);
               const auto payment = exchangeLocked(transaction, actor, party, command);
               Result<OrderView> view =
                   payment ? viewOf(transaction, command.order) : Result<OrderView>(refuse(payment.error()));
               if (!payment || payment->isNull())
                   commandlog::finish(transaction, key, commandlog::outcomeToJson(view));
               else
                   running = *payment;
               return view;
           })));
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
    if (!sale || sale->order.owner != party.owner)
        return noSuchOrder();
    if (refunds::isKnown(transaction, command.refund))
        return refuse(ErrorCode::KeyReused, u"There is a refund with this id already."_s, u"/refund"_s);
    if (payments::find(transaction, command.payment))
        return refuse(ErrorCode::KeyReused, u"There is a payment with this id already."_s, u"/payment"_s);
    const Money total = sale->order.total;
    PT_TRY(const ExchangePlan plan, decideExchange(refundsteps::soldOrder(transaction, *sale->exchanged), command,
                                                   total, actor, transaction.now()));
    const bool byCard = !plan.due.isZero() && command.cardToken && !command.tendered;
    if (!plan.due.isZero() && !byCard && !command.tendered) {
        return refuse(Error{.code = ErrorCode::AmountMismatch,
                            .message = u"The new places cost %1 more."_s.arg(plan.due.plainText()),
                            .field = u"/tendered"_s,
                            .details = {{u"due"_s, JsonWriter::toValue(plan.due)}}});
    }
    const Money none(0, total.currency());
    PaymentRow payment{.id = command.payment,
                       .order = sale->order.id,
                       .method = byCard ? PaymentMethod::Card : PaymentMethod::Cash,
                       .state = byCard ? PaymentState::Authorising : PaymentState::Captured,
                       .amount = plan.due,
                       .tendered = none,
                       .change = none,
                       .cardToken = byCard ? *command.cardToken : QString(),
                       .providerReference = {},
                       .failure = {},
                       .actionUrl = {},
                       .deadline = transaction.now() + (byCard ? m_checkout.paymentDeadline() : Seconds(1)),
                       .createdAt = transaction.now(),
                       .rounding = none};
    if (!plan.due.isZero() && !byCard) {
        payment.rounding = orderpricing::cashRounding(transaction, sale->order.id, plan.due);
        PT_TRY(payment.change, cashChange(plan.due + payment.rounding, *command.tendered));
        payment.tendered = *command.tendered;
    }
    exchangesteps::lockPlaces(transaction, *sale, plan.given.lines);
    PT_CHECK(salesteps::freeze(transaction, *sale, payment.deadline));
    exchanges::begin(transaction, sale->order,
                     {.order = sale->order.id,
                      .from = sale->exchanged->id,
                      .refund = command.refund,
                      .lines = plan.given.lines,
                      .reason = command.reason.trimmed(),
                      .principal = actor.principal},
                     transaction.now());
    if (!plan.due.isZero())
        payments::insert(transaction, payment, transaction.now());
    if (byCard)
        return payment.id;
    exchangesteps::confirm(transaction, *sale, plan.due.isZero() ? nullptr : &payment, m_sign);
    return PaymentId();
}

Result<std::vector<OpenRepayment>> AfterSaleService::openRepayments(int countMax)
{
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<OpenRepayment>> {
        return refunds::open(transaction, countMax);
    });
}

Result<int> AfterSaleService::settleRefunds(int countMax)
{
    if (m_provider.outage())
        return 0;
    PT_TRY(const auto due, m_database.transact([&](Transaction &transaction) -> Result<std::vector<RepaymentRow>> {
        return refunds::claimDue(transaction, countMax);
    }));
    std::atomic<size_t> next = 0;
    std::atomic<int> settled = 0;
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < std::min(due.size(), questionsAtOnce); ++i) {
        threads.emplace_back([&] {
            for (size_t mine = next++; mine < due.size(); mine = next++) {
                const RepaymentRow &repayment = due[mine];
                (void)faultPoint("refund_created");
                CardProvider &provider = m_checkout.providerOf(repayment.payment.method);
                const ProviderAnswer answer = provider.refund({.id = repayment.payment.id,
                                                               .order = repayment.payment.order,
                                                               .amount = repayment.payment.amount,
                                                               .reference = repayment.payment.providerReference,
                                                               .madeAt = repayment.payment.createdAt,
                                                               .instrument = repayment.payment.cardToken},
                                                              repayment.id.text(), repayment.amount);
                (void)faultPoint("refund_repaid");
                const auto ended = settle(repayment.id, answer);
                if (!ended)
                    qCWarning(log) << "Repayment" << repayment.id.text() << "is not settled:" << ended.error().message;
                settled += ended && *ended ? 1 : 0;
            }
        });
    }
    threads.clear();
    return settled.load();
}

Result<bool> AfterSaleService::settle(const RepaymentId &id, const ProviderAnswer &answer)
{
    return m_database.transact([&](Transaction &transaction) -> Result<bool> {
        auto repayment = refunds::lockRepayment(transaction, id);
        PT_ASSERT(repayment.has_value(), "a repayment is in the database before the provider hears of it");
        if (repayment->state != RepaymentState::Created)
            return true; // Another node was quicker, or has heard more since.
        if (answer.state == ProviderState::Refunded) {
            PT_TRY(repayment->state, decideRepayment(repayment->state, RepaymentState::Repaid));
            repayment->providerReference = answer.reference;
        } else if (answer.state == ProviderState::Declined) {
            PT_TRY(repayment->state, decideRepayment(repayment->state, RepaymentState::InDoubt));
            repayment->failure = answer.reason.left(limits::noteCharactersMax);
            qCWarning(log) << "Repayment" << id.text() << "waits for a supervisor:" << answer.reason;
        } else {
            return false; // Asked again when it is due.
        }
        refunds::updateRepayment(transaction, *repayment, transaction.now());
        return true;
    });
}

} // namespace parterre::server
