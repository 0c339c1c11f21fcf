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

/// The database's clock between two moments of ours; the narrowest of a few.
[[nodiscard]] Result<check::ClockSample> sampleClock(const QString &dsn);

} // namespace parterre::bench
