#include "webhooks/webhookrepository.h"

#include "db/transaction.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace parterre::server::webhooks {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype errorCharactersMax = 500;

QStringList listOf(const pqxx::field &json)
{
    QStringList list;
    for (const QJsonValue &value : QJsonDocument::fromJson(text(json).toUtf8()).array())
        list << value.toString();
    return list;
}

void failWaiting(Transaction &transaction, const WebhookEndpointId &endpoint)
{
    transaction.execute("update webhook_delivery set state = 'failed', sending_until = null "
                        "where endpoint_id = $1 and state = 'waiting'",
                        endpoint);
}

} // namespace

void addEndpoint(Transaction &transaction, const Endpoint &endpoint)
{
    transaction.execute("insert into webhook_endpoint (id, url, secret, types) values ($1, $2, $3, $4::text[])",
                        endpoint.id, endpoint.url, endpoint.secret,
                        std::vector<QString>(endpoint.types.begin(), endpoint.types.end()));
}

std::vector<Endpoint> endpoints(Transaction &transaction)
{
    const auto rows = transaction.query("select e.id, e.url, e.secret, to_jsonb(e.types)::text as types, e.created_at, "
                                        "e.disabled_at, e.disabled_reason, "
                                        "count(d.id) filter (where d.state = 'waiting') as waiting, count(d.id) filter "
                                        "(where d.state = 'failed') as failed "
                                        "from webhook_endpoint e left join webhook_delivery d on d.endpoint_id = e.id "
                                        "group by e.id order by e.created_at");
    std::vector<Endpoint> list;
    for (const auto &row : rows) {
        list.push_back({.id = id<WebhookEndpointId>(row["id"]),
                        .url = text(row["url"]),
                        .secret = text(row["secret"]),
                        .types = listOf(row["types"]),
                        .createdAt = instant(row["created_at"]),
                        .disabledAt = optionalInstant(row["disabled_at"]),
                        .disabledReason = text(row["disabled_reason"]),
                        .waiting = number(row["waiting"]),
                        .failed = number(row["failed"])});
    }
    return list;
}

bool disable(Transaction &transaction, const WebhookEndpointId &endpoint, const QString &reason)
{
    const bool isDone = transaction.execute("update webhook_endpoint set disabled_at = clock_timestamp(), "
                                            "disabled_reason = $2 where id = $1 and disabled_at is null",
                                            endpoint, reason) > 0;
    if (isDone)
        failWaiting(transaction, endpoint);
    return isDone;
}

bool enable(Transaction &transaction, const WebhookEndpointId &endpoint)
{
    return transaction.execute("update webhook_endpoint set disabled_at = null, disabled_reason = '' "
                               "where id = $1 and disabled_at is not null",
                               endpoint) > 0;
}

bool remove(Transaction &transaction, const WebhookEndpointId &endpoint)
{
    transaction.query("select 1 from webhook_endpoint where id = $1 for update", endpoint);
    transaction.execute("delete from webhook_delivery where endpoint_id = $1", endpoint);
    return transaction.execute("delete from webhook_endpoint where id = $1", endpoint) > 0;
}

bool enqueue(Transaction &transaction, const std::vector<Message> &messages)
{
    std::vector<qint64> facts;
    ArrayLiteral types;
    ArrayLiteral bodies;
    for (const Message &message : messages) {
        facts.push_back(message.fact);
        types.add(message.type);
        bodies.add(QString::fromUtf8(message.body));
    }
    return transaction.execute(
               "insert into webhook_delivery (endpoint_id, fact_id, message_id, type, body) "
               "select e.id, n.fact, 'msg_' || n.fact, n.type, n.body "
               "from unnest($1::bigint[], $2::text[], $3::text[]) as n(fact, type, body) join webhook_endpoint e "
               "on e.disabled_at is null and (e.types = '{}' or n.type = any (e.types)) on conflict do nothing",
               facts, types, bodies) > 0;
}

std::optional<Due> claim(Transaction &transaction, std::chrono::milliseconds lease, int atOnceMax)
{
    const auto rows = transaction.query(
        "with due as (select d.id from webhook_delivery d join webhook_endpoint e on e.id = d.endpoint_id "
        "  where d.state = 'waiting' and d.due_at <= clock_timestamp() and e.disabled_at is null "
        "  and (d.sending_until is null or d.sending_until <= clock_timestamp()) "
        "  and (select count(*) from webhook_delivery s where s.endpoint_id = d.endpoint_id "
        "       and s.sending_until > clock_timestamp()) < $2 "
        "  order by d.due_at, d.id limit 1 for update of d skip locked), "
        "claimed as (update webhook_delivery d set attempts = d.attempts + 1, "
        "  sending_until = clock_timestamp() + $1 * interval '1 millisecond' from due where d.id = due.id returning "
        "d.*) "
        "select c.id, c.attempts, c.endpoint_id, c.message_id, c.body, e.url, e.secret "
        "from claimed c join webhook_endpoint e on e.id = c.endpoint_id",
        static_cast<qint64>(lease.count()), atOnceMax);
    if (rows.empty())
        return std::nullopt;
    const auto row = rows[0];
    return Due{.delivery = number(row["id"]),
               .attempt = smallNumber(row["attempts"]),
               .endpoint = id<WebhookEndpointId>(row["endpoint_id"]),
               .url = text(row["url"]),
               .secret = text(row["secret"]),
               .messageId = text(row["message_id"]),
               .body = text(row["body"]).toUtf8()};
}

void settle(Transaction &transaction, const Due &due, const Attempt &attempt,
            std::optional<std::chrono::milliseconds> next)
{
    const std::optional<qint64> wait = next ? std::optional<qint64>(next->count()) : std::nullopt;
    // The delivery goes first: its endpoint may have been removed meanwhile, and then there is no log to write.
    const qint64 changed = transaction.execute(
        "update webhook_delivery set sending_until = null, "
        "state = case when state <> 'waiting' or $2::bigint is not null then state when $3 = '' then 'delivered' "
        "else 'failed' end, "
        "due_at = coalesce(clock_timestamp() + $2::bigint * interval '1 millisecond', due_at) where id = $1",
        due.delivery, wait, attempt.error);
    if (changed == 0)
        return;
    transaction.execute("insert into webhook_attempt (delivery_id, attempt, status, error, milliseconds, next_at) "
                        "values ($1, $2, $3, $4, $5, clock_timestamp() + $6::bigint * interval '1 millisecond')",
                        due.delivery, attempt.number, attempt.status, attempt.error.left(errorCharactersMax),
                        static_cast<qint64>(attempt.took.count()), wait);
}

std::vector<Delivery> deliveries(Transaction &transaction, std::optional<WebhookEndpointId> endpoint, int countMax)
{
    const auto rows =
        transaction.query("with newest as (select * from webhook_delivery where $1::uuid is null or endpoint_id = $1 "
                          "  order by id desc limit $2) "
                          "select d.id, d.message_id, d.type, d.state, e.url, a.attempt, a.status, a.error, "
                          "a.milliseconds, a.at, a.next_at "
                          "from newest d join webhook_endpoint e on e.id = d.endpoint_id "
                          "left join webhook_attempt a on a.delivery_id = d.id order by d.id desc, a.id",
                          endpoint, countMax);
    std::vector<Delivery> list;
    for (const auto &row : rows) {
        if (list.empty() || list.back().id != number(row["id"])) {
            list.push_back({.id = number(row["id"]),
                            .messageId = text(row["message_id"]),
                            .url = text(row["url"]),
                            .type = text(row["type"]),
                            .state = text(row["state"]),
                            .attempts = {}});
        }
        if (row["attempt"].is_null())
            continue;
        list.back().attempts.push_back({.number = smallNumber(row["attempt"]),
                                        .status = smallNumber(row["status"]),
                                        .error = text(row["error"]),
                                        .took = std::chrono::milliseconds(number(row["milliseconds"])),
                                        .at = instant(row["at"]),
                                        .nextAt = optionalInstant(row["next_at"])});
    }
    return list;
}

qint64 replay(Transaction &transaction, std::optional<qint64> delivery)
{
    return transaction.execute(
        "update webhook_delivery d set state = 'waiting', attempts = 0, due_at = clock_timestamp() "
        "from webhook_endpoint e where e.id = d.endpoint_id and e.disabled_at is null "
        "and d.state <> 'waiting' "
        "and (d.id = $1 or ($1::bigint is null and d.state = 'failed'))",
        delivery);
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from webhook_delivery where ctid in (select ctid from webhook_delivery "
                               "where created_at < now() - interval '30 days' and state <> 'waiting' limit $1)",
                               countMax);
}

} // namespace parterre::server::webhooks
