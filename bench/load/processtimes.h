#pragma once

#include <QtGlobal>

#include <optional>
#include <vector>

namespace parterre::bench {

/// Processor time of a process so far, user and system, in nanoseconds; as fine as the kernel's clock ticks.
struct ProcessTimes
{
    qint64 parent = 0; ///< Its process id.
    qint64 nanoseconds = 0;
    qint64 childNanoseconds = 0; ///< Of children that have ended.
};

/// Nothing where there is no such process.
[[nodiscard]] std::optional<ProcessTimes> processTimes(qint64 pid);
/// Those that live; none for process 0.
[[nodiscard]] std::vector<qint64> childrenOf(qint64 parent);
/// Of a PostgreSQL with all its processes, those that have ended too.
[[nodiscard]] qint64 clusterNanoseconds(qint64 postmaster);
/// Of this process.
[[nodiscard]] qint64 ownNanoseconds();

} // namespace parterre::bench
