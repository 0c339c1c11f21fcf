#include "support/runningserver.h"

#include "support/roomyfolder.h"

#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

namespace parterre::test {

using namespace Qt::StringLiterals;

namespace {

constexpr int startMillisecondsMax = 120'000; // A PostgreSQL is made first, on a machine that builds beside it.
constexpr int stopMillisecondsMax = 60'000;

} // namespace

RunningServer::RunningServer(const QStringList &settings)
    : m_settings(settings)
    , m_folder(roomyFolderTemplate())
    , m_watch(m_folder.path())
{
    // Run as root, the server's PostgreSQL is another user, who has to pass through.
    if (geteuid() == 0)
        ::chmod(QFile::encodeName(m_folder.path()).constData(), 0711);
}

RunningServer::~RunningServer()
{
    // A server that was killed has left its PostgreSQL; only the next one ends it in order.
    if (!isRunning() && QFile::exists(postgresDirectory() + u"/cluster/postmaster.pid"_s))
        (void)start();
    if (isRunning())
        (void)stop();
}

QString RunningServer::demoSeason()
{
    return QStringLiteral(PARTERRE_SOURCE_DIR "/resources/demo/season.json");
}

QStringList RunningServer::common() const
{
    return {u"--data-dir"_s, m_folder.filePath(u"data"_s), u"--log-format"_s, u"text"_s};
}

Result<QString> RunningServer::run(const QStringList &arguments) const
{
    QProcess command;
    command.start(QStringLiteral(PARTERRE_BIN_DIR "/parterred"), arguments + common());
    if (!command.waitForFinished(startMillisecondsMax) || command.exitCode() != 0) {
        return refuse(ErrorCode::Unavailable,
                      u"parterred %1: %2"_s.arg(arguments.join(u' '),
                                                QString::fromUtf8(command.readAllStandardError()).right(2'000)));
    }
    return QString::fromUtf8(command.readAllStandardOutput());
}

Status RunningServer::applySeason(const QString &file)
{
    PT_TRY([[maybe_unused]] const QString said, run({u"apply-season"_s, file}));
    return {};
}

Result<QString> RunningServer::addUser(const QString &name, const QString &role, const QString &displayName)
{
    PT_TRY(const QString said, run({u"user"_s, u"add"_s, name, role, displayName}));
    static const QRegularExpression password(u"One-time password: (\\S+)"_s);
    const auto match = password.match(said);
    if (!match.hasMatch())
        return refuse(ErrorCode::NotFound, u"no one-time password in: "_s + said);
    return match.captured(1);
}

Status RunningServer::start(const QString &faults)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"PARTERRE_FAULT"_s);
    if (!faults.isEmpty())
        environment.insert(u"PARTERRE_FAULT"_s, faults);
    m_process.setProcessEnvironment(environment);
    m_process.setStandardErrorFile(m_folder.filePath(u"server.log"_s), QIODevice::Append);
    m_process.start(QStringLiteral(PARTERRE_BIN_DIR "/parterred"),
                    QStringList{u"serve"_s, u"--port"_s, QString::number(m_port)} + common() + m_settings);
    static const QRegularExpression ready(u"parterred is ready: http://[^:]+:(\\d+)"_s);
    QElapsedTimer waited;
    waited.start();
    QString said;
    while (!waited.hasExpired(startMillisecondsMax)) {
        if (!m_process.waitForReadyRead(1'000) && !isRunning())
            return refuse(ErrorCode::Unavailable, u"parterred ended at once: "_s + lastWords());
        said += QString::fromUtf8(m_process.readAllStandardOutput());
        if (const auto match = ready.match(said); match.hasMatch()) {
            m_port = match.captured(1).toInt();
            return {};
        }
    }
    return refuse(ErrorCode::Unavailable, u"parterred was not ready in time: "_s + lastWords());
}

void RunningServer::kill()
{
    m_process.kill();
    m_process.waitForFinished();
}

bool RunningServer::waitUntilKilled()
{
    return (!isRunning() || m_process.waitForFinished(stopMillisecondsMax)) &&
           m_process.exitStatus() == QProcess::CrashExit;
}

Status RunningServer::stop()
{
    m_process.terminate();
    if (m_process.waitForFinished(stopMillisecondsMax))
        return {};
    kill();
    return refuse(ErrorCode::Unavailable, u"parterred did not stop: "_s + lastWords());
}

QUrl RunningServer::deskUrl() const
{
    return QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port));
}

qint64 RunningServer::postgres() const
{
    QFile file(postgresDirectory() + u"/cluster/postmaster.pid"_s);
    const qint64 process = file.open(QIODevice::ReadOnly) ? file.readLine().trimmed().toLongLong() : 0;
    // Without its program it is a zombie, or nothing.
    return QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(process)).isEmpty() ? 0 : process;
}

QString RunningServer::log() const
{
    QFile file(m_folder.filePath(u"server.log"_s));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QString RunningServer::lastWords() const
{
    return log().right(2'000);
}

} // namespace parterre::test
