#include "analytics/salesrepository.h"

#include "db/transaction.h"

namespace parterre::server::analytics {

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
    transaction.letDiskFollow(); // The outbox notes after it that the fact was taken.
    // The names as they are today: a report of last year reads what the season was called then.
    return transaction.execute(
        "insert into analytics.sold_line (fact_id, line_no, order_id, order_number, performance_id, event_title, "
        "  starts_at, zone_name, price_type_name, channel, currency, amount, sold_at) "
        "select $1, l.line_no, o.id, o.number, o.performance_id, e.title, p.starts_at, l.zone_name, l.price_type_name, "
        "  o.channel, o.currency, l.total, $3 "
        "from sale_order o join order_line l on l.order_id = o.id join performance p on p.id = o.performance_id "
        "join event e on e.id = p.event_id where o.id = $2",
        fact, order, soldAt);
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
