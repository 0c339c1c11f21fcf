#include "db/embeddedpostgres.h"

#include "db/readiness.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QProcess>
#include <QSaveFile>
#include <QStandardPaths>
#include <QStorageInfo>

#include <pqxx/pqxx>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logPostgres, "parterre.db.postgres")

// sun_path holds 107 characters and a zero; PostgreSQL appends `/.s.PGSQL.5432` to the folder.
constexpr int socketFolderBytesMax = 107 - 14;

struct RunAs
{
    bool isOther = false; ///< We are root and must not be for PostgreSQL.
    uid_t user = 0;
    gid_t group = 0;
    QString name;
};

Result<RunAs> chooseUser()
{
    if (geteuid() != 0)
        return RunAs{.user = geteuid(), .group = getegid(), .name = {}};
    for (const char *name : {"postgres", "nobody"}) {
        if (const passwd *entry = getpwnam(name))
            return RunAs{
                .isOther = true, .user = entry->pw_uid, .group = entry->pw_gid, .name = QString::fromLatin1(name)};
    }
    return refuse(
        ErrorCode::Unavailable,
        u"PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it. Create one, or "
        "start parterred as another user."_s);
}

/// Root's folders are closed to others by habit. Ours we may open for passing through; others we name.
Status makeReachable(const QString &directory, const RunAs &user)
{
    for (QString path = directory;; path = QFileInfo(path).path()) {
        struct stat status
        {};
        const QByteArray name = QFile::encodeName(path);
        if (::stat(name.constData(), &status) != 0)
            return refuse(ErrorCode::Unavailable, u"The folder %1 cannot be read."_s.arg(path));
        const mode_t needed = status.st_uid == user.user ? S_IXUSR : status.st_gid == user.group ? S_IXGRP : S_IXOTH;
        const bool mayOpen = path == directory && ::chmod(name.constData(), (status.st_mode & 07777) | needed) == 0;
        if (!(status.st_mode & needed) && !mayOpen)
            return refuse(ErrorCode::Unavailable,
                          u"PostgreSQL runs as the user %1, who may not pass through %2. Run `chmod o+x %2`, or choose "
                          "another --data-dir."_s.arg(user.name, path));
        if (path == u"/")
            return {};
    }
}

int versionOf(const QString &binDirectory)
{
    QProcess process;
    process.start(binDirectory + u"/postgres"_s, {u"--version"_s});
    process.waitForFinished(10'000);
    const auto words = QString::fromUtf8(process.readAllStandardOutput()).split(u' ', Qt::SkipEmptyParts);
    return words.size() < 3 ? 0 : words[2].section(u'.', 0, 0).trimmed().toInt();
}

/// Each page of them is had from the system, and zeroed, when it is first used.
constexpr qint64 throwAwayBuffersMegabytes = 32;

/// What this process may have: of the machine, or of the container that it runs in.
qint64 memoryBytes()
{
    const qint64 machine = qint64(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
    QFile limit(u"/sys/fs/cgroup/memory.max"_s);
    bool isLimited = false;
    const qint64 most = limit.open(QIODevice::ReadOnly) ? limit.readLine().trimmed().toLongLong(&isLimited) : qint64(0);
    return isLimited ? std::min(machine, most) : machine;
}

} // namespace

class EmbeddedPostgres::Private
{
public:
    explicit Private(EmbeddedPostgresConfig given)
        : config(std::move(given))
    {}

    Status prepareFolder();
    Status lockFolder();
    Status findBinaries();
    Status chooseSocketFolder();
    Status makeCluster();
    Status writeSettings();
    Status takeOver(qint64 process);
    Status takeOverOrClear();
    Status launch();
    /// In order: fast, and when that takes too long immediate; false where it still runs.
    [[nodiscard]] bool end();
    Status makeDatabase();
    Result<QString> runTool(const QString &tool, const QStringList &arguments, std::chrono::seconds timeout);
    bool ownsProcess(qint64 process) const;
    std::vector<qint64> ourProcesses() const;
    qint64 processIn(const QString &lockFile) const;
    void endOrphans() const;
    void removeIfStale(const QString &lockFile) const;
    QString logTail() const;

    [[nodiscard]] QString cluster() const { return config.directory + u"/cluster"_s; }
    [[nodiscard]] QString pidFile() const { return cluster() + u"/postmaster.pid"_s; }
    [[nodiscard]] QString dsn(const QString &database) const
    {
        return u"host='%1' port=5432 user=parterre dbname='%2'"_s.arg(socketFolder, database);
    }
    /// Waits for one that starts or recovers.
    [[nodiscard]] bool isAccepting() const
    {
        return waitUntilAccepting(dsn(u"postgres"_s) + u" connect_timeout=5"_s, config.startTimeout);
    }
    [[nodiscard]] QString logFile() const { return config.directory + u"/postgres.log"_s; }

    EmbeddedPostgresConfig config;
    RunAs user;
    QString bin;
    QString socketFolder;
    std::mutex mutex; ///< start(), restartIfDead() and stop() exclude each other.
    int lock = -1;
    bool isStarted = false;
    bool isTakenOver = false;
};

Status EmbeddedPostgres::Private::prepareFolder()
{
    config.directory = QDir::cleanPath(QDir().absoluteFilePath(config.directory));
    if (!QDir().mkpath(config.directory))
        return refuse(ErrorCode::Unavailable,
                      u"The folder %1 cannot be made. Choose another --data-dir."_s.arg(config.directory));
    config.directory = QFileInfo(config.directory).canonicalFilePath();
    PT_TRY(user, chooseUser());
    if (!user.isOther)
        return {};
    if (::chown(QFile::encodeName(config.directory).constData(), user.user, user.group) != 0)
        return refuse(ErrorCode::Unavailable,
                      u"The folder %1 cannot be given to the user %2."_s.arg(config.directory, user.name));
    return makeReachable(config.directory, user);
}

Status EmbeddedPostgres::Private::lockFolder()
{
    // Closed on exec, so that PostgreSQL does not inherit it and hold it after we were killed.
    lock = ::open(QFile::encodeName(config.directory + u"/parterre.lock"_s).constData(), O_RDWR | O_CREAT | O_CLOEXEC,
                  0600);
    if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) == 0)
        return {};
    return refuse(ErrorCode::WrongState,
                  u"Another parterred uses %1. Stop it, or choose another --data-dir."_s.arg(config.directory));
}

Status EmbeddedPostgres::Private::findBinaries()
{
    QStringList candidates;
    if (!config.binDirectory.isEmpty()) {
        candidates << config.binDirectory;
    } else {
        const QDir debian(u"/usr/lib/postgresql"_s);
        for (const QString &version : debian.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            candidates << debian.filePath(version) + u"/bin"_s;
        std::ranges::sort(candidates, std::greater());
        const QString onPath = QStandardPaths::findExecutable(u"initdb"_s);
        if (!onPath.isEmpty())
            candidates << QFileInfo(QFileInfo(onPath).canonicalFilePath()).path();
    }
    QFile versionFile(cluster() + u"/PG_VERSION"_s);
    const int wanted = versionFile.open(QIODevice::ReadOnly) ? versionFile.readAll().trimmed().toInt() : 0;
    for (const QString &candidate : candidates) {
        if (!QFileInfo(candidate + u"/initdb"_s).isExecutable() || !QFileInfo(candidate + u"/pg_ctl"_s).isExecutable())
            continue;
        const int version = versionOf(candidate);
        if (wanted != 0 ? version != wanted : version < 15)
            continue;
        bin = candidate;
        return {};
    }
    if (wanted != 0)
        return refuse(
            ErrorCode::Unavailable,
            u"The data in %1 needs PostgreSQL %2, which is not installed. Run `apt install postgresql-%2`, or "
            "upgrade the data with pg_upgrade."_s.arg(cluster())
                .arg(wanted));
    return refuse(
        ErrorCode::Unavailable,
        u"PostgreSQL 15 or newer was not found. Run `apt install postgresql-15`, or give --database a DSN."_s);
}

Status EmbeddedPostgres::Private::chooseSocketFolder()
{
    socketFolder = config.directory + u"/run"_s;
    if (QFile::encodeName(socketFolder).size() > socketFolderBytesMax) {
        const QByteArray hash = QCryptographicHash::hash(config.directory.toUtf8(), QCryptographicHash::Sha256).toHex();
        const QString runtime = user.isOther ? QString() : qEnvironmentVariable("XDG_RUNTIME_DIR");
        const bool isUsable = QFileInfo(runtime).isWritable() && runtime.size() < 60;
        socketFolder = (isUsable ? runtime : u"/tmp"_s) + u"/parterre-"_s + QString::fromLatin1(hash.left(16));
    }
    const QByteArray name = QFile::encodeName(socketFolder);
    struct stat status
    {};
    ::mkdir(name.constData(), 0700);
    if (user.isOther && ::lstat(name.constData(), &status) == 0 && status.st_uid == 0)
        (void)!::lchown(name.constData(), user.user, user.group);
    // Anyone may make a folder in /tmp before us; one that is not ours alone must not carry our connections.
    if (::lstat(name.constData(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != user.user ||
        (status.st_mode & 077) != 0)
        return refuse(
            ErrorCode::Unavailable,
            u"The folder %1 for the database socket is not ours alone. Remove it and start again."_s.arg(socketFolder));
    return {};
}

Result<QString> EmbeddedPostgres::Private::runTool(const QString &tool, const QStringList &arguments,
                                                   std::chrono::seconds timeout)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setWorkingDirectory(config.directory);
    // To a file: the postmaster inherits the output of pg_ctl, and a pipe would stay open for as long as it runs.
    const QString output = config.directory + u"/"_s + tool + u".out"_s;
    process.setStandardOutputFile(output, QIODevice::Truncate);
    process.setStandardInputFile(QProcess::nullDevice());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys()) {
        if (name.startsWith(u"PG"_s) || name.startsWith(u"LC_"_s) || name == u"PARTERRE_FAULT"_s)
            environment.remove(name);
    }
    environment.insert(u"LC_ALL"_s, u"C"_s);
    process.setProcessEnvironment(environment);
    // Between fork and exec: only calls that are safe there, so the names were looked up before. One group is enough.
    process.setChildProcessModifier([target = user] {
        // A PostgreSQL that is started again would else keep our port, and our callers' connections, when we are gone.
        (void)::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        if (target.isOther &&
            (::setgroups(1, &target.group) != 0 || ::setgid(target.group) != 0 || ::setuid(target.user) != 0))
            ::_exit(126);
    });
    process.start(bin + u'/' + tool, arguments);
    const bool isDone = process.waitForFinished(static_cast<int>(std::chrono::milliseconds(timeout).count()));
    QFile file(output);
    const QString said = file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString();
    file.remove();
    if (!isDone && process.state() != QProcess::NotRunning) {
        process.kill();
        process.waitForFinished(5'000);
        return refuse(ErrorCode::Unavailable, u"%1 did not end in %2 s. %3"_s.arg(tool).arg(timeout.count()).arg(said));
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0 ||
        process.error() == QProcess::FailedToStart)
        return refuse(ErrorCode::Unavailable,
                      u"%1 failed: %2"_s.arg(tool, said.isEmpty() ? process.errorString() : said));
    return said;
}

Status EmbeddedPostgres::Private::makeCluster()
{
    if (QFile::exists(cluster() + u"/PG_VERSION"_s))
        return {};
    // Made beside its place and renamed when it is whole, so that a kill in the middle leaves nothing half made.
    const QString unfinished = config.directory + u"/cluster.new"_s;
    QDir(unfinished).removeRecursively();
    QStringList arguments{u"-D"_s,
                          unfinished,
                          u"-U"_s,
                          u"parterre"_s,
                          u"-E"_s,
                          u"UTF8"_s,
                          u"--locale=C"_s,
                          u"--data-checksums"_s,
                          u"--auth-local=trust"_s,
                          u"--auth-host=reject"_s};
    if (!config.isDurable)
        arguments << u"--no-sync"_s;
    PT_CHECK(runTool(u"initdb"_s, arguments, std::chrono::seconds(180)));
    QFile settings(unfinished + u"/postgresql.conf"_s);
    if (!settings.open(QIODevice::Append) || settings.write("\ninclude 'parterre.conf'\n") < 0)
        return refuse(ErrorCode::Unavailable, u"The file %1 cannot be written."_s.arg(settings.fileName()));
    settings.close();
    if (!QDir().rename(unfinished, cluster()))
        return refuse(ErrorCode::Unavailable, u"The folder %1 cannot be renamed to %2."_s.arg(unfinished, cluster()));
    return {};
}

Status EmbeddedPostgres::Private::writeSettings()
{
    const auto quoted = [](QString value) { return u'\'' + value.replace(u"'"_s, u"''"_s) + u'\''; };
    const QString onOff = config.isDurable ? u"on"_s : u"off"_s;
    // A rush writes twenty megabytes of log a second. A file of it that is not there yet is made by a commit, which all
    // others wait for; one that is kept only changes its name.
    const qint64 keptMegabytes = std::clamp(QStorageInfo(cluster()).bytesTotal() >> 25, 80LL, 512LL);
    // What does not fit is copied from the system's pages and back, and a rush on the next house begins with that.
    const qint64 buffersMegabytes =
        config.isDurable ? std::clamp(memoryBytes() >> 24, 128LL, 512LL) : throwAwayBuffersMegabytes;
    const QString text =
        u"# Written by parterred at every start. Your own settings belong into postgresql.conf after the include.\n"
        "listen_addresses = ''\nport = 5432\nunix_socket_directories = %1\nunix_socket_permissions = 0700\n"
        "max_connections = %2\nshared_buffers = %6MB\nfsync = %3\nsynchronous_commit = on\n"
        "full_page_writes = %3\nmin_wal_size = %4MB\nmax_wal_size = %5MB\nclient_connection_check_interval = 1s\ntimezone = 'UTC'\nlog_timezone = 'UTC'\nlog_min_messages = warning\n"_s
            .arg(quoted(socketFolder))
            .arg(config.connectionsMax)
            .arg(onOff)
            .arg(keptMegabytes)
            .arg(4 * keptMegabytes)
            .arg(buffersMegabytes);
    const QString path = cluster() + u"/parterre.conf"_s;
    QFile before(path);
    // As a whole or not at all: without these lines PostgreSQL would not be found, and a full disk takes half of them.
    if (!before.open(QIODevice::ReadOnly) || before.readAll() != text.toUtf8()) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !file.commit()) {
            return refuse(ErrorCode::Unavailable,
                          u"The file %1 cannot be written: %2."_s.arg(path, file.errorString()));
        }
    }
    if (user.isOther)
        (void)!::chown(QFile::encodeName(path).constData(), user.user, user.group);
    return {};
}

qint64 EmbeddedPostgres::Private::processIn(const QString &lockFile) const
{
    QFile file(lockFile);
    return file.open(QIODevice::ReadOnly) ? file.readLine().trimmed().toLongLong() : 0;
}

bool EmbeddedPostgres::Private::ownsProcess(qint64 process) const
{
    // A postmaster stands in its data directory. The pid alone may long belong to somebody else.
    const QString entry = u"/proc/%1"_s.arg(process);
    return process > 1 && QFile::symLinkTarget(entry + u"/cwd"_s) == cluster() &&
           QFileInfo(QFile::symLinkTarget(entry + u"/exe"_s)).fileName().startsWith(u"postgres"_s);
}

Status EmbeddedPostgres::Private::takeOver(qint64 process)
{
    // It may still start, or recover from whatever ended its last owner; stopping it then would begin all over.
    if (isAccepting()) {
        isTakenOver = true;
        qCInfo(logPostgres) << "taking over the PostgreSQL that an earlier parterred left running, process" << process;
        return {};
    }
    // It runs but does not answer where we look.
    if (end())
        return {};
    return refuse(ErrorCode::Unavailable,
                  u"PostgreSQL runs in %1 as process %2, does not answer and does not stop. Stop it by hand, with "
                  "`kill -QUIT %2`, and start again."_s.arg(cluster())
                      .arg(process));
}

bool EmbeddedPostgres::Private::end()
{
    const QString seconds = QString::number(config.stopTimeout.count());
    for (const QString &mode : {u"fast"_s, u"immediate"_s}) {
        const auto stopped =
            runTool(u"pg_ctl"_s, {u"-D"_s, cluster(), u"-m"_s, mode, u"-w"_s, u"-t"_s, seconds, u"stop"_s},
                    config.stopTimeout + std::chrono::seconds(5));
        if (stopped || !ownsProcess(processIn(pidFile())))
            return true;
        qCWarning(logPostgres) << "PostgreSQL did not stop with" << mode << stopped.error().message;
    }
    return false;
}

std::vector<qint64> EmbeddedPostgres::Private::ourProcesses() const
{
    std::vector<qint64> found;
    for (const QString &entry : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (ownsProcess(entry.toLongLong()))
            found.push_back(entry.toLongLong());
    }
    return found;
}

void EmbeddedPostgres::Private::endOrphans() const
{
    // When a postmaster is killed its backends end by themselves, but a busy one takes its time, and PostgreSQL does
    // not start beside it. What they had not committed is lost with their postmaster anyway.
    for (int i = 0; i < 100; ++i) {
        const auto orphans = ourProcesses();
        if (orphans.empty())
            return;
        for (const qint64 orphan : orphans)
            ::kill(static_cast<pid_t>(orphan), i < 50 ? SIGQUIT : SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

void EmbeddedPostgres::Private::removeIfStale(const QString &lockFile) const
{
    if (!QFile::exists(lockFile))
        return;
    // A dead process PostgreSQL finds by itself. Not so a number that belongs to another program after a reboot, a
    // zombie, or a file that a full disk or a lost power left empty: each would keep it from starting for ever.
    const qint64 process = processIn(lockFile);
    if (process <= 1 || ::kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM)
        QFile::remove(lockFile);
}

Status EmbeddedPostgres::Private::takeOverOrClear()
{
    const qint64 process = processIn(pidFile());
    if (ownsProcess(process))
        return takeOver(process);
    endOrphans();
    removeIfStale(pidFile());
    removeIfStale(socketFolder + u"/.s.PGSQL.5432.lock"_s);
    return {};
}

QString EmbeddedPostgres::Private::logTail() const
{
    QFile file(logFile());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max<qint64>(0, file.size() - 2'000));
    return QString::fromUtf8(file.readAll()).trimmed();
}

Status EmbeddedPostgres::Private::launch()
{
    if (isTakenOver)
        return {};
    const auto started = runTool(u"pg_ctl"_s,
                                 {u"-D"_s, cluster(), u"-l"_s, logFile(), u"-w"_s, u"-t"_s,
                                  QString::number(config.startTimeout.count()), u"start"_s},
                                 config.startTimeout + std::chrono::seconds(5));
    if (started)
        return {};
    return refuse(ErrorCode::Unavailable,
                  u"PostgreSQL did not start in %1. Its log %2 ends with:\n%3"_s.arg(cluster(), logFile(), logTail()));
}

Status EmbeddedPostgres::Private::makeDatabase()
{
    try {
        pqxx::connection connection(dsn(u"postgres"_s).toStdString());
        pqxx::nontransaction work(connection);
        if (work.exec("select 1 from pg_database where datname = 'parterre'").empty())
            work.exec("create database parterre");
        return {};
    } catch (const std::exception &error) {
        // Not again: pg_ctl has just seen it ready, so waiting would not help.
        return refuse(ErrorCode::Unavailable, u"PostgreSQL in %1 does not answer: %2"_s.arg(
                                                  cluster(), QString::fromUtf8(error.what()).trimmed()));
    }
}

EmbeddedPostgres::EmbeddedPostgres(EmbeddedPostgresConfig config)
    : m_private(std::make_unique<Private>(std::move(config)))
{}

EmbeddedPostgres::~EmbeddedPostgres()
{
    stop();
}

Status EmbeddedPostgres::start()
{
    const std::lock_guard guard(m_private->mutex);
    PT_CHECK(m_private->prepareFolder());
    PT_CHECK(m_private->lockFolder());
    PT_CHECK(m_private->findBinaries());
    PT_CHECK(m_private->chooseSocketFolder());
    PT_CHECK(m_private->makeCluster());
    PT_CHECK(m_private->writeSettings());
    PT_CHECK(m_private->takeOverOrClear());
    PT_CHECK(m_private->launch());
    m_private->isStarted = true;
    return m_private->makeDatabase();
}

Status EmbeddedPostgres::join()
{
    PT_CHECK(m_private->prepareFolder());
    PT_CHECK(m_private->chooseSocketFolder());
    (void)m_private->isAccepting(); // Its owner may just be starting it.
    return m_private->makeDatabase();
}

Status EmbeddedPostgres::restartIfDead()
{
    const std::lock_guard guard(m_private->mutex);
    if (!m_private->isStarted || m_private->ownsProcess(m_private->processIn(m_private->pidFile())))
        return {};
    qCCritical(logPostgres) << "PostgreSQL has ended without being told to; starting it again";
    m_private->isTakenOver = false;
    PT_CHECK(m_private->takeOverOrClear());
    return m_private->launch();
}

void EmbeddedPostgres::stop()
{
    const std::lock_guard guard(m_private->mutex);
    if (m_private->isStarted) {
        m_private->isStarted = false;
        (void)m_private->end(); // It has said what did not work.
        // Made outside of our directory when its path is too long for a socket.
        if (!m_private->socketFolder.startsWith(m_private->config.directory))
            ::rmdir(QFile::encodeName(m_private->socketFolder).constData());
    }
    if (m_private->lock >= 0)
        ::close(std::exchange(m_private->lock, -1));
}

QString EmbeddedPostgres::dsn(const QString &database) const
{
    return m_private->dsn(database);
}

qint64 EmbeddedPostgres::pid() const
{
    return m_private->isStarted ? m_private->processIn(m_private->pidFile()) : 0;
}

bool EmbeddedPostgres::wasTakenOver() const
{
    return m_private->isTakenOver;
}

} // namespace parterre::server
