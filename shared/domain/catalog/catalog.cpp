#include "domain/catalog/catalog.h"

#include "domain/pricing/charges.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

const PriceZone *PerformanceDetail::zoneForCategory(const QString &category) const
{
    const auto found = std::ranges::find(zones, category, &PriceZone::category);
    return found == zones.end() ? nullptr : &*found;
}

const PriceType *PerformanceDetail::type(const PriceTypeId &id) const
{
    const auto found = std::ranges::find(types, id, &PriceType::id);
    return found == types.end() ? nullptr : &*found;
}

std::optional<Money> PerformanceDetail::price(const PriceZoneId &zone, const PriceTypeId &type) const
{
    const auto found =
        std::ranges::find_if(prices, [&](const Price &price) { return price.zone == zone && price.type == type; });
    return found == prices.end() ? std::nullopt : std::optional<Money>(found->amount);
}

void PerformanceDetail::setTotals(SalesChannel channel)
{
    for (Price &price : prices) {
        const PriceType *known = type(price.type);
        price.total = totalOf(chargesOfTicket(1, price.amount, known ? known->tax : std::nullopt, fees, channel),
                              price.amount.currency());
    }
}

std::optional<std::pair<Money, Money>> PerformanceDetail::priceRange(const PriceZoneId &zone, bool onlyPublic) const
{
    std::optional<std::pair<Money, Money>> range;
    for (const Price &price : prices) {
        const PriceType *known = type(price.type);
        if (price.zone != zone || !known || (onlyPublic && !known->isPublic))
            continue;
        if (!range)
            range = {price.amount, price.amount};
        range->first = std::min(range->first, price.amount);
        range->second = std::max(range->second, price.amount);
    }
    return range;
}

Result<PerformanceState> decidePerformanceState(PerformanceState from, PerformanceState to)
{
    const bool allowed = from == to || (to == PerformanceState::OnSale && from != PerformanceState::Cancelled) ||
                         (to == PerformanceState::Paused && from == PerformanceState::OnSale) ||
                         (to == PerformanceState::Cancelled);
    if (!allowed) {
        return refuse(ErrorCode::WrongState,
                      u"A performance that is %1 cannot become %2."_s.arg(enumName(from), enumName(to)), u"/state"_s);
    }
    return to;
}

} // namespace parterre
