#include "aftersale/exchangerepository.h"

#include "base/assert.h"
#include "db/transaction.h"

namespace parterre::server::exchanges {

using namespace Qt::StringLiterals;

namespace {

std::vector<int> numbersOf(const pqxx::result &rows)
{
    std::vector<int> numbers;
    for (const auto &row : rows)
        numbers.push_back(smallNumber(row[0]));
    return numbers;
}

} // namespace

void begin(Transaction &transaction, OrderRow &order, const ExchangeRow &exchange, Instant now)
{
    // One that was called off before is begun anew.
    transaction.execute(
        "insert into exchange (order_id, from_order, refund_id, lines, reason, principal, state, "
        "created_at, updated_at, at_desk) values ($1, $2, $3, $4::int[], $5, $6, 'pending', $7, $7, $8) "
        "on conflict (order_id) do update set from_order = excluded.from_order, "
        "refund_id = excluded.refund_id, lines = excluded.lines, reason = excluded.reason, "
        "principal = excluded.principal, state = 'pending', updated_at = excluded.updated_at, "
        "at_desk = excluded.at_desk",
        exchange.order, exchange.from, exchange.refund, exchange.lines, exchange.reason, exchange.principal, now,
        exchange.isAtDesk);
    orders::setExchangedFrom(transaction, order.id, exchange.from);
    order.exchangedFrom = exchange.from;
}

ExchangeRow pending(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query("select x.from_order, x.refund_id, x.reason, x.principal, x.at_desk, "
                                        "exists (select from refund f where f.id = x.refund_id) as has_lost_its_id "
                                        "from exchange x where x.order_id = $1 and x.state = 'pending'",
                                        order);
    PT_ASSERT(rows.size() == 1, "an order that is to be exchanged for has its exchange");
    return {.order = order,
            .from = id<OrderId>(rows[0]["from_order"]),
            // Whoever else was told to use this id at the same moment: what is paid for is not undone for that.
            .refund = flag(rows[0]["has_lost_its_id"]) ? RefundId::create() : id<RefundId>(rows[0]["refund_id"]),
            .lines = numbersOf(transaction.query(
                "select unnest(lines) as line from exchange where order_id = $1 order by line", order)),
            .reason = text(rows[0]["reason"]),
            .principal = text(rows[0]["principal"]),
            .isAtDesk = flag(rows[0]["at_desk"])};
}

void finish(Transaction &transaction, const ExchangeRow &exchange, Instant now)
{
    transaction.execute("update exchange set state = 'done', refund_id = $2, updated_at = $3 where order_id = $1",
                        exchange.order, exchange.refund, now);
}

void callOff(Transaction &transaction, OrderRow &order, Instant now)
{
    transaction.execute("update exchange set state = 'off', updated_at = $2 where order_id = $1", order.id, now);
    orders::setExchangedFrom(transaction, order.id, OrderId());
    order.exchangedFrom = OrderId();
}

std::vector<int> linesInExchange(Transaction &transaction, const OrderId &from)
{
    return numbersOf(
        transaction.query("select unnest(lines) from exchange where from_order = $1 and state = 'pending'", from));
}

void insertCredit(Transaction &transaction, const ExchangeRow &exchange, const ExchangeCredit &credit)
{
    const RepaymentId transfer = RepaymentId::create();
    const QString currency = credit.amount.currency().code();
    transaction.execute("insert into exchange_credit (id, order_id, from_order, payment_id, currency, amount) "
                        "values ($1, $2, $3, $4, $5, $6)",
                        transfer, exchange.order, exchange.from, credit.payment, currency, credit.amount.minorUnits());
    transaction.execute("insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) "
                        "values ($1, $2, $4, 'ticket_sales', $5, $6), ($1, $3, $4, 'ticket_sales', -$5::bigint, $6)",
                        transfer, exchange.from, exchange.order, credit.payment, credit.amount.minorUnits(), currency);
}

std::optional<ExchangeOrigin> origin(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query(
        "select f.id, f.number, f.currency, (select coalesce(sum(c.amount), 0)::bigint from exchange_credit c "
        "where c.order_id = o.id) as credit from sale_order o join sale_order f on f.id = o.exchanged_from "
        "where o.id = $1",
        order);
    if (rows.empty())
        return std::nullopt;
    return ExchangeOrigin{.order = id<OrderId>(rows[0]["id"]),
                          .number = text(rows[0]["number"]),
                          .credit = Money(number(rows[0]["credit"]), currencyOf(rows[0]["currency"]))};
}

} // namespace parterre::server::exchanges
