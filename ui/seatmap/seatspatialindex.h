#pragma once

#include <QPointF>
#include <QRectF>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace parterre::ui {

/// Finds the points near a place: a uniform grid over plain arrays, built once per layout.
///
/// The cells are sized for about four points each, so a query costs what it returns plus the cells it touches. Items
/// are answered in ascending order within a cell, cells row by row. Points with a size are found by growing the
/// rectangle by the largest radius; the caller does that, since only it knows the marks around a point.
class SeatSpatialIndex
{
public:
    SeatSpatialIndex() = default;
    explicit SeatSpatialIndex(std::span<const QPointF> points);

    [[nodiscard]] bool isEmpty() const { return m_points.empty(); }
    [[nodiscard]] QRectF bounds() const { return m_bounds; }

    /// Calls `visit(int item)` for each point inside `rect`, edges included. Needs no memory.
    template <class Visit>
    void forEachIn(const QRectF &rect, Visit visit) const;

    /// The same as a list, for callers that are not in a hurry.
    [[nodiscard]] std::vector<int> itemsIn(const QRectF &rect) const;

    /// The nearest point within `distanceMax` that `accept(int item)` allows, or -1. Of several at the same distance
    /// the lowest item.
    template <class Accept>
    [[nodiscard]] int nearest(const QPointF &place, double distanceMax, Accept accept) const;

private:
    [[nodiscard]] int column(double x) const;
    [[nodiscard]] int line(double y) const;

    QRectF m_bounds;
    double m_cell = 1.0;
    int m_columns = 0;
    int m_lines = 0;
    std::vector<int> m_cellStart; ///< Where a cell's items begin in m_items; one more entry than cells.
    std::vector<int> m_items;
    std::vector<QPointF> m_points;
};

template <class Visit>
void SeatSpatialIndex::forEachIn(const QRectF &rect, Visit visit) const
{
    if (m_points.empty() || rect.right() < m_bounds.left() || rect.left() > m_bounds.right() ||
        rect.bottom() < m_bounds.top() || rect.top() > m_bounds.bottom())
        return;
    const int right = column(rect.right());
    const int bottom = line(rect.bottom());
    for (int l = line(rect.top()); l <= bottom; ++l) {
        const size_t first = static_cast<size_t>(l) * static_cast<size_t>(m_columns);
        // The cells of one line lie one after the other, so their items do, too.
        const int begin = m_cellStart[first + static_cast<size_t>(column(rect.left()))];
        const int end = m_cellStart[first + static_cast<size_t>(right) + 1];
        for (int i = begin; i < end; ++i) {
            const int item = m_items[static_cast<size_t>(i)];
            const QPointF &point = m_points[static_cast<size_t>(item)];
            if (point.x() >= rect.left() && point.x() <= rect.right() && point.y() >= rect.top() &&
                point.y() <= rect.bottom())
                visit(item);
        }
    }
}

template <class Accept>
int SeatSpatialIndex::nearest(const QPointF &place, double distanceMax, Accept accept) const
{
    int best = -1;
    double bestSquare = distanceMax * distanceMax;
    const QRectF around(place.x() - distanceMax, place.y() - distanceMax, 2 * distanceMax, 2 * distanceMax);
    forEachIn(around, [&](int item) {
        const QPointF offset = m_points[static_cast<size_t>(item)] - place;
        const double square = QPointF::dotProduct(offset, offset);
        const bool nearer = square < bestSquare || (square == bestSquare && (best < 0 || item < best));
        if (nearer && accept(item)) {
            best = item;
            bestSquare = square;
        }
    });
    return best;
}

} // namespace parterre::ui
