#include "checkout/salecontroller.h"
#include "ports/aftersaleport.h"

#include <QJsonArray>

#include <algorithm>

/// How the sale at this desk is paid: in cash, at a card terminal, or by places that are given back.
namespace parterre::ui {

using namespace Qt::StringLiterals;

void SaleController::payCash(const Money &tendered)
{
    if (m_step == PaymentStep::Working || m_step == PaymentStep::Paid || !canPay())
        return;
    m_tendered = m_openTender.value_or(tendered);
    m_terminal.clear();
    m_parts.reset();
    startPayment();
}

void SaleController::payTerminal(const QString &terminal)
{
    if (m_step == PaymentStep::Working || m_step == PaymentStep::Paid || m_openTender || !canPay())
        return;
    m_tendered = due();
    m_terminal = terminal;
    m_parts.reset();
    startPayment();
}

void SaleController::payInParts(const std::vector<GiftCardTender> &giftCards, const std::optional<Money> &cash,
                                const QString &terminal)
{
    if (m_step == PaymentStep::Working || m_step == PaymentStep::Paid || !canPay())
        return;
    if (!m_openTender || !m_parts) { // Else the same is sent again.
        m_parts = PayInParts{.payment = {}, .order = {}, .giftCards = giftCards, .cash = cash};
        if (!terminal.isEmpty())
            m_parts->terminal = terminal;
        m_tendered = due();
        m_terminal = terminal;
    }
    startPayment();
}

void SaleController::sendParts()
{
    m_parts->payment = m_paymentId;
    m_parts->order = m_order->id;
    m_sales.payInParts(*m_parts, guarded<OrderView>(this, [this, sale = m_sale](const Result<OrderView> &answer) {
        if (sale == m_sale)
            onPaid(answer);
    }));
}

void SaleController::stopTerminal()
{
    if (m_step == PaymentStep::Working && !m_terminal.isEmpty())
        m_sales.stopTerminal(m_paymentId, [](const Result<void> &) {});
}

void SaleController::startPayment()
{
    m_step = PaymentStep::Working;
    m_paymentError.reset();
    Q_EMIT paymentChanged();
    if (m_order && !m_orderIsStale)
        return sendPayment();
    m_orderIsStale = false;
    m_sales.createOrder(orderCommand(),
                        guarded<OrderView>(this, [this, sale = m_sale](const Result<OrderView> &answer) {
                            if (sale == m_sale)
                                onOrder(answer);
                        }));
}

void SaleController::onOrder(const Result<OrderView> &answer)
{
    if (!answer) {
        m_orderIsStale = true;
        if (answer.error().code == ErrorCode::SeatLeftAlone)
            learnLeftAlone(answer.error());
        return refusePayment(answer.error());
    }
    m_order = *answer;
    // Prices may have changed since the cart was shown; the customer agreed to the amount on the screen.
    const bool isExact = m_parts || !m_terminal.isEmpty();
    const bool isOther = isExact ? due() != m_tendered : cashDue() > m_tendered;
    if (isOther) {
        return refusePayment(
            {.code = ErrorCode::AmountMismatch,
             .message = !isExact
                            ? tr("The total is %1. Ask for the rest.").arg(cashDue().plainText())
                            : tr("The total is %1 now. Tell the customer and press again.").arg(due().plainText())});
    }
    sendPayment();
}

/// The house has changed since the hold was told: with these, the clerk is asked for a reason the next time.
void SaleController::learnLeftAlone(const Error &error)
{
    if (!m_hold)
        return;
    m_hold->leftAlone.clear();
    for (const auto &seat : error.details.value(u"seats"_s).toArray())
        m_hold->leftAlone.push_back({.key = seat[u"key"].toString(), .name = seat[u"name"].toString()});
    Q_EMIT cartChanged();
}

void SaleController::sendPayment()
{
    if (m_terminal.isEmpty()) // Else the customer may stop it.
        m_openTender = m_tendered;
    if (m_exchange)
        return sendExchange();
    if (m_parts)
        return sendParts();
    if (!m_terminal.isEmpty())
        return sendToTerminal();
    m_sales.payCash({.payment = m_paymentId, .order = m_order->id, .tendered = m_tendered},
                    guarded<OrderView>(this, [this, sale = m_sale](const Result<OrderView> &answer) {
                        if (sale == m_sale)
                            onPaid(answer);
                    }));
}

void SaleController::sendToTerminal()
{
    m_sales.payTerminal({.payment = m_paymentId, .order = m_order->id, .terminal = m_terminal},
                        guarded<OrderView>(this, [this, sale = m_sale](const Result<OrderView> &answer) {
                            if (sale == m_sale)
                                onPaid(answer);
                        }));
}

void SaleController::lookAgain()
{
    constexpr int lookMilliseconds = 1'500;
    QTimer::singleShot(lookMilliseconds, this, [this, sale = m_sale] {
        if (sale != m_sale)
            return;
        m_sales.getOrder(m_order->id, guarded<OrderView>(this, [this, sale](const Result<OrderView> &answer) {
                             if (sale != m_sale)
                                 return;
                             if (!answer) // It is asked for until somebody knows.
                                 return lookAgain();
                             if (answer->state == OrderState::Confirmed || answer->state == OrderState::PaymentPending)
                                 return onPaid(answer);
                             if (answer->state == OrderState::Expired) // And its hold with it.
                                 return onPaid(refuse(ErrorCode::HoldGone,
                                                      tr("The payment at the terminal did not go through, and nothing "
                                                         "was charged. The time for these places is over.")));
                             onPaid(refuse(ErrorCode::PaymentDeclined,
                                           tr("The payment at the terminal did not go through, and nothing was "
                                              "charged. Try again, or take cash.")));
                         }));
    });
}

void SaleController::sendExchange()
{
    ExchangeOrder command{.order = m_order->id,
                          .from = m_exchange->from.id,
                          .lines = m_exchange->lines,
                          .refund = m_refundId,
                          .reason = m_exchange->reason,
                          .payment = m_paymentId};
    if (m_parts) {
        command.giftCards = m_parts->giftCards;
        command.tendered = m_parts->cash;
        command.terminal = m_parts->terminal;
    } else if (!m_terminal.isEmpty()) {
        command.terminal = m_terminal;
    } else if (!due().isZero()) {
        command.tendered = m_tendered;
    }
    m_afterSale->exchangeOrder(command,
                               guarded<OrderView>(this, [this, sale = m_sale](const Result<OrderView> &answer) {
                                   if (sale == m_sale)
                                       onPaid(answer);
                               }));
}

void SaleController::exchangeFor(const ExchangedPlaces &places, AfterSalePort &port)
{
    m_exchange = places;
    m_afterSale = &port;
    m_refundId = RefundId::create();
    Q_EMIT cartChanged();
}

void SaleController::endExchange()
{
    if (std::exchange(m_exchange, std::nullopt))
        Q_EMIT cartChanged();
}

Money SaleController::due() const
{
    const Money costs = m_order && !m_orderIsStale ? m_order->total : total();
    if (!m_exchange || costs.currency() != m_exchange->value().currency())
        return costs;
    return std::max(costs - m_exchange->value(), Money(0, costs.currency()));
}

Money SaleController::cashDue() const
{
    const Money costs = due();
    return costs + cashRounding(costs, m_performance.cashStep);
}

Money SaleController::back() const
{
    const Money costs = total();
    if (!m_exchange || costs.currency() != m_exchange->value().currency())
        return Money(0, costs.currency());
    return std::max(m_exchange->value() - costs, Money(0, costs.currency()));
}

Money ExchangedPlaces::value() const
{
    return worthOf(from, lines);
}

void SaleController::onPaid(const Result<OrderView> &answer)
{
    const bool isUnknown =
        answer ? answer->state == OrderState::PaymentPending
               : answer.error().code == ErrorCode::OutcomeUnknown || answer.error().code == ErrorCode::PaymentInDoubt;
    if (!m_terminal.isEmpty() && isUnknown)
        return lookAgain();
    if (!answer) {
        // Only an outcome that is not known keeps the payment; a refusal frees amount and id.
        if (answer.error().code != ErrorCode::OutcomeUnknown) {
            m_openTender.reset();
            m_paymentId = PaymentId::create();
            m_refundId = RefundId::create();
        }
        return refusePayment(answer.error());
    }
    m_order = *answer;
    m_openTender.reset();
    m_step = PaymentStep::Paid;
    Q_EMIT paymentChanged();
}

void SaleController::refusePayment(const Error &error)
{
    m_step = PaymentStep::Refused;
    m_paymentError = error;
    Q_EMIT paymentChanged();
    if (error.code == ErrorCode::HoldGone)
        loseHold(error);
}

} // namespace parterre::ui
