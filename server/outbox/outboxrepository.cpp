#include "outbox/outboxrepository.h"

#include "db/transaction.h"

namespace parterre::server::outbox {

namespace {

qint64 milliseconds(std::chrono::milliseconds time)
{
    return time.count();
}

} // namespace

std::vector<Claimed> claim(Transaction &transaction, std::chrono::milliseconds lease, int countMax)
{
    // `skip locked` alone would let two nodes take two facts of one key; that the first is not delivered yet keeps the
    // second back. A row that another node has just claimed is not due any more when its lock is had.
    const auto rows = transaction.query(
        "with due as (select o.id from outbox o where o.delivered_at is null and o.due_at <= clock_timestamp() "
        "  and not exists (select 1 from outbox e where e.key = o.key and e.delivered_at is null and e.id < o.id) "
        "  order by o.id limit $2 for update skip locked), "
        "claimed as (update outbox o set attempts = o.attempts + 1, "
        "  due_at = clock_timestamp() + $1 * interval '1 millisecond' from due where o.id = due.id "
        "  returning o.id, o.topic, o.key, o.payload, o.attempts) "
        "select id, topic, key, payload, attempts from claimed order by id",
        milliseconds(lease), countMax);
    std::vector<Claimed> claimed;
    for (const auto &row : rows) {
        claimed.push_back({.fact = {.id = number(row["id"]),
                                    .topic = text(row["topic"]),
                                    .key = QUuid::fromString(text(row["key"])),
                                    .payload = object(row["payload"])},
                           .attempts = smallNumber(row["attempts"])});
    }
    return claimed;
}

void delivered(Transaction &transaction, qint64 fact)
{
    transaction.execute("update outbox set delivered_at = clock_timestamp() where id = $1", fact);
}

void putOff(Transaction &transaction, qint64 fact, std::chrono::milliseconds wait)
{
    transaction.execute("update outbox set due_at = clock_timestamp() + $2 * interval '1 millisecond' where id = $1",
                        fact, milliseconds(wait));
}

qint64 forgetDelivered(Transaction &transaction, int countMax)
{
    return transaction.execute("delete from outbox where ctid in (select ctid from outbox "
                               "where delivered_at < now() - interval '7 days' limit $1)",
                               countMax);
}

} // namespace parterre::server::outbox
