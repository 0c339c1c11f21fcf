#include "receipts/receiptrepository.h"

#include "aftersale/refundrepository.h"
#include "base/assert.h"
#include "checkout/orderrepository.h"
#include "db/transaction.h"

#include <algorithm>

namespace parterre::server::receipts {

using namespace Qt::StringLiterals;

namespace {

QString numberText(int year, int number)
{
    return u"R-%1-%2"_s.arg(year).arg(number, 6, 10, QChar(u'0'));
}

std::vector<ReceiptPayment> paymentsOf(const OrderView &order)
{
    if (order.total.isZero())
        return {{u"Nothing to pay"_s, order.total}};
    std::vector<ReceiptPayment> payments;
    Money due = order.total;
    if (order.exchangedFrom) {
        payments.push_back(
            {u"Paid by places of order %1"_s.arg(order.exchangedFrom->number), order.exchangedFrom->credit});
        due -= order.exchangedFrom->credit;
    }
    if (due.isZero())
        return payments;
    for (const TenderView &tender : order.tenders) {
        if (tender.method == PaymentMethod::GiftCard)
            payments.push_back({u"Paid by the gift card that ends in %1"_s.arg(tender.lastFour), tender.amount});
        else if (tender.method != PaymentMethod::Cash)
            payments.push_back({u"Paid by card"_s, tender.amount});
        else if (order.paymentMethod != PaymentMethod::Cash) // Beside a card it is exact.
            payments.push_back({u"Paid in cash"_s, tender.amount});
    }
    if (!order.tenders.empty() && order.paymentMethod != PaymentMethod::Cash)
        return payments;
    if (order.paymentMethod != PaymentMethod::Cash) {
        payments.push_back({u"Paid by card"_s, due});
        return payments;
    }
    if (!order.rounding.isZero())
        payments.push_back({u"Rounded to the smallest coin"_s, order.rounding});
    payments.push_back({u"Paid in cash"_s, order.tendered});
    if (!order.change.isZero())
        payments.push_back({u"Change"_s, -order.change});
    return payments;
}

/// What became of the money, in the words of the customer.
QString repaymentText(const RepaymentView &repayment)
{
    if (repayment.state == RepaymentState::PaidOut || repayment.state == RepaymentState::InDoubt)
        return repayment.state == RepaymentState::PaidOut ? u"Paid out in cash"_s : u"Kept at the box office"_s;
    switch (repayment.method) {
    case PaymentMethod::Cash:
        return repayment.state == RepaymentState::Owed ? u"Kept at the box office, in cash"_s : u"In cash"_s;
    case PaymentMethod::Card:
    case PaymentMethod::Terminal:
        return u"To the card that paid"_s;
    case PaymentMethod::GiftCard:
        return u"To the gift card"_s;
    }
    return {};
}

std::vector<ReceiptPayment> repaymentsOf(Transaction &transaction, const RefundView &refund)
{
    std::vector<ReceiptPayment> payments;
    if (const auto taken = exchangedFor(transaction, refund.id); taken && !taken->amount.isZero())
        payments.push_back({u"For the places of order %1"_s.arg(taken->orderNumber), taken->amount});
    for (const RepaymentView &repayment : refund.repayments)
        payments.push_back({repaymentText(repayment), repayment.amount});
    return payments;
}

/// The order as it stands on the note: what was given back then, and what that was made of. Returns the fees of the
/// order that went with it.
std::vector<FeeSum> keepOnly(Transaction &transaction, OrderView &order, const RefundView &refund)
{
    std::erase_if(order.lines, [&](const OrderLine &line) {
        return std::ranges::find(refund.lines, line.number) == refund.lines.end();
    });
    Money ofLines(0, order.total.currency());
    for (const OrderLine &line : order.lines)
        ofLines += line.total;
    const bool hasOrderFees = ofLines != refund.amount; // They go back with the last line.
    std::vector<Charge> charges = orders::charges(transaction, order.id);
    std::erase_if(charges, [&](const Charge &charge) {
        return charge.line == 0 ? !hasOrderFees : std::ranges::find(refund.lines, charge.line) == refund.lines.end();
    });
    order.total = refund.amount;
    order.fees = feeSums(charges);
    order.taxes = taxSums(charges);
    std::erase_if(charges, [](const Charge &charge) { return charge.line != 0; });
    return feeSums(charges);
}

} // namespace

QString creditNoteText(int year, int number)
{
    return u"C-%1-%2"_s.arg(year).arg(number, 6, 10, QChar(u'0'));
}

void nameCreditNotes(Transaction &transaction, OrderView &order)
{
    for (const auto &row : transaction.query("select c.refund_id, c.year, c.number from credit_note c "
                                             "join refund f on f.id = c.refund_id where f.order_id = $1",
                                             order.id)) {
        const auto refund = std::ranges::find(order.refunds, id<RefundId>(row["refund_id"]), &RefundView::id);
        if (refund != order.refunds.end())
            refund->creditNote = creditNoteText(smallNumber(row["year"]), smallNumber(row["number"]));
    }
}

std::optional<ExchangedFor> exchangedFor(Transaction &transaction, const RefundId &refund)
{
    const auto rows = transaction.query(
        "select o.number, o.buyer_email, o.currency, coalesce((select sum(c.amount) from exchange_credit c "
        "where c.order_id = x.order_id), 0)::bigint as amount "
        "from exchange x join sale_order o on o.id = x.order_id where x.refund_id = $1",
        refund);
    if (rows.empty())
        return std::nullopt;
    return ExchangedFor{.orderNumber = text(rows[0]["number"]),
                        .buyerEmail = text(rows[0]["buyer_email"]),
                        .amount = Money(number(rows[0]["amount"]), currencyOf(rows[0]["currency"]))};
}

void issueCreditNote(Transaction &transaction, const RefundRow &refund, Instant now)
{
    if (refund.amount.isZero())
        return;
    // Sorts before the receipts' counter, which the new order of an exchange takes in the same transaction.
    transaction.lastly(u"+creditnote"_s, [id = refund.id, now](Transaction &last) {
        last.execute(
            "with counted as (insert into credit_note_counter as c (venue_id, year, last) "
            "  select v.id, extract(year from $2::timestamptz at time zone v.time_zone)::int, 1 "
            "  from refund f join sale_order o on o.id = f.order_id join performance p on p.id = o.performance_id "
            "  join event e on e.id = p.event_id join venue v on v.id = e.venue_id where f.id = $1 "
            "  on conflict (venue_id, year) do update set last = c.last + 1 returning venue_id, year, last) "
            "insert into credit_note (refund_id, venue_id, year, number, issued_at) "
            "select $1, venue_id, year, last, $2 from counted",
            id, now);
    });
}

void issue(Transaction &transaction, const OrderId &order, Instant now)
{
    issueAll(transaction, {order}, now);
}

void issueAll(Transaction &transaction, const std::vector<OrderId> &orders, Instant now)
{
    // Sorts before the ids of maps, whose numbers are waited for by holds too.
    transaction.lastly(u"+receipt"_s, [orders, now](Transaction &last) {
        const auto given = last.execute(
            "with sold as (select n.order_id, v.id as venue_id, "
            "    extract(year from $2::timestamptz at time zone v.time_zone)::int as year, "
            "    row_number() over (partition by v.id order by n.place) as place, "
            "    count(*) over (partition by v.id) as count "
            "  from unnest($1::uuid[]) with ordinality as n(order_id, place) join sale_order o on o.id = n.order_id "
            "  join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
            "  join venue v on v.id = e.venue_id), "
            "counted as (insert into receipt_counter as c (venue_id, year, last) "
            "  select venue_id, year, count from sold where place = 1 order by venue_id "
            "  on conflict (venue_id, year) do update set last = c.last + excluded.last returning venue_id, last) "
            "insert into receipt (order_id, venue_id, year, number, issued_at) "
            "select s.order_id, s.venue_id, s.year, c.last - s.count + s.place, $2 "
            "from sold s join counted c on c.venue_id = s.venue_id",
            orders, now);
        PT_ASSERT(given == static_cast<qint64>(orders.size()), "every order that is sold has its receipt");
    });
}

std::optional<IssuedReceipt> find(Transaction &transaction, const OrderId &order)
{
    auto view = orders::view(transaction, order);
    if (!view)
        return std::nullopt;
    const auto rows = transaction.query(
        "select o.owner, r.year, r.number, r.issued_at, v.name, v.address, v.seller_name, v.seller_address, "
        "v.seller_tax_number, v.seller_registration, v.seller_email "
        "from sale_order o join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
        "join venue v on v.id = e.venue_id left join receipt r on r.order_id = o.id where o.id = $1",
        order);
    const auto &row = rows[0];
    const auto firstOf = [](const QString &said, const QString &otherwise) {
        return said.isEmpty() ? otherwise : said;
    };
    IssuedReceipt issued{.owner = text(row["owner"]), .sheet = {}};
    ReceiptSheet &sheet = issued.sheet;
    sheet.seller = {.name = firstOf(text(row["seller_name"]), text(row["name"])),
                    .address = firstOf(text(row["seller_address"]), text(row["address"])),
                    .taxNumber = text(row["seller_tax_number"]),
                    .registration = text(row["seller_registration"]),
                    .email = text(row["seller_email"])};
    if (!row["number"].is_null()) {
        sheet.number = numberText(smallNumber(row["year"]), smallNumber(row["number"]));
        sheet.issuedAt = instant(row["issued_at"]);
    }
    std::vector<Charge> ofOrder = orders::charges(transaction, order);
    std::erase_if(ofOrder, [](const Charge &charge) { return charge.line != 0; });
    sheet.orderFees = feeSums(ofOrder);
    sheet.payments = paymentsOf(*view);
    sheet.order = *std::move(view);
    return issued;
}

std::optional<IssuedReceipt> findCreditNote(Transaction &transaction, const RefundId &refund)
{
    const auto rows = transaction.query(
        "select f.order_id, c.year, c.number, c.issued_at, v.time_zone from refund f join sale_order o on "
        "o.id = f.order_id join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
        "join venue v on v.id = e.venue_id left join credit_note c on c.refund_id = f.id where f.id = $1",
        refund);
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    auto issued = find(transaction, id<OrderId>(row["order_id"]));
    PT_ASSERT(issued.has_value(), "an order is never deleted");
    ReceiptSheet &sheet = issued->sheet;
    const auto found = std::ranges::find(sheet.order.refunds, refund, &RefundView::id);
    if (found == sheet.order.refunds.end())
        return std::nullopt;
    const RefundView given = *found;
    sheet.corrects = sheet.number;
    sheet.number = given.creditNote;
    if (!row["issued_at"].is_null())
        sheet.issuedAt = instant(row["issued_at"]);
    sheet.orderFees = keepOnly(transaction, sheet.order, given);
    sheet.payments = repaymentsOf(transaction, given);
    return issued;
}

} // namespace parterre::server::receipts
