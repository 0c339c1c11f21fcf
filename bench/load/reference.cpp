#include "load/reference.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QThread>

#include <algorithm>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int clients = 16;
/// More than any machine updates in the time, so that few updates find a row that is theirs no more.
constexpr int rows = 500'000;

// As a hold does it: a compare and swap by the database's clock, one committed transaction a seat.
constexpr auto script = "\\set seat random(1, %1)\n"
                        "update seat set state = 'held', hold_id = gen_random_uuid(), "
                        "held_until = now() + interval '10 minutes' "
                        "where seat_no = :seat and (state = 'available' or held_until < now());\n";

Result<QString> output(const QString &program, const QStringList &arguments, int seconds)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished((seconds + 30) * 1'000) || process.exitCode() != 0) {
        return refuse(ErrorCode::Unavailable,
                      u"%1 failed: %2 %3"_s.arg(program, process.errorString(),
                                                QString::fromUtf8(process.readAllStandardError()).trimmed()));
    }
    return QString::fromUtf8(process.readAllStandardOutput());
}

Result<double> measurePgbench(const ReferenceOptions &options, const QString &dsn)
{
    const QString path = QDir(options.folder).filePath(u"reference.sql"_s);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QString::fromLatin1(script).arg(rows).toUtf8()) < 0)
        return refuse(ErrorCode::Unavailable, u"The file %1 cannot be written."_s.arg(path));
    file.close();
    PT_TRY(const QString said,
           output(u"pgbench"_s,
                  {u"--no-vacuum"_s, u"--protocol=prepared"_s, u"--client=%1"_s.arg(clients), u"--jobs=2"_s,
                   u"--time=%1"_s.arg(options.seconds), u"--file=%1"_s.arg(path), dsn},
                  options.seconds));
    static const QRegularExpression pattern(u"tps = ([0-9.]+)"_s);
    const auto match = pattern.match(said);
    if (!match.hasMatch())
        return refuse(ErrorCode::Unavailable, u"pgbench said no rate: %1"_s.arg(said));
    return match.captured(1).toDouble();
}

/// A redis-server that lives as long as this.
class Redis
{
public:
    explicit Redis(const QString &folder)
        : m_socket(QDir(folder).filePath(u"redis.sock"_s))
    {
        m_process.setStandardOutputFile(QProcess::nullDevice());
        m_process.setWorkingDirectory(folder);
        m_process.start(u"redis-server"_s, {u"--port"_s, u"0"_s, u"--unixsocket"_s, m_socket, u"--save"_s, QString(),
                                            u"--appendonly"_s, u"no"_s});
        for (int waited = 0; waited < 5'000 && !QFile::exists(m_socket); waited += 20)
            QThread::msleep(20);
    }
    ~Redis()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(5'000))
            m_process.kill();
    }
    Redis(const Redis &) = delete;
    Redis &operator=(const Redis &) = delete;

    [[nodiscard]] QString socket() const { return m_socket; }

private:
    QString m_socket;
    QProcess m_process;
};

Result<double> measureRedis(const ReferenceOptions &options)
{
    if (QStandardPaths::findExecutable(u"redis-server"_s).isEmpty() ||
        QStandardPaths::findExecutable(u"redis-benchmark"_s).isEmpty())
        return 0.0;
    const Redis redis(options.folder);
    const int requests = options.seconds * 60'000;
    PT_TRY(const QString said, output(u"redis-benchmark"_s,
                                      {u"-s"_s, redis.socket(), u"-c"_s, QString::number(clients), u"-n"_s,
                                       QString::number(requests), u"-r"_s, QString::number(rows), u"--csv"_s, u"SET"_s,
                                       u"seat:__rand_int__"_s, u"owner"_s, u"NX"_s, u"PX"_s, u"600000"_s},
                                      options.seconds));
    // A line of titles, then one whose second column is requests a second.
    static const QRegularExpression pattern(u"\",\"([0-9.]+)\""_s);
    const auto match = pattern.match(said.trimmed().section(u'\n', -1));
    if (!match.hasMatch())
        return refuse(ErrorCode::Unavailable, u"redis-benchmark said no rate: %1"_s.arg(said));
    return match.captured(1).toDouble();
}

} // namespace

ReferenceRuns::ReferenceRuns(const ReferenceOptions &options, ReferenceDatabase database)
    : m_options(options)
    , m_database(std::move(database))
{}

Result<ReferenceRuns> ReferenceRuns::open(const ReferenceOptions &options)
{
    PT_TRY(ReferenceDatabase database, ReferenceDatabase::create(options.dsn, rows));
    return ReferenceRuns(options, std::move(database));
}

Status ReferenceRuns::run()
{
    PT_TRY(const double pgbench, measurePgbench(m_options, m_database.dsn()));
    PT_TRY(const double redis, measureRedis(m_options));
    m_sum.pgbenchPerSecond += pgbench;
    m_sum.redisPerSecond += redis;
    ++m_runs;
    return {};
}

References ReferenceRuns::mean() const
{
    const int runs = std::max(m_runs, 1);
    return {.pgbenchPerSecond = m_sum.pgbenchPerSecond / runs, .redisPerSecond = m_sum.redisPerSecond / runs};
}

} // namespace parterre::bench
