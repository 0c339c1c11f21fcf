#include "aftersale/cancellationrepository.h"

#include "db/transaction.h"

namespace parterre::server::cancellations {

using namespace Qt::StringLiterals;

namespace {

constexpr int claimSeconds = 30; ///< Longer than any refund takes; then another server tries.
/// So long a server may still sell from what it has read before (CatalogService::rowsKept), with time to spare.
constexpr int settledAfterSeconds = 5;

} // namespace

bool insert(Transaction &transaction, const Row &cancellation, Instant now)
{
    return transaction.execute("insert into cancellation (performance_id, reason, principal, created_at) "
                               "values ($1, $2, $3, $4) on conflict do nothing",
                               cancellation.performance, cancellation.reason, cancellation.principal, now) == 1;
}

std::vector<Row> running(Transaction &transaction)
{
    std::vector<Row> rows;
    for (const auto &row : transaction.query("select performance_id, reason, principal from cancellation "
                                             "where finished_at is null order by created_at"))
        rows.push_back({.performance = id<PerformanceId>(row[0]), .reason = text(row[1]), .principal = text(row[2])});
    return rows;
}

std::vector<Listed> newest(Transaction &transaction, int countMax)
{
    std::vector<Listed> listed;
    for (const auto &row : transaction.query(
             "select c.performance_id, e.title, to_char(p.starts_at at time zone v.time_zone, 'YYYY-MM-DD HH24:MI') "
             "from cancellation c join performance p on p.id = c.performance_id join event e on e.id = p.event_id "
             "join venue v on v.id = e.venue_id order by c.created_at desc limit $1",
             countMax))
        listed.push_back({.performance = id<PerformanceId>(row[0]), .title = text(row[1]), .startsAt = text(row[2])});
    return listed;
}

std::optional<CancellationView> view(Transaction &transaction, const PerformanceId &performance, bool isPaused)
{
    const auto rows = transaction.query(
        "with repaid as (select p.state, count(*) as count from repayment p join refund f on f.id = p.refund_id "
        "  join sale_order o on o.id = f.order_id where o.performance_id = $1 and f.cause = 'performance_cancelled' "
        "  group by p.state) "
        "select c.reason, coalesce(u.display_name, c.principal) as by_name, c.created_at, "
        "c.finished_at is not null as is_done, v.currency, "
        "(select count(*) from sale_order o where o.performance_id = $1 and (o.state in ('confirmed', "
        "'partly_refunded') or exists (select from cancellation_order w where w.order_id = o.id))) as orders, "
        "(select count(*) from cancellation_order w where w.performance_id = $1 and w.refunded_at is not null) as "
        "refunded, "
        "(select coalesce(sum(f.amount), 0)::bigint from refund f join sale_order o on o.id = f.order_id "
        " where o.performance_id = $1 and f.cause = 'performance_cancelled') as amount, "
        "coalesce((select count from repaid where state = 'created'), 0) as waiting, "
        "coalesce((select count from repaid where state = 'in_doubt'), 0) as in_doubt, "
        "coalesce((select count from repaid where state = 'owed'), 0) as owed "
        "from cancellation c join performance p on p.id = c.performance_id join event e on e.id = p.event_id "
        "join venue v on v.id = e.venue_id left join app_user u on 'user:' || u.id::text = c.principal "
        "where c.performance_id = $1",
        performance);
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    const Currency currency = currencyOf(row["currency"]);
    return CancellationView{.performance = performance,
                            .state = flag(row["is_done"]) ? CancellationState::Done
                                     : isPaused           ? CancellationState::Paused
                                                          : CancellationState::Running,
                            .reason = text(row["reason"]),
                            .by = text(row["by_name"]),
                            .at = instant(row["created_at"]),
                            .orders = smallNumber(row["orders"]),
                            .refunded = smallNumber(row["refunded"]),
                            .amount = Money(number(row["amount"]), currency),
                            .repaymentsWaiting = smallNumber(row["waiting"]),
                            .repaymentsInDoubt = smallNumber(row["in_doubt"]),
                            .repaymentsOwed = smallNumber(row["owed"])};
}

std::vector<HoldId> endHolds(Transaction &transaction, const PerformanceId &performance, int countMax)
{
    std::vector<HoldId> ended;
    for (const auto &row : transaction.query("select id from hold where performance_id = $1 and state = 'live' "
                                             "order by id limit $2 for update",
                                             performance, countMax))
        ended.push_back(id<HoldId>(row[0]));
    if (ended.empty())
        return ended;
    transaction.execute("update hold set held_until = clock_timestamp() where id = any($1::uuid[])", ended);
    // Locked in the order of all writers; their order in an update would be any.
    transaction.execute("select from seat_inventory where performance_id = $1 and hold_id = any($2::uuid[]) "
                        "order by seat_no for update",
                        performance, ended);
    transaction.execute("update seat_inventory set held_until = clock_timestamp() where performance_id = $1 and "
                        "hold_id = any($2::uuid[]) and state = 'held'",
                        performance, ended);
    transaction.execute("select from area_inventory where performance_id = $1 and area_no in (select area_no from "
                        "area_hold where hold_id = any($2::uuid[])) order by area_no for update",
                        performance, ended);
    transaction.execute(
        "update area_hold set held_until = clock_timestamp() where hold_id = any($1::uuid[]) and not frozen", ended);
    return ended;
}

void listOrders(Transaction &transaction, const PerformanceId &performance)
{
    transaction.execute("insert into cancellation_order (order_id, performance_id) select o.id, o.performance_id from "
                        "sale_order o where o.performance_id = $1 and o.state in ('confirmed', 'partly_refunded') "
                        "order by o.id on conflict do nothing",
                        performance);
}

std::vector<OrderId> claimOrders(Transaction &transaction, const PerformanceId &performance, int countMax)
{
    std::vector<OrderId> claimed;
    for (const auto &row : transaction.query(
             "update cancellation_order set due_at = clock_timestamp() + make_interval(secs => $2) where order_id in "
             "(select order_id from cancellation_order where performance_id = $1 and refunded_at is null and "
             "due_at <= clock_timestamp() order by due_at limit $3 for update skip locked) returning order_id",
             performance, claimSeconds, countMax))
        claimed.push_back(id<OrderId>(row[0]));
    return claimed;
}

void orderIsRefunded(Transaction &transaction, const OrderId &order, Instant now)
{
    transaction.execute("update cancellation_order set refunded_at = $2 where order_id = $1 and refunded_at is null",
                        order, now);
}

bool finish(Transaction &transaction, const PerformanceId &performance)
{
    return transaction.execute(
               "update cancellation c set finished_at = clock_timestamp() where c.performance_id = $1 and "
               "c.finished_at is null and c.created_at <= clock_timestamp() - make_interval(secs => $2) "
               "and not exists (select from cancellation_order w where w.performance_id = $1 and w.refunded_at is "
               "null) "
               "and not exists (select from sale_order o where o.performance_id = $1 and o.state in "
               "('payment_pending', 'confirmed', 'partly_refunded')) "
               "and not exists (select from hold h where h.performance_id = $1 and h.state in ('live', 'frozen'))",
               performance, settledAfterSeconds) == 1;
}

} // namespace parterre::server::cancellations
