#include "domain/layout/pretixplan.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QSet>

#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// Writes only what the schema knows, since pretix refuses every other field, and counts what it left out.
class PlanWriter
{
public:
    explicit PlanWriter(const Layout &layout)
        : m_layout(layout)
    {}

    [[nodiscard]] PlanExport write()
    {
        for (const LayoutSection &section : m_layout.sections) {
            for (const LayoutRow &row : section.rows) {
                for (const LayoutSeat &seat : row.seats)
                    m_known.insert(seat.key);
            }
        }
        QJsonArray categories;
        for (const LayoutCategory &category : m_layout.categories) {
            QJsonObject object{{u"name"_s, category.name}};
            if (!category.color.isEmpty())
                object.insert(u"color"_s, category.color);
            leaveOut(category.extra, object, u"category"_s);
            categories.append(object);
        }
        QJsonArray zones;
        for (const LayoutSection &section : m_layout.sections)
            zones.append(zone(section));
        if (m_layout.stage)
            addStage(zones);
        if (m_layout.focalPoint)
            ++m_dropped[u"focal point of the layout"_s];
        const QJsonObject plan{
            {u"name"_s, m_layout.name},
            {u"categories"_s, categories},
            {u"zones"_s, zones},
            {u"size"_s, QJsonObject{{u"width"_s, std::ceil(std::max(m_layout.size.width(), 0.0))},
                                    {u"height"_s, std::ceil(std::max(m_layout.size.height(), 0.0))}}}};
        leaveOut(m_layout.extra, plan, u"plan"_s);
        PlanExport result{.bytes = QJsonDocument(plan).toJson(QJsonDocument::Indented)};
        for (auto it = m_dropped.constBegin(); it != m_dropped.constEnd(); ++it)
            result.dropped.append(it.value() == 1 ? it.key() : u"%1 (%2 times)"_s.arg(it.key()).arg(it.value()));
        return result;
    }

private:
    [[nodiscard]] static QJsonObject position(QPointF point) { return {{u"x"_s, point.x()}, {u"y"_s, point.y()}}; }

    /// Counts what stands in `extra` and not in what was written. A colour or an id that was read as another is not
    /// lost: the export says what it was read as.
    void leaveOut(const QJsonObject &extra, const QJsonObject &written, const QString &thing)
    {
        static const QSet<QString> translated{u"color"_s,       u"border_color"_s, u"seat_guid"_s,
                                              u"seat_number"_s, u"row_number"_s,   u"name"_s};
        for (auto it = extra.constBegin(); it != extra.constEnd(); ++it) {
            const QJsonValue value = written.value(it.key());
            if (value == it.value() || (!value.isUndefined() && translated.contains(it.key())))
                continue;
            const QString name = it.key().left(limits::labelCharactersMax);
            ++m_dropped[(value.isObject() ? u"a part of the field \"%1\" of a %2"_s : u"field \"%1\" of a %2"_s)
                            .arg(name, thing)];
        }
    }

    /// The schema: a uuid "may not under any circumstances be duplicate"; it may be missing.
    void putUuid(QJsonObject &object, const QJsonObject &extra)
    {
        const QString uuid = extra.value(u"uuid"_s).toString();
        if (uuid.isEmpty() || m_uuids.contains(uuid))
            return;
        m_uuids.insert(uuid);
        object.insert(u"uuid"_s, uuid);
    }

    static void putNullableText(QJsonObject &object, const QJsonObject &extra, const QString &name)
    {
        if (extra.contains(name) && (extra.value(name).isString() || extra.value(name).isNull()))
            object.insert(name, extra.value(name));
    }

    [[nodiscard]] QJsonObject zone(const LayoutSection &section)
    {
        QJsonObject object{{u"name"_s, section.name}, {u"position"_s, position(section.origin)}};
        if (section.extra.value(u"zone_id"_s).isString())
            object.insert(u"zone_id"_s, section.extra.value(u"zone_id"_s));
        putUuid(object, section.extra);
        leaveOut(section.extra, object, u"zone"_s);
        if (section.floor != 0)
            ++m_dropped[u"floor of a section"_s];
        QJsonArray rows;
        for (const LayoutRow &item : section.rows)
            rows.append(row(item, section));
        object.insert(u"rows"_s, rows);
        QJsonArray areas;
        for (const LayoutShape &shape : section.decorations)
            areas.append(area(shape, section.origin, {}));
        for (const LayoutArea &item : section.areas) {
            areas.append(area(item.shape, section.origin, item.name));
            ++m_dropped[u"capacity of an area (a pretix area has none)"_s];
        }
        for (const LayoutTable &table : section.tables) {
            areas.append(area(table.shape, section.origin, table.label));
            ++m_dropped[u"table (pretix draws it and knows no chairs)"_s];
        }
        object.insert(u"areas"_s, areas);
        return object;
    }

    [[nodiscard]] QJsonObject row(const LayoutRow &row, const LayoutSection &section)
    {
        QJsonObject object{{u"row_number"_s, row.label}, {u"position"_s, position(row.origin - section.origin)}};
        putUuid(object, row.extra);
        putNullableText(object, row.extra, u"row_label"_s);
        putNullableText(object, row.extra, u"seat_label"_s);
        const QJsonValue shown = row.extra.value(u"row_number_position"_s);
        static const QSet<QString> places{u"start"_s, u"end"_s, u"both"_s};
        if (row.extra.contains(u"row_number_position"_s) && (shown.isNull() || places.contains(shown.toString())))
            object.insert(u"row_number_position"_s, shown);
        leaveOut(row.extra, object, u"row"_s);
        QJsonArray seats;
        for (const LayoutSeat &item : row.seats)
            seats.append(seat(item, row));
        object.insert(u"seats"_s, seats);
        return object;
    }

    [[nodiscard]] QJsonObject seat(const LayoutSeat &seat, const LayoutRow &row)
    {
        QString guid = seat.key;
        for (int i = 2; guid.isEmpty() || m_guids.contains(guid) || (guid != seat.key && m_known.contains(guid)); ++i)
            guid = u"%1~%2"_s.arg(seat.key).arg(i);
        if (guid != seat.key)
            ++m_dropped[u"seat id that is used before"_s];
        m_guids.insert(guid);
        const auto category = static_cast<size_t>(std::max(seat.category, 0));
        QJsonObject object{
            {u"seat_guid"_s, guid},
            {u"seat_number"_s, seat.label},
            {u"position"_s, position(seat.position - row.origin)},
            {u"radius"_s, std::max<qint64>(1, std::llround(seat.radius))},
            {u"category"_s, category < m_layout.categories.size() ? m_layout.categories[category].name : QString()}};
        putUuid(object, seat.extra);
        putNullableText(object, seat.extra, u"start_direction"_s);
        leaveOut(seat.extra, object, u"seat"_s);
        if (seat.accessibility != Accessibility::None)
            ++m_dropped[u"accessibility of a seat"_s];
        if (seat.restrictedView)
            ++m_dropped[u"restricted view of a seat"_s];
        if (!seat.note.isEmpty())
            ++m_dropped[u"note of a seat"_s];
        return object;
    }

    [[nodiscard]] QJsonObject area(const LayoutShape &shape, QPointF origin, const QString &name)
    {
        QJsonObject object{{u"position"_s, position(shape.position - origin)}, {u"rotation"_s, shape.rotation}};
        if (!shape.fillColor.isEmpty())
            object.insert(u"color"_s, shape.fillColor);
        if (!shape.borderColor.isEmpty())
            object.insert(u"border_color"_s, shape.borderColor);
        putUuid(object, shape.extra);
        putFigure(object, shape);
        const QString text = shape.text.isEmpty() ? name : shape.text;
        if (!text.isEmpty() || shape.kind == ShapeKind::Text) {
            QJsonObject label{
                {u"text"_s, text}, {u"position"_s, position(shape.textPosition)}, {u"size"_s, shape.textSize}};
            if (!shape.textColor.isEmpty())
                label.insert(u"color"_s, shape.textColor);
            object.insert(u"text"_s, label);
        }
        leaveOut(shape.extra, object, u"shape"_s);
        return object;
    }

    static void putFigure(QJsonObject &object, const LayoutShape &shape)
    {
        const QSizeF size = shape.size.expandedTo(QSizeF(0, 0));
        switch (shape.kind) {
        case ShapeKind::Rectangle:
            object.insert(u"shape"_s, u"rectangle"_s);
            object.insert(u"rectangle"_s, QJsonObject{{u"width"_s, std::round(size.width())},
                                                      {u"height"_s, std::round(size.height())}});
            break;
        case ShapeKind::Ellipse:
            if (shape.extra.value(u"shape"_s).toString() == "circle"_L1) {
                object.insert(u"shape"_s, u"circle"_s);
                object.insert(u"circle"_s, QJsonObject{{u"radius"_s, std::round(size.width() / 2)}});
                break;
            }
            object.insert(u"shape"_s, u"ellipse"_s);
            object.insert(u"ellipse"_s, QJsonObject{{u"radius"_s, position({size.width() / 2, size.height() / 2})}});
            break;
        case ShapeKind::Polygon: {
            QJsonArray points;
            for (const QPointF &point : shape.points)
                points.append(position(point));
            object.insert(u"shape"_s, u"polygon"_s);
            object.insert(u"polygon"_s, QJsonObject{{u"points"_s, points}});
            break;
        }
        case ShapeKind::Text:
            object.insert(u"shape"_s, u"text"_s);
            break;
        }
    }

    /// pretix draws zones only, so the stage stands in the first one, or in one of its own.
    void addStage(QJsonArray &zones)
    {
        if (zones.isEmpty())
            zones.append(zone(LayoutSection{.name = u"Stage"_s,
                                            .floor = 0,
                                            .origin = {},
                                            .rows = {},
                                            .areas = {},
                                            .tables = {},
                                            .decorations = {}}));
        const QPointF origin = m_layout.sections.empty() ? QPointF() : m_layout.sections.front().origin;
        QJsonObject first = zones.first().toObject();
        QJsonArray areas = first.value(u"areas"_s).toArray();
        areas.append(area(*m_layout.stage, origin, u"Stage"_s));
        ++m_dropped[u"stage (pretix draws it and knows no stage)"_s];
        first.insert(u"areas"_s, areas);
        zones.replace(0, first);
    }

    const Layout &m_layout;
    QSet<QString> m_known;
    QSet<QString> m_guids;
    QSet<QString> m_uuids;
    QMap<QString, int> m_dropped;
};

} // namespace

PlanExport exportPretixPlan(const Layout &layout)
{
    return PlanWriter(layout).write();
}

} // namespace parterre
