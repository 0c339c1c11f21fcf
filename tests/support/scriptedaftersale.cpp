#include "aftersale/refundtext.h"
#include "domain/aftersale/decideaftersale.h"
#include "support/scriptedhouse.h"

#include <algorithm>

/// What comes after the sale, in the box office in memory.
namespace parterre::tests {

using namespace Qt::StringLiterals;

namespace {

SoldOrder soldOrder(const OrderView &order)
{
    return {.state = order.state,
            .owner = {},
            .timeZone = order.timeZone,
            .confirmedAt = order.confirmedAt,
            .lines = order.lines,
            .paid = {{.payment = PaymentId::create(),
                      .method = order.paymentMethod.value_or(PaymentMethod::Cash),
                      .left = ui::soldValue(order)}},
            .currency = order.total.currency(),
            .fee = order.fee};
}

} // namespace

Result<OrderView> ScriptedHouse::giveBack(const RefundId &refund, const OrderId &id, const RefundPlan &plan,
                                          RefundCause cause, const QString &reason)
{
    const auto order = std::ranges::find(m_orders, id, &OrderView::id);
    RefundView view{.id = refund,
                    .cause = cause,
                    .lines = plan.lines,
                    .amount = plan.amount,
                    .reason = reason,
                    .by = user.displayName,
                    .at = order->startsAt,
                    .repayments = {}};
    for (const PlannedRepayment &planned : plan.repayments) {
        view.repayments.push_back({.id = RepaymentId::create(),
                                   .method = planned.method,
                                   .state = planned.state,
                                   .amount = planned.amount,
                                   .failure = {}});
    }
    for (OrderLine &line : order->lines) {
        if (std::ranges::find(plan.lines, line.number) == plan.lines.end())
            continue;
        line.state = cause == RefundCause::Exchange ? LineState::Exchanged : LineState::Refunded;
        if (!line.isArea && m_index->seatNumber(line.place))
            change({line.place}, {}, SeatState::Available);
    }
    order->state = plan.after;
    order->refunds.push_back(view);
    return *order;
}

void ScriptedHouse::AfterSale::refundLines(const RefundLines &command, ui::Reply<OrderView> reply)
{
    m_house.refundCommands.push_back(command);
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        const auto order = std::ranges::find(m_house.m_orders, command.order, &OrderView::id);
        PT_TRY(const RefundPlan plan,
               decideRefund(soldOrder(*order), command, {.principal = {}, .right = RefundRight::Any}, RefundCause::Desk,
                            order->startsAt));
        return m_house.giveBack(command.refund, order->id, plan, RefundCause::Desk, command.reason);
    });
}

void ScriptedHouse::AfterSale::payOut(const PayOut &command, ui::Reply<OrderView> reply)
{
    m_house.payOuts.push_back(command);
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        std::erase_if(m_house.openRepayments,
                      [&](const OpenRepayment &open) { return open.repayment.id == command.repayment; });
        return m_house.m_orders.empty() ? OrderView() : m_house.m_orders.front();
    });
}

void ScriptedHouse::AfterSale::askRefundAgain(const AskRefundAgain &command, ui::Reply<OrderView> reply)
{
    m_house.askedAgain.push_back(command);
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        for (OpenRepayment &open : m_house.openRepayments) {
            if (open.repayment.id == command.repayment)
                open.repayment.state = RepaymentState::Created;
        }
        return m_house.m_orders.empty() ? OrderView() : m_house.m_orders.front();
    });
}

void ScriptedHouse::AfterSale::listOpenRefunds(ui::Reply<std::vector<OpenRepayment>> reply)
{
    m_house.answer<std::vector<OpenRepayment>>(reply, [&] { return m_house.openRepayments; });
}

void ScriptedHouse::AfterSale::cancelPerformance(const CancelPerformance &command, ui::Reply<CancellationView> reply)
{
    m_house.cancellations.push_back(command);
    m_house.answer<CancellationView>(reply, [&] {
        m_house.cancellation.performance = command.performance;
        m_house.cancellation.reason = command.reason;
        for (PerformanceSummary &performance : m_house.performances) {
            if (performance.id == command.performance)
                performance.state = PerformanceState::Cancelled;
        }
        return m_house.cancellation;
    });
}

void ScriptedHouse::AfterSale::cancellationProgress(const PerformanceId &performance, ui::Reply<CancellationView> reply)
{
    m_house.answer<CancellationView>(reply, [&]() -> Result<CancellationView> {
        if (m_house.cancellation.performance != performance)
            return refuse(ErrorCode::NotFound, u"This performance is not cancelled."_s);
        return m_house.cancellation;
    });
}

void ScriptedHouse::AfterSale::exchangeOrder(const ExchangeOrder &command, ui::Reply<OrderView> reply)
{
    m_house.exchanges.push_back(command);
    m_house.answer<OrderView>(reply, [&]() -> Result<OrderView> {
        const auto from = std::ranges::find(m_house.m_orders, command.from, &OrderView::id);
        const auto order = std::ranges::find(m_house.m_orders, command.order, &OrderView::id);
        PT_TRY(const ExchangePlan plan, decideExchange(soldOrder(*from), command, order->total,
                                                       {.principal = {}, .right = RefundRight::Any}, from->startsAt));
        if (!plan.due.isZero()) {
            PT_TRY(order->paymentMethod, m_house.takeTender(*order, plan.due, command.tender()));
        }
        order->state = OrderState::Confirmed;
        order->confirmedAt = from->confirmedAt;
        order->exchangedFrom = ExchangeOrigin{.order = from->id, .number = from->number, .credit = plan.credit};
        for (const HeldPlace &place : m_house.m_holds.take(order->hold.text())) {
            if (!place.isArea)
                m_house.change({place.key}, {}, SeatState::Sold);
        }
        const OrderView sold = *order;
        PT_CHECK(m_house.giveBack(command.refund, command.from, plan.given, RefundCause::Exchange, command.reason));
        return sold;
    });
}

} // namespace parterre::tests
