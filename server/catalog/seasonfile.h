#pragma once

#include "base/jsonfields.h"
#include "domain/catalog/catalog.h"
#include "domain/layout/layout.h"
#include "domain/pricing/promotion.h"
#include "domain/pricing/terms.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <optional>
#include <vector>

/// The season file: one JSON document that says what a venue plays, when, and for how much. Published as
/// `resources/schemas/season.schema.json`. Reading names the JSON pointer of the first fault in Error::field.
namespace parterre::server {

namespace season {

inline constexpr int fileBytesMax = 4 * 1024 * 1024; ///< A year of a large house is about 200 kB.
inline constexpr int eventsMax = 1'000;
inline constexpr int performancesMax = 2'000; ///< Of one event.
inline constexpr int layoutsMax = 20;
inline constexpr int priceListsMax = 100;
inline constexpr int daysFromTodayMax = 1'000;
inline constexpr int doorsMinutesMax = 24 * 60;
inline constexpr int refundableHoursMax = 366 * 24;
inline constexpr int purchaseLimitMax = 1'000;
inline constexpr int taxesMax = 50;
inline constexpr int promotionsMax = 500;
inline constexpr int promotionUsesMax = 1'000'000;

/// Who sells, as it stands on receipts.
struct Seller
{
    QString name; ///< Of the company; empty: the venue's.
    QString address;
    QString taxNumber;
    QString registration; ///< E.g. "Company 01234567, registered charity 266916".
    QString email;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional("name", name);
        fields.optional("address", address, {.charactersMax = limits::noteCharactersMax});
        fields.optional("tax_number", taxNumber);
        fields.optional("registration", registration);
        fields.optional("email", email, {.charactersMax = limits::emailCharactersMax});
    }
    bool operator==(const Seller &) const = default;
};

struct Venue
{
    QString name;
    QString address;
    QString timeZone; ///< IANA name.
    QString currency;
    int cashStep = 1; ///< The smallest coin, in minor units: 5 in Switzerland, 100 in Sweden.
    Seller seller;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields.optional("address", address, {.charactersMax = limits::noteCharactersMax});
        fields("time_zone", timeZone, {.charactersMin = 1});
        fields("currency", currency, {.charactersMax = 3, .charactersMin = 3});
        fields.optional("cash_step", cashStep, {.min = 1, .max = limits::cashStepMax});
        fields.optional("seller", seller);
    }
};

/// Tax with its name as it is said in price types and fees; see domain/pricing/terms.h.
struct FeeSource
{
    QString name;
    FeePer per = FeePer::Ticket;
    std::vector<SalesChannel> channels; ///< None: everywhere.
    qint64 amount = 0;                  ///< Minor units of the venue's currency.
    int rateBasisPoints = 0;            ///< Of the price of the ticket, or of all tickets of the order.
    QString tax;                        ///< Name of a tax; empty: none.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields.optional("per", per);
        fields.optional("channels", channels, {.countMax = 3});
        fields.optional("amount", amount, {.min = 0, .max = limits::moneyMinorUnitsMax});
        fields.optional("rate_basis_points", rateBasisPoints, {.min = 0, .max = limits::basisPointsMax});
        fields.optional("tax", tax);
        if constexpr (Fields::reading()) {
            if (amount == 0 && rateBasisPoints == 0) {
                fields.fail(ErrorCode::InvalidInput,
                            QStringLiteral("A fee is an amount, or a rate in basis points (250 is 2.5 %), or both."),
                            "amount");
            }
        }
    }
};

struct LayoutSource
{
    QString name;
    QString plan;        ///< A pretix plan or a layout of ours, relative to the season file.
    QString annotations; ///< What a pretix plan cannot say, relative to the season file; may be empty.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields("plan", plan, {.charactersMax = 1'000, .charactersMin = 1});
        fields.optional("annotations", annotations, {.charactersMax = 1'000});
    }
};

struct Type
{
    QString name;
    bool isPublic = true;
    QString tax; ///< Name of a tax; empty: none.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields.optional("public", isPublic);
        fields.optional("tax", tax);
    }
};

struct ZonePrice
{
    QString type;
    qint64 amount = 0; ///< Minor units of the venue's currency.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("type", type);
        fields("amount", amount, {.min = 0, .max = limits::moneyMinorUnitsMax});
    }
};

struct Zone
{
    QString category; ///< Of the layout.
    QString name;     ///< Empty: as the category.
    QString color;    ///< Empty: as the category.
    std::vector<ZonePrice> prices;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("category", category, {.charactersMin = 1});
        fields.optional("name", name);
        fields.optional("color", color, {.charactersMax = limits::labelCharactersMax});
        fields("prices", prices, {.countMax = limits::priceTypesMax, .countMin = 1});
    }
};

struct Prices
{
    QString name;
    std::vector<Type> types;
    std::vector<Zone> zones;
    std::vector<FeeSource> fees;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields("types", types, {.countMax = limits::priceTypesMax, .countMin = 1});
        fields("zones", zones, {.countMax = limits::priceZonesMax, .countMin = 1});
        fields.optional("fees", fees, {.countMax = limits::feesMax});
    }
};

/// For a demo that must always lie ahead.
struct RelativeStart
{
    int daysFromToday = 0;
    QString time; ///< `19:30`, in the venue's zone.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("days_from_today", daysFromToday, {.min = 0, .max = daysFromTodayMax});
        fields("time", time, {.charactersMax = 5, .charactersMin = 5});
    }
};

struct Performance
{
    QString startsAt; ///< `2026-12-01T19:30`, in the venue's zone; or `startsIn`.
    std::optional<RelativeStart> startsIn;
    int doorsMinutesBefore = 30;
    QString layout;
    QString prices;
    PerformanceState state = PerformanceState::Draft;
    int purchaseLimit = 0;
    int holdSeconds = limits::holdSecondsDefault;
    OrphanRule orphanRule = OrphanRule::Off;
    /// Buyers may give places back until so long before the start; none: the box office alone takes them back.
    std::optional<int> refundableHoursBefore{};

    template <class Fields>
    void describe(Fields &fields)
    {
        fields.optional("starts_at", startsAt, {.charactersMax = 19});
        fields.optional("starts_in", startsIn);
        fields.optional("doors_minutes_before", doorsMinutesBefore, {.min = 0, .max = doorsMinutesMax});
        fields("layout", layout);
        fields("prices", prices);
        fields.optional("state", state);
        fields.optional("purchase_limit", purchaseLimit, {.min = 0, .max = purchaseLimitMax});
        fields.optional("hold_seconds", holdSeconds, {.min = 1, .max = limits::holdSecondsAbsoluteMax});
        fields.optional("orphan_rule", orphanRule);
        fields("refundable_hours_before", refundableHoursBefore, {.min = 0, .max = refundableHoursMax});
        if constexpr (Fields::reading()) {
            if (startsAt.isEmpty() == !startsIn.has_value()) {
                fields.fail(
                    ErrorCode::InvalidInput,
                    QStringLiteral("Give either starts_at (local time) or starts_in (days_from_today and time)."),
                    "starts_at");
            }
        }
    }
};

struct Event
{
    QString key; ///< Identity in this venue; a season file applied again finds its events by it.
    QString title;
    QString subtitle;
    QString description;
    std::vector<Performance> performances;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("key", key, {.charactersMin = 1});
        fields("title", title, {.charactersMin = 1});
        fields.optional("subtitle", subtitle, {.charactersMax = limits::noteCharactersMax});
        fields.optional("description", description, {.charactersMax = limits::noteCharactersMax});
        fields("performances", performances, {.countMax = performancesMax});
    }
};

/// A code that takes something off the price; see domain/pricing/promotion.h.
struct PromotionSource
{
    QString code; ///< Identity in this venue, however it is typed.
    QString name;
    DiscountPer per = DiscountPer::Ticket;
    qint64 amount = 0; ///< Minor units of the venue's currency; or
    int rateBasisPoints = 0;
    int usesMax = 0;
    int customerUsesMax = 0;
    QString from;  ///< `2026-12-01`: the first day of booking, in the venue's zone.
    QString until; ///< The last day.
    std::vector<QString> priceTypes;
    std::vector<QString> events; ///< By key.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields(
            "code", code,
            {.charactersMax = limits::promotionCodeCharactersMax, .charactersMin = limits::promotionCodeCharactersMin});
        fields("name", name, {.charactersMin = 1});
        fields.optional("per", per);
        fields.optional("amount", amount, {.min = 0, .max = limits::moneyMinorUnitsMax});
        fields.optional("rate_basis_points", rateBasisPoints, {.min = 0, .max = limits::basisPointsMax});
        fields.optional("uses_max", usesMax, {.min = 0, .max = promotionUsesMax});
        fields.optional("customer_uses_max", customerUsesMax, {.min = 0, .max = promotionUsesMax});
        fields.optional("from", from, {.charactersMax = 10});
        fields.optional("until", until, {.charactersMax = 10});
        fields.optional("price_types", priceTypes, {.countMax = limits::priceTypesMax});
        fields.optional("events", events, {.countMax = eventsMax});
        if constexpr (Fields::reading()) {
            if ((amount == 0) == (rateBasisPoints == 0)) {
                fields.fail(ErrorCode::InvalidInput,
                            QStringLiteral("Give either an amount or a rate in basis points (1000 is 10 %)."),
                            "amount");
            }
        }
    }
};

struct Document
{
    int version = 1;
    Venue venue;
    std::vector<LayoutSource> layouts;
    std::vector<Prices> priceLists;
    std::vector<Event> events;
    std::vector<Tax> taxes;
    std::vector<PromotionSource> promotions;

    /// Nothing for an empty name, and for one that read() has refused.
    [[nodiscard]] std::optional<Tax> tax(const QString &name) const;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("version", version, {.min = 1, .max = 1});
        fields("venue", venue);
        fields("layouts", layouts, {.countMax = layoutsMax, .countMin = 1});
        fields("price_lists", priceLists, {.countMax = priceListsMax, .countMin = 1});
        fields("events", events, {.countMax = eventsMax});
        fields.optional("taxes", taxes, {.countMax = taxesMax});
        fields.optional("promotions", promotions, {.countMax = promotionsMax});
    }
};

/// Reads and checks everything that needs neither a plan nor the date: names that are used exist and are used once,
/// the zone and currency are known, every zone of a price list has a public or clerk's price of a known type.
[[nodiscard]] Result<Document> read(const QByteArray &bytes);

/// Every category of the layout must have its zone, and every zone its category; refused by name.
[[nodiscard]] Status checkZones(const Prices &prices, const Layout &layout, const QString &pointer);

/// The start in UTC. `now` gives "today" in the venue's zone. Refuses a time that the zone's clocks skip.
[[nodiscard]] Result<Instant> startOf(const Performance &performance, const QString &timeZone, Instant now,
                                      const QString &pointer);

/// The first moment of a day of the venue's calendar, `daysLater` days after it; nothing for an empty text. Only of
/// what read() has checked.
[[nodiscard]] std::optional<Instant> dayStart(const QString &day, const QString &timeZone, int daysLater);

/// The layout of a source, read from the folder of the season file. Errors name the file.
[[nodiscard]] Result<Layout> readLayout(const LayoutSource &source, const QString &folder);

} // namespace season

} // namespace parterre::server
