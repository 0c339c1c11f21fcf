#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "load/season.h"
#include "load/smalldisk.h"

#include <QProcessEnvironment>
#include <QRandomGenerator>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace parterre::bench {

struct NodeOptions
{
    QString server{};          ///< The parterred to start.
    QString database{};        ///< Instead of a PostgreSQL of its own: a node beside others.
    QStringList flags{};       ///< More for `parterred serve`.
    QString fault{};           ///< PARTERRE_FAULT, for runs that show that the judge would see it.
    bool hasSmallDisk = false; ///< Its own PostgreSQL is on a SmallDisk, where this machine has them.
};

/// A parterred of our own with its PostgreSQL in a temporary folder, on a free port of this machine. It is stopped in
/// order when this goes, and stops by itself when we are killed.
class Node
{
public:
    explicit Node(NodeOptions options);
    ~Node();
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;

    /// Blocks until it serves.
    [[nodiscard]] Status start();

    enum class Life { Starting, Serving, Ended };
    /// Starts it, again where it has been before, on the port that it had; life() tells when it serves.
    void launch(const QString &fault, const QProcessEnvironment &more = {});
    [[nodiscard]] Life life();
    /// As kill -9 does. Its PostgreSQL goes on.
    void kill();
    /// It stands still, as on a machine that is out of memory or being moved, until it is sent on.
    void pause();
    void resume();
    /// kill -9 of its own PostgreSQL's postmaster, or of one of the postmaster's children at random.
    void killPostmaster();
    void killBackend(QRandomGenerator &random);
    /// Where its own PostgreSQL is, log and all; null without hasSmallDisk and where it was refused.
    [[nodiscard]] SmallDisk *disk();
    [[nodiscard]] const Status &diskStatus() const; ///< Why there is none.
    [[nodiscard]] Status applySeason(const SeasonPlan &plan);
    /// The one-time password of a new user.
    [[nodiscard]] Result<QString> addUser(const QString &name, const QString &role);
    void stop();

    [[nodiscard]] quint16 port() const;
    [[nodiscard]] QString dsn() const; ///< Of the server's own database.
    [[nodiscard]] QString folder() const;
    [[nodiscard]] qint64 pid() const;
    /// User and system time of the server so far, all threads, without its PostgreSQL.
    [[nodiscard]] qint64 cpuNanoseconds() const;
    /// The same of its own PostgreSQL, all processes; 0 where it has none of its own.
    [[nodiscard]] qint64 databaseCpuNanoseconds() const;
    /// The last lines of its log, for a failure's sentence.
    [[nodiscard]] QString logTail() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::bench
