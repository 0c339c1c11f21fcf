#include "domain/layout/layout.h"

#include <QRegularExpression>
#include <QSet>

#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

class Validator
{
public:
    Validator(const Layout &layout, int faultsMax)
        : m_layout(layout)
        , m_faultsMax(static_cast<size_t>(std::max(faultsMax, 0)))
    {}

    [[nodiscard]] std::vector<LayoutFault> run()
    {
        checkHead();
        collectWheelchairs();
        for (size_t i = 0; i < m_layout.sections.size() && !full(); ++i)
            checkSection(m_layout.sections[i], u"/sections/%1"_s.arg(i));
        if (m_seats > limits::layoutSeatsMax)
            fault(u"/sections"_s,
                  u"The layout has %1 seats; at most %2 are taken."_s.arg(m_seats).arg(limits::layoutSeatsMax));
        if (m_rows > limits::layoutRowsMax)
            fault(u"/sections"_s,
                  u"The layout has %1 rows; at most %2 are taken."_s.arg(m_rows).arg(limits::layoutRowsMax));
        if (m_areas > limits::layoutAreasMax)
            fault(u"/sections"_s,
                  u"The layout has %1 areas; at most %2 are taken."_s.arg(m_areas).arg(limits::layoutAreasMax));
        return std::move(m_faults);
    }

private:
    [[nodiscard]] bool full() const { return m_faults.size() >= m_faultsMax; }
    void fault(const QString &path, const QString &message)
    {
        if (!full())
            m_faults.push_back({path, message});
    }
    void checkText(const QString &text, int charactersMax, const QString &path)
    {
        if (text.size() > charactersMax)
            fault(path, u"The text has %1 characters; at most %2 are taken."_s.arg(text.size()).arg(charactersMax));
        if (text.contains(QChar(0))) // PostgreSQL's text type cannot hold it.
            fault(path, u"The text holds a null character; remove it."_s);
        if (!text.isValidUtf16()) // Nor half a character, which would come back as another text.
            fault(path, u"The text holds half of a character; remove it."_s);
    }
    void checkNumber(double number, const QString &path)
    {
        if (!std::isfinite(number) || std::abs(number) > limits::layoutCoordinateMax)
            fault(path, u"The number must be within %1 of zero."_s.arg(limits::layoutCoordinateMax));
    }
    void checkPoint(QPointF point, const QString &path)
    {
        checkNumber(point.x(), path + u"/x"_s);
        checkNumber(point.y(), path + u"/y"_s);
    }
    void checkLength(double length, const QString &path)
    {
        checkNumber(length, path);
        if (length < 0)
            fault(path, u"A length cannot be below zero."_s);
    }
    void checkColor(const QString &color, const QString &path)
    {
        static const QRegularExpression pattern(u"\\A#[0-9A-Fa-f]{6}\\z"_s);
        if (!color.isEmpty() && !pattern.match(color).hasMatch())
            fault(path, u"A colour is written #RRGGBB or left empty."_s);
    }
    void checkKey(const QString &key, const QString &path)
    {
        if (key.isEmpty())
            return fault(path, u"The key is empty; give it one that nothing else has."_s);
        checkText(key, limits::seatKeyCharactersMax, path);
        if (m_keys.contains(key))
            return fault(path, u"The key \"%1\" is used before; keys are unique in a layout."_s.arg(key));
        m_keys.insert(key);
    }
    void checkCategory(int category, const QString &path)
    {
        if (category < 0 || static_cast<size_t>(category) >= m_layout.categories.size())
            fault(path, u"There is no such category in the layout."_s);
    }

    void checkHead()
    {
        checkText(m_layout.name, limits::nameCharactersMax, u"/name"_s);
        checkLength(m_layout.size.width(), u"/size/width"_s);
        checkLength(m_layout.size.height(), u"/size/height"_s);
        if (m_layout.floors.empty())
            fault(u"/floors"_s, u"A layout has at least one floor."_s);
        if (m_layout.floors.size() > static_cast<size_t>(limits::layoutSectionsMax))
            fault(u"/floors"_s, u"At most %1 floors are taken."_s.arg(limits::layoutSectionsMax));
        for (size_t i = 0; i < m_layout.floors.size() && !full(); ++i)
            checkText(m_layout.floors[i], limits::nameCharactersMax, u"/floors/%1"_s.arg(i));
        if (m_layout.categories.size() > static_cast<size_t>(limits::layoutCategoriesMax))
            fault(u"/categories"_s, u"At most %1 categories are taken."_s.arg(limits::layoutCategoriesMax));
        if (m_layout.sections.size() > static_cast<size_t>(limits::layoutSectionsMax))
            fault(u"/sections"_s, u"At most %1 sections are taken."_s.arg(limits::layoutSectionsMax));
        QSet<QString> names;
        for (size_t i = 0; i < m_layout.categories.size() && !full(); ++i) {
            const QString path = u"/categories/%1"_s.arg(i);
            const LayoutCategory &category = m_layout.categories[i];
            if (category.name.isEmpty())
                fault(path + u"/name"_s, u"A category needs a name."_s);
            checkText(category.name, limits::nameCharactersMax, path + u"/name"_s);
            if (names.contains(category.name))
                fault(path + u"/name"_s, u"The category \"%1\" is listed twice."_s.arg(category.name));
            names.insert(category.name);
            checkColor(category.color, path + u"/color"_s);
        }
        if (m_layout.stage)
            checkShape(*m_layout.stage, u"/stage"_s);
        if (m_layout.focalPoint)
            checkPoint(*m_layout.focalPoint, u"/focal_point"_s);
    }

    void collectWheelchairs()
    {
        for (const LayoutSection &section : m_layout.sections) {
            for (const LayoutRow &row : section.rows) {
                for (const LayoutSeat &seat : row.seats) {
                    if (seat.accessibility == Accessibility::Wheelchair)
                        m_wheelchairs.insert(seat.key);
                }
            }
        }
    }

    void checkSection(const LayoutSection &section, const QString &path)
    {
        checkText(section.name, limits::nameCharactersMax, path + u"/name"_s);
        checkPoint(section.origin, path + u"/origin"_s);
        if (section.floor < 0 || static_cast<size_t>(section.floor) >= m_layout.floors.size())
            fault(path + u"/floor"_s, u"There is no such floor in the layout."_s);
        m_rows += section.rows.size();
        m_areas += section.areas.size() + section.tables.size() + section.decorations.size();
        QSet<QString> rowLabels;
        for (size_t i = 0; i < section.rows.size() && !full(); ++i) {
            rowLabels.insert(section.rows[i].label);
            checkRow(section.rows[i], path + u"/rows/%1"_s.arg(i));
        }
        for (size_t i = 0; i < section.areas.size() && !full(); ++i)
            checkArea(section.areas[i], path + u"/areas/%1"_s.arg(i));
        for (size_t i = 0; i < section.tables.size() && !full(); ++i) {
            const LayoutTable &table = section.tables[i];
            const QString tablePath = path + u"/tables/%1"_s.arg(i);
            checkText(table.label, limits::labelCharactersMax, tablePath + u"/label"_s);
            if (!rowLabels.contains(table.rowLabel))
                fault(tablePath + u"/row"_s,
                      u"The section has no row \"%1\" for the table's chairs."_s.arg(table.rowLabel));
            checkShape(table.shape, tablePath + u"/shape"_s);
        }
        for (size_t i = 0; i < section.decorations.size() && !full(); ++i)
            checkShape(section.decorations[i], path + u"/decorations/%1"_s.arg(i));
    }

    void checkRow(const LayoutRow &row, const QString &path)
    {
        checkText(row.label, limits::labelCharactersMax, path + u"/label"_s);
        checkPoint(row.origin, path + u"/origin"_s);
        m_seats += row.seats.size();
        for (size_t i = 0; i < row.seats.size() && !full(); ++i)
            checkSeat(row.seats[i], path + u"/seats/%1"_s.arg(i));
    }

    void checkSeat(const LayoutSeat &seat, const QString &path)
    {
        checkKey(seat.key, path + u"/key"_s);
        checkText(seat.label, limits::labelCharactersMax, path + u"/label"_s);
        checkText(seat.note, limits::noteCharactersMax, path + u"/note"_s);
        checkPoint(seat.position, path + u"/position"_s);
        checkLength(seat.radius, path + u"/radius"_s);
        checkCategory(seat.category, path + u"/category"_s);
        if (seat.companionOf.isEmpty())
            return;
        if (seat.accessibility != Accessibility::Companion)
            fault(path + u"/companion_of"_s,
                  u"Only a seat whose accessibility is companion belongs to a wheelchair space."_s);
        if (!m_wheelchairs.contains(seat.companionOf))
            fault(path + u"/companion_of"_s,
                  u"\"%1\" is not a wheelchair space of the layout."_s.arg(seat.companionOf));
    }

    void checkArea(const LayoutArea &area, const QString &path)
    {
        checkKey(area.key, path + u"/key"_s);
        checkText(area.name, limits::nameCharactersMax, path + u"/name"_s);
        checkCategory(area.category, path + u"/category"_s);
        if (area.capacity <= 0 || area.capacity > limits::areaCapacityMax)
            fault(path + u"/capacity"_s, u"A capacity is from 1 to %1."_s.arg(limits::areaCapacityMax));
        checkShape(area.shape, path + u"/shape"_s);
    }

    void checkShape(const LayoutShape &shape, const QString &path)
    {
        checkPoint(shape.position, path + u"/position"_s);
        if (shape.size != QSizeF()) { // What has no size of its own, as a polygon, keeps the invalid one.
            checkLength(shape.size.width(), path + u"/size/width"_s);
            checkLength(shape.size.height(), path + u"/size/height"_s);
        }
        checkNumber(shape.rotation, path + u"/rotation"_s);
        checkColor(shape.fillColor, path + u"/fill_color"_s);
        checkColor(shape.borderColor, path + u"/border_color"_s);
        checkText(shape.text, limits::noteCharactersMax, path + u"/text"_s);
        checkPoint(shape.textPosition, path + u"/text_position"_s);
        checkColor(shape.textColor, path + u"/text_color"_s);
        if (shape.textSize < 1 || shape.textSize > 1'000)
            fault(path + u"/text_size"_s, u"A text size is from 1 to 1000."_s);
        if (shape.points.size() > limits::layoutPolygonPointsMax)
            return fault(path + u"/points"_s, u"At most %1 corners are taken."_s.arg(limits::layoutPolygonPointsMax));
        for (qsizetype i = 0; i < shape.points.size() && !full(); ++i)
            checkPoint(shape.points[i], path + u"/points/%1"_s.arg(i));
    }

    const Layout &m_layout;
    size_t m_faultsMax;
    std::vector<LayoutFault> m_faults;
    QSet<QString> m_keys;
    QSet<QString> m_wheelchairs;
    size_t m_seats = 0;
    size_t m_rows = 0;
    size_t m_areas = 0;
};

} // namespace

std::vector<LayoutFault> validateLayout(const Layout &layout, int faultsMax)
{
    return Validator(layout, faultsMax).run();
}

} // namespace parterre
