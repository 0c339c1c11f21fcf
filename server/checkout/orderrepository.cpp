#include "checkout/orderrepository.h"

#include "aftersale/exchangerepository.h"
#include "aftersale/refundrepository.h"
#include "base/assert.h"
#include "db/transaction.h"

#include <map>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace orders {

namespace {

/// Of each order, by number.
std::map<OrderId, std::vector<OrderLine>> linesOf(Transaction &transaction, const std::vector<OrderId> &orders)
{
    std::map<OrderId, std::vector<OrderLine>> lines;
    for (const auto &row :
         transaction.query("select l.order_id, l.line_no, l.place, l.is_area, l.place_no, l.place_name, l.zone_name, "
                           "l.price_type_id, l.price_type_name, l.amount, l.note, l.discount, l.fee, l.tax, l.total, "
                           "o.currency, case when f.id is null then 'sold' when f.cause = 'exchange' then 'exchanged' "
                           "else 'refunded' end as state "
                           "from order_line l join sale_order o on o.id = l.order_id "
                           "left join refund_line r on r.order_id = l.order_id and "
                           "r.line_no = l.line_no left join refund f on f.id = r.refund_id "
                           "where l.order_id = any($1::uuid[]) order by l.order_id, l.line_no",
                           orders)) {
        const Currency currency = currencyOf(row["currency"]);
        lines[id<OrderId>(row["order_id"])].push_back({.number = smallNumber(row["line_no"]),
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

#define ORDER_COLUMNS                                                                                                  \
    "id, number, performance_id, hold_id, owner, channel, state, currency, total, buyer_name, buyer_email, "           \
    "created_at, exchanged_from, promotion_id, fee"

/// Without its lines.
OrderRow rowToOrder(const pqxx::row &row)
{
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
    return order;
}

std::optional<OrderRow> firstOrder(Transaction &transaction, const pqxx::result &rows)
{
    if (rows.empty())
        return std::nullopt;
    OrderRow order = rowToOrder(rows[0]);
    order.lines = linesOf(transaction, {order.id})[order.id];
    return order;
}

/// In one statement, since each would be a round trip.
void insertLines(Transaction &transaction, const std::vector<OrderRow *> &orders)
{
    ArrayLiteral ids;
    ArrayLiteral performances;
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
    for (const OrderRow *order : orders) {
        for (const OrderLine &line : order->lines) {
            ids.add(order->id);
            performances.add(order->performance);
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
    }
    transaction.execute(
        "insert into order_line (order_id, performance_id, line_no, place, is_area, place_no, place_name, zone_name, "
        "price_type_id, price_type_name, note, amount, discount, fee, tax, tax_added, total) "
        "select n.id, n.performance, n.line_no, n.place, n.is_area = 1, n.place_no, n.place_name, n.zone_name, n.type, "
        "n.type_name, n.note, n.amount, n.discount, n.fee, n.tax, n.total - (n.amount - n.discount + n.fee), n.total "
        "from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], "
        "$9::uuid[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], "
        "$16::bigint[]) as n(id, performance, line_no, place, is_area, place_no, place_name, zone_name, type, "
        "type_name, note, amount, discount, fee, tax, total)",
        ids, performances, numbers, places, areas, placeNumbers, placeNames, zoneNames, types, typeNames, notes,
        amounts, discounts, fees, taxes, totals);
}

/// In one statement, since every order has as many charges as lines, or more.
void insertCharges(Transaction &transaction, const std::vector<OrderRow *> &orders)
{
    ArrayLiteral ids;
    std::vector<int> numbers;
    std::vector<int> lines;
    ArrayLiteral kinds;
    ArrayLiteral names;
    std::vector<qint64> amounts;
    ArrayLiteral taxNames;
    std::vector<int> taxRates;
    std::vector<int> taxesIncluded;
    std::vector<qint64> taxes;
    for (const OrderRow *order : orders) {
        int place = 0;
        for (const Charge &charge : order->charges) {
            const Tax tax = charge.tax.value_or(Tax());
            ids.add(order->id);
            numbers.push_back(++place);
            lines.push_back(charge.line);
            kinds.add(enumName(charge.kind));
            names.add(charge.name);
            amounts.push_back(charge.amount.minorUnits());
            taxNames.add(tax.name);
            taxRates.push_back(tax.rateBasisPoints);
            taxesIncluded.push_back(tax.isIncluded ? 1 : 0);
            taxes.push_back(charge.taxAmount.minorUnits());
        }
    }
    transaction.execute(
        "insert into order_charge (order_id, charge_no, line_no, kind, name, amount, tax_name, tax_rate, "
        "tax_included, tax) select c.id, c.number, c.line, c.kind, c.name, c.amount, c.tax_name, "
        "c.rate, c.included = 1, c.tax from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], "
        "$6::bigint[], $7::text[], $8::int[], $9::int[], $10::bigint[]) as c(id, number, line, kind, name, "
        "amount, tax_name, rate, included, tax)",
        ids, numbers, lines, kinds, names, amounts, taxNames, taxRates, taxesIncluded, taxes);
}

/// Of each order, in their order.
std::map<OrderId, std::vector<Charge>> chargesOf(Transaction &transaction, const std::vector<OrderId> &orders)
{
    std::map<OrderId, std::vector<Charge>> charges;
    for (const auto &row :
         transaction.query("select c.order_id, c.line_no, c.kind, c.name, c.amount, c.tax_name, c.tax_rate, "
                           "c.tax_included, c.tax, o.currency from order_charge c join sale_order o on "
                           "o.id = c.order_id where c.order_id = any($1::uuid[]) order by c.order_id, c.charge_no",
                           orders)) {
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
        charges[id<OrderId>(row["order_id"])].push_back(std::move(charge));
    }
    return charges;
}

} // namespace

std::vector<Charge> charges(Transaction &transaction, const OrderId &order)
{
    return chargesOf(transaction, {order})[order];
}

void insert(Transaction &transaction, OrderRow &order)
{
    insertAll(transaction, {&order});
}

void insertAll(Transaction &transaction, const std::vector<OrderRow *> &orders)
{
    ArrayLiteral ids, performances, holds, owners, channels, states, currencies, names, emails, times, promotions;
    std::vector<qint64> totals;
    std::vector<qint64> fees;
    for (const OrderRow *order : orders) {
        ids.add(order->id);
        performances.add(order->performance);
        holds.add(order->hold);
        owners.add(order->owner);
        channels.add(enumName(order->channel));
        states.add(enumName(order->state));
        currencies.add(order->total.currency().code());
        totals.push_back(order->total.minorUnits());
        names.add(order->buyer.name);
        emails.add(order->buyer.email);
        times.add(order->createdAt);
        fees.push_back(order->fee.minorUnits());
        promotions.add(order->promotion.value_or(PromotionId()));
    }
    std::map<OrderId, QString> numbers;
    for (const auto &row : transaction.query(
             "insert into sale_order (id, performance_id, hold_id, owner, channel, state, currency, total, buyer_name, "
             "buyer_email, created_at, fee, promotion_id) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], "
             "$4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[], "
             "$11::timestamptz[], $12::bigint[], $13::uuid[]) returning id, number",
             ids, performances, holds, owners, channels, states, currencies, totals, names, emails, times, fees,
             promotions))
        numbers[id<OrderId>(row["id"])] = text(row["number"]);
    for (OrderRow *order : orders)
        order->number = numbers.at(order->id);
    insertLines(transaction, orders);
    insertCharges(transaction, orders);
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
    return firstOrder(transaction, transaction.query("select " ORDER_COLUMNS " from sale_order where id = $1", order));
}

std::optional<OrderRow> lock(Transaction &transaction, const OrderId &order)
{
    return firstOrder(transaction,
                      transaction.query("select " ORDER_COLUMNS " from sale_order where id = $1 for update", order));
}

std::vector<OrderRow> lockFreeOf(Transaction &transaction, const std::vector<HoldId> &holds,
                                 const std::vector<OrderId> &orders)
{
    if (holds.empty())
        return {};
    std::vector<OrderRow> locked;
    for (const auto &row : transaction.query("select " ORDER_COLUMNS " from sale_order where id = any($1::uuid[]) "
                                             "and hold_id = any($2::uuid[]) order by id for update skip locked",
                                             orders, holds))
        locked.push_back(rowToOrder(row));
    auto lines = linesOf(transaction, orders);
    for (OrderRow &order : locked)
        order.lines = std::move(lines[order.id]);
    return locked;
}

void readCharges(Transaction &transaction, const std::vector<OrderRow *> &orders)
{
    std::vector<OrderId> ids;
    for (const OrderRow *order : orders)
        ids.push_back(order->id);
    auto charges = chargesOf(transaction, ids);
    for (OrderRow *order : orders)
        order->charges = std::move(charges[order->id]);
}

std::vector<OrderId> known(Transaction &transaction, const std::vector<OrderId> &orders)
{
    std::vector<OrderId> found;
    for (const auto &row : transaction.query("select id from sale_order where id = any($1::uuid[])", orders))
        found.push_back(id<OrderId>(row[0]));
    return found;
}

void setState(Transaction &transaction, const OrderId &order, OrderState state, Instant now)
{
    setStates(transaction, {order}, state, now);
}

void setStates(Transaction &transaction, const std::vector<OrderId> &orders, OrderState state, Instant now)
{
    const std::optional<Instant> confirmedAt = state == OrderState::Confirmed ? std::optional(now) : std::nullopt;
    transaction.execute(
        "update sale_order set state = $2, confirmed_at = coalesce(confirmed_at, $3) where id = any($1::uuid[])",
        orders, enumName(state), confirmedAt);
}

void setExchangedFrom(Transaction &transaction, const OrderId &order, const OrderId &from)
{
    transaction.execute("update sale_order set exchanged_from = $2 where id = $1", order,
                        from.isNull() ? std::nullopt : std::optional(from));
}

void expireOthers(Transaction &transaction, const HoldId &hold, const OrderId &kept)
{
    expireOthers(transaction, std::vector<HoldId>{hold}, {kept});
}

void expireOthers(Transaction &transaction, const std::vector<HoldId> &holds, const std::vector<OrderId> &kept)
{
    transaction.execute("update sale_order set state = 'expired' where hold_id = any($1::uuid[]) "
                        "and id <> all($2::uuid[]) and state = 'open'",
                        holds, kept);
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

void sumUp(OrderView &view, const std::vector<Charge> &charges)
{
    view.fees = feeSums(charges);
    view.taxes = taxSums(charges);
    view.discount = Money(0, view.total.currency());
    for (const OrderLine &line : view.lines)
        view.discount += line.discount;
}

} // namespace

OrderView viewOf(const OrderRow &order, const PerformanceFacts &facts)
{
    PT_ASSERT(!order.promotion && order.exchangedFrom.isNull(), "the names of these are in the database");
    const PerformanceSummary &performance = facts.detail.summary;
    const Money none(0, order.total.currency());
    OrderView view{.id = order.id,
                   .number = order.number,
                   .state = order.state,
                   .performance = order.performance,
                   .eventTitle = performance.eventTitle,
                   .venueName = performance.venueName,
                   .startsAt = performance.startsAt,
                   .timeZone = performance.timeZone,
                   .hold = order.hold,
                   .total = order.total,
                   .lines = order.lines,
                   .buyer = order.buyer,
                   .createdAt = order.createdAt,
                   .confirmedAt = std::nullopt,
                   .paymentMethod = std::nullopt,
                   .paymentState = std::nullopt,
                   .paymentActionUrl = std::nullopt,
                   .tendered = none,
                   .change = none,
                   .tickets = {},
                   .fee = order.fee,
                   .rounding = none,
                   .refundableUntil = facts.detail.refundableUntil};
    sumUp(view, order.charges);
    return view;
}

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
                   .lines = linesOf(transaction, {order})[order],
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
    sumUp(view, charges(transaction, order));
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

} // namespace parterre::server
