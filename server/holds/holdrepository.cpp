#include "holds/holdrepository.h"

#include "base/assert.h"
#include "db/binaryarray.h"
#include "db/transaction.h"
#include "holds/holdcolumns.h"

#include <array>
#include <charconv>

namespace parterre::server::holds {

using namespace Qt::StringLiterals;

namespace {

std::vector<int> intArray(const pqxx::field &field)
{
    std::vector<int> numbers;
    const char *at = field.c_str() + 1; // Past the brace.
    const char *const end = field.c_str() + field.size() - 1;
    while (at < end) {
        int value = 0;
        at = std::from_chars(at, end, value).ptr + 1;
        numbers.push_back(value);
    }
    return numbers;
}

/// The columns of a HoldRow, in the order in which rowToHold() reads them.
#define HOLD_COLUMNS "id, performance_id, owner, channel, state, seats, held_until, created_at, still_choosing"

HoldRow rowToHold(const pqxx::row &row)
{
    return {.id = id<HoldId>(row[0]),
            .performance = id<PerformanceId>(row[1]),
            .owner = text(row[2]),
            .channel = enumOf<SalesChannel>(row[3]),
            .state = enumOf<HoldState>(row[4]),
            .seats = intArray(row[5]),
            .heldUntil = instant(row[6]),
            .createdAt = instant(row[7]),
            .stillChoosing = flag(row[8])};
}

std::optional<HoldRow> firstHold(const pqxx::result &rows)
{
    return rows.empty() ? std::nullopt : std::optional<HoldRow>(rowToHold(rows[0]));
}

std::vector<HoldRow> allHolds(const pqxx::result &rows)
{
    std::vector<HoldRow> holds;
    holds.reserve(rows.size());
    for (const auto &row : rows)
        holds.push_back(rowToHold(row));
    return holds;
}

QByteArray idsOf(const std::vector<HoldId> &holds)
{
    BinaryArray ids(BinaryArray::Of::Uuid, static_cast<qsizetype>(holds.size()));
    for (const HoldId &hold : holds)
        ids.add(hold);
    return ids.bytes();
}

std::vector<HoldPlace> placesOf(const pqxx::result &rows)
{
    std::vector<HoldPlace> places;
    for (const auto &row : rows)
        places.push_back({id<HoldId>(row[0]), id<PerformanceId>(row[1])});
    return places;
}

} // namespace

void lockOwners(Transaction &transaction, const std::vector<QString> &owners, const PerformanceId &performance)
{
    if (owners.empty())
        return;
    // By key, so that two batches with the same owners do not wait for each other.
    transaction.query("select pg_advisory_xact_lock(key) from (select distinct hashtextextended(owner || "
                      "' ' || $2, 2) as key from unnest($1::text[]) as owner order by key) as keys",
                      owners, performance.text());
}

std::optional<HoldRow> find(Transaction &transaction, const HoldId &hold)
{
    return firstHold(transaction.query("select " HOLD_COLUMNS " from hold where id = $1", hold));
}

std::optional<HoldRow> lock(Transaction &transaction, const HoldId &hold)
{
    return firstHold(transaction.query("select " HOLD_COLUMNS " from hold where id = $1 for update", hold));
}

void write(Transaction &transaction, const HoldRow &hold)
{
    updateAll(transaction, std::array{&hold});
}

std::vector<HoldRow> lockAll(Transaction &transaction, const std::vector<HoldId> &holds)
{
    if (holds.empty())
        return {};
    return allHolds(transaction.query(
        "select " HOLD_COLUMNS " from hold where id = any($1::uuid[]) order by id for update", idsOf(holds)));
}

std::vector<HoldRow> lockFreeOf(Transaction &transaction, const std::vector<OrderId> &orders)
{
    return allHolds(
        transaction.query("select " HOLD_COLUMNS
                          " from hold where id in (select o.hold_id from sale_order o where o.id = any($1::uuid[])) "
                          "order by id for update skip locked",
                          orders));
}

std::vector<HoldRow> lockFree(Transaction &transaction, const std::vector<HoldId> &holds)
{
    return allHolds(transaction.query(
        "select " HOLD_COLUMNS " from hold where id = any($1::uuid[]) order by id for update skip locked", holds));
}

std::vector<HoldRow> lockDue(Transaction &transaction, const std::vector<HoldId> &holds)
{
    if (holds.empty())
        return {};
    return allHolds(transaction.query("select " HOLD_COLUMNS " from hold where id = any($1::uuid[]) "
                                      "and state = 'live' and held_until <= clock_timestamp() "
                                      "order by id for update skip locked",
                                      holds));
}

void insertAll(Transaction &transaction, std::span<const HoldRow *const> holds)
{
    if (holds.empty())
        return;
    const HoldColumns columns(holds);
    const auto made = transaction.execute(
        "insert into hold (id, performance_id, owner, channel, state, seats, held_until, created_at, still_choosing) "
        "select n.id, p.id, n.owner, n.channel, n.state, ($6::int[])[n.first_seat:n.last_seat], n.held_until, "
        "       n.created_at, n.still_choosing "
        "from performance p, unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $7::int[], $8::int[], "
        "                           $9::timestamptz[], $10::timestamptz[], $11::boolean[]) "
        "     as n(id, owner, channel, state, first_seat, last_seat, held_until, created_at, still_choosing) "
        "where p.id = $1",
        holds.front()->performance, columns.ids.bytes(), columns.owners.bytes(), columns.channels.bytes(),
        columns.states.bytes(), columns.seats.bytes(), columns.firstSeats.bytes(), columns.lastSeats.bytes(),
        columns.ends.bytes(), columns.starts.bytes(), columns.choosing.bytes());
    PT_ASSERT(made == static_cast<qint64>(holds.size()), "a performance that has facts is there, and stays");
}

void updateAll(Transaction &transaction, std::span<const HoldRow *const> holds)
{
    if (holds.empty())
        return;
    const HoldColumns columns(holds);
    transaction.execute("update hold h set state = n.state, seats = ($3::int[])[n.first_seat:n.last_seat], "
                        "                  held_until = n.held_until, still_choosing = n.still_choosing "
                        "from unnest($1::uuid[], $2::text[], $4::int[], $5::int[], $6::timestamptz[], $7::boolean[]) "
                        "     as n(id, state, first_seat, last_seat, held_until, still_choosing) where h.id = n.id",
                        columns.ids.bytes(), columns.states.bytes(), columns.seats.bytes(), columns.firstSeats.bytes(),
                        columns.lastSeats.bytes(), columns.ends.bytes(), columns.choosing.bytes());
}

void expireOrders(Transaction &transaction, const std::vector<HoldId> &holds)
{
    if (holds.empty())
        return;
    transaction.execute("update sale_order set state = 'expired' where hold_id = any($1::uuid[]) and state = 'open'",
                        holds);
}

std::vector<OwnedPlaces> placesOfOwners(Transaction &transaction, const std::vector<QString> &owners,
                                        const PerformanceId &performance)
{
    std::vector<OwnedPlaces> owned;
    if (owners.empty())
        return owned;
    const auto rows = transaction.query(
        "select h.owner, h.id, cardinality(h.seats) + coalesce((select sum(a.quantity) from area_hold a "
        "                                                       where a.hold_id = h.id), 0), "
        "       case when h.state = 'live' then h.held_until end "
        "from hold h where h.owner = any($1::text[]) and h.performance_id = $2 and h.state in ('live', 'frozen') "
        "union all "
        "select o.owner, null, count(*), null from sale_order o join order_line l on l.order_id = o.id "
        "where o.owner = any($1::text[]) and o.performance_id = $2 and o.state in ('confirmed', 'partly_refunded') "
        "and not exists (select from refund_line r where r.order_id = l.order_id and r.line_no = l.line_no) "
        "group by o.owner",
        owners, performance);
    for (const auto &row : rows)
        owned.push_back({text(row[0]), id<HoldId>(row[1]), smallNumber(row[2]), optionalInstant(row[3])});
    return owned;
}

std::vector<HoldPlace> due(Transaction &transaction, int countMax, const std::vector<PerformanceId> &without)
{
    // The clock by a sub-select, which is asked once: a function that changes is no bound for an index, so every live
    // hold was looked at.
    return placesOf(transaction.query("select id, performance_id from hold where state = 'live' "
                                      "and held_until <= (select clock_timestamp()) "
                                      "and performance_id <> all($2::uuid[]) order by held_until limit $1",
                                      countMax, without));
}

std::vector<HoldPlace> performancesOf(Transaction &transaction, const std::vector<HoldId> &holds)
{
    return placesOf(transaction.query("select id, performance_id from hold where id = any($1::uuid[])", holds));
}

} // namespace parterre::server::holds
