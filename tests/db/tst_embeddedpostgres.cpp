#include "db/database.h"
#include "db/embeddedpostgres.h"
#include "db/transaction.h"
#include "runtime/faultpoint.h"
#include "support/clusterwatch.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStorageInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

class TestOfEmbeddedPostgres : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aKilledServerLosesNothingAndTheNextTakesOver();
    void aKilledPostgresIsRecoveredByTheNextStart();
    void aKilledPostgresIsStartedAgainBesideARunningServer();
    void filesThatADeadPostgresLeftDoNotStopTheNext_data();
    void filesThatADeadPostgresLeftDoNotStopTheNext();
    void aClusterThatWasNeverFinishedIsMadeAnew();
    void twoServersNeverShareADirectory();
    void aCommandJoinsTheRunningPostgresAndLeavesItRunning();
    void stoppedAndStartedAgainItKeepsItsData();
    void filesOfTheLogAreKeptByTheSizeOfTheDisk();
    void buffersAreAShareOfTheMemory();
    void aLongPathFallsBackToAShortSocketFolder();
    void aSocketFolderThatIsOpenToOthersIsRefused();
    void rootIsNotTheUserOfPostgres();
    void aClosedFolderAboveOursIsNamedToRoot();
    void missingBinariesAreNamed();
    void aTestThatCrashesLeavesNoPostgresBehind();

private:
    /// Without fsync: what a killed process wrote is in the system's cache. Only a lost power would be seen.
    EmbeddedPostgresConfig config() const { return {.directory = m_folder.filePath(u"data"_s), .isDurable = false}; }
    [[nodiscard]] EmbeddedPostgresConfig far() const
    {
        return {.directory = m_folder.filePath(QString(100, u'x')), .isDurable = false};
    }
    QTemporaryDir m_folder;
    test::ClusterWatch m_watch{m_folder.path()};
};

namespace {

Result<int> countOfNotes(const QString &dsn)
{
    Database database({.dsn = dsn});
    return database.transact(
        [](Transaction &t) -> Result<int> { return smallNumber(t.query("select count(*) from note")[0][0]); });
}

Result<int> megabytes(const QString &dsn, const char *setting)
{
    Database database({.dsn = dsn});
    return database.transact([setting](Transaction &t) -> Result<int> {
        return smallNumber(t.query("select pg_size_bytes(current_setting($1)) / 1048576", setting)[0][0]);
    });
}

Status writeNote(const QString &dsn)
{
    Database database({.dsn = dsn});
    return database.transact([](Transaction &t) -> Status {
        t.execute("drop table if exists note");
        t.execute("create table note (id int)");
        t.execute("insert into note values (1)");
        return {};
    });
}

/// A temporary folder is closed to the user that PostgreSQL runs as when the tests run as root.
void openToPostgres(const QTemporaryDir &folder)
{
    if (geteuid() == 0)
        ::chmod(QFile::encodeName(folder.path()).constData(), 0711);
}

/// The server that will be killed: starts PostgreSQL, commits, and dies at the fault point before anybody is told.
int dieAfterCommit(const QString &directory)
{
    EmbeddedPostgres postgres({.directory = directory, .isDurable = false});
    if (const Status started = postgres.start(); !started) {
        std::fprintf(stderr, "%s\n", qPrintable(started.error().message));
        return 2;
    }
    armFaultPoints("db_after_commit:kill");
    (void)writeNote(postgres.dsn());
    return 3;
}

/// The test executable that crashes: it prints its folder and the number of its PostgreSQL first.
int crash()
{
    QTemporaryDir folder;
    openToPostgres(folder);
    const test::ClusterWatch watch(folder.path());
    EmbeddedPostgres postgres({.directory = folder.filePath(u"data"_s), .isDurable = false});
    if (!postgres.start())
        return 2;
    std::printf("%s\n%lld\n", qPrintable(folder.path()), postgres.pid());
    std::fflush(stdout);
    ::raise(SIGKILL);
    return 3;
}

bool isRunning(qint64 process)
{
    return process > 1 && ::kill(static_cast<pid_t>(process), 0) == 0 &&
           !QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(process)).isEmpty();
}

#define VERIFY_STATUS(expression)                                                                                      \
    do {                                                                                                               \
        const Status status = (expression);                                                                            \
        QVERIFY2(status.has_value(), status ? "" : qPrintable(status.error().message));                                \
    } while (false)

} // namespace

// One cluster for all that need no new one: to make one takes longer than everything else here.
void TestOfEmbeddedPostgres::initTestCase()
{
    openToPostgres(m_folder);
}

void TestOfEmbeddedPostgres::aKilledServerLosesNothingAndTheNextTakesOver()
{
    QProcess victim;
    victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    victim.start(QCoreApplication::applicationFilePath(),
                 {u"embeddedpostgres"_s, u"--die-after-commit"_s, config().directory});
    QVERIFY(victim.waitForFinished(60'000));
    QCOMPARE(victim.exitStatus(), QProcess::CrashExit);

    EmbeddedPostgres next(config());
    VERIFY_STATUS(next.start());
    QVERIFY(next.wasTakenOver());
    QCOMPARE(countOfNotes(next.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::aKilledPostgresIsRecoveredByTheNextStart()
{
    EmbeddedPostgres first(config());
    VERIFY_STATUS(first.start());
    VERIFY_STATUS(writeNote(first.dsn()));
    // A backend that computes does not notice for a long time that its postmaster is gone, and keeps the cluster busy.
    std::jthread busy([dsn = first.dsn()] {
        Database database({.dsn = dsn, .statementTimeout = std::chrono::minutes(2), .attemptsMax = 1});
        (void)database.transact([](Transaction &t) -> Status {
            t.query("select count(*) from generate_series(1, 300000000) a where a % 7 = 3");
            return {};
        });
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const qint64 killed = first.pid();
    QCOMPARE(::kill(static_cast<pid_t>(killed), SIGKILL), 0);
    first.stop();

    EmbeddedPostgres next(config());
    VERIFY_STATUS(next.start());
    QVERIFY(!next.wasTakenOver());
    QVERIFY(next.pid() != killed);
    QCOMPARE(countOfNotes(next.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::aKilledPostgresIsStartedAgainBesideARunningServer()
{
    EmbeddedPostgres postgres(config());
    VERIFY_STATUS(postgres.start());
    Database database({.dsn = postgres.dsn()});
    VERIFY_STATUS(database.ping());
    VERIFY_STATUS(writeNote(postgres.dsn()));
    const qint64 first = postgres.pid();
    VERIFY_STATUS(postgres.restartIfDead());
    QCOMPARE(postgres.pid(), first);

    QCOMPARE(::kill(static_cast<pid_t>(first), SIGKILL), 0);
    QTRY_VERIFY(!isRunning(first));
    VERIFY_STATUS(postgres.restartIfDead());
    QVERIFY(postgres.pid() != first);
    VERIFY_STATUS(database.ping());
    QCOMPARE(countOfNotes(postgres.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::filesThatADeadPostgresLeftDoNotStopTheNext_data()
{
    QTest::addColumn<QByteArray>("content");
    const QByteArray rest = "\n/somewhere\n1700000000\n5432\n/somewhere\n\n  5432001   1\n";
    QTest::newRow("its number belongs to another program now") << QByteArray::number(getpid()) + rest;
    QTest::newRow("its process is gone") << QByteArray("4194304") + rest;
    QTest::newRow("the disk was full and the file is empty") << QByteArray();
    QTest::newRow("the file holds nonsense") << QByteArray("\xff\xfe no number\n");
}

void TestOfEmbeddedPostgres::filesThatADeadPostgresLeftDoNotStopTheNext()
{
    QFETCH(QByteArray, content);
    {
        EmbeddedPostgres first(config());
        VERIFY_STATUS(first.start());
        VERIFY_STATUS(writeNote(first.dsn()));
    }
    for (const QString &left : {u"/cluster/postmaster.pid"_s, u"/run/.s.PGSQL.5432.lock"_s, u"/parterre.lock"_s}) {
        QFile file(config().directory + left);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size());
    }
    EmbeddedPostgres next(config());
    VERIFY_STATUS(next.start());
    QVERIFY(!next.wasTakenOver());
    QCOMPARE(countOfNotes(next.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::aClusterThatWasNeverFinishedIsMadeAnew()
{
    EmbeddedPostgresConfig another = config();
    another.directory = m_folder.filePath(u"another"_s);
    const QString unfinished = another.directory + u"/cluster.new"_s;
    QVERIFY(QDir().mkpath(unfinished + u"/base"_s));
    QFile half(unfinished + u"/PG_VERSION"_s);
    QVERIFY(half.open(QIODevice::WriteOnly) && half.write("15\n") == 3);
    half.close();
    EmbeddedPostgres postgres(another);
    VERIFY_STATUS(postgres.start());
    VERIFY_STATUS(writeNote(postgres.dsn()));
    QVERIFY(!QFileInfo::exists(unfinished));
}

void TestOfEmbeddedPostgres::twoServersNeverShareADirectory()
{
    EmbeddedPostgres first(config());
    VERIFY_STATUS(first.start());
    EmbeddedPostgres second(config());
    QCOMPARE(second.start().error().code, ErrorCode::WrongState);
    VERIFY_STATUS(writeNote(first.dsn()));
}

void TestOfEmbeddedPostgres::aCommandJoinsTheRunningPostgresAndLeavesItRunning()
{
    {
        EmbeddedPostgres alone(config());
        QCOMPARE(alone.join().error().code, ErrorCode::Unavailable);
    }
    EmbeddedPostgres server(config());
    VERIFY_STATUS(server.start());
    {
        EmbeddedPostgres command(config());
        VERIFY_STATUS(command.join());
        VERIFY_STATUS(writeNote(command.dsn()));
    }
    QCOMPARE(countOfNotes(server.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::stoppedAndStartedAgainItKeepsItsData()
{
    EmbeddedPostgresConfig durable = config();
    durable.isDurable = true;
    EmbeddedPostgres first(durable);
    VERIFY_STATUS(first.start());
    VERIFY_STATUS(writeNote(first.dsn()));
    const qint64 process = first.pid();
    first.stop();
    // By where it stands, since another process may have its number by now. It takes its file away before it ends.
    QTRY_VERIFY(!QFileInfo(u"/proc/%1/cwd"_s.arg(process)).symLinkTarget().startsWith(durable.directory));
    EmbeddedPostgres second(durable);
    VERIFY_STATUS(second.start());
    QVERIFY(!second.wasTakenOver());
    QCOMPARE(countOfNotes(second.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::filesOfTheLogAreKeptByTheSizeOfTheDisk()
{
    EmbeddedPostgres postgres(config());
    VERIFY_STATUS(postgres.start());
    const int kept = megabytes(postgres.dsn(), "min_wal_size").value();
    const qint64 share = QStorageInfo(m_folder.path()).bytesTotal() / 32 / (1 << 20);
    QCOMPARE(kept, static_cast<int>(std::clamp<qint64>(share, 80, 512)));
    QCOMPARE(megabytes(postgres.dsn(), "max_wal_size").value(), 4 * kept);
}

void TestOfEmbeddedPostgres::buffersAreAShareOfTheMemory()
{
    EmbeddedPostgresConfig durable = config();
    durable.isDurable = true;
    EmbeddedPostgres postgres(durable);
    VERIFY_STATUS(postgres.start());
    const int buffers = megabytes(postgres.dsn(), "shared_buffers").value();
    const qint64 machine = qint64(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE) / (1 << 20);
    QVERIFY(buffers >= 128);
    QVERIFY(buffers <= std::clamp<qint64>(machine / 16, 128, 512));
}

void TestOfEmbeddedPostgres::aLongPathFallsBackToAShortSocketFolder()
{
    EmbeddedPostgres postgres(far());
    VERIFY_STATUS(postgres.start());
    VERIFY_STATUS(writeNote(postgres.dsn()));
}

void TestOfEmbeddedPostgres::aSocketFolderThatIsOpenToOthersIsRefused()
{
    QString folder;
    {
        EmbeddedPostgres first(far());
        VERIFY_STATUS(first.start());
        folder = first.dsn().section(u'\'', 1, 1);
    }
    QVERIFY2(!QFileInfo::exists(folder), "what was made outside of our directory is removed at the end");
    QCOMPARE(::mkdir(QFile::encodeName(folder).constData(), 0700), 0);
    QCOMPARE(::chmod(QFile::encodeName(folder).constData(), 0777), 0);
    EmbeddedPostgres second(far());
    const Status refused = second.start();
    QVERIFY(QDir().rmdir(folder));
    QCOMPARE(refused.error().code, ErrorCode::Unavailable);
    QVERIFY2(refused.error().message.contains(folder), qPrintable(refused.error().message));
}

void TestOfEmbeddedPostgres::rootIsNotTheUserOfPostgres()
{
    EmbeddedPostgres postgres(config());
    VERIFY_STATUS(postgres.start());
    struct stat status
    {};
    QCOMPARE(::stat(qPrintable(u"/proc/%1"_s.arg(postgres.pid())), &status), 0);
    QVERIFY(status.st_uid != 0);
}

void TestOfEmbeddedPostgres::aClosedFolderAboveOursIsNamedToRoot()
{
    QCOMPARE(::chmod(QFile::encodeName(m_folder.path()).constData(), 0700), 0);
    EmbeddedPostgres postgres(config());
    const Status started = postgres.start();
    openToPostgres(m_folder);
    // Anybody else runs PostgreSQL as himself, to whom his folder is not closed.
    QCOMPARE(started.has_value(), geteuid() != 0);
    if (!started)
        QVERIFY2(started.error().message.contains(u"chmod o+x "_s + QFileInfo(m_folder.path()).canonicalFilePath()),
                 qPrintable(started.error().message));
}

void TestOfEmbeddedPostgres::missingBinariesAreNamed()
{
    EmbeddedPostgresConfig elsewhere = config();
    elsewhere.binDirectory = u"/nonexistent"_s;
    EmbeddedPostgres postgres(elsewhere);
    QVERIFY(postgres.start().error().message.contains(u"apt install postgresql-15"_s));
}

void TestOfEmbeddedPostgres::aTestThatCrashesLeavesNoPostgresBehind()
{
    QProcess victim;
    victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    victim.start(QCoreApplication::applicationFilePath(), {u"embeddedpostgres"_s, u"--crash"_s});
    QVERIFY(victim.waitForFinished(60'000));
    QCOMPARE(victim.exitStatus(), QProcess::CrashExit);
    const QString folder = QString::fromUtf8(victim.readLine()).trimmed();
    const qint64 postgres = victim.readLine().trimmed().toLongLong();
    QVERIFY(postgres > 1 && folder.startsWith(QDir::tempPath()));
    QTRY_VERIFY_WITH_TIMEOUT(!isRunning(postgres), 60'000);
    QTRY_VERIFY_WITH_TIMEOUT(!QFileInfo::exists(folder), 60'000);
}

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && QByteArray(argv[1]) == "--die-after-commit")
        return dieAfterCommit(QString::fromLocal8Bit(argv[2]));
    if (argc == 2 && QByteArray(argv[1]) == "--crash")
        return crash();
    TestOfEmbeddedPostgres test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_embeddedpostgres.moc"
