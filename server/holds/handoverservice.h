#pragma once

#include "commands/commandlog.h"
#include "domain/holds/handover.h"
#include "holds/holdparty.h"

#include <memory>

namespace parterre::server {

class Database;

/// Hands holds over between desk and customer by a short code, in either direction and to anybody who has it. Blocking
/// and thread-safe; call it from worker threads.
///
/// A code is good once, and as long as its hold lives and is still its owner's. Who guesses is slowed down by
/// RateLimited, for each party and for each address.
class HandoverService
{
public:
    static constexpr int failuresOfPartyMax = 8; ///< In FailureThrottle::window: a code that is typed with care.

    HandoverService(Database &database, PerformanceLookup lookup);
    ~HandoverService();
    HandoverService(const HandoverService &) = delete;
    HandoverService &operator=(const HandoverService &) = delete;

    /// A new code for a live hold of this party. A repeat makes another one beside the first, since to answer with the
    /// first it would have to be kept in the clear.
    [[nodiscard]] Result<HandoverOffer> offer(const SaleParty &party, const HoldId &hold);
    /// The hold, which is this party's from now on. `peer` is the address that asks.
    [[nodiscard]] Result<HoldView> takeOver(const SaleParty &party, const CommandKey &key, const TakeOverHold &command,
                                            const QString &peer);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
