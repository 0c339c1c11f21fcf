#include "aftersale/refundrepository.h"

#include "base/assert.h"
#include "checkout/orderpricing.h"
#include "db/transaction.h"
#include "giftcards/giftcardrepository.h"
#include "receipts/receiptrepository.h"

#include <algorithm>

namespace parterre::server::refunds {

using namespace Qt::StringLiterals;

namespace {

constexpr auto repaymentColumns =
    "select p.id, p.refund_id, f.order_id, p.payment_id, p.state, p.currency, p.amount, p.rounding, p.provider_ref, "
    "p.failure, p.attempts from repayment p join refund f on f.id = p.refund_id where p.id = $1";

RepaymentRow rowOf(Transaction &transaction, const pqxx::row &row)
{
    const auto payment = payments::find(transaction, id<PaymentId>(row["payment_id"]));
    PT_ASSERT(payment.has_value(), "a payment is never deleted");
    return {.id = id<RepaymentId>(row["id"]),
            .refund = id<RefundId>(row["refund_id"]),
            .order = id<OrderId>(row["order_id"]),
            .payment = *payment,
            .state = enumOf<RepaymentState>(row["state"]),
            .amount = Money(number(row["amount"]), currencyOf(row["currency"])),
            .rounding = Money(number(row["rounding"]), currencyOf(row["currency"])),
            .providerReference = text(row["provider_ref"]),
            .failure = text(row["failure"]),
            .attempts = smallNumber(row["attempts"])};
}

std::optional<RepaymentRow> first(Transaction &transaction, const pqxx::result &rows)
{
    return rows.empty() ? std::nullopt : std::optional(rowOf(transaction, rows[0]));
}

/// Where the money of a repayment is taken from when it is made.
QString accountOf(PaymentMethod method, RepaymentState state)
{
    if (method == PaymentMethod::GiftCard)
        return u"gift_cards_owed"_s;
    if (method != PaymentMethod::Cash)
        return u"card_clearing"_s;
    return state == RepaymentState::Owed ? u"refunds_owed"_s : u"cash_drawer"_s;
}

/// A transfer of `amount` between two accounts; where the drawer gives it, it gives whole coins.
void enter(Transaction &transaction, const QString &transfer, const OrderId &order, const PaymentId &payment,
           const QString &from, const QString &account, const Money &amount, const Money &rounding)
{
    const Money coins = account == u"cash_drawer" ? rounding : Money(0, amount.currency());
    transaction.execute("insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) "
                        "select $1::uuid, $2, $3, e.account, e.amount, $9 from (values ($4, $6::bigint), "
                        "($5, -$7::bigint), ('cash_rounding', $8::bigint)) as e (account, amount) "
                        "where e.account <> 'cash_rounding' or e.amount <> 0",
                        transfer, order, payment, from, account, amount.minorUnits(), (amount + coins).minorUnits(),
                        coins.minorUnits(), amount.currency().code());
}

/// What somebody has in the hand: a repayment in cash is in whole coins.
Money amountInHand(const pqxx::row &row, PaymentMethod method, RepaymentState state)
{
    const bool isCash =
        method == PaymentMethod::Cash || state == RepaymentState::InDoubt || state == RepaymentState::PaidOut;
    return Money(number(row["amount"]) + (isCash ? number(row["rounding"]) : 0), currencyOf(row["currency"]));
}

RepaymentView repaymentView(const pqxx::row &row)
{
    const auto method = enumOf<PaymentMethod>(row["method"]);
    const auto state = enumOf<RepaymentState>(row["state"]);
    return {.id = id<RepaymentId>(row["id"]),
            .method = method,
            .state = state,
            .amount = amountInHand(row, method, state),
            .failure = text(row["failure"])};
}

} // namespace

std::vector<PaidPart> lockPaidParts(Transaction &transaction, const OrderId &order, Currency currency,
                                    const std::vector<GiftCardId> &otherCards)
{
    std::vector<PaidPart> parts;
    for (const auto &row : transaction.query(
             "select a.id, a.method, ((case when a.order_id = $1 then a.amount else 0 end) "
             "+ coalesce((select sum(c.amount) from exchange_credit c where c.order_id = $1 and "
             "c.payment_id = a.id), 0) "
             "- coalesce((select sum(c.amount) from exchange_credit c where c.from_order = $1 and "
             "c.payment_id = a.id), 0) "
             "- coalesce((select sum(p.amount) from repayment p join refund f on f.id = p.refund_id where "
             "f.order_id = $1 and p.payment_id = a.id), 0))::bigint as left_over from payment_attempt a "
             "where (a.order_id = $1 or a.id in (select payment_id from exchange_credit where order_id = $1)) "
             "and a.state = 'captured' order by a.created_at, case a.method when 'cash' then 0 when 'gift_card' then 2 "
             "else 1 "
             "end, a.id for no key update of a",
             order)) {
        parts.push_back({.payment = id<PaymentId>(row["id"]),
                         .method = enumOf<PaymentMethod>(row["method"]),
                         .left = Money(number(row["left_over"]), currency)});
    }
    if (!otherCards.empty() || std::ranges::find(parts, PaymentMethod::GiftCard, &PaidPart::method) != parts.end())
        giftcards::lockThoseOf(transaction, order, otherCards);
    return parts;
}

bool isKnown(Transaction &transaction, const RefundId &refund, const OrderId &exchange)
{
    return !transaction
                .query("select 1 from refund where id = $1 "
                       "union all select 1 from exchange where refund_id = $1 and order_id <> $2",
                       refund, exchange)
                .empty();
}

void insert(Transaction &transaction, const RefundRow &refund, Instant now)
{
    transaction.execute("insert into refund (id, order_id, cause, reason, principal, amount, currency, created_at) "
                        "values ($1, $2, $3, $4, $5, $6, $7, $8)",
                        refund.id, refund.order, enumName(refund.cause), refund.reason, refund.principal,
                        refund.amount.minorUnits(), refund.amount.currency().code(), now);
    transaction.execute("insert into refund_line (order_id, line_no, refund_id) select $1, line, $2 "
                        "from unnest($3::int[]) as line",
                        refund.order, refund.id, refund.lines);
}

void insertRepayment(Transaction &transaction, const RefundRow &refund, const PlannedRepayment &planned, Instant now)
{
    const RepaymentId repayment = RepaymentId::create();
    const Money rounding = orderpricing::cashRounding(transaction, refund.order, planned.amount);
    transaction.execute("insert into repayment (id, refund_id, payment_id, method, state, currency, amount, rounding, "
                        "due_at, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)",
                        repayment, refund.id, planned.payment, enumName(planned.method), enumName(planned.state),
                        planned.amount.currency().code(), planned.amount.minorUnits(), rounding.minorUnits(), now);
    enter(transaction, repayment.text(), refund.order, planned.payment, u"ticket_sales"_s,
          accountOf(planned.method, planned.state), planned.amount, rounding);
    if (planned.method == PaymentMethod::GiftCard)
        giftcards::takeBack(transaction, repayment, planned.payment, planned.amount, now);
}

std::optional<RepaymentRow> findRepayment(Transaction &transaction, const RepaymentId &repayment)
{
    return first(transaction, transaction.query(repaymentColumns, repayment));
}

std::optional<RepaymentRow> lockRepayment(Transaction &transaction, const RepaymentId &repayment)
{
    transaction.execute("select from repayment where id = $1 for update", repayment);
    return findRepayment(transaction, repayment);
}

void updateRepayment(Transaction &transaction, const RepaymentRow &repayment, Instant now)
{
    transaction.execute(
        "update repayment set state = $2, provider_ref = $3, failure = $4, updated_at = $5 where id = $1", repayment.id,
        enumName(repayment.state), repayment.providerReference, repayment.failure, now);
}

std::vector<RepaymentRow> claimDue(Transaction &transaction, const std::vector<QString> &providers, int countMax)
{
    std::vector<RepaymentRow> claimed;
    for (const auto &due : transaction.query(
             "select p.id, p.attempts from repayment p join payment_attempt a on a.id = p.payment_id where "
             "p.state = 'created' and p.due_at <= clock_timestamp() and a.provider = any ($1::text[]) "
             "order by p.due_at limit $2 for update of p skip locked",
             providers, countMax)) {
        const int attempts = smallNumber(due["attempts"]) + 1;
        const auto repayment = id<RepaymentId>(due["id"]);
        transaction.execute("update repayment set attempts = $2, due_at = clock_timestamp() + "
                            "make_interval(secs => $3) where id = $1",
                            repayment, attempts, static_cast<int>(pauseBeforeAsking(attempts).count()));
        claimed.push_back(*findRepayment(transaction, repayment));
    }
    return claimed;
}

void askAgain(Transaction &transaction, const RepaymentId &repayment, Instant now)
{
    transaction.execute("update repayment set state = 'created', failure = '', attempts = 0, due_at = $2, "
                        "updated_at = $2 where id = $1",
                        repayment, now);
}

void payOut(Transaction &transaction, const RepaymentRow &repayment, const QString &principal, const QString &note,
            Instant now)
{
    const QString account = accountOf(repayment.payment.method, repayment.state);
    const RepaymentId transfer = RepaymentId::create();
    transaction.execute("update repayment set state = 'paid_out', payout_id = $2, payout_by = $3, payout_note = $4, "
                        "updated_at = $5 where id = $1",
                        repayment.id, transfer, principal, note, now);
    enter(transaction, transfer.text(), repayment.order, repayment.payment.id, account, u"cash_drawer"_s,
          repayment.amount, repayment.rounding);
}

std::vector<RefundView> ofOrder(Transaction &transaction, const OrderId &order)
{
    std::vector<RefundView> views;
    for (const auto &row :
         transaction.query("select f.id, f.cause, f.amount, f.currency, f.reason, f.created_at, c.year, c.number, "
                           "coalesce(u.display_name, f.principal) as by_name from refund f left join app_user u on "
                           "'user:' || u.id::text = f.principal left join credit_note c on c.refund_id = f.id "
                           "where f.order_id = $1 order by f.created_at, f.id",
                           order)) {
        views.push_back({.id = id<RefundId>(row["id"]),
                         .cause = enumOf<RefundCause>(row["cause"]),
                         .lines = {},
                         .amount = Money(number(row["amount"]), currencyOf(row["currency"])),
                         .reason = text(row["reason"]),
                         .by = text(row["by_name"]),
                         .at = instant(row["created_at"]),
                         .repayments = {},
                         .creditNote = row["number"].is_null() ? QString()
                                                               : receipts::creditNoteText(smallNumber(row["year"]),
                                                                                          smallNumber(row["number"]))});
    }
    for (const auto &row : transaction.query(
             "select refund_id, line_no from refund_line where order_id = $1 order by refund_id, line_no", order))
        std::ranges::find(views, id<RefundId>(row["refund_id"]), &RefundView::id)
            ->lines.push_back(smallNumber(row["line_no"]));
    for (const auto &row :
         transaction.query("select p.id, p.refund_id, p.method, p.state, p.amount, p.rounding, p.currency, p.failure "
                           "from repayment p "
                           "join refund f on f.id = p.refund_id where f.order_id = $1 order by p.created_at, p.id",
                           order))
        std::ranges::find(views, id<RefundId>(row["refund_id"]), &RefundView::id)
            ->repayments.push_back(repaymentView(row));
    return views;
}

std::vector<OpenRepayment> open(Transaction &transaction, int countMax)
{
    std::vector<OpenRepayment> waiting;
    for (const auto &row : transaction.query(
             "select p.id, p.method, p.state, p.amount, p.rounding, p.currency, p.attempts, p.created_at, case when "
             "p.state = 'created' and p.due_at < now() - interval '2 minutes' then 'The card provider (' || a.provider "
             "|| ') takes no refunds now, or no server has it. The log of the server says why.' else p.failure end as "
             "failure, f.order_id, o.number, o.buyer_name, e.title from repayment p "
             "join payment_attempt a on a.id = p.payment_id join refund f on f.id = p.refund_id "
             "join sale_order o on o.id = f.order_id join performance s on s.id = o.performance_id "
             "join event e on e.id = s.event_id where p.state in ('created', 'in_doubt', 'owed') "
             "order by p.state = 'in_doubt' desc, p.created_at, p.id limit $1",
             countMax)) {
        waiting.push_back({.repayment = repaymentView(row),
                           .order = id<OrderId>(row["order_id"]),
                           .orderNumber = text(row["number"]),
                           .eventTitle = text(row["title"]),
                           .buyerName = text(row["buyer_name"]),
                           .since = instant(row["created_at"]),
                           .attempts = smallNumber(row["attempts"])});
    }
    return waiting;
}

void voidTickets(Transaction &transaction, const OrderId &order, const std::vector<int> &lines)
{
    transaction.execute(
        "update ticket set state = 'void' where order_id = $1 and line_no = any($2::int[]) and state = 'valid'", order,
        lines);
}

void removeSoldPlaces(Transaction &transaction, const OrderId &order, const std::vector<int> &lines)
{
    transaction.execute("delete from sold_place where order_id = $1 and line_no = any($2::int[])", order, lines);
}

void tellOutbox(Transaction &transaction, const OrderRow &order, const RefundRow &refund, Instant now)
{
    QJsonArray lines;
    for (const int line : refund.lines)
        lines.append(line);
    const QJsonObject fact{{u"order"_s, order.id.text()},
                           {u"number"_s, order.number},
                           {u"performance"_s, order.performance.text()},
                           {u"refund"_s, refund.id.text()},
                           {u"cause"_s, enumName(refund.cause)},
                           {u"state"_s, enumName(order.state)},
                           {u"lines"_s, lines},
                           {u"places"_s, static_cast<qint64>(refund.lines.size())},
                           {u"amount"_s, JsonWriter::toValue(refund.amount)},
                           {u"at"_s, instantToText(now)}};
    transaction.execute("insert into outbox (topic, key, payload) values ('order.refunded', $1, $2::jsonb)", order.id,
                        fact);
}

} // namespace parterre::server::refunds
