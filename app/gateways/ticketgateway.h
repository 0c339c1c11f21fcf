#pragma once

#include "connection/deskconnection.h"
#include "ports/ticketport.h"

namespace parterre::app {

class TicketGateway : public ui::TicketPort
{
    Q_OBJECT

public:
    explicit TicketGateway(DeskConnection &connection, QObject *parent = nullptr);

    void fetch(const OrderId &order, ui::Reply<OrderTickets> reply) override;
    void print(const TicketId &ticket, ui::Reply<ui::TicketDocument> reply) override;
    void resend(const ResendTickets &command, ui::Reply<OrderTickets> reply) override;
    void reissue(const TicketId &ticket, ui::Reply<OrderTickets> reply) override;
    void transfer(const TransferTicket &command, ui::Reply<OrderTickets> reply) override;

private:
    DeskConnection &m_connection;
};

} // namespace parterre::app
