#include "domain/pricing/promotion.h"

#include "domain/pricing/charges.h"

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

std::vector<Money> shares(const Money &amount, const std::vector<Money> &prices, const Money &sum)
{
    std::vector<Money> shares;
    qint64 left = amount.minorUnits();
    for (const Money &price : prices) {
        // Rounded down, so that no share is more than its price.
        const qint64 share = amount.minorUnits() * price.minorUnits() / sum.minorUnits();
        left -= share;
        shares.emplace_back(share, amount.currency());
    }
    for (size_t i = 0; left > 0; i = (i + 1) % shares.size()) {
        if (shares[i] < prices[i]) {
            shares[i] += Money(1, amount.currency());
            --left;
        }
    }
    return shares;
}

} // namespace

QString promotionCode(const QString &typed)
{
    return typed.trimmed().toUpper();
}

Status checkPromotion(const Promotion &promotion, const PerformanceId &performance, Instant now)
{
    if (promotion.from && now < *promotion.from)
        return refuse(ErrorCode::InvalidInput, u"The code %1 is not good yet."_s.arg(promotion.code), u"/promotion"_s);
    if (promotion.until && now >= *promotion.until) {
        return refuse(ErrorCode::InvalidInput, u"The code %1 is not good any more."_s.arg(promotion.code),
                      u"/promotion"_s);
    }
    const auto &performances = promotion.performances;
    if (!performances.empty() && std::ranges::find(performances, performance) == performances.end()) {
        return refuse(ErrorCode::InvalidInput, u"The code %1 is for other performances."_s.arg(promotion.code),
                      u"/promotion"_s);
    }
    return {};
}

std::vector<Money> discountsOf(const Promotion &promotion, const std::vector<Money> &prices)
{
    std::vector<Money> discounts;
    if (prices.empty())
        return discounts;
    Money sum(0, prices.front().currency());
    for (const Money &price : prices)
        sum += price;
    const Money amount(promotion.amount.minorUnits(), sum.currency());
    if (promotion.rateBasisPoints == 0 && promotion.per == DiscountPer::Order && !sum.isZero())
        return shares(std::min(amount, sum), prices, sum);
    for (const Money &price : prices)
        discounts.push_back(promotion.rateBasisPoints > 0 ? shareOf(price, promotion.rateBasisPoints)
                                                          : std::min(amount, price));
    return discounts;
}

} // namespace parterre
