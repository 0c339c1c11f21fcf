#pragma once

#include "base/ids.h"
#include "domain/realtime/mapstate.h"

#include <memory>

namespace parterre::server {

class Transaction;

namespace freeplaces {

/// The map with everything as free that the next taker could have: what a hold past its time has counts as available,
/// or as a house seat where it is one, whether or not the sweeper has come by (design D3). Null where that is the map
/// of number `seq`, which is found out without reading it.
[[nodiscard]] std::shared_ptr<const MapSnapshot> whereChanged(Transaction &transaction,
                                                              const PerformanceId &performance, qint64 seq);

} // namespace freeplaces

} // namespace parterre::server
