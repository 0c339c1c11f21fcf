#include "check/report.h"
#include "runtime/faultpoint.h"
#include "simulation/brokenrules.h"
#include "simulation/house.h"
#include "support/randomness.h"

#include <QDir>
#include <QTest>

using namespace parterre;
using namespace parterre::simulation;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr quint32 eveningsAtMost = 5; ///< Two must meet at one moment for some faults to show.
constexpr int salesAtLeast = 4;

} // namespace

/// Two nodes over one database and sixteen people who take, renew, release, let run out, order, pay and are declined at
/// random. Afterwards the judge of the bench looks at every answer and the auditor at every row. Runs with a fault
/// built in come first: the judge must find each.
class TwoNodesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_seed = tests::testSeed(); }
    void cleanup() { QVERIFY(server::armFaultPoints("")); }

    void aFaultIsFound_data();
    void aFaultIsFound();
    void anySequenceKeepsThePromises_data();
    void anySequenceKeepsThePromises();

private:
    quint32 m_seed = 0;
};

void TwoNodesTest::aFaultIsFound_data()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("meddling");
    QTest::addColumn<Actor::Taste>("taste");
    QTest::addColumn<QString>("rule");
    const Actor::Taste anything{.sells = false};
    const Actor::Taste fewSeats{.sells = false, .seats = 10, .standingPercent = 0};
    const Actor::Taste theYard{.sells = false, .standingPercent = 90, .givesBack = false};
    QTest::newRow("seats are read without their lock")
        << QByteArray("inventory_seat_lock:skip,inventory_seats_read:sleep=10") << QString() << QString() << fewSeats
        << u"two_owners"_s;
    QTest::newRow("an answer goes out without its commit")
        << QByteArray("db_before_commit:skip=9") << QString() << QString() << anything << u"lost_acknowledgement"_s;
    QTest::newRow("a pool takes one place too many")
        << QByteArray("inventory_area_room:skip")
        << u"alter table area_inventory drop constraint area_inventory_check"_s << QString() << theYard
        << u"over_capacity"_s;
    QTest::newRow("a hold ends early")
        << QByteArray() << QString()
        << u"update hold set held_until = now() - interval '1 second' where state = 'live'"_s << anything
        << u"ended_early"_s;
    QTest::newRow("a seat is held by nobody")
        << QByteArray()
        << u"update seat_inventory set state = 'held', hold_id = gen_random_uuid(), "
           "held_until = now() + interval '1 hour' where seat_no in (1, 2, 3)"_s
        << QString() << fewSeats << u"false_refusal"_s;
}

void TwoNodesTest::aFaultIsFound()
{
    QFETCH(QByteArray, fault);
    QFETCH(QString, before);
    QFETCH(QString, meddling);
    QFETCH(Actor::Taste, taste);
    QFETCH(QString, rule);
    QStringList told;
    for (quint32 evening = 0; evening < eveningsAtMost; ++evening) {
        House house(10); // So long that none is over by itself, however slow the machine is.
        if (!before.isEmpty())
            house.world().sql(before);
        QVERIFY(server::armFaultPoints(fault.toStdString()));
        house.run({.seed = m_seed + evening, .wishes = 30, .time = 1'200ms, .taste = taste, .meddling = meddling});
        QVERIFY(server::armFaultPoints(""));
        const QStringList broken = brokenRules(test::need(house.verdict()));
        qInfo().noquote() << "found:" << broken.join(u' ');
        if (broken.contains(rule))
            return;
        told.append(house.summary());
    }
    QFAIL(qPrintable(told.join(u'\n')));
}

void TwoNodesTest::anySequenceKeepsThePromises_data()
{
    QTest::addColumn<quint32>("seed");
    // `PARTERRE_SIMULATION_RUNS=100` for a night of it.
    const int runs = std::max(2, qEnvironmentVariableIntValue("PARTERRE_SIMULATION_RUNS"));
    for (int i = 0; i < runs; ++i)
        QTest::addRow("run %d", i + 1) << m_seed + static_cast<quint32>(i);
}

void TwoNodesTest::anySequenceKeepsThePromises()
{
    QFETCH(quint32, seed);
    House house(1);
    house.run({.seed = seed, .sales = salesAtLeast});
    const check::Verdict verdict = test::need(house.verdict());
    qInfo().noquote() << house.summary();
    qInfo().noquote() << check::verdictText(verdict).right(2'000);
    if (verdict.violations > 0 || !house.faults().isEmpty() || !house.surprises().isEmpty()) {
        const QString path = QDir::temp().filePath(u"parterre-simulation-%1.ndjson"_s.arg(seed));
        if (check::writeHistoryFile(path, house.history()))
            qWarning().noquote() << "the history is kept in" << path;
    }
    QCOMPARE(verdict.violations, 0);
    QCOMPARE(house.faults(), QStringList());
    QCOMPARE(house.surprises(), QStringList());
    QVERIFY2(verdict.acknowledged > 50 && verdict.refused > 20, "a quiet evening proves nothing");
    QVERIFY2(verdict.sold >= salesAtLeast && house.expiredHolds() > 0,
             "an evening without sales and lost holds proves little");
}

QTEST_GUILESS_MAIN(TwoNodesTest)
#include "tst_twonodes.moc"
