#include "loopback/killedhouse.h"
#include "support/readmail.h"
#include "support/runningkafka.h"

#include <QDir>
#include <QElapsedTimer>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::test;

namespace {

/// What a buyer sends to give places back.
struct GiveBack
{
    RefundId refund;
    std::vector<int> lines;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("refund", refund);
        fields("lines", lines);
    }
};

/// `parterred consume NAME` as a process beside the server.
class RunningConsumer
{
public:
    RunningConsumer(const KilledHouse &house, const RunningKafka &kafka, const QString &name,
                    const QString &faults = {}, const QStringList &settings = {})
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(u"PARTERRE_FAULT"_s);
        if (!faults.isEmpty())
            environment.insert(u"PARTERRE_FAULT"_s, faults);
        m_process.setProcessEnvironment(environment);
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(PARTERRE_BIN_DIR "/parterred"),
                        QStringList{u"consume"_s, name, u"--database"_s, house.dsn(), u"--log-format"_s, u"text"_s} +
                            kafka.flags() + settings);
        QElapsedTimer waited;
        waited.start();
        QByteArray said;
        while (!said.contains("takes facts for")) {
            if (waited.hasExpired(60'000) || m_process.state() == QProcess::NotRunning)
                qFatal("parterred consume does not start: %s", said.constData());
            m_process.waitForReadyRead(500);
            said += m_process.readAllStandardOutput();
        }
    }
    ~RunningConsumer()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(60'000))
            m_process.kill();
    }
    RunningConsumer(const RunningConsumer &) = delete;
    RunningConsumer &operator=(const RunningConsumer &) = delete;

    [[nodiscard]] bool waitUntilKilled()
    {
        return (m_process.state() == QProcess::NotRunning || m_process.waitForFinished(60'000)) &&
               m_process.exitStatus() == QProcess::CrashExit;
    }

private:
    QProcess m_process;
};

} // namespace

/// A server, a Kafka and a consumer, each a process that dies at the worst moment.
class KillFactsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_house = std::make_unique<KilledHouse>(m_kafka.flags() + m_mailFlags); }
    void cleanupTestCase() { m_house.reset(); }

    void aServerThatDiesBetweenPublishingAndMarkingLosesNothing();
    void aConsumerThatDiesBetweenTakingAndCommittingCountsOnce();
    void salesGoOnWhileKafkaIsAwayAndAreToldAfterwards();
    void aProcessOfItsOwnMailsEachSaleOnce();
    void aProcessOfItsOwnMailsEachRefundOnce();

private:
    [[nodiscard]] qint64 number(const QString &query) const { return m_house->books->number(query); }
    [[nodiscard]] qint64 factsThatWait() const
    {
        return number(u"select count(*) from outbox_delivery where consumer = 'kafka'"_s);
    }
    [[nodiscard]] qint64 soldLines() const
    {
        return number(u"select count(*) from order_line l join sale_order o on "
                      "o.id = l.order_id where o.state = 'confirmed'"_s);
    }
    /// Counted lines that the ledger does not have, or the other way round.
    [[nodiscard]] qint64 differences() const
    {
        return number(
            u"select count(*) from (select order_id, sum(amount) as amount from analytics.sold_line group by 1) a "
            "full join (select e.order_id, -sum(e.amount) - max(o.fee) as amount from ledger_entry e join sale_order o "
            "on "
            "o.id = e.order_id where e.account in ('ticket_sales', 'fees', 'tax_payable') group by 1) l "
            "using (order_id) where a.amount is distinct from l.amount"_s);
    }

    RunningKafka m_kafka;
    QTemporaryDir m_mails;
    /// Of both: whoever is first sends what was written down.
    const QStringList m_mailFlags{u"--mail-folder"_s, m_mails.path(), u"--public-url"_s, u"https://shop.example"_s};
    std::unique_ptr<KilledHouse> m_house;
};

void KillFactsTest::aServerThatDiesBetweenPublishingAndMarkingLosesNothing()
{
    m_house->killAndRestart(u"outbox_published:kill"_s);
    (void)m_house->sellByCard(); // Its answer may or may not have come before the server died.
    QVERIFY(m_house->server.waitUntilKilled());
    QCOMPARE(factsThatWait(), 1);
    QCOMPARE(m_kafka.messages(1).size(), 1u);
    m_house->start();
    // The lease of the dead server has to end before its fact is anybody's again.
    QTRY_COMPARE_WITH_TIMEOUT(factsThatWait(), 0, 90'000);
    const auto messages = m_kafka.messages(2);
    QCOMPARE(messages.size(), 2u);
    QCOMPARE(messages[0].header("fact-id"), messages[1].header("fact-id"));
    qInfo("published twice, as one fact: %s", messages[0].header("fact-id").constData());
}

void KillFactsTest::aConsumerThatDiesBetweenTakingAndCommittingCountsOnce()
{
    for (int sale = 0; sale < 3; ++sale)
        QCOMPARE(m_house->sellByCard().text(), u"ok"_s);
    QTRY_COMPARE_WITH_TIMEOUT(factsThatWait(), 0, 30'000);
    for (int death = 1; death <= 2; ++death) {
        RunningConsumer consumer(*m_house, m_kafka, u"analytics"_s, u"consumer_taken:kill"_s);
        QVERIFY(consumer.waitUntilKilled());
        QVERIFY(number(u"select count(*) from analytics.sold_line"_s) >= 1);
        QCOMPARE(number(u"select count(*) from outbox_progress"_s), 0); // What it had done nobody has noted.
    }
    RunningConsumer consumer(*m_house, m_kafka, u"analytics"_s);
    QTRY_COMPARE_WITH_TIMEOUT(number(u"select count(*) from analytics.sold_line"_s), soldLines(), 90'000);
    QTRY_COMPARE_WITH_TIMEOUT(number(u"select count(*) from outbox_progress where consumer = 'analytics'"_s),
                              number(u"select count(*) from sale_order where state = 'confirmed'"_s), 30'000);
    QCOMPARE(differences(), 0);
}

void KillFactsTest::salesGoOnWhileKafkaIsAwayAndAreToldAfterwards()
{
    RunningConsumer consumer(*m_house, m_kafka, u"analytics"_s);
    m_kafka.takeDown();
    for (int sale = 0; sale < 3; ++sale)
        QCOMPARE(m_house->sellByCard().text(), u"ok"_s);
    QVERIFY(factsThatWait() >= 3);
    m_house->killAndRestart(); // In the middle of the outage.
    QCOMPARE(m_house->sellByCard().text(), u"ok"_s);
    m_kafka.bringUp();
    QTRY_COMPARE_WITH_TIMEOUT(factsThatWait(), 0, 90'000);
    QTRY_COMPARE_WITH_TIMEOUT(number(u"select count(*) from analytics.sold_line"_s), soldLines(), 90'000);
    QCOMPARE(differences(), 0);
    QSet<QByteArray> facts;
    for (const auto &message : m_kafka.messages(8))
        facts.insert(message.header("fact-id"));
    QCOMPARE(facts.size(), number(u"select count(*) from outbox"_s));
}

void KillFactsTest::aProcessOfItsOwnMailsEachSaleOnce()
{
    QCOMPARE(m_house->sellByCard().text(), u"ok"_s);
    QTRY_COMPARE_WITH_TIMEOUT(factsThatWait(), 0, 90'000);
    QCOMPARE(number(u"select count(*) from mail"_s), 0); // The server has only published it.
    {
        RunningConsumer consumer(*m_house, m_kafka, u"notifications"_s, u"consumer_taken:kill"_s, m_mailFlags);
        QVERIFY(consumer.waitUntilKilled());
        QVERIFY(number(u"select count(*) from mail"_s) >= 1);
    }
    const qint64 sales = number(u"select count(*) from sale_order where state = 'confirmed'"_s);
    RunningConsumer consumer(*m_house, m_kafka, u"notifications"_s, {}, m_mailFlags);
    QTRY_COMPARE_WITH_TIMEOUT(number(u"select count(*) from mail where state = 'sent'"_s), sales, 90'000);
    QTRY_COMPARE_WITH_TIMEOUT(number(u"select count(*) from outbox_progress where consumer = 'notifications'"_s), sales,
                              30'000);
    QCOMPARE(number(u"select count(*) from mail"_s), sales);
    QCOMPARE(number(u"select count(distinct order_id) from mail"_s), sales);
    const QDir folder(m_mails.path());
    const QStringList files = folder.entryList({u"*.eml"_s}, QDir::Files);
    QCOMPARE(files.size(), sales);
    QFile mail(folder.filePath(files.first()));
    QVERIFY(mail.open(QIODevice::ReadOnly));
    const QByteArray bytes = mail.readAll();
    QVERIFY2(bytes.contains("viola@example.org"), bytes.left(2'000));
    const QString text = readMail(bytes)[u"parts"_s][0][u"text"_s].toString();
    QVERIFY2(text.contains(u"https://shop.example/#/orders/"_s), qPrintable(text));
}

void KillFactsTest::aProcessOfItsOwnMailsEachRefundOnce()
{
    const auto mails = [this](const QString &state) {
        return number(u"select count(*) from mail where kind = 'refunded' and state in (%1)"_s.arg(state));
    };
    OrderId order;
    {
        RunningConsumer consumer(*m_house, m_kafka, u"notifications"_s, {}, m_mailFlags);
        const Outcome sold = m_house->sellByCard();
        QCOMPARE(sold.text(), u"ok"_s);
        order = *OrderId::fromText(sold.view->value(u"id"_s).toString());
        QTRY_COMPARE_WITH_TIMEOUT(
            number(u"select count(*) from mail where order_id = '%1' and state = 'sent'"_s.arg(order.text())), 1,
            90'000);
    }
    QCOMPARE(m_house
                 ->post(u"/v1/orders/%1/refunds"_s.arg(order.text()),
                        GiveBack{.refund = RefundId::create(), .lines = {1}}, CommandId::create().text(),
                        m_house->buyer)
                 .text(),
             u"ok"_s);
    QTRY_COMPARE_WITH_TIMEOUT(factsThatWait(), 0, 90'000);
    for (int death = 1; death <= 2; ++death) {
        RunningConsumer consumer(*m_house, m_kafka, u"notifications"_s, u"consumer_taken:kill"_s, m_mailFlags);
        QVERIFY(consumer.waitUntilKilled());
        QCOMPARE(mails(u"'queued', 'sent', 'failed'"_s), 1); // Told twice, written down once.
    }
    RunningConsumer consumer(*m_house, m_kafka, u"notifications"_s, {}, m_mailFlags);
    QTRY_COMPARE_WITH_TIMEOUT(mails(u"'sent'"_s), 1, 90'000);
    QCOMPARE(mails(u"'queued', 'sent', 'failed'"_s), 1);
    QFile mail(QDir(m_mails.path())
                   .filePath(m_house->books->text(u"select id::text || '.eml' from mail where kind = 'refunded'"_s)));
    QVERIFY(mail.open(QIODevice::ReadOnly));
    const QJsonArray parts = readMail(mail.readAll())[u"parts"_s].toArray();
    QVERIFY2(parts[0][u"text"_s].toString().contains(u"You have given back this place."_s),
             qPrintable(parts[0][u"text"_s].toString()));
    QCOMPARE(parts[2][u"type"_s].toString(), u"application/pdf"_s);
    QCOMPARE(parts[3][u"params"_s][u"method"_s].toString(), u"CANCEL"_s);
}

QTEST_GUILESS_MAIN(KillFactsTest)
#include "tst_killfacts.moc"
