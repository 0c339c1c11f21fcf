#include "catalog/catalogrepository.h"

#include "base/assert.h"
#include "db/transaction.h"

#include <string>

namespace parterre::server::catalog {

using namespace Qt::StringLiterals;

namespace {

/// The public sees a performance in its list until three hours after its start: latecomers still look up their ticket.
std::string performanceSql(const char *which)
{
    return std::string("select p.id, p.layout_id, e.title, e.subtitle, e.description, v.name as venue_name, "
                       "  v.time_zone, v.currency, p.starts_at, p.doors_at, p.state, p.purchase_limit, "
                       "  p.hold_seconds, p.orphan_rule, p.refundable_until, p.version, v.cash_step, "
                       "  exists (select from performance_fee f where f.performance_id = p.id) or exists (select from "
                       "    price_type t where t.performance_id = p.id and not t.tax_included) as asks_more, "
                       "  p.state <> 'draft' and p.starts_at > now() - interval '3 hours' as is_listed, "
                       "  coalesce((select min(c.amount) from price c join price_type t on t.id = c.type_id "
                       "            where t.is_public and t.performance_id = p.id), 0) as price_from "
                       "from performance p join event e on e.id = p.event_id join venue v on v.id = e.venue_id ") +
           which;
}

Currency currencyFrom(const pqxx::field &field)
{
    const auto currency = Currency::fromCode(text(field));
    PT_ASSERT(currency.has_value(), "a venue's currency was checked when it was stored");
    return *currency;
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
    summary.state = enumOf<PerformanceState>(row["state"]);
    summary.currency = currency.code();
    summary.priceFrom = Money(number(row["price_from"]), currency);
    return {.summary = std::move(summary),
            .layout = id<LayoutId>(row["layout_id"]),
            .description = text(row["description"]),
            .purchaseLimit = smallNumber(row["purchase_limit"]),
            .holdSeconds = smallNumber(row["hold_seconds"]),
            .orphanRule = enumOf<OrphanRule>(row["orphan_rule"]),
            .version = number(row["version"]),
            .isListed = flag(row["is_listed"]),
            .cashStep = smallNumber(row["cash_step"]),
            .asksMore = flag(row["asks_more"]),
            .refundableUntil = optionalInstant(row["refundable_until"])};
}

std::optional<Tax> taxFrom(const pqxx::row &row)
{
    if (text(row["tax_name"]).isEmpty())
        return std::nullopt;
    return Tax{.name = text(row["tax_name"]),
               .rateBasisPoints = smallNumber(row["tax_rate"]),
               .isIncluded = flag(row["tax_included"])};
}

std::vector<Fee> fees(Transaction &transaction, const PerformanceId &performance)
{
    std::vector<Fee> fees;
    for (const auto &row : transaction.query(
             "select f.name, f.per, array_to_string(f.channels, ' ') as channels, f.amount, f.rate, f.tax_name, "
             "f.tax_rate, f.tax_included, v.currency from performance_fee f join performance p on "
             "p.id = f.performance_id join event e on e.id = p.event_id join venue v on v.id = e.venue_id "
             "where f.performance_id = $1 order by f.rank",
             performance)) {
        Fee fee{.name = text(row["name"]),
                .per = enumOf<FeePer>(row["per"]),
                .channels = {},
                .amount = Money(number(row["amount"]), currencyFrom(row["currency"])),
                .rateBasisPoints = smallNumber(row["rate"]),
                .tax = taxFrom(row)};
        for (const QString &name : text(row["channels"]).split(u' ', Qt::SkipEmptyParts))
            fee.channels.push_back(enumFromName<SalesChannel>(name).value_or(SalesChannel::Desk));
        fees.push_back(std::move(fee));
    }
    return fees;
}

} // namespace

std::vector<PerformanceRow> performances(Transaction &transaction)
{
    const std::string sql = performanceSql("order by p.starts_at, p.id");
    std::vector<PerformanceRow> rows;
    for (const auto &row : transaction.query(sql.c_str()))
        rows.push_back(rowFrom(row));
    return rows;
}

std::optional<PerformanceRow> performance(Transaction &transaction, const PerformanceId &id)
{
    const std::string sql = performanceSql("where p.id = $1");
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
             "select id, name, is_public, tax_name, tax_rate, tax_included from price_type where performance_id = $1 "
             "order by rank, id",
             performance))
        list.types.push_back({id<PriceTypeId>(row["id"]), text(row["name"]), flag(row["is_public"]), taxFrom(row)});
    for (const auto &row : transaction.query(
             "select c.zone_id, c.type_id, c.amount, v.currency from price c join price_zone z on z.id = c.zone_id "
             "join price_type t on t.id = c.type_id join performance p on p.id = z.performance_id "
             "join event e on e.id = p.event_id join venue v on v.id = e.venue_id "
             "where z.performance_id = $1 order by z.rank, t.rank",
             performance)) {
        list.prices.push_back({id<PriceZoneId>(row["zone_id"]), id<PriceTypeId>(row["type_id"]),
                               Money(number(row["amount"]), currencyFrom(row["currency"]))});
    }
    list.fees = fees(transaction, performance);
    return list;
}

namespace {

std::optional<PerformanceState> stateIn(const pqxx::result &rows)
{
    return rows.empty() ? std::nullopt : std::optional(enumOf<PerformanceState>(rows[0]["state"]));
}

} // namespace

std::optional<PerformanceState> state(Transaction &transaction, const PerformanceId &performance)
{
    return stateIn(transaction.query("select state from performance where id = $1", performance));
}

std::optional<PerformanceState> lockState(Transaction &transaction, const PerformanceId &performance)
{
    return stateIn(transaction.query("select state from performance where id = $1 for update", performance));
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
