#include "load/node.h"

#include "db/embeddedpostgres.h"
#include "load/processtimes.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QUrl>

#include <algorithm>
#include <csignal>
#include <thread>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int startMillisecondsMax = 60'000;
constexpr int pollMilliseconds = 20;
constexpr int commandMillisecondsMax = 300'000;
constexpr int stopMillisecondsMax = 30'000;

/// Every viewer is a file, for the server and for us.
void raiseFileLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace

class Node::Private
{
public:
    explicit Private(NodeOptions given)
        : options(std::move(given))
    {
        // PostgreSQL runs as another user when we are root, and passes through the folder.
        if (::geteuid() == 0)
            QFile::setPermissions(folder.path(), QFile::permissions(folder.path()) | QFile::ExeGroup | QFile::ExeOther);
    }

    [[nodiscard]] QString data() const { return folder.filePath(u"data"_s); }
    [[nodiscard]] QStringList databaseFlags() const
    {
        const QStringList own{u"--data-dir"_s, data()};
        return options.database.isEmpty() ? own : own + QStringList{u"--database"_s, options.database};
    }
    [[nodiscard]] QString log() const { return folder.filePath(u"server.log"_s); }
    [[nodiscard]] QString readyFile() const { return folder.filePath(u"ready"_s); }
    /// 0 where it has no PostgreSQL of its own.
    [[nodiscard]] qint64 postmaster() const
    {
        QFile file(data() + u"/postgres/cluster/postmaster.pid"_s);
        return file.open(QIODevice::ReadOnly) ? file.readLine().trimmed().toLongLong() : 0;
    }

    NodeOptions options;
    QTemporaryDir folder{QDir::tempPath() + u"/parterre-bench-XXXXXX"_s};
    QProcess server;
    quint16 port = 0;
    QString dsn;
    std::unique_ptr<SmallDisk> disk;
    Status diskStatus = refuse(ErrorCode::Unavailable, u"none was asked for."_s);

    /// What it said.
    [[nodiscard]] Result<QString> runCommand(const QStringList &command) const
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(options.server, command + databaseFlags());
        const bool isDone = process.waitForFinished(commandMillisecondsMax) && process.exitCode() == 0;
        const QString said = QString::fromUtf8(process.readAll()).trimmed();
        if (isDone)
            return said;
        return refuse(ErrorCode::Unavailable, u"%1 was not done: %2"_s.arg(command.first(), said));
    }

    void mountDisk()
    {
        auto mounted = SmallDisk::mountOn(data() + u"/postgres"_s);
        diskStatus = mounted ? Status() : Status(refuse(mounted.error()));
        if (mounted)
            disk = *std::move(mounted);
    }
};

Node::Node(NodeOptions options)
    : m_private(std::make_unique<Private>(std::move(options)))
{}

Node::~Node()
{
    stop();
}

void Node::launch(const QString &fault, const QProcessEnvironment &more)
{
    raiseFileLimit();
    QFile::remove(m_private->readyFile());
    QProcess &server = m_private->server;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"PARTERRE_FAULT"_s);
    if (!fault.isEmpty())
        environment.insert(u"PARTERRE_FAULT"_s, fault);
    environment.insert(more);
    server.setProcessEnvironment(environment);
    server.setStandardOutputFile(QProcess::nullDevice());
    server.setStandardErrorFile(m_private->log(), QIODevice::Append);
    // Should we be killed, it ends in order and takes its PostgreSQL with it.
    server.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); });
    server.start(m_private->options.server,
                 QStringList{u"serve"_s, u"--port"_s, QString::number(m_private->port), u"--ready-file"_s,
                             m_private->readyFile(), u"--log-level"_s, u"warning"_s, u"--log-format"_s, u"text"_s} +
                     m_private->databaseFlags() + m_private->options.flags);
}

Node::Life Node::life()
{
    QProcess &server = m_private->server;
    if (server.state() == QProcess::NotRunning || server.waitForFinished(0))
        return Life::Ended;
    QFile file(m_private->readyFile());
    const QUrl url(file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString());
    if (url.port() <= 0)
        return Life::Starting;
    m_private->port = static_cast<quint16>(url.port());
    return Life::Serving;
}

Status Node::start()
{
    if (m_private->options.hasSmallDisk)
        m_private->mountDisk();
    launch(m_private->options.fault);
    Life now = Life::Starting;
    for (int waited = 0; now == Life::Starting && waited < startMillisecondsMax; waited += pollMilliseconds) {
        std::this_thread::sleep_for(std::chrono::milliseconds(pollMilliseconds));
        now = life();
    }
    if (now != Life::Serving)
        return refuse(ErrorCode::Unavailable, u"%1 did not start. %2"_s.arg(m_private->options.server, logTail()));
    if (!m_private->options.database.isEmpty()) {
        m_private->dsn = m_private->options.database;
        return {};
    }
    server::EmbeddedPostgres postgres({.directory = m_private->data() + u"/postgres"_s});
    PT_CHECK(postgres.join());
    m_private->dsn = postgres.dsn();
    return {};
}

void Node::kill()
{
    m_private->server.kill();
}

void Node::pause()
{
    ::kill(static_cast<pid_t>(pid()), SIGSTOP);
}

void Node::resume()
{
    ::kill(static_cast<pid_t>(pid()), SIGCONT);
}

void Node::killPostmaster()
{
    if (const qint64 postmaster = m_private->postmaster(); postmaster > 0)
        ::kill(static_cast<pid_t>(postmaster), SIGKILL);
}

void Node::killBackend(QRandomGenerator &random)
{
    const auto backends = childrenOf(m_private->postmaster());
    if (!backends.empty())
        ::kill(static_cast<pid_t>(backends[random.bounded(static_cast<quint32>(backends.size()))]), SIGKILL);
}

SmallDisk *Node::disk()
{
    return m_private->disk.get();
}

const Status &Node::diskStatus() const
{
    return m_private->diskStatus;
}

Status Node::applySeason(const SeasonPlan &plan)
{
    PT_TRY(const QString season, writeSeason(plan, m_private->folder.path()));
    PT_CHECK(m_private->runCommand({u"apply-season"_s, season}));
    return {};
}

Result<QString> Node::addUser(const QString &name, const QString &role)
{
    PT_TRY(const QString said, m_private->runCommand({u"user"_s, u"add"_s, name, role}));
    static const QRegularExpression password(u"One-time password: (\\S+)"_s);
    const auto match = password.match(said);
    if (!match.hasMatch())
        return refuse(ErrorCode::Unavailable, u"The new user has no password: "_s + said);
    return match.captured(1);
}

void Node::stop()
{
    QProcess &server = m_private->server;
    if (server.state() == QProcess::NotRunning)
        return;
    server.terminate();
    if (!server.waitForFinished(stopMillisecondsMax)) {
        server.kill();
        server.waitForFinished(stopMillisecondsMax);
    }
}

quint16 Node::port() const
{
    return m_private->port;
}

QString Node::dsn() const
{
    return m_private->dsn;
}

QString Node::folder() const
{
    return m_private->folder.path();
}

qint64 Node::pid() const
{
    return m_private->server.processId();
}

qint64 Node::cpuNanoseconds() const
{
    return processTimes(pid()).value_or(ProcessTimes()).nanoseconds;
}

qint64 Node::databaseCpuNanoseconds() const
{
    const qint64 postmaster = m_private->postmaster();
    return postmaster == 0 ? 0 : clusterNanoseconds(postmaster);
}

QString Node::logTail() const
{
    QFile file(m_private->log());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max<qint64>(0, file.size() - 1'000));
    return u"Its log ends with: "_s + QString::fromUtf8(file.readAll()).trimmed();
}

} // namespace parterre::bench
