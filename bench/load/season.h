#pragma once

#include "base/result.h"
#include "domain/layout/layout.h"

#include <QString>

#include <vector>

namespace parterre::bench {

/// A house of straight rows, where seat n has the key `s<n>` and area n the key `a<n>`, and how often it is played in.
struct Hall
{
    int seats = 0;
    int seatsPerRow = 40;
    std::vector<int> areaCapacities{}; ///< Of each standing area.
    int performances = 1;
    int holdSeconds = 600;
    int purchaseLimit = 0;
    bool isRefundable = false; ///< Buyers may give places back until it begins.
};

/// What the bench puts on sale. Performances are numbered through the halls in their order.
struct SeasonPlan
{
    std::vector<Hall> halls{};

    [[nodiscard]] int performanceCount() const;
    [[nodiscard]] const Hall &hallOf(int performance) const;
};

[[nodiscard]] Layout layoutOf(const Hall &hall);
/// Writes the season and its layouts into `folder`; the path of the season file.
[[nodiscard]] Result<QString> writeSeason(const SeasonPlan &plan, const QString &folder);

} // namespace parterre::bench
