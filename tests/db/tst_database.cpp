#include "db/database.h"
#include "db/transaction.h"
#include "runtime/faultpoint.h"
#include "support/testdatabase.h"

#include <QSet>
#include <QTest>

#include <atomic>
#include <barrier>
#include <thread>

using namespace parterre;
using namespace parterre::server;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestOfDatabase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { armFaultPoints(""); }
    void aValueIsCommittedAndARefusalIsRolledBack();
    void everyTypeComesBackAsItWent();
    void withoutRetryADeadlockIsSeen();
    void aDeadlockIsTriedAgainAndBothCommitOnce();
    void anExhaustedPoolIsOverloaded();
    void aConnectionGoesBackToItsUse();
    void theOnlyConnectionServesEveryUse();
    void aLockHeldTooLongIsOverloaded();
    void aTerminatedBackendIsReplaced();
    void aCommitThatWasCutOffIsOfUnknownOutcomeAndNeverRepeated_data();
    void aCommitThatWasCutOffIsOfUnknownOutcomeAndNeverRepeated();
    void hooksRunOnceAfterTheCommitOnly();
    void lastStepsRunInTheirOrderBeforeTheCommitOnly();
    void aRefusalTakesNoLastStep();
    void whatTheDiskIsLeftToIsThereOnceItIsWaitedFor_data();
    void whatTheDiskIsLeftToIsThereOnceItIsWaitedFor();
    void noLockIsHeldWhileTheDiskIsWaitedFor();
    void aViolatedConstraintIsInternal();
    void aDatabaseThatIsAwayIsUnavailable();
    void faultPointNamesAreUnique();
    void aMisspeltFaultIsRefused();
    void aPointMaySkipEveryThird();

private:
    [[nodiscard]] DatabaseConfig config() const
    {
        DatabaseConfig result;
        result.dsn = m_dsn;
        return result;
    }
    qint64 sum();
    int deadlock(Database &database);
    QString m_dsn;
};

namespace {

/// Adds one to each of the accounts, in this order.
auto adding(std::vector<int> accounts)
{
    return [accounts](Transaction &transaction) -> Status {
        for (const int account : accounts)
            transaction.execute("update account set value = value + 1 where id = $1", account);
        return {};
    };
}

} // namespace

void TestOfDatabase::init()
{
    m_dsn = test::TestDatabase::instance().emptyDsn();
    Database database(config());
    QVERIFY(database.transact([](Transaction &transaction) -> Status {
        transaction.execute("create table account (id int primary key, value bigint not null check (value >= 0))");
        transaction.execute("insert into account values (1, 0), (2, 0)");
        return {};
    }));
}

qint64 TestOfDatabase::sum()
{
    Database database(config());
    return database
        .transact([](Transaction &transaction) -> Result<qint64> {
            return number(transaction.query("select sum(value)::bigint from account")[0][0]);
        })
        .value();
}

void TestOfDatabase::aValueIsCommittedAndARefusalIsRolledBack()
{
    Database database(config());
    QVERIFY(database.transact(adding({1})));
    const Status refused = database.transact([](Transaction &transaction) -> Status {
        PT_CHECK(adding({1, 2})(transaction));
        return refuse(ErrorCode::SeatTaken, u"Taken."_s);
    });
    QCOMPARE(refused.error().code, ErrorCode::SeatTaken);
    QCOMPARE(sum(), 1);
}

void TestOfDatabase::everyTypeComesBackAsItWent()
{
    Database database(config());
    const auto venue = VenueId::create();
    const Instant moment = *instantFromText(u"2026-11-24T19:30:00.000123Z"_s);
    const QByteArray binary("\0\xff\\'x", 5);
    const QJsonObject json{{u"a\"ü"_s, 1}};
    const std::vector<QString> texts{u"a,\"b\\"_s, u"{}"_s, u""_s};
    const Status done = database.transact([&](Transaction &transaction) -> Status {
        const auto row =
            transaction.query("select $1::uuid, $2::timestamptz, $3::bytea, $4::jsonb, ($5::text[])[1], $6::bool, "
                              "($7::int[])[2], $8::int, "
                              "$9::text, ($10::uuid[])[1], $11::bigint",
                              venue, moment, binary, json, texts, true, std::vector<int>{4, 5}, std::optional<int>(),
                              std::optional<VenueId>(venue), std::vector<VenueId>{venue}, qint64(1) << 40)[0];
        const bool isSame = id<VenueId>(row[0]) == venue && instant(row[1]) == moment && bytes(row[2]) == binary &&
                            object(row[3]) == json && text(row[4]) == texts[0] && flag(row[5]) &&
                            smallNumber(row[6]) == 5 && row[7].is_null() && text(row[8]) == venue.text() &&
                            id<VenueId>(row[9]) == venue && number(row[10]) == qint64(1) << 40;
        if (!isSame)
            return refuse(ErrorCode::Internal, u"Something came back changed."_s);
        return {};
    });
    QVERIFY2(done, done ? "" : qPrintable(done.error().message));
}

/// Two transactions that lock two rows in opposite order and meet in between; returns how many were refused.
int TestOfDatabase::deadlock(Database &database)
{
    std::barrier<> meeting(2);
    std::atomic<int> refused = 0;
    const auto cross = [&](int first, int second) {
        bool isFirstTime = true;
        const Status done = database.transact([&](Transaction &transaction) -> Status {
            PT_CHECK(adding({first})(transaction));
            if (std::exchange(isFirstTime, false))
                meeting.arrive_and_wait();
            return adding({second})(transaction);
        });
        if (!done)
            ++refused;
    };
    {
        const std::jthread one(cross, 1, 2);
        const std::jthread two(cross, 2, 1);
    }
    return refused;
}

void TestOfDatabase::withoutRetryADeadlockIsSeen()
{
    DatabaseConfig once = config();
    once.attemptsMax = 1;
    Database database(once);
    QCOMPARE(deadlock(database), 1);
    QCOMPARE(sum(), 2);
}

void TestOfDatabase::aDeadlockIsTriedAgainAndBothCommitOnce()
{
    Database database(config());
    QCOMPARE(deadlock(database), 0);
    QCOMPARE(sum(), 4);
    QVERIFY(database.counts().retries >= 1);
}

void TestOfDatabase::anExhaustedPoolIsOverloaded()
{
    DatabaseConfig small = config();
    small.connectionsMax = 1;
    small.acquireTimeout = 50ms;
    Database database(small);
    Status second;
    QVERIFY(database.transact([&](Transaction &) -> Status {
        std::thread([&] { second = database.ping(); }).join();
        return {};
    }));
    QCOMPARE(second.error().code, ErrorCode::Overloaded);
    QVERIFY(second.error().retryAfterSeconds > 0);
    QVERIFY(database.ping());
}

void TestOfDatabase::aConnectionGoesBackToItsUse()
{
    Database database(config());
    const auto process = [](Transaction &transaction) {
        return Result<qint64>(number(transaction.query("select pg_backend_pid()::bigint")[0][0]));
    };
    const qint64 ofAnything = database.transact(process).value();
    const qint64 ofHolds = database.transact(process, ConnectionUse::Holds).value();
    QVERIFY(ofAnything != ofHolds);
    Result<qint64> another;
    QVERIFY(database.transact(
        [&](Transaction &) -> Status {
            std::thread([&] { another = database.transact(process, ConnectionUse::Holds); }).join();
            return {};
        },
        ConnectionUse::Holds));
    QVERIFY(another && *another != ofHolds && *another != ofAnything);
    QCOMPARE(database.transact(process).value(), ofAnything);
    QCOMPARE(database.transact(process, ConnectionUse::Holds).value(), ofHolds); // The oldest of the two.
    QCOMPARE(database.counts().open, 3);
}

void TestOfDatabase::theOnlyConnectionServesEveryUse()
{
    DatabaseConfig small = config();
    small.connectionsMax = 1;
    Database database(small);
    QVERIFY(database.ping());
    QVERIFY(database.transact(adding({1}), ConnectionUse::Holds));
    QVERIFY(database.ping());
    QCOMPARE(database.counts().open, 1);
    QCOMPARE(sum(), 1);
}

void TestOfDatabase::aLockHeldTooLongIsOverloaded()
{
    DatabaseConfig impatient = config();
    impatient.lockTimeout = 50ms;
    Database database(config());
    Database other(impatient);
    Status second;
    QVERIFY(database.transact([&](Transaction &transaction) -> Status {
        PT_CHECK(adding({1})(transaction));
        second = other.transact(adding({1}));
        return {};
    }));
    QCOMPARE(second.error().code, ErrorCode::Overloaded);
    QVERIFY(second.error().retryAfterSeconds > 0);
    QCOMPARE(sum(), 1);
}

void TestOfDatabase::aTerminatedBackendIsReplaced()
{
    Database database(config());
    Database other(config());
    int attempts = 0;
    const Status done = database.transact([&](Transaction &transaction) -> Status {
        const int backend = smallNumber(transaction.query("select pg_backend_pid()")[0][0]);
        PT_CHECK(adding({1})(transaction));
        if (++attempts == 1)
            PT_CHECK(other.transact([&](Transaction &killer) -> Status {
                killer.query("select pg_terminate_backend($1, 5000)", backend);
                return {};
            }));
        return adding({2})(transaction);
    });
    QVERIFY2(done, done ? "" : qPrintable(done.error().message));
    QCOMPARE(attempts, 2);
    QCOMPARE(sum(), 2);
}

void TestOfDatabase::aCommitThatWasCutOffIsOfUnknownOutcomeAndNeverRepeated_data()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<qint64>("expectedSum");
    QTest::newRow("COMMIT never arrived") << QByteArray("db_before_commit:abort-connection") << qint64(0);
    QTest::newRow("the reply was lost") << QByteArray("db_after_commit:abort-connection") << qint64(1);
}

void TestOfDatabase::aCommitThatWasCutOffIsOfUnknownOutcomeAndNeverRepeated()
{
    QFETCH(QByteArray, fault);
    QFETCH(qint64, expectedSum);
    Database database(config());
    QVERIFY(armFaultPoints(fault.constData()));
    int attempts = 0;
    const Status done = database.transact([&](Transaction &transaction) -> Status {
        ++attempts;
        return adding({1})(transaction);
    });
    armFaultPoints("");
    QCOMPARE(done.error().code, ErrorCode::OutcomeUnknown);
    QCOMPARE(attempts, 1);
    QCOMPARE(database.counts().inDoubt, 1);
    QCOMPARE(sum(), expectedSum);
    QVERIFY(database.ping());
}

void TestOfDatabase::hooksRunOnceAfterTheCommitOnly()
{
    Database database(config());
    int called = 0;
    const auto withHook = [&](const Status &outcome) {
        return database.transact([&](Transaction &transaction) -> Status {
            transaction.afterCommit([&] { ++called; });
            return outcome;
        });
    };
    QVERIFY(!withHook(refuse(ErrorCode::HoldGone, u"Gone."_s)));
    QCOMPARE(called, 0);
    QVERIFY(withHook({}));
    QCOMPARE(called, 1);
    armFaultPoints("db_after_commit:abort-connection");
    QVERIFY(!withHook({}));
    QCOMPARE(called, 1);
}

void TestOfDatabase::lastStepsRunInTheirOrderBeforeTheCommitOnly()
{
    Database database(config());
    QString order;
    QVERIFY(database.transact([&](Transaction &transaction) -> Status {
        order.clear();
        for (const QString &place : {u"b"_s, u"a"_s, u"b"_s}) {
            transaction.lastly(place, [&order, place](Transaction &last) {
                order += place;
                last.execute("update account set value = value + 1 where id = 1");
            });
        }
        order += u"work "_s;
        return {};
    }));
    QCOMPARE(order, u"work abb"_s);
    QCOMPARE(sum(), 3);
}

void TestOfDatabase::aRefusalTakesNoLastStep()
{
    Database database(config());
    int taken = 0;
    QVERIFY(!database.transact([&](Transaction &transaction) -> Status {
        transaction.lastly(u"a"_s, [&](Transaction &) { ++taken; });
        return refuse(ErrorCode::WrongState, u"Not now."_s);
    }));
    QCOMPARE(taken, 0);
}

void TestOfDatabase::whatTheDiskIsLeftToIsThereOnceItIsWaitedFor_data()
{
    QTest::addColumn<bool>("isWaitedFor");
    QTest::newRow("waited for") << true;
    QTest::newRow("not waited for") << false; // PostgreSQL writes it some time later: the control of this test.
}

void TestOfDatabase::whatTheDiskIsLeftToIsThereOnceItIsWaitedFor()
{
    QFETCH(const bool, isWaitedFor);
    Database database(config());
    int written = 0;
    for (int i = 0; i < 20; ++i) {
        QVERIFY(database.transact([&](Transaction &transaction) -> Status {
            transaction.letDiskFollow();
            transaction.execute("update account set value = value + 1 where id = 1");
            if (isWaitedFor)
                transaction.waitForDisk();
            return {};
        }));
        QVERIFY(database.transact([&](Transaction &transaction) -> Status {
            written += flag(transaction.query("select pg_current_wal_flush_lsn() = pg_current_wal_insert_lsn()")[0][0]);
            return {};
        }));
    }
    QVERIFY(isWaitedFor ? written >= 15 : written <= 10); // Others write into the log too, such as a checkpoint.
    QCOMPARE(sum(), 20);
}

void TestOfDatabase::noLockIsHeldWhileTheDiskIsWaitedFor()
{
    QVERIFY(armFaultPoints("db_before_disk:sleep=2500"));
    Database database(config());
    std::atomic<bool> isBack = false;
    std::jthread slow([&] {
        (void)database.transact([](Transaction &transaction) -> Status {
            transaction.letDiskFollow();
            transaction.waitForDisk();
            transaction.execute("update account set value = value + 1 where id = 1");
            return {};
        });
        isBack = true;
    });
    Database other(config());
    QTRY_COMPARE(sum(), 1);
    QVERIFY(other.transact(adding({1})));
    QVERIFY(!isBack);
    slow.join();
    QCOMPARE(sum(), 2);
}

void TestOfDatabase::aViolatedConstraintIsInternal()
{
    Database database(config());
    const Status done = database.transact([](Transaction &transaction) -> Status {
        transaction.execute("update account set value = -1 where id = 1");
        return {};
    });
    QCOMPARE(done.error().code, ErrorCode::Internal);
    QVERIFY(!done.error().message.contains(u"account"_s));
}

void TestOfDatabase::aDatabaseThatIsAwayIsUnavailable()
{
    DatabaseConfig away = config();
    away.dsn = u"host=/nonexistent dbname=none"_s;
    Database database(away);
    QCOMPARE(database.ping().error().code, ErrorCode::Unavailable);
}

void TestOfDatabase::faultPointNamesAreUnique()
{
    QSet<QByteArray> names;
    for (const std::string_view name : faultPointNames)
        names.insert(QByteArray(name.data(), static_cast<qsizetype>(name.size())));
    QCOMPARE(static_cast<size_t>(names.size()), faultPointNames.size());
}

void TestOfDatabase::aMisspeltFaultIsRefused()
{
    QVERIFY(!armFaultPoints("db_before_comit:kill"));
    QVERIFY(!armFaultPoints("db_before_commit:explode"));
    QVERIFY(!armFaultPoints("db_before_commit"));
    QVERIFY(!armFaultPoints("db_before_commit:sleep"));
    QVERIFY(!armFaultPoints("db_before_commit:skip=0"));
    QVERIFY(!armFaultPoints("db_before_commit:kill=0"));
    QVERIFY(!armFaultPoints("db_before_commit:kill=three"));
}

void TestOfDatabase::aPointMaySkipEveryThird()
{
    QVERIFY(armFaultPoints("db_before_commit:skip=3"));
    QByteArray passings;
    for (int i = 0; i < 7; ++i)
        passings += faultPoint("db_before_commit") == Fault::Skip ? 's' : '.';
    QCOMPARE(passings, QByteArray("..s..s."));
}

QTEST_GUILESS_MAIN(TestOfDatabase)
#include "tst_database.moc"
