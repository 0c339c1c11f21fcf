#pragma once

#include "holds/holdcommandrepository.h"
#include "holds/holdrepository.h"
#include "inventory/inventoryrepository.h"

namespace parterre::server::holds {

/// Whether one of these is there. Without their locks: one that is made meanwhile may be missed.
[[nodiscard]] bool isAnyThere(Transaction &transaction, const std::vector<HoldId> &holds);

/// Whether all these holds are live and have one beginning and one end, and all these seats are held until then: true
/// unless a batch takes back some of what it has just taken.
[[nodiscard]] bool isOnlyTaken(std::span<const HoldRow *const> made, std::span<const SeatRecord> seats);

/// What a batch writes that only makes holds of seats, as nearly every one: in one statement, since each of three costs
/// as much as some of the holds.
struct Taken
{
    PerformanceId performance;
    std::span<const HoldRow *const> made; ///< By id; with `seats` as isOnlyTaken() asks for.
    std::span<const SeatRecord> seats;
    std::span<const inventory::RowPlace> rows; ///< Of the seats, which this transaction has locked.
    std::vector<holdcommands::Outcome> outcomes;
    std::vector<HoldId> refused; ///< None of these may be there.
};
/// As insertAll(), writeSeats() and keep(), in this order. False where one of `refused` is there: then the transaction
/// is to be undone.
[[nodiscard]] bool writeTaken(Transaction &transaction, Taken taken);

} // namespace parterre::server::holds
