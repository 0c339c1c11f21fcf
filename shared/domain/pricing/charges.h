#pragma once

#include "domain/pricing/terms.h"

/// What an order is made of, in whole minor units (design D11).
///
/// The one rule of rounding: every share, of a fee or of a tax, is taken of one charge and rounded half up to the minor
/// unit, and sums are sums of what was rounded. So what stands under a column is always what its lines add up to, and a
/// line can be given back alone.
namespace parterre {

enum class ChargeKind { Price, Fee };

template <>
struct EnumNames<ChargeKind>
{
    static constexpr auto names = std::to_array<std::pair<ChargeKind, const char *>>({
        {ChargeKind::Price, "price"},
        {ChargeKind::Fee, "fee"},
    });
};

/// The price of one place after its discount, or one fee, with its tax.
struct Charge
{
    int line = 0; ///< Number of the order's line; 0 for the order as a whole.
    ChargeKind kind = ChargeKind::Price;
    QString name{};           ///< Of the fee.
    Money amount;             ///< With an included tax, without one that is added.
    std::optional<Tax> tax{}; ///< Absent: there is none.
    Money taxAmount;          ///< The tax in it, or to be added to it.

    [[nodiscard]] Money total() const; ///< What the buyer pays for it.
    [[nodiscard]] Money net() const;   ///< What is left of that without the tax.
    [[nodiscard]] Money taxAdded() const;
};

/// `basisPoints` hundredths of a per cent of an amount that is not negative.
[[nodiscard]] Money shareOf(const Money &amount, int basisPoints);
/// The tax in an amount, or the one to be added to it.
[[nodiscard]] Money taxOf(const Money &amount, const Tax &tax);

/// The price of a ticket, after its discount, and the fees for it. A ticket that costs nothing bears no fee.
[[nodiscard]] std::vector<Charge> chargesOfTicket(int line, const Money &price, const std::optional<Tax> &tax,
                                                  const std::vector<Fee> &fees, SalesChannel channel);
/// The fees of an order with these charges of its tickets; their shares are of the prices. None where nothing is paid.
[[nodiscard]] std::vector<Charge> chargesOfOrder(const std::vector<Charge> &tickets, const std::vector<Fee> &fees,
                                                 SalesChannel channel, Currency currency);
[[nodiscard]] Money totalOf(const std::vector<Charge> &charges, Currency currency);

/// All fees of one name, as the buyer pays them.
struct FeeSum
{
    QString name;
    Money amount;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name);
        fields("amount", amount);
    }
    bool operator==(const FeeSum &) const = default;
};

/// One row of the tax table.
struct TaxSum
{
    Tax tax;
    Money net;    ///< What is taxed, without the tax.
    Money amount; ///< The tax.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("tax", tax);
        fields("net", net);
        fields("amount", amount);
    }
    bool operator==(const TaxSum &) const = default;
};

[[nodiscard]] std::vector<FeeSum> feeSums(const std::vector<Charge> &charges);
[[nodiscard]] std::vector<TaxSum> taxSums(const std::vector<Charge> &charges);

/// What a drawer whose smallest coin is `step` minor units takes more (or, negative, less) than `total`: the nearest
/// multiple counts, and half a step goes up. Only the cash of an order is rounded, never its lines.
[[nodiscard]] Money cashRounding(const Money &total, int step);

} // namespace parterre
