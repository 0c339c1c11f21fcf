#include "check/finalstaterepository.h"
#include "check/judge.h"
#include "check/report.h"
#include "load/maprepository.h"
#include "load/openloop.h"
#include "load/viewers.h"
#include "load/world.h"
#include "simulation/brokenrules.h"
#include "support/need.h"
#include "support/randomness.h"
#include "support/testdatabase.h"

#include <QtTest>

#include <pqxx/pqxx>

using namespace parterre;
using namespace parterre::bench;
using parterre::test::need;
using namespace Qt::StringLiterals;

namespace {

constexpr int seats = 30;
constexpr int yard = 12;
constexpr int buyers = 60;
constexpr double arrivalsPerSecond = 300;
constexpr auto meleeTime = std::chrono::milliseconds(1'800);
constexpr auto settleTime = std::chrono::milliseconds(2'500); ///< More than the judge allows a screen.
constexpr std::chrono::seconds busyMachine{5};                ///< So much longer for a push that waits for a processor.

/// Two servers over one database, and far more buyers than places. Who gets places mostly gives them back a moment
/// later, so that each goes through many hands. In a rush everyone asks for standing places at once, before any screen
/// can show what is gone, and keeps what they get: the judge counts a place only while it is surely somebody's, and on
/// a slow machine the first ones would go back before the last ones are had.
class Melee
{
public:
    Melee(World &world, bool isRush)
        : m_world(world)
        , m_isRush(isRush)
    {}

    [[nodiscard]] Status run()
    {
        for (int client = 0; m_isRush && client < buyers; ++client)
            standing(client, Loop::now());
        OpenLoop arrivals(m_world.loop(), arrivalsPerSecond, m_world.random().generate(),
                          [this](qint64 intended) { arrive(intended); });
        arrivals.start();
        PT_CHECK(m_world.loop().runFor(meleeTime));
        arrivals.stop();
        return m_world.drain(std::chrono::seconds(20));
    }

private:
    void arrive(qint64 intended)
    {
        QRandomGenerator &random = m_world.random();
        const int client = random.bounded(buyers);
        if (random.bounded(10) < 6)
            take({.client = client, .intended = intended, .seats = {random.bounded(seats)}}, true);
        else
            standing(client, intended);
    }
    void standing(int client, qint64 intended)
    {
        const int quantity = m_world.random().bounded(1, 4);
        take({.client = client, .intended = intended, .areas = {{.area = 0, .quantity = quantity}}}, !m_isRush);
    }
    void take(check::Event event, bool mayGoBack)
    {
        event.hold = HoldId::create();
        m_world.take(std::move(event), [this, mayGoBack](const check::Event &answered) {
            if (answered.outcome == check::Outcome::Ok && mayGoBack && m_world.random().bounded(10) > 0)
                giveBack(answered.client, answered.hold);
        });
    }
    void giveBack(int client, const HoldId &hold)
    {
        const qint64 moment = Loop::now() + m_world.random().bounded(20, 60) * millisecond;
        m_world.loop().at(moment, [this, client, hold, moment] {
            m_world.release({.client = client, .intended = moment, .hold = hold}, {});
        });
    }

    World &m_world;
    const bool m_isRush;
};

struct Run
{
    QString fault;
    QString sql; ///< On the database before anyone comes.
    bool hasScreens = false;
    bool isRush = false;
};

check::Verdict verdictOf(const Run &run, quint32 seed)
{
    const QString dsn = test::TestDatabase::instance().freshDsn();
    const auto world = need(World::open({.server = QStringLiteral(PARTERRE_BIN_DIR) + u"/parterred"_s,
                                         .fault = run.fault,
                                         .database = dsn,
                                         .nodes = 2,
                                         .season = {{{.seats = seats, .seatsPerRow = 10, .areaCapacities = {yard}}}},
                                         .sessions = buyers,
                                         .connections = buyers,
                                         .seed = seed}));
    if (!run.sql.isEmpty()) {
        pqxx::connection connection(dsn.toStdString());
        pqxx::nontransaction(connection).exec(run.sql.toStdString());
    }
    std::vector<std::unique_ptr<Viewers>> screens;
    for (int node = 0; run.hasScreens && node < world->nodeCount(); ++node) {
        screens.push_back(std::make_unique<Viewers>(
            world->loop(),
            ViewersPlan{.port = world->port(node), .performance = world->performance(0), .count = 4, .readers = 2}));
        need(screens.back()->open(std::chrono::seconds(20)));
    }
    need(Melee(*world, run.isRush).run());
    if (run.hasScreens)
        need(world->loop().runFor(settleTime));
    const qint64 number = need(mapNumber(dsn, world->performance(0)));
    for (const auto &some : screens) {
        need(some->waitFor(number, busyMachine)); // The judge says what it means when one has not come so far.
        for (check::Event &event : some->maps())
            world->recorder().record(std::move(event));
    }
    need(world->sampleClock());
    const check::History history = world->takeHistory(u"negative control"_s);
    return need(check::judge(history, need(check::readFinalState(dsn, history))));
}

} // namespace

/// Servers with a fault built in, each of which the judge must find, and the same run without one, in which it must
/// find nothing: a judge that is never seen to accuse proves nothing.
class TestNegativeControls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFaultIsFound_data();
    void aFaultIsFound();
};

void TestNegativeControls::aFaultIsFound_data()
{
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("sql");
    QTest::addColumn<bool>("hasScreens");
    QTest::addColumn<bool>("isRush");
    QTest::addColumn<QString>("rule");
    const QString noConstraint = u"alter table area_inventory drop constraint area_inventory_check"_s;
    QTest::newRow("no fault") << QString() << QString() << true << false << QString();
    QTest::newRow("no row lock") << u"inventory_seat_lock:skip,inventory_seats_read:sleep=10"_s << QString() << false
                                 << false << u"two_owners"_s;
    QTest::newRow("told before it is committed")
        << u"db_before_commit:skip=9"_s << QString() << false << false << u"lost_acknowledgement"_s;
    QTest::newRow("one place too many, which the constraint refuses")
        << u"inventory_area_room:skip"_s << QString() << false << true << QString();
    QTest::newRow("one place too many and no constraint")
        << u"inventory_area_room:skip"_s << noConstraint << false << true << u"over_capacity"_s;
    QTest::newRow("changes of the map are dropped")
        << u"realtime_push:skip"_s << QString() << true << false << u"map_diverged"_s;
}

void TestNegativeControls::aFaultIsFound()
{
    QFETCH(QString, fault);
    QFETCH(QString, sql);
    QFETCH(bool, hasScreens);
    QFETCH(bool, isRush);
    QFETCH(QString, rule);
    const check::Verdict verdict =
        verdictOf({.fault = fault, .sql = sql, .hasScreens = hasScreens, .isRush = isRush}, tests::testSeed());
    qInfo().noquote() << check::verdictText(verdict).right(2'000);
    QVERIFY2(verdict.acknowledged > 20, "a run in which nothing happens proves nothing");
    QVERIFY2(verdict.refused > 20, "a run without losers proves nothing");
    const QStringList broken = simulation::brokenRules(verdict);
    if (rule.isEmpty())
        QCOMPARE(broken.join(u' '), QString());
    else
        QVERIFY2(broken.contains(rule), qPrintable(broken.join(u' ')));
}

QTEST_GUILESS_MAIN(TestNegativeControls)
#include "tst_negativecontrols.moc"
