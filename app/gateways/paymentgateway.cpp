#include "gateways/paymentgateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;

PaymentGateway::PaymentGateway(DeskConnection &connection, QObject *parent)
    : ui::PaymentPort(parent)
    , m_connection(connection)
{}

void PaymentGateway::listInDoubt(ui::Reply<std::vector<PaymentInDoubt>> reply)
{
    ask<protocol::PaymentsInDoubt>(
        m_connection, MessageType::ListPaymentsInDoubt, protocol::Nothing{}, MessageType::PaymentsInDoubt,
        [reply = std::move(reply)](Result<protocol::PaymentsInDoubt> found) {
            if (!found)
                return reply(refuse(found.error()));
            reply(std::move(found->payments));
        },
        Replay::Never);
}

void PaymentGateway::resolve(const ResolvePayment &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::ResolvePayment, command, MessageType::Order, std::move(reply));
}

} // namespace parterre::app
