#pragma once

#include "base/result.h"
#include "domain/layout/layout.h"

#include <QString>

#include <vector>

namespace parterre::bench {

/// What the bench puts on sale: performances in one house of straight rows, so that seat n has the key `s<n>` and area
/// n the key `a<n>`.
struct SeasonPlan
{
    int seats = 0;
    int seatsPerRow = 40;
    std::vector<int> areaCapacities{}; ///< Of each standing area.
    int performances = 1;
    int holdSeconds = 600;
    int purchaseLimit = 0;
};

[[nodiscard]] Layout layoutOf(const SeasonPlan &plan);
/// Writes the season and its layout into `folder`; the path of the season file.
[[nodiscard]] Result<QString> writeSeason(const SeasonPlan &plan, const QString &folder);

} // namespace parterre::bench
