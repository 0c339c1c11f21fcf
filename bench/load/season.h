#pragma once

#include "base/result.h"
#include "domain/inventory/houserules.h"
#include "domain/layout/layout.h"

#include <QString>

#include <utility>
#include <vector>

namespace parterre::bench {

/// What a performance adds to the prices of its places.
enum class Prices {
    Plain,
    WithFees,   ///< Fees of each ticket and of the order; taxes are included.
    TaxesOnTop, ///< Taxes are added, and a fee that is a rate.
};

/// What holds for one performance and need not for the next.
struct HouseRules
{
    int purchaseLimit = 0; ///< Of one customer; 0: none.
    OrphanRule orphanRule = OrphanRule::Off;
    Prices prices = Prices::Plain;
    int houseSeats = 0; ///< How many are to be set aside under a code, from seat 0 on; World does it once it has staff.
};

/// A house of straight rows, where seat n has the key `s<n>` and area n the key `a<n>`, and how often it is played in.
struct Hall
{
    int seats = 0;
    int seatsPerRow = 40;
    std::vector<int> areaCapacities{}; ///< Of each standing area.
    int performances = 1;
    int holdSeconds = 600;
    bool isRefundable = false;                   ///< Buyers may give places back until it begins.
    int wheelchairSpaces = 0;                    ///< Instead of so many of the last seats.
    std::vector<HouseRules> rules{HouseRules()}; ///< Of its performances in turn.
};

/// Codes that take something off, everywhere: one that anybody may use, and one with few uses.
inline constexpr auto promotionForAll = "FRIENDS";
inline constexpr auto promotionForFew = "FIRSTFEW";
inline constexpr int promotionForFewUses = 25;
inline constexpr int priceCategories = 4;
inline constexpr auto houseCode = "UPSTAGE";
inline constexpr auto houseAccessCode = "UPSTAGE7"; ///< For buyers.

/// What the bench puts on sale. Performances are numbered through the halls in their order.
struct SeasonPlan
{
    std::vector<Hall> halls{};

    [[nodiscard]] int performanceCount() const;
    [[nodiscard]] const Hall &hallOf(int performance) const;
    [[nodiscard]] const HouseRules &rulesOf(int performance) const;

private:
    [[nodiscard]] std::pair<const Hall *, int> find(int performance) const;
};

/// What a place of the category costs before fees and taxes, in minor units; the first category is the dearest.
[[nodiscard]] int priceOf(int category);

/// Of the numbered block of seats, as it is called in the layout.
[[nodiscard]] QString sectionName(int section);
[[nodiscard]] int sectionCount(const Hall &hall); ///< Of such blocks.
[[nodiscard]] QString categoryName(int category);
[[nodiscard]] Layout layoutOf(const Hall &hall);
/// Writes the season and its layouts into `folder`; the path of the season file.
[[nodiscard]] Result<QString> writeSeason(const SeasonPlan &plan, const QString &folder);

} // namespace parterre::bench
