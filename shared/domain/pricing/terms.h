#pragma once

#include "base/jsonfields.h"
#include "base/money.h"
#include "domain/holds/hold.h"

#include <array>
#include <optional>
#include <vector>

/// What is asked for besides the price: taxes and fees, as a performance has them from its season file.
namespace parterre {

namespace limits {
inline constexpr int basisPointsMax = 10'000; ///< A rate of 100 %.
inline constexpr int feesMax = 20;            ///< Of one performance; more than three would make a buyer turn away.
inline constexpr int taxSumsMax = 80;         ///< A tax for each price type and each fee, with room.
inline constexpr int cashStepMax = 100'000;   ///< A coin of 1000.00.
} // namespace limits

/// Rates are hundredths of a per cent (basis points), since no rate in force needs more and whole numbers are exact.
struct Tax
{
    QString name;
    int rateBasisPoints = 0; ///< 2000 is 20 %.
    bool isIncluded = true;  ///< In the price that is asked; else it is added to it.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMax = limits::labelCharactersMax, .charactersMin = 1});
        fields("rate_basis_points", rateBasisPoints, {.min = 0, .max = limits::basisPointsMax});
        fields.optional("included", isIncluded);
    }
    bool operator==(const Tax &) const = default;
};

enum class FeePer { Ticket, Order };

template <>
struct EnumNames<FeePer>
{
    static constexpr auto names = std::to_array<std::pair<FeePer, const char *>>({
        {FeePer::Ticket, "ticket"},
        {FeePer::Order, "order"},
    });
};

/// A fixed amount, a share of the price, or both; for each ticket or once for an order.
struct Fee
{
    QString name;
    FeePer per = FeePer::Ticket;
    std::vector<SalesChannel> channels{}; ///< Where it is asked for; none: everywhere.
    Money amount{};
    int rateBasisPoints = 0;
    std::optional<Tax> tax{};

    [[nodiscard]] bool appliesTo(SalesChannel channel) const;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields("per", per);
        fields.optional("channels", channels, {.countMax = 3});
        fields("amount", amount, {.min = 0});
        fields.optional("rate_basis_points", rateBasisPoints, {.min = 0, .max = limits::basisPointsMax});
        fields("tax", tax);
    }
    bool operator==(const Fee &) const = default;
};

} // namespace parterre
