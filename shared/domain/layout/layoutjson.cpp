#include "domain/layout/layoutjson.h"

#include "base/jsonfields.h"

#include <QJsonArray>

#include <array>

namespace parterre {

using namespace Qt::StringLiterals;

template <>
struct EnumNames<Accessibility>
{
    static constexpr auto names = std::to_array<std::pair<Accessibility, const char *>>({
        {Accessibility::None, "none"},
        {Accessibility::Wheelchair, "wheelchair"},
        {Accessibility::Companion, "companion"},
        {Accessibility::StepFree, "step_free"},
    });
};

template <>
struct EnumNames<ShapeKind>
{
    static constexpr auto names = std::to_array<std::pair<ShapeKind, const char *>>({
        {ShapeKind::Rectangle, "rectangle"},
        {ShapeKind::Ellipse, "ellipse"},
        {ShapeKind::Polygon, "polygon"},
        {ShapeKind::Text, "text"},
    });
};

namespace {

// Members that have their default are not written: a stadium's document is half as long.

QJsonObject pointToJson(QPointF point)
{
    return {{u"x"_s, point.x()}, {u"y"_s, point.y()}};
}

QJsonObject sizeToJson(QSizeF size)
{
    return {{u"width"_s, size.width()}, {u"height"_s, size.height()}};
}

void putText(QJsonObject &object, const QString &name, const QString &text)
{
    if (!text.isEmpty())
        object.insert(name, text);
}

void putExtra(QJsonObject &object, const QJsonObject &extra)
{
    if (!extra.isEmpty())
        object.insert(u"extra"_s, extra);
}

QJsonObject shapeToJson(const LayoutShape &shape)
{
    QJsonObject object{{u"kind"_s, enumName(shape.kind)}, {u"position"_s, pointToJson(shape.position)}};
    if (shape.size != QSizeF())
        object.insert(u"size"_s, sizeToJson(shape.size));
    if (!shape.points.isEmpty()) {
        QJsonArray points;
        for (const QPointF &point : shape.points)
            points.append(pointToJson(point));
        object.insert(u"points"_s, points);
    }
    if (shape.rotation != 0.0)
        object.insert(u"rotation"_s, shape.rotation);
    putText(object, u"fill_color"_s, shape.fillColor);
    putText(object, u"border_color"_s, shape.borderColor);
    putText(object, u"text"_s, shape.text);
    if (!shape.textPosition.isNull())
        object.insert(u"text_position"_s, pointToJson(shape.textPosition));
    if (shape.textSize != LayoutShape().textSize)
        object.insert(u"text_size"_s, shape.textSize);
    putText(object, u"text_color"_s, shape.textColor);
    putExtra(object, shape.extra);
    return object;
}

QJsonObject seatToJson(const LayoutSeat &seat)
{
    QJsonObject object{{u"key"_s, seat.key},
                       {u"label"_s, seat.label},
                       {u"position"_s, pointToJson(seat.position)},
                       {u"category"_s, seat.category}};
    if (seat.radius != LayoutSeat().radius)
        object.insert(u"radius"_s, seat.radius);
    if (seat.accessibility != Accessibility::None)
        object.insert(u"accessibility"_s, enumName(seat.accessibility));
    putText(object, u"companion_of"_s, seat.companionOf);
    if (seat.restrictedView)
        object.insert(u"restricted_view"_s, true);
    putText(object, u"note"_s, seat.note);
    putExtra(object, seat.extra);
    return object;
}

template <class T, class Writer>
void putList(QJsonObject &object, const QString &name, const std::vector<T> &list, Writer write)
{
    if (list.empty())
        return;
    QJsonArray array;
    for (const T &item : list)
        array.append(write(item));
    object.insert(name, array);
}

QJsonObject rowToJson(const LayoutRow &row)
{
    QJsonObject object{{u"label"_s, row.label}, {u"origin"_s, pointToJson(row.origin)}, {u"seats"_s, QJsonArray()}};
    putList(object, u"seats"_s, row.seats, seatToJson);
    putExtra(object, row.extra);
    return object;
}

QJsonObject areaToJson(const LayoutArea &area)
{
    return {{u"key"_s, area.key},
            {u"name"_s, area.name},
            {u"capacity"_s, area.capacity},
            {u"category"_s, area.category},
            {u"shape"_s, shapeToJson(area.shape)}};
}

QJsonObject tableToJson(const LayoutTable &table)
{
    return {{u"label"_s, table.label}, {u"row"_s, table.rowLabel}, {u"shape"_s, shapeToJson(table.shape)}};
}

QJsonObject sectionToJson(const LayoutSection &section)
{
    QJsonObject object{{u"name"_s, section.name}, {u"origin"_s, pointToJson(section.origin)}};
    if (section.floor != 0)
        object.insert(u"floor"_s, section.floor);
    putList(object, u"rows"_s, section.rows, rowToJson);
    putList(object, u"areas"_s, section.areas, areaToJson);
    putList(object, u"tables"_s, section.tables, tableToJson);
    putList(object, u"decorations"_s, section.decorations, shapeToJson);
    putExtra(object, section.extra);
    return object;
}

QJsonObject categoryToJson(const LayoutCategory &category)
{
    QJsonObject object{{u"name"_s, category.name}};
    putText(object, u"color"_s, category.color);
    putExtra(object, category.extra);
    return object;
}

// Reading: each struct of the domain has a twin with describe(), so that every fault is named by the one reader.

struct PointFields
{
    double x = 0;
    double y = 0;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("x", x);
        fields("y", y);
    }
    [[nodiscard]] QPointF point() const { return {x, y}; }
};

struct SizeFields
{
    double width = -1; // The invalid QSizeF, which is the default of a shape that has no size.
    double height = -1;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("width", width);
        fields("height", height);
    }
    [[nodiscard]] QSizeF size() const { return {width, height}; }
};

struct ShapeFields
{
    LayoutShape shape;
    template <class Fields>
    void describe(Fields &fields)
    {
        PointFields position;
        PointFields textPosition;
        SizeFields size;
        std::vector<PointFields> points;
        fields("kind", shape.kind);
        fields("position", position);
        fields.optional("size", size);
        fields.optional("points", points, {.countMax = limits::layoutPolygonPointsMax});
        fields.optional("rotation", shape.rotation);
        fields.optional("fill_color", shape.fillColor);
        fields.optional("border_color", shape.borderColor);
        fields.optional("text", shape.text, {.charactersMax = limits::noteCharactersMax});
        fields.optional("text_position", textPosition);
        fields.optional("text_size", shape.textSize);
        fields.optional("text_color", shape.textColor);
        fields.optional("extra", shape.extra);
        shape.position = position.point();
        shape.textPosition = textPosition.point();
        shape.size = size.size();
        for (const PointFields &point : points)
            shape.points.append(point.point());
    }
};

struct SeatFields
{
    LayoutSeat seat;
    template <class Fields>
    void describe(Fields &fields)
    {
        PointFields position;
        fields("key", seat.key, {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1});
        fields("label", seat.label, {.charactersMax = limits::labelCharactersMax});
        fields("position", position);
        fields("category", seat.category, {.min = 0, .max = limits::layoutCategoriesMax});
        fields.optional("radius", seat.radius);
        fields.optional("accessibility", seat.accessibility);
        fields.optional("companion_of", seat.companionOf, {.charactersMax = limits::seatKeyCharactersMax});
        fields.optional("restricted_view", seat.restrictedView);
        fields.optional("note", seat.note, {.charactersMax = limits::noteCharactersMax});
        fields.optional("extra", seat.extra);
        seat.position = position.point();
    }
};

template <class Twin, class T>
std::vector<T> unwrap(std::vector<Twin> &&twins, T Twin::*member)
{
    std::vector<T> list;
    list.reserve(twins.size());
    for (Twin &twin : twins)
        list.push_back(std::move(twin.*member));
    return list;
}

struct RowFields
{
    LayoutRow row;
    template <class Fields>
    void describe(Fields &fields)
    {
        PointFields origin;
        std::vector<SeatFields> seats;
        fields("label", row.label, {.charactersMax = limits::labelCharactersMax});
        fields("origin", origin);
        fields("seats", seats, {.countMax = limits::layoutSeatsMax});
        fields.optional("extra", row.extra);
        row.origin = origin.point();
        row.seats = unwrap(std::move(seats), &SeatFields::seat);
    }
};

struct AreaFields
{
    LayoutArea area;
    template <class Fields>
    void describe(Fields &fields)
    {
        ShapeFields shape;
        fields("key", area.key, {.charactersMax = limits::seatKeyCharactersMax, .charactersMin = 1});
        fields("name", area.name);
        fields("capacity", area.capacity, {.min = 1, .max = limits::areaCapacityMax});
        fields("category", area.category, {.min = 0, .max = limits::layoutCategoriesMax});
        fields("shape", shape);
        area.shape = std::move(shape.shape);
    }
};

struct TableFields
{
    LayoutTable table;
    template <class Fields>
    void describe(Fields &fields)
    {
        ShapeFields shape;
        fields("label", table.label, {.charactersMax = limits::labelCharactersMax});
        fields("row", table.rowLabel, {.charactersMax = limits::labelCharactersMax});
        fields("shape", shape);
        table.shape = std::move(shape.shape);
    }
};

struct SectionFields
{
    LayoutSection section;
    template <class Fields>
    void describe(Fields &fields)
    {
        PointFields origin;
        std::vector<RowFields> rows;
        std::vector<AreaFields> areas;
        std::vector<TableFields> tables;
        std::vector<ShapeFields> decorations;
        fields("name", section.name);
        fields("origin", origin);
        fields.optional("floor", section.floor, {.min = 0, .max = limits::layoutSectionsMax});
        fields.optional("rows", rows, {.countMax = limits::layoutRowsMax});
        fields.optional("areas", areas, {.countMax = limits::layoutAreasMax});
        fields.optional("tables", tables, {.countMax = limits::layoutAreasMax});
        fields.optional("decorations", decorations, {.countMax = limits::layoutAreasMax});
        fields.optional("extra", section.extra);
        section.origin = origin.point();
        section.rows = unwrap(std::move(rows), &RowFields::row);
        section.areas = unwrap(std::move(areas), &AreaFields::area);
        section.tables = unwrap(std::move(tables), &TableFields::table);
        section.decorations = unwrap(std::move(decorations), &ShapeFields::shape);
    }
};

struct CategoryFields
{
    LayoutCategory category;
    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", category.name, {.charactersMin = 1});
        fields.optional("color", category.color);
        fields.optional("extra", category.extra);
    }
};

struct LayoutFields
{
    Layout layout;
    template <class Fields>
    void describe(Fields &fields)
    {
        SizeFields size;
        std::vector<CategoryFields> categories;
        std::vector<SectionFields> sections;
        std::optional<ShapeFields> stage;
        std::optional<PointFields> focalPoint;
        fields("name", layout.name);
        fields("size", size);
        fields("floors", layout.floors, {.countMax = limits::layoutSectionsMax, .countMin = 1});
        fields("categories", categories, {.countMax = limits::layoutCategoriesMax});
        fields("sections", sections, {.countMax = limits::layoutSectionsMax});
        fields("stage", stage);
        fields("focal_point", focalPoint);
        fields.optional("extra", layout.extra);
        layout.size = size.size();
        layout.categories = unwrap(std::move(categories), &CategoryFields::category);
        layout.sections = unwrap(std::move(sections), &SectionFields::section);
        if (stage)
            layout.stage = std::move(stage->shape);
        if (focalPoint)
            layout.focalPoint = focalPoint->point();
    }
};

} // namespace

QJsonObject layoutToJson(const Layout &layout)
{
    QJsonArray floors;
    for (const QString &floor : layout.floors)
        floors.append(floor);
    QJsonObject object{{u"name"_s, layout.name},
                       {u"size"_s, sizeToJson(layout.size)},
                       {u"floors"_s, floors},
                       {u"categories"_s, QJsonArray()},
                       {u"sections"_s, QJsonArray()}};
    putList(object, u"categories"_s, layout.categories, categoryToJson);
    putList(object, u"sections"_s, layout.sections, sectionToJson);
    if (layout.stage)
        object.insert(u"stage"_s, shapeToJson(*layout.stage));
    if (layout.focalPoint)
        object.insert(u"focal_point"_s, pointToJson(*layout.focalPoint));
    putExtra(object, layout.extra);
    return object;
}

Result<Layout> layoutFromJson(const QJsonObject &object)
{
    PT_TRY(LayoutFields fields, fromJson<LayoutFields>(object, UnknownFields::Refuse));
    const auto faults = validateLayout(fields.layout, 1);
    if (!faults.empty()) {
        return refuse(ErrorCode::InvalidInput, u"%1: %2"_s.arg(faults.front().path, faults.front().message),
                      faults.front().path);
    }
    return std::move(fields.layout);
}

Result<Layout> layoutFromJsonBytes(const QByteArray &bytes)
{
    PT_TRY(const QJsonObject object, parseJsonObject(bytes, limits::layoutDocumentBytesMax, u"The layout"_s));
    return layoutFromJson(object);
}

} // namespace parterre
