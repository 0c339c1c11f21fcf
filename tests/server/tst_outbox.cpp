#include "outbox/outbox.h"

#include "support/saleworld.h"

#include <QMap>
#include <QTest>

#include <atomic>
#include <mutex>
#include <stdexcept>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

/// Remembers what it is told, and refuses while a key is on its list.
class Listener
{
public:
    Outbox::Consumer consumer()
    {
        return [this](const OutboxFact &fact) -> Status {
            const std::lock_guard lock(m_mutex);
            m_told.append(fact.payload.value(u"n"_s).toInt());
            if (m_refused.contains(fact.key))
                return refuse(ErrorCode::Unavailable, u"Not now."_s);
            m_taken[fact.key].append(fact.payload.value(u"n"_s).toInt());
            return {};
        };
    }
    void refuseKey(const QUuid &key)
    {
        const std::lock_guard lock(m_mutex);
        m_refused.append(key);
    }
    void allowAll()
    {
        const std::lock_guard lock(m_mutex);
        m_refused.clear();
    }
    QList<int> told()
    {
        const std::lock_guard lock(m_mutex);
        return m_told;
    }
    QList<int> taken(const QUuid &key)
    {
        const std::lock_guard lock(m_mutex);
        return m_taken.value(key);
    }

private:
    std::mutex m_mutex;
    QList<QUuid> m_refused;
    QList<int> m_told;
    QMap<QUuid, QList<int>> m_taken;
};

void write(SaleWorld &world, const QUuid &key, int n)
{
    world.sql(u"insert into outbox (topic, key, payload) values ('test', '%1', '{\"n\": %2}')"_s
                  .arg(key.toString(QUuid::WithoutBraces))
                  .arg(n));
}

qint64 waiting(SaleWorld &world)
{
    return world.sqlNumber(u"select count(*) from outbox where delivered_at is null"_s);
}

} // namespace

class OutboxTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aConfirmedSaleIsTold();
    void factsOfOneKeyArriveInOrder();
    void aRefusedFactComesAgainAndKeepsItsKeyBackAlone();
    void aConsumerThatThrowsIsAskedAgain();
    void ofTwoServersOneDeliversEachFactAndTheOrderStands();
    void whatADeadServerHadClaimedIsTakenUp();
    void oldFactsAreForgottenAndNewOnesKept();
};

void OutboxTest::aConfirmedSaleIsTold()
{
    SaleWorld world;
    std::mutex mutex;
    QList<OutboxFact> facts;
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, [&](const OutboxFact &fact) -> Status {
        const std::lock_guard lock(mutex);
        facts.append(fact);
        return {};
    });
    outbox.start();
    const auto order = need(world.sell(world.desk(), SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 2)));
    outbox.wake();
    QTRY_COMPARE(waiting(world), 0);
    outbox.stop();
    QCOMPARE(facts.size(), 1);
    QCOMPARE(facts[0].topic, u"order.confirmed"_s);
    QCOMPARE(facts[0].key, order.id.uuid());
    QCOMPARE(facts[0].payload[u"number"_s].toString(), order.number);
}

void OutboxTest::factsOfOneKeyArriveInOrder()
{
    SaleWorld world;
    const QUuid key = newUuidV7();
    QList<int> expected;
    for (int n = 0; n < 60; ++n) {
        write(world, key, n);
        expected.append(n);
    }
    Listener listener;
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, listener.consumer());
    outbox.start();
    outbox.wake();
    QTRY_COMPARE(listener.taken(key), expected);
}

void OutboxTest::aRefusedFactComesAgainAndKeepsItsKeyBackAlone()
{
    SaleWorld world;
    const QUuid stuck = newUuidV7();
    const QUuid free = newUuidV7();
    Listener listener;
    listener.refuseKey(stuck);
    write(world, stuck, 1);
    write(world, stuck, 2);
    write(world, free, 3);
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, listener.consumer());
    outbox.start();
    outbox.wake();
    QTRY_COMPARE(listener.taken(free), QList<int>{3});
    QTRY_VERIFY(listener.told().count(1) > 1);
    QVERIFY(!listener.told().contains(2));
    listener.allowAll();
    const QList<int> both{1, 2};
    QTRY_COMPARE_WITH_TIMEOUT(listener.taken(stuck), both, 15'000);
    QCOMPARE(waiting(world), 0);
}

void OutboxTest::aConsumerThatThrowsIsAskedAgain()
{
    SaleWorld world;
    write(world, newUuidV7(), 1);
    std::atomic<int> calls = 0;
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, [&](const OutboxFact &) -> Status {
        if (calls++ == 0)
            throw std::runtime_error("broken");
        return {};
    });
    outbox.start();
    outbox.wake();
    QTRY_COMPARE(waiting(world), 0);
    QCOMPARE(calls.load(), 2);
}

void OutboxTest::ofTwoServersOneDeliversEachFactAndTheOrderStands()
{
    SaleWorld world;
    const QList<QUuid> keys{newUuidV7(), newUuidV7(), newUuidV7()};
    QList<int> expected;
    for (int n = 0; n < 30; ++n) {
        for (const QUuid &key : keys)
            write(world, key, n);
        expected.append(n);
    }
    Listener listener; // The order is that of all deliveries, whichever server made them.
    Database second(DatabaseConfig{.dsn = world.dsn()});
    Outbox one(world.database());
    Outbox other(second);
    for (Outbox *outbox : {&one, &other}) {
        outbox->addConsumer(u"test"_s, listener.consumer());
        outbox->start();
        outbox->wake();
    }
    for (const QUuid &key : keys)
        QTRY_COMPARE(listener.taken(key), expected);
    QCOMPARE(listener.told().size(), 90);
}

void OutboxTest::whatADeadServerHadClaimedIsTakenUp()
{
    SaleWorld world;
    const QUuid key = newUuidV7();
    write(world, key, 1);
    world.sql(u"update outbox set attempts = 1, due_at = clock_timestamp() + interval '700 milliseconds'"_s);
    Listener listener;
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, listener.consumer());
    outbox.start();
    outbox.wake();
    QTRY_COMPARE(listener.taken(key), QList<int>{1});
}

void OutboxTest::oldFactsAreForgottenAndNewOnesKept()
{
    SaleWorld world;
    for (int n = 0; n < 3; ++n)
        write(world, newUuidV7(), n);
    world.sql(u"update outbox set delivered_at = now() - interval '8 days' where payload->>'n' = '0'"_s);
    world.sql(u"update outbox set delivered_at = now() - interval '6 days' where payload->>'n' = '1'"_s);
    Outbox outbox(world.database());
    outbox.start();
    outbox.wake();
    QTRY_COMPARE(world.sqlNumber(u"select count(*) from outbox"_s), 2);
}

QTEST_GUILESS_MAIN(OutboxTest)
#include "tst_outbox.moc"
