#include "seatmap/seatmapcursor.h"

#include <cmath>
#include <limits>

namespace parterre::ui {

namespace {

/// A neighbour in the row is "to the right" when it lies within 60 degrees of it.
constexpr double rowConeCosine = 0.5;

QPointF directionOf(CursorMove move)
{
    switch (move) {
    case CursorMove::Left:
        return {-1, 0};
    case CursorMove::Right:
        return {1, 0};
    case CursorMove::Up:
        return {0, -1};
    case CursorMove::Down:
    case CursorMove::RowStart:
    case CursorMove::RowEnd:
        break;
    }
    return {0, 1};
}

struct RowSpan
{
    int first;
    int last;
};

/// Numbers count through the layout, so a row object is one run of them.
RowSpan rowSpan(const SeatMapModel &model, int seat)
{
    const PlacedSeat &placed = model.index().seats()[static_cast<size_t>(seat)];
    const int first = seat - placed.seat;
    return {first, first + static_cast<int>(model.index().rowOf(seat).seats.size()) - 1};
}

int rowNeighbour(const SeatMapModel &model, int seat, const QPointF &direction)
{
    const RowSpan row = rowSpan(model, seat);
    int best = -1;
    double bestCosine = rowConeCosine;
    for (const int candidate : {seat - 1, seat + 1}) {
        if (candidate < row.first || candidate > row.last)
            continue;
        const QPointF step = model.position(candidate) - model.position(seat);
        const double length = std::hypot(step.x(), step.y());
        const double cosine = length > 0 ? QPointF::dotProduct(step, direction) / length : 0;
        if (cosine > bestCosine) {
            best = candidate;
            bestCosine = cosine;
        }
    }
    return best;
}

int rowEnd(const SeatMapModel &model, int seat, bool start)
{
    const RowSpan row = rowSpan(model, seat);
    const QPointF a = model.position(row.first);
    const QPointF b = model.position(row.last);
    // By x, or by y where the row stands upright.
    const bool forward = std::abs(a.x() - b.x()) >= std::abs(a.y() - b.y()) ? a.x() <= b.x() : a.y() <= b.y();
    return start == forward ? row.first : row.last;
}

class Search
{
public:
    Search(const SeatMapModel &model, int floor, const MapPlace &from, const QPointF &direction, const QPointF &anchor)
        : m_model(model)
        , m_floor(floor)
        , m_from(from)
        , m_direction(direction)
        , m_anchor(anchor)
    {}

    MapPlace run(bool sideways)
    {
        m_sideways = sideways;
        const QRectF all = m_model.bounds();
        const double reachMax = std::hypot(all.width(), all.height()) + m_model.pitch();
        for (double reach = m_model.pitch() * 4; m_best.isNone(); reach *= 2) {
            const QRectF around(m_anchor.x() - reach, m_anchor.y() - reach, 2 * reach, 2 * reach);
            m_model.spatial().forEachIn(around, [this](int seat) {
                if (m_floor < 0 || m_model.floorOf(seat) == m_floor)
                    consider(MapPlace::seat(seat), m_model.position(seat));
            });
            for (int area = 0; area < m_model.areaCount(); ++area) {
                if (m_floor < 0 || m_model.index().sectionOfArea(area).floor == m_floor)
                    consider(MapPlace::area(area), m_model.areaRect(area).center());
            }
            if (reach > reachMax)
                break;
        }
        return m_best;
    }

private:
    void consider(const MapPlace &place, const QPointF &at)
    {
        if (place == m_from)
            return;
        const QPointF step = at - m_anchor;
        const double along = QPointF::dotProduct(step, m_direction);
        const double across = std::abs(step.x() * m_direction.y() - step.y() * m_direction.x());
        // Up and down mean another row: half a pitch along is the same row, only crooked.
        const double alongMin = m_model.pitch() * (m_sideways ? 0.1 : 0.4);
        if (along < alongMin || across > along * (m_sideways ? 0.9 : 2.5))
            return;
        const double score = along + across * (m_sideways ? 2.5 : 1.2);
        if (score < m_bestScore) {
            m_bestScore = score;
            m_best = place;
        }
    }

    const SeatMapModel &m_model;
    int m_floor;
    MapPlace m_from;
    QPointF m_direction;
    QPointF m_anchor;
    bool m_sideways = false;
    MapPlace m_best;
    double m_bestScore = std::numeric_limits<double>::max();
};

} // namespace

QPointF placeCenter(const SeatMapModel &model, const MapPlace &place)
{
    return place.isSeat() ? model.position(place.number) : model.areaRect(place.number).center();
}

QRectF placeRect(const SeatMapModel &model, const MapPlace &place)
{
    return place.isSeat() ? model.seatRect(place.number) : model.areaRect(place.number);
}

MapPlace movedCursor(const SeatMapModel &model, int floor, const MapPlace &from, CursorMove move, double column)
{
    const bool toEnd = move == CursorMove::RowStart || move == CursorMove::RowEnd;
    if (from.isSeat() && toEnd)
        return MapPlace::seat(rowEnd(model, from.number, move == CursorMove::RowStart));
    if (toEnd)
        return from;
    const QPointF direction = directionOf(move);
    const bool sideways = move == CursorMove::Left || move == CursorMove::Right;
    if (from.isSeat()) {
        // A row that runs up the plan is walked with Up and Down.
        const int neighbour = rowNeighbour(model, from.number, direction);
        if (neighbour >= 0)
            return MapPlace::seat(neighbour);
    }
    QPointF anchor = placeCenter(model, from);
    if (!sideways)
        anchor.setX(column);
    const MapPlace found = Search(model, floor, from, direction, anchor).run(sideways);
    return found.isNone() ? from : found;
}

MapPlace cursorStart(const SeatMapModel &model, int floor, const QPointF &plan)
{
    const QRectF all = model.bounds();
    const double reach = std::hypot(all.width(), all.height());
    const auto onFloor = [&](int seat) { return floor < 0 || model.floorOf(seat) == floor; };
    int seat = model.spatial().nearest(
        plan, reach, [&](int number) { return onFloor(number) && model.state(number) == SeatState::Available; });
    if (seat < 0)
        seat = model.spatial().nearest(plan, reach, onFloor);
    if (seat >= 0)
        return MapPlace::seat(seat);
    for (int area = 0; area < model.areaCount(); ++area) {
        if (floor < 0 || model.index().sectionOfArea(area).floor == floor)
            return MapPlace::area(area);
    }
    return {};
}

} // namespace parterre::ui
