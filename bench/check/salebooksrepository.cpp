#include "check/salebooks.h"

#include <pqxx/pqxx>

#include <array>
#include <span>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

struct BookRule
{
    const char *fault;     ///< What is wrong where the query finds a row.
    const char *offenders; ///< One text column.
};

constexpr auto soundness = std::to_array<BookRule>({
    {"a sold seat has no entry among the sold places for its order",
     "select s.seat_no::text from seat_inventory s where s.state = 'sold' and not exists (select from sold_place p "
     "where p.performance_id = s.performance_id and p.seat_no = s.seat_no and p.order_id = s.order_id)"},
    {"a sold place is not sold to its order on the map",
     "select p.seat_no::text from sold_place p left join seat_inventory s using (performance_id, seat_no) "
     "where s.state is distinct from 'sold' or s.order_id is distinct from p.order_id"},
    {"a sold place belongs to an order that is not confirmed",
     "select p.seat_no::text from sold_place p join sale_order o on o.id = p.order_id where o.state <> 'confirmed'"},
    {"a seat of a confirmed order is not kept for it",
     "select o.number || ': ' || l.place_name from order_line l join sale_order o on o.id = l.order_id "
     "where o.state = 'confirmed' and not l.is_area and not exists (select from sold_place p where p.order_id = o.id "
     "and p.line_no = l.line_no and p.performance_id = l.performance_id and p.seat_no = l.place_no)"},
    {"a seat is in two confirmed orders",
     "select min(l.place_name) from order_line l join sale_order o on o.id = l.order_id where o.state = 'confirmed' "
     "and not l.is_area group by l.performance_id, l.place_no having count(*) > 1"},
    {"a confirmed order is not paid once and in full",
     "select number from sale_order o where state = 'confirmed' and 1 <> (select count(*) from payment_attempt p "
     "where p.order_id = o.id and p.state = 'captured' and p.amount = o.total and p.currency = o.currency)"},
    {"an order has a payment and is not confirmed",
     "select o.number from payment_attempt p join sale_order o on o.id = p.order_id where p.state = 'captured' and "
     "o.state <> 'confirmed'"},
    {"a transfer does not sum to zero",
     "select transfer_id::text from ledger_entry group by transfer_id, currency having sum(amount) <> 0"},
    {"a payment is not in the ledger exactly once",
     "select p.id::text from payment_attempt p where p.state = 'captured' and (1::bigint, p.amount + p.rounding) is "
     "distinct from (select (count(*), sum(e.amount)::bigint) from ledger_entry e where e.transfer_id = p.id and "
     "e.order_id = p.order_id and e.account in ('cash_drawer', 'card_clearing'))"},
    {"a sale is not in the accounts as its order says",
     "select p.id::text from payment_attempt p where p.state = 'captured' and (select row(sum(c.amount - case when "
     "c.tax_included then c.tax else 0 end) filter (where c.kind = 'price'), coalesce(sum(c.amount - case when "
     "c.tax_included then c.tax else 0 end) filter (where c.kind = 'fee'), 0), sum(c.tax), p.rounding::numeric) from "
     "order_charge c where c.order_id = p.order_id) is distinct from (select row(-sum(e.amount) filter (where "
     "e.account = 'ticket_sales'), coalesce(-sum(e.amount) filter (where e.account = 'fees'), 0), coalesce("
     "-sum(e.amount) filter (where e.account = 'tax_payable'), 0), coalesce(-sum(e.amount) filter (where e.account = "
     "'cash_rounding'), 0)) from ledger_entry e where e.transfer_id = p.id)"},
    {"an order does not cost what it is made of",
     "select o.number from sale_order o where o.total <> (select sum(c.amount + case when c.tax_included then 0 else "
     "c.tax end) from order_charge c where c.order_id = o.id) or o.total <> o.fee + (select sum(l.total) from "
     "order_line l where l.order_id = o.id)"},
    {"the ledger has an entry without its payment",
     "select e.id::text from ledger_entry e left join payment_attempt p on p.id = e.payment_id "
     "where p.state is distinct from 'captured'"},
    {"a card payment is not in the provider's books",
     "select p.id::text from payment_attempt p where p.state = 'captured' and p.method = 'card' and "
     "p.amount > 0 and not exists "
     "(select from test_card_provider.payment c where c.id = p.id and c.state = 'captured' and c.amount = p.amount "
     "and c.currency = p.currency)"},
    {"the provider has charged what is neither sold nor on its way",
     "select c.id::text from test_card_provider.payment c left join payment_attempt p on p.id = c.id "
     "where c.state = 'captured' and (p.id is null or p.state in ('declined', 'cancelled'))"},
    {"the provider has charged for one order twice",
     "select min(p.order_id::text) from test_card_provider.payment c join payment_attempt p on p.id = c.id "
     "where c.state = 'captured' group by p.order_id having count(*) > 1"},
    {"a line of a confirmed order has not one valid ticket",
     "select o.number || ': ' || l.place_name from order_line l join sale_order o on o.id = l.order_id "
     "where o.state = 'confirmed' and 1 <> (select count(*) from ticket t where t.order_id = o.id and "
     "t.line_no = l.line_no and t.state = 'valid')"},
    {"there is a ticket for an order that is not confirmed",
     "select o.number from ticket t join sale_order o on o.id = t.order_id where o.state <> 'confirmed'"},
    {"a confirmed order was not told to the outbox once",
     "select o.number from sale_order o where o.state = 'confirmed' and 1 <> (select count(*) from outbox b "
     "where b.key = o.id and b.topic = 'order.confirmed')"},
    {"a confirmed order has no receipt",
     "select o.number from sale_order o where (o.state = 'confirmed') <> exists (select from receipt r where "
     "r.order_id = o.id)"},
    {"the receipts of a year have a gap",
     "select c.year::text from receipt_counter c where (c.last, c.last) is distinct from (select (max(r.number), "
     "count(*)::int) from receipt r where r.venue_id = c.venue_id and r.year = c.year)"},
    {"an area counts other places as sold than the orders do",
     "select a.area_no::text from area_inventory a where a.sold <> (select count(*) from order_line l join "
     "sale_order o on o.id = l.order_id where o.state = 'confirmed' and l.is_area and "
     "l.performance_id = a.performance_id and l.place_no = a.area_no)"},
    {"an area counts other places as held than the holds do",
     "select a.area_no::text from area_inventory a where a.held <> (select coalesce(sum(h.quantity), 0) from "
     "area_hold h where h.performance_id = a.performance_id and h.area_no = a.area_no)"},
    {"an area has more places than it holds",
     "select area_no::text from area_inventory where held + sold > capacity or held < 0 or sold < 0"},
    {"a hold that has not ended has lost a seat",
     "select h.id::text || ': ' || place from hold h cross join unnest(h.seats) place left join seat_inventory s on "
     "s.performance_id = h.performance_id and s.seat_no = place where (h.state = 'frozen' or (h.state = 'live' and "
     "h.held_until > clock_timestamp())) and (s.hold_id is distinct from h.id or s.state <> case h.state "
     "when 'frozen' then 'payment_pending' else 'held' end)"},
    {"a seat is held for a hold that is over",
     "select s.seat_no::text from seat_inventory s left join hold h on h.id = s.hold_id where s.hold_id is not null "
     "and (h.state is null or h.state not in ('live', 'frozen') or not s.seat_no = any (h.seats))"},
    {"a frozen hold has no payment that runs",
     "select h.id::text from hold h where h.state = 'frozen' and not exists (select from sale_order o join "
     "payment_attempt p on p.order_id = o.id where o.hold_id = h.id and o.state = 'payment_pending' and "
     "p.state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt'))"},
    {"a payment runs for a hold that is not frozen",
     "select p.id::text from payment_attempt p join sale_order o on o.id = p.order_id join hold h on "
     "h.id = o.hold_id where p.state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt') and "
     "(o.state <> 'payment_pending' or h.state <> 'frozen')"},
});

constexpr auto ends = std::to_array<BookRule>({
    {"a payment has no end yet", "select id::text || ' ' || state from payment_attempt where state in ('created', "
                                 "'authorising', 'requires_action', "
                                 "'authorised', 'in_doubt')"},
    {"an order waits for its payment", "select number from sale_order where state = 'payment_pending'"},
    {"a hold is frozen", "select id::text from hold where state = 'frozen'"},
    {"a seat waits for its payment", "select seat_no::text from seat_inventory where state = 'payment_pending'"},
    {"the provider keeps money that nobody asks for",
     "select id::text from test_card_provider.payment where state = 'authorised'"},
});

QStringList brokenOf(std::span<const BookRule> rules, pqxx::transaction_base &transaction)
{
    QStringList broken;
    for (const BookRule &rule : rules) {
        QStringList rows;
        for (const auto &row : transaction.exec(rule.offenders))
            rows.append(QString::fromUtf8(row[0].c_str()));
        if (!rows.isEmpty())
            broken.append(u"%1: %2"_s.arg(QLatin1StringView(rule.fault), rows.join(u", "_s)));
    }
    return broken;
}

/// One moment for all rules: whoever sells meanwhile is not taken for a fault.
using Snapshot = pqxx::transaction<pqxx::repeatable_read>;

} // namespace

QStringList SaleBooks::faults() const
{
    return faultsAfter({});
}

QStringList SaleBooks::faultsAfter(const QString &statements) const
{
    pqxx::connection connection(m_dsn.toStdString());
    Snapshot transaction(connection);
    if (!statements.isEmpty())
        transaction.exec(statements.toStdString());
    return brokenOf(soundness, transaction);
}

QStringList SaleBooks::unfinished() const
{
    pqxx::connection connection(m_dsn.toStdString());
    Snapshot transaction(connection);
    return brokenOf(ends, transaction);
}

void SaleBooks::sql(const QString &statement) const
{
    pqxx::connection connection(m_dsn.toStdString());
    pqxx::nontransaction(connection).exec(statement.toStdString());
}

QString SaleBooks::text(const QString &query) const
{
    pqxx::connection connection(m_dsn.toStdString());
    pqxx::nontransaction direct(connection);
    const auto rows = direct.exec(query.toStdString());
    return rows.empty() || rows[0][0].is_null() ? QString() : QString::fromUtf8(rows[0][0].c_str());
}

Status judgeBooks(const QString &dsn, bool mustBeSettled, Verdict &verdict)
{
    const SaleBooks books(dsn);
    const auto accuse = [&verdict](Rule rule, const QStringList &sentences) {
        for (const QString &sentence : sentences) {
            ++verdict.violations;
            ++verdict.byRule[rule];
            verdict.sentences.push_back({rule, sentence});
        }
    };
    try {
        accuse(Rule::BooksWrong, books.faults());
        if (mustBeSettled)
            accuse(Rule::Unsettled, books.unfinished());
        return {};
    } catch (const std::exception &error) {
        return refuse(ErrorCode::Unavailable,
                      u"The books cannot be read: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
    }
}

} // namespace parterre::check
