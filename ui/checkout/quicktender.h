#pragma once

#include "base/money.h"

#include <vector>

namespace parterre::ui {

/// What a customer is likely to hand over for `total`: the exact amount, then the next amounts that are made of few
/// notes (5, 10, 20, 50, 100 and 200 of the currency), ascending and without repeats, `countMax` at the most.
[[nodiscard]] std::vector<Money> quickTenders(const Money &total, int countMax = 5);

} // namespace parterre::ui
