#pragma once

#include "domain/realtime/mapstate.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace parterre::server {

namespace inventory {
struct RecentChanges;
}

/// How many places of a performance are what. House seats count to the capacity alone.
struct PlaceCounts
{
    int capacity = 0;
    int available = 0;
    int held = 0; ///< With those whose payment runs.
    int sold = 0;

    bool operator==(const PlaceCounts &) const = default;
};

/// The places of one performance as this node knows them: what each is, and under which number it changed last, so that
/// who comes back with an older number is told what it missed without a query. No lock, no SQL: SeatMirror has both.
///
/// A seat takes one byte, four for its number and one more in the version that readers have.
class MirroredMap
{
public:
    /// One moment of the map. It never changes, so readers keep it for as long as they like and lock nothing.
    using Version = std::shared_ptr<const MapSnapshot>;

    MirroredMap(MapSnapshot map, const inventory::RecentChanges &recent);

    [[nodiscard]] qint64 seq() const { return m_map.seq; }
    /// The map now; the same object until something changes. Copies a byte a seat where something did.
    [[nodiscard]] Version version();
    [[nodiscard]] PlaceCounts counts() const;
    /// The last states of all places that changed after `since`; nothing where that is before we can tell, or after
    /// seq().
    [[nodiscard]] std::optional<MapDelta> changedSince(qint64 since) const;

    /// Applies what goes on where the map is, and keeps what comes too early until the rest is there.
    /// Foreign: it names places that this map has not; read the map anew.
    DeltaOutcome take(const MapDelta &delta);
    /// Changes between are missing. They come within a moment, unless another node made them.
    [[nodiscard]] bool isMissingChanges() const { return !m_early.empty(); }
    /// Those that wait for others; for who replaces the map.
    [[nodiscard]] std::map<qint64, MapDelta> takeEarly() { return std::exchange(m_early, {}); }

    [[nodiscard]] int seatCount() const { return static_cast<int>(m_map.seats.size()); }
    /// Of the arrays and this object.
    [[nodiscard]] qint64 bytes() const;

private:
    using Number = quint32; ///< Since m_since: four billion changes of one map are never reached between two restarts.

    DeltaOutcome apply(const MapDelta &delta);
    void note(std::vector<Number> &numbers, int place, qint64 seq);

    MapSnapshot m_map;
    Version m_version;                   ///< Of readers; older than m_map until one asks.
    qint64 m_since = 0;                  ///< What changed up to here is not known.
    std::vector<Number> m_seatNumbers;   ///< By seat; 0 for those that have not changed after m_since.
    std::vector<Number> m_areaNumbers;   ///< As m_map.areas.
    std::array<int, 6> m_seatsByState{}; ///< By SeatState.
    std::map<qint64, MapDelta> m_early;  ///< By the number that each needs to be there.
};

} // namespace parterre::server
