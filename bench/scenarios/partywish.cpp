#include "scenarios/partywish.h"

#include <numeric>

namespace parterre::bench {

void addWish(check::Event &party, const Hall &hall, QRandomGenerator &random, int percent)
{
    const int chance = random.bounded(100);
    if (chance < percent) {
        party.categories = {random.bounded(priceCategories)};
    } else if (chance < 2 * percent) {
        const int dearest = random.bounded(1, priceCategories - 1); // Of one alone it would be that zone.
        party.categories.resize(static_cast<size_t>(priceCategories - dearest));
        std::iota(party.categories.begin(), party.categories.end(), dearest);
    } else if (chance < 3 * percent) {
        party.section = random.bounded(sectionCount(hall));
    }
}

void dropWish(check::Event &party)
{
    party.categories.clear();
    party.section.reset();
}

} // namespace parterre::bench
