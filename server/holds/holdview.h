#pragma once

#include "holds/holdparty.h"
#include "holds/holdrepository.h"
#include "inventory/inventoryrepository.h"

#include <vector>

namespace parterre::server {

/// A hold as it is at one moment: all that its view is made of, beside the performance.
struct HoldSnapshot
{
    HoldRow row;
    std::vector<inventory::AreaHold> areas; ///< By number.
    Instant now{};                          ///< By the database's clock.
    std::vector<int> leftAlone{};           ///< Seats for which an order would be refused as the hold is.
};

[[nodiscard]] HoldView viewOf(const HoldSnapshot &snapshot, const PerformanceFacts &facts);

/// The outcome of a command as `hold_command` keeps it: numbers in place of names, since it is written for every hold
/// and read for a repeat only. The names are the layout's, in which a performance keeps them.
[[nodiscard]] QByteArray outcomeToText(const Result<HoldSnapshot> &outcome);
/// `known` gives what the text leaves out, which is what a repeat says itself: hold, performance, owner and channel.
[[nodiscard]] Result<HoldSnapshot> outcomeFromText(const QByteArray &text, HoldRow known);

} // namespace parterre::server
