#include "seatmap/seatmapmodel.h"

#include <QLineF>
#include <QPainterPath>
#include <QTransform>

#include <algorithm>
#include <array>
#include <limits>

namespace parterre::ui {

namespace {

/// A row's pitch is judged on its first few seats: enough for a label's place.
constexpr double pitchFallback = 25.0;
constexpr size_t rowPartsNear = 8;

double distanceToOutline(const QList<QPolygonF> &outline, const QPointF &point)
{
    double nearest = std::numeric_limits<double>::max();
    for (const QPolygonF &polygon : outline) {
        for (qsizetype i = 1; i < polygon.size(); ++i) {
            const QPointF along = polygon.at(i) - polygon.at(i - 1);
            const double length = QPointF::dotProduct(along, along);
            const double share =
                length > 0 ? std::clamp(QPointF::dotProduct(point - polygon.at(i - 1), along) / length, 0.0, 1.0) : 0.0;
            nearest = std::min(nearest, QLineF(point, polygon.at(i - 1) + along * share).length());
        }
    }
    return nearest;
}

/// The centre where it lies well inside, else the point of a grid that is farthest from every edge.
QPointF roomiestPoint(const QPainterPath &path)
{
    constexpr int steps = 24; // 1/24 of an area is less than a letter of its name.
    const QRectF bounds = path.boundingRect();
    const QList<QPolygonF> outline = path.toSubpathPolygons();
    QPointF best = bounds.center();
    double roomiest = path.contains(best) ? distanceToOutline(outline, best) * 1.3 : 0.0;
    for (int x = 1; x < steps; ++x) {
        for (int y = 1; y < steps; ++y) {
            const QPointF point(bounds.left() + bounds.width() * x / steps, bounds.top() + bounds.height() * y / steps);
            // Of two points with about the same room, the one nearer to the centre looks right.
            const double away = QLineF(point, bounds.center()).length();
            const double room = path.contains(point) ? distanceToOutline(outline, point) - away * 0.05 : 0.0;
            if (room > roomiest) {
                roomiest = room;
                best = point;
            }
        }
    }
    return best;
}

double medianPitch(const LayoutIndex &index)
{
    std::vector<double> pitches;
    for (const LayoutSection &section : index.layout().sections) {
        for (const LayoutRow &row : section.rows) {
            for (size_t i = 1; i < row.seats.size(); ++i)
                pitches.push_back(QLineF(row.seats[i - 1].position, row.seats[i].position).length());
        }
    }
    if (pitches.empty())
        return pitchFallback;
    const auto middle = pitches.begin() + static_cast<std::ptrdiff_t>(pitches.size() / 2);
    std::nth_element(pitches.begin(), middle, pitches.end());
    return *middle > 0 ? *middle : pitchFallback;
}

} // namespace

QColor categoryColor(int position)
{
    static const std::array<QColor, 8> colors{
        QColor(0x00, 0x72, 0xb2), QColor(0xe6, 0x9f, 0x00), QColor(0x00, 0x9e, 0x73), QColor(0xcc, 0x79, 0xa7),
        QColor(0xd5, 0x5e, 0x00), QColor(0x56, 0xb4, 0xe9), QColor(0x7a, 0x5c, 0xc4), QColor(0xb8, 0xa9, 0x1f)};
    return colors[static_cast<size_t>(position) % colors.size()];
}

QPainterPath shapePath(const LayoutShape &shape)
{
    QPainterPath path;
    const QPointF middle(shape.size.width() / 2, shape.size.height() / 2);
    switch (shape.kind) {
    case ShapeKind::Rectangle:
        path.addRect(QRectF(QPointF(0, 0), shape.size));
        break;
    case ShapeKind::Ellipse:
        path.addEllipse(QRectF(-middle, shape.size));
        break;
    case ShapeKind::Polygon:
        path.addPolygon(shape.points);
        path.closeSubpath();
        break;
    case ShapeKind::Text:
        return path;
    }
    QTransform transform;
    transform.translate(shape.position.x(), shape.position.y());
    transform.rotate(shape.rotation);
    return transform.map(path);
}

void SeatMapModel::setLayout(std::shared_ptr<const LayoutIndex> layout)
{
    *this = SeatMapModel();
    m_layout = std::move(layout);
    if (!m_layout)
        return;
    m_pitch = medianPitch(*m_layout);
    readSeats();
    readAreas();
    m_spatial = SeatSpatialIndex(m_positions);
    m_floorsOverlap = seatsOfTwoFloorsCollide();
    readRowLabels();
    m_bounds = layoutBounds(m_layout->layout());
    setZones({});
}

void SeatMapModel::readSeats()
{
    const size_t count = static_cast<size_t>(m_layout->seatCount());
    m_positions.reserve(count);
    m_sectionRects.resize(m_layout->layout().sections.size());
    m_sectionSeats.resize(m_sectionRects.size());
    QHash<QString, int> labelIds;
    for (int number = 0; number < m_layout->seatCount(); ++number) {
        const LayoutSeat &seat = m_layout->seat(number);
        const size_t section = static_cast<size_t>(m_layout->seats()[static_cast<size_t>(number)].section);
        const int floor = m_layout->sectionOf(number).floor;
        const auto found = labelIds.constFind(seat.label);
        const int labelId = found == labelIds.constEnd() ? static_cast<int>(m_labels.size()) : *found;
        if (found == labelIds.constEnd()) {
            labelIds.insert(seat.label, labelId);
            m_labels.push_back(seat.label);
        }
        m_positions.push_back(seat.position);
        m_radii.push_back(static_cast<float>(seat.radius));
        m_radiusMax = std::max(m_radiusMax, seat.radius);
        m_floors.push_back(static_cast<quint16>(floor));
        m_categories.push_back(static_cast<quint16>(seat.category));
        m_labelIds.push_back(labelId);
        m_sectionRects[section] |= seatRect(number);
        ++m_sectionSeats[section];
    }
    m_states.assign(count, SeatState::Available);
    m_own.assign(count, 0);
    m_chosen.assign(count, 0);
}

bool SeatMapModel::seatsOfTwoFloorsCollide() const
{
    for (int number = 0; number < seatCount(); ++number) {
        const int other = m_spatial.nearest(position(number), radius(number),
                                            [&](int candidate) { return floorOf(candidate) != floorOf(number); });
        if (other >= 0)
            return true;
    }
    return false;
}

void SeatMapModel::readAreas()
{
    for (int number = 0; number < m_layout->areaCount(); ++number) {
        const LayoutArea &area = m_layout->area(number);
        m_areas.push_back({number, area.capacity, 0, 0});
        const QPainterPath path = shapePath(area.shape);
        m_areaRects.push_back(path.boundingRect());
        m_areaTextPlaces.push_back(roomiestPoint(path));
    }
}

void SeatMapModel::readRowLabels()
{
    for (const LayoutSection &section : m_layout->layout().sections) {
        for (const LayoutRow &row : section.rows) {
            if (row.label.isEmpty() || row.seats.empty())
                continue;
            addRowLabel(row, false, section.floor);
            if (row.seats.size() > 1)
                addRowLabel(row, true, section.floor);
        }
    }
    std::vector<QPointF> places;
    for (const RowLabel &label : m_rowLabels)
        places.push_back(label.position);
    m_rowLabelIndex = SeatSpatialIndex(places);
}

void SeatMapModel::addRowLabel(const LayoutRow &row, bool atEnd, int floor)
{
    const LayoutSeat &end = atEnd ? row.seats.back() : row.seats.front();
    QPointF outward(-1, 0);
    double pitch = m_pitch;
    if (row.seats.size() > 1) {
        const LayoutSeat &inner = atEnd ? row.seats[row.seats.size() - 2] : row.seats[1];
        const QLineF line(inner.position, end.position);
        if (line.length() > 0) {
            outward = QPointF(line.dx(), line.dy()) / line.length();
            pitch = std::min(line.length(), m_pitch);
        }
    }
    const QPointF place = end.position + outward * std::max(pitch * 0.92, end.radius * 1.9);
    // In a narrow aisle the neighbour's chair stands where the letter would be.
    const double room = m_radiusMax * 1.5;
    const int inWay = m_spatial.nearest(place, room, [&](int seat) {
        return floorOf(seat) == floor && QLineF(position(seat), place).length() < radius(seat) * 1.5;
    });
    if (inWay >= 0)
        return;
    // A long name needs more room than a letter, and a name across chairs says less than none.
    const double letter = pitch * 0.46; // As the renderer writes it.
    const double half = letter * 0.3 * static_cast<double>(row.label.size());
    const QPointF middle = place + outward * std::max(0.0, half - letter * 0.6);
    const QRectF box(middle - QPointF(half, letter * 0.6), QSizeF(2 * half, letter * 1.2));
    bool coversChair = false;
    m_spatial.forEachIn(box.adjusted(-m_radiusMax, -m_radiusMax, m_radiusMax, m_radiusMax), [&](int seat) {
        const double reach = radius(seat) * 0.7;
        coversChair |= floorOf(seat) == floor && box.adjusted(-reach, -reach, reach, reach).contains(position(seat));
    });
    if (row.label.size() > 2 && coversChair)
        return;
    // Both sides of an aisle have the same letter: one in its middle says it better than two that collide. Only the
    // labels just made can be that near, since a plan lists the parts of a row one after the other.
    const size_t lookBack = std::min<size_t>(m_rowLabels.size(), rowPartsNear);
    for (size_t i = m_rowLabels.size() - lookBack; i < m_rowLabels.size(); ++i) {
        RowLabel &other = m_rowLabels[i];
        if (other.text == row.label && other.floor == floor && QLineF(other.position, place).length() < m_pitch * 1.3) {
            other.position = (other.position + place) / 2;
            other.outward = QPointF();
            return;
        }
    }
    m_rowLabels.push_back({place, outward, pitch, row.label, floor});
}

QRectF SeatMapModel::floorBounds(int floor) const
{
    QRectF bounds;
    for (size_t i = 0; i < m_sectionRects.size(); ++i) {
        if (m_layout->layout().sections[i].floor == floor)
            bounds |= m_sectionRects[i];
    }
    for (int area = 0; area < areaCount(); ++area) {
        if (m_layout->sectionOfArea(area).floor == floor)
            bounds |= areaRect(area);
    }
    return bounds.isEmpty() ? m_bounds : bounds.adjusted(-m_pitch * 2, -m_pitch * 2, m_pitch * 2, m_pitch * 2);
}

void SeatMapModel::setZones(std::vector<SeatPriceZone> zones)
{
    if (!m_layout)
        return;
    const std::vector<LayoutCategory> &categories = m_layout->layout().categories;
    zones.resize(categories.size());
    for (size_t i = 0; i < zones.size(); ++i) {
        if (zones[i].name.isEmpty())
            zones[i].name = categories[i].name;
        if (!zones[i].color.isValid())
            zones[i].color = QColor(categories[i].color);
        if (!zones[i].color.isValid())
            zones[i].color = categoryColor(static_cast<int>(i));
    }
    m_zones = std::move(zones);
    countAll();
}

void SeatMapModel::setHouseCodes(std::vector<SeatHouseCode> codes)
{
    m_houseCodes = std::move(codes);
    m_houseCodeOf.assign(m_houseCodes.empty() ? 0 : m_states.size(), -1);
    QString used;
    for (size_t i = 0; i < m_houseCodes.size(); ++i) {
        SeatHouseCode &code = m_houseCodes[i];
        const auto own = std::find_if(code.code.cbegin(), code.code.cend(),
                                      [&](QChar c) { return c.isLetterOrNumber() && !used.contains(c); });
        code.letter = own == code.code.cend() ? code.code.left(1) : QString(*own);
        used += code.letter;
        for (const int seat : code.seats) {
            if (seat >= 0 && seat < seatCount())
                m_houseCodeOf[static_cast<size_t>(seat)] = static_cast<qint8>(i);
        }
    }
}

int SeatMapModel::houseCount(int code) const
{
    const std::vector<int> &seats = m_houseCodes[static_cast<size_t>(code)].seats;
    return static_cast<int>(std::count_if(seats.begin(), seats.end(), [this](int seat) {
        return seat >= 0 && seat < seatCount() && look(seat) == SeatLook::House;
    }));
}

bool SeatMapModel::setSnapshot(const MapSnapshot &snapshot)
{
    if (!m_layout || snapshot.seats.size() != m_states.size())
        return false;
    m_states = snapshot.seats;
    for (const AreaCounts &counts : snapshot.areas) {
        if (counts.number >= 0 && counts.number < areaCount())
            m_areas[static_cast<size_t>(counts.number)] = counts;
    }
    countAll();
    return true;
}

void SeatMapModel::countAll()
{
    m_sectionFree.assign(m_sectionRects.size(), 0);
    m_zoneFree.assign(m_zones.size(), 0);
    std::fill(m_lookCounts.begin(), m_lookCounts.end(), 0);
    for (int seat = 0; seat < seatCount(); ++seat) {
        ++m_lookCounts[static_cast<size_t>(look(seat))];
        if (state(seat) != SeatState::Available)
            continue;
        ++m_sectionFree[static_cast<size_t>(m_layout->seats()[static_cast<size_t>(seat)].section)];
        ++m_zoneFree[static_cast<size_t>(category(seat))];
    }
    for (int area = 0; area < areaCount(); ++area)
        m_zoneFree[static_cast<size_t>(m_layout->area(area).category)] += areaCounts(area).available();
}

void SeatMapModel::changeState(int seat, SeatState newState)
{
    const SeatState before = state(seat);
    const int by = (newState == SeatState::Available ? 1 : 0) - (before == SeatState::Available ? 1 : 0);
    m_sectionFree[static_cast<size_t>(m_layout->seats()[static_cast<size_t>(seat)].section)] += by;
    m_zoneFree[static_cast<size_t>(category(seat))] += by;
    --m_lookCounts[static_cast<size_t>(look(seat))];
    m_states[static_cast<size_t>(seat)] = newState;
    ++m_lookCounts[static_cast<size_t>(look(seat))];
}

void SeatMapModel::apply(const MapDelta &delta, std::vector<int> &seats, std::vector<int> &areas)
{
    for (const SeatChange &change : delta.seats) {
        if (change.number < 0 || change.number >= seatCount() || state(change.number) == change.state)
            continue;
        const SeatLook before = look(change.number);
        changeState(change.number, change.state);
        if (look(change.number) != before)
            seats.push_back(change.number);
    }
    for (const AreaCounts &counts : delta.areas) {
        if (counts.number < 0 || counts.number >= areaCount() || areaCounts(counts.number) == counts)
            continue;
        AreaCounts &mine = m_areas[static_cast<size_t>(counts.number)];
        m_zoneFree[static_cast<size_t>(m_layout->area(counts.number).category)] +=
            counts.available() - mine.available();
        mine = counts;
        areas.push_back(counts.number);
    }
}

std::vector<int> SeatMapModel::mark(std::vector<quint8> &marks, const std::vector<int> &numbers)
{
    std::vector<quint8> wanted(marks.size(), 0);
    for (const int number : numbers) {
        if (number >= 0 && number < seatCount())
            wanted[static_cast<size_t>(number)] = 1;
    }
    std::vector<int> changed;
    for (size_t i = 0; i < marks.size(); ++i) {
        if (marks[i] == wanted[i])
            continue;
        --m_lookCounts[static_cast<size_t>(look(static_cast<int>(i)))];
        marks[i] = wanted[i];
        ++m_lookCounts[static_cast<size_t>(look(static_cast<int>(i)))];
        changed.push_back(static_cast<int>(i));
    }
    return changed;
}

SeatLook SeatMapModel::look(int seat) const
{
    if (m_own[static_cast<size_t>(seat)] != 0)
        return SeatLook::Own;
    if (m_chosen[static_cast<size_t>(seat)] != 0)
        return SeatLook::Chosen;
    return static_cast<SeatLook>(state(seat)); // The first looks stand in the order of the states.
}

QRectF SeatMapModel::seatRect(int seat) const
{
    const QPointF middle = position(seat);
    const double r = radius(seat);
    return {middle.x() - r, middle.y() - r, 2 * r, 2 * r};
}

MapPlace SeatMapModel::placeAt(const QPointF &plan, int floor, double slack) const
{
    if (!m_layout)
        return {};
    const int seat = m_spatial.nearest(plan, m_radiusMax + slack, [&](int number) {
        return (floor < 0 || floorOf(number) == floor) &&
               QLineF(position(number), plan).length() <= radius(number) + slack;
    });
    if (seat >= 0)
        return MapPlace::seat(seat);
    for (int area = areaCount() - 1; area >= 0; --area) {
        if ((floor < 0 || m_layout->sectionOfArea(area).floor == floor) && areaRect(area).contains(plan) &&
            shapePath(m_layout->area(area).shape).contains(plan))
            return MapPlace::area(area);
    }
    return {};
}

std::vector<int> SeatMapModel::seatsIn(const QRectF &plan, int floor) const
{
    std::vector<int> seats;
    m_spatial.forEachIn(plan, [&](int seat) {
        if (floor < 0 || floorOf(seat) == floor)
            seats.push_back(seat);
    });
    std::sort(seats.begin(), seats.end());
    return seats;
}

} // namespace parterre::ui
