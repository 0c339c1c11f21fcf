#include "outbox/outbox.h"
#include "outbox/outboxcommand.h"

#include "support/saleworld.h"

#include <QMap>
#include <QTest>
#include <QTextStream>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

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
            m_sequences[fact.key].append(fact.sequence);
            return {};
        };
    }
    QList<int> sequences(const QUuid &key)
    {
        const std::lock_guard lock(m_mutex);
        return m_sequences.value(key);
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
    QMap<QUuid, QList<int>> m_sequences;
};

void write(SaleWorld &world, const QUuid &key, int n)
{
    world.sql(u"insert into outbox (topic, key, payload) values ('test', '%1', '{\"n\": %2}')"_s
                  .arg(key.toString(QUuid::WithoutBraces))
                  .arg(n));
}

qint64 waiting(SaleWorld &world)
{
    return world.sqlNumber(u"select count(*) from outbox_delivery"_s);
}

QString idOf(SaleWorld &world, int n)
{
    return world.sqlText(u"select id from outbox where payload->>'n' = '%1'"_s.arg(n));
}

struct Said
{
    int status = 0;
    QString out;
    QString err;
};

/// `parterred outbox` with these words.
Said command(SaleWorld &world, QStringList words)
{
    Said said;
    QTextStream out(&said.out);
    QTextStream err(&said.err);
    const auto read = OutboxCommand::takeFrom(words);
    said.status = read && words.isEmpty() ? runOutbox(*read, world.database(), out, err) : 2;
    if (!read)
        err << read.error().message;
    return said;
}

/// A world in which the consumer `test` has refused fact 1 for good; fact 2 is of the same order.
struct Stuck
{
    explicit Stuck(int attemptsMax = 1)
        : outbox(world.database(), attemptsMax)
    {
        listener.refuseKey(key);
        write(world, key, 1);
        write(world, key, 2);
        outbox.addConsumer(QStringLiteral("test"), listener.consumer());
        outbox.addConsumer(QStringLiteral("other"), other.consumer());
        outbox.start();
    }
    bool isListed()
    {
        return world.sqlNumber(u"select count(*) from outbox_delivery where poisoned_at is not null"_s) == 1;
    }

    SaleWorld world;
    QUuid key = newUuidV7();
    Listener listener;
    Listener other;
    Outbox outbox;
};

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
    void factsAreNumberedByOrderWhateverWritesThem();
    void withoutItsLockTwoWritersOfOneOrderHaveOneNumber();
    void twoWritersOfOneOrderWaitForEachOther();
    void whatOneConsumerRefusesIsNotToldAgainToTheOthers();
    void aFactThatIsRefusedTooOftenIsListedAndHoldsUpItsOrderAlone();
    void aFactThatEndsTheServerEachTimeIsListedToo();
    void whatWasTriedBeforeIsTriedAlone();
    void aReplayTellsItAndWhatWaitedForIt_data();
    void aReplayTellsItAndWhatWaitedForIt();
    void aSkippedFactIsNotToldAndTheReasonIsKept();
    void theCommandRefusesWhatItCannotDo_data();
    void theCommandRefusesWhatItCannotDo();
    void ofTwoNodesOneListsAFact();
    void aNewConsumerIsGivenWhatIsWrittenFromThenOn();
    void aRetiredConsumersFactsGoToItsSuccessor();
    void aTransportThatIsAwayIsNotHeldAgainstFacts();
    void factsThatATransportCannotCarryAreListed();
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
    world.sql(u"insert into outbox_consumer (name) values ('test')"_s);
    write(world, key, 1);
    world.sql(u"update outbox_delivery set attempts = 1, due_at = clock_timestamp() + interval '700 milliseconds'"_s);
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
    world.sql(u"update outbox set created_at = now() - interval '8 days' where payload->>'n' <> '1'"_s);
    world.sql(u"delete from outbox_delivery where fact_id <> %1"_s.arg(idOf(world, 2))); // One has still to be told.
    Outbox outbox(world.database());
    outbox.start();
    outbox.wake();
    QTRY_COMPARE(world.sqlNumber(u"select count(*) from outbox"_s), 2);
}

void OutboxTest::factsAreNumberedByOrderWhateverWritesThem()
{
    SaleWorld world;
    const QUuid one = newUuidV7();
    const QUuid other = newUuidV7();
    for (const int n : {1, 2, 3}) {
        write(world, one, n);
        write(world, other, n);
    }
    Listener listener;
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, listener.consumer());
    outbox.start();
    const QList<int> numbers{1, 2, 3};
    QTRY_COMPARE(listener.sequences(one), numbers);
    QTRY_COMPARE(listener.sequences(other), numbers);
}

void OutboxTest::withoutItsLockTwoWritersOfOneOrderHaveOneNumber()
{
    // The negative control: to count what is there is what two writers at once do alike; only the key of the table
    // stops it.
    SaleWorld world;
    const QString key = newUuidV7().toString(QUuid::WithoutBraces);
    world.sql(u"alter table outbox disable trigger outbox_number"_s);
    const QString counted = u"insert into outbox (topic, key, payload, sequence) select 'test', '%1', '{}', "
                            "(select count(*) from outbox where key = '%1') + 1; select pg_sleep(0.5)"_s.arg(key);
    std::atomic<int> refused = 0;
    const auto writeOne = [&] { refused += world.sqlRefusal(counted).isEmpty() ? 0 : 1; };
    std::thread second(writeOne);
    writeOne();
    second.join();
    QCOMPARE(refused.load(), 1);
}

void OutboxTest::twoWritersOfOneOrderWaitForEachOther()
{
    SaleWorld world;
    const QUuid key = newUuidV7();
    const QString slow = u"insert into outbox (topic, key, payload) values ('test', '%1', '{\"n\": %2}'); "
                         "select pg_sleep(0.3)"_s.arg(key.toString(QUuid::WithoutBraces));
    std::vector<std::thread> writers;
    for (int n = 1; n <= 4; ++n)
        writers.emplace_back([&world, statement = slow.arg(n)] { world.sql(statement); });
    for (std::thread &writer : writers)
        writer.join();
    QCOMPARE(world.sqlText(u"select string_agg(sequence::text, ' ' order by sequence) from outbox"_s), u"1 2 3 4"_s);
}

void OutboxTest::whatOneConsumerRefusesIsNotToldAgainToTheOthers()
{
    Stuck stuck(20);
    QTRY_VERIFY(stuck.listener.told().count(1) > 1);
    const QList<int> both{1, 2};
    QTRY_COMPARE(stuck.other.told(), both);
    stuck.listener.allowAll();
    QTRY_COMPARE_WITH_TIMEOUT(waiting(stuck.world), 0, 15'000);
    QCOMPARE(stuck.other.told(), both);
}

void OutboxTest::aFactThatIsRefusedTooOftenIsListedAndHoldsUpItsOrderAlone()
{
    Stuck stuck(2);
    QTRY_VERIFY(stuck.isListed());
    QCOMPARE(stuck.listener.told().count(1), 2);
    const QUuid free = newUuidV7();
    write(stuck.world, free, 3);
    stuck.outbox.wake();
    QTRY_COMPARE(stuck.listener.taken(free), QList<int>{3});
    QTest::qWait(1'500); // Longer than any of them would have to wait.
    QCOMPARE(stuck.listener.told().count(1), 2);
    QVERIFY(!stuck.listener.told().contains(2));
    const Said said = command(stuck.world, {u"list"_s});
    QCOMPARE(said.status, 0);
    for (const QString &part :
         {idOf(stuck.world, 1), u"test"_s, u"Not now."_s, u"refused 2 times"_s,
          stuck.key.toString(QUuid::WithoutBraces), u"wait for it: 1"_s, u"1 waiting, 1 refused"_s})
        QVERIFY2(said.out.contains(part), qPrintable(part + u" is not in "_s + said.out));
}

void OutboxTest::aFactThatEndsTheServerEachTimeIsListedToo()
{
    SaleWorld world;
    world.sql(u"insert into outbox_consumer (name) values ('test')"_s);
    write(world, newUuidV7(), 1);
    world.sql(u"update outbox_delivery set attempts = 3"_s); // As three servers have left it.
    Listener listener;
    Outbox outbox(world.database(), 3);
    outbox.addConsumer(u"test"_s, listener.consumer());
    outbox.start();
    QTRY_COMPARE(world.sqlNumber(u"select count(*) from outbox_delivery where poisoned_at is not null"_s), 1);
    QVERIFY(listener.told().isEmpty());
}

void OutboxTest::whatWasTriedBeforeIsTriedAlone()
{
    SaleWorld world;
    world.sql(u"insert into outbox_consumer (name) values ('test')"_s);
    for (int n = 1; n <= 5; ++n)
        write(world, newUuidV7(), n);
    world.sql(u"update outbox_delivery set attempts = 1"_s); // A server has died over one of them.
    std::atomic<qint64> most = 0;
    Outbox outbox(world.database());
    outbox.addConsumer(u"test"_s, [&](const OutboxFact &) -> Status {
        most = std::max(most.load(), world.sqlNumber(u"select count(*) from outbox_delivery where attempts = 2"_s));
        return {};
    });
    outbox.start();
    QTRY_COMPARE(waiting(world), 0);
    QCOMPARE(most.load(), 1);
}

void OutboxTest::aReplayTellsItAndWhatWaitedForIt_data()
{
    QTest::addColumn<bool>("isAll");
    QTest::newRow("one") << false;
    QTest::newRow("all") << true;
}

void OutboxTest::aReplayTellsItAndWhatWaitedForIt()
{
    QFETCH(bool, isAll);
    Stuck stuck;
    QTRY_VERIFY(stuck.isListed());
    stuck.listener.allowAll();
    QCOMPARE(command(stuck.world, {u"replay"_s, isAll ? u"--all"_s : idOf(stuck.world, 1)}).status, 0);
    const QList<int> both{1, 2};
    QTRY_COMPARE(stuck.listener.taken(stuck.key), both);
    QTRY_COMPARE(waiting(stuck.world), 0);
    QVERIFY(command(stuck.world, {u"list"_s}).out.contains(u"No fact was refused for good"_s));
}

void OutboxTest::aSkippedFactIsNotToldAndTheReasonIsKept()
{
    Stuck stuck;
    QTRY_VERIFY(stuck.isListed());
    stuck.listener.allowAll();
    const QString id = idOf(stuck.world, 1);
    QCOMPARE(command(stuck.world, {u"skip"_s, id, u"--reason"_s, u"The order was a test."_s}).status, 0);
    QTRY_COMPARE(stuck.listener.taken(stuck.key), QList<int>{2});
    QCOMPARE(stuck.world.sqlText(u"select concat_ws('|', consumer, fact_id, reason, last_error) from outbox_skip"_s),
             u"test|%1|The order was a test.|Not now."_s.arg(id));
}

void OutboxTest::theCommandRefusesWhatItCannotDo_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("said");
    const auto row = [](const char *name, const QStringList &words, int status, const QString &said) {
        QTest::newRow(name) << words << status << said;
    };
    row("a verb that is none", {u"mend"_s}, 2, u"replay ID"_s);
    row("replay of nothing", {u"replay"_s}, 2, u"replay --all"_s);
    row("replay of one and all", {u"replay"_s, u"1"_s, u"--all"_s}, 2, u"replay --all"_s);
    row("replay of a word", {u"replay"_s, u"x"_s}, 2, u"no fact"_s);
    row("replay of what is not listed", {u"replay"_s, u"77"_s}, 1, u"not on the list"_s);
    row("skip without a reason", {u"skip"_s, u"1"_s}, 2, u"--reason"_s);
    row("skip with an empty reason", {u"skip"_s, u"1"_s, u"--reason"_s, u"  "_s}, 2, u"--reason"_s);
    row("skip with a novel", {u"skip"_s, u"1"_s, u"--reason"_s, QString(2'001, u'x')}, 2, u"2000"_s);
    row("skip of all", {u"skip"_s, u"--all"_s, u"--reason=x"_s}, 2, u"skip ID"_s);
    row("skip of what is not listed", {u"skip"_s, u"77"_s, u"--reason=x"_s}, 1, u"not on the list"_s);
}

void OutboxTest::theCommandRefusesWhatItCannotDo()
{
    QFETCH(QStringList, words);
    QFETCH(QString, said);
    static SaleWorld world;
    const Said answer = command(world, words);
    QTEST(answer.status, "status");
    QVERIFY2(answer.err.contains(said), qPrintable(answer.err));
}

void OutboxTest::ofTwoNodesOneListsAFact()
{
    Stuck stuck(3);
    Database second(DatabaseConfig{.dsn = stuck.world.dsn()});
    Outbox node(second, 3);
    node.addConsumer(u"test"_s, stuck.listener.consumer());
    node.addConsumer(u"other"_s, stuck.other.consumer());
    node.start();
    for (int n = 10; n < 40; ++n)
        write(stuck.world, newUuidV7(), n);
    QTRY_VERIFY_WITH_TIMEOUT(stuck.isListed(), 20'000);
    QTRY_COMPARE(waiting(stuck.world), 2);
    QCOMPARE(stuck.listener.told().count(1), 3); // Together as often as one of them alone.
    QCOMPARE(stuck.listener.told().size(), 33);
    QCOMPARE(stuck.other.told().size(), 32);
}

void OutboxTest::aNewConsumerIsGivenWhatIsWrittenFromThenOn()
{
    SaleWorld world;
    Listener first;
    Listener second;
    {
        Outbox outbox(world.database());
        outbox.addConsumer(u"first"_s, first.consumer());
        outbox.start();
        write(world, newUuidV7(), 1);
        QTRY_COMPARE(waiting(world), 0);
    }
    Outbox outbox(world.database());
    outbox.addConsumer(u"first"_s, first.consumer());
    outbox.addConsumer(u"second"_s, second.consumer());
    outbox.start();
    write(world, newUuidV7(), 2);
    outbox.wake();
    QTRY_COMPARE(second.told(), QList<int>{2});
    const QList<int> both{1, 2};
    QTRY_COMPARE(first.told(), both);
}

void OutboxTest::aRetiredConsumersFactsGoToItsSuccessor()
{
    SaleWorld world;
    world.sql(u"insert into outbox_consumer (name) values ('webhooks'), ('analytics'), ('desks')"_s);
    const QUuid key = newUuidV7();
    for (const int n : {1, 2})
        write(world, key, n);
    Listener kafka;
    Outbox outbox(world.database());
    outbox.addConsumer(u"kafka"_s, kafka.consumer());
    outbox.start();
    const QList<int> both{1, 2};
    QTRY_COMPARE(kafka.told(), both);
    write(world, key, 3);
    outbox.wake();
    QTRY_COMPARE(kafka.told().size(), 3);
    QTRY_COMPARE(waiting(world), 0);
}

void OutboxTest::aTransportThatIsAwayIsNotHeldAgainstFacts()
{
    SaleWorld world;
    for (int n = 1; n <= 5; ++n)
        write(world, newUuidV7(), n);
    std::atomic<bool> isAway = true;
    std::atomic<int> calls = 0;
    std::atomic<int> carried = 0;
    Outbox outbox(world.database(), 2);
    outbox.addTransport(u"kafka"_s, [&](std::span<const OutboxFact> facts) {
        ++calls;
        if (isAway)
            return std::vector<Status>(facts.size(), refuse(ErrorCode::Unavailable, u"away"_s));
        carried += static_cast<int>(facts.size());
        return std::vector<Status>(facts.size());
    });
    outbox.start();
    QTRY_VERIFY_WITH_TIMEOUT(calls > 3, 15'000);
    QCOMPARE(world.sqlNumber(u"select count(*) from outbox_delivery where poisoned_at is not null"_s), 0);
    isAway = false;
    QTRY_COMPARE(waiting(world), 0);
    QCOMPARE(carried.load(), 5);
}

void OutboxTest::factsThatATransportCannotCarryAreListed()
{
    SaleWorld world;
    for (int n = 1; n <= 3; ++n)
        write(world, newUuidV7(), n);
    Outbox outbox(world.database(), 1);
    outbox.addTransport(u"kafka"_s, [](std::span<const OutboxFact> facts) {
        std::vector<Status> answers(facts.size());
        for (size_t i = 0; i < facts.size(); ++i) {
            if (facts[i].payload.value(u"n"_s).toInt() == 2)
                answers[i] = refuse(ErrorCode::TooLarge, u"too large"_s);
        }
        return answers;
    });
    outbox.start();
    QTRY_COMPARE(waiting(world), 1);
    QTRY_COMPARE(world.sqlText(u"select last_error from outbox_delivery where poisoned_at is not null"_s),
                 u"too large"_s);
}

QTEST_GUILESS_MAIN(OutboxTest)
#include "tst_outbox.moc"
