#include "receipts/receiptrepository.h"

#include "checkout/orderrepository.h"
#include "db/transaction.h"

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

} // namespace

void issue(Transaction &transaction, const OrderId &order, Instant now)
{
    // Sorts before the ids of maps, whose numbers are waited for by holds too.
    transaction.lastly(u"+receipt"_s, [order, now](Transaction &last) {
        last.execute(
            "with counted as (insert into receipt_counter as c (venue_id, year, last) "
            "  select v.id, extract(year from $2::timestamptz at time zone v.time_zone)::int, 1 "
            "  from sale_order o join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
            "  join venue v on v.id = e.venue_id where o.id = $1 "
            "  on conflict (venue_id, year) do update set last = c.last + 1 returning venue_id, year, last) "
            "insert into receipt (order_id, venue_id, year, number, issued_at) "
            "select $1, venue_id, year, last, $2 from counted",
            order, now);
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

} // namespace parterre::server::receipts
