#pragma once

#include "domain/layout/layout.h"

#include <vector>

namespace parterre {

/// A gap wider than this many median pitches of the row parts two seats (design section 5; measured on real plans,
/// where almost every pitch equals the median and aisles are either a new row object or a wide gap).
inline constexpr double adjacencyGapMax = 1.6;

/// Runs of neighbouring seats of one row object, as indexes into its `seats`, in the row's order. A seat without
/// neighbours is a run of one. Two seats at one place are pitch zero and stay together.
[[nodiscard]] std::vector<std::vector<int>> adjacentRuns(const LayoutRow &row);

/// For every seat number of the layout the number of its right-hand neighbour in its row's order, or -1.
[[nodiscard]] std::vector<int> nextNeighbours(const LayoutIndex &index);

/// True when the seats form one unbroken run of one row object, in any order.
[[nodiscard]] bool areAdjacent(const LayoutIndex &index, const std::vector<int> &seatNumbers);

} // namespace parterre
