#include "domain/layout/layout.h"

#include "base/assert.h"

#include <QtMath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace parterre {

using namespace Qt::StringLiterals;

LayoutIndex::LayoutIndex(Layout layout)
    : m_layout(std::move(layout))
{
    for (size_t s = 0; s < m_layout.sections.size(); ++s) {
        const LayoutSection &section = m_layout.sections[s];
        for (size_t r = 0; r < section.rows.size(); ++r) {
            for (size_t c = 0; c < section.rows[r].seats.size(); ++c) {
                const int number = static_cast<int>(m_seats.size());
                m_seatByKey.insert(section.rows[r].seats[c].key, number);
                m_seats.push_back({number, static_cast<int>(s), static_cast<int>(r), static_cast<int>(c)});
            }
        }
        for (size_t a = 0; a < section.areas.size(); ++a) {
            const int number = static_cast<int>(m_areas.size());
            m_areaByKey.insert(section.areas[a].key, number);
            m_areas.push_back({number, static_cast<int>(s), static_cast<int>(a)});
        }
    }
}

const LayoutSection &LayoutIndex::sectionOf(int number) const
{
    PT_ASSERT(number >= 0 && number < seatCount(), "a seat number is one of this layout");
    return m_layout.sections[static_cast<size_t>(m_seats[static_cast<size_t>(number)].section)];
}

const LayoutRow &LayoutIndex::rowOf(int number) const
{
    return sectionOf(number).rows[static_cast<size_t>(m_seats[static_cast<size_t>(number)].row)];
}

const LayoutSeat &LayoutIndex::seat(int number) const
{
    return rowOf(number).seats[static_cast<size_t>(m_seats[static_cast<size_t>(number)].seat)];
}

const LayoutSection &LayoutIndex::sectionOfArea(int number) const
{
    PT_ASSERT(number >= 0 && number < areaCount(), "an area number is one of this layout");
    return m_layout.sections[static_cast<size_t>(m_areas[static_cast<size_t>(number)].section)];
}

const LayoutArea &LayoutIndex::area(int number) const
{
    return sectionOfArea(number).areas[static_cast<size_t>(m_areas[static_cast<size_t>(number)].area)];
}

std::optional<int> LayoutIndex::seatNumber(const QString &key) const
{
    const auto found = m_seatByKey.constFind(key);
    return found == m_seatByKey.constEnd() ? std::nullopt : std::optional(found.value());
}

std::optional<int> LayoutIndex::areaNumber(const QString &key) const
{
    const auto found = m_areaByKey.constFind(key);
    return found == m_areaByKey.constEnd() ? std::nullopt : std::optional(found.value());
}

QString LayoutIndex::seatName(int number) const
{
    const LayoutSection &section = sectionOf(number);
    const LayoutRow &row = rowOf(number);
    const QString &label = seat(number).label;
    QString name; // Made for each seat of each hold, so in one piece of memory.
    name.reserve(section.name.size() + row.label.size() + label.size() + 15);
    const auto add = [&name](QStringView word, QStringView part) {
        if (part.isEmpty())
            return;
        if (!name.isEmpty())
            name.append(u", ");
        name.append(word).append(part);
    };
    add({}, section.name);
    add(u"row ", row.label);
    add(u"seat ", label);
    return name;
}

namespace {

/// Grows by points. QRectF::united() ignores rectangles without area, so a single seat or a line would be lost.
class Bounds
{
public:
    void add(QPointF point)
    {
        m_left = std::min(m_left, point.x());
        m_right = std::max(m_right, point.x());
        m_top = std::min(m_top, point.y());
        m_bottom = std::max(m_bottom, point.y());
    }
    void add(const LayoutSeat &seat)
    {
        add(seat.position - QPointF(seat.radius, seat.radius));
        add(seat.position + QPointF(seat.radius, seat.radius));
    }
    void add(const LayoutShape &shape)
    {
        switch (shape.kind) {
        case ShapeKind::Rectangle:
            addTurned(shape, {0, 0});
            addTurned(shape, {shape.size.width(), 0});
            addTurned(shape, {0, shape.size.height()});
            addTurned(shape, {shape.size.width(), shape.size.height()});
            break;
        case ShapeKind::Ellipse:
            addEllipse(shape);
            break;
        case ShapeKind::Polygon:
            for (const QPointF &corner : shape.points)
                addTurned(shape, corner);
            break;
        case ShapeKind::Text:
            add(shape.position);
            break;
        }
        if (!shape.text.isEmpty())
            addText(shape);
    }
    [[nodiscard]] QRectF rect() const
    {
        return m_left > m_right ? QRectF() : QRectF(QPointF(m_left, m_top), QPointF(m_right, m_bottom));
    }

private:
    void addTurned(const LayoutShape &shape, QPointF corner)
    {
        const double angle = qDegreesToRadians(shape.rotation);
        add(shape.position + QPointF(corner.x() * std::cos(angle) - corner.y() * std::sin(angle),
                                     corner.x() * std::sin(angle) + corner.y() * std::cos(angle)));
    }
    /// The exact box of a turned ellipse: half extents are the norms of its two turned half axes.
    void addEllipse(const LayoutShape &shape)
    {
        const double angle = qDegreesToRadians(shape.rotation);
        const double a = shape.size.width() / 2;
        const double b = shape.size.height() / 2;
        const QPointF half(std::hypot(a * std::cos(angle), b * std::sin(angle)),
                           std::hypot(a * std::sin(angle), b * std::cos(angle)));
        add(shape.position - half);
        add(shape.position + half);
    }
    /// There are no fonts in the domain: a letter of a sans face is about 0.6 of its size wide.
    void addText(const LayoutShape &shape)
    {
        const double halfWidth = 0.3 * shape.textSize * static_cast<double>(shape.text.size());
        const double halfHeight = 0.6 * shape.textSize;
        for (const double x : {-halfWidth, halfWidth}) {
            for (const double y : {-halfHeight, halfHeight})
                addTurned(shape, shape.textPosition + QPointF(x, y));
        }
    }

    double m_left = std::numeric_limits<double>::infinity();
    double m_top = std::numeric_limits<double>::infinity();
    double m_right = -std::numeric_limits<double>::infinity();
    double m_bottom = -std::numeric_limits<double>::infinity();
};

} // namespace

QRectF layoutBounds(const Layout &layout)
{
    Bounds bounds;
    for (const LayoutSection &section : layout.sections) {
        for (const LayoutRow &row : section.rows) {
            for (const LayoutSeat &seat : row.seats)
                bounds.add(seat);
        }
        for (const LayoutArea &area : section.areas)
            bounds.add(area.shape);
        for (const LayoutTable &table : section.tables)
            bounds.add(table.shape);
        for (const LayoutShape &shape : section.decorations)
            bounds.add(shape);
    }
    if (layout.stage)
        bounds.add(*layout.stage);
    return bounds.rect();
}

} // namespace parterre
