#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "domain/inventory/decideinventory.h"
#include "domain/realtime/mapstate.h"

#include <optional>
#include <span>
#include <vector>

namespace parterre::server {

class Transaction;

/// The rows of places: locked in a fixed order, read, written, and every change numbered. What may become of a row is
/// decided in domain/inventory alone.
namespace inventory {

/// Locks the rows in seat order, whatever the order asked. PT_ASSERTs that each exists: numbers come from the layout.
[[nodiscard]] std::vector<SeatRecord> lockSeats(Transaction &transaction, const PerformanceId &performance,
                                                const std::vector<int> &numbers);
void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats);

/// Locks the pools in order and first gives back what holds past their time still have in them, so that a pool is
/// never refused as full for a hold that has ended (design D3).
[[nodiscard]] std::vector<AreaRecord> lockAreas(Transaction &transaction, const PerformanceId &performance,
                                                const std::vector<int> &numbers, Instant now);
void writeArea(Transaction &transaction, const PerformanceId &performance, const AreaRecord &area);

struct AreaHold
{
    int area = 0;
    int quantity = 0;
};

/// What a hold has in pools; needs the pools' locks where it is to be changed.
[[nodiscard]] std::vector<AreaHold> areaHolds(Transaction &transaction, const HoldId &hold);
/// Sets the quantity; 0 removes the row.
void setAreaHold(Transaction &transaction, const PerformanceId &performance, const HoldId &hold, int area, int quantity,
                 Instant heldUntil);
void setAreaHoldsEnd(Transaction &transaction, const HoldId &hold, Instant heldUntil, bool frozen);
void removeAreaHolds(Transaction &transaction, const HoldId &hold);

/// Raises the map's number and writes what changed under it; the last statement of a writer, since all writers of a
/// performance queue here. Returns the new number. Nothing changed: nothing is done and 0 returned.
qint64 recordChange(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats,
                    std::span<const AreaRecord> areas);

/// One statement, therefore one moment: the number and the state of every place under it.
[[nodiscard]] std::optional<MapSnapshot> snapshot(Transaction &transaction, const PerformanceId &performance);
/// All changes after `since` in one delta; nothing where some were trimmed or `since` is from another map.
[[nodiscard]] std::optional<MapDelta> changesSince(Transaction &transaction, const PerformanceId &performance,
                                                   qint64 since);
/// Forgets changes that are older than an hour: a screen that was away longer loads the map anew.
qint64 trimChanges(Transaction &transaction, int countMax);

} // namespace inventory

} // namespace parterre::server
