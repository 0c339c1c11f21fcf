#include "checkout/cartcost.h"

#include "common/moneytext.h"

#include <QCoreApplication>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CartCost", text);
}

QString rateText(int basisPoints)
{
    QString text = QString::number(basisPoints / 100);
    if (const int rest = basisPoints % 100; rest > 0)
        text += u'.' + QString::number(rest).rightJustified(2, u'0');
    while (text.contains(u'.') && text.endsWith(u'0'))
        text.chop(1);
    return text + u" %"_s;
}

CartCost costOf(const std::vector<OrderLine> &lines, const Money &total, int cashStep)
{
    const Money none(0, total.currency());
    CartCost cost{.prices = none,
                  .discount = none,
                  .promotion = {},
                  .fees = {},
                  .taxAdded = none,
                  .taxes = {},
                  .total = total,
                  .rounding = cashRounding(total, cashStep)};
    for (const OrderLine &line : lines) {
        cost.prices += line.amount;
        if (!line.discount.isZero()) // An older server tells none, in no currency.
            cost.discount += line.discount;
    }
    return cost;
}

void setFees(CartCost &cost, std::vector<FeeSum> fees)
{
    cost.fees = std::move(fees);
    cost.taxAdded = cost.total - (cost.prices - cost.discount);
    for (const FeeSum &fee : cost.fees)
        cost.taxAdded -= fee.amount;
}

} // namespace

CartCost cartCost(const PerformanceDetail &performance, const std::vector<HeldPlace> &held,
                  const std::vector<OrderLineRequest> &requests)
{
    const Currency currency = Currency::fromCode(performance.summary.currency).value_or(Currency());
    std::vector<HeldPlace> priced;
    std::vector<OrderLineRequest> lines;
    for (const OrderLineRequest &request : requests) {
        const auto place = std::ranges::find(held, request.place, &HeldPlace::key);
        const PriceZone *zone = place == held.end() ? nullptr : performance.zoneForCategory(place->category);
        if (zone && performance.price(zone->id, request.priceType)) {
            priced.push_back(*place);
            lines.push_back(request);
        }
    }
    auto made = priceLines(lines, priced, performance, SalesChannel::Desk);
    if (!made) // Only an empty cart, or one of too many places.
        return costOf({}, Money(0, currency), performance.cashStep);
    const std::vector<Charge> charges = chargeLines(*made, performance, SalesChannel::Desk);
    CartCost cost = costOf(*made, totalOf(charges, currency), performance.cashStep);
    setFees(cost, feeSums(charges));
    cost.taxes = taxSums(charges);
    return cost;
}

CartCost cartCost(const OrderQuote &quote, int cashStep)
{
    CartCost cost = costOf(quote.lines, quote.total, cashStep);
    setFees(cost, quote.fees);
    cost.taxes = quote.taxes;
    cost.promotion = quote.promotion.value_or(QString());
    return cost;
}

CartCost cartCost(const OrderView &order)
{
    CartCost cost = costOf(order.lines, order.total, 1);
    setFees(cost, order.fees);
    cost.taxes = order.taxes;
    cost.promotion = order.promotion.value_or(QString());
    return cost;
}

std::vector<std::pair<QString, Money>> costRows(const CartCost &cost)
{
    std::vector<std::pair<QString, Money>> rows;
    if (!cost.discount.isZero())
        rows.emplace_back(cost.promotion.isEmpty() ? tr("Taken off") : cost.promotion, -cost.discount);
    for (const FeeSum &fee : cost.fees)
        rows.emplace_back(fee.name, fee.amount);
    if (!cost.taxAdded.isZero())
        rows.emplace_back(tr("Tax"), cost.taxAdded);
    if (!rows.empty())
        rows.insert(rows.begin(), {tr("Tickets"), cost.prices});
    return rows;
}

std::vector<std::pair<QString, Money>> taxRows(const std::vector<TaxSum> &taxes)
{
    std::vector<std::pair<QString, Money>> rows;
    for (const TaxSum &sum : taxes) {
        if (!sum.amount.isZero())
            rows.emplace_back(tr("of which %1 %2").arg(sum.tax.name, rateText(sum.tax.rateBasisPoints)), sum.amount);
    }
    return rows;
}

QString rowsHtml(const std::vector<std::pair<QString, Money>> &rows, const QString &color)
{
    if (rows.empty())
        return {};
    QString html = u"<table width='100%' cellspacing='0' cellpadding='0' style='color: %1'>"_s.arg(color);
    for (const auto &[name, amount] : rows) {
        html += u"<tr><td style='padding: 1px 8px 1px 0'>%1</td><td align='right'>%2</td></tr>"_s.arg(
            name.toHtmlEscaped(), moneyText(amount).toHtmlEscaped());
    }
    return html + u"</table>"_s;
}

} // namespace parterre::ui
