#include "analytics/salesanalytics.h"
#include "kafka/kafkaproducer.h"
#include "outbox/factlistener.h"
#include "outbox/factmessage.h"
#include "outbox/factpublisher.h"
#include "outbox/outboxcommand.h"
#include "support/randomness.h"
#include "support/runningkafka.h"
#include "support/saleworld.h"

#include <QMap>
#include <QTemporaryFile>
#include <QTest>
#include <QTextStream>

#include <atomic>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

OutboxFact aFact()
{
    return {.id = 42,
            .topic = u"order.confirmed"_s,
            .key = newUuidV7(),
            .payload = {{u"number"_s, u"P-000007"_s}, {u"places"_s, 2}},
            .sequence = 3,
            .at = *instantFromText(u"2026-11-28T10:00:00.25Z"_s)};
}

KafkaMessage with(KafkaMessage message, const char *header, const QByteArray &value)
{
    for (auto &[name, old] : message.headers) {
        if (name == header)
            old = value;
    }
    return message;
}

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

/// What a consumer was told, by key; it refuses the numbers on its list.
class Heard
{
public:
    Outbox::Consumer consumer()
    {
        return [this](const OutboxFact &fact) -> Status {
            const std::lock_guard lock(m_mutex);
            const int n = fact.payload.value(u"n"_s).toInt();
            ++m_calls;
            if (m_refused.contains(n))
                return refuse(ErrorCode::Internal, u"Not this one."_s);
            m_taken[fact.key].append(n);
            return {};
        };
    }
    void refuseOnly(const QList<int> &numbers)
    {
        const std::lock_guard lock(m_mutex);
        m_refused = numbers;
    }
    QList<int> of(const QUuid &key)
    {
        const std::lock_guard lock(m_mutex);
        return m_taken.value(key);
    }
    int calls()
    {
        const std::lock_guard lock(m_mutex);
        return m_calls;
    }

private:
    std::mutex m_mutex;
    QMap<QUuid, QList<int>> m_taken;
    QList<int> m_refused;
    int m_calls = 0;
};

QList<int> upTo(int last)
{
    QList<int> numbers;
    for (int n = 1; n <= last; ++n)
        numbers.append(n);
    return numbers;
}

/// The numbers of each key in the order in which the topic has them.
QMap<QByteArray, QList<int>> byKey(const std::vector<KafkaMessage> &messages)
{
    QMap<QByteArray, QList<int>> found;
    for (const KafkaMessage &message : messages)
        found[message.key].append(message.header("sequence").toInt());
    return found;
}

} // namespace

/// Facts by Kafka: a real librdkafka on both sides, and its mock cluster in a process of its own.
class FactTransportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFactIsTheSameAfterTheWay();
    void whatIsNoFactIsRefusedWithItsField_data();
    void whatIsNoFactIsRefusedWithItsField();
    void nonsenseNeverBreaksTheReader();
    void settingsThatKafkaDoesNotKnowAreRefusedWithTheirLine();
    void factsAreMarkedOnlyWhenKafkaHasThem();
    void factsOfAnOutageArriveWhenItIsOverInOrderAndNoneIsLost();
    void aSecondListenerIsGivenWhatTheFirstHasNotCommitted();
    void aRepeatIsNotToldAgain();
    void aRefusedFactHoldsUpItsOrderAloneAndIsListed();
    void aMessageThatIsNoFactIsPassedOver();
    void analyticsCountWhatTheLedgerHas_data();
    void analyticsCountWhatTheLedgerHas();
    void aFactThatIsToldTwiceIsCountedOnce();
    void whatIsGivenBackIsCountedBesideTheSales();

private:
    std::unique_ptr<Outbox> publishing(SaleWorld &world, const RunningKafka &kafka)
    {
        auto outbox = std::make_unique<Outbox>(world.database());
        outbox->addTransport(u"kafka"_s, need(makeFactPublisher(kafka.settings())));
        outbox->start();
        return outbox;
    }
    std::unique_ptr<FactListener> listening(SaleWorld &world, const RunningKafka &kafka, Heard &heard,
                                            int attemptsMax = 20)
    {
        auto listener =
            need(FactListener::open(kafka.settings(), world.database(), u"test"_s, heard.consumer(), attemptsMax));
        listener->start();
        return listener;
    }
};

void FactTransportTest::aFactIsTheSameAfterTheWay()
{
    const OutboxFact fact = aFact();
    const KafkaMessage message = messageOf(fact);
    QCOMPARE(message.key, fact.key.toByteArray(QUuid::WithoutBraces));
    QCOMPARE(message.header("type"), "order.confirmed");
    const OutboxFact read = need(factFrom(message));
    QCOMPARE(read.id, fact.id);
    QCOMPARE(read.topic, fact.topic);
    QCOMPARE(read.key, fact.key);
    QCOMPARE(read.payload, fact.payload);
    QCOMPARE(read.sequence, fact.sequence);
    QCOMPARE(instantToText(read.at), instantToText(fact.at));
}

void FactTransportTest::whatIsNoFactIsRefusedWithItsField_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("no id") << QByteArray("fact-id") << QByteArray();
    QTest::newRow("an id below one") << QByteArray("fact-id") << QByteArray("0");
    QTest::newRow("an id past 2^63") << QByteArray("fact-id") << QByteArray("9999999999999999999");
    QTest::newRow("a long id") << QByteArray("fact-id") << QByteArray(4'000, '1');
    QTest::newRow("a sequence in words") << QByteArray("sequence") << QByteArray("first");
    QTest::newRow("a sequence past 2^31") << QByteArray("sequence") << QByteArray("2147483648");
    QTest::newRow("no type") << QByteArray("type") << QByteArray();
    QTest::newRow("a long type") << QByteArray("type") << QByteArray(101, 'x');
    QTest::newRow("a type in no UTF-8") << QByteArray("type") << QByteArray("\xff\xfe");
    QTest::newRow("a time in words") << QByteArray("time") << QByteArray("noon");
}

void FactTransportTest::whatIsNoFactIsRefusedWithItsField()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    const auto read = factFrom(with(messageOf(aFact()), header.constData(), value));
    QVERIFY(!read);
    QCOMPARE(read.error().field, QString::fromLatin1(header));
    KafkaMessage other = messageOf(aFact());
    other.key = "an order";
    QCOMPARE(factFrom(other).error().field, u"key"_s);
    other = messageOf(aFact());
    other.value = '{' + QByteArray(1'000'001, ' ') + '}';
    QCOMPARE(factFrom(other).error().code, ErrorCode::TooLarge);
}

void FactTransportTest::nonsenseNeverBreaksTheReader()
{
    QRandomGenerator random(parterre::tests::testSeed());
    int readable = 0;
    for (int round = 0; round < 3'000; ++round) {
        KafkaMessage message = messageOf(aFact());
        message.value = parterre::tests::spoiled(message.value, random);
        if (random.bounded(2) == 0)
            message.key = parterre::tests::spoiled(message.key, random);
        QByteArray &header = message.headers[static_cast<size_t>(random.bounded(4))].second;
        if (random.bounded(2) == 0)
            header = parterre::tests::spoiled(header, random);
        if (const auto read = factFrom(message)) {
            ++readable;
            QVERIFY(read->id > 0 && read->sequence > 0 && !read->topic.isEmpty() && !read->key.isNull());
        } else {
            QVERIFY(!read.error().field.isEmpty());
        }
    }
    qInfo("%d of 3000 could be read", readable);
}

void FactTransportTest::settingsThatKafkaDoesNotKnowAreRefusedWithTheirLine()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("# rights\nsecurity.protocol=plaintext\nno.such.thing=1\n");
    file.close();
    const auto refused =
        makeFactPublisher({.brokers = u"127.0.0.1:1"_s, .topic = u"x"_s, .propertiesFile = file.fileName()});
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(u"line 3"_s) && refused.error().field == u"no.such.thing",
             qPrintable(refused.error().message));
}

void FactTransportTest::factsAreMarkedOnlyWhenKafkaHasThem()
{
    SaleWorld world;
    RunningKafka kafka;
    kafka.takeDown();
    for (int n = 1; n <= 5; ++n)
        write(world, newUuidV7(), n);
    const auto outbox = publishing(world, kafka);
    QTest::qWait(3'000);
    QCOMPARE(waiting(world), 5);
    kafka.bringUp();
    QTRY_COMPARE_WITH_TIMEOUT(waiting(world), 0, 60'000);
    QCOMPARE(byKey(kafka.messages(5)).size(), 5);
}

void FactTransportTest::factsOfAnOutageArriveWhenItIsOverInOrderAndNoneIsLost()
{
    constexpr int perOrder = 40;
    SaleWorld world;
    RunningKafka kafka;
    Heard heard;
    const auto outbox = publishing(world, kafka);
    const auto listener = listening(world, kafka, heard);
    const QList<QUuid> orders{newUuidV7(), newUuidV7(), newUuidV7(), newUuidV7()};
    for (int n = 1; n <= perOrder; ++n) {
        if (n == 10)
            kafka.takeDown();
        if (n == 30)
            kafka.bringUp();
        for (const QUuid &order : orders)
            write(world, order, n);
        outbox->wake();
        QTest::qWait(100);
    }
    for (const QUuid &order : orders)
        QTRY_COMPARE_WITH_TIMEOUT(heard.of(order), upTo(perOrder), 90'000);
    QTRY_COMPARE(waiting(world), 0);
    const auto messages = kafka.messages(perOrder * 4);
    qInfo("%d messages for %d facts", static_cast<int>(messages.size()), perOrder * 4);
    for (const auto &sequences : byKey(messages)) {
        // A repeat may stand between; whoever drops what he has had sees them in order.
        int last = 0;
        for (const int sequence : sequences) {
            QVERIFY2(sequence <= last + 1, qPrintable(u"%1 after %2"_s.arg(sequence).arg(last)));
            last = std::max(last, sequence);
        }
        QCOMPARE(last, perOrder);
    }
}

void FactTransportTest::aSecondListenerIsGivenWhatTheFirstHasNotCommitted()
{
    SaleWorld world;
    RunningKafka kafka;
    Heard first;
    Heard second;
    const auto outbox = publishing(world, kafka);
    const QUuid order = newUuidV7();
    {
        const auto listener = listening(world, kafka, first);
        for (int n = 1; n <= 3; ++n)
            write(world, order, n);
        QTRY_COMPARE_WITH_TIMEOUT(first.of(order), upTo(3), 60'000);
    }
    for (int n = 4; n <= 6; ++n)
        write(world, order, n);
    const auto listener = listening(world, kafka, second);
    const QList<int> rest{4, 5, 6};
    QTRY_COMPARE_WITH_TIMEOUT(second.of(order), rest, 60'000);
    QCOMPARE(second.calls(), 3);
}

void FactTransportTest::aRepeatIsNotToldAgain()
{
    SaleWorld world;
    RunningKafka kafka;
    Heard heard;
    const QUuid order = newUuidV7();
    const auto outbox = publishing(world, kafka);
    write(world, order, 1);
    write(world, order, 2);
    QTRY_COMPARE_WITH_TIMEOUT(waiting(world), 0, 60'000);
    // As a server leaves it that dies after Kafka has confirmed and before it has marked.
    world.sql(u"insert into outbox_delivery (consumer, fact_id, key, sequence) "
              "select 'kafka', id, key, sequence from outbox where sequence = 1"_s);
    QTRY_COMPARE_WITH_TIMEOUT(waiting(world), 0, 60'000);
    write(world, order, 3);
    const auto listener = listening(world, kafka, heard);
    QTRY_COMPARE_WITH_TIMEOUT(heard.of(order), upTo(3), 60'000);
    QCOMPARE(kafka.messages(4).size(), 4u);
    QCOMPARE(heard.calls(), 3);
}

void FactTransportTest::aRefusedFactHoldsUpItsOrderAloneAndIsListed()
{
    SaleWorld world;
    RunningKafka kafka(1); // All in one partition, where one that waits would hold up all.
    Heard heard;
    heard.refuseOnly({1});
    const QUuid stuck = newUuidV7();
    const QUuid free = newUuidV7();
    const auto outbox = publishing(world, kafka);
    write(world, stuck, 1);
    write(world, stuck, 2);
    write(world, free, 11);
    const auto listener = listening(world, kafka, heard, 2);
    QTRY_COMPARE_WITH_TIMEOUT(heard.of(free), QList<int>{11}, 60'000);
    const QString listed =
        u"select count(*) from outbox_delivery where consumer = 'test' and poisoned_at is not null"_s;
    QTRY_COMPARE_WITH_TIMEOUT(world.sqlNumber(listed), 1, 30'000);
    QVERIFY(heard.of(stuck).isEmpty());
    heard.refuseOnly({});
    QString said;
    QTextStream out(&said);
    QCOMPARE(runOutbox({.verb = OutboxCommand::Verb::Replay}, world.database(), out, out), 0);
    QTRY_COMPARE_WITH_TIMEOUT(heard.of(stuck), upTo(2), 30'000);
    write(world, stuck, 3);
    QTRY_COMPARE_WITH_TIMEOUT(heard.of(stuck), upTo(3), 30'000);
}

void FactTransportTest::aMessageThatIsNoFactIsPassedOver()
{
    SaleWorld world;
    RunningKafka kafka(1);
    Heard heard;
    const auto stranger = need(KafkaProducer::open(kafka.settings()));
    const std::vector<KafkaMessage> nonsense{{.key = "x", .value = "no fact"}};
    QTRY_VERIFY_WITH_TIMEOUT(stranger->send(nonsense).front().has_value(), 60'000);
    const auto outbox = publishing(world, kafka);
    const QUuid order = newUuidV7();
    write(world, order, 1);
    const auto listener = listening(world, kafka, heard);
    QTRY_COMPARE_WITH_TIMEOUT(heard.of(order), upTo(1), 60'000);
}

void FactTransportTest::analyticsCountWhatTheLedgerHas_data()
{
    QTest::addColumn<bool>("byKafka");
    QTest::newRow("in process") << false;
    QTest::newRow("by Kafka") << true;
}

void FactTransportTest::analyticsCountWhatTheLedgerHas()
{
    QFETCH(bool, byKafka);
    SaleWorld world;
    RunningKafka kafka;
    SalesAnalytics analytics(world.database());
    const auto take = [&](const OutboxFact &fact) { return analytics.take(fact); };
    Outbox outbox(world.database());
    std::unique_ptr<FactListener> listener;
    if (byKafka) {
        outbox.addTransport(u"kafka"_s, need(makeFactPublisher(kafka.settings())));
        listener = need(FactListener::open(kafka.settings(), world.database(), u"analytics"_s, take));
        listener->start();
    } else {
        outbox.addConsumer(u"analytics"_s, take);
    }
    outbox.start();
    need(world.sell(world.desk(), SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 3), 2));
    need(world.sell(world.buyer(), SaleWorld::seatKeys(u"Circle"_s, u"B"_s, 1, 2)));
    write(world, newUuidV7(), 1); // A topic that it does not know.
    need(world.sell(world.otherBuyer(), {}, 4));
    outbox.wake();
    QTRY_COMPARE_WITH_TIMEOUT(world.sqlNumber(u"select count(*) from analytics.sold_line"_s), 11, 60'000);
    QCOMPARE(world.sqlNumber(u"select sum(amount) from analytics.sold_line"_s), 3 * 5000 + 2 * 3000 + 6 * 1000);
    QCOMPARE(world.sqlNumber(u"select count(*) from (select order_id, currency, sum(amount) from analytics.sold_line "
                             "group by 1, 2 except select order_id, currency, -sum(amount) from ledger_entry "
                             "where account = 'ticket_sales' group by 1, 2) as different"_s),
             0);
    QCOMPARE(world.sqlNumber(u"select count(distinct order_id) from analytics.sold_line"_s),
             world.sqlNumber(u"select count(distinct order_id) from ledger_entry"_s));
    QCOMPARE(
        world.sqlText(u"select string_agg(concat_ws(' ', zone_name, channel, places, amount), ', ' order by zone_name, "
                      "channel) from analytics.sales_by_day"_s),
        u"Circle web 2 6000, Stalls desk 3 15000, Standing desk 2 2000, Standing web 4 4000"_s);
}

void FactTransportTest::aFactThatIsToldTwiceIsCountedOnce()
{
    SaleWorld world;
    SalesAnalytics analytics(world.database());
    const auto order = need(world.sell(world.desk(), SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 4)));
    OutboxFact fact = aFact();
    fact.key = order.id.uuid();
    fact.payload = {{u"at"_s, instantToText(fact.at)}};
    std::atomic<int> refused = 0;
    std::vector<std::thread> tellers;
    for (int i = 0; i < 4; ++i)
        tellers.emplace_back([&] { refused += analytics.take(fact) ? 0 : 1; });
    for (std::thread &teller : tellers)
        teller.join();
    QCOMPARE(refused.load(), 0);
    QCOMPARE(world.sqlNumber(u"select count(*) from analytics.sold_line"_s), 4);
    fact.id = 43;
    fact.key = newUuidV7();
    QCOMPARE(refusal(analytics.take(fact)), u"not_found"_s);
}

void FactTransportTest::whatIsGivenBackIsCountedBesideTheSales()
{
    SaleWorld world;
    SalesAnalytics analytics(world.database());
    Outbox outbox(world.database());
    outbox.addConsumer(u"analytics"_s, [&](const OutboxFact &fact) { return analytics.take(fact); });
    outbox.start();
    const OrderView part = need(world.sell(world.desk(), SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 3)));
    const OrderView whole = need(world.sell(world.desk(), SaleWorld::seatKeys(u"Circle"_s, u"B"_s, 1, 2)));
    const auto giveBack = [&](const OrderView &order, const std::vector<int> &lines) {
        need(world.afterSale().refund(
            {.principal = world.desk().owner, .right = RefundRight::Any}, SaleNode::newKey(world.desk()),
            {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s}));
    };
    giveBack(part, {2});
    giveBack(whole, {});
    outbox.wake();
    QTRY_COMPARE_WITH_TIMEOUT(world.sqlNumber(u"select count(*) from analytics.refunded_line"_s), 3, 60'000);
    QCOMPARE(
        world.sqlText(u"select string_agg(concat_ws(' ', zone_name, channel, cause, places, amount), ', ' order by "
                      "zone_name) from analytics.refunds_by_day where performance_id = '%1' and day = "
                      "(now() at time zone 'UTC')::date"_s.arg(world.performance().text())),
        u"Circle desk desk 2 6000, Stalls desk desk 1 5000"_s);
    // Sales stay what they were; without the refunds they are what the ledger has.
    QCOMPARE(world.sqlNumber(u"select sum(places) from analytics.sales_by_day"_s), 5);
    QCOMPARE(world.sqlNumber(u"select (select sum(amount) from analytics.sold_line) - (select sum(amount) from "
                             "analytics.refunded_line) + (select sum(amount) from ledger_entry where account = "
                             "'ticket_sales')"_s),
             0);
    // Told again, nothing changes.
    OutboxFact fact = aFact();
    fact.topic = u"order.refunded"_s;
    fact.id = world.sqlNumber(u"select min(id) from outbox where topic = 'order.refunded'"_s);
    fact.payload =
        QJsonDocument::fromJson(world.sqlText(u"select payload from outbox where id = %1"_s.arg(fact.id)).toUtf8())
            .object();
    need(analytics.take(fact));
    QCOMPARE(world.sqlNumber(u"select count(*) from analytics.refunded_line"_s), 3);
    fact.id = 4'000;
    fact.payload[u"refund"_s] = RefundId::create().text();
    QCOMPARE(refusal(analytics.take(fact)), u"not_found"_s);
}

QTEST_GUILESS_MAIN(FactTransportTest)
#include "tst_facttransport.moc"
