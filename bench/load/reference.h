#pragma once

#include "base/result.h"

#include <QString>

namespace parterre::bench {

/// What others do on this machine in the same minute, each with 16 clients.
struct References
{
    double pgbenchPerSecond = 0; ///< One-row conditional updates, committed, on the server's own PostgreSQL.
    double redisPerSecond = 0;   ///< SET key owner NX PX, in memory, nothing durable; 0 where redis is not installed.
};

struct ReferenceOptions
{
    QString dsn{};    ///< Of the cluster; a database of its own is made in it, and removed.
    QString folder{}; ///< For scripts and sockets.
    int seconds = 5;
};

/// Runs pgbench and then redis-benchmark; the server should have nothing to do meanwhile.
[[nodiscard]] Result<References> measureReferences(const ReferenceOptions &options);

} // namespace parterre::bench
