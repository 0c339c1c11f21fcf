#include "domain/layout/pretixplan.h"

#include "base/jsonfields.h"
#include "domain/layout/planvalues.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QSet>

#include <algorithm>
#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// Reads one plan: categories, zones, rows, seats. The first refusal ends the loops; everything else is repaired and
/// told.
class PlanReader
{
public:
    explicit PlanReader(QJsonObject root)
        : m_root(std::move(root))
    {}

    [[nodiscard]] Result<PlanImport> read()
    {
        m_layout.extra = PlanValues::rest(m_root, {u"name"_s, u"categories"_s, u"zones"_s, u"size"_s});
        m_layout.name =
            m_values.text(m_root, u"name"_s, limits::nameCharactersMax, {}, u"Seating plan"_s, m_layout.extra);
        readCategories();
        const QJsonArray zones = m_values.list(m_root, u"zones"_s, {}, Need::Required);
        if (zones.size() > limits::layoutSectionsMax)
            m_values.fail(ErrorCode::TooLarge, u"/zones"_s, u"has more than %1 zones"_s.arg(limits::layoutSectionsMax));
        collectGuids(zones);
        for (qsizetype i = 0; i < zones.size() && !m_values.failed(); ++i)
            readZone(zones.at(i), u"/zones/%1"_s.arg(i));
        if (!m_values.failed())
            readSize();
        if (!m_values.failed())
            checkWhole();
        if (m_values.failed())
            return refuse(m_values.fault());
        report().sections = static_cast<int>(m_layout.sections.size());
        report().categories = static_cast<int>(m_layout.categories.size());
        return PlanImport{.layout = std::move(m_layout), .report = std::move(report())};
    }

    void warn(const QString &line) { m_values.warn(line); }

private:
    using Need = PlanValues::Need;

    [[nodiscard]] PlanImportReport &report() { return m_values.report(); }

    void readCategories()
    {
        const QJsonArray categories = m_values.list(m_root, u"categories"_s, {}, Need::Optional);
        if (PlanValues::absent(m_root.value(u"categories"_s)))
            m_values.repaired(u"/categories"_s, u"is missing; the plan was taken to list none"_s);
        if (categories.size() > limits::layoutCategoriesMax)
            m_values.fail(ErrorCode::TooLarge, u"/categories"_s,
                          u"has more than %1 entries"_s.arg(limits::layoutCategoriesMax));
        for (qsizetype i = 0; i < categories.size() && !m_values.failed(); ++i) {
            const QString path = u"/categories/%1"_s.arg(i);
            const QJsonObject object = m_values.objectOf(categories.at(i), path);
            const QJsonValue name = object.value(u"name"_s);
            if (PlanValues::absent(name) || (name.isString() && name.toString().isEmpty()))
                return m_values.fail(ErrorCode::InvalidInput, path + u"/name"_s,
                                     u"is missing; seats name their category by it"_s);
            LayoutCategory category;
            category.extra = PlanValues::rest(object, {u"name"_s, u"color"_s});
            category.name = m_values.text(object, u"name"_s, limits::nameCharactersMax, path, {}, category.extra);
            category.color = m_values.color(object, u"color"_s, path, category.extra);
            if (m_categories.contains(category.name)) {
                m_values.repaired(path,
                                  u"the category \"%1\" is listed before; the first one is used"_s.arg(category.name));
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
        const QJsonObject object = m_values.objectOf(value, path);
        if (m_values.failed())
            return;
        LayoutSection section;
        section.extra = PlanValues::rest(object, {u"name"_s, u"position"_s, u"rows"_s, u"areas"_s});
        section.name =
            m_values.text(object, u"name"_s, limits::nameCharactersMax, path,
                          object.value(u"zone_id"_s).toString().left(limits::nameCharactersMax), section.extra);
        if (PlanValues::absent(object.value(u"position"_s)))
            m_values.repaired(path + u"/position"_s, u"is missing; 0, 0 was put in its place"_s);
        section.origin = m_values.point(object, u"position"_s, path, Need::Optional, section.extra);
        if (PlanValues::absent(object.value(u"rows"_s)))
            m_values.repaired(path + u"/rows"_s, u"is missing; the zone was taken to have none"_s);
        const QJsonArray rows = m_values.list(object, u"rows"_s, path, Need::Optional);
        for (qsizetype i = 0; i < rows.size() && !m_values.failed(); ++i)
            readRow(rows.at(i), section, path + u"/rows/%1"_s.arg(i));
        const QJsonArray areas = m_values.list(object, u"areas"_s, path, Need::Optional);
        for (qsizetype i = 0; i < areas.size() && !m_values.failed(); ++i)
            readArea(areas.at(i), section, path + u"/areas/%1"_s.arg(i));
        m_layout.sections.push_back(std::move(section));
    }

    void readArea(const QJsonValue &value, LayoutSection &section, const QString &path)
    {
        const QJsonObject object = m_values.objectOf(value, path);
        if (m_values.failed())
            return;
        if (++report().areas > limits::layoutAreasMax)
            return m_values.fail(ErrorCode::TooLarge, path,
                                 u"is one area more than the %1 that are taken"_s.arg(limits::layoutAreasMax));
        section.decorations.push_back(readPlanArea(m_values, object, section.origin, path));
    }

    void readRow(const QJsonValue &value, LayoutSection &section, const QString &path)
    {
        const QJsonObject object = m_values.objectOf(value, path);
        if (m_values.failed())
            return;
        if (++report().rows > limits::layoutRowsMax)
            return m_values.fail(ErrorCode::TooLarge, path,
                                 u"is one row more than the %1 that are taken"_s.arg(limits::layoutRowsMax));
        LayoutRow row;
        row.extra = PlanValues::rest(object, {u"row_number"_s, u"position"_s, u"seats"_s});
        row.label = m_values.text(object, u"row_number"_s, limits::labelCharactersMax, path, {}, row.extra);
        row.origin = section.origin + m_values.point(object, u"position"_s, path, Need::Optional, row.extra);
        const QJsonArray seats = PlanValues::absent(object.value(u"seats"_s))
                                     ? seatsByCount(object, path)
                                     : m_values.list(object, u"seats"_s, path, Need::Optional);
        for (qsizetype i = 0; i < seats.size() && !m_values.failed(); ++i)
            readSeat(seats.at(i), row, path + u"/seats/%1"_s.arg(i));
        section.rows.push_back(std::move(row));
    }

    /// The old revision could give a row by count and spacing alone.
    [[nodiscard]] QJsonArray seatsByCount(const QJsonObject &row, const QString &path)
    {
        QJsonArray seats;
        const QString place = path + u"/number_of_seats"_s;
        const double count = m_values.number(row.value(u"number_of_seats"_s), place).value_or(0);
        const double spacing = m_values.number(row.value(u"seats_spacing"_s), path + u"/seats_spacing"_s).value_or(25);
        if (count < 0 || count != std::floor(count))
            m_values.fail(ErrorCode::InvalidInput, place, u"must be a whole number from 0"_s);
        if (count > limits::layoutSeatsMax)
            m_values.fail(ErrorCode::TooLarge, place, u"is more than %1"_s.arg(limits::layoutSeatsMax));
        for (int i = 0; i < count && !m_values.failed(); ++i) {
            seats.append(QJsonObject{{u"seat_number"_s, QString::number(i + 1)},
                                     {u"position"_s, QJsonObject{{u"x"_s, i * spacing}, {u"y"_s, 0}}},
                                     {u"category"_s, row.value(u"category"_s)}});
        }
        m_values.repaired(path + u"/seats"_s,
                          u"is missing; %1 seats were made from number_of_seats"_s.arg(seats.size()));
        return seats;
    }

    void readSeat(const QJsonValue &value, LayoutRow &row, const QString &path)
    {
        const QJsonObject object = m_values.objectOf(value, path);
        if (m_values.failed())
            return;
        if (++report().seats > limits::layoutSeatsMax)
            return m_values.fail(ErrorCode::TooLarge, path,
                                 u"is one seat more than the %1 that are taken"_s.arg(limits::layoutSeatsMax));
        LayoutSeat seat;
        seat.extra =
            PlanValues::rest(object, {u"seat_guid"_s, u"seat_number"_s, u"position"_s, u"category"_s, u"radius"_s});
        seat.position = row.origin + m_values.point(object, u"position"_s, path, Need::Required, seat.extra);
        if (PlanValues::absent(object.value(u"seat_number"_s)))
            m_values.fail(ErrorCode::InvalidInput, path + u"/seat_number"_s, u"is missing; a seat is sold by it"_s);
        else
            seat.label = m_values.text(object, u"seat_number"_s, limits::labelCharactersMax, path, {}, seat.extra);
        if (const auto radius = m_values.number(object.value(u"radius"_s), path + u"/radius"_s))
            seat.radius = *radius;
        if (seat.radius <= 0) {
            m_values.repaired(path + u"/radius"_s, u"is not above zero; 10 was put in its place"_s);
            seat.radius = LayoutSeat().radius;
        }
        seat.category = categoryOf(object, path);
        if (m_values.failed())
            return;
        seat.key = keyFor(object, seat.extra, path);
        row.seats.push_back(std::move(seat));
    }

    /// Generators write an empty name where the organiser is to choose later; where there is no choice, that is no
    /// fault. A name that the plan does not list is one: it would put the seat at a price that nobody meant.
    [[nodiscard]] int categoryOf(const QJsonObject &seat, const QString &path)
    {
        const QJsonValue value = seat.value(u"category"_s);
        const QString place = path + u"/category"_s;
        if (PlanValues::absent(value) || (value.isString() && value.toString().isEmpty())) {
            if (m_layout.categories.empty())
                addOnlyCategory();
            if (m_layout.categories.size() == 1)
                m_values.repaired(place, u"is missing; the only category of the plan was put in its place"_s);
            else
                m_values.fail(ErrorCode::InvalidInput, place, u"is missing; name one of the plan's categories"_s);
            return 0;
        }
        QJsonObject whole; // The name is kept whole in the category itself.
        const QString name = m_values.text(seat, u"category"_s, limits::nameCharactersMax, path, {}, whole);
        if (!m_categories.contains(name))
            m_values.fail(ErrorCode::InvalidInput, place,
                          u"names the category \"%1\", which the plan does not list"_s.arg(name));
        return m_categories.value(name, 0);
    }

    void addOnlyCategory()
    {
        m_layout.categories.push_back({.name = u"Seats"_s, .color = {}});
        m_categories.insert(u"Seats"_s, 0);
        m_values.repaired(u"/categories"_s, u"lists none; \"Seats\" was added for the seats that name none"_s);
    }

    /// The seat's own id, or a new one: its `uuid` where that is free, so that the id survives a reordering of the
    /// file, else the old id with a number. Either way the same file gives the same ids.
    [[nodiscard]] QString keyFor(const QJsonObject &object, QJsonObject &extra, const QString &path)
    {
        const QJsonValue value = object.value(u"seat_guid"_s);
        const QString place = path + u"/seat_guid"_s;
        const QString guid = value.toVariant().toString();
        const bool fits = storable(guid) && (value.isString() || value.isDouble());
        if (fits && !m_used.contains(guid)) {
            if (!value.isString())
                m_values.repaired(place, u"the number %1 was read as a text"_s.arg(guid));
            m_used.insert(guid);
            return guid;
        }
        const QString key = newKey(fits ? guid : QString(), object.value(u"uuid"_s).toString(), path);
        if (fits) {
            ++report().renamedSeats;
            report().repeatedGuids += m_repeated.contains(guid) ? 0 : 1;
            m_repeated.insert(guid);
            m_values.repaired(place, u"\"%1\" is used by an earlier seat; the new id is \"%2\""_s.arg(guid, key));
        } else {
            const bool missing = PlanValues::absent(value) || (value.isString() && guid.isEmpty());
            m_values.repaired(place, (missing ? u"is missing"_s : u"cannot be stored"_s) +
                                         u"; the new id is \"%1\""_s.arg(key));
        }
        if (!PlanValues::absent(value))
            extra.insert(u"seat_guid"_s, value);
        m_used.insert(key);
        return key;
    }

    [[nodiscard]] QString newKey(const QString &guid, const QString &uuid, const QString &path) const
    {
        if (storable(uuid) && !taken(uuid))
            return uuid;
        // A place in the file, where there is no id at all: `zones-0-rows-2-seats-5`.
        QString base = guid.isEmpty() ? path.mid(1).replace(u'/', u'-') : guid;
        if (guid.isEmpty() && !taken(base))
            return base;
        constexpr int suffixMax = 8;
        if (base.size() + suffixMax > limits::seatKeyCharactersMax)
            base = QString::fromLatin1(QCryptographicHash::hash(base.toUtf8(), QCryptographicHash::Sha256).toHex());
        int number = 2;
        while (taken(u"%1~%2"_s.arg(base).arg(number)))
            ++number;
        return u"%1~%2"_s.arg(base).arg(number);
    }
    [[nodiscard]] bool taken(const QString &key) const { return m_known.contains(key) || m_used.contains(key); }
    [[nodiscard]] static bool storable(const QString &key)
    {
        return !key.isEmpty() && key.size() <= limits::seatKeyCharactersMax && !key.contains(QChar(0)) &&
               key.isValidUtf16();
    }

    void readSize()
    {
        const QJsonObject size = m_root.value(u"size"_s).toObject();
        const auto width = m_values.number(size.value(u"width"_s), u"/size/width"_s);
        const auto height = m_values.number(size.value(u"height"_s), u"/size/height"_s);
        const QRectF bounds = layoutBounds(m_layout);
        m_layout.size = QSizeF(std::max(width.value_or(0), std::ceil(bounds.right())),
                               std::max(height.value_or(0), std::ceil(bounds.bottom())));
        m_layout.size = m_layout.size.expandedTo(QSizeF(0, 0));
        if (!width || !height) {
            m_values.repaired(
                u"/size"_s,
                u"is missing; %1 x %2 holds everything"_s.arg(m_layout.size.width()).arg(m_layout.size.height()));
        } else if (m_layout.size.width() > *width || m_layout.size.height() > *height) {
            m_values.warn(u"/size: %1 x %2 does not hold everything and was grown to %3 x %4."_s.arg(*width)
                              .arg(*height)
                              .arg(m_layout.size.width())
                              .arg(m_layout.size.height()));
        }
        if (bounds.left() < 0 || bounds.top() < 0)
            m_values.warn(
                u"/size: something lies left of or above the origin, at %1, %2; it is kept there."_s.arg(bounds.left())
                    .arg(bounds.top()));
        if (const QJsonObject left = PlanValues::rest(size, {u"width"_s, u"height"_s}); !left.isEmpty())
            m_layout.extra.insert(u"size"_s, left);
    }

    /// What the parts could not see, such as coordinates that only add up to too much.
    void checkWhole()
    {
        // A size that is too large follows from a place that is; the place is what the reader can mend.
        const auto faults = validateLayout(m_layout, 3);
        if (faults.empty())
            return;
        const auto place = std::find_if(faults.begin(), faults.end(),
                                        [](const LayoutFault &fault) { return !fault.path.startsWith(u"/size/"_s); });
        const LayoutFault &fault = place == faults.end() ? faults.front() : *place;
        QString path = fault.path;
        path.replace(u"/sections/"_s, u"/zones/"_s).replace(u"/decorations/"_s, u"/areas/"_s);
        path.replace(u"/origin/"_s, u"/position/"_s);
        m_values.fail(ErrorCode::InvalidInput, path, u"cannot be used: %1"_s.arg(fault.message.chopped(1)));
    }

    QJsonObject m_root;
    Layout m_layout;
    PlanValues m_values;
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
        reader.warn(u"/layout: the plan was found inside an answer of the pretix API; paths begin there, and what "
                    "stands beside it is not kept."_s);
    return reader.read();
}

} // namespace parterre
