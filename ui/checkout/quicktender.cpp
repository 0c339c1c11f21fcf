#include "checkout/quicktender.h"

#include <algorithm>

namespace parterre::ui {

std::vector<Money> quickTenders(const Money &total, int countMax)
{
    qint64 unit = 1;
    for (int i = 0; i < total.currency().decimals(); ++i)
        unit *= 10;
    std::vector<Money> tenders{total};
    for (const qint64 note : {5, 10, 20, 50, 100, 200}) {
        const qint64 step = note * unit;
        const Money next((total.minorUnits() + step - 1) / step * step, total.currency());
        if (std::ranges::find(tenders, next) == tenders.end())
            tenders.push_back(next);
    }
    std::ranges::sort(tenders);
    if (static_cast<int>(tenders.size()) > countMax)
        tenders.resize(static_cast<size_t>(countMax));
    return tenders;
}

} // namespace parterre::ui
