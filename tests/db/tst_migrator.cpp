#include "db/migrator.h"
#include "db/transaction.h"
#include "support/testdatabase.h"

#include <QDir>
#include <QTest>

#include <atomic>
#include <barrier>
#include <thread>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

class TestOfMigrator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFileIsCompiledInWithoutGapsUpToTheConstant();
    void thisBuildsSchemaIsAppliedOnce();
    void withoutTheLockTwoMigrationsCollide();
    void twoServersThatStartAtOnceMigrateOnce();
    void aChangedMigrationIsRefused();
    void aNewerDatabaseIsRefused();
    void aFaultyMigrationLeavesNothing();
};

namespace {

std::vector<Migration> aSet()
{
    return {{.number = 1, .name = u"one"_s, .sql = "create table one (id int); select pg_sleep(0.2);"},
            {.number = 2, .name = u"two"_s, .sql = "create table two (id int);"}};
}

} // namespace

void TestOfMigrator::everyFileIsCompiledInWithoutGapsUpToTheConstant()
{
    const QDir folder(QStringLiteral(PARTERRE_SOURCE_DIR) + u"/server/db/migrations"_s);
    const QStringList files = folder.entryList({u"*.sql"_s}, QDir::Files, QDir::Name);
    const auto compiled = compiledInMigrations();
    QCOMPARE(static_cast<int>(compiled.size()), static_cast<int>(files.size()));
    QCOMPARE(static_cast<int>(compiled.size()), schemaNumber);
    for (size_t i = 0; i < compiled.size(); ++i) {
        QCOMPARE(compiled[i].number, static_cast<int>(i) + 1);
        QCOMPARE(files[static_cast<qsizetype>(i)],
                 u"%1_%2.sql"_s.arg(compiled[i].number, 4, 10, QLatin1Char('0')).arg(compiled[i].name));
    }
}

void TestOfMigrator::thisBuildsSchemaIsAppliedOnce()
{
    const QString dsn = test::TestDatabase::instance().emptyDsn();
    QCOMPARE(Migrator(dsn).run().value(), schemaNumber);
    QCOMPARE(Migrator(dsn).run().value(), 0);
    pqxx::connection connection(dsn.toStdString());
    pqxx::work work(connection);
    QCOMPARE(smallNumber(work.exec("select max(number) from schema_migration")[0][0]), schemaNumber);
}

void TestOfMigrator::withoutTheLockTwoMigrationsCollide()
{
    // The negative control: look, meet, then act, as two servers would without the advisory lock.
    const QString dsn = test::TestDatabase::instance().emptyDsn();
    std::barrier<> meeting(2);
    std::atomic<int> failed = 0;
    const auto start = [&] {
        pqxx::connection connection(dsn.toStdString());
        pqxx::work work(connection);
        const bool isMissing = work.exec("select 1 from pg_class where relname = 'one'").empty();
        meeting.arrive_and_wait();
        try {
            if (isMissing)
                work.exec(aSet()[0].sql.toStdString());
            work.commit();
        } catch (const pqxx::sql_error &) {
            ++failed;
        }
    };
    {
        const std::jthread one(start);
        const std::jthread two(start);
    }
    QCOMPARE(failed.load(), 1);
}

void TestOfMigrator::twoServersThatStartAtOnceMigrateOnce()
{
    const QString dsn = test::TestDatabase::instance().emptyDsn();
    std::atomic<int> applied = 0;
    std::atomic<int> refused = 0;
    const auto start = [&] {
        if (const auto done = Migrator(dsn, aSet()).run())
            applied += *done;
        else
            ++refused;
    };
    {
        const std::jthread one(start);
        const std::jthread two(start);
    }
    QCOMPARE(refused.load(), 0);
    QCOMPARE(applied.load(), 2);
}

void TestOfMigrator::aChangedMigrationIsRefused()
{
    const QString dsn = test::TestDatabase::instance().emptyDsn();
    QVERIFY(Migrator(dsn, aSet()).run());
    auto changed = aSet();
    changed[0].sql += "-- changed";
    const auto done = Migrator(dsn, changed).run();
    QCOMPARE(done.error().code, ErrorCode::WrongState);
    QVERIFY(done.error().message.contains(u"changed after it was applied"_s));
}

void TestOfMigrator::aNewerDatabaseIsRefused()
{
    const QString dsn = test::TestDatabase::instance().emptyDsn();
    QVERIFY(Migrator(dsn, aSet()).run());
    auto older = aSet();
    older.pop_back();
    const auto done = Migrator(dsn, older).run();
    QCOMPARE(done.error().code, ErrorCode::WrongState);
    QVERIFY(done.error().message.contains(u"newer version"_s));
}

void TestOfMigrator::aFaultyMigrationLeavesNothing()
{
    const QString dsn = test::TestDatabase::instance().emptyDsn();
    auto faulty = aSet();
    faulty[1].sql = "create table two (id int); select nonsense;";
    QVERIFY(!Migrator(dsn, faulty).run());
    QCOMPARE(Migrator(dsn, aSet()).run().value(), 1);
}

QTEST_GUILESS_MAIN(TestOfMigrator)
#include "tst_migrator.moc"
