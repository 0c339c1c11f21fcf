#pragma once

#include "base/result.h"
#include "check/history.h"

#include <QString>

namespace parterre::bench {

/// A database beside the server's, in the same cluster, with the one table that pgbench updates; it goes with this.
class ReferenceDatabase
{
public:
    [[nodiscard]] static Result<ReferenceDatabase> create(const QString &clusterDsn, int rows);
    ~ReferenceDatabase();
    ReferenceDatabase(ReferenceDatabase &&other) noexcept;
    ReferenceDatabase &operator=(ReferenceDatabase &&) = delete;

    [[nodiscard]] QString dsn() const { return m_dsn; }

private:
    explicit ReferenceDatabase(QString clusterDsn);

    QString m_clusterDsn;
    QString m_dsn;
};

/// Makes the files of the log that PostgreSQL keeps (min_wal_size), as a cluster has them after its first busy day. A new
/// one makes each while all commits wait, which is a property of this disk and not of what is measured.
[[nodiscard]] Status makeLogFiles(const QString &dsn);

/// The database's clock between two moments of ours; the narrowest of a few.
[[nodiscard]] Result<check::ClockSample> sampleClock(const QString &dsn);

} // namespace parterre::bench
