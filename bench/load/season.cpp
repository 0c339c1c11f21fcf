#include "load/season.h"

#include "base/assert.h"
#include "domain/layout/layoutjson.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <numeric>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowsPerSection = 25;
constexpr int sectionsAcross = 10;
constexpr double pitch = 25.0;
constexpr int cheapestPrice = 2'500;
constexpr int cashStep = 5; ///< The smallest coin.

/// One block of rows; the nearest to the stage are the first category.
LayoutSection sectionAt(const Hall &hall, int section, int &seat)
{
    const double width = (hall.seatsPerRow + 4) * pitch;
    const QPointF origin(section % sectionsAcross * width,
                         (section / sectionsAcross * (rowsPerSection + 4) + 8) * pitch);
    LayoutSection made;
    made.name = sectionName(section);
    made.origin = origin;
    for (int row = 0; row < rowsPerSection && seat < hall.seats; ++row) {
        LayoutRow line{.label = QString::number(row + 1), .origin = origin, .seats = {}};
        for (int i = 0; i < hall.seatsPerRow && seat < hall.seats; ++i, ++seat) {
            const bool isSpace = seat >= hall.seats - hall.wheelchairSpaces;
            line.seats.push_back({.key = u"s%1"_s.arg(seat),
                                  .label = QString::number(i + 1),
                                  .position = origin + QPointF(i * pitch, row * pitch),
                                  .category = seat * priceCategories / std::max(hall.seats, 1),
                                  .accessibility = isSpace ? Accessibility::Wheelchair : Accessibility::None});
        }
        made.rows.push_back(std::move(line));
    }
    return made;
}

QString listName(Prices prices)
{
    switch (prices) {
    case Prices::Plain:
        return u"Standard"_s;
    case Prices::WithFees:
        return u"With fees"_s;
    case Prices::TaxesOnTop:
        return u"Taxes on top"_s;
    }
    PT_ASSERT(false, "every list of prices has a name");
}

/// Amounts that are no whole multiples of anything, so that each rounding shows.
QJsonArray feesOf(Prices prices)
{
    switch (prices) {
    case Prices::Plain:
        return {};
    case Prices::WithFees:
        return {
            QJsonObject{{u"name"_s, u"Booking"_s}, {u"per"_s, u"ticket"_s}, {u"amount"_s, 163}, {u"tax"_s, u"VAT"_s}},
            QJsonObject{{u"name"_s, u"Handling"_s}, {u"per"_s, u"order"_s}, {u"amount"_s, 297}, {u"tax"_s, u"VAT"_s}}};
    case Prices::TaxesOnTop:
        return {QJsonObject{{u"name"_s, u"Card"_s}, {u"per"_s, u"order"_s}, {u"rate_basis_points"_s, 137}},
                QJsonObject{{u"name"_s, u"Roof"_s},
                            {u"per"_s, u"ticket"_s},
                            {u"amount"_s, 51},
                            {u"rate_basis_points"_s, 233},
                            {u"tax"_s, u"Levy"_s}}};
    }
    PT_ASSERT(false, "every list of prices has its fees");
}

QJsonObject listOf(Prices prices)
{
    QJsonArray zones;
    for (int category = 0; category < priceCategories; ++category) {
        const QJsonObject price{{u"type"_s, u"Adult"_s}, {u"amount"_s, priceOf(category)}};
        zones.append(QJsonObject{{u"category"_s, categoryName(category)}, {u"prices"_s, QJsonArray{price}}});
    }
    QJsonObject type{{u"name"_s, u"Adult"_s}};
    if (prices != Prices::Plain)
        type.insert(u"tax"_s, prices == Prices::WithFees ? u"VAT"_s : u"Levy"_s);
    return {{u"name"_s, listName(prices)},
            {u"types"_s, QJsonArray{type}},
            {u"zones"_s, zones},
            {u"fees"_s, feesOf(prices)}};
}

QJsonArray taxes()
{
    return {QJsonObject{{u"name"_s, u"VAT"_s}, {u"rate_basis_points"_s, 2'000}, {u"included"_s, true}},
            QJsonObject{{u"name"_s, u"Levy"_s}, {u"rate_basis_points"_s, 725}, {u"included"_s, false}}};
}

QJsonArray promotions()
{
    return {QJsonObject{{u"code"_s, QLatin1StringView(promotionForAll)},
                        {u"name"_s, u"For friends"_s},
                        {u"rate_basis_points"_s, 1'125}},
            QJsonObject{{u"code"_s, QLatin1StringView(promotionForFew)},
                        {u"name"_s, u"For the first few"_s},
                        {u"per"_s, u"order"_s},
                        {u"amount"_s, 733},
                        {u"uses_max"_s, promotionForFewUses}}};
}

QString hallName(size_t hall)
{
    return u"House %1"_s.arg(hall + 1);
}

QJsonArray performances(const SeasonPlan &plan)
{
    QJsonArray all;
    int day = 7;
    for (size_t i = 0; i < plan.halls.size(); ++i) {
        const Hall &hall = plan.halls[i];
        for (int j = 0; j < hall.performances; ++j) {
            const HouseRules &rules = hall.rules[static_cast<size_t>(j) % hall.rules.size()];
            QJsonObject performance{
                {u"starts_in"_s, QJsonObject{{u"days_from_today"_s, day++}, {u"time"_s, u"19:30"_s}}},
                {u"layout"_s, hallName(i)},
                {u"prices"_s, listName(rules.prices)},
                {u"state"_s, u"on_sale"_s},
                {u"purchase_limit"_s, rules.purchaseLimit},
                {u"orphan_rule"_s, enumName(rules.orphanRule)},
                {u"hold_seconds"_s, hall.holdSeconds}};
            if (hall.isRefundable)
                performance.insert(u"refundable_hours_before"_s, 0);
            all.append(performance);
        }
    }
    return all;
}

Status writeJson(const QString &path, const QJsonObject &object)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(QJsonDocument(object).toJson(QJsonDocument::Compact)) > 0)
        return {};
    return refuse(ErrorCode::Unavailable, u"The file %1 cannot be written."_s.arg(path));
}

} // namespace

int SeasonPlan::performanceCount() const
{
    return std::accumulate(halls.begin(), halls.end(), 0,
                           [](int count, const Hall &hall) { return count + hall.performances; });
}

std::pair<const Hall *, int> SeasonPlan::find(int performance) const
{
    for (const Hall &hall : halls) {
        if (performance < hall.performances)
            return {&hall, performance};
        performance -= hall.performances;
    }
    PT_ASSERT(false, "performances are numbered through the halls");
}

const Hall &SeasonPlan::hallOf(int performance) const
{
    return *find(performance).first;
}

const HouseRules &SeasonPlan::rulesOf(int performance) const
{
    const auto [hall, number] = find(performance);
    return hall->rules[static_cast<size_t>(number) % hall->rules.size()];
}

QString sectionName(int section)
{
    return u"Block %1"_s.arg(section + 1);
}

int sectionCount(const Hall &hall)
{
    const int seats = rowsPerSection * hall.seatsPerRow;
    return (hall.seats + seats - 1) / seats;
}

QString categoryName(int category)
{
    return u"Category %1"_s.arg(category + 1);
}

int priceOf(int category)
{
    return cheapestPrice * (priceCategories - category);
}

Layout layoutOf(const Hall &hall)
{
    Layout layout;
    layout.name = u"House"_s;
    for (int category = 0; category < priceCategories; ++category)
        layout.categories.push_back({.name = categoryName(category), .color = {}});
    int seat = 0;
    for (int section = 0; seat < hall.seats; ++section)
        layout.sections.push_back(sectionAt(hall, section, seat));
    for (int area = 0; area < static_cast<int>(hall.areaCapacities.size()); ++area) {
        LayoutSection section;
        section.name = u"Standing"_s;
        section.areas.push_back(
            {.key = u"a%1"_s.arg(area),
             .name = u"Standing %1"_s.arg(area + 1),
             .capacity = hall.areaCapacities[static_cast<size_t>(area)],
             .category = area % priceCategories,
             .shape = {.position = {area * 10 * pitch, -20 * pitch}, .size = {9 * pitch, 9 * pitch}}});
        layout.sections.push_back(std::move(section));
    }
    const double width = sectionsAcross * (hall.seatsPerRow + 4) * pitch;
    const int deep = static_cast<int>(layout.sections.size()) / sectionsAcross + 1;
    layout.size = {width, (deep * (rowsPerSection + 4) + 8) * pitch};
    layout.focalPoint = QPointF(width / 2, 0);
    return layout;
}

Result<QString> writeSeason(const SeasonPlan &plan, const QString &folder)
{
    const QString path = QDir(folder).filePath(u"season.json"_s);
    QJsonArray layouts;
    for (size_t i = 0; i < plan.halls.size(); ++i) {
        const QString file = u"layout%1.json"_s.arg(i + 1);
        PT_CHECK(writeJson(QDir(folder).filePath(file), layoutToJson(layoutOf(plan.halls[i]))));
        layouts.append(QJsonObject{{u"name"_s, hallName(i)}, {u"plan"_s, file}});
    }
    const QJsonObject season{
        {u"version"_s, 1},
        {u"venue"_s, QJsonObject{{u"name"_s, u"Bench"_s},
                                 {u"time_zone"_s, u"Europe/London"_s},
                                 {u"currency"_s, u"GBP"_s},
                                 {u"cash_step"_s, cashStep}}},
        {u"layouts"_s, layouts},
        {u"taxes"_s, taxes()},
        {u"promotions"_s, promotions()},
        {u"price_lists"_s, QJsonArray{listOf(Prices::Plain), listOf(Prices::WithFees), listOf(Prices::TaxesOnTop)}},
        {u"events"_s, QJsonArray{QJsonObject{
                          {u"key"_s, u"bench"_s}, {u"title"_s, u"Bench"_s}, {u"performances"_s, performances(plan)}}}}};
    PT_CHECK(writeJson(path, season));
    return path;
}

} // namespace parterre::bench
