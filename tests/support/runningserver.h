#pragma once

#include "base/result.h"
#include "support/clusterwatch.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QUrl>

namespace parterre::test {

/// The real `parterred` as a process of its own, with its own PostgreSQL in a folder that goes with it. It can be
/// killed and started again on the same port, as on a bad day of a box office. Every refusal ends with the server's
/// last words.
class RunningServer
{
public:
    explicit RunningServer(const QStringList &settings = {}); ///< More flags for `serve`, e.g. `--hold-seconds`.
    ~RunningServer();
    RunningServer(const RunningServer &) = delete;
    RunningServer &operator=(const RunningServer &) = delete;

    /// More flags for `serve`, from the next start on.
    void useSettings(const QStringList &settings) { m_settings = settings; }
    /// The demonstration's season (resources/demo), or what another season file describes.
    [[nodiscard]] Status applySeason(const QString &file = demoSeason());
    /// Takes a free port the first time and the same one from then on; returns when it serves.
    /// `faults` are fault points to arm, as in PARTERRE_FAULT.
    [[nodiscard]] Status start(const QString &faults = {});
    void kill();                 ///< As a power cut: nothing is said to anybody. Its PostgreSQL lives on.
    [[nodiscard]] Status stop(); ///< As an administrator does it.
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    /// Whether it ended by SIGKILL without us, as an armed fault point does it; waits for that.
    [[nodiscard]] bool waitUntilKilled();

    /// Makes somebody who may sign in. Returns the one-time password.
    [[nodiscard]] Result<QString> addUser(const QString &name, const QString &role, const QString &displayName);
    [[nodiscard]] QUrl deskUrl() const;
    [[nodiscard]] quint16 port() const { return static_cast<quint16>(m_port); }
    [[nodiscard]] QString postgresDirectory() const { return m_folder.filePath(QStringLiteral("data/postgres")); }
    [[nodiscard]] qint64 postgres() const; ///< The process of its PostgreSQL; 0 where none runs.
    [[nodiscard]] QString log() const;     ///< Of all its lives.
    [[nodiscard]] static QString demoSeason();

private:
    [[nodiscard]] Result<QString> run(const QStringList &arguments) const;
    [[nodiscard]] QStringList common() const;
    [[nodiscard]] QString lastWords() const;

    QStringList m_settings;
    QTemporaryDir m_folder;
    ClusterWatch m_watch;
    QProcess m_process;
    int m_port = 0;
};

} // namespace parterre::test
