#include "catalog/seasonrepository.h"

#include "db/transaction.h"
#include "domain/layout/layoutjson.h"

#include <QCryptographicHash>
#include <QHash>
#include <QJsonDocument>

#include <algorithm>

namespace parterre::server::season {

using namespace Qt::StringLiterals;

namespace {

struct StoredLayout
{
    LayoutId id;
    const Layout *layout = nullptr;
};

struct Places
{
    int seats = 0;
    std::vector<int> areaCapacities;
};

Places placesOf(const Layout &layout)
{
    Places places;
    for (const LayoutSection &section : layout.sections) {
        for (const LayoutRow &row : section.rows)
            places.seats += static_cast<int>(row.seats.size());
        for (const LayoutArea &area : section.areas)
            places.areaCapacities.push_back(area.capacity);
    }
    return places;
}

void writeSeller(Transaction &transaction, const VenueId &id, const Venue &venue)
{
    transaction.execute("update venue set cash_step = $2, seller_name = $3, seller_address = $4, "
                        "seller_tax_number = $5, seller_registration = $6, seller_email = $7 where id = $1",
                        id, venue.cashStep, venue.seller.name, venue.seller.address, venue.seller.taxNumber,
                        venue.seller.registration, venue.seller.email);
}

Seller sellerFrom(const pqxx::row &row)
{
    return {.name = text(row["seller_name"]),
            .address = text(row["seller_address"]),
            .taxNumber = text(row["seller_tax_number"]),
            .registration = text(row["seller_registration"]),
            .email = text(row["seller_email"])};
}

Result<VenueId> applyVenue(Transaction &transaction, const Venue &venue, Report &report)
{
    const auto rows = transaction.query("select id, address, time_zone, currency, cash_step, seller_name, "
                                        "seller_address, seller_tax_number, seller_registration, seller_email "
                                        "from venue where name = $1",
                                        venue.name);
    if (rows.empty()) {
        const VenueId made = VenueId::create();
        transaction.execute("insert into venue (id, name, address, time_zone, currency) values ($1, $2, $3, $4, $5)",
                            made, venue.name, venue.address, venue.timeZone, venue.currency);
        writeSeller(transaction, made, venue);
        report.made.append(u"Venue \"%1\""_s.arg(venue.name));
        return made;
    }
    // Prices and times that were sold would come to mean something else.
    if (text(rows[0]["currency"]) != venue.currency) {
        return refuse(ErrorCode::WrongState,
                      u"The venue \"%1\" has the currency %2, which cannot be changed."_s.arg(
                          venue.name, text(rows[0]["currency"])),
                      u"/venue/currency"_s);
    }
    if (text(rows[0]["time_zone"]) != venue.timeZone) {
        return refuse(ErrorCode::WrongState,
                      u"The venue \"%1\" is in the time zone %2, which cannot be changed."_s.arg(
                          venue.name, text(rows[0]["time_zone"])),
                      u"/venue/time_zone"_s);
    }
    const auto found = id<VenueId>(rows[0]["id"]);
    if (smallNumber(rows[0]["cash_step"]) != venue.cashStep || sellerFrom(rows[0]) != venue.seller) {
        writeSeller(transaction, found, venue);
        report.changed.append(u"Seller and smallest coin of venue \"%1\""_s.arg(venue.name));
    }
    if (text(rows[0]["address"]) != venue.address) {
        transaction.execute("update venue set address = $2 where id = $1", found, venue.address);
        report.changed.append(u"Address of venue \"%1\""_s.arg(venue.name));
    } else {
        report.kept.append(u"Venue \"%1\""_s.arg(venue.name));
    }
    return found;
}

StoredLayout applyLayout(Transaction &transaction, const VenueId &venue, const LayoutSource &source,
                         const Layout &layout, Report &report)
{
    const QJsonObject document = layoutToJson(layout);
    const QByteArray sha256 =
        QCryptographicHash::hash(QJsonDocument(document).toJson(QJsonDocument::Compact), QCryptographicHash::Sha256);
    const auto newest = transaction.query("select id, version, sha256 from layout where venue_id = $1 and name = $2 "
                                          "order by version desc limit 1",
                                          venue, source.name);
    if (!newest.empty() && bytes(newest[0]["sha256"]) == sha256) {
        report.kept.append(u"Layout \"%1\" version %2"_s.arg(source.name).arg(number(newest[0]["version"])));
        return {id<LayoutId>(newest[0]["id"]), &layout};
    }
    const int version = newest.empty() ? 1 : smallNumber(newest[0]["version"]) + 1;
    const LayoutId made = LayoutId::create();
    const int seats = placesOf(layout).seats;
    transaction.execute("insert into layout (id, venue_id, name, version, document, sha256, seat_count) "
                        "values ($1, $2, $3, $4, $5::jsonb, $6, $7)",
                        made, venue, source.name, version, document, sha256, seats);
    report.made.append(u"Layout \"%1\" version %2 with %3 seats"_s.arg(source.name).arg(version).arg(seats));
    return {made, &layout};
}

EventId applyEvent(Transaction &transaction, const VenueId &venue, const Event &event, Report &report)
{
    const auto rows = transaction.query(
        "select id, title, subtitle, description from event where venue_id = $1 and key = $2", venue, event.key);
    if (rows.empty()) {
        const EventId made = EventId::create();
        transaction.execute("insert into event (id, venue_id, key, title, subtitle, description) "
                            "values ($1, $2, $3, $4, $5, $6)",
                            made, venue, event.key, event.title, event.subtitle, event.description);
        report.made.append(u"Event \"%1\""_s.arg(event.title));
        return made;
    }
    const auto found = id<EventId>(rows[0]["id"]);
    if (text(rows[0]["title"]) == event.title && text(rows[0]["subtitle"]) == event.subtitle &&
        text(rows[0]["description"]) == event.description) {
        report.kept.append(u"Event \"%1\""_s.arg(event.title));
        return found;
    }
    transaction.execute("update event set title = $2, subtitle = $3, description = $4 where id = $1", found,
                        event.title, event.subtitle, event.description);
    transaction.execute("update performance set version = version + 1 where event_id = $1", found);
    report.changed.append(u"Texts of event \"%1\""_s.arg(event.title));
    return found;
}

void insertFees(Transaction &transaction, const PerformanceId &performance, const Prices &prices,
                const Document &document)
{
    for (size_t i = 0; i < prices.fees.size(); ++i) {
        const FeeSource &fee = prices.fees[i];
        const Tax tax = document.tax(fee.tax).value_or(Tax());
        std::vector<QString> channels;
        for (const SalesChannel channel : fee.channels)
            channels.push_back(enumName(channel));
        transaction.execute("insert into performance_fee (performance_id, rank, name, per, channels, amount, rate, "
                            "tax_name, tax_rate, tax_included) "
                            "values ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9, $10)",
                            performance, static_cast<int>(i), fee.name, enumName(fee.per), channels, fee.amount,
                            fee.rateBasisPoints, tax.name, tax.rateBasisPoints, tax.isIncluded);
    }
}

void insertPrices(Transaction &transaction, const PerformanceId &performance, const Prices &prices,
                  const Layout &layout, const Document &document)
{
    QHash<QString, PriceTypeId> types;
    for (size_t i = 0; i < prices.types.size(); ++i) {
        const Type &type = prices.types[i];
        const PriceTypeId made = PriceTypeId::create();
        types.insert(type.name, made);
        const Tax tax = document.tax(type.tax).value_or(Tax());
        transaction.execute("insert into price_type (id, performance_id, name, is_public, rank, tax_name, tax_rate, "
                            "tax_included) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                            made, performance, type.name, type.isPublic, static_cast<int>(i), tax.name,
                            tax.rateBasisPoints, tax.isIncluded);
    }
    for (size_t i = 0; i < prices.zones.size(); ++i) {
        const Zone &zone = prices.zones[i];
        const auto category = std::ranges::find(layout.categories, zone.category, &LayoutCategory::name);
        const PriceZoneId made = PriceZoneId::create();
        transaction.execute("insert into price_zone (id, performance_id, category, name, color, rank) "
                            "values ($1, $2, $3, $4, $5, $6)",
                            made, performance, zone.category, zone.name.isEmpty() ? zone.category : zone.name,
                            zone.color.isEmpty() ? category->color : zone.color, static_cast<int>(i));
        for (const ZonePrice &price : zone.prices) {
            transaction.execute("insert into price (zone_id, type_id, amount) values ($1, $2, $3)", made,
                                types.value(price.type), price.amount);
        }
    }
}

void insertPlaces(Transaction &transaction, const PerformanceId &performance, const Places &places)
{
    transaction.execute(
        "insert into seat_inventory (performance_id, seat_no) select $1::uuid, generate_series(0, $2::int - 1)",
        performance, places.seats);
    transaction.execute("insert into area_inventory (performance_id, area_no, capacity) "
                        "select $1::uuid, n - 1, capacity from unnest($2::int[]) with ordinality as a(capacity, n)",
                        performance, places.areaCapacities);
    transaction.execute("insert into map_clock (performance_id) values ($1)", performance);
}

void applyPerformance(Transaction &transaction, const EventId &event, const QString &title, const StoredLayout &layout,
                      const Performance &performance, const Document &document, Instant startsAt, Report &report)
{
    const Prices &prices = *std::ranges::find(document.priceLists, performance.prices, &Prices::name);
    const QString name = u"Performance of \"%1\" at %2"_s.arg(title, instantToText(startsAt));
    if (!transaction.query("select 1 from performance where event_id = $1 and starts_at = $2", event, startsAt)
             .empty()) {
        report.kept.append(name);
        return;
    }
    const PerformanceId made = PerformanceId::create();
    const auto refundableUntil = performance.refundableHoursBefore
                                     ? std::optional(startsAt - std::chrono::hours(*performance.refundableHoursBefore))
                                     : std::nullopt;
    transaction.execute("insert into performance (id, event_id, layout_id, starts_at, doors_at, state, purchase_limit, "
                        "hold_seconds, orphan_rule, refundable_until) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
                        "$10)",
                        made, event, layout.id, startsAt,
                        startsAt - std::chrono::minutes(performance.doorsMinutesBefore), enumName(performance.state),
                        performance.purchaseLimit, performance.holdSeconds, enumName(performance.orphanRule),
                        refundableUntil);
    insertPrices(transaction, made, prices, *layout.layout, document);
    insertFees(transaction, made, prices, document);
    insertPlaces(transaction, made, placesOf(*layout.layout));
    report.made.append(name + u" ("_s + enumName(performance.state) + u')');
}

/// What a code is good for may change at any time; how often it was used stays.
void applyPromotion(Transaction &transaction, const VenueId &venue, const PromotionSource &promotion,
                    const QString &timeZone, Report &report)
{
    const auto rows = transaction.query(
        "insert into promotion as m (id, venue_id, code, name, per, amount, rate, uses_max, customer_uses_max, "
        "good_from, good_until, price_types, events) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12::text[], $13::text[]) on conflict (venue_id, code) do update set "
        "name = excluded.name, per = excluded.per, amount = excluded.amount, rate = excluded.rate, "
        "uses_max = case when excluded.uses_max = 0 then 0 else greatest(excluded.uses_max, m.used) end, "
        "customer_uses_max = excluded.customer_uses_max, good_from = excluded.good_from, "
        "good_until = excluded.good_until, price_types = excluded.price_types, events = excluded.events "
        "returning m.id = $1 as is_new",
        PromotionId::create(), venue, promotionCode(promotion.code), promotion.name, enumName(promotion.per),
        promotion.amount, promotion.rateBasisPoints, promotion.usesMax, promotion.customerUsesMax,
        dayStart(promotion.from, timeZone, 0), dayStart(promotion.until, timeZone, 1), promotion.priceTypes,
        promotion.events);
    const QString what = u"Promotion \"%1\""_s.arg(promotionCode(promotion.code));
    (flag(rows[0]["is_new"]) ? report.made : report.kept).append(what);
}

} // namespace

QString Report::text() const
{
    QString lines;
    for (const QString &line : made)
        lines += u"made      "_s + line + u'\n';
    for (const QString &line : changed)
        lines += u"changed   "_s + line + u'\n';
    for (const QString &line : kept)
        lines += u"was there "_s + line + u'\n';
    return lines;
}

Result<Report> apply(Transaction &transaction, const Document &document, const std::vector<Layout> &layouts)
{
    // Two at once would both find nothing and make everything twice, or trip over each other's unique rows.
    transaction.query("select pg_advisory_xact_lock(hashtext('parterre.season'))");
    Report report;
    PT_TRY(const VenueId venue, applyVenue(transaction, document.venue, report));
    QHash<QString, StoredLayout> stored;
    for (size_t i = 0; i < document.layouts.size(); ++i) {
        const LayoutSource &source = document.layouts[i];
        stored.insert(source.name, applyLayout(transaction, venue, source, layouts[i], report));
    }
    for (const PromotionSource &promotion : document.promotions)
        applyPromotion(transaction, venue, promotion, document.venue.timeZone, report);
    const Instant now = transaction.now();
    for (size_t i = 0; i < document.events.size(); ++i) {
        const Event &event = document.events[i];
        const EventId eventId = applyEvent(transaction, venue, event, report);
        for (size_t j = 0; j < event.performances.size(); ++j) {
            const Performance &performance = event.performances[j];
            const QString pointer = u"/events/%1/performances/%2"_s.arg(i).arg(j);
            PT_TRY(const Instant startsAt, startOf(performance, document.venue.timeZone, now, pointer));
            const auto prices = std::ranges::find(document.priceLists, performance.prices, &Prices::name);
            const StoredLayout layout = stored.value(performance.layout);
            PT_CHECK(checkZones(*prices, *layout.layout,
                                u"/price_lists/%1"_s.arg(std::distance(document.priceLists.begin(), prices))));
            applyPerformance(transaction, eventId, event.title, layout, performance, document, startsAt, report);
        }
    }
    return report;
}

} // namespace parterre::server::season
