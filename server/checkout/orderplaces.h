#pragma once

#include "checkout/orderrepository.h"

#include <map>
#include <vector>

namespace parterre::server {

/// The places of an order's lines by their numbers in the layout.
struct OrderPlaces
{
    std::vector<int> seats{};   ///< Ascending.
    std::map<int, int> areas{}; ///< Number to quantity.
};

[[nodiscard]] OrderPlaces placesOf(const OrderRow &order);
/// Those of the lines with these numbers, which ascend.
[[nodiscard]] OrderPlaces placesOf(const OrderRow &order, const std::vector<int> &lines);
/// The numbers of areas, ascending.
[[nodiscard]] std::vector<int> numbersOf(const std::map<int, int> &areas);

} // namespace parterre::server
