#include "outbox/outboxrepository.h"

#include "db/transaction.h"

namespace parterre::server::outbox {

namespace {

constexpr qsizetype errorCharactersMax = 1'000;

qint64 milliseconds(std::chrono::milliseconds time)
{
    return time.count();
}

/// Until the end of the transaction no fact is forgotten for which nobody waits yet.
void keepFacts(Transaction &transaction)
{
    transaction.query("select pg_advisory_xact_lock_shared(7302026112802)");
}

} // namespace

void enlist(Transaction &transaction, const std::vector<QString> &consumers)
{
    // Alone: every transaction that writes a fact has this lock for itself and the others (number_fact()), so those
    // under way have ended, and what they wrote is seen below.
    transaction.query("select pg_advisory_xact_lock(7302026112801)");
    keepFacts(transaction);
    transaction.query(
        "create temporary table change on commit drop as "
        "select n.name, coalesce(not c.active, true) as comes, false as goes "
        "  from unnest($1::text[]) n(name) left join outbox_consumer c on c.name = n.name "
        "union all select name, false, true from outbox_consumer where active and name <> all ($1::text[])",
        consumers);
    const qint64 adopted =
        transaction.execute("insert into outbox_delivery (consumer, fact_id, key, sequence) "
                            "select n.name, d.fact_id, d.key, d.sequence from outbox_delivery d, change n "
                            "where n.comes and (d.consumer = '' or d.consumer in (select name from change where goes)) "
                            "on conflict do nothing");
    transaction.execute("delete from outbox_delivery where consumer = '' "
                        "or ($1 and consumer in (select name from change where goes))",
                        adopted > 0);
    transaction.execute("update outbox_consumer set active = false, changed_at = clock_timestamp() "
                        "where name in (select name from change where goes)");
    transaction.execute("insert into outbox_consumer (name) select name from change where comes "
                        "on conflict (name) do update set active = true, changed_at = clock_timestamp()");
}

std::vector<Claimed> claim(Transaction &transaction, const QString &consumer, Which which,
                           std::chrono::milliseconds lease, int countMax)
{
    const auto isAgain = which == Which::All ? std::optional<bool>() : std::optional<bool>(which == Which::Again);
    // `skip locked` alone would let two nodes take two facts of one key; that the first has not been taken yet keeps
    // the second back. A row that another node has just claimed is not due any more when its lock is had.
    const auto rows = transaction.query(
        "with due as (select d.fact_id from outbox_delivery d "
        "  where d.consumer = $1 and d.poisoned_at is null and d.due_at <= clock_timestamp() "
        "  and ($4::boolean is null or (d.attempts > 0) = $4) "
        "  and not exists (select 1 from outbox_delivery e "
        "                  where e.consumer = d.consumer and e.key = d.key and e.sequence < d.sequence) "
        "  order by d.fact_id limit $3 for update skip locked), "
        "claimed as (update outbox_delivery d set attempts = d.attempts + 1, "
        "  due_at = clock_timestamp() + $2 * interval '1 millisecond' from due "
        "  where d.consumer = $1 and d.fact_id = due.fact_id returning d.fact_id, d.attempts) "
        "select o.id, o.topic, o.key, o.payload, o.sequence, o.created_at, c.attempts "
        "from claimed c join outbox o on o.id = c.fact_id order by o.id",
        consumer, milliseconds(lease), countMax, isAgain);
    std::vector<Claimed> claimed;
    for (const auto &row : rows) {
        claimed.push_back({.fact = {.id = number(row["id"]),
                                    .topic = text(row["topic"]),
                                    .key = QUuid::fromString(text(row["key"])),
                                    .payload = object(row["payload"]),
                                    .sequence = smallNumber(row["sequence"]),
                                    .at = instant(row["created_at"])},
                           .attempts = smallNumber(row["attempts"])});
    }
    return claimed;
}

void settle(Transaction &transaction, const QString &consumer, const std::vector<Settled> &settled)
{
    std::vector<qint64> taken;
    std::vector<qint64> untold;
    for (const Settled &one : settled) {
        switch (one.outcome) {
        case Outcome::Taken:
            taken.push_back(one.fact);
            break;
        case Outcome::Untold:
            untold.push_back(one.fact);
            break;
        case Outcome::Refused:
            transaction.execute(
                "update outbox_delivery set due_at = clock_timestamp() + $3 * interval '1 millisecond', "
                "last_error = $4 where consumer = $1 and fact_id = $2",
                consumer, one.fact, milliseconds(one.wait), one.error.left(errorCharactersMax));
            break;
        case Outcome::Poisoned:
            transaction.execute("update outbox_delivery set poisoned_at = clock_timestamp(), last_error = $3 "
                                "where consumer = $1 and fact_id = $2",
                                consumer, one.fact, one.error.left(errorCharactersMax));
            break;
        }
    }
    if (!taken.empty())
        transaction.execute("delete from outbox_delivery where consumer = $1 and fact_id = any ($2::bigint[])",
                            consumer, taken);
    if (!untold.empty())
        transaction.execute(
            "update outbox_delivery set due_at = clock_timestamp(), attempts = greatest(attempts - 1, 0) "
            "where consumer = $1 and fact_id = any ($2::bigint[])",
            consumer, untold);
}

qint64 forgetOld(Transaction &transaction, int countMax)
{
    transaction.execute("delete from outbox_progress where ctid in (select ctid from outbox_progress "
                        "where taken_at < now() - interval '90 days' limit $1)",
                        countMax);
    transaction.query("select pg_advisory_xact_lock(7302026112802)"); // Alone: what was kept for later is seen below.
    return transaction.execute("delete from outbox where ctid in (select o.ctid from outbox o "
                               "where o.created_at < now() - interval '7 days' and not exists ("
                               "  select from (select name from outbox_consumer union all select '') c join "
                               "  outbox_delivery d on d.consumer = c.name and d.fact_id = o.id) limit $1)",
                               countMax);
}

Place placeOf(Transaction &transaction, const QString &consumer, const OutboxFact &fact)
{
    const QString key = fact.key.toString(QUuid::WithoutBraces);
    const auto rows =
        transaction.query("select (select sequence from outbox_progress where consumer = $1 and key = $2) as taken, "
                          "exists (select 1 from outbox_delivery where consumer = $1 and key = $2) as waiting",
                          consumer, key);
    const bool isKnown = !rows[0]["taken"].is_null();
    if (isKnown && smallNumber(rows[0]["taken"]) >= fact.sequence)
        return Place::Repeat;
    if (flag(rows[0]["waiting"]))
        return Place::Waiting;
    // The first that is seen of a key may be any: a log outside need not reach back to its beginning.
    return isKnown && smallNumber(rows[0]["taken"]) + 1 != fact.sequence ? Place::Gap : Place::Next;
}

void advance(Transaction &transaction, const QString &consumer, const OutboxFact &fact)
{
    transaction.execute("insert into outbox_progress as p (consumer, key, sequence) values ($1, $2, $3) "
                        "on conflict (consumer, key) do update set sequence = greatest(p.sequence, $3), "
                        "taken_at = clock_timestamp()",
                        consumer, fact.key.toString(QUuid::WithoutBraces), fact.sequence);
}

bool keepForLater(Transaction &transaction, const QString &consumer, const OutboxFact &fact, int attempts,
                  std::chrono::milliseconds wait, const QString &error)
{
    keepFacts(transaction);
    if (transaction.query("select 1 from outbox where id = $1", fact.id).empty())
        return false;
    transaction.execute(
        "insert into outbox_delivery (consumer, fact_id, key, sequence, attempts, due_at, last_error) "
        "values ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond', $7) on conflict do nothing",
        consumer, fact.id, fact.key.toString(QUuid::WithoutBraces), fact.sequence, attempts, milliseconds(wait),
        error.left(errorCharactersMax));
    return true;
}

std::vector<Poisoned> poisoned(Transaction &transaction)
{
    const auto rows = transaction.query(
        "select d.fact_id, d.consumer, o.topic, d.key, o.sequence, d.attempts, d.poisoned_at, d.last_error, "
        "(select count(*) from outbox_delivery e where e.consumer = d.consumer and e.key = d.key "
        "and e.sequence > d.sequence) as waiting "
        "from outbox_delivery d join outbox o on o.id = d.fact_id where d.poisoned_at is not null order by "
        "d.poisoned_at");
    std::vector<Poisoned> list;
    for (const auto &row : rows) {
        list.push_back({.fact = number(row["fact_id"]),
                        .consumer = text(row["consumer"]),
                        .topic = text(row["topic"]),
                        .key = text(row["key"]),
                        .sequence = smallNumber(row["sequence"]),
                        .attempts = smallNumber(row["attempts"]),
                        .since = instant(row["poisoned_at"]),
                        .error = text(row["last_error"]),
                        .waiting = number(row["waiting"])});
    }
    return list;
}

std::vector<Backlog> backlogs(Transaction &transaction)
{
    const auto rows = transaction.query(
        "select d.consumer, count(*) filter (where d.poisoned_at is null) as waiting, "
        "count(d.poisoned_at) as poisoned, min(o.created_at) filter (where d.poisoned_at is null) as oldest "
        "from outbox_delivery d join outbox o on o.id = d.fact_id group by d.consumer order by d.consumer");
    std::vector<Backlog> list;
    for (const auto &row : rows) {
        list.push_back({.consumer = text(row["consumer"]),
                        .waiting = number(row["waiting"]),
                        .poisoned = number(row["poisoned"]),
                        .oldest = optionalInstant(row["oldest"])});
    }
    return list;
}

qint64 replay(Transaction &transaction, std::optional<qint64> fact, const QString &consumer)
{
    return transaction.execute(
        "update outbox_delivery set poisoned_at = null, attempts = 0, due_at = clock_timestamp() "
        "where poisoned_at is not null and ($1::bigint is null or fact_id = $1) "
        "and ($2 = '' or consumer = $2)",
        fact, consumer);
}

qint64 skip(Transaction &transaction, qint64 fact, const QString &consumer, const QString &reason)
{
    return transaction.execute(
        "with gone as (delete from outbox_delivery where poisoned_at is not null and fact_id = $1 "
        "  and ($2 = '' or consumer = $2) returning consumer, fact_id, key, last_error) "
        "insert into outbox_skip (consumer, fact_id, topic, key, last_error, reason) "
        "select g.consumer, g.fact_id, o.topic, g.key, g.last_error, $3 from gone g join outbox o on o.id = g.fact_id",
        fact, consumer, reason);
}

} // namespace parterre::server::outbox
