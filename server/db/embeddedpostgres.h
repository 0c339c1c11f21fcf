#pragma once

#include "base/result.h"

#include <QString>

#include <chrono>
#include <memory>

namespace parterre::server {

struct EmbeddedPostgresConfig
{
    QString directory{};    ///< Ours alone: holds the cluster, its log, its socket and the lock.
    QString binDirectory{}; ///< Where initdb and pg_ctl are; empty looks in the usual places.
    /// False only in tests: no fsync, so a lost power loses data, but a killed process does not; and small buffers.
    bool isDurable = true;
    int connectionsMax = 100;
    std::chrono::seconds startTimeout{60};
    std::chrono::seconds stopTimeout{30};
};

/// A private PostgreSQL on a Unix socket (design D8). One process owns the directory at a time. When the owner was
/// killed, the next start() takes over the PostgreSQL that still runs, or recovers the cluster. Started by root it runs
/// as the user `postgres`, else `nobody`, since PostgreSQL refuses to run as root.
class EmbeddedPostgres
{
public:
    explicit EmbeddedPostgres(EmbeddedPostgresConfig config);
    ~EmbeddedPostgres(); ///< Stops it.
    EmbeddedPostgres(const EmbeddedPostgres &) = delete;
    EmbeddedPostgres &operator=(const EmbeddedPostgres &) = delete;

    /// Blocks until it answers. Every refusal says what to do.
    [[nodiscard]] Status start();
    /// Uses the PostgreSQL that another process of ours runs in the directory, without owning it; Unavailable when
    /// none does. For commands beside a running server.
    [[nodiscard]] Status join();
    /// Starts it again when it has ended without stop(), e.g. killed for want of memory; does nothing while it runs.
    /// To be called now and then from a thread that may block.
    [[nodiscard]] Status restartIfDead();
    /// In order: fast, and when that takes too long immediate. Idempotent.
    void stop();

    [[nodiscard]] QString dsn(const QString &database = QStringLiteral("parterre")) const;
    [[nodiscard]] qint64 pid() const;        ///< Of the running postmaster; 0 if none.
    [[nodiscard]] bool wasTakenOver() const; ///< Whether start() found it running.

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
