#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

#include <map>
#include <vector>

namespace parterre::bench {

/// When each numbered change of a map after `since` was made, by the database's clock.
[[nodiscard]] Result<std::map<qint64, Instant>> changeTimes(const QString &dsn, const PerformanceId &performance,
                                                            qint64 since);
/// The number that the map is at.
[[nodiscard]] Result<qint64> mapNumber(const QString &dsn, const PerformanceId &performance);

/// A seat that came back at the end of its hold's time.
struct FreedSeat
{
    int number = 0;
    Instant heldUntil;
    Instant at; ///< When the map was changed.
};

/// Every seat that became free on the map, with the last expired hold that had it before.
[[nodiscard]] Result<std::vector<FreedSeat>> freedTimes(const QString &dsn, const PerformanceId &performance);

} // namespace parterre::bench
