#include "domain/pricing/charges.h"

#include "base/assert.h"

#include <algorithm>

namespace parterre {

namespace {

/// amount * numerator / denominator, half up. The dearest order that there can be, twice and in basis points, is below
/// 2^63.
Money fraction(const Money &amount, qint64 numerator, qint64 denominator)
{
    PT_ASSERT(!amount.isNegative(), "shares are taken of what is paid, never of what is given back");
    PT_ASSERT(amount.minorUnits() <= 2 * limits::moneyMinorUnitsMax * limits::orderLinesMax, "no order is dearer");
    return Money((2 * amount.minorUnits() * numerator + denominator) / (2 * denominator), amount.currency());
}

Charge feeCharge(int line, const Fee &fee, const Money &base)
{
    Charge charge{.line = line,
                  .kind = ChargeKind::Fee,
                  .name = fee.name,
                  .amount = Money(fee.amount.minorUnits(), base.currency()) + shareOf(base, fee.rateBasisPoints),
                  .tax = fee.tax,
                  .taxAmount = Money(0, base.currency())};
    if (charge.tax)
        charge.taxAmount = taxOf(charge.amount, *charge.tax);
    return charge;
}

template <class Sum, class Matches>
Sum &sumFor(std::vector<Sum> &sums, const Matches &matches, Sum fresh)
{
    const auto found = std::ranges::find_if(sums, matches);
    if (found != sums.end())
        return *found;
    sums.push_back(std::move(fresh));
    return sums.back();
}

} // namespace

bool Fee::appliesTo(SalesChannel channel) const
{
    return channels.empty() || std::ranges::find(channels, channel) != channels.end();
}

Money Charge::taxAdded() const
{
    return tax && !tax->isIncluded ? taxAmount : Money(0, amount.currency());
}

Money Charge::total() const
{
    return amount + taxAdded();
}

Money Charge::net() const
{
    return total() - taxAmount;
}

Money shareOf(const Money &amount, int basisPoints)
{
    return fraction(amount, basisPoints, 10'000);
}

Money taxOf(const Money &amount, const Tax &tax)
{
    return fraction(amount, tax.rateBasisPoints, tax.isIncluded ? 10'000 + tax.rateBasisPoints : 10'000);
}

std::vector<Charge> chargesOfTicket(int line, const Money &price, const std::optional<Tax> &tax,
                                    const std::vector<Fee> &fees, SalesChannel channel)
{
    std::vector<Charge> charges{{.line = line,
                                 .kind = ChargeKind::Price,
                                 .name = {},
                                 .amount = price,
                                 .tax = tax,
                                 .taxAmount = tax ? taxOf(price, *tax) : Money(0, price.currency())}};
    if (price.isZero())
        return charges;
    for (const Fee &fee : fees) {
        if (fee.per == FeePer::Ticket && fee.appliesTo(channel))
            charges.push_back(feeCharge(line, fee, price));
    }
    return charges;
}

std::vector<Charge> chargesOfOrder(const std::vector<Charge> &tickets, const std::vector<Fee> &fees,
                                   SalesChannel channel, Currency currency)
{
    Money prices(0, currency);
    for (const Charge &charge : tickets) {
        if (charge.kind == ChargeKind::Price)
            prices += charge.amount;
    }
    std::vector<Charge> charges;
    if (prices.isZero())
        return charges;
    for (const Fee &fee : fees) {
        if (fee.per == FeePer::Order && fee.appliesTo(channel))
            charges.push_back(feeCharge(0, fee, prices));
    }
    return charges;
}

Money totalOf(const std::vector<Charge> &charges, Currency currency)
{
    Money total(0, currency);
    for (const Charge &charge : charges)
        total += charge.total();
    return total;
}

std::vector<FeeSum> feeSums(const std::vector<Charge> &charges)
{
    std::vector<FeeSum> sums;
    for (const Charge &charge : charges) {
        if (charge.kind != ChargeKind::Fee)
            continue;
        sumFor(
            sums, [&](const FeeSum &sum) { return sum.name == charge.name; },
            FeeSum{.name = charge.name, .amount = Money(0, charge.amount.currency())})
            .amount += charge.total();
    }
    return sums;
}

std::vector<TaxSum> taxSums(const std::vector<Charge> &charges)
{
    std::vector<TaxSum> sums;
    for (const Charge &charge : charges) {
        if (!charge.tax || charge.amount.isZero())
            continue;
        const Money none(0, charge.amount.currency());
        TaxSum &sum = sumFor(
            sums, [&](const TaxSum &known) { return known.tax == *charge.tax; },
            TaxSum{.tax = *charge.tax, .net = none, .amount = none});
        sum.net += charge.net();
        sum.amount += charge.taxAmount;
    }
    return sums;
}

Money cashRounding(const Money &total, int step)
{
    PT_ASSERT(step > 0 && !total.isNegative(), "cash is counted in coins that there are");
    const qint64 rest = total.minorUnits() % step;
    return Money(2 * rest >= step && rest > 0 ? step - rest : -rest, total.currency());
}

} // namespace parterre
