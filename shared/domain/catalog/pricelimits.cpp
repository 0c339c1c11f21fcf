#include "domain/catalog/pricelimits.h"

#include <algorithm>

namespace parterre {

std::optional<Money> limitPrice(const PerformanceDetail &detail, const PriceZoneId &zone)
{
    auto range = detail.priceRange(zone, true);
    if (!range)
        range = detail.priceRange(zone, false);
    return range ? std::optional(range->first) : std::nullopt;
}

std::optional<Money> firstPrice(const PerformanceDetail &detail, const PriceZoneId &zone)
{
    for (const PriceType &type : detail.types) {
        if (const auto price = detail.price(zone, type.id))
            return price;
    }
    return std::nullopt;
}

std::vector<PriceLimit> priceLimits(const PerformanceDetail &detail)
{
    std::vector<PriceLimit> zones;
    for (const PriceZone &zone : detail.zones) {
        const auto first = firstPrice(detail, zone.id);
        const auto cheapest = limitPrice(detail, zone.id);
        if (first && cheapest)
            zones.push_back({.most = *cheapest, .shown = *first});
    }
    std::ranges::sort(zones, {}, &PriceLimit::most);
    std::vector<PriceLimit> limits;
    for (PriceLimit limit : zones) {
        if (!limits.empty()) {
            limit.shown = std::max(limit.shown, limits.back().shown);
            if (limit.shown == limits.back().shown || limit.most == limits.back().most)
                limits.pop_back();
        }
        limits.push_back(limit);
    }
    if (!limits.empty())
        limits.pop_back();
    return limits;
}

} // namespace parterre
