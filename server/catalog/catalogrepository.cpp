#include "catalog/catalogrepository.h"

#include "base/assert.h"
#include "db/transaction.h"

#include <string>

namespace parterre::server::catalog {

using namespace Qt::StringLiterals;

namespace {

/// One statement, so that all counts are of one moment. now() is the start of the statement's own transaction. Seats
/// are aggregated before anything is joined to them: 200,000 rows pass once, and nothing is multiplied.
std::string performanceSql(const char *shown)
{
    return std::string(
               "with shown as materialized ("
               "  select p.*, e.title, e.subtitle, e.description, v.name as venue_name, v.time_zone, v.currency "
               "  from performance p join event e on e.id = p.event_id join venue v on v.id = e.venue_id "
               "  where ") +
           shown +
           "), seats as ("
           "  select performance_id, count(*) filter (where s.state <> 'killed') as capacity, "
           "    count(*) filter (where s.state = 'available' or (s.state = 'held' and s.held_until <= now())) as "
           "available, "
           "    count(*) filter (where s.state = 'sold') as sold "
           "  from seat_inventory s where performance_id in (select id from shown) group by performance_id"
           "), ended as ("
           "  select performance_id, area_no, sum(quantity) as quantity from area_hold "
           "  where performance_id in (select id from shown) and held_until <= now() and not frozen "
           "  group by performance_id, area_no"
           "), areas as ("
           "  select a.performance_id, sum(a.capacity) as capacity, "
           "    sum(a.capacity - a.held - a.sold + coalesce(x.quantity, 0)) as available, sum(a.sold) as sold "
           "  from area_inventory a left join ended x using (performance_id, area_no) "
           "  where a.performance_id in (select id from shown) group by a.performance_id"
           "), cheapest as ("
           "  select t.performance_id, min(c.amount) as amount from price c join price_type t on t.id = c.type_id "
           "  where t.is_public and t.performance_id in (select id from shown) group by t.performance_id"
           ") "
           "select p.id, p.layout_id, p.title, p.subtitle, p.description, p.venue_name, p.time_zone, p.currency, "
           "  p.starts_at, p.doors_at, p.state, p.purchase_limit, p.hold_seconds, p.version, "
           "  (coalesce(s.capacity, 0) + coalesce(a.capacity, 0))::bigint as capacity, "
           "  (coalesce(s.available, 0) + coalesce(a.available, 0))::bigint as available, "
           "  (coalesce(s.sold, 0) + coalesce(a.sold, 0))::bigint as sold, coalesce(c.amount, 0) as price_from "
           "from shown p left join seats s on s.performance_id = p.id left join areas a on a.performance_id = p.id "
           "left join cheapest c on c.performance_id = p.id order by p.starts_at, p.id";
}

/// The public sees a performance until three hours after its start: latecomers still look up their ticket.
constexpr auto publicOnly = "p.state <> 'draft' and p.starts_at > now() - interval '3 hours'";
constexpr auto publicOne = "p.id = $1 and p.state <> 'draft'";

Currency currencyFrom(const pqxx::field &field)
{
    const auto currency = Currency::fromCode(text(field));
    PT_ASSERT(currency.has_value(), "a venue's currency was checked when it was stored");
    return *currency;
}

PerformanceState stateFrom(const pqxx::field &field)
{
    const auto state = enumFromName<PerformanceState>(text(field));
    PT_ASSERT(state.has_value(), "performance.state holds only the names that its check allows");
    return *state;
}

PerformanceRow rowFrom(const pqxx::row &row)
{
    const Currency currency = currencyFrom(row["currency"]);
    PerformanceSummary summary;
    summary.id = id<PerformanceId>(row["id"]);
    summary.eventTitle = text(row["title"]);
    summary.subtitle = text(row["subtitle"]);
    summary.venueName = text(row["venue_name"]);
    summary.startsAt = instant(row["starts_at"]);
    summary.doorsAt = instant(row["doors_at"]);
    summary.timeZone = text(row["time_zone"]);
    summary.state = stateFrom(row["state"]);
    summary.currency = currency.code();
    summary.capacity = smallNumber(row["capacity"]);
    summary.available = smallNumber(row["available"]);
    summary.sold = smallNumber(row["sold"]);
    summary.priceFrom = Money(number(row["price_from"]), currency);
    return {.summary = std::move(summary),
            .layout = id<LayoutId>(row["layout_id"]),
            .description = text(row["description"]),
            .purchaseLimit = smallNumber(row["purchase_limit"]),
            .holdSeconds = smallNumber(row["hold_seconds"]),
            .version = number(row["version"])};
}

} // namespace

std::vector<PerformanceRow> performances(Transaction &transaction, Audience audience)
{
    const std::string sql = performanceSql(audience == Audience::Public ? publicOnly : "true");
    std::vector<PerformanceRow> rows;
    for (const auto &row : transaction.query(sql.c_str()))
        rows.push_back(rowFrom(row));
    return rows;
}

std::optional<PerformanceRow> performance(Transaction &transaction, const PerformanceId &id, Audience audience)
{
    const std::string sql = performanceSql(audience == Audience::Public ? publicOne : "p.id = $1");
    const auto rows = transaction.query(sql.c_str(), id);
    if (rows.empty())
        return std::nullopt;
    return rowFrom(rows[0]);
}

PriceList priceList(Transaction &transaction, const PerformanceId &performance)
{
    PriceList list;
    for (const auto &row : transaction.query(
             "select id, category, name, color from price_zone where performance_id = $1 order by rank, id",
             performance))
        list.zones.push_back(
            {id<PriceZoneId>(row["id"]), text(row["category"]), text(row["name"]), text(row["color"])});
    for (const auto &row : transaction.query(
             "select id, name, is_public from price_type where performance_id = $1 order by rank, id", performance))
        list.types.push_back({id<PriceTypeId>(row["id"]), text(row["name"]), flag(row["is_public"])});
    for (const auto &row : transaction.query(
             "select c.zone_id, c.type_id, c.amount, v.currency from price c join price_zone z on z.id = c.zone_id "
             "join price_type t on t.id = c.type_id join performance p on p.id = z.performance_id "
             "join event e on e.id = p.event_id join venue v on v.id = e.venue_id "
             "where z.performance_id = $1 order by z.rank, t.rank",
             performance)) {
        list.prices.push_back({id<PriceZoneId>(row["zone_id"]), id<PriceTypeId>(row["type_id"]),
                               Money(number(row["amount"]), currencyFrom(row["currency"]))});
    }
    return list;
}

std::optional<PerformanceState> lockState(Transaction &transaction, const PerformanceId &performance)
{
    const auto rows = transaction.query("select state from performance where id = $1 for update", performance);
    if (rows.empty())
        return std::nullopt;
    return stateFrom(rows[0]["state"]);
}

void writeState(Transaction &transaction, const PerformanceId &performance, PerformanceState state)
{
    transaction.execute("update performance set state = $2, version = version + 1 where id = $1", performance,
                        enumName(state));
}

QString firstVenueName(Transaction &transaction)
{
    const auto rows = transaction.query("select name from venue order by created_at, id limit 1");
    return rows.empty() ? QString() : text(rows[0]["name"]);
}

std::optional<QByteArray> layoutDocument(Transaction &transaction, const LayoutId &layout)
{
    const auto rows = transaction.query("select document::text as document from layout where id = $1", layout);
    if (rows.empty())
        return std::nullopt;
    return QByteArray::fromStdString(rows[0]["document"].as<std::string>());
}

} // namespace parterre::server::catalog
