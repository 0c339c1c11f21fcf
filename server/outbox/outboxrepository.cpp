#include "outbox/outboxrepository.h"

#include "db/transaction.h"

namespace parterre::server::outboxrows {

std::vector<OutboxFact> lockWaiting(Transaction &transaction, const std::vector<QString> &passedOver, int countMax)
{
    std::vector<OutboxFact> facts;
    for (const auto &row : transaction.query(
             "select id, topic, key, payload from outbox o where delivered_at is null and key <> all($1::uuid[]) "
             "and not exists (select from outbox earlier where earlier.key = o.key and earlier.delivered_at is null "
             "                and earlier.id < o.id) "
             "order by id limit $2 for update skip locked",
             passedOver, countMax)) {
        facts.push_back({.id = number(row["id"]),
                         .topic = text(row["topic"]),
                         .key = QUuid::fromString(text(row["key"])),
                         .payload = object(row["payload"])});
    }
    return facts;
}

void markDelivered(Transaction &transaction, const std::vector<qint64> &ids)
{
    transaction.execute("update outbox set delivered_at = clock_timestamp() where id = any($1::bigint[])", ids);
}

} // namespace parterre::server::outboxrows
