#include "api/desksession.h"

#include "ticketing/fulfilmentservice.h"
#include "ticketing/ticketservice.h"

/// What a desk may ask about tickets after their sale.
namespace parterre::server {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;

namespace {

DeskSession::Answer document(const Envelope &request, const Result<TicketDocument> &found)
{
    if (!found)
        return refuse(found.error());
    return protocol::reply(
        MessageType::Document, *request.id,
        protocol::Document{.fileName = found->fileName, .contentType = u"application/pdf"_s, .bytes = found->pdf});
}

DeskSession::Answer list(const Envelope &request, const Result<OrderTickets> &found)
{
    if (!found)
        return refuse(found.error());
    return protocol::reply(MessageType::OrderTickets, *request.id, *found);
}

} // namespace

DeskSession::Answer DeskSession::getTickets(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneOrder>(request));
    return document(request, m_services.tickets.ticketsOf(command.order, visibleOwner()));
}

DeskSession::Answer DeskSession::getTicket(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneTicket>(request));
    PT_TRY(const OrderId order, m_services.tickets.orderOf(command.ticket));
    return document(request, m_services.tickets.ticket(order, command.ticket, visibleOwner()));
}

DeskSession::Answer DeskSession::getOrderTickets(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneOrder>(request));
    return list(request, m_services.fulfilment.tickets({.owner = visibleOwner(), .as = AskedBy::Clerk}, command.order));
}

DeskSession::Answer DeskSession::resendTickets(const Envelope &request)
{
    PT_TRY(const auto command, read<ResendTickets>(request));
    return list(request, m_services.fulfilment.resend({.owner = visibleOwner(), .as = AskedBy::Clerk},
                                                      commandKey(request), command));
}

DeskSession::Answer DeskSession::reissueTicket(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneTicket>(request));
    return list(request, m_services.fulfilment.reissue({.owner = visibleOwner(), .as = AskedBy::Clerk},
                                                       commandKey(request), {.ticket = command.ticket}));
}

DeskSession::Answer DeskSession::transferTicket(const Envelope &request)
{
    PT_TRY(const auto command, read<TransferTicket>(request));
    return list(request, m_services.fulfilment.transfer({.owner = visibleOwner(), .as = AskedBy::Clerk},
                                                        commandKey(request), command));
}

} // namespace parterre::server
