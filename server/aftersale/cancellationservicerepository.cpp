#include "aftersale/cancellationservice.h"

#include "aftersale/refundsteps.h"
#include "base/assert.h"
#include "catalog/catalogrepository.h"
#include "db/database.h"
#include "db/transaction.h"
#include "holds/holdbatch.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logCancellations, "parterre.aftersale")

constexpr int holdsAtOnce = 200;

} // namespace

CancellationService::CancellationService(Database &database, CardProvider &provider, Changed changed,
                                         std::function<void()> jobWaits)
    : m_database(database)
    , m_provider(provider)
    , m_changed(std::move(changed))
    , m_jobWaits(std::move(jobWaits))
{}

Result<CancellationView> CancellationService::cancel(const CommandKey &key, const CancelPerformance &command)
{
    if (command.reason.trimmed().isEmpty())
        return refuse(ErrorCode::InvalidInput, u"Say why the performance is cancelled."_s, u"/reason"_s);
    const auto begun = flattened(m_database.transact([&](Transaction &transaction) {
        return commandlog::runOnce<CancellationView>(
            transaction, key, [&](Transaction &inner) { return cancelLocked(inner, key.principal, command); });
    }));
    PT_CHECK(begun);
    PT_CHECK(endHolds(command.performance));
    if (m_jobWaits)
        m_jobWaits();
    return progress(command.performance);
}

Result<CancellationView> CancellationService::cancelLocked(Transaction &transaction, const QString &principal,
                                                           const CancelPerformance &command)
{
    const auto state = catalog::lockState(transaction, command.performance);
    if (!state)
        return refuse(ErrorCode::NotFound, u"There is no such performance."_s, u"/performance"_s);
    PT_CHECK(decidePerformanceState(*state, PerformanceState::Cancelled));
    if (*state != PerformanceState::Cancelled)
        catalog::writeState(transaction, command.performance, PerformanceState::Cancelled);
    cancellations::insert(
        transaction, {.performance = command.performance, .reason = command.reason.trimmed(), .principal = principal},
        transaction.now());
    return *cancellations::view(transaction, command.performance, false);
}

Result<CancellationView> CancellationService::progress(const PerformanceId &performance)
{
    const bool isPaused = m_provider.outage().has_value();
    return m_database.transact([&](Transaction &transaction) -> Result<CancellationView> {
        auto view = cancellations::view(transaction, performance, isPaused);
        if (!view)
            return refuse(ErrorCode::NotFound, u"This performance is not cancelled."_s, u"/performance"_s);
        return *std::move(view);
    });
}

Result<std::vector<CancellationView>> CancellationService::running()
{
    const bool isPaused = m_provider.outage().has_value();
    return m_database.transact([&](Transaction &transaction) -> Result<std::vector<CancellationView>> {
        std::vector<CancellationView> views;
        for (const auto &row : cancellations::running(transaction))
            views.push_back(*cancellations::view(transaction, row.performance, isPaused));
        return views;
    });
}

/// The hold of a payment that runs stays: its order is refunded once it has ended.
Status CancellationService::endHolds(const PerformanceId &performance)
{
    int ended = holdsAtOnce;
    while (ended == holdsAtOnce) {
        PT_TRY(ended, m_database.transact([&](Transaction &transaction) -> Result<int> {
            const auto holds = cancellations::endHolds(transaction, performance, holdsAtOnce);
            const int count = holds.empty() ? 0 : expireHolds(transaction, performance, holds).count;
            PT_ASSERT(count == static_cast<int>(holds.size()), "holds that we have locked and whose time we ended");
            return count;
        }));
        if (ended > 0)
            m_changed(performance);
    }
    return {};
}

Result<int> CancellationService::step(int countMax)
{
    PT_TRY(const auto running,
           m_database.transact([](Transaction &transaction) -> Result<std::vector<cancellations::Row>> {
               return cancellations::running(transaction);
           }));
    int refunded = 0;
    for (const auto &cancellation : running) {
        PT_CHECK(endHolds(cancellation.performance));
        if (m_provider.outage())
            continue;
        PT_TRY(const int count, stepOf(cancellation, countMax));
        refunded += count;
    }
    return refunded;
}

Result<int> CancellationService::stepOf(const cancellations::Row &cancellation, int countMax)
{
    PT_TRY(const auto claimed, m_database.transact([&](Transaction &transaction) -> Result<std::vector<OrderId>> {
        cancellations::listOrders(transaction, cancellation.performance);
        return cancellations::claimOrders(transaction, cancellation.performance, countMax);
    }));
    int refunded = 0;
    for (const OrderId &order : claimed) {
        const auto done = refund(cancellation, order);
        if (!done) // One that cannot be refunded must not keep the others waiting; it is due again.
            qCWarning(logCancellations) << "Order" << order.text() << "is not refunded yet:" << done.error().message;
        refunded += done && *done ? 1 : 0;
        (void)faultPoint("cancellation_step");
        if (m_provider.outage())
            break;
    }
    if (refunded > 0)
        m_changed(cancellation.performance);
    PT_TRY(const bool isFinished, m_database.transact([&](Transaction &transaction) -> Result<bool> {
        return cancellations::finish(transaction, cancellation.performance);
    }));
    if (isFinished)
        qCInfo(logCancellations) << "All orders of performance" << cancellation.performance.text() << "are refunded.";
    return refunded;
}

Result<bool> CancellationService::refund(const cancellations::Row &cancellation, const OrderId &orderId)
{
    return m_database.transact([&](Transaction &transaction) -> Result<bool> {
        auto order = refundsteps::lockOrder(transaction, orderId);
        PT_ASSERT(order.has_value(), "an order is never deleted");
        const Instant now = transaction.now();
        const bool isOurs = hasSoldPlaces(order->state); // Else somebody has given the rest back meanwhile.
        if (isOurs) {
            const RefundLines command{
                .refund = RefundId::create(), .order = orderId, .lines = {}, .reason = cancellation.reason};
            PT_TRY(const RefundPlan plan, decideRefund(refundsteps::soldOrder(transaction, *order), command,
                                                       {.principal = cancellation.principal, .right = RefundRight::Any},
                                                       RefundCause::PerformanceCancelled, now));
            refundsteps::giveBack(transaction, *order,
                                  {.id = command.refund,
                                   .order = orderId,
                                   .cause = RefundCause::PerformanceCancelled,
                                   .reason = command.reason,
                                   .principal = cancellation.principal,
                                   .amount = plan.amount,
                                   .lines = plan.lines},
                                  plan);
        }
        cancellations::orderIsRefunded(transaction, orderId, now);
        return isOurs;
    });
}

} // namespace parterre::server
