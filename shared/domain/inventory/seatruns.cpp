#include "domain/inventory/seatruns.h"

#include "base/assert.h"
#include "domain/layout/adjacency.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace parterre {

namespace {

static_assert(limits::layoutRowsMax <= 65'535, "a row's index fits its sixteen bits");
static_assert(limits::layoutCategoriesMax <= 255, "a category's index fits its eight bits");

constexpr double defaultPitch = 25; ///< Of the pretix editor; for houses in which nobody has a neighbour.

int apartUnits(double dx, double dy)
{
    return static_cast<int>(std::lround(std::hypot(dx, dy) * SeatRuns::distanceUnits));
}

QPointF middleOf(const LayoutShape &shape)
{
    switch (shape.kind) {
    case ShapeKind::Rectangle:
        return shape.position + QPointF(shape.size.width() / 2, shape.size.height() / 2);
    case ShapeKind::Polygon: {
        QPointF sum;
        for (const QPointF &corner : shape.points)
            sum += corner;
        return shape.points.isEmpty() ? shape.position : shape.position + sum / shape.points.size();
    }
    case ShapeKind::Ellipse:
    case ShapeKind::Text:
        break;
    }
    return shape.position;
}

/// Seats by the square of the plan they stand in, to find those within reach of one without looking at all.
class SeatGrid
{
public:
    explicit SeatGrid(double cellSize)
        : m_cellSize(cellSize)
    {}

    void add(int seat, SeatRuns::Spot spot) { m_cells[key(column(spot.x), column(spot.y))].push_back(seat); }

    template <class Visit>
    void around(SeatRuns::Spot spot, Visit visit) const
    {
        for (int x = column(spot.x) - 1; x <= column(spot.x) + 1; ++x) {
            for (int y = column(spot.y) - 1; y <= column(spot.y) + 1; ++y) {
                if (const auto cell = m_cells.find(key(x, y)); cell != m_cells.end())
                    std::ranges::for_each(cell->second, visit);
            }
        }
    }

private:
    [[nodiscard]] int column(float at) const { return static_cast<int>(std::floor(at / m_cellSize)); }
    static qint64 key(int x, int y) { return (static_cast<qint64>(x) << 32) ^ static_cast<quint32>(y); }

    double m_cellSize;
    std::unordered_map<qint64, std::vector<int>> m_cells;
};

} // namespace

QPointF focalPointOf(const Layout &layout)
{
    if (layout.focalPoint)
        return *layout.focalPoint;
    if (layout.stage)
        return middleOf(*layout.stage);
    const QRectF bounds = layoutBounds(layout);
    return {bounds.center().x(), bounds.top()};
}

SeatRuns::SeatRuns(const LayoutIndex &index)
{
    const QPointF focus = focalPointOf(index.layout());
    const auto seats = static_cast<size_t>(index.seatCount());
    m_distances.reserve(seats);
    m_spots.reserve(seats);
    m_rowOfSeat.reserve(seats);
    m_categories.reserve(seats);
    m_flags.reserve(seats);
    addRows(index, focus);
    addAreas(index, focus);
    measurePitch();
    findNeighbouringRows();

    for (size_t row = 0; row < m_rows.size(); ++row) {
        if (m_rows[row].seats.count() > 0)
            m_rowsByDistance.push_back(static_cast<int>(row));
    }
    std::ranges::stable_sort(m_rowsByDistance, {},
                             [this](int row) { return m_rows[static_cast<size_t>(row)].nearest; });
    std::ranges::sort(m_companions);
    std::ranges::stable_sort(m_spaces, {}, [this](int seat) { return distance(seat); });
    std::ranges::stable_sort(m_stepFree, {}, [this](int seat) { return distance(seat); });
}

void SeatRuns::addRows(const LayoutIndex &index, QPointF focus)
{
    const std::vector<int> next = nextNeighbours(index);
    int number = 0; // Seat numbers follow the order of sections, rows and seats.
    for (size_t section = 0; section < index.layout().sections.size(); ++section) {
        for (const LayoutRow &layoutRow : index.layout().sections[section].rows) {
            Row row{.seats = {number, number + static_cast<int>(layoutRow.seats.size())},
                    .section = static_cast<int>(section),
                    .nearest = std::numeric_limits<int>::max()};
            for (; number < row.seats.end; ++number) {
                addSeat(index, number, focus);
                if (next[static_cast<size_t>(number)] >= 0) {
                    PT_ASSERT(next[static_cast<size_t>(number)] == number + 1, "neighbours are consecutive numbers");
                    m_flags.back() |= joinsNextBit;
                }
                row.nearest = std::min(row.nearest, distance(number));
                row.categories.set(static_cast<size_t>(category(number)));
            }
            m_rows.push_back(row);
        }
    }
}

void SeatRuns::addSeat(const LayoutIndex &index, int number, QPointF focus)
{
    const LayoutSeat &seat = index.seat(number);
    m_spots.push_back({static_cast<float>(seat.position.x()), static_cast<float>(seat.position.y())});
    m_distances.push_back(apartUnits(seat.position.x() - focus.x(), seat.position.y() - focus.y()));
    m_rowOfSeat.push_back(static_cast<quint16>(m_rows.size()));
    m_categories.push_back(static_cast<quint8>(seat.category));
    m_flags.push_back(static_cast<quint8>(seat.accessibility));
    if (seat.accessibility == Accessibility::Wheelchair)
        m_spaces.push_back(number);
    if (seat.accessibility == Accessibility::StepFree)
        m_stepFree.push_back(number);
    if (const auto space = index.seatNumber(seat.companionOf); !seat.companionOf.isEmpty() && space)
        m_companions.push_back({*space, number});
}

void SeatRuns::addAreas(const LayoutIndex &index, QPointF focus)
{
    for (const PlacedArea &placed : index.areas()) {
        const LayoutArea &area = index.area(placed.number);
        const QPointF middle = middleOf(area.shape);
        m_areas.push_back({.section = placed.section,
                           .category = area.category,
                           .distance = apartUnits(middle.x() - focus.x(), middle.y() - focus.y())});
    }
}

void SeatRuns::measurePitch()
{
    std::vector<int> pitches;
    for (int seat = 0; seat + 1 < seatCount(); ++seat) {
        if (joinsNext(seat) && apart(seat, seat + 1) > 0)
            pitches.push_back(apart(seat, seat + 1));
    }
    m_pitch = static_cast<int>(defaultPitch * distanceUnits);
    if (pitches.empty())
        return;
    const auto middle = pitches.begin() + static_cast<std::ptrdiff_t>(pitches.size() / 2);
    std::ranges::nth_element(pitches, middle);
    m_pitch = *middle;
}

void SeatRuns::findNeighbouringRows()
{
    SeatGrid grid(static_cast<double>(reach()) / distanceUnits);
    for (int seat = 0; seat < seatCount(); ++seat)
        grid.add(seat, spot(seat));

    std::vector<int> gaps(m_rows.size(), std::numeric_limits<int>::max());
    std::vector<quint16> found;
    for (size_t index = 0; index < m_rows.size(); ++index) {
        Row &mine = m_rows[index];
        for (int seat = mine.seats.first; seat < mine.seats.end; ++seat) {
            grid.around(spot(seat), [&](int other) {
                const auto theirs = static_cast<size_t>(row(other));
                if (theirs == index || m_rows[theirs].section != mine.section)
                    return;
                const int gap = apart(seat, other);
                if (gap > reach() || gap >= gaps[theirs])
                    return;
                if (gaps[theirs] == std::numeric_limits<int>::max())
                    found.push_back(static_cast<quint16>(theirs));
                gaps[theirs] = gap;
            });
        }
        std::ranges::sort(found, {}, [&](quint16 other) { return std::pair(gaps[other], other); });
        mine.neighbourCount = std::min(static_cast<int>(found.size()), rowNeighboursMax);
        std::copy_n(found.begin(), mine.neighbourCount, mine.neighbours.begin());
        for (const quint16 other : found)
            gaps[other] = std::numeric_limits<int>::max();
        found.clear();
    }
}

std::span<const SeatRuns::Companion> SeatRuns::companions(int space) const
{
    const auto range = std::ranges::equal_range(m_companions, space, {}, &Companion::space);
    return {range.begin(), range.end()};
}

int SeatRuns::apart(int seat, int other) const
{
    const Spot a = spot(seat);
    const Spot b = spot(other);
    return apartUnits(static_cast<double>(a.x) - static_cast<double>(b.x),
                      static_cast<double>(a.y) - static_cast<double>(b.y));
}

size_t SeatRuns::bytes() const
{
    const auto of = [](const auto &array) { return array.capacity() * sizeof(*array.data()); };
    return sizeof(*this) + of(m_distances) + of(m_spots) + of(m_rowOfSeat) + of(m_categories) + of(m_flags) +
           of(m_rows) + of(m_rowsByDistance) + of(m_areas) + of(m_companions) + of(m_spaces) + of(m_stepFree);
}

} // namespace parterre
