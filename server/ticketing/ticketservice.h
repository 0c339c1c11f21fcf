#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "domain/ticketing/ticketcode.h"

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
    /// that is not there or not the owner's, WrongState for one that is not confirmed.
    [[nodiscard]] Result<TicketDocument> ticketsOf(const OrderId &order, const QString &owner);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
