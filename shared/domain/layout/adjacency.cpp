#include "domain/layout/adjacency.h"

#include "base/assert.h"

#include <algorithm>
#include <cmath>

namespace parterre {

namespace {

double pitch(const LayoutSeat &left, const LayoutSeat &right)
{
    return std::hypot(right.position.x() - left.position.x(), right.position.y() - left.position.y());
}

/// The widest gap that still joins two seats. The lower median is used: in a row of two pitches, one of them an
/// aisle, the upper one would be the aisle itself and would part nothing.
double gapLimit(const LayoutRow &row)
{
    std::vector<double> pitches;
    for (size_t i = 1; i < row.seats.size(); ++i) {
        const double distance = pitch(row.seats[i - 1], row.seats[i]);
        if (distance > 0) // Seats on one spot say nothing about the row's pitch.
            pitches.push_back(distance);
    }
    if (pitches.empty())
        return 0;
    const auto middle = pitches.begin() + static_cast<std::ptrdiff_t>((pitches.size() - 1) / 2);
    std::nth_element(pitches.begin(), middle, pitches.end());
    return adjacencyGapMax * *middle;
}

} // namespace

std::vector<std::vector<int>> adjacentRuns(const LayoutRow &row)
{
    std::vector<std::vector<int>> runs;
    const double limit = gapLimit(row);
    for (size_t i = 0; i < row.seats.size(); ++i) {
        if (i == 0 || pitch(row.seats[i - 1], row.seats[i]) > limit)
            runs.emplace_back();
        runs.back().push_back(static_cast<int>(i));
    }
    return runs;
}

std::vector<int> nextNeighbours(const LayoutIndex &index)
{
    std::vector<int> next(static_cast<size_t>(index.seatCount()), -1);
    int first = 0; // Seat numbers follow the order of sections, rows and seats.
    for (const LayoutSection &section : index.layout().sections) {
        for (const LayoutRow &row : section.rows) {
            for (const std::vector<int> &run : adjacentRuns(row)) {
                for (size_t i = 1; i < run.size(); ++i)
                    next[static_cast<size_t>(first + run[i - 1])] = first + run[i];
            }
            first += static_cast<int>(row.seats.size());
        }
    }
    return next;
}

bool areAdjacent(const LayoutIndex &index, const std::vector<int> &seatNumbers)
{
    if (seatNumbers.empty())
        return false;
    std::vector<int> sorted = seatNumbers;
    std::sort(sorted.begin(), sorted.end());
    if (sorted.front() < 0 || sorted.back() >= index.seatCount())
        return false;
    const PlacedSeat &first = index.seats()[static_cast<size_t>(sorted.front())];
    const PlacedSeat &last = index.seats()[static_cast<size_t>(sorted.back())];
    if (first.section != last.section || first.row != last.row)
        return false;
    for (size_t i = 1; i < sorted.size(); ++i) {
        if (sorted[i] != sorted[i - 1] + 1) // A gap in the numbers, or a seat named twice.
            return false;
    }
    const auto runs = adjacentRuns(index.rowOf(sorted.front()));
    return std::any_of(runs.begin(), runs.end(), [&](const std::vector<int> &run) {
        return run.front() <= first.seat && last.seat <= run.back();
    });
}

} // namespace parterre
