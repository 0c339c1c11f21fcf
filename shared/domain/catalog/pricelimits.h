#pragma once

#include "domain/catalog/catalog.h"

#include <optional>
#include <vector>

/// "No dearer than": what a place counts as where somebody names a highest price, and which ones to offer.
namespace parterre {

/// The cheapest public price of the zone, or the cheapest of all where only clerks sell it. Free tickets for the press
/// would make every limit void.
[[nodiscard]] std::optional<Money> limitPrice(const PerformanceDetail &detail, const PriceZoneId &zone);

/// What a place of the zone costs where nothing else is said: the first type that has a price.
[[nodiscard]] std::optional<Money> firstPrice(const PerformanceDetail &detail, const PriceZoneId &zone);

/// A highest price to choose from: `most` is compared with limitPrice(); people read `shown`, the dearest firstPrice()
/// of the zones that it lets through.
struct PriceLimit
{
    Money most;
    Money shown;
};

/// The cheapest first. What would let everything through is left out: it is no limit. The shop has a twin of this in
/// resources/storefront/partywish.js.
[[nodiscard]] std::vector<PriceLimit> priceLimits(const PerformanceDetail &detail);

} // namespace parterre
