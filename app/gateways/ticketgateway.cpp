#include "gateways/ticketgateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using namespace Qt::StringLiterals;
using protocol::MessageType;

TicketGateway::TicketGateway(DeskConnection &connection, QObject *parent)
    : ui::TicketPort(parent)
    , m_connection(connection)
{}

void TicketGateway::fetch(const OrderId &order, ui::Reply<OrderTickets> reply)
{
    ask(m_connection, MessageType::GetOrderTickets, protocol::OneOrder{.order = order}, MessageType::OrderTickets,
        std::move(reply), Replay::Never);
}

void TicketGateway::print(const TicketId &ticket, ui::Reply<ui::TicketDocument> reply)
{
    ask<protocol::Document>(
        m_connection, MessageType::GetTicket, protocol::OneTicket{.ticket = ticket}, MessageType::Document,
        [reply = std::move(reply)](Result<protocol::Document> document) {
            if (!document)
                return reply(refuse(document.error()));
            if (document->contentType != u"application/pdf"_s || !document->bytes.startsWith("%PDF-"))
                return reply(
                    refuse(ErrorCode::Internal, tr("The server sent a ticket that cannot be read. Fetch it again.")));
            reply(ui::TicketDocument{.fileName = document->fileName, .pdf = document->bytes});
        },
        Replay::Never);
}

void TicketGateway::resend(const ResendTickets &command, ui::Reply<OrderTickets> reply)
{
    ask(m_connection, MessageType::ResendTickets, command, MessageType::OrderTickets, std::move(reply));
}

void TicketGateway::reissue(const TicketId &ticket, ui::Reply<OrderTickets> reply)
{
    ask(m_connection, MessageType::ReissueTicket, protocol::OneTicket{.ticket = ticket}, MessageType::OrderTickets,
        std::move(reply));
}

void TicketGateway::transfer(const TransferTicket &command, ui::Reply<OrderTickets> reply)
{
    ask(m_connection, MessageType::TransferTicket, command, MessageType::OrderTickets, std::move(reply));
}

} // namespace parterre::app
