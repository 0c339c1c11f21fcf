#pragma once

#include "domain/layout/layout.h"

#include <array>
#include <bitset>
#include <compare>
#include <span>
#include <vector>

namespace parterre {

/// Price zones of a performance as categories of its layout.
using CategorySet = std::bitset<static_cast<size_t>(limits::layoutCategoriesMax)>;

/// What the orphan rule and "best available" ask of a layout, laid out for speed: who sits beside whom, how far a seat
/// is from where everyone looks, and which rows are next to each other. Built once for a layout version and shared by
/// its performances; never changes.
///
/// Neighbours are always consecutive seat numbers, so a run is a range of numbers and one bit a seat says whether the
/// next number sits beside it (domain/layout/adjacency.h). Distances are in sixteenths of a plan unit: whole numbers,
/// so that every machine picks the same seats. An array costs 15 bytes a seat, see bytes().
class SeatRuns
{
public:
    static constexpr int distanceUnits = 16;
    static constexpr int rowNeighboursMax = 6;

    struct Spot
    {
        float x = 0; ///< Plan units.
        float y = 0;
    };
    /// Seats `first` to `end - 1`.
    struct Range
    {
        int first = 0;
        int end = 0;

        [[nodiscard]] int count() const { return end - first; }
        auto operator<=>(const Range &) const = default;
    };
    /// A row object.
    struct Row
    {
        Range seats;
        int section = 0;
        int nearest = 0;          ///< Distance of its nearest seat.
        CategorySet categories{}; ///< Of its seats.
        /// Rows of the same section within reach() of this one, nearest first.
        std::array<quint16, rowNeighboursMax> neighbours{};
        int neighbourCount = 0;
    };
    struct Area
    {
        int section = 0;
        int category = 0;
        int distance = 0;
    };
    struct Companion
    {
        int space = 0; ///< The wheelchair space.
        int seat = 0;

        auto operator<=>(const Companion &) const = default;
    };

    explicit SeatRuns(const LayoutIndex &index);

    [[nodiscard]] int seatCount() const { return static_cast<int>(m_distances.size()); }
    [[nodiscard]] std::span<const Row> rows() const { return m_rows; }
    [[nodiscard]] std::span<const Area> areas() const { return m_areas; }
    /// Indexes into rows(), the row with the nearest seat first; rows without seats are left out.
    [[nodiscard]] std::span<const int> rowsByDistance() const { return m_rowsByDistance; }

    [[nodiscard]] int row(int seat) const { return m_rowOfSeat[static_cast<size_t>(seat)]; }
    [[nodiscard]] int section(int seat) const { return m_rows[static_cast<size_t>(row(seat))].section; }
    [[nodiscard]] int category(int seat) const { return m_categories[static_cast<size_t>(seat)]; }
    [[nodiscard]] int distance(int seat) const { return m_distances[static_cast<size_t>(seat)]; }
    [[nodiscard]] Spot spot(int seat) const { return m_spots[static_cast<size_t>(seat)]; }
    [[nodiscard]] Accessibility accessibility(int seat) const
    {
        return static_cast<Accessibility>(m_flags[static_cast<size_t>(seat)] & accessibilityMask);
    }
    [[nodiscard]] bool isAccessible(int seat) const
    {
        return (m_flags[static_cast<size_t>(seat)] & accessibilityMask) != 0;
    }
    /// True when seat `seat + 1` sits beside it.
    [[nodiscard]] bool joinsNext(int seat) const { return (m_flags[static_cast<size_t>(seat)] & joinsNextBit) != 0; }
    [[nodiscard]] std::span<const Companion> companions(int space) const;
    /// All wheelchair spaces and all step-free seats, nearest first.
    [[nodiscard]] std::span<const int> wheelchairSpaces() const { return m_spaces; }
    [[nodiscard]] std::span<const int> stepFreeSeats() const { return m_stepFree; }

    /// The median distance between two neighbours of the house, in the unit of distance().
    [[nodiscard]] int pitch() const { return m_pitch; }
    /// How far apart people of one party may be seated in neighbouring rows: three pitches, in the unit of distance().
    [[nodiscard]] int reach() const { return 3 * m_pitch; }
    /// Between the centres of two seats, in the unit of distance().
    [[nodiscard]] int apart(int seat, int other) const;

    /// What this object occupies.
    [[nodiscard]] size_t bytes() const;

private:
    static constexpr quint8 accessibilityMask = 3;
    static constexpr quint8 joinsNextBit = 4;

    void addRows(const LayoutIndex &index, QPointF focus);
    void addSeat(const LayoutIndex &index, int number, QPointF focus);
    void addAreas(const LayoutIndex &index, QPointF focus);
    void measurePitch();
    void findNeighbouringRows();

    std::vector<int> m_distances;
    std::vector<Spot> m_spots;
    std::vector<quint16> m_rowOfSeat;
    std::vector<quint8> m_categories;
    std::vector<quint8> m_flags;
    std::vector<Row> m_rows;
    std::vector<int> m_rowsByDistance;
    std::vector<Area> m_areas;
    std::vector<Companion> m_companions;
    std::vector<int> m_spaces;
    std::vector<int> m_stepFree;
    int m_pitch = 0;
};

/// Where everyone looks: the layout's focal point, else the middle of its stage, else the middle of its upper edge,
/// where editors draw the stage.
[[nodiscard]] QPointF focalPointOf(const Layout &layout);

} // namespace parterre
