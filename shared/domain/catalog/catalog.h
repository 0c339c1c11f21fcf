#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"
#include "domain/inventory/houserules.h"
#include "domain/pricing/terms.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

/// What is sold: performances of events in a venue, their price zones, price types and prices. The describe() of each
/// struct is its JSON form, on the desk protocol and in the HTTP API alike.
namespace parterre {

/// draft --put on sale--> on_sale <--pause, resume--> paused; any of them --cancel--> cancelled.
enum class PerformanceState { Draft, OnSale, Paused, Cancelled };

template <>
struct EnumNames<PerformanceState>
{
    static constexpr auto names = std::to_array<std::pair<PerformanceState, const char *>>({
        {PerformanceState::Draft, "draft"},
        {PerformanceState::OnSale, "on_sale"},
        {PerformanceState::Paused, "paused"},
        {PerformanceState::Cancelled, "cancelled"},
    });
};

/// A group of places with one price list; joined to the layout by the category's name.
struct PriceZone
{
    PriceZoneId id;
    QString category;
    QString name;
    QString color;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("category", category);
        fields("name", name);
        fields("color", color, {.charactersMax = limits::labelCharactersMax});
    }
};

/// Adult, concession, child ...
struct PriceType
{
    PriceTypeId id;
    QString name;
    bool isPublic = true;     ///< False for types that only a clerk may give.
    std::optional<Tax> tax{}; ///< On its tickets.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("name", name);
        fields("public", isPublic);
        fields("tax", tax);
    }
};

struct Price
{
    PriceZoneId zone;
    PriceTypeId type;
    Money amount;
    Money total{}; ///< What one ticket costs who asks: with the fees of a ticket and the taxes that are added.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("zone", zone);
        fields("type", type);
        fields("amount", amount, {.min = 0});
        fields.optional("total", total, {.min = 0});
    }
};

struct PerformanceSummary
{
    PerformanceId id;
    QString eventTitle;
    QString subtitle;
    QString venueName;
    Instant startsAt;
    Instant doorsAt;
    QString timeZone; ///< IANA name of the venue's zone, for showing the times.
    PerformanceState state = PerformanceState::Draft;
    QString currency;
    int capacity = 0;  ///< Seats and standing places that are not killed.
    int available = 0; ///< Of these, free now.
    int sold = 0;
    Money priceFrom; ///< The cheapest public price.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("event", eventTitle);
        fields.optional("subtitle", subtitle, {.charactersMax = limits::noteCharactersMax});
        fields("venue", venueName);
        fields("starts_at", startsAt);
        fields("doors_at", doorsAt);
        fields("time_zone", timeZone);
        fields("state", state);
        fields("currency", currency);
        fields("capacity", capacity);
        fields("available", available);
        fields("sold", sold);
        fields("price_from", priceFrom);
    }
};

struct PerformanceDetail
{
    PerformanceSummary summary;
    LayoutId layout;
    QString description;
    int purchaseLimit = 0; ///< Places one customer may have; 0 for no limit.
    int holdSeconds = limits::holdSecondsDefault;
    std::vector<PriceZone> zones;
    std::vector<PriceType> types;
    std::vector<Price> prices;
    OrphanRule orphanRule = OrphanRule::Off; ///< For the public; a clerk may override it with a reason.
    std::vector<Fee> fees{};
    int cashStep = 1;                         ///< The smallest coin of the venue, in minor units.
    std::optional<Instant> refundableUntil{}; ///< Until then buyers may give places back; none: not by themselves.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("performance", summary);
        fields("layout", layout);
        fields.optional("description", description, {.charactersMax = limits::noteCharactersMax});
        fields("purchase_limit", purchaseLimit);
        fields("hold_seconds", holdSeconds);
        fields("zones", zones, {.countMax = limits::priceZonesMax});
        fields("types", types, {.countMax = limits::priceTypesMax});
        fields("prices", prices, {.countMax = limits::priceZonesMax * limits::priceTypesMax});
        fields.optional("orphan_rule", orphanRule);
        fields.optional("fees", fees, {.countMax = limits::feesMax});
        fields.optional("cash_step", cashStep, {.min = 1, .max = limits::cashStepMax});
        fields("refundable_until", refundableUntil);
    }

    [[nodiscard]] const PriceZone *zoneForCategory(const QString &category) const;
    [[nodiscard]] const PriceType *type(const PriceTypeId &id) const;
    [[nodiscard]] std::optional<Money> price(const PriceZoneId &zone, const PriceTypeId &type) const;
    /// Fills in Price::total for who buys through this channel.
    void setTotals(SalesChannel channel);
    /// The lowest and the highest price of a zone, of all types or of the public ones; absent where there is none.
    [[nodiscard]] std::optional<std::pair<Money, Money>> priceRange(const PriceZoneId &zone, bool onlyPublic) const;
};

/// The one rule for who may move a performance from one state to another; manager or above is checked elsewhere.
[[nodiscard]] Result<PerformanceState> decidePerformanceState(PerformanceState from, PerformanceState to);

} // namespace parterre
