#include "db/database.h"
#include "db/embeddedpostgres.h"
#include "db/transaction.h"
#include "runtime/faultpoint.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

#include <sys/stat.h>
#include <unistd.h>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

class TestOfEmbeddedPostgres : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aKilledServerLosesNothingAndTheNextTakesOver();
    void twoServersNeverShareADirectory();
    void stoppedAndStartedAgainItKeepsItsData();
    void aLongPathFallsBackToAShortSocketFolder();
    void rootIsNotTheUserOfPostgres();
    void missingBinariesAreNamed();

private:
    EmbeddedPostgresConfig config() const { return {.directory = m_folder->filePath(u"data"_s)}; }
    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

Result<int> countOfNotes(const QString &dsn)
{
    Database database({.dsn = dsn});
    return database.transact(
        [](Transaction &t) -> Result<int> { return smallNumber(t.query("select count(*) from note")[0][0]); });
}

Status writeNote(const QString &dsn)
{
    Database database({.dsn = dsn});
    return database.transact([](Transaction &t) -> Status {
        t.execute("create table if not exists note (id int)");
        t.execute("insert into note values (1)");
        return {};
    });
}

/// The server that will be killed: starts PostgreSQL, commits, and dies at the fault point before anybody is told.
int dieAfterCommit(const QString &directory)
{
    EmbeddedPostgres postgres({.directory = directory});
    if (const Status started = postgres.start(); !started) {
        std::fprintf(stderr, "%s\n", qPrintable(started.error().message));
        return 2;
    }
    armFaultPoints("db_after_commit:kill");
    (void)writeNote(postgres.dsn());
    return 3;
}

#define VERIFY_STATUS(expression)                                                                                      \
    do {                                                                                                               \
        const Status status = (expression);                                                                            \
        QVERIFY2(status.has_value(), status ? "" : qPrintable(status.error().message));                                \
    } while (false)

} // namespace

void TestOfEmbeddedPostgres::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    if (geteuid() == 0)
        ::chmod(QFile::encodeName(m_folder->path()).constData(), 0711);
}

void TestOfEmbeddedPostgres::aKilledServerLosesNothingAndTheNextTakesOver()
{
    QProcess victim;
    victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    victim.start(QCoreApplication::applicationFilePath(), {u"--die-after-commit"_s, config().directory});
    QVERIFY(victim.waitForFinished(60'000));
    QCOMPARE(victim.exitStatus(), QProcess::CrashExit);

    EmbeddedPostgres next(config());
    VERIFY_STATUS(next.start());
    QVERIFY(next.wasTakenOver());
    QCOMPARE(countOfNotes(next.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::twoServersNeverShareADirectory()
{
    EmbeddedPostgres first(config());
    VERIFY_STATUS(first.start());
    EmbeddedPostgres second(config());
    QCOMPARE(second.start().error().code, ErrorCode::WrongState);
    VERIFY_STATUS(writeNote(first.dsn()));
}

void TestOfEmbeddedPostgres::stoppedAndStartedAgainItKeepsItsData()
{
    EmbeddedPostgres first(config());
    VERIFY_STATUS(first.start());
    VERIFY_STATUS(writeNote(first.dsn()));
    const qint64 process = first.pid();
    first.stop();
    QVERIFY(!QFileInfo::exists(u"/proc/%1/cwd"_s.arg(process)) ||
            QFileInfo(u"/proc/%1/exe"_s.arg(process)).symLinkTarget().isEmpty());
    EmbeddedPostgres second(config());
    VERIFY_STATUS(second.start());
    QVERIFY(!second.wasTakenOver());
    QCOMPARE(countOfNotes(second.dsn()).value(), 1);
}

void TestOfEmbeddedPostgres::aLongPathFallsBackToAShortSocketFolder()
{
    EmbeddedPostgres postgres({.directory = m_folder->filePath(QString(100, u'x'))});
    VERIFY_STATUS(postgres.start());
    VERIFY_STATUS(writeNote(postgres.dsn()));
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

void TestOfEmbeddedPostgres::missingBinariesAreNamed()
{
    EmbeddedPostgresConfig elsewhere = config();
    elsewhere.binDirectory = u"/nonexistent"_s;
    EmbeddedPostgres postgres(elsewhere);
    QVERIFY(postgres.start().error().message.contains(u"apt install postgresql-15"_s));
}

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && QByteArray(argv[1]) == "--die-after-commit")
        return dieAfterCommit(QString::fromLocal8Bit(argv[2]));
    TestOfEmbeddedPostgres test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_embeddedpostgres.moc"
