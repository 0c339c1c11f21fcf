#pragma once

#include "base/result.h"
#include "domain/catalog/catalog.h"
#include "domain/holds/hold.h"
#include "domain/layout/layout.h"

#include <functional>
#include <memory>

namespace parterre::server {

/// Who holds and through which door; what is decided never depends on the transport.
struct SaleParty
{
    QString owner; ///< `user:<id>` or `buyer:<session id>`; also the principal of its commands.
    SalesChannel channel = SalesChannel::Web;
};

/// What the holds need to know of a performance.
struct PerformanceFacts
{
    PerformanceDetail detail;
    std::shared_ptr<const LayoutIndex> layout;

    /// How many of its places this party may have; 0 for any number.
    [[nodiscard]] int placesMaxFor(const SaleParty &party) const
    {
        return party.channel == SalesChannel::Desk ? 0 : detail.purchaseLimit;
    }
};
/// Never called inside a transaction: it may take a connection of its own, and threads that each hold one while they
/// wait for another would wait for ever.
using PerformanceLookup = std::function<Result<PerformanceFacts>(const PerformanceId &)>;

} // namespace parterre::server
