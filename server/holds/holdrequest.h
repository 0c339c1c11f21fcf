#pragma once

#include "commands/commandlog.h"
#include "domain/holds/hold.h"
#include "holds/holdparty.h"

#include <chrono>
#include <functional>
#include <variant>

namespace parterre::server {

struct RenewHold
{
    HoldId hold;
};

/// One command on a hold as it waits for its batch.
struct HoldRequest
{
    using Command = std::variant<TakeHold, RenewHold, ReleaseHold>;
    using Done = std::function<void(Result<HoldView>)>;

    SaleParty party;
    CommandKey key;
    Command command;
    Done done;                                     ///< Called once, on any thread.
    std::chrono::steady_clock::time_point since{}; ///< When it was accepted.
    int racesLost = 0; ///< How often the places that were chosen for it had gone to somebody else.

    [[nodiscard]] const HoldId &hold() const
    {
        return std::visit([](const auto &asked) -> const HoldId & { return asked.hold; }, command);
    }
    /// Seats that the batch must lock for it at the least; what its size is bounded by.
    [[nodiscard]] int seatCount() const
    {
        const auto *take = std::get_if<TakeHold>(&command);
        return take ? static_cast<int>(take->seats.size()) + (take->best ? take->best->size : 0) : 1;
    }
    [[nodiscard]] bool choosesPlaces() const
    {
        const auto *take = std::get_if<TakeHold>(&command);
        return take && take->best;
    }
};

} // namespace parterre::server
