#pragma once

#include "domain/ticketing/fulfilment.h"
#include "ticketing/issuing.h"

#include <optional>

namespace parterre::server {

class Transaction;

namespace tickets {

struct LockedTicket
{
    TicketId id;
    NewTicket as{}; ///< As it was issued.
    QString owner;
    QString buyerEmail;
    TicketFacts facts;
};

/// Locks the order, then its ticket.
[[nodiscard]] std::optional<LockedTicket> lockTicket(Transaction &transaction, const TicketId &ticket);
/// Voids the ticket, issues another for the same place, and puts the fact into the outbox: `reason` is `reissued` or
/// `transferred`. Returns the new one.
TicketId replace(Transaction &transaction, const LockedTicket &ticket, const NewTicket &by, const QString &reason,
                 Instant now, const Sign &sign);

struct LockedOrder
{
    OrderId id;
    QString owner;
    QString buyerName;
    QString buyerEmail;
    ResendFacts facts;
};
[[nodiscard]] std::optional<LockedOrder> lockOrder(Transaction &transaction, const OrderId &order);

struct OwnedTickets
{
    QString owner;
    OrderTickets tickets;
};
[[nodiscard]] std::optional<OwnedTickets> ticketsOf(Transaction &transaction, const OrderId &order);

} // namespace tickets

} // namespace parterre::server
