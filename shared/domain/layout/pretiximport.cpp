#include "domain/layout/pretixplan.h"

#include "base/jsonfields.h"
#include "domain/layout/plancolors.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QSet>

#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// Reads one plan. The first refusal is kept in m_fault and ends the loops; everything else is repaired and told.
class PlanReader
{
public:
    explicit PlanReader(QJsonObject root)
        : m_root(std::move(root))
    {}

    [[nodiscard]] Result<PlanImport> read()
    {
        m_layout.name = text(m_root.value(u"name"_s), limits::nameCharactersMax, u"/name"_s, u"Seating plan"_s);
        readCategories();
        const QJsonArray zones = list(m_root, u"zones"_s, {}, Need::Required);
        if (zones.size() > limits::layoutSectionsMax)
            fail(ErrorCode::TooLarge, u"/zones"_s, u"has more than %1 zones"_s.arg(limits::layoutSectionsMax));
        collectGuids(zones);
        for (qsizetype i = 0; i < zones.size() && !m_fault; ++i)
            readZone(zones.at(i), u"/zones/%1"_s.arg(i));
        m_layout.extra = rest(m_root, {u"name"_s, u"categories"_s, u"zones"_s, u"size"_s});
        if (!m_fault)
            readSize();
        if (!m_fault)
            checkWhole();
        if (m_fault)
            return refuse(*m_fault);
        m_report.sections = static_cast<int>(m_layout.sections.size());
        m_report.categories = static_cast<int>(m_layout.categories.size());
        return PlanImport{.layout = std::move(m_layout), .report = std::move(m_report)};
    }

    void warn(const QString &line) { m_report.warnings.append(line); }

private:
    enum class Need { Required, Optional };

    void fail(ErrorCode code, const QString &path, const QString &what)
    {
        if (!m_fault)
            m_fault = Error{
                .code = code, .message = u"%1 %2."_s.arg(path.isEmpty() ? u"The plan"_s : path, what), .field = path};
    }
    void repaired(const QString &path, const QString &what) { m_report.repairs.append(u"%1: %2"_s.arg(path, what)); }

    /// Fields that we do not read, kept for the round trip.
    [[nodiscard]] static QJsonObject rest(QJsonObject object, std::initializer_list<QString> known)
    {
        for (const QString &name : known)
            object.remove(name);
        return object;
    }

    [[nodiscard]] static bool absent(const QJsonValue &value) { return value.isUndefined() || value.isNull(); }

    [[nodiscard]] QJsonObject objectOf(const QJsonValue &value, const QString &path)
    {
        if (!value.isObject())
            fail(ErrorCode::InvalidInput, path, u"must be an object"_s);
        return value.toObject();
    }

    [[nodiscard]] QJsonArray list(const QJsonObject &object, const QString &name, const QString &path, Need need)
    {
        const QJsonValue value = object.value(name);
        if (value.isArray())
            return value.toArray();
        if (!absent(value))
            fail(ErrorCode::InvalidInput, path + u'/' + name, u"must be a list"_s);
        else if (need == Need::Required)
            fail(ErrorCode::InvalidInput, path + u'/' + name, u"is missing"_s);
        return {};
    }

    /// A text that may have been written as a number; shortened where it is longer than we can store.
    [[nodiscard]] QString text(const QJsonValue &value, int charactersMax, const QString &path, const QString &fallback)
    {
        QString result = value.toString();
        if (value.isDouble()) {
            result = QString::number(value.toDouble(), 'g', 15);
            repaired(path, u"the number %1 was read as a text"_s.arg(result));
        } else if (absent(value)) {
            repaired(path, u"is missing; \"%1\" was put in its place"_s.arg(fallback));
            result = fallback;
        } else if (!value.isString()) {
            fail(ErrorCode::InvalidInput, path, u"must be a text"_s);
        }
        if (result.contains(QChar(0))) {
            result.remove(QChar(0));
            repaired(path, u"a null character was removed"_s);
        }
        if (result.size() > charactersMax) {
            repaired(path, u"was shortened from %1 to %2 characters"_s.arg(result.size()).arg(charactersMax));
            result.truncate(charactersMax);
        }
        return result;
    }

    /// A number that may have been written as a text; nothing when it is absent or was refused.
    [[nodiscard]] std::optional<double> number(const QJsonValue &value, const QString &path)
    {
        if (absent(value))
            return std::nullopt;
        bool isNumber = value.isDouble();
        double result = value.toDouble();
        if (value.isString()) {
            result = value.toString().trimmed().toDouble(&isNumber);
            if (isNumber)
                repaired(path, u"the text \"%1\" was read as a number"_s.arg(value.toString()));
        }
        if (!isNumber) {
            fail(ErrorCode::InvalidInput, path, u"must be a number"_s);
            return std::nullopt;
        }
        if (!std::isfinite(result) || std::abs(result) > limits::layoutCoordinateMax) {
            fail(ErrorCode::TooLarge, path, u"must be within %1 of zero"_s.arg(limits::layoutCoordinateMax));
            return std::nullopt;
        }
        return result;
    }

    [[nodiscard]] double lengthOr(const QJsonValue &value, double fallback, const QString &path)
    {
        const auto length = number(value, path);
        if (!length) {
            repaired(path, u"is missing; %1 was put in its place"_s.arg(fallback));
            return fallback;
        }
        if (*length < 0)
            repaired(path, u"was below zero; the sign was removed"_s);
        return std::abs(*length);
    }

    [[nodiscard]] QPointF point(const QJsonValue &value, const QString &path, Need need)
    {
        if (absent(value)) {
            if (need == Need::Required)
                fail(ErrorCode::InvalidInput, path, u"is missing; give it as {\"x\": 0, \"y\": 0}"_s);
            return {};
        }
        const QJsonObject object = objectOf(value, path);
        const auto x = number(object.value(u"x"_s), path + u"/x"_s);
        const auto y = number(object.value(u"y"_s), path + u"/y"_s);
        if (!x)
            fail(ErrorCode::InvalidInput, path + u"/x"_s, u"is missing"_s);
        if (!y)
            fail(ErrorCode::InvalidInput, path + u"/y"_s, u"is missing"_s);
        return {x.value_or(0), y.value_or(0)};
    }

    /// The colour as #RRGGBB. What had to be translated stays in `extra` under its own name.
    [[nodiscard]] QString color(const QJsonValue &value, const QString &name, const QString &path, QJsonObject &extra)
    {
        if (absent(value))
            return {};
        const auto known = value.isString() ? planColor(value.toString()) : std::nullopt;
        if (known && *known == value.toString())
            return *known;
        extra.insert(name, value);
        if (known)
            repaired(path, u"the colour \"%1\" was read as \"%2\""_s.arg(value.toString(), *known));
        else
            warn(u"%1: the colour \"%2\" is not understood; it is kept but not used."_s.arg(path,
                                                                                            value.toString().left(40)));
        return known.value_or(QString());
    }

    void readCategories()
    {
        const QJsonArray categories = list(m_root, u"categories"_s, {}, Need::Required);
        if (categories.size() > limits::layoutCategoriesMax)
            fail(ErrorCode::TooLarge, u"/categories"_s, u"has more than %1 entries"_s.arg(limits::layoutCategoriesMax));
        for (qsizetype i = 0; i < categories.size() && !m_fault; ++i) {
            const QString path = u"/categories/%1"_s.arg(i);
            const QJsonObject object = objectOf(categories.at(i), path);
            const QJsonValue nameValue = object.value(u"name"_s);
            if (absent(nameValue) || (nameValue.isString() && nameValue.toString().isEmpty()))
                return fail(ErrorCode::InvalidInput, path + u"/name"_s,
                            u"is missing; seats name their category by it"_s);
            LayoutCategory category{.name = text(nameValue, limits::nameCharactersMax, path + u"/name"_s, {}),
                                    .color = {},
                                    .extra = rest(object, {u"name"_s, u"color"_s})};
            category.color = color(object.value(u"color"_s), u"color"_s, path + u"/color"_s, category.extra);
            if (m_categories.contains(category.name)) {
                repaired(path, u"the category \"%1\" is listed before; both were made one"_s.arg(category.name));
                continue;
            }
            m_categories.insert(category.name, static_cast<int>(m_layout.categories.size()));
            m_layout.categories.push_back(std::move(category));
        }
    }

    /// All ids of the file, so that a new one never takes what a later seat brings along.
    void collectGuids(const QJsonArray &zones)
    {
        for (const QJsonValue &zone : zones) {
            for (const QJsonValue &row : zone.toObject().value(u"rows"_s).toArray()) {
                for (const QJsonValue &seat : row.toObject().value(u"seats"_s).toArray())
                    m_known.insert(seat.toObject().value(u"seat_guid"_s).toVariant().toString());
            }
        }
    }

    void readZone(const QJsonValue &value, const QString &path)
    {
        const QJsonObject object = objectOf(value, path);
        if (m_fault)
            return;
        LayoutSection section;
        section.name = text(object.value(u"name"_s), limits::nameCharactersMax, path + u"/name"_s,
                            object.value(u"zone_id"_s).toString().left(limits::nameCharactersMax));
        if (absent(object.value(u"position"_s)))
            repaired(path + u"/position"_s, u"is missing; 0, 0 was put in its place"_s);
        section.origin = point(object.value(u"position"_s), path + u"/position"_s, Need::Optional);
        section.extra = rest(object, {u"name"_s, u"position"_s, u"rows"_s, u"areas"_s});
        const QJsonArray rows = list(object, u"rows"_s, path, Need::Optional);
        for (qsizetype i = 0; i < rows.size() && !m_fault; ++i)
            readRow(rows.at(i), section, path + u"/rows/%1"_s.arg(i));
        const QJsonArray areas = list(object, u"areas"_s, path, Need::Optional);
        for (qsizetype i = 0; i < areas.size() && !m_fault; ++i)
            readArea(areas.at(i), section, path + u"/areas/%1"_s.arg(i));
        m_layout.sections.push_back(std::move(section));
    }

    void readRow(const QJsonValue &value, LayoutSection &section, const QString &path)
    {
        const QJsonObject object = objectOf(value, path);
        if (m_fault)
            return;
        if (++m_report.rows > limits::layoutRowsMax)
            return fail(ErrorCode::TooLarge, path,
                        u"is one row more than the %1 that are taken"_s.arg(limits::layoutRowsMax));
        LayoutRow row;
        row.label = text(object.value(u"row_number"_s), limits::labelCharactersMax, path + u"/row_number"_s, {});
        row.origin = section.origin + point(object.value(u"position"_s), path + u"/position"_s, Need::Optional);
        row.extra = rest(object, {u"row_number"_s, u"position"_s, u"seats"_s});
        if (row.label.size() < object.value(u"row_number"_s).toString().size())
            row.extra.insert(u"row_number"_s, object.value(u"row_number"_s));
        const QJsonArray seats =
            object.contains(u"seats"_s) ? list(object, u"seats"_s, path, Need::Optional) : seatsByCount(object, path);
        for (qsizetype i = 0; i < seats.size() && !m_fault; ++i)
            readSeat(seats.at(i), row, path + u"/seats/%1"_s.arg(i));
        section.rows.push_back(std::move(row));
    }

    /// The old revision could give a row by count and spacing alone.
    [[nodiscard]] QJsonArray seatsByCount(const QJsonObject &row, const QString &path)
    {
        QJsonArray seats;
        const double count = number(row.value(u"number_of_seats"_s), path + u"/number_of_seats"_s).value_or(0);
        const double spacing = number(row.value(u"seats_spacing"_s), path + u"/seats_spacing"_s).value_or(25);
        if (count > limits::layoutSeatsMax)
            fail(ErrorCode::TooLarge, path + u"/number_of_seats"_s, u"is more than %1"_s.arg(limits::layoutSeatsMax));
        for (int i = 0; i < count && !m_fault; ++i) {
            seats.append(QJsonObject{{u"seat_number"_s, QString::number(i + 1)},
                                     {u"position"_s, QJsonObject{{u"x"_s, i * spacing}, {u"y"_s, 0}}},
                                     {u"category"_s, row.value(u"category"_s)}});
        }
        if (!seats.isEmpty())
            repaired(path, u"has no list of seats; %1 were made from number_of_seats"_s.arg(seats.size()));
        return seats;
    }

    void readSeat(const QJsonValue &value, LayoutRow &row, const QString &path)
    {
        const QJsonObject object = objectOf(value, path);
        if (m_fault)
            return;
        if (++m_report.seats > limits::layoutSeatsMax)
            return fail(ErrorCode::TooLarge, path,
                        u"is one seat more than the %1 that are taken"_s.arg(limits::layoutSeatsMax));
        LayoutSeat seat;
        seat.extra = rest(object, {u"seat_guid"_s, u"seat_number"_s, u"position"_s, u"category"_s, u"radius"_s});
        seat.position = row.origin + point(object.value(u"position"_s), path + u"/position"_s, Need::Required);
        if (absent(object.value(u"seat_number"_s)))
            fail(ErrorCode::InvalidInput, path + u"/seat_number"_s, u"is missing; a seat is sold by it"_s);
        else
            seat.label = text(object.value(u"seat_number"_s), limits::labelCharactersMax, path + u"/seat_number"_s, {});
        if (const auto radius = number(object.value(u"radius"_s), path + u"/radius"_s))
            seat.radius = *radius;
        if (seat.radius <= 0) {
            repaired(path + u"/radius"_s, u"is not above zero; 10 was put in its place"_s);
            seat.radius = 10.0;
        }
        seat.category = categoryOf(object, path + u"/category"_s);
        if (m_fault)
            return;
        seat.key = keyFor(object, seat.extra, path);
        row.seats.push_back(std::move(seat));
    }

    [[nodiscard]] int categoryOf(const QJsonObject &seat, const QString &path)
    {
        const QJsonValue value = seat.value(u"category"_s);
        if (absent(value) && m_layout.categories.size() == 1) {
            repaired(path, u"is missing; the only category of the plan was put in its place"_s);
            return 0;
        }
        if (absent(value)) {
            fail(ErrorCode::InvalidInput, path, u"is missing; name one of the plan's categories"_s);
            return 0;
        }
        const QString name = text(value, limits::nameCharactersMax, path, {});
        if (!m_categories.contains(name))
            fail(ErrorCode::InvalidInput, path, u"names the category \"%1\", which the plan does not list"_s.arg(name));
        return m_categories.value(name, 0);
    }

    /// The seat's own id, or a new one: its `uuid` where that is free, so that the id survives a reordering of the
    /// file, else the old id with a number. Either way the same file gives the same ids.
    [[nodiscard]] QString keyFor(const QJsonObject &object, QJsonObject &extra, const QString &path)
    {
        const QJsonValue value = object.value(u"seat_guid"_s);
        const QString guid = value.toVariant().toString();
        const bool fits = guid.size() <= limits::seatKeyCharactersMax && !guid.contains(QChar(0));
        if (!guid.isEmpty() && fits && !m_used.contains(guid)) {
            if (!value.isString())
                repaired(path + u"/seat_guid"_s, u"the number %1 was read as a text"_s.arg(guid));
            m_used.insert(guid);
            return guid;
        }
        QString base = guid;
        if (guid.isEmpty())
            base = path.mid(1).replace(u'/', u'-');
        else if (!fits || guid.size() + 8 > limits::seatKeyCharactersMax)
            base = QString::fromLatin1(QCryptographicHash::hash(guid.toUtf8(), QCryptographicHash::Sha256).toHex());
        QString key = object.value(u"uuid"_s).toString();
        if (key.isEmpty() || key.size() > limits::seatKeyCharactersMax || key.contains(QChar(0)) || taken(key))
            key = base + u"~2"_s;
        for (int i = 3; taken(key); ++i)
            key = u"%1~%2"_s.arg(base).arg(i);
        if (m_used.contains(guid)) {
            ++m_report.renamedSeats;
            m_report.repeatedGuids += m_repeated.contains(guid) ? 0 : 1;
            m_repeated.insert(guid);
            repaired(path + u"/seat_guid"_s,
                     u"\"%1\" is used by an earlier seat; the new id is \"%2\""_s.arg(guid, key));
        } else {
            repaired(path + u"/seat_guid"_s,
                     (guid.isEmpty() ? u"is missing"_s : u"cannot be stored"_s) + u"; the new id is \"%1\""_s.arg(key));
        }
        if (!guid.isEmpty())
            extra.insert(u"seat_guid"_s, value);
        m_used.insert(key);
        return key;
    }
    [[nodiscard]] bool taken(const QString &key) const { return m_known.contains(key) || m_used.contains(key); }

    void readArea(const QJsonValue &value, LayoutSection &section, const QString &path)
    {
        const QJsonObject object = objectOf(value, path);
        if (m_fault)
            return;
        if (++m_report.areas > limits::layoutAreasMax)
            return fail(ErrorCode::TooLarge, path,
                        u"is one area more than the %1 that are taken"_s.arg(limits::layoutAreasMax));
        LayoutShape shape;
        shape.extra = rest(object, {u"position"_s, u"rotation"_s, u"color"_s, u"border_color"_s, u"shape"_s,
                                    u"rectangle"_s, u"polygon"_s, u"ellipse"_s, u"circle"_s, u"text"_s});
        shape.position = section.origin + point(object.value(u"position"_s), path + u"/position"_s, Need::Optional);
        shape.rotation = number(object.value(u"rotation"_s), path + u"/rotation"_s).value_or(0);
        shape.fillColor = color(object.value(u"color"_s), u"color"_s, path + u"/color"_s, shape.extra);
        shape.borderColor =
            color(object.value(u"border_color"_s), u"border_color"_s, path + u"/border_color"_s, shape.extra);
        readFigure(object, shape, path);
        readText(object.value(u"text"_s), shape, path + u"/text"_s);
        section.decorations.push_back(std::move(shape));
    }

    void readFigure(const QJsonObject &object, LayoutShape &shape, const QString &path)
    {
        QString kind = object.value(u"shape"_s).toString();
        for (const QString &name : {u"rectangle"_s, u"ellipse"_s, u"circle"_s, u"polygon"_s}) {
            if (kind.isEmpty() && object.value(name).isObject())
                kind = name;
            if (kind != name && object.contains(name))
                shape.extra.insert(name, object.value(name)); // A figure that is not drawn; editors leave it behind.
        }
        if (kind.isEmpty() && object.contains(u"width"_s))
            kind = u"rectangle"_s;
        if (kind != object.value(u"shape"_s).toString())
            repaired(path + u"/shape"_s, u"is missing; it was taken for \"%1\""_s.arg(kind));
        const QJsonObject figure = object.value(kind).toObject();
        const QString inside = path + u'/' + kind;
        // The old revision has width and height on the area itself.
        const bool old = figure.isEmpty() && object.contains(u"width"_s);
        const QJsonObject measures = old ? object : figure;
        if (kind == "rectangle"_L1 || (old && (kind == "ellipse"_L1 || kind == "circle"_L1))) {
            shape.kind = kind == "rectangle"_L1 ? ShapeKind::Rectangle : ShapeKind::Ellipse;
            shape.size = QSizeF(lengthOr(measures.value(u"width"_s), 0, inside + u"/width"_s),
                                lengthOr(measures.value(u"height"_s), 0, inside + u"/height"_s));
            keepRest(shape, kind, rest(figure, {u"width"_s, u"height"_s}));
        } else if (kind == "circle"_L1) {
            const double radius = lengthOr(figure.value(u"radius"_s), 0, inside + u"/radius"_s);
            shape.kind = ShapeKind::Ellipse;
            shape.size = QSizeF(2 * radius, 2 * radius);
            shape.extra.insert(u"shape"_s, kind);
            keepRest(shape, kind, rest(figure, {u"radius"_s}));
        } else if (kind == "ellipse"_L1) {
            const QPointF radius = point(figure.value(u"radius"_s), inside + u"/radius"_s, Need::Required);
            shape.kind = ShapeKind::Ellipse;
            shape.size = QSizeF(2 * std::abs(radius.x()), 2 * std::abs(radius.y()));
            keepRest(shape, kind, rest(figure, {u"radius"_s}));
        } else if (kind == "polygon"_L1) {
            readPolygon(figure, shape, inside);
        } else {
            shape.kind = ShapeKind::Text;
            if (kind != "text"_L1) {
                warn(u"%1/shape: the shape \"%2\" is not known; it is kept but not drawn."_s.arg(path, kind.left(40)));
                if (!kind.isEmpty())
                    shape.extra.insert(u"shape"_s, kind);
            }
        }
    }

    static void keepRest(LayoutShape &shape, const QString &name, const QJsonObject &left)
    {
        if (!left.isEmpty())
            shape.extra.insert(name, left);
    }

    void readPolygon(const QJsonObject &figure, LayoutShape &shape, const QString &path)
    {
        shape.kind = ShapeKind::Polygon;
        const QJsonArray points = list(figure, u"points"_s, path, Need::Required);
        if (points.size() > limits::layoutPolygonPointsMax)
            fail(ErrorCode::TooLarge, path + u"/points"_s,
                 u"has more than %1 corners"_s.arg(limits::layoutPolygonPointsMax));
        for (qsizetype i = 0; i < points.size() && !m_fault; ++i)
            shape.points.append(point(points.at(i), path + u"/points/%1"_s.arg(i), Need::Required));
        keepRest(shape, u"polygon"_s, rest(figure, {u"points"_s}));
    }

    void readText(const QJsonValue &value, LayoutShape &shape, const QString &path)
    {
        if (absent(value))
            return;
        if (value.isString()) { // The old revision.
            shape.text = text(value, limits::noteCharactersMax, path, {});
            return;
        }
        const QJsonObject object = objectOf(value, path);
        if (!absent(object.value(u"text"_s)))
            shape.text = text(object.value(u"text"_s), limits::noteCharactersMax, path + u"/text"_s, {});
        shape.textPosition = point(object.value(u"position"_s), path + u"/position"_s, Need::Optional);
        QJsonObject left = rest(object, {u"text"_s, u"position"_s, u"size"_s, u"color"_s});
        shape.textColor = color(object.value(u"color"_s), u"color"_s, path + u"/color"_s, left);
        if (const auto size = number(object.value(u"size"_s), path + u"/size"_s)) {
            shape.textSize = std::clamp(static_cast<int>(std::lround(*size)), 1, 1'000);
            if (shape.textSize != *size)
                repaired(path + u"/size"_s, u"%1 was read as %2"_s.arg(*size).arg(shape.textSize));
        }
        keepRest(shape, u"text"_s, left);
    }

    void readSize()
    {
        const QJsonObject size = m_root.value(u"size"_s).toObject();
        const auto width = number(size.value(u"width"_s), u"/size/width"_s);
        const auto height = number(size.value(u"height"_s), u"/size/height"_s);
        const QRectF bounds = layoutBounds(m_layout);
        m_layout.size = QSizeF(std::max(width.value_or(0), std::ceil(bounds.right())),
                               std::max(height.value_or(0), std::ceil(bounds.bottom())));
        m_layout.size = m_layout.size.expandedTo(QSizeF(0, 0));
        if (!width || !height) {
            repaired(u"/size"_s,
                     u"is missing; %1 x %2 holds everything"_s.arg(m_layout.size.width()).arg(m_layout.size.height()));
        } else if (m_layout.size.width() > *width || m_layout.size.height() > *height) {
            warn(u"/size: %1 x %2 does not hold everything and was grown to %3 x %4."_s.arg(*width)
                     .arg(*height)
                     .arg(m_layout.size.width())
                     .arg(m_layout.size.height()));
        }
        if (bounds.left() < 0 || bounds.top() < 0)
            warn(u"/size: something lies left of or above the origin, at %1, %2; it is kept there."_s.arg(bounds.left())
                     .arg(bounds.top()));
        if (const QJsonObject left = rest(size, {u"width"_s, u"height"_s}); !left.isEmpty())
            m_layout.extra.insert(u"size"_s, left);
    }

    /// What the parts could not see, such as coordinates that only add up to too much.
    void checkWhole()
    {
        const auto faults = validateLayout(m_layout, 1);
        if (faults.empty())
            return;
        QString path = faults.front().path;
        path.replace(u"/sections/"_s, u"/zones/"_s).replace(u"/decorations/"_s, u"/areas/"_s);
        fail(ErrorCode::InvalidInput, path, u"cannot be used: %1"_s.arg(faults.front().message.chopped(1)));
    }

    QJsonObject m_root;
    Layout m_layout;
    PlanImportReport m_report;
    std::optional<Error> m_fault;
    QHash<QString, int> m_categories;
    QSet<QString> m_known;    ///< Every id that the file has.
    QSet<QString> m_used;     ///< Ids that seats read so far have.
    QSet<QString> m_repeated; ///< Ids that were used more than once.
};

QString counted(int count, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(count).arg(count == 1 ? one : many);
}

} // namespace

QString PlanImportReport::text() const
{
    QStringList lines{counted(seats, u"seat"_s, u"seats"_s) + u" in "_s + counted(rows, u"row"_s, u"rows"_s) +
                          u" and "_s + counted(sections, u"section"_s, u"sections"_s),
                      counted(categories, u"category"_s, u"categories"_s),
                      counted(areas, u"shape"_s, u"shapes"_s) + u" drawn around them"_s};
    if (renamedSeats > 0) {
        lines.append(
            counted(renamedSeats, u"surplus seat was given a new id"_s, u"surplus seats were given new ids"_s) +
            u" (%1 repeated)"_s.arg(counted(repeatedGuids, u"seat_guid value was"_s, u"seat_guid values were"_s)));
    }
    if (repairs.isEmpty() && warnings.isEmpty())
        lines.append(u"Nothing had to be repaired."_s);
    if (!repairs.isEmpty())
        lines << u"Repairs (%1):"_s.arg(repairs.size()) << u"  "_s + repairs.join(u"\n  "_s);
    if (!warnings.isEmpty())
        lines << u"Warnings (%1):"_s.arg(warnings.size()) << u"  "_s + warnings.join(u"\n  "_s);
    return lines.join(u'\n') + u'\n';
}

Result<PlanImport> importPretixPlan(const QByteArray &bytes)
{
    const bool hasMark = bytes.startsWith("\xEF\xBB\xBF");
    PT_TRY(QJsonObject root,
           parseJsonObject(hasMark ? bytes.mid(3) : bytes, limits::layoutDocumentBytesMax, u"The plan"_s));
    // pretix's own API wraps the plan into {"id", "name", "layout"}.
    const bool wrapped = !root.contains(u"zones"_s) && root.value(u"layout"_s).isObject();
    PlanReader reader(wrapped ? root.value(u"layout"_s).toObject() : root);
    if (hasMark)
        reader.warn(u"The file begins with a byte order mark; it was passed over."_s);
    if (wrapped)
        reader.warn(u"/layout: the plan was found inside an answer of the pretix API; paths begin there."_s);
    return reader.read();
}

} // namespace parterre
