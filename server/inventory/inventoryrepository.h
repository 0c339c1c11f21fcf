#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "domain/inventory/decideinventory.h"
#include "domain/realtime/mapstate.h"

#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace parterre::server {

class Transaction;

/// The rows of places: locked in a fixed order, read, written, and every change numbered. What may become of a row is
/// decided in domain/inventory alone.
namespace inventory {

/// Where a row lies in its table. It stays there while its lock is held and it is not written.
struct RowPlace
{
    quint32 block = 0;
    quint16 offset = 0;
};

/// Places of one performance under lock, and the time after all waiting for them was over: what is decided about them
/// is decided with that time.
struct LockedPlaces
{
    std::vector<SeatRecord> seats; ///< By number.
    std::vector<RowPlace> rows;    ///< Of the seats, in their order.
    std::vector<AreaRecord> areas; ///< By number; holds past their time are taken out of `held` already (design D3).
    Instant now;
};

/// Locks seats and then pools, each by number whatever the order asked, and writes nothing. All places that a
/// transaction needs are locked by one call, else two transactions could wait for each other. PT_ASSERTs that each
/// place exists: numbers come from the layout.
[[nodiscard]] LockedPlaces lockPlaces(Transaction &transaction, const PerformanceId &performance,
                                      const std::vector<int> &seats, const std::vector<int> &areas);
/// As seat_inventory.state has it.
[[nodiscard]] std::string_view stateToText(SeatState state);

/// Writes all but the house codes, which no command on a hold changes (housecoderepository.h).
void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats);
/// As above, of seats that this transaction has locked and not written yet: finding them by `rows` instead of by their
/// key spares a search of the index for each.
void writeSeats(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats,
                std::span<const RowPlace> rows);
/// Writes pools that lockPlaces() gave at `now`, and forgets what holds past their time had in them.
void writeAreas(Transaction &transaction, const PerformanceId &performance, std::span<const AreaRecord> areas,
                Instant now);

struct AreaHold
{
    int area = 0;
    int quantity = 0;
};

/// What a hold has in pools; needs the pools' locks where it is to be changed.
[[nodiscard]] std::vector<AreaHold> areaHolds(Transaction &transaction, const HoldId &hold);
/// What one hold has in one pool.
struct AreaHoldRow
{
    HoldId hold;
    int area = 0;
    int quantity = 0;
    Instant heldUntil;
};

/// As areaHolds() for many holds, by hold and area.
[[nodiscard]] std::vector<AreaHoldRow> areaHoldsOf(Transaction &transaction, const std::vector<HoldId> &holds);
/// Writes quantities and ends, under the pools' locks; a quantity of 0 removes the row.
void writeAreaHolds(Transaction &transaction, const PerformanceId &performance, std::span<const AreaHoldRow> rows);
void setAreaHoldsEnd(Transaction &transaction, const HoldId &hold, Instant heldUntil, bool frozen);
void removeAreaHolds(Transaction &transaction, const HoldId &hold);

/// Has the map's number raised and what changed written under it, by the last statement before the commit whenever this
/// is called: all writers of a performance queue there, and several maps are taken by their ids. Nothing changed:
/// nothing is done, and false. The database's MapCommits hears of it after the commit.
bool recordChange(Transaction &transaction, const PerformanceId &performance, std::span<const SeatRecord> seats,
                  std::span<const AreaRecord> areas);

/// One statement, therefore one moment: the number and the state of every place under it. It is on disk when it is
/// told, as changesSince() is: a number that was told and then lost would be told again, of something else.
[[nodiscard]] std::optional<MapSnapshot> snapshot(Transaction &transaction, const PerformanceId &performance);
/// All changes after `since` in one delta; nothing where some were trimmed or `since` is from another map.
[[nodiscard]] std::optional<MapDelta> changesSince(Transaction &transaction, const PerformanceId &performance,
                                                   qint64 since);
/// Under which number each place changed last, of those that changed after `since`.
struct RecentChanges
{
    qint64 since = 0;
    std::vector<std::pair<int, qint64>> seats;
    std::vector<std::pair<int, qint64>> areas;
};
/// Of at most the last `countMax` changes up to `upTo`; `since` is `upTo` where none is there any more.
[[nodiscard]] RecentChanges recentChanges(Transaction &transaction, const PerformanceId &performance, qint64 upTo,
                                          int countMax);
/// The present number of each of these maps, in one statement; what is not there is left out.
[[nodiscard]] std::map<PerformanceId, qint64> mapNumbers(Transaction &transaction,
                                                         const std::vector<PerformanceId> &performances);
/// Forgets changes that are older than an hour: a screen that was away longer loads the map anew.
qint64 trimChanges(Transaction &transaction, int countMax);

} // namespace inventory

} // namespace parterre::server
