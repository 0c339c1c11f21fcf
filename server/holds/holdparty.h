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
    QString owner; ///< `user:<id>`, `buyer:<session id>` or `api:<key id>`; also the principal of its commands.
    SalesChannel channel = SalesChannel::Web;
    int placesMax = 0; ///< What a key of the API may have of one performance; 0 for any number.
};

/// What the holds need to know of a performance.
struct PerformanceFacts
{
    PerformanceDetail detail;
    std::shared_ptr<const LayoutIndex> layout;

    /// How many of its places this party may have; 0 for any number.
    [[nodiscard]] int placesMaxFor(const SaleParty &party) const
    {
        switch (party.channel) {
        case SalesChannel::Desk:
            return 0;
        case SalesChannel::Web:
            return detail.purchaseLimit;
        case SalesChannel::Api:
            break;
        }
        return party.placesMax; // A seller buys for many customers, and its contract says how much.
    }
};
/// Never called inside a transaction: it may take a connection of its own, and threads that each hold one while they
/// wait for another would wait for ever.
using PerformanceLookup = std::function<Result<PerformanceFacts>(const PerformanceId &)>;

} // namespace parterre::server
