#include "gateways/aftersalegateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;

AfterSaleGateway::AfterSaleGateway(DeskConnection &connection, QObject *parent)
    : ui::AfterSalePort(parent)
    , m_connection(connection)
{}

void AfterSaleGateway::refundLines(const RefundLines &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::RefundLines, command, MessageType::Order, std::move(reply));
}

void AfterSaleGateway::payOut(const PayOut &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::PayOut, command, MessageType::Order, std::move(reply));
}

void AfterSaleGateway::askRefundAgain(const AskRefundAgain &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::AskRefundAgain, command, MessageType::Order, std::move(reply));
}

void AfterSaleGateway::listOpenRefunds(ui::Reply<std::vector<OpenRepayment>> reply)
{
    ask<protocol::OpenRefunds>(
        m_connection, MessageType::ListOpenRefunds, protocol::Nothing{}, MessageType::OpenRefunds,
        [reply = std::move(reply)](Result<protocol::OpenRefunds> found) {
            if (!found)
                return reply(refuse(found.error()));
            reply(std::move(found->repayments));
        },
        Replay::Never);
}

void AfterSaleGateway::cancelPerformance(const CancelPerformance &command, ui::Reply<CancellationView> reply)
{
    ask(m_connection, MessageType::CancelPerformance, command, MessageType::Cancellation, std::move(reply));
}

void AfterSaleGateway::cancellationProgress(const PerformanceId &performance, ui::Reply<CancellationView> reply)
{
    ask(m_connection, MessageType::CancellationProgress, protocol::OnePerformance{.performance = performance},
        MessageType::Cancellation, std::move(reply), Replay::Never);
}

void AfterSaleGateway::exchangeOrder(const ExchangeOrder &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::ExchangeOrder, command, MessageType::Order, std::move(reply));
}

} // namespace parterre::app
