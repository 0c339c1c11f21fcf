#include "analytics/salesrepository.h"

#include "db/transaction.h"

#include <algorithm>
#include <iterator>

namespace parterre::server::analytics {

namespace {

/// Returns the fact of each row that was written.
std::vector<qint64> writeSales(Transaction &transaction, const std::vector<ToldSale> &sales)
{
    std::vector<qint64> facts;
    std::vector<OrderId> orders;
    ArrayLiteral times;
    for (const ToldSale &sale : sales) {
        facts.push_back(sale.fact);
        orders.push_back(sale.order);
        times.add(sale.at);
    }
    transaction.letDiskFollow(); // The outbox notes after it that the fact was taken.
    std::vector<qint64> written;
    // The names as they are today: a report of last year reads what the season was called then.
    for (const auto &row : transaction.query(
             "insert into analytics.sold_line (fact_id, line_no, order_id, order_number, performance_id, event_title, "
             "  starts_at, zone_name, price_type_name, channel, currency, amount, sold_at) "
             "select n.fact, l.line_no, o.id, o.number, o.performance_id, e.title, p.starts_at, l.zone_name, "
             "  l.price_type_name, o.channel, o.currency, l.total, n.sold_at "
             "from unnest($1::bigint[], $2::uuid[], $3::timestamptz[]) as n(fact, order_id, sold_at) "
             "join sale_order o on o.id = n.order_id join order_line l on l.order_id = o.id "
             "join performance p on p.id = o.performance_id join event e on e.id = p.event_id returning fact_id",
             facts, orders, times))
        written.push_back(number(row["fact_id"]));
    return written;
}

} // namespace

bool isCounted(Transaction &transaction, qint64 fact)
{
    transaction.query("select pg_advisory_xact_lock(hashtextextended('analytics ' || $1, 0))", fact);
    return !transaction
                .query("select 1 from analytics.sold_line where fact_id = $1 "
                       "union all select 1 from analytics.refunded_line where fact_id = $1 limit 1",
                       fact)
                .empty();
}

qint64 countSale(Transaction &transaction, qint64 fact, const OrderId &order, Instant soldAt)
{
    return static_cast<qint64>(writeSales(transaction, {{.fact = fact, .order = order, .at = soldAt}}).size());
}

std::vector<qint64> countSales(Transaction &transaction, const std::vector<ToldSale> &sales)
{
    std::vector<qint64> facts;
    for (const ToldSale &sale : sales)
        facts.push_back(sale.fact);
    transaction.query("select pg_advisory_xact_lock(hashtextextended('analytics ' || f, 0)) from unnest($1::bigint[]) f",
                      facts);
    std::vector<qint64> counted;
    for (const auto &row : transaction.query(
             "select distinct fact_id from analytics.sold_line where fact_id = any ($1::bigint[])", facts))
        counted.push_back(number(row["fact_id"]));
    std::vector<ToldSale> left;
    std::ranges::copy_if(sales, std::back_inserter(left), [&](const ToldSale &sale) {
        return std::ranges::find(counted, sale.fact) == counted.end();
    });
    std::ranges::copy(writeSales(transaction, left), std::back_inserter(counted));
    return counted;
}

qint64 countRefund(Transaction &transaction, qint64 fact, const RefundId &refund, Instant refundedAt)
{
    return transaction.execute(
        "insert into analytics.refunded_line (fact_id, line_no, refund_id, order_id, order_number, performance_id, "
        "  event_title, starts_at, zone_name, price_type_name, channel, cause, currency, amount, refunded_at) "
        "select $1, l.line_no, r.id, o.id, o.number, o.performance_id, e.title, p.starts_at, l.zone_name, "
        "  l.price_type_name, o.channel, r.cause, o.currency, l.total, $3 "
        "from refund r join refund_line b on b.refund_id = r.id "
        "join order_line l on l.order_id = b.order_id and l.line_no = b.line_no join sale_order o on o.id = r.order_id "
        "join performance p on p.id = o.performance_id join event e on e.id = p.event_id where r.id = $2",
        fact, refund, refundedAt);
}

} // namespace parterre::server::analytics
