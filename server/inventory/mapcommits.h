#pragma once

#include "base/ids.h"
#include "domain/realtime/mapstate.h"

namespace parterre::server {

/// Hears of each change of a map that this process has committed, so that what it knows in memory is never older than
/// what it has promised.
class MapCommits
{
public:
    virtual ~MapCommits() = default;
    /// Called on the thread that committed, after the commit and before Database::transact() returns; not where the
    /// outcome of the commit is unknown. Two threads may call in another order than that of `delta.seq`.
    virtual void committed(const PerformanceId &performance, const MapDelta &delta) = 0;
};

} // namespace parterre::server
