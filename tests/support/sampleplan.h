#pragma once

#include "domain/layout/layout.h"
#include "domain/realtime/mapstate.h"

#include <QRandomGenerator>

#include <cmath>
#include <numbers>

/// Plans that tests of the map build for themselves, so that a test says what it stands on.
namespace parterre::tests {

using namespace Qt::StringLiterals;

inline LayoutRow straightRow(const QString &section, const QString &label, QPointF start, int seats, int category)
{
    LayoutRow row{.label = label, .origin = start, .seats = {}};
    for (int i = 0; i < seats; ++i) {
        row.seats.push_back({.key = u"%1-%2-%3"_s.arg(section, label).arg(i + 1),
                             .label = QString::number(i + 1),
                             .position = start + QPointF(25.0 * i, 0),
                             .category = category});
    }
    return row;
}

/// One block of straight rows: row r, seat c is number r * columns + c, at (100 + 25c, 100 + 25r).
inline Layout blockPlan(int rows, int columns)
{
    Layout layout;
    layout.name = u"Block"_s;
    layout.size = QSizeF(200 + 25.0 * columns, 200 + 25.0 * rows);
    layout.categories = {{u"Stalls"_s, u"#2f6db5"_s}};
    LayoutSection section;
    section.name = u"Stalls"_s;
    for (int r = 0; r < rows; ++r)
        section.rows.push_back(straightRow(u"S"_s, QString::number(r + 1), QPointF(100, 100 + 25.0 * r), columns, 0));
    layout.sections.push_back(section);
    return layout;
}

/// A row on an arc about `centre`, parted by two aisles.
inline void addArc(LayoutSection &section, const QString &label, QPointF centre, double radius, double spread,
                   int category)
{
    const int count = static_cast<int>(radius * spread / 25.0);
    LayoutRow row{.label = label, .origin = centre, .seats = {}};
    for (int i = 0; i < count; ++i) {
        if (i == count / 4 || i == count - count / 4) {
            section.rows.push_back(row);
            row.seats.clear();
        }
        const bool aisle = i == count / 4 || i == count - count / 4 - 1;
        if (aisle)
            continue;
        const double angle = std::numbers::pi / 2 + spread / 2 - spread * (i + 0.5) / count;
        row.seats.push_back({.key = u"%1-%2-%3"_s.arg(section.name, label).arg(i + 1),
                             .label = QString::number(i + 1),
                             .position = centre + QPointF(std::cos(angle), std::sin(angle)) * radius,
                             .category = category});
    }
    section.rows.push_back(row);
}

/// A theatre of about 900 seats with stalls, circle, boxes, wheelchair places and a standing area.
inline Layout theatrePlan()
{
    Layout layout;
    layout.name = u"Theatre"_s;
    layout.size = QSizeF(1500, 1250);
    layout.categories = {{u"Premium"_s, u"#b5432f"_s},
                         {u"Stalls"_s, u"#2f6db5"_s},
                         {u"Circle"_s, u"#3f8f5b"_s},
                         {u"Standing"_s, u"#8a5fb0"_s}};
    layout.stage = LayoutShape{.kind = ShapeKind::Polygon,
                               .position = QPointF(750, 60),
                               .points = {{-300, 0}, {300, 0}, {240, 90}, {-240, 90}},
                               .text = u"STAGE"_s,
                               .textSize = 26};
    LayoutSection stalls;
    stalls.name = u"Stalls"_s;
    for (int r = 0; r < 16; ++r)
        addArc(stalls, QString(QChar(u'A' + r)), QPointF(750, -320), 560 + 30.0 * r, 0.95, r < 5 ? 0 : 1);
    for (LayoutRow &row : stalls.rows) {
        if (row.label == u"P"_s && !row.seats.empty()) {
            LayoutSeat &space = row.seats.front();
            space.accessibility = Accessibility::Wheelchair;
            if (row.seats.size() > 1) {
                row.seats[1].accessibility = Accessibility::Companion;
                row.seats[1].companionOf = space.key;
            }
        }
        if (row.label == u"C"_s) {
            row.seats.back().restrictedView = true;
            row.seats.back().note = u"Behind a pillar"_s;
        }
    }
    layout.sections.push_back(stalls);
    LayoutSection circle;
    circle.name = u"Circle"_s;
    for (int r = 0; r < 6; ++r)
        addArc(circle, QString(QChar(u'A' + r)), QPointF(750, -320), 1120 + 32.0 * r, 0.9, 2);
    LayoutShape rail{.kind = ShapeKind::Text, .position = QPointF(750, 1225), .text = u"Circle bar"_s, .textSize = 22};
    circle.decorations.push_back(rail);
    layout.sections.push_back(circle);
    LayoutSection boxes;
    boxes.name = u"Boxes"_s;
    for (int b = 0; b < 4; ++b)
        boxes.rows.push_back(straightRow(u"B"_s, u"Box %1"_s.arg(b + 1), QPointF(140, 200 + 60.0 * b), 3, 0));
    layout.sections.push_back(boxes);
    LayoutSection yard;
    yard.name = u"Terrace"_s;
    LayoutShape ground{.kind = ShapeKind::Rectangle, .position = QPointF(1250, 180), .size = QSizeF(220, 260)};
    yard.areas.push_back({.key = u"terrace"_s, .name = u"Terrace"_s, .capacity = 700, .category = 3, .shape = ground});
    layout.sections.push_back(yard);
    return layout;
}

/// All states mixed: about half is free.
inline MapSnapshot mixedStates(const LayoutIndex &index, quint32 seed)
{
    QRandomGenerator random(seed);
    MapSnapshot snapshot{.seq = 1, .seats = {}, .areas = {}};
    for (int i = 0; i < index.seatCount(); ++i) {
        const int dice = random.bounded(100);
        SeatState state = SeatState::Available;
        if (dice >= 92)
            state = static_cast<SeatState>(1 + dice % 5);
        else if (dice >= 55)
            state = SeatState::Sold;
        snapshot.seats.push_back(state);
    }
    for (int area = 0; area < index.areaCount(); ++area)
        snapshot.areas.push_back({area, index.area(area).capacity, 12, 68});
    return snapshot;
}

} // namespace parterre::tests
