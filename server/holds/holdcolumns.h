#pragma once

#include "base/jsonfields.h"
#include "db/binaryarray.h"
#include "holds/holdrepository.h"

#include <span>

namespace parterre::server::holds {

/// Holds as columns for unnest(). The seats of all stand in one column, of which each hold has a piece.
struct HoldColumns
{
    using Of = BinaryArray::Of;

    BinaryArray ids{Of::Uuid};
    BinaryArray owners{Of::Text};
    BinaryArray channels{Of::Text};
    BinaryArray states{Of::Text};
    BinaryArray seats{Of::Int};
    BinaryArray firstSeats{Of::Int};
    BinaryArray lastSeats{Of::Int};
    BinaryArray ends{Of::Instant};
    BinaryArray starts{Of::Instant};
    BinaryArray choosing{Of::Flag};

    explicit HoldColumns(std::span<const HoldRow *const> holds)
    {
        for (const HoldRow *hold : holds) {
            ids.add(hold->id);
            owners.add(hold->owner);
            channels.addWord(enumWord(hold->channel));
            states.addWord(enumWord(hold->state));
            firstSeats.add(seats.count() + 1);
            for (const int seat : hold->seats)
                seats.add(seat);
            lastSeats.add(seats.count());
            ends.add(hold->heldUntil);
            starts.add(hold->createdAt);
            choosing.add(hold->stillChoosing);
        }
    }
};

} // namespace parterre::server::holds
