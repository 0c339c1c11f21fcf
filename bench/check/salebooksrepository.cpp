#include "check/salebooks.h"

#include "check/giftcardrules.h"

#include <pqxx/pqxx>

#include <mutex>

#include <array>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

// Lines whose places their buyer may sit on, as l with their order o.
#define SOLD_LINES                                                                                                     \
    "order_line l join sale_order o on o.id = l.order_id and o.state in ('confirmed', 'partly_refunded') and not "     \
    "exists (select from refund_line given where given.order_id = l.order_id and given.line_no = l.line_no)"
// What an account says, and what charges as c say that it should, without the tax.
#define OF_ACCOUNT(name) "coalesce(sum(e.amount) filter (where e.account = '" name "'), 0)"
#define NET_OF(kind)                                                                                                   \
    "coalesce(-sum(c.amount - case when c.tax_included then c.tax else 0 end) filter (where c.kind = '" kind "'), 0)"
// Payments by card as a, with what goes back of them, beside what the provider has as c. One without an answer yet may
// be there already.
#define CARD_REPAYMENTS                                                                                                \
    "(select p.id, coalesce(sum(r.amount) filter (where r.state = 'repaid'), 0) as repaid, coalesce(sum(r.amount) "    \
    "filter (where r.state in ('created', 'in_doubt')), 0) as running, coalesce(sum(r.amount) filter (where r.state "  \
    "= 'paid_out'), 0) as paid_out from payment_attempt p left join repayment r on r.payment_id = p.id and r.method "  \
    "= 'card' where p.method = 'card' and p.state = 'captured' group by p.id) a left join card_book c on c.id = a.id"
// A person said that no money came for this payment, and the provider is asked still: what it has goes back.
#define GOES_BACK(id)                                                                                                  \
    "exists (select from payment_decision d join payment_review v on v.payment_id = d.payment_id and v.closed_at is "  \
    "null where d.payment_id = " id " and d.decision = 'no_money')"
#define SOLD_STATES "('confirmed', 'partly_refunded', 'refunded', 'exchanged')"

constexpr auto soundness = std::to_array<BookRule>({
    {"a sold seat has no entry among the sold places for its order",
     "select s.seat_no::text from seat_inventory s where s.state = 'sold' and not exists (select from sold_place p "
     "where p.performance_id = s.performance_id and p.seat_no = s.seat_no and p.order_id = s.order_id)"},
    {"a sold place is not sold to its order on the map",
     "select p.seat_no::text from sold_place p left join seat_inventory s using (performance_id, seat_no) "
     "where s.state is distinct from 'sold' or s.order_id is distinct from p.order_id"},
    {"a sold place belongs to no line that is sold",
     "select p.seat_no::text from sold_place p where not exists (select from " SOLD_LINES " where "
     "l.order_id = p.order_id and l.line_no = p.line_no)"},
    {"a seat of a confirmed order is not kept for it",
     "select o.number || ': ' || l.place_name from " SOLD_LINES " where not l.is_area and not exists (select from "
     "sold_place p where p.order_id = o.id "
     "and p.line_no = l.line_no and p.performance_id = l.performance_id and p.seat_no = l.place_no)"},
    {"a seat is in two confirmed orders",
     "select min(l.place_name) from " SOLD_LINES
     " where not l.is_area group by l.performance_id, l.place_no having count(*) > 1"},
    {"a confirmed order is not paid once and in full",
     "select number from sale_order o where state in " SOLD_STATES " and ((select count(*) from payment_attempt p "
     "where p.order_id = o.id and p.state = 'captured' and p.part_of is null and p.currency = o.currency) <> case "
     "when exists (select from exchange x where x.order_id = o.id and x.state = 'done' and o.total = (select "
     "coalesce(sum(c.amount), 0) from "
     "exchange_credit c where c.order_id = o.id)) then 0 else 1 end or o.total <> (select coalesce(sum(p.amount), 0) "
     "from payment_attempt p where p.order_id = o.id and p.state = 'captured') + (select coalesce(sum(c.amount), 0) "
     "from exchange_credit c where c.order_id = o.id))"},
    {"an order has a payment and is not confirmed",
     "select o.number from payment_attempt p join sale_order o on o.id = p.order_id where p.state = 'captured' and "
     "o.state not in " SOLD_STATES},
    {"a transfer does not sum to zero",
     "select transfer_id::text from ledger_entry group by transfer_id, currency having sum(amount) <> 0"},
    {"a payment is not in the ledger exactly once",
     "select p.id::text from payment_attempt p where p.state = 'captured' and (1::bigint, p.amount + p.rounding) is "
     "distinct from (select (count(*), sum(e.amount)::bigint) from ledger_entry e where e.transfer_id = p.id and "
     "e.order_id = p.order_id and e.account in ('cash_drawer', 'card_clearing', 'gift_cards_owed'))"},
    {"something is written for an order that is not there",
     "select w.what || ' of ' || w.id from (select 'a line' as what, order_id as id from order_line union all select "
     "'a charge', order_id from order_charge union all select 'a payment', order_id from payment_attempt union all "
     "select 'an entry', order_id from ledger_entry where order_id is not null union all select 'a receipt', order_id "
     "from receipt) w where not exists (select from sale_order o where o.id = w.id)"},
    {"a ticket is of a line that is not there",
     "select t.human_code from ticket t where not exists (select from order_line l where l.order_id = t.order_id and "
     "l.line_no = t.line_no)"},
    {"an order is of a hold that is not there",
     "select o.number from sale_order o where not exists (select from hold h where h.id = o.hold_id and "
     "h.performance_id = o.performance_id)"},
    {"an order does not cost what it is made of",
     "select o.number from sale_order o where o.total <> (select sum(c.amount + case when c.tax_included then 0 else "
     "c.tax end) from order_charge c where c.order_id = o.id) or o.total <> o.fee + (select sum(l.total) from "
     "order_line l where l.order_id = o.id)"},
    {"the ledger has an entry without its payment",
     "select e.id::text from ledger_entry e left join payment_attempt p on p.id = e.payment_id "
     "where e.payment_id is not null and p.state is distinct from 'captured'"},
    {"a card payment is not in the provider's books",
     "select p.id::text from payment_attempt p where p.state = 'captured' and p.method = 'card' and p.amount > 0 and "
     "not exists (select from card_book c where c.id = p.id and c.state = 'captured' and c.amount = p.amount "
     "and c.currency = p.currency) and not exists (select from payment_decision d where d.payment_id = p.id and "
     "d.decision = 'money_came' and (exists (select from payment_review v where v.payment_id = p.id and v.closed_at is "
     "null) or exists (select from payment_decision s where s.payment_id = p.id and s.decision = 'closed')))"},
    {"a payment has another end than the one that was decided",
     "select p.id::text from payment_decision d join payment_attempt p on p.id = d.payment_id where d.decision = "
     "'money_came' and p.state <> 'captured' or d.decision = 'no_money' and p.state <> 'cancelled'"},
    {"the provider has charged what is neither sold nor on its way",
     "select c.id::text from card_book c left join payment_attempt p on p.id = c.id where c.state = 'captured' and "
     "c.amount > c.refunded and (p.id is null or p.state in ('declined', 'cancelled')) and not " GOES_BACK("c.id")},
    {"the provider has charged for one order twice",
     "select min(p.order_id::text) from card_book c join payment_attempt p on p.id = c.id "
     "where c.state = 'captured' and c.amount > c.refunded and not " GOES_BACK("c.id") " group by p.order_id having "
                                                                                       "count(*) > 1"},
    {"a line of a confirmed order has not one valid ticket",
     "select o.number || ': ' || l.place_name from " SOLD_LINES " where 1 <> (select count(*) from ticket t where "
     "t.order_id = o.id and t.line_no = l.line_no and t.state = 'valid')"},
    {"a place that was given back has a valid ticket",
     "select t.human_code from ticket t where t.state = 'valid' and not exists (select from " SOLD_LINES " where "
     "l.order_id = t.order_id and l.line_no = t.line_no)"},
    {"there is a ticket for an order that is not confirmed",
     "select o.number from ticket t join sale_order o on o.id = t.order_id where o.state not in " SOLD_STATES},
    {"a confirmed order was not told to the outbox once",
     "select o.number from sale_order o where o.state in " SOLD_STATES " and 1 <> (select count(*) from outbox b "
     "where b.key = o.id and b.topic = 'order.confirmed')"},
    {"a confirmed order has no receipt",
     "select o.number from sale_order o where (o.state in " SOLD_STATES ") <> exists (select from receipt r where "
     "r.order_id = o.id)"},
    {"the receipts of a year have a gap",
     "select c.year::text from receipt_counter c where (c.last, c.last) is distinct from (select (max(r.number), "
     "count(*)::int) from receipt r where r.venue_id = c.venue_id and r.year = c.year)"},
    {"an area counts other places as sold than the orders do",
     "select a.area_no::text from area_inventory a where a.sold <> (select count(*) from " SOLD_LINES
     " where l.is_area "
     "and l.performance_id = a.performance_id and l.place_no = a.area_no)"},
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

/// After the sale (docs/refunds.md).
constexpr auto afterSale = std::to_array<BookRule>({
    {"the state of an order does not say what was given back of it",
     "select o.number from sale_order o cross join lateral (select count(*) as lines, count(g.refund_id) as given from "
     "order_line l left join refund_line g on g.order_id = l.order_id and g.line_no = l.line_no "
     "where l.order_id = o.id) n where case when n.given = 0 then o.state in ('partly_refunded', 'refunded', "
     "'exchanged') when n.given < n.lines then o.state <> 'partly_refunded' else o.state not in ('refunded', "
     "'exchanged') end"},
    {"a line was given back by the refund of another order",
     "select g.refund_id::text from refund_line g join refund f on f.id = g.refund_id where f.order_id <> g.order_id"},
    {"a refund is not worth its lines",
     "select f.id::text from refund f join sale_order o on o.id = f.order_id where f.amount <> (select "
     "coalesce(sum(l.total), -1) from refund_line g join order_line l on l.order_id = g.order_id and "
     "l.line_no = g.line_no where g.refund_id = f.id) + case when o.state in ('refunded', 'exchanged') and f.id = "
     "(select x.id from refund x where x.order_id = o.id order by x.created_at desc, x.id desc limit 1) then o.fee "
     "else 0 end"},
    {"a refund does not give back what it is worth",
     "select f.id::text from refund f where f.amount <> (select coalesce(sum(p.amount), 0) from repayment p "
     "where p.refund_id = f.id) + (select coalesce(sum(c.amount), 0) from exchange_credit c join exchange x on "
     "x.order_id = c.order_id where x.refund_id = f.id)"},
    {"an order has kept other money than what its sold places cost",
     "select o.number from sale_order o where o.state in " SOLD_STATES
     " and (select coalesce(sum(p.amount), 0) from payment_attempt p where p.order_id = o.id and p.state = 'captured') "
     "+ (select coalesce(sum(c.amount), 0) from exchange_credit c where c.order_id = o.id) "
     "- (select coalesce(sum(c.amount), 0) from exchange_credit c where c.from_order = o.id) "
     "- (select coalesce(sum(r.amount), 0) from repayment r join refund f on f.id = r.refund_id where f.order_id = "
     "o.id) "
     "<> (select coalesce(sum(l.total), 0) from order_line l where l.order_id = o.id and not exists (select from "
     "refund_line g where g.order_id = l.order_id and g.line_no = l.line_no)) "
     "+ case when o.state in ('confirmed', 'partly_refunded') then o.fee else 0 end"},
    {"a cancelled performance is done with and has a place or an order that is sold",
     "select c.performance_id::text from cancellation c where c.finished_at is not null and (exists (select from "
     "sold_place s where s.performance_id = c.performance_id) or exists (select from sale_order o where "
     "o.performance_id = c.performance_id and o.state in ('payment_pending', 'confirmed', 'partly_refunded')))"},
    {"a payment has given back more than came",
     "select a.id::text from payment_attempt a where (a.state <> 'captured' and exists (select from repayment p where "
     "p.payment_id = a.id)) or a.amount < (select sum(p.amount) from repayment p where p.payment_id = a.id)"},
    {"a repayment is not in the ledger exactly once",
     "select p.id::text from repayment p where (2::bigint, p.amount) is distinct from (select (count(*) filter (where "
     "e.account <> 'cash_rounding'), (sum(e.amount) filter (where e.account = 'ticket_sales'))::bigint) from "
     "ledger_entry e where e.transfer_id = p.id and e.payment_id = p.payment_id)"},
    {"cash that was paid out is not in the ledger exactly once",
     "select p.id::text from repayment p where p.state = 'paid_out' and (2::bigint, -p.amount - p.rounding) is "
     "distinct from (select (count(*) filter (where e.account <> 'cash_rounding'), (sum(e.amount) filter (where "
     "e.account = 'cash_drawer'))::bigint) from ledger_entry e "
     "where e.transfer_id = p.payout_id and e.payment_id = p.payment_id)"},
    {"the ledger has a transfer that nothing stands for",
     "select distinct e.transfer_id::text from ledger_entry e where not exists (select from payment_attempt a where "
     "a.id = e.transfer_id) and not exists (select from repayment p where p.id = e.transfer_id or "
     "p.payout_id = e.transfer_id) and not exists (select from exchange_credit c where c.id = e.transfer_id) and not "
     "exists (select from refund f where f.id = e.transfer_id) and not exists (select from exchange x where "
     "x.order_id = e.transfer_id and x.state = 'done') and not exists (select from gift_card_movement m where "
     "m.id = e.transfer_id and m.card_id = e.gift_card_id) and not exists (select from payment_attempt a where "
     "a.order_id = e.transfer_id and a.part_of is not null and a.state = 'captured')"},
    {"the accounts do not say what an order's sold places are made of",
     "select o.number from sale_order o where o.state in " SOLD_STATES
     " and (select row(" OF_ACCOUNT("ticket_sales") ", " OF_ACCOUNT("fees") ", " OF_ACCOUNT(
         "tax_payable") ") from ledger_entry e where e.order_id = o.id) is distinct from "
                        "(select row(" NET_OF("price") ", " NET_OF(
                            "fee") ", coalesce(-sum(c.tax), 0)) from order_charge c where "
                                   "c.order_id = o.id and case when c.line_no = 0 then o.state in ('confirmed', "
                                   "'partly_refunded') else not exists "
                                   "(select from refund_line g where g.order_id = c.order_id and g.line_no = "
                                   "c.line_no) end)"},
    {"coins were rounded otherwise than payments and repayments say",
     "select o.number from sale_order o where (select coalesce(sum(e.amount), 0) from ledger_entry e where "
     "e.order_id = o.id and e.account = 'cash_rounding') <> (select coalesce(sum(p.rounding), 0) from repayment p join "
     "refund f on f.id = p.refund_id where f.order_id = o.id and (p.method = 'cash' and p.state = 'repaid' or "
     "p.state = 'paid_out')) - (select coalesce(sum(a.rounding), 0) from payment_attempt a where a.order_id = o.id and "
     "a.state = 'captured')"},
    {"what an exchange pays is not in the ledger exactly once",
     "select c.id::text from exchange_credit c where (2::bigint, c.amount, -c.amount) is distinct from (select "
     "(count(*), (sum(e.amount) filter (where e.order_id = c.from_order))::bigint, "
     "(sum(e.amount) filter (where e.order_id = c.order_id))::bigint) from ledger_entry e "
     "where e.transfer_id = c.id and e.account = 'ticket_sales')"},
    {"an exchange is done by halves",
     "select x.order_id::text from exchange x join sale_order o on o.id = x.order_id where x.state = 'done' and "
     "(o.state not in " SOLD_STATES " or o.exchanged_from is distinct from x.from_order or not exists (select from "
     "refund f where f.id = x.refund_id and f.order_id = x.from_order and f.cause = 'exchange')) or "
     "x.state <> 'done' and exists (select from refund f where f.id = x.refund_id)"},
    {"an exchange waits for no payment",
     "select x.order_id::text from exchange x join sale_order o on o.id = x.order_id where x.state = 'pending' and "
     "o.state <> 'payment_pending'"},
    {"a refund has no credit note", "select f.id::text from refund f where (f.amount > 0) <> exists (select from "
                                    "credit_note c where c.refund_id = f.id)"},
    {"the credit notes of a year have a gap",
     "select c.year::text from credit_note_counter c where (c.last, c.last) is distinct from (select (max(n.number), "
     "count(*)::int) from credit_note n where n.venue_id = c.venue_id and n.year = c.year)"},
    {"a promotion counts other uses than its orders", "select m.code from promotion m where m.used <> (select count(*) "
                                                      "from promotion_use u where u.promotion_id = m.id)"},
    {"a promotion is used by an order that gave everything back",
     "select o.number from promotion_use u join sale_order o on o.id = u.order_id where o.state not in "
     "('payment_pending', 'confirmed', 'partly_refunded')"},
    {"a refund was not told to the outbox once",
     "select f.id::text from refund f where 1 <> (select count(*) from outbox b where b.key = f.order_id and "
     "b.topic = 'order.refunded' and b.payload->>'refund' = f.id::text)"},
    {"what went back to a card is not in the provider's books",
     "select a.id::text from " CARD_REPAYMENTS " where coalesce(c.refunded, 0) < a.repaid"},
    {"the provider has given back what nobody asked for",
     "select a.id::text from " CARD_REPAYMENTS " where c.refunded > a.repaid + a.running + a.paid_out"},
    {"the provider has given back what was paid out in cash",
     "select a.id::text from " CARD_REPAYMENTS " where a.paid_out > 0 and c.refunded > a.repaid + a.running"},
});

constexpr auto ends = std::to_array<BookRule>({
    {"a payment has no end yet", "select id::text || ' ' || state from payment_attempt where state in ('created', "
                                 "'authorising', 'requires_action', "
                                 "'authorised', 'in_doubt')"},
    {"the sale of a gift card has no end yet",
     "select card_id::text from gift_card_sale where state in ('authorising', 'in_doubt')"},
    {"a repayment has no end yet", "select id::text from repayment where state = 'created'"},
    {"a cancelled performance is not done with",
     "select performance_id::text from cancellation where finished_at is null"},
    {"the provider was not asked yet whether it bears a decision out",
     "select payment_id::text from payment_review where closed_at is null and kind = 'decision'"},
    {"an order waits for its payment", "select number from sale_order where state = 'payment_pending'"},
    {"a hold is frozen", "select id::text from hold where state = 'frozen'"},
    {"a seat waits for its payment", "select seat_no::text from seat_inventory where state = 'payment_pending'"},
    {"the provider keeps money that nobody asks for", "select id::text from card_book where state = 'authorised'"},
});

/// `card_book`: what the card provider has, wherever that is. It goes with the transaction.
void openCardBook(const std::optional<ProviderBook> &provider, pqxx::transaction_base &transaction)
{
    if (!provider) {
        transaction.exec("create temp view card_book as select c.id, c.state, c.amount, c.currency, coalesce((select "
                         "sum(r.amount) from test_card_provider.refund r where r.payment_id = c.id), 0) as refunded "
                         "from test_card_provider.payment c");
        return;
    }
    transaction.exec("create temp table card_book (id uuid primary key, state text, amount bigint, currency text, "
                     "refunded bigint) on commit drop");
    pqxx::stream_to rows(transaction, "card_book",
                         std::vector<std::string>{"id", "state", "amount", "currency", "refunded"});
    for (const ProviderEntry &entry : *provider) {
        rows << std::make_tuple(entry.payment.text().toStdString(), enumName(entry.state).toStdString(), entry.amount,
                                entry.currency.toStdString(), entry.refunded);
    }
    rows.complete();
}

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

/// Keeps one connection for all that is asked, since a new one costs PostgreSQL more than most questions.
class SaleBooks::Reader
{
public:
    /// What `use(connection)` returns. It is called again where the database was started anew in between.
    template <class Use>
    auto read(const QString &dsn, const Use &use)
    {
        const std::lock_guard lock(m_mutex);
        if (m_connection) {
            try {
                return use(*m_connection);
            } catch (const std::exception &) {
                if (m_connection->is_open())
                    throw;
            }
        }
        m_connection.emplace(dsn.toStdString());
        return use(*m_connection);
    }

private:
    std::mutex m_mutex;
    std::optional<pqxx::connection> m_connection;
};

SaleBooks::SaleBooks(QString dsn, std::optional<ProviderBook> provider)
    : m_dsn(std::move(dsn))
    , m_provider(std::move(provider))
    , m_reader(std::make_shared<Reader>())
{}

QStringList SaleBooks::faults() const
{
    return faultsAfter({});
}

QStringList SaleBooks::faultsAfter(const QString &statements) const
{
    return m_reader->read(m_dsn, [&](pqxx::connection &connection) {
        Snapshot transaction(connection);
        openCardBook(m_provider, transaction);
        if (!statements.isEmpty())
            transaction.exec(statements.toStdString());
        return brokenOf(soundness, transaction) + brokenOf(afterSale, transaction) + brokenOf(giftCards, transaction);
    });
}

QStringList SaleBooks::unfinished() const
{
    return m_reader->read(m_dsn, [&](pqxx::connection &connection) {
        Snapshot transaction(connection);
        openCardBook(m_provider, transaction);
        return brokenOf(ends, transaction);
    });
}

void SaleBooks::sql(const QString &statement) const
{
    pqxx::connection connection(m_dsn.toStdString());
    pqxx::nontransaction(connection).exec(statement.toStdString());
}

QString SaleBooks::text(const QString &query) const
{
    return m_reader->read(m_dsn, [&](pqxx::connection &connection) {
        pqxx::nontransaction direct(connection);
        const auto rows = direct.exec(query.toStdString());
        return rows.empty() || rows[0][0].is_null() ? QString() : QString::fromUtf8(rows[0][0].c_str());
    });
}

Status judgeBooks(const SaleBooks &books, bool mustBeSettled, Verdict &verdict)
{
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
