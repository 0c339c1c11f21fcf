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
    std::optional<TicketId> ticket{}; ///< Where it is about this one alone.
    std::optional<RefundId> refund{}; ///< Where it says that places went back.
    MailKind kind = MailKind::Order;
    std::optional<qint64> fact{}; ///< The fact of the outbox that it tells.
    QString recipient;
    QString recipientName;
    std::chrono::milliseconds after{0}; ///< Not sooner.
};

struct Claimed
{
    QUuid id;
    OrderId order;
    std::optional<TicketId> ticket;
    std::optional<RefundId> refund;
    MailKind kind = MailKind::Order;
    QString recipient;
    QString recipientName;
    int attempts = 0; ///< Counting this one.
    Instant createdAt;
    bool isTooOld = false; ///< There was time enough; this is the last try.
};

/// False where the fact has its mail to this recipient already.
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
/// As queue(), for whom this ticket was passed on to before `by` replaced it; false where that is still theirs.
bool queueForFormerHolder(Transaction &transaction, const TicketId &replaced, const TicketId &by, qint64 fact);
/// As queue(): the buyer is told what went back, and whoever holds one of these tickets that it is void. The buyer's
/// waits `forProvider` where a provider has not answered yet, so that it can say what became of the money.
bool queueForRefund(Transaction &transaction, const RefundId &refund, qint64 fact,
                    std::chrono::milliseconds forProvider);

struct ClaimLimits
{
    int countMax = 0;     ///< Of all.
    int ofRefundsMax = 0; ///< Of those that say that places went back; the others come first.
};
/// Takes what is due and puts it off by `lease`: until then nobody else takes it. Safe on several nodes.
[[nodiscard]] std::vector<Claimed> claim(Transaction &transaction, std::chrono::milliseconds lease,
                                         std::chrono::hours tryingMax, const ClaimLimits &limits);
void sent(Transaction &transaction, const std::vector<QUuid> &mails);
void failed(Transaction &transaction, const QUuid &mail, const QString &reason);
void putOff(Transaction &transaction, const QUuid &mail, std::chrono::milliseconds wait, const QString &reason);
/// The newest first.
[[nodiscard]] std::vector<MailView> ofOrder(Transaction &transaction, const OrderId &order, int countMax);

} // namespace mails

} // namespace parterre::server
