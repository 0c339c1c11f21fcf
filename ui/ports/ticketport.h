#pragma once

#include "domain/ticketing/fulfilment.h"
#include "ports/reply.h"
#include "ports/salesport.h"

namespace parterre::ui {

/// Tickets after their sale. As with SalesPort each command is answered exactly once, even over a reconnect.
class TicketPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void fetch(const OrderId &order, Reply<OrderTickets> reply) = 0;
    virtual void print(const TicketId &ticket, Reply<TicketDocument> reply) = 0;
    virtual void resend(const ResendTickets &command, Reply<OrderTickets> reply) = 0;
    virtual void reissue(const TicketId &ticket, Reply<OrderTickets> reply) = 0;
    virtual void transfer(const TransferTicket &command, Reply<OrderTickets> reply) = 0;
};

} // namespace parterre::ui
