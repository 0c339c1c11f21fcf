#pragma once

#include "base/result.h"
#include "domain/inventory/seatstate.h"

#include <QByteArray>
#include <QJsonObject>

#include <vector>

/// The live map of one performance as every screen keeps it (design D6): a snapshot with a sequence number, and deltas
/// that carry the sequence before and after. The shop has a twin of this reducer in resources/storefront/mapstate.js;
/// both are tested on the same golden file, tests/golden/mapstate.json.
namespace parterre {

struct AreaCounts
{
    int number = 0; ///< Area number in the layout.
    int capacity = 0;
    int held = 0;
    int sold = 0;

    [[nodiscard]] int available() const { return capacity - held - sold; }
    bool operator==(const AreaCounts &) const = default;
};

/// JSON: {"seq": 17, "seats": "aahs...", "areas": [[number, capacity, held, sold], ...]}
struct MapSnapshot
{
    qint64 seq = 0;
    std::vector<SeatState> seats; ///< By seat number.
    std::vector<AreaCounts> areas;

    bool operator==(const MapSnapshot &) const = default;
};

struct SeatChange
{
    int number = 0;
    SeatState state = SeatState::Available;

    bool operator==(const SeatChange &) const = default;
};

/// JSON: {"from": 17, "seq": 19, "seats": {"a": [4, 5], "h": [7]}, "areas": [[0, 700, 2, 10]]}
/// Holds the last state of each place that changed after `from` up to and with `seq`.
struct MapDelta
{
    qint64 from = 0;
    qint64 seq = 0;
    std::vector<SeatChange> seats;
    std::vector<AreaCounts> areas;

    bool operator==(const MapDelta &) const = default;
};

[[nodiscard]] QJsonObject mapSnapshotToJson(const MapSnapshot &snapshot);
[[nodiscard]] Result<MapSnapshot> mapSnapshotFromJson(const QJsonObject &object);
[[nodiscard]] QJsonObject mapDeltaToJson(const MapDelta &delta);
[[nodiscard]] Result<MapDelta> mapDeltaFromJson(const QJsonObject &object);

enum class DeltaOutcome {
    Applied,
    Old,     ///< Everything in it was known already; nothing changed.
    Gap,     ///< Something between is missing; ask again from `snapshot.seq`. Nothing changed.
    Foreign, ///< It names a place that this map does not have; ask for a new snapshot. Nothing changed.
};

/// Applies a delta whose `from` is at or before the snapshot's seq; states are last values, so overlap is harmless.
[[nodiscard]] DeltaOutcome applyDelta(MapSnapshot &snapshot, const MapDelta &delta);

} // namespace parterre
