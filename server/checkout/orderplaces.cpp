#include "checkout/orderplaces.h"

#include <algorithm>

namespace parterre::server {

namespace {

template <class Wanted>
OrderPlaces placesWhere(const OrderRow &order, Wanted isWanted)
{
    OrderPlaces places;
    for (const OrderLine &line : order.lines) {
        if (!isWanted(line))
            continue;
        if (line.isArea)
            ++places.areas[line.placeNumber];
        else
            places.seats.push_back(line.placeNumber);
    }
    std::ranges::sort(places.seats);
    return places;
}

} // namespace

OrderPlaces placesOf(const OrderRow &order)
{
    return placesWhere(order, [](const OrderLine &) { return true; });
}

OrderPlaces placesOf(const OrderRow &order, const std::vector<int> &lines)
{
    return placesWhere(order, [&](const OrderLine &line) { return std::ranges::binary_search(lines, line.number); });
}

std::vector<int> numbersOf(const std::map<int, int> &areas)
{
    std::vector<int> numbers;
    for (const auto &[area, ignored] : areas)
        numbers.push_back(area);
    return numbers;
}

} // namespace parterre::server
