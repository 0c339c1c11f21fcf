#include "aftersale/aftersaleservice.h"

#include "aftersale/refundsteps.h"
#include "base/assert.h"
#include "checkout/checkoutservice.h"
#include "db/database.h"
#include "db/transaction.h"
#include "receipts/receiptrepository.h"
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

std::unexpected<Error> noSuchRepayment()
{
    return refuse(ErrorCode::NotFound, u"There is no such repayment."_s, u"/repayment"_s);
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
    // The number of the credit note was taken last of all. Without a database now, the refund is no less done.
    const auto named = m_database.transact([&](Transaction &transaction) -> Result<OrderView> {
        OrderView order = *outcome;
        receipts::nameCreditNotes(transaction, order);
        return order;
    });
    return named ? named : outcome;
}

Result<OrderView> AfterSaleService::refundLocked(Transaction &transaction, const RefundActor &actor,
                                                 const RefundLines &command)
{
    auto order = refundsteps::lockOrder(transaction, command.order);
    if (!order || (!actor.isAtDesk && order->owner != actor.principal))
        return noSuchOrder();
    (void)faultPoint("refund_order_read");
    if (refunds::isKnown(transaction, command.refund))
        return refuse(ErrorCode::KeyReused, u"There is a refund with this id already."_s, u"/refund"_s);
    const RefundCause cause = actor.isAtDesk ? RefundCause::Desk : RefundCause::Buyer;
    PT_TRY(const RefundPlan plan,
           decideRefund(refundsteps::soldOrder(transaction, *order), command, actor, cause, transaction.now()));
    refundsteps::giveBack(transaction, *order,
                          {.id = command.refund,
                           .order = order->id,
                           .cause = cause,
                           .reason = command.reason.trimmed(),
                           .principal = actor.principal,
                           .amount = plan.amount,
                           .lines = plan.lines},
                          plan);
    return orders::viewOfKnown(transaction, order->id);
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
        return noSuchRepayment();
    PT_CHECK(checkPayOut(repayment->state, actor));
    PT_CHECK(decideRepayment(repayment->state, RepaymentState::PaidOut));
    if (command.note.trimmed().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say why the money is paid in cash."_s, u"/note"_s);
    refunds::payOut(transaction, *repayment, actor.principal, command.note.trimmed(), transaction.now());
    return orders::viewOfKnown(transaction, repayment->order);
}

Result<OrderView> AfterSaleService::askAgain(const RefundActor &actor, const CommandKey &key,
                                             const AskRefundAgain &command)
{
    auto outcome = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<OrderView>(transaction, key, [&](Transaction &inner) -> Result<OrderView> {
            auto repayment = refunds::lockRepayment(inner, command.repayment);
            if (!repayment)
                return noSuchRepayment();
            PT_CHECK(checkAskAgain(repayment->state, actor));
            PT_CHECK(decideRepayment(repayment->state, RepaymentState::Created));
            refunds::askAgain(inner, repayment->id, inner.now());
            return orders::viewOfKnown(inner, repayment->order);
        });
    }));
    if (!outcome)
        return outcome;
    qCInfo(log) << "Repayment" << command.repayment.text() << "is asked for again, as" << actor.principal << "wants.";
    if (m_repaymentsWait)
        m_repaymentsWait();
    return outcome;
}

Result<std::vector<OpenRepayment>> AfterSaleService::openRepayments(int countMax)
{
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<OpenRepayment>> {
        return refunds::open(transaction, countMax);
    });
}

Result<int> AfterSaleService::settleRefunds(int countMax)
{
    const std::vector<QString> providers = m_checkout.providers(CheckoutService::Providers::Working);
    if (providers.empty())
        return 0;
    PT_TRY(const auto due, m_database.transact([&](Transaction &transaction) -> Result<std::vector<RepaymentRow>> {
        return refunds::claimDue(transaction, providers, countMax);
    }));
    std::atomic<size_t> next = 0;
    std::atomic<int> settled = 0;
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < std::min(due.size(), questionsAtOnce); ++i) {
        threads.emplace_back([&] {
            for (size_t mine = next++; mine < due.size(); mine = next++) {
                const RepaymentRow &repayment = due[mine];
                (void)faultPoint("refund_created");
                CardProvider *provider = m_checkout.providerOf(repayment.payment);
                if (!provider)
                    continue;
                const ProviderAnswer answer = provider->refund({.id = repayment.payment.id,
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
