#include "holds/holdrepository.h"

#include "base/assert.h"
#include "db/transaction.h"

#include <QStringList>

namespace parterre::server::holds {

using namespace Qt::StringLiterals;

namespace {

std::vector<int> intArray(const pqxx::field &field)
{
    std::vector<int> numbers;
    const QString literal = text(field);
    for (const QString &part : literal.mid(1, literal.size() - 2).split(u',', Qt::SkipEmptyParts))
        numbers.push_back(part.toInt());
    return numbers;
}

HoldRow rowToHold(const pqxx::row &row)
{
    const auto channel = enumFromName<SalesChannel>(text(row["channel"]));
    const auto state = enumFromName<HoldState>(text(row["state"]));
    PT_ASSERT(channel && state, "hold.channel and hold.state hold only the names that their checks allow");
    return {.id = id<HoldId>(row["id"]),
            .performance = id<PerformanceId>(row["performance_id"]),
            .owner = text(row["owner"]),
            .channel = *channel,
            .state = *state,
            .seats = intArray(row["seats"]),
            .heldUntil = instant(row["held_until"]),
            .createdAt = instant(row["created_at"])};
}

std::optional<HoldRow> firstHold(const pqxx::result &rows)
{
    return rows.empty() ? std::nullopt : std::optional<HoldRow>(rowToHold(rows[0]));
}

} // namespace

void lockId(Transaction &transaction, const HoldId &hold)
{
    transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 1))", hold.text());
}

void lockOwner(Transaction &transaction, const QString &owner, const PerformanceId &performance)
{
    transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 2))", owner + u' ' + performance.text());
}

std::optional<HoldRow> find(Transaction &transaction, const HoldId &hold)
{
    return firstHold(
        transaction.query("select id, performance_id, owner, channel, state, seats, held_until, created_at "
                          "from hold where id = $1",
                          hold));
}

std::optional<HoldRow> lock(Transaction &transaction, const HoldId &hold)
{
    return firstHold(
        transaction.query("select id, performance_id, owner, channel, state, seats, held_until, created_at "
                          "from hold where id = $1 for update",
                          hold));
}

void write(Transaction &transaction, const HoldRow &hold)
{
    transaction.execute(
        "insert into hold (id, performance_id, owner, channel, state, seats, held_until, created_at) "
        "values ($1, $2, $3, $4, $5, $6::int[], $7, $8) on conflict (id) "
        "do update set state = excluded.state, seats = excluded.seats, held_until = excluded.held_until",
        hold.id, hold.performance, hold.owner, enumName(hold.channel), enumName(hold.state), hold.seats, hold.heldUntil,
        hold.createdAt);
}

int placesOfOwner(Transaction &transaction, const QString &owner, const PerformanceId &performance,
                  const HoldId &except)
{
    const auto rows = transaction.query(
        "select (select coalesce(sum(cardinality(h.seats) + coalesce((select sum(a.quantity) from area_hold a "
        "                                                            where a.hold_id = h.id), 0)), 0) "
        "        from hold h where h.owner = $1 and h.performance_id = $2 and h.id <> $3 "
        "          and (h.state = 'frozen' or h.state = 'live' and h.held_until > clock_timestamp())) "
        "     + (select count(*) from sale_order o join order_line l on l.order_id = o.id "
        "        where o.owner = $1 and o.performance_id = $2 and o.state = 'confirmed') as places",
        owner, performance, except);
    return smallNumber(rows[0]["places"]);
}

void expireOrders(Transaction &transaction, const HoldId &hold)
{
    transaction.execute("update sale_order set state = 'expired' where hold_id = $1 and state = 'open'", hold);
}

std::vector<PerformanceId> performancesWithDue(Transaction &transaction)
{
    std::vector<PerformanceId> performances;
    for (const auto &row : transaction.query("select distinct performance_id from hold "
                                             "where state = 'live' and held_until <= clock_timestamp()"))
        performances.push_back(id<PerformanceId>(row["performance_id"]));
    return performances;
}

std::vector<HoldRow> lockDue(Transaction &transaction, const PerformanceId &performance, int countMax)
{
    std::vector<HoldRow> due;
    for (const auto &row :
         transaction.query("select id, performance_id, owner, channel, state, seats, held_until, created_at from hold "
                           "where performance_id = $1 and state = 'live' and held_until <= clock_timestamp() "
                           "order by held_until limit $2 for update skip locked",
                           performance, countMax))
        due.push_back(rowToHold(row));
    return due;
}

} // namespace parterre::server::holds
