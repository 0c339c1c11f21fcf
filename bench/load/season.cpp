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
constexpr int categories = 4;
constexpr int cheapestPrice = 2'500;

QString categoryName(int category)
{
    return u"Category %1"_s.arg(category + 1);
}

/// One block of rows; the nearest to the stage are the first category.
LayoutSection sectionAt(const Hall &hall, int section, int &seat)
{
    const double width = (hall.seatsPerRow + 4) * pitch;
    const QPointF origin(section % sectionsAcross * width,
                         (section / sectionsAcross * (rowsPerSection + 4) + 8) * pitch);
    LayoutSection made;
    made.name = u"Block %1"_s.arg(section + 1);
    made.origin = origin;
    for (int row = 0; row < rowsPerSection && seat < hall.seats; ++row) {
        LayoutRow line{.label = QString::number(row + 1), .origin = origin, .seats = {}};
        for (int i = 0; i < hall.seatsPerRow && seat < hall.seats; ++i, ++seat) {
            line.seats.push_back({.key = u"s%1"_s.arg(seat),
                                  .label = QString::number(i + 1),
                                  .position = origin + QPointF(i * pitch, row * pitch),
                                  .category = seat * categories / std::max(hall.seats, 1)});
        }
        made.rows.push_back(std::move(line));
    }
    return made;
}

QJsonObject prices()
{
    QJsonArray zones;
    for (int category = 0; category < categories; ++category) {
        const int amount = cheapestPrice * (categories - category);
        zones.append(
            QJsonObject{{u"category"_s, categoryName(category)},
                        {u"prices"_s, QJsonArray{QJsonObject{{u"type"_s, u"Adult"_s}, {u"amount"_s, amount}}}}});
    }
    return {{u"name"_s, u"Standard"_s},
            {u"types"_s, QJsonArray{QJsonObject{{u"name"_s, u"Adult"_s}}}},
            {u"zones"_s, zones}};
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
            QJsonObject performance{
                {u"starts_in"_s, QJsonObject{{u"days_from_today"_s, day++}, {u"time"_s, u"19:30"_s}}},
                {u"layout"_s, hallName(i)},
                {u"prices"_s, u"Standard"_s},
                {u"state"_s, u"on_sale"_s},
                {u"purchase_limit"_s, hall.purchaseLimit},
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

const Hall &SeasonPlan::hallOf(int performance) const
{
    for (const Hall &hall : halls) {
        if (performance < hall.performances)
            return hall;
        performance -= hall.performances;
    }
    PT_ASSERT(false, "performances are numbered through the halls");
}

Layout layoutOf(const Hall &hall)
{
    Layout layout;
    layout.name = u"House"_s;
    for (int category = 0; category < categories; ++category)
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
             .category = area % categories,
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
        {u"venue"_s,
         QJsonObject{{u"name"_s, u"Bench"_s}, {u"time_zone"_s, u"Europe/London"_s}, {u"currency"_s, u"GBP"_s}}},
        {u"layouts"_s, layouts},
        {u"price_lists"_s, QJsonArray{prices()}},
        {u"events"_s, QJsonArray{QJsonObject{
                          {u"key"_s, u"bench"_s}, {u"title"_s, u"Bench"_s}, {u"performances"_s, performances(plan)}}}}};
    PT_CHECK(writeJson(path, season));
    return path;
}

} // namespace parterre::bench
