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
    return transaction.execute(
               "insert into mail (id, order_id, ticket_id, refund_id, kind, fact_id, recipient, recipient_name, "
               "due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + $9 * interval '1 millisecond') "
               "on conflict (fact_id, recipient) do nothing",
               parameter(newUuidV7()), mail.order, mail.ticket, mail.refund, enumName(mail.kind), mail.fact,
               mail.recipient, mail.recipientName, milliseconds(mail.after)) > 0;
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
    return transaction.execute("insert into mail (id, order_id, kind, fact_id, recipient, recipient_name) "
                               "select n.id, o.id, $4, n.fact, o.buyer_email, o.buyer_name "
                               "from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as n(id, order_id, fact) "
                               "join sale_order o on o.id = n.order_id where o.buyer_email <> '' "
                               "on conflict (fact_id, recipient) do nothing",
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

bool queueForFormerHolder(Transaction &transaction, const TicketId &replaced, const TicketId &by, qint64 fact)
{
    const auto rows = transaction.query("select t.order_id, t.holder_email, t.holder_name from ticket t, ticket n "
                                        "where t.id = $1 and n.id = $2 and t.holder_email <> '' "
                                        "and lower(t.holder_email) <> lower(n.holder_email)",
                                        replaced, by);
    return !rows.empty() && queue(transaction, {.order = id<OrderId>(rows[0]["order_id"]),
                                                .ticket = replaced,
                                                .kind = MailKind::Voided,
                                                .fact = fact,
                                                .recipient = text(rows[0]["holder_email"]),
                                                .recipientName = text(rows[0]["holder_name"])});
}

bool queueForRefund(Transaction &transaction, const RefundId &refund, qint64 fact,
                    std::chrono::milliseconds forProvider)
{
    // Of each line the newest ticket: those before it were replaced. A holder of several is told once.
    const auto rows = transaction.query(
        "select f.order_id, 'refunded' as kind, o.buyer_email as recipient, o.buyer_name as name, "
        "exists (select from repayment p where p.refund_id = f.id and p.state = 'created') as waits "
        "from refund f join sale_order o on o.id = f.order_id where f.id = $1 and o.buyer_email <> '' "
        "union all select f.order_id, 'voided', min(h.holder_email), min(h.holder_name), false "
        "from refund f join sale_order o on o.id = f.order_id join refund_line r on r.refund_id = f.id "
        "cross join lateral (select t.holder_email, t.holder_name from ticket t "
        "  where t.order_id = r.order_id and t.line_no = r.line_no order by t.issued_at desc, t.id desc limit 1) h "
        "where f.id = $1 and h.holder_email <> '' and lower(h.holder_email) <> lower(o.buyer_email) "
        "group by f.order_id, lower(h.holder_email)",
        refund);
    bool isAny = false;
    for (const auto &row : rows) {
        isAny |= queue(transaction, {.order = id<OrderId>(row["order_id"]),
                                     .refund = refund,
                                     .kind = enumOf<MailKind>(row["kind"]),
                                     .fact = fact,
                                     .recipient = text(row["recipient"]),
                                     .recipientName = text(row["name"]),
                                     .after = flag(row["waits"]) ? forProvider : std::chrono::milliseconds(0)});
    }
    return isAny;
}

std::vector<Claimed> claim(Transaction &transaction, std::chrono::milliseconds lease, std::chrono::hours tryingMax,
                           const ClaimLimits &limits)
{
    const auto rows = transaction.query(
        "with sales as (select id from mail where state = 'queued' and refund_id is null "
        "  and due_at <= clock_timestamp() order by due_at limit $3 for update skip locked), "
        "refunds as (select id from mail where state = 'queued' and refund_id is not null "
        "  and due_at <= clock_timestamp() order by due_at "
        "  limit least($4::bigint, $3::bigint - (select count(*) from sales)) for update skip locked) "
        "update mail set attempts = attempts + 1, due_at = clock_timestamp() + $1 * interval '1 millisecond' "
        "where id in (select id from sales union all select id from refunds) "
        "returning id, order_id, ticket_id, refund_id, kind, recipient, recipient_name, attempts, created_at, "
        "created_at + make_interval(hours => $2) < clock_timestamp() as too_old",
        milliseconds(lease), static_cast<int>(tryingMax.count()), limits.countMax, limits.ofRefundsMax);
    std::vector<Claimed> claimed;
    for (const auto &row : rows) {
        claimed.push_back(
            {.id = QUuid::fromString(text(row["id"])),
             .order = id<OrderId>(row["order_id"]),
             .ticket = row["ticket_id"].is_null() ? std::nullopt : std::optional(id<TicketId>(row["ticket_id"])),
             .refund = row["refund_id"].is_null() ? std::nullopt : std::optional(id<RefundId>(row["refund_id"])),
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
