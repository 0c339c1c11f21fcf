#include "seatmap/seatspatialindex.h"

namespace parterre::ui {

namespace {

constexpr double pointsPerCell = 4.0;
/// A few far-off points in a huge plan must not make a grid of millions of empty cells.
constexpr int cellsPerSideMax = 1024;

} // namespace

SeatSpatialIndex::SeatSpatialIndex(std::span<const QPointF> points)
    : m_points(points.begin(), points.end())
{
    if (m_points.empty())
        return;
    double left = m_points.front().x(), right = left, top = m_points.front().y(), bottom = top;
    for (const QPointF &point : m_points) {
        left = std::min(left, point.x());
        right = std::max(right, point.x());
        top = std::min(top, point.y());
        bottom = std::max(bottom, point.y());
    }
    m_bounds = QRectF(QPointF(left, top), QPointF(right, bottom));

    const double longer = std::max({m_bounds.width(), m_bounds.height(), 1.0});
    const double area = std::max(m_bounds.width(), 1.0) * std::max(m_bounds.height(), 1.0);
    const double wanted = std::sqrt(area * pointsPerCell / static_cast<double>(m_points.size()));
    m_cell = std::max(wanted, longer / cellsPerSideMax);
    m_columns = static_cast<int>(m_bounds.width() / m_cell) + 1;
    m_lines = static_cast<int>(m_bounds.height() / m_cell) + 1;

    // Counting sort: how many a cell holds, where each begins, then the items in order.
    const auto cellOf = [this](const QPointF &point) {
        return static_cast<size_t>(line(point.y())) * static_cast<size_t>(m_columns) +
               static_cast<size_t>(column(point.x()));
    };
    m_cellStart.assign(static_cast<size_t>(m_columns) * static_cast<size_t>(m_lines) + 1, 0);
    for (const QPointF &point : m_points)
        ++m_cellStart[cellOf(point) + 1];
    for (size_t i = 1; i < m_cellStart.size(); ++i)
        m_cellStart[i] += m_cellStart[i - 1];
    std::vector<int> next(m_cellStart.begin(), m_cellStart.end() - 1);
    m_items.resize(m_points.size());
    for (size_t i = 0; i < m_points.size(); ++i)
        m_items[static_cast<size_t>(next[cellOf(m_points[i])]++)] = static_cast<int>(i);
}

std::vector<int> SeatSpatialIndex::itemsIn(const QRectF &rect) const
{
    std::vector<int> items;
    forEachIn(rect, [&items](int item) { items.push_back(item); });
    return items;
}

int SeatSpatialIndex::column(double x) const
{
    // Clamped as a number of the real line first: a cast of what does not fit an int is undefined.
    return static_cast<int>(std::clamp((x - m_bounds.left()) / m_cell, 0.0, m_columns - 1.0));
}

int SeatSpatialIndex::line(double y) const
{
    return static_cast<int>(std::clamp((y - m_bounds.top()) / m_cell, 0.0, m_lines - 1.0));
}

} // namespace parterre::ui
