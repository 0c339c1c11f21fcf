#pragma once

#include "domain/layout/layout.h"
#include "support/randomness.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>

/// Small plans and layouts that tests bend in one place.
namespace parterre::tests {

using namespace Qt::StringLiterals;

inline QJsonObject merged(QJsonObject object, const QJsonObject &over)
{
    for (auto it = over.constBegin(); it != over.constEnd(); ++it)
        object.insert(it.key(), it.value());
    return object;
}

/// A pretix plan of one zone with one row; the members given are laid over plan, zone, row and each seat.
struct SamplePlan
{
    QJsonObject plan{};
    QJsonObject zone{};
    QJsonObject row{};
    QJsonObject seat{};
    int seats = 1;

    [[nodiscard]] QByteArray bytes() const
    {
        QJsonArray list;
        for (int i = 0; i < seats; ++i) {
            list.append(merged({{u"seat_guid"_s, u"A-%1"_s.arg(i + 1)},
                                {u"seat_number"_s, QString::number(i + 1)},
                                {u"position"_s, QJsonObject{{u"x"_s, 25 * (i % 1'000)}, {u"y"_s, 0}}},
                                {u"category"_s, u"Stalls"_s}},
                               seat));
        }
        const QJsonObject rowObject = merged({{u"row_number"_s, u"A"_s}, {u"seats"_s, list}}, row);
        const QJsonObject zoneObject = merged({{u"name"_s, u"Stalls"_s},
                                               {u"position"_s, QJsonObject{{u"x"_s, 100}, {u"y"_s, 100}}},
                                               {u"rows"_s, QJsonArray{rowObject}}},
                                              zone);
        const QJsonObject whole = merged({{u"name"_s, u"House"_s},
                                          {u"categories"_s, QJsonArray{QJsonObject{{u"name"_s, u"Stalls"_s}}}},
                                          {u"zones"_s, QJsonArray{zoneObject}},
                                          {u"size"_s, QJsonObject{{u"width"_s, 500}, {u"height"_s, 500}}}},
                                         plan);
        return QJsonDocument(whole).toJson();
    }
};

/// The plan of one seat with one drawn area.
inline QByteArray planWithArea(const QJsonObject &area)
{
    return SamplePlan{.zone = {{u"areas"_s, QJsonArray{area}}}}.bytes();
}

inline QStringList keysOf(const Layout &layout)
{
    const LayoutIndex index(layout);
    QStringList keys;
    for (const PlacedSeat &placed : index.seats())
        keys.append(index.seat(placed.number).key);
    return keys;
}

/// Layouts that validateLayout() takes, with every member in use sooner or later. One seed gives one layout.
class RandomLayout
{
public:
    explicit RandomLayout(quint32 seed)
        : m_random(seed)
    {}

    [[nodiscard]] Layout make()
    {
        Layout layout;
        layout.name = text();
        layout.size = QSizeF(length(), length());
        layout.extra = extra();
        layout.floors.clear();
        for (int i = 0, n = between(1, 3); i < n; ++i)
            layout.floors.push_back(text());
        for (int i = 0, n = between(1, 4); i < n; ++i)
            layout.categories.push_back({.name = u"%1 %2"_s.arg(text()).arg(i), .color = color(), .extra = extra()});
        m_categories = static_cast<int>(layout.categories.size());
        for (int i = 0, n = between(0, 4); i < n; ++i)
            layout.sections.push_back(section(static_cast<int>(layout.floors.size())));
        if (coin())
            layout.stage = shape();
        if (coin())
            layout.focalPoint = point();
        return layout;
    }

private:
    [[nodiscard]] int between(int from, int to) { return m_random.bounded(from, to + 1); }
    [[nodiscard]] bool coin() { return m_random.bounded(2) == 0; }
    [[nodiscard]] double coordinate() { return (m_random.generateDouble() - 0.5) * 2'000; }
    [[nodiscard]] double length() { return m_random.generateDouble() * 1'000; }
    [[nodiscard]] QPointF point() { return {coordinate(), coordinate()}; }
    [[nodiscard]] QString color()
    {
        return coin() ? QString() : u"#%1"_s.arg(m_random.bounded(0x1000000), 6, 16, QChar(u'0'));
    }
    [[nodiscard]] QString text()
    {
        static const QStringList words{u"Parkett"_s,       u"Große Loge"_s, u"1e Rang"_s, u"ложа"_s, u"包厢"_s,
                                       u"\"quoted\" \\"_s, u"a/b~c"_s,      u"🎭"_s,       u""_s,     u"Row\n2"_s};
        return words.at(between(0, static_cast<int>(words.size()) - 1));
    }
    [[nodiscard]] QJsonObject extra()
    {
        if (between(0, 3) > 0)
            return {};
        return {{u"uuid"_s, QString::number(m_random.generate())},
                {u"list"_s, QJsonArray{1, u"two"_s, QJsonValue(), true}},
                {u"deep"_s, QJsonObject{{u"number"_s, 0.1}}}};
    }
    [[nodiscard]] QString key() { return u"%1-%2"_s.arg(text()).arg(++m_keys); }

    [[nodiscard]] LayoutShape shape()
    {
        LayoutShape shape{.kind = static_cast<ShapeKind>(between(0, 3)), .position = point()};
        if (shape.kind == ShapeKind::Rectangle || shape.kind == ShapeKind::Ellipse)
            shape.size = QSizeF(length(), length());
        for (int i = 0; shape.kind == ShapeKind::Polygon && i < 5; ++i)
            shape.points.append(point());
        shape.rotation = coin() ? 0.0 : coordinate();
        shape.fillColor = color();
        shape.borderColor = color();
        shape.text = text();
        shape.textPosition = coin() ? QPointF() : point();
        shape.textSize = coin() ? 16 : between(1, 1'000);
        shape.textColor = color();
        shape.extra = extra();
        return shape;
    }

    [[nodiscard]] LayoutRow row()
    {
        LayoutRow row{.label = text(), .origin = point(), .seats = {}, .extra = extra()};
        QString wheelchair;
        for (int i = 0, n = between(0, 12); i < n; ++i) {
            LayoutSeat seat{.key = key(), .label = text(), .position = point()};
            seat.radius = coin() ? 10.0 : length();
            seat.category = between(0, m_categories - 1);
            seat.accessibility = static_cast<Accessibility>(between(0, 3));
            if (seat.accessibility == Accessibility::Wheelchair)
                wheelchair = seat.key;
            else if (seat.accessibility == Accessibility::Companion)
                seat.companionOf = wheelchair;
            seat.restrictedView = coin();
            seat.note = text();
            seat.extra = extra();
            row.seats.push_back(std::move(seat));
        }
        return row;
    }

    [[nodiscard]] LayoutSection section(int floors)
    {
        LayoutSection section{.name = text(),
                              .floor = between(0, floors - 1),
                              .origin = point(),
                              .rows = {},
                              .areas = {},
                              .tables = {},
                              .decorations = {},
                              .extra = extra()};
        for (int i = 0, n = between(0, 4); i < n; ++i)
            section.rows.push_back(row());
        for (int i = 0, n = between(0, 2); i < n; ++i)
            section.areas.push_back({.key = key(),
                                     .name = text(),
                                     .capacity = between(1, 5'000),
                                     .category = between(0, m_categories - 1),
                                     .shape = shape()});
        if (!section.rows.empty() && coin())
            section.tables.push_back({.label = text(), .rowLabel = section.rows.front().label, .shape = shape()});
        for (int i = 0, n = between(0, 3); i < n; ++i)
            section.decorations.push_back(shape());
        return section;
    }

    QRandomGenerator m_random;
    int m_categories = 0;
    int m_keys = 0;
};

} // namespace parterre::tests
