#include "checkout/orderrepository.h"

#include "aftersale/exchangerepository.h"
#include "aftersale/refundrepository.h"
#include "base/assert.h"
#include "db/transaction.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace orders {

namespace {

std::vector<OrderLine> linesOf(Transaction &transaction, const OrderId &order, Currency currency)
{
    std::vector<OrderLine> lines;
    for (const auto &row :
         transaction.query("select l.line_no, l.place, l.is_area, l.place_no, l.place_name, l.zone_name, "
                           "l.price_type_id, l.price_type_name, l.amount, l.note, l.discount, l.fee, l.tax, l.total, "
                           "case when f.id is null then 'sold' when f.cause = 'exchange' then 'exchanged' "
                           "else 'refunded' end as state "
                           "from order_line l left join refund_line r on r.order_id = l.order_id and "
                           "r.line_no = l.line_no left join refund f on f.id = r.refund_id "
                           "where l.order_id = $1 order by l.line_no",
                           order)) {
        lines.push_back({.number = smallNumber(row["line_no"]),
                         .place = text(row["place"]),
                         .isArea = flag(row["is_area"]),
                         .placeNumber = smallNumber(row["place_no"]),
                         .placeName = text(row["place_name"]),
                         .zoneName = text(row["zone_name"]),
                         .priceType = id<PriceTypeId>(row["price_type_id"]),
                         .priceTypeName = text(row["price_type_name"]),
                         .amount = Money(number(row["amount"]), currency),
                         .note = text(row["note"]),
                         .state = enumOf<LineState>(row["state"]),
                         .discount = Money(number(row["discount"]), currency),
                         .fee = Money(number(row["fee"]), currency),
                         .tax = Money(number(row["tax"]), currency),
                         .total = Money(number(row["total"]), currency)});
    }
    return lines;
}

std::optional<OrderRow> firstOrder(Transaction &transaction, const pqxx::result &rows)
{
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    const Currency currency = currencyOf(row["currency"]);
    OrderRow order{.id = id<OrderId>(row["id"]),
                   .number = text(row["number"]),
                   .performance = id<PerformanceId>(row["performance_id"]),
                   .hold = id<HoldId>(row["hold_id"]),
                   .owner = text(row["owner"]),
                   .channel = enumOf<SalesChannel>(row["channel"]),
                   .state = enumOf<OrderState>(row["state"]),
                   .total = Money(number(row["total"]), currency),
                   .buyer = {.name = text(row["buyer_name"]), .email = text(row["buyer_email"])},
                   .createdAt = instant(row["created_at"]),
                   .lines = {},
                   .exchangedFrom = id<OrderId>(row["exchanged_from"]),
                   .fee = Money(number(row["fee"]), currency)};
    if (!row["promotion_id"].is_null())
        order.promotion = id<PromotionId>(row["promotion_id"]);
    order.lines = linesOf(transaction, order.id, currency);
    return order;
}

/// In one statement, since each would be a round trip.
void insertLines(Transaction &transaction, const OrderRow &order)
{
    ArrayLiteral numbers;
    ArrayLiteral places;
    std::vector<int> areas;
    ArrayLiteral placeNumbers;
    ArrayLiteral placeNames;
    ArrayLiteral zoneNames;
    ArrayLiteral types;
    ArrayLiteral typeNames;
    ArrayLiteral notes;
    std::vector<qint64> amounts;
    std::vector<qint64> discounts;
    std::vector<qint64> fees;
    std::vector<qint64> taxes;
    std::vector<qint64> totals;
    for (const OrderLine &line : order.lines) {
        numbers.add(line.number);
        places.add(line.place);
        areas.push_back(line.isArea ? 1 : 0);
        placeNumbers.add(line.placeNumber);
        placeNames.add(line.placeName);
        zoneNames.add(line.zoneName);
        types.add(line.priceType);
        typeNames.add(line.priceTypeName);
        notes.add(line.note);
        amounts.push_back(line.amount.minorUnits());
        discounts.push_back(line.discount.minorUnits());
        fees.push_back(line.fee.minorUnits());
        taxes.push_back(line.tax.minorUnits());
        totals.push_back(line.total.minorUnits());
    }
    transaction.execute(
        "insert into order_line (order_id, performance_id, line_no, place, is_area, place_no, place_name, zone_name, "
        "price_type_id, price_type_name, note, amount, discount, fee, tax, tax_added, total) "
        "select $1::uuid, $2::uuid, n.line_no, n.place, n.is_area = 1, n.place_no, n.place_name, n.zone_name, n.type, "
        "n.type_name, n.note, n.amount, n.discount, n.fee, n.tax, n.total - (n.amount - n.discount + n.fee), n.total "
        "from unnest($3::int[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::uuid[], $10::text[], "
        "$11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[]) as n(line_no, place, "
        "is_area, place_no, place_name, zone_name, type, type_name, note, amount, discount, fee, tax, total)",
        order.id, order.performance, numbers, places, areas, placeNumbers, placeNames, zoneNames, types, typeNames,
        notes, amounts, discounts, fees, taxes, totals);
}

/// In one statement, since every order has as many charges as lines, or more.
void insertCharges(Transaction &transaction, const OrderRow &order)
{
    std::vector<int> lines;
    std::vector<QString> kinds;
    std::vector<QString> names;
    std::vector<qint64> amounts;
    std::vector<QString> taxNames;
    std::vector<int> taxRates;
    std::vector<int> taxesIncluded;
    std::vector<qint64> taxes;
    for (const Charge &charge : order.charges) {
        const Tax tax = charge.tax.value_or(Tax());
        lines.push_back(charge.line);
        kinds.push_back(enumName(charge.kind));
        names.push_back(charge.name);
        amounts.push_back(charge.amount.minorUnits());
        taxNames.push_back(tax.name);
        taxRates.push_back(tax.rateBasisPoints);
        taxesIncluded.push_back(tax.isIncluded ? 1 : 0);
        taxes.push_back(charge.taxAmount.minorUnits());
    }
    transaction.execute(
        "insert into order_charge (order_id, charge_no, line_no, kind, name, amount, tax_name, tax_rate, "
        "tax_included, tax) select $1::uuid, c.number, c.line, c.kind, c.name, c.amount, c.tax_name, "
        "c.rate, c.included = 1, c.tax from unnest($2::int[], $3::text[], $4::text[], $5::bigint[], "
        "$6::text[], $7::int[], $8::int[], $9::bigint[]) with ordinality as c(line, kind, name, "
        "amount, tax_name, rate, included, tax, number)",
        order.id, lines, kinds, names, amounts, taxNames, taxRates, taxesIncluded, taxes);
}

} // namespace

std::vector<Charge> charges(Transaction &transaction, const OrderId &order)
{
    std::vector<Charge> charges;
    for (const auto &row :
         transaction.query("select c.line_no, c.kind, c.name, c.amount, c.tax_name, c.tax_rate, c.tax_included, c.tax, "
                           "o.currency from order_charge c join sale_order o on o.id = c.order_id "
                           "where c.order_id = $1 order by c.charge_no",
                           order)) {
        const Currency currency = currencyOf(row["currency"]);
        Charge charge{.line = smallNumber(row["line_no"]),
                      .kind = enumOf<ChargeKind>(row["kind"]),
                      .name = text(row["name"]),
                      .amount = Money(number(row["amount"]), currency),
                      .tax = std::nullopt,
                      .taxAmount = Money(number(row["tax"]), currency)};
        if (!text(row["tax_name"]).isEmpty()) {
            charge.tax = Tax{.name = text(row["tax_name"]),
                             .rateBasisPoints = smallNumber(row["tax_rate"]),
                             .isIncluded = flag(row["tax_included"])};
        }
        charges.push_back(std::move(charge));
    }
    return charges;
}

void insert(Transaction &transaction, OrderRow &order)
{
    const auto rows = transaction.query(
        "insert into sale_order (id, performance_id, hold_id, owner, channel, state, currency, total, buyer_name, "
        "buyer_email, "
        "created_at, fee, promotion_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
        "returning number",
        order.id, order.performance, order.hold, order.owner, enumName(order.channel), enumName(order.state),
        order.total.currency().code(), order.total.minorUnits(), order.buyer.name, order.buyer.email, order.createdAt,
        order.fee.minorUnits(), order.promotion);
    order.number = text(rows[0]["number"]);
    insertLines(transaction, order);
    insertCharges(transaction, order);
}

std::optional<HeldFor> heldFor(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query("select hold_id, exchanged_from from sale_order where id = $1", order);
    if (rows.empty())
        return std::nullopt;
    return HeldFor{.hold = id<HoldId>(rows[0]["hold_id"]), .exchangedFrom = id<OrderId>(rows[0]["exchanged_from"])};
}

std::optional<OrderRow> find(Transaction &transaction, const OrderId &order)
{
    return firstOrder(
        transaction, transaction.query(
                         "select id, number, performance_id, hold_id, owner, channel, state, currency, total, "
                         "buyer_name, buyer_email, created_at, exchanged_from, promotion_id, fee from sale_order where "
                         "id = $1",
                         order));
}

std::optional<OrderRow> lock(Transaction &transaction, const OrderId &order)
{
    return firstOrder(
        transaction, transaction.query(
                         "select id, number, performance_id, hold_id, owner, channel, state, currency, total, "
                         "buyer_name, buyer_email, created_at, exchanged_from, promotion_id, fee from sale_order where "
                         "id = $1 for update",
                         order));
}

void setState(Transaction &transaction, const OrderId &order, OrderState state, Instant now)
{
    const std::optional<Instant> confirmedAt = state == OrderState::Confirmed ? std::optional(now) : std::nullopt;
    transaction.execute("update sale_order set state = $2, confirmed_at = coalesce(confirmed_at, $3) where id = $1",
                        order, enumName(state), confirmedAt);
}

void setExchangedFrom(Transaction &transaction, const OrderId &order, const OrderId &from)
{
    transaction.execute("update sale_order set exchanged_from = $2 where id = $1", order,
                        from.isNull() ? std::nullopt : std::optional(from));
}

void expireOthers(Transaction &transaction, const HoldId &hold, const OrderId &kept)
{
    transaction.execute("update sale_order set state = 'expired' where hold_id = $1 and id <> $2 and state = 'open'",
                        hold, kept);
}

void keepOverride(Transaction &transaction, const OrderId &order, const std::vector<int> &leftAlone,
                  const QString &reason)
{
    transaction.execute("insert into orphan_override (order_id, seats, reason) values ($1, $2::int[], $3)", order,
                        leftAlone, reason);
}

namespace {

/// The payment and its parts: gift cards, then a card, then cash.
std::vector<TenderView> tendersOf(Transaction &transaction, const PaymentId &lead, Currency currency)
{
    std::vector<TenderView> tenders;
    for (const auto &row :
         transaction.query("select a.method, a.amount, coalesce(g.last_four, '') as last_four from payment_attempt a "
                           "left join gift_card g on g.id = a.gift_card_id where a.id = $1 or a.part_of = $1 "
                           "order by a.gift_card_id is null, a.method = 'cash', a.id",
                           lead)) {
        tenders.push_back({.method = enumOf<PaymentMethod>(row["method"]),
                           .amount = Money(number(row["amount"]), currency),
                           .lastFour = text(row["last_four"])});
    }
    return tenders;
}

} // namespace

std::optional<OrderView> view(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query(
        "select o.id, o.number, o.state, o.performance_id, o.hold_id, o.currency, o.total, o.fee, o.buyer_name, "
        "o.buyer_email, o.created_at, o.confirmed_at, o.exchanged_from, e.title, v.name as venue, v.time_zone, "
        "p.starts_at, p.refundable_until, m.name as promotion, a.id as payment, a.in_parts, a.method, "
        "a.state as payment_state, a.action_url, coalesce(a.tendered, 0) as tendered, "
        "coalesce(a.change_given, 0) as change_given, coalesce(a.rounding, 0) as rounding "
        "from sale_order o join performance p on p.id = o.performance_id join event e on e.id = p.event_id "
        "join venue v on v.id = e.venue_id left join promotion m on m.id = o.promotion_id "
        "left join lateral (select id, method, state, action_url, tendered, change_given, rounding, "
        "                   method = 'gift_card' or exists (select from payment_attempt p where p.part_of = l.id) as "
        "                   in_parts from payment_attempt l where order_id = o.id and part_of is null "
        "                   order by created_at desc, id desc limit 1) a on true "
        "where o.id = $1",
        order);
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    const Currency currency = currencyOf(row["currency"]);
    OrderView view{.id = order,
                   .number = text(row["number"]),
                   .state = enumOf<OrderState>(row["state"]),
                   .performance = id<PerformanceId>(row["performance_id"]),
                   .eventTitle = text(row["title"]),
                   .venueName = text(row["venue"]),
                   .startsAt = instant(row["starts_at"]),
                   .timeZone = text(row["time_zone"]),
                   .hold = id<HoldId>(row["hold_id"]),
                   .total = Money(number(row["total"]), currency),
                   .lines = linesOf(transaction, order, currency),
                   .buyer = {.name = text(row["buyer_name"]), .email = text(row["buyer_email"])},
                   .createdAt = instant(row["created_at"]),
                   .confirmedAt = optionalInstant(row["confirmed_at"]),
                   .paymentMethod = std::nullopt,
                   .paymentState = std::nullopt,
                   .paymentActionUrl = std::nullopt,
                   .tendered = Money(number(row["tendered"]), currency),
                   .change = Money(number(row["change_given"]), currency),
                   .tickets = {},
                   .fee = Money(number(row["fee"]), currency),
                   .rounding = Money(number(row["rounding"]), currency),
                   .refundableUntil = optionalInstant(row["refundable_until"])};
    const std::vector<Charge> made = charges(transaction, order);
    view.fees = feeSums(made);
    view.taxes = taxSums(made);
    view.discount = Money(0, currency);
    for (const OrderLine &line : view.lines)
        view.discount += line.discount;
    if (!row["promotion"].is_null())
        view.promotion = text(row["promotion"]);
    if (!row["method"].is_null()) {
        view.paymentMethod = enumOf<PaymentMethod>(row["method"]);
        view.paymentState = enumOf<PaymentState>(row["payment_state"]);
        if (view.paymentState == PaymentState::RequiresAction)
            view.paymentActionUrl = text(row["action_url"]);
        if (flag(row["in_parts"]))
            view.tenders = tendersOf(transaction, id<PaymentId>(row["payment"]), currency);
    }
    if (view.confirmedAt) { // Before, there is nothing of it that could be used, or be given back.
        for (const auto &ticket :
             transaction.query("select id from ticket where order_id = $1 and state = 'valid' order by line_no", order))
            view.tickets.push_back(id<TicketId>(ticket["id"]));
    }
    if (!row["exchanged_from"].is_null())
        view.exchangedFrom = exchanges::origin(transaction, order);
    if (view.confirmedAt && view.state != OrderState::Confirmed)
        view.refunds = refunds::ofOrder(transaction, order);
    return view;
}

OrderView viewOfKnown(Transaction &transaction, const OrderId &order)
{
    auto found = view(transaction, order);
    PT_ASSERT(found.has_value(), "an order is never deleted");
    return *std::move(found);
}

std::vector<OrderId> search(Transaction &transaction, const QString &owner, const QString &wanted, int countMax)
{
    std::vector<OrderId> found;
    for (const auto &row : transaction.query(
             "select id from sale_order where ($1 = '' or owner = $1) and ($2 = '' or position(lower($2) in "
             "lower(number)) > 0 "
             "or position(lower($2) in lower(buyer_name)) > 0 or position(lower($2) in lower(buyer_email)) > 0) "
             "and state not in ('open', 'expired') order by created_at desc, id limit $3",
             owner, wanted, countMax))
        found.push_back(id<OrderId>(row["id"]));
    return found;
}

} // namespace orders

namespace payments {

namespace {

PaymentRow rowToPayment(const pqxx::row &row)
{
    const Currency currency = currencyOf(row["currency"]);
    return {.id = id<PaymentId>(row["id"]),
            .order = id<OrderId>(row["order_id"]),
            .method = enumOf<PaymentMethod>(row["method"]),
            .state = enumOf<PaymentState>(row["state"]),
            .amount = Money(number(row["amount"]), currency),
            .tendered = Money(number(row["tendered"]), currency),
            .change = Money(number(row["change_given"]), currency),
            .cardToken = text(row["card_token"]),
            .providerReference = text(row["provider_ref"]),
            .failure = text(row["failure"]),
            .actionUrl = text(row["action_url"]),
            .deadline = instant(row["deadline"]),
            .createdAt = instant(row["created_at"]),
            .rounding = Money(number(row["rounding"]), currency)};
}

} // namespace

void insert(Transaction &transaction, const PaymentRow &payment, Instant now)
{
    transaction.execute(
        "insert into payment_attempt (id, order_id, method, state, currency, amount, tendered, change_given, "
        "card_token, deadline, created_at, updated_at, rounding) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)",
        payment.id, payment.order, enumName(payment.method), enumName(payment.state), payment.amount.currency().code(),
        payment.amount.minorUnits(), payment.tendered.minorUnits(), payment.change.minorUnits(), payment.cardToken,
        payment.deadline, now, payment.rounding.minorUnits());
}

std::optional<PaymentRow> lock(Transaction &transaction, const PaymentId &payment)
{
    const auto rows = transaction.query("select * from payment_attempt where id = $1 for update", payment);
    return rows.empty() ? std::nullopt : std::optional(rowToPayment(rows[0]));
}

std::optional<PaymentRow> find(Transaction &transaction, const PaymentId &payment)
{
    const auto rows = transaction.query("select * from payment_attempt where id = $1", payment);
    return rows.empty() ? std::nullopt : std::optional(rowToPayment(rows[0]));
}

std::vector<PaymentRow> partsOf(Transaction &transaction, const PaymentId &lead)
{
    std::vector<PaymentRow> parts;
    for (const auto &row : transaction.query("select * from payment_attempt where part_of = $1 order by id", lead))
        parts.push_back(rowToPayment(row));
    return parts;
}

void update(Transaction &transaction, const PaymentRow &payment, Instant now)
{
    transaction.execute(
        "update payment_attempt set state = $2, provider_ref = $3, failure = $4, deadline = $5, updated_at = $6, "
        "action_url = $7 where id = $1",
        payment.id, enumName(payment.state), payment.providerReference, payment.failure, payment.deadline, now,
        payment.actionUrl);
}

std::vector<PaymentRow> claimOverdue(Transaction &transaction, int retrySeconds, int countMax)
{
    std::vector<PaymentRow> overdue;
    for (const auto &row :
         transaction.query("update payment_attempt set deadline = clock_timestamp() + make_interval(secs => $1) "
                           "where id in (select id from payment_attempt where state in ('created', 'authorising', "
                           "'requires_action', 'authorised', 'in_doubt') and part_of is null "
                           "             and deadline <= clock_timestamp() order by deadline limit $2 for update skip "
                           "locked) returning *",
                           retrySeconds, countMax))
        overdue.push_back(rowToPayment(row));
    return overdue;
}

} // namespace payments

} // namespace parterre::server
