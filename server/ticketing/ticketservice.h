#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "domain/ticketing/ticketcode.h"
#include "ticketing/ticketrepository.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace parterre::server {

class Database;

struct TicketDocument
{
    QString fileName; ///< E.g. `P-000123.pdf`.
    QByteArray pdf;
};

/// Keeps the signing key in the database, signs the tickets of a sale, and prints them. Blocking and thread-safe.
class TicketService
{
public:
    explicit TicketService(Database &database);
    ~TicketService();
    TicketService(const TicketService &) = delete;
    TicketService &operator=(const TicketService &) = delete;

    /// Loads the newest key, or makes the first; several servers may start at once. To be called once before sign().
    [[nodiscard]] Status start();

    /// The text of the QR code. Does not touch the database, so a sale may call it within its transaction.
    [[nodiscard]] QString sign(const TicketPayload &payload) const;

    /// All valid tickets of a confirmed order. `owner` empty for staff who may see every order; NotFound for an order
    /// that is not there or not the owner's, WrongState for one that is not confirmed. What was passed on to another
    /// holder is left out for the owner.
    [[nodiscard]] Result<TicketDocument> ticketsOf(const OrderId &order, const QString &owner);
    /// One ticket of an order, by the same rules.
    [[nodiscard]] Result<TicketDocument> ticket(const OrderId &order, const TicketId &ticket, const QString &owner);
    /// What ticket() would print.
    [[nodiscard]] Result<tickets::OrderSheet> sheetOfTicket(const OrderId &order, const TicketId &ticket,
                                                            const QString &owner);
    /// The order that a ticket is of, if there is one.
    [[nodiscard]] Result<OrderId> orderOf(const TicketId &ticket);
    [[nodiscard]] Result<QString> ownerOf(const OrderId &order);
    /// What ticketsOf() would print for the owner.
    [[nodiscard]] Result<tickets::OrderSheet> sheetOfOwner(const OrderId &order, const QString &owner);
    /// What a mail says: the buyer's tickets of a confirmed order, or this one alone, whoever holds it.
    [[nodiscard]] Result<tickets::OrderSheet> sheetFor(const OrderId &order, const std::optional<TicketId> &ticket);

    /// Opens one order for whoever has it, without a session: it stands in the mail to the buyer. Made from the first
    /// signing key, so that nothing is stored and no other order's can be guessed.
    [[nodiscard]] QString orderKey(const OrderId &order) const;
    [[nodiscard]] bool isOrderKey(const OrderId &order, const QString &key) const;
    /// The order's page in the shop at `shopUrl`. The key stands behind the #, which no browser sends to a server.
    [[nodiscard]] QString orderUrl(const QString &shopUrl, const OrderId &order) const;

    /// As these, for who got one ticket passed on: it opens that ticket alone, for as long as it is valid.
    [[nodiscard]] bool isTicketKey(const TicketId &ticket, const QString &key) const;
    [[nodiscard]] QString ticketUrl(const QString &shopUrl, const TicketId &ticket) const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
