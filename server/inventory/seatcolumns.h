#pragma once

#include "db/binaryarray.h"
#include "inventory/inventoryrepository.h"

#include <span>

namespace parterre::server::inventory {

/// Seats as columns for unnest().
struct SeatColumns
{
    using Of = BinaryArray::Of;

    BinaryArray numbers{Of::Int};
    BinaryArray states{Of::Text};
    BinaryArray holds{Of::Uuid};
    BinaryArray ends{Of::Instant};
    BinaryArray orders{Of::Uuid};

    explicit SeatColumns(std::span<const SeatRecord> seats)
    {
        for (const SeatRecord &seat : seats) {
            checkSeatRecord(seat);
            numbers.add(seat.number);
            states.addWord(stateToText(seat.state));
            holds.add(seat.hold);
            if (seat.hold.isNull())
                ends.addNull();
            else
                ends.add(seat.heldUntil);
            orders.add(seat.order);
        }
    }
};

/// Of rows as a column.
[[nodiscard]] inline QByteArray placesOf(std::span<const RowPlace> rows)
{
    BinaryArray places(BinaryArray::Of::Place, static_cast<qsizetype>(rows.size()));
    for (const RowPlace &row : rows)
        places.addPlace(row.block, row.offset);
    return places.bytes();
}

} // namespace parterre::server::inventory
