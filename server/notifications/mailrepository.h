#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "domain/ticketing/mail.h"

#include <QString>
#include <QUuid>

#include <chrono>
#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

namespace mails {

struct NewMail
{
    OrderId order;
    std::optional<TicketId> ticket{}; ///< Where it brings this one alone.
    MailKind kind = MailKind::Order;
    std::optional<qint64> fact{}; ///< The fact of the outbox that it tells.
    QString recipient;
    QString recipientName;
};

struct Claimed
{
    QUuid id;
    OrderId order;
    std::optional<TicketId> ticket;
    MailKind kind = MailKind::Order;
    QString recipient;
    QString recipientName;
    int attempts = 0; ///< Counting this one.
    Instant createdAt;
    bool isTooOld = false; ///< There was time enough; this is the last try.
};

/// False where the fact has its mail already.
bool queue(Transaction &transaction, const NewMail &mail);
struct ConfirmedOrder
{
    OrderId order;
    qint64 fact = 0;
};
/// As queue(), for the buyers of many orders at once; false also where none has an address.
bool queueForBuyers(Transaction &transaction, const std::vector<ConfirmedOrder> &orders);
/// As queue(), for whoever holds the ticket.
bool queueForHolder(Transaction &transaction, const TicketId &ticket, MailKind kind, std::optional<qint64> fact);
/// Takes up to `countMax` that are due and puts them off by `lease`: until then nobody else takes them. Safe on several
/// nodes.
[[nodiscard]] std::vector<Claimed> claim(Transaction &transaction, std::chrono::milliseconds lease,
                                         std::chrono::hours tryingMax, int countMax);
void sent(Transaction &transaction, const std::vector<QUuid> &mails);
void failed(Transaction &transaction, const QUuid &mail, const QString &reason);
void putOff(Transaction &transaction, const QUuid &mail, std::chrono::milliseconds wait, const QString &reason);
/// The newest first.
[[nodiscard]] std::vector<MailView> ofOrder(Transaction &transaction, const OrderId &order, int countMax);

} // namespace mails

} // namespace parterre::server
