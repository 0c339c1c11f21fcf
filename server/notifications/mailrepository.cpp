#include "notifications/mailrepository.h"

#include "db/transaction.h"

namespace parterre::server::mails {

using namespace Qt::StringLiterals;

namespace {

qint64 milliseconds(std::chrono::milliseconds time)
{
    return time.count();
}

std::string parameter(const QUuid &id)
{
    return id.toString(QUuid::WithoutBraces).toStdString();
}

} // namespace

bool queue(Transaction &transaction, const NewMail &mail)
{
    if (mail.fact)
        transaction.letDiskFollow(); // The outbox notes after it that the fact was taken.
    return transaction.execute("insert into mail (id, order_id, ticket_id, kind, fact_id, recipient, recipient_name) "
                               "values ($1, $2, $3, $4, $5, $6, $7) on conflict (fact_id) do nothing",
                               parameter(newUuidV7()), mail.order, mail.ticket, enumName(mail.kind), mail.fact,
                               mail.recipient, mail.recipientName) > 0;
}

bool queueForBuyers(Transaction &transaction, const std::vector<ConfirmedOrder> &orders)
{
    ArrayLiteral ids;
    std::vector<OrderId> sold;
    std::vector<qint64> facts;
    for (const ConfirmedOrder &one : orders) {
        ids.add(newUuidV7());
        sold.push_back(one.order);
        facts.push_back(one.fact);
    }
    transaction.letDiskFollow(); // The outbox notes after it that the facts were taken.
    return transaction.execute(
               "insert into mail (id, order_id, kind, fact_id, recipient, recipient_name) "
               "select n.id, o.id, $4, n.fact, o.buyer_email, o.buyer_name "
               "from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as n(id, order_id, fact) "
               "join sale_order o on o.id = n.order_id where o.buyer_email <> '' on conflict (fact_id) do nothing",
               ids, sold, facts, enumName(MailKind::Order)) > 0;
}

bool queueForHolder(Transaction &transaction, const TicketId &ticket, MailKind kind, std::optional<qint64> fact)
{
    const auto rows = transaction.query("select t.order_id, t.holder_email, t.holder_name, o.buyer_email, o.buyer_name "
                                        "from ticket t join sale_order o on o.id = t.order_id where t.id = $1",
                                        ticket);
    if (rows.empty())
        return false;
    const auto &row = rows[0];
    const bool isPassedOn = !text(row["holder_email"]).isEmpty();
    const QString recipient = text(row[isPassedOn ? "holder_email" : "buyer_email"]);
    if (recipient.isEmpty())
        return false;
    return queue(transaction, {.order = id<OrderId>(row["order_id"]),
                               .ticket = ticket,
                               .kind = kind,
                               .fact = fact,
                               .recipient = recipient,
                               .recipientName = text(row[isPassedOn ? "holder_name" : "buyer_name"])});
}

std::vector<Claimed> claim(Transaction &transaction, std::chrono::milliseconds lease, std::chrono::hours tryingMax,
                           int countMax)
{
    const auto rows = transaction.query(
        "update mail set attempts = attempts + 1, due_at = clock_timestamp() + $1 * interval '1 millisecond' "
        "where id in (select id from mail where state = 'queued' and due_at <= clock_timestamp() order by due_at "
        "limit $3 for update skip locked) "
        "returning id, order_id, ticket_id, kind, recipient, recipient_name, attempts, created_at, "
        "created_at + make_interval(hours => $2) < clock_timestamp() as too_old",
        milliseconds(lease), static_cast<int>(tryingMax.count()), countMax);
    std::vector<Claimed> claimed;
    for (const auto &row : rows) {
        claimed.push_back(
            {.id = QUuid::fromString(text(row["id"])),
             .order = id<OrderId>(row["order_id"]),
             .ticket = row["ticket_id"].is_null() ? std::nullopt : std::optional(id<TicketId>(row["ticket_id"])),
             .kind = enumOf<MailKind>(row["kind"]),
             .recipient = text(row["recipient"]),
             .recipientName = text(row["recipient_name"]),
             .attempts = smallNumber(row["attempts"]),
             .createdAt = instant(row["created_at"]),
             .isTooOld = flag(row["too_old"])});
    }
    return claimed;
}

void sent(Transaction &transaction, const std::vector<QUuid> &mails)
{
    ArrayLiteral ids;
    for (const QUuid &mail : mails)
        ids.add(mail);
    // COMMIT does not wait for the disk: were it lost, the mail would be sent again, as the same mail.
    transaction.execute("with early as (select set_config('synchronous_commit', 'off', true)) "
                        "update mail set state = 'sent', error = '', ended_at = clock_timestamp() from early "
                        "where id = any ($1::uuid[])",
                        ids);
}

void failed(Transaction &transaction, const QUuid &mail, const QString &reason)
{
    transaction.execute("update mail set state = 'failed', error = $2, ended_at = clock_timestamp() "
                        "where id = $1 and state = 'queued'",
                        parameter(mail), reason);
}

void putOff(Transaction &transaction, const QUuid &mail, std::chrono::milliseconds wait, const QString &reason)
{
    transaction.execute("update mail set error = $3, due_at = clock_timestamp() + $2 * interval '1 millisecond' "
                        "where id = $1 and state = 'queued'",
                        parameter(mail), milliseconds(wait), reason);
}

std::vector<MailView> ofOrder(Transaction &transaction, const OrderId &order, int countMax)
{
    std::vector<MailView> found;
    for (const auto &row :
         transaction.query("select kind, recipient, state, attempts, error, created_at, ended_at from mail "
                           "where order_id = $1 order by created_at desc, id desc limit $2",
                           order, countMax)) {
        found.push_back({.kind = enumOf<MailKind>(row["kind"]),
                         .recipient = text(row["recipient"]),
                         .state = enumOf<MailState>(row["state"]),
                         .attempts = smallNumber(row["attempts"]),
                         .error = text(row["error"]).isEmpty() ? std::nullopt : std::optional(text(row["error"])),
                         .createdAt = instant(row["created_at"]),
                         .endedAt = optionalInstant(row["ended_at"])});
    }
    return found;
}

} // namespace parterre::server::mails
