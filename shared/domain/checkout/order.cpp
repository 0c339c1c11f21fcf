#include "domain/checkout/order.h"

#include "base/assert.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

constexpr auto arrows = std::to_array<std::pair<OrderState, OrderState>>({
    {OrderState::Open, OrderState::PaymentPending},
    {OrderState::Open, OrderState::Expired},
    {OrderState::PaymentPending, OrderState::Confirmed},
    {OrderState::PaymentPending, OrderState::Open},
    {OrderState::PaymentPending, OrderState::Expired}, // The payment failed after the hold's own time was over.
    {OrderState::Confirmed, OrderState::PartlyRefunded},
    {OrderState::Confirmed, OrderState::Refunded},
    {OrderState::Confirmed, OrderState::Exchanged},
    {OrderState::PartlyRefunded, OrderState::Refunded},
    {OrderState::PartlyRefunded, OrderState::Exchanged},
});

/// Checks one request against what is held and what is priced, and says what the place costs.
Result<Money> priceOf(const OrderLineRequest &request, const HeldPlace &held, const PerformanceDetail &performance,
                      SalesChannel channel, const QString &field)
{
    const PriceType *type = performance.type(request.priceType);
    if (!type)
        return refuse(ErrorCode::InvalidInput, u"This performance has no such price type."_s, field + u"/price_type"_s);
    if (!type->isPublic && channel != SalesChannel::Desk)
        return refuse(ErrorCode::Forbidden, u"%1 is sold at the box office only."_s.arg(type->name),
                      field + u"/price_type"_s);
    const PriceZone *zone = performance.zoneForCategory(held.category);
    const auto amount = zone ? performance.price(zone->id, type->id) : std::nullopt;
    if (!amount) {
        return refuse(ErrorCode::InvalidInput, u"%1 has no price for %2."_s.arg(held.name, type->name),
                      field + u"/price_type"_s);
    }
    return *amount;
}

} // namespace

Result<OrderState> decideOrder(OrderState from, OrderState to)
{
    if (from != to && std::ranges::find(arrows, std::pair(from, to)) == arrows.end())
        return refuse(ErrorCode::WrongState,
                      u"An order that is %1 cannot become %2."_s.arg(enumName(from), enumName(to)));
    return to;
}

Status checkEmail(const QString &email, const QString &field)
{
    const qsizetype at = email.indexOf(u'@');
    const bool plain =
        std::ranges::none_of(email, [](QChar c) { return c.isSpace() || c.category() == QChar::Other_Control; });
    if (at <= 0 || at != email.lastIndexOf(u'@') || at == email.size() - 1 || !plain)
        return refuse(ErrorCode::InvalidInput, u"Type an e-mail address such as name@example.org."_s, field);
    return {};
}

Result<std::vector<OrderLine>> priceLines(const std::vector<OrderLineRequest> &requests,
                                          const std::vector<HeldPlace> &held, const PerformanceDetail &performance,
                                          SalesChannel channel)
{
    QHash<QString, int> missing; // Key to places that no line has claimed yet.
    for (const HeldPlace &place : held)
        missing.insert(place.key, place.quantity);

    std::vector<OrderLine> lines;
    for (size_t i = 0; i < requests.size(); ++i) {
        const OrderLineRequest &request = requests[i];
        const QString field = u"/lines/%1"_s.arg(i);
        const auto place = std::ranges::find(held, request.place, &HeldPlace::key);
        if (place == held.end())
            return refuse(ErrorCode::InvalidInput, u"The hold does not have this place."_s, field + u"/place"_s);
        if (request.quantity < 1)
            return refuse(ErrorCode::InvalidInput, u"%1 is named for no place at all."_s.arg(place->name),
                          field + u"/quantity"_s);
        if (missing.value(request.place) < request.quantity) {
            return refuse(ErrorCode::InvalidInput, u"%1 is named more often than it is held."_s.arg(place->name),
                          field + u"/quantity"_s);
        }
        missing[request.place] -= request.quantity;
        PT_TRY(const Money listed, priceOf(request, *place, performance, channel, field));
        if (request.priceOverride && channel != SalesChannel::Desk) {
            return refuse(ErrorCode::Forbidden, u"Only the box office may ask for another price."_s,
                          field + u"/price_override"_s);
        }
        const Money price =
            request.priceOverride ? Money(request.priceOverride->price.minorUnits(), listed.currency()) : listed;
        const Money amount = std::max(listed, price);
        for (int copy = 0; copy < request.quantity; ++copy) {
            if (lines.size() == static_cast<size_t>(limits::orderLinesMax))
                return refuse(ErrorCode::TooLarge, u"An order has at most %1 places."_s.arg(limits::orderLinesMax),
                              u"/lines"_s);
            lines.push_back({.number = static_cast<int>(lines.size()) + 1,
                             .place = place->key,
                             .isArea = place->isArea,
                             .placeNumber = 0,
                             .placeName = place->name,
                             .zoneName = performance.zoneForCategory(place->category)->name,
                             .priceType = request.priceType,
                             .priceTypeName = performance.type(request.priceType)->name,
                             .amount = amount,
                             .note = {},
                             .discount = amount - price,
                             .fee = Money(0, amount.currency()),
                             .tax = Money(0, amount.currency()),
                             .total = price,
                             .priceOverride = request.priceOverride,
                             .listed = listed});
        }
    }
    for (const HeldPlace &place : held) {
        if (missing.value(place.key) > 0)
            return refuse(ErrorCode::InvalidInput, u"%1 is held but has no price type."_s.arg(place.name), u"/lines"_s);
    }
    return lines;
}

Status applyPromotion(std::vector<OrderLine> &lines, const Promotion &promotion)
{
    std::vector<OrderLine *> fitting;
    std::vector<Money> prices;
    for (OrderLine &line : lines) {
        const bool fits = promotion.priceTypes.empty() ||
                          std::ranges::find(promotion.priceTypes, line.priceTypeName) != promotion.priceTypes.end();
        if (!fits || line.priceOverride || line.amount.isZero())
            continue;
        fitting.push_back(&line);
        prices.push_back(line.amount);
    }
    if (fitting.empty()) {
        return refuse(ErrorCode::InvalidInput, u"The code %1 is for other tickets."_s.arg(promotion.code),
                      u"/promotion"_s);
    }
    const std::vector<Money> discounts = discountsOf(promotion, prices);
    for (size_t i = 0; i < fitting.size(); ++i)
        fitting[i]->discount = discounts[i];
    return {};
}

std::vector<Charge> chargeLines(std::vector<OrderLine> &lines, const PerformanceDetail &performance,
                                SalesChannel channel)
{
    std::vector<Charge> all;
    for (OrderLine &line : lines) {
        const Currency currency = line.amount.currency();
        const PriceType *type = performance.type(line.priceType);
        PT_ASSERT(type, "a line was priced by a type of its performance");
        const auto charges =
            chargesOfTicket(line.number, line.amount - line.discount, type->tax, performance.fees, channel);
        line.fee = line.tax = Money(0, currency);
        for (const Charge &charge : charges) {
            line.tax += charge.taxAmount;
            if (charge.kind == ChargeKind::Fee)
                line.fee += charge.amount;
        }
        line.total = totalOf(charges, currency);
        all.insert(all.end(), charges.begin(), charges.end());
    }
    const Currency currency = Currency::fromCode(performance.summary.currency).value_or(Currency());
    const auto ofOrder = chargesOfOrder(all, performance.fees, channel, currency);
    all.insert(all.end(), ofOrder.begin(), ofOrder.end());
    return all;
}

Money worthOf(const OrderView &order, const std::vector<int> &lines)
{
    Money worth(0, order.total.currency());
    bool isAll = true;
    for (const OrderLine &line : order.lines) {
        if (line.state != LineState::Sold)
            continue;
        if (std::ranges::find(lines, line.number) != lines.end())
            worth += line.total;
        else
            isAll = false;
    }
    if (isAll && !order.fee.isZero()) // Without one there may be no currency either.
        worth += order.fee;
    return worth;
}

} // namespace parterre
