#include "domain/layout/planvalues.h"

#include <algorithm>
#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

constexpr int textSizeMax = 1'000; ///< As validateLayout() has it.

/// What the area says that it is, or what its members tell when it does not say.
QString figureOf(PlanValues &values, const QJsonObject &area, const QString &path)
{
    const QString said = area.value(u"shape"_s).toString();
    QString kind = said;
    for (const QString &name : {u"rectangle"_s, u"ellipse"_s, u"circle"_s, u"polygon"_s}) {
        if (kind.isEmpty() && area.value(name).isObject())
            kind = name;
    }
    if (kind.isEmpty() && area.contains(u"width"_s))
        kind = u"rectangle"_s;
    if (kind.isEmpty() && !PlanValues::absent(area.value(u"text"_s)))
        kind = u"text"_s;
    if (kind != said)
        values.repaired(path + u"/shape"_s, u"is missing; it was taken for \"%1\""_s.arg(kind));
    return kind;
}

void readPolygon(PlanValues &values, const QJsonObject &figure, LayoutShape &shape, const QString &path)
{
    const QJsonArray points = values.list(figure, u"points"_s, path, PlanValues::Need::Optional);
    if (points.isEmpty())
        values.repaired(path + u"/points"_s, u"has no corners; the area is kept but not drawn"_s);
    if (points.size() > limits::layoutPolygonPointsMax)
        values.fail(ErrorCode::TooLarge, path + u"/points"_s,
                    u"has more than %1 corners"_s.arg(limits::layoutPolygonPointsMax));
    QJsonObject left = PlanValues::rest(figure, {u"points"_s});
    QJsonObject beside; // What stands in a corner beside x and y, by the corner's index.
    for (qsizetype i = 0; i < points.size() && !values.failed(); ++i) {
        const QJsonObject corner{{QString::number(i), points.at(i)}};
        shape.points.append(
            values.point(corner, QString::number(i), path + u"/points"_s, PlanValues::Need::Required, beside));
    }
    PlanValues::keepRest(left, u"points"_s, beside);
    PlanValues::keepRest(shape.extra, u"polygon"_s, left);
}

void readFigure(PlanValues &values, const QJsonObject &area, LayoutShape &shape, const QString &path)
{
    const QString kind = figureOf(values, area, path);
    for (const QString &name : {u"rectangle"_s, u"ellipse"_s, u"circle"_s, u"polygon"_s}) {
        if (kind != name && area.contains(name))
            shape.extra.insert(name, area.value(name)); // A figure that is not drawn; editors leave it behind.
    }
    const QJsonObject figure = area.value(kind).toObject();
    const QString inside = path + u'/' + kind;
    // The old revision has width and height on the area itself.
    const bool old = figure.isEmpty() && area.contains(u"width"_s);
    if (old)
        shape.extra = PlanValues::rest(shape.extra, {u"width"_s, u"height"_s});
    const QJsonObject &measures = old ? area : figure;
    if (kind == "rectangle"_L1 || (old && (kind == "ellipse"_L1 || kind == "circle"_L1))) {
        shape.kind = kind == "rectangle"_L1 ? ShapeKind::Rectangle : ShapeKind::Ellipse;
        const double width = values.length(measures.value(u"width"_s), inside + u"/width"_s);
        shape.size = QSizeF(width, values.length(measures.value(u"height"_s), inside + u"/height"_s));
        PlanValues::keepRest(shape.extra, kind, PlanValues::rest(figure, {u"width"_s, u"height"_s}));
    } else if (kind == "circle"_L1) {
        const double radius = values.length(figure.value(u"radius"_s), inside + u"/radius"_s);
        shape.kind = ShapeKind::Ellipse;
        shape.size = QSizeF(2 * radius, 2 * radius);
        shape.extra.insert(u"shape"_s, kind);
        PlanValues::keepRest(shape.extra, kind, PlanValues::rest(figure, {u"radius"_s}));
    } else if (kind == "ellipse"_L1) {
        shape.kind = ShapeKind::Ellipse;
        const QJsonObject radius = figure.value(u"radius"_s).toObject();
        const double across = values.length(radius.value(u"x"_s), inside + u"/radius/x"_s);
        const double down = values.length(radius.value(u"y"_s), inside + u"/radius/y"_s);
        shape.size = QSizeF(2 * across, 2 * down);
        QJsonObject left = PlanValues::rest(figure, {u"radius"_s});
        PlanValues::keepRest(left, u"radius"_s, PlanValues::rest(radius, {u"x"_s, u"y"_s}));
        PlanValues::keepRest(shape.extra, kind, left);
    } else if (kind == "polygon"_L1) {
        shape.kind = ShapeKind::Polygon;
        readPolygon(values, figure, shape, inside);
    } else {
        shape.kind = ShapeKind::Text;
        if (kind != "text"_L1) {
            values.warn(
                u"%1/shape: the shape \"%2\" is not known; it is kept but not drawn."_s.arg(path, kind.left(40)));
            if (area.contains(u"shape"_s))
                shape.extra.insert(u"shape"_s, area.value(u"shape"_s));
        }
    }
}

void readText(PlanValues &values, const QJsonObject &area, LayoutShape &shape, const QString &path)
{
    const QJsonValue value = area.value(u"text"_s);
    if (PlanValues::absent(value))
        return;
    if (!value.isObject()) { // The old revision.
        shape.text = values.text(area, u"text"_s, limits::noteCharactersMax, path, {}, shape.extra);
        return;
    }
    const QString inside = path + u"/text"_s;
    const QJsonObject object = value.toObject();
    QJsonObject left = PlanValues::rest(object, {u"text"_s, u"position"_s, u"size"_s, u"color"_s});
    if (!PlanValues::absent(object.value(u"text"_s)))
        shape.text = values.text(object, u"text"_s, limits::noteCharactersMax, inside, {}, left);
    shape.textPosition = values.point(object, u"position"_s, inside, PlanValues::Need::Optional, left);
    shape.textColor = values.color(object, u"color"_s, inside, left);
    if (const auto size = values.number(object.value(u"size"_s), inside + u"/size"_s)) {
        shape.textSize = std::clamp(static_cast<int>(std::lround(*size)), 1, textSizeMax);
        if (shape.textSize != *size)
            values.repaired(inside + u"/size"_s, u"%1 was read as %2"_s.arg(*size).arg(shape.textSize));
    }
    PlanValues::keepRest(shape.extra, u"text"_s, left);
}

} // namespace

LayoutShape readPlanArea(PlanValues &values, const QJsonObject &area, QPointF origin, const QString &path)
{
    LayoutShape shape;
    shape.extra = PlanValues::rest(area, {u"position"_s, u"rotation"_s, u"color"_s, u"border_color"_s, u"shape"_s,
                                          u"rectangle"_s, u"polygon"_s, u"ellipse"_s, u"circle"_s, u"text"_s});
    shape.position = origin + values.point(area, u"position"_s, path, PlanValues::Need::Optional, shape.extra);
    shape.rotation = values.number(area.value(u"rotation"_s), path + u"/rotation"_s).value_or(0);
    shape.fillColor = values.color(area, u"color"_s, path, shape.extra);
    shape.borderColor = values.color(area, u"border_color"_s, path, shape.extra);
    readFigure(values, area, shape, path);
    readText(values, area, shape, path);
    return shape;
}

} // namespace parterre
