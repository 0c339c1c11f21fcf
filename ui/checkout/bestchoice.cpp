#include "checkout/bestchoice.h"

#include <QCoreApplication>
#include <QSettings>
#include <QStringList>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

const PriceZone *zoneNamed(const PerformanceDetail &detail, const QString &name)
{
    const auto found = std::ranges::find(detail.zones, name, &PriceZone::name);
    return name.isEmpty() || found == detail.zones.end() ? nullptr : &*found;
}

Accessibility accessibilityFor(AccessNeed need)
{
    return need == AccessNeed::Wheelchair ? Accessibility::Wheelchair : Accessibility::StepFree;
}

/// The categories of the layout that the choice may have.
std::vector<bool> categoriesFor(const BestChoice &choice, const HouseNow &house)
{
    const PriceZone *wanted = zoneNamed(house.detail, choice.zone);
    std::vector<bool> may;
    for (const LayoutCategory &category : house.layout.layout().categories) {
        const PriceZone *zone = house.detail.zoneForCategory(category.name);
        const auto price = zone ? limitPrice(house.detail, zone->id) : std::nullopt;
        may.push_back(price && (!wanted || wanted == zone) && (!choice.priceMax || *price <= *choice.priceMax));
    }
    return may;
}

BestChoice without(BestChoice choice, EasierChoice::Without limit)
{
    const bool all = limit == EasierChoice::Without::AllLimits;
    if (all || limit == EasierChoice::Without::Together)
        choice.together = false;
    if (all || limit == EasierChoice::Without::Zone)
        choice.zone.clear();
    if (all || limit == EasierChoice::Without::Price)
        choice.priceMax.reset();
    if (all || limit == EasierChoice::Without::Section)
        choice.section.clear();
    return choice;
}

} // namespace

bool hasPlacesFor(AccessNeed need, const LayoutIndex &layout)
{
    return std::ranges::any_of(layout.seats(), [&](const PlacedSeat &placed) {
        return layout.seat(placed.number).accessibility == accessibilityFor(need);
    });
}

BestChoice fitted(BestChoice choice, const PerformanceDetail &detail, const LayoutIndex &layout)
{
    if (!zoneNamed(detail, choice.zone))
        choice.zone.clear();
    const auto &sections = layout.layout().sections;
    if (std::ranges::find(sections, choice.section, &LayoutSection::name) == sections.end())
        choice.section.clear();
    const auto limits = priceLimits(detail);
    if (std::ranges::none_of(limits, [&](const PriceLimit &limit) { return choice.priceMax == limit.most; }))
        choice.priceMax.reset();
    if (choice.need != AccessNeed::None && !hasPlacesFor(choice.need, layout))
        choice.need = AccessNeed::None;
    choice.needing = std::min(choice.needing, choice.size);
    return choice;
}

BestPlaces placesFor(const BestChoice &choice, const PerformanceDetail &detail)
{
    BestPlaces best{.size = choice.size, .priceMax = choice.priceMax, .maySplit = !choice.together};
    if (const PriceZone *zone = zoneNamed(detail, choice.zone))
        best.zone = zone->id;
    if (!choice.section.isEmpty())
        best.section = choice.section;
    best.wheelchairs = choice.need == AccessNeed::Wheelchair ? choice.needing : 0;
    best.stepFree = choice.need == AccessNeed::StepFree ? choice.needing : 0;
    return best;
}

int countFree(const BestChoice &choice, const HouseNow &house)
{
    const std::vector<bool> may = categoriesFor(choice, house);
    const auto isHere = [&](const LayoutSection &where) {
        return choice.section.isEmpty() || where.name == choice.section;
    };
    int general = 0;
    int companions = 0;
    int fitting = 0;
    for (const PlacedSeat &placed : house.layout.seats()) {
        const LayoutSeat &seat = house.layout.seat(placed.number);
        if (!may[static_cast<size_t>(seat.category)] || !isHere(house.layout.sectionOf(placed.number)) ||
            !house.isFree(placed.number))
            continue;
        general += seat.accessibility == Accessibility::None ? 1 : 0;
        companions += seat.accessibility == Accessibility::Companion ? 1 : 0;
        fitting += seat.accessibility == accessibilityFor(choice.need) ? 1 : 0;
    }
    if (choice.need != AccessNeed::None)
        return fitting < choice.needing ? 0 : choice.needing + companions + general;
    for (const PlacedArea &area : house.layout.areas()) {
        if (may[static_cast<size_t>(house.layout.area(area.number).category)] &&
            isHere(house.layout.sectionOfArea(area.number)))
            general += std::max(0, house.freeIn(area.number));
    }
    return general;
}

std::vector<EasierChoice> easierChoices(const BestChoice &choice, const HouseNow &house)
{
    using Without = EasierChoice::Without;
    std::vector<EasierChoice> easier;
    const auto offer = [&](Without limit) {
        EasierChoice next{.without = limit, .choice = without(choice, limit)};
        next.free = countFree(next.choice, house);
        if (next.free >= choice.size)
            easier.push_back(std::move(next));
    };
    int limits = 0;
    for (const Without limit : {Without::Together, Without::Zone, Without::Price, Without::Section}) {
        if (without(choice, limit) == choice)
            continue;
        ++limits;
        offer(limit);
    }
    if (easier.empty() && limits > 1)
        offer(Without::AllLimits);
    if (const int here = countFree(choice, house); here > 0 && here < choice.size) {
        EasierChoice smaller{.without = Without::SomePeople, .choice = choice, .free = here};
        smaller.choice.size = here;
        smaller.choice.needing = std::min(choice.needing, here);
        easier.push_back(std::move(smaller));
    }
    return easier;
}

QString placesText(const std::vector<HeldPlace> &places, const LayoutIndex &layout)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("BestSeats", text); };
    std::vector<int> numbers;
    QStringList areas;
    for (const HeldPlace &place : places) {
        if (const auto number = place.isArea ? std::nullopt : layout.seatNumber(place.key))
            numbers.push_back(*number);
        else
            areas.append(tr("%1 × %2").arg(place.name).arg(place.quantity));
    }
    std::ranges::sort(numbers);
    QStringList texts;
    for (size_t first = 0; first < numbers.size();) {
        const LayoutRow &row = layout.rowOf(numbers[first]);
        QStringList labels;
        size_t next = first;
        for (; next < numbers.size() && &layout.rowOf(numbers[next]) == &row; ++next)
            labels.append(layout.seat(numbers[next]).label);
        QStringList where{layout.sectionOf(numbers[first]).name};
        where.append(row.label.isEmpty() ? QString() : tr("row %1").arg(row.label));
        where.removeAll(QString());
        const QString seats =
            labels.size() == 1 ? tr("seat %1").arg(labels.first()) : tr("seats %1").arg(labels.join(u", "_s));
        texts.append(where.isEmpty() ? seats : u"%1: %2"_s.arg(where.join(u", "_s), seats));
        first = next;
    }
    return (texts + areas).join(u"; "_s);
}

void keepChoice(const BestChoice &choice)
{
    QSettings settings;
    settings.beginGroup(u"sale/best"_s);
    settings.setValue(u"size"_s, choice.size);
    settings.setValue(u"zone"_s, choice.zone);
    settings.setValue(u"section"_s, choice.section);
    settings.setValue(u"price"_s, choice.priceMax ? choice.priceMax->minorUnits() : -1);
    settings.setValue(u"currency"_s, choice.priceMax ? choice.priceMax->currency().code() : QString());
    settings.setValue(u"need"_s, static_cast<int>(choice.need));
    settings.setValue(u"needing"_s, choice.needing);
    settings.setValue(u"together"_s, choice.together);
}

BestChoice keptChoice()
{
    QSettings settings;
    settings.beginGroup(u"sale/best"_s);
    BestChoice choice;
    choice.size = std::clamp(settings.value(u"size"_s, choice.size).toInt(), 1, limits::partySizeMax);
    choice.zone = settings.value(u"zone"_s).toString();
    choice.section = settings.value(u"section"_s).toString();
    const auto currency = Currency::fromCode(settings.value(u"currency"_s).toString());
    const qint64 price = settings.value(u"price"_s, -1).toLongLong();
    if (currency && price >= 0 && price <= limits::moneyMinorUnitsMax)
        choice.priceMax = Money(price, *currency);
    choice.need = static_cast<AccessNeed>(std::clamp(settings.value(u"need"_s, 0).toInt(), 0, 2));
    choice.needing = std::clamp(settings.value(u"needing"_s, 1).toInt(), 1, choice.size);
    choice.together = settings.value(u"together"_s, false).toBool();
    return choice;
}

} // namespace parterre::ui
