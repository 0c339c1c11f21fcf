#pragma once

#include "base/result.h"
#include "load/referencerepository.h"

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
    int seconds = 5; ///< Of each run.
};

/// Runs pgbench and then redis-benchmark, as often as asked: before what is held against them and after it, because a
/// virtual machine is a third slower or faster some minutes later. The server should have nothing to do meanwhile.
class ReferenceRuns
{
public:
    [[nodiscard]] static Result<ReferenceRuns> open(const ReferenceOptions &options);

    [[nodiscard]] Status run();
    /// The mean of the runs so far.
    [[nodiscard]] References mean() const;

private:
    ReferenceRuns(const ReferenceOptions &options, ReferenceDatabase database);

    ReferenceOptions m_options;
    ReferenceDatabase m_database;
    References m_sum;
    int m_runs = 0;
};

} // namespace parterre::bench
