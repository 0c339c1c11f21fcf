#include "support/saleworld.h"
#include "webhooks/standardwebhook.h"
#include "webhooks/webhookcommand.h"
#include "webhooks/webhookconsumer.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

/// Somebody's server: answers each call with the next of its answers, the last again and again.
class Receiver : public QObject
{
public:
    explicit Receiver(const QByteArrayList &answers = {"204 No Content"})
        : m_answers(answers)
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port is free");
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }

    struct Call
    {
        QMap<QByteArray, QByteArray> headers;
        QByteArray body;
    };
    QList<Call> calls;
    QByteArray tail; ///< Sent after the head of each answer.
    bool isSilent = false;

    [[nodiscard]] QString url(const QString &host = u"127.0.0.1"_s) const
    {
        return u"http://%1:%2/hooks"_s.arg(host).arg(m_server.serverPort());
    }

private:
    void read(QTcpSocket *socket)
    {
        QByteArray &bytes = m_read[socket];
        bytes += socket->readAll();
        const qsizetype end = bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        Call call{.headers = {}, .body = bytes.mid(end + 4)};
        for (const QByteArray &line : bytes.left(end).split('\n').mid(1))
            call.headers.insert(line.left(line.indexOf(':')).toLower(), line.mid(line.indexOf(':') + 1).trimmed());
        if (call.body.size() < call.headers.value("content-length").toInt())
            return;
        calls.append(call);
        m_read.remove(socket);
        if (isSilent)
            return;
        const QByteArray answer = m_answers.size() > 1 ? m_answers.takeFirst() : m_answers.first();
        socket->write("HTTP/1.1 " + answer + "\r\nContent-Length: " + QByteArray::number(tail.size()) +
                      "\r\nConnection: close\r\n\r\n" + tail);
        socket->disconnectFromHost();
    }

    QTcpServer m_server;
    QByteArrayList m_answers;
    QMap<QTcpSocket *, QByteArray> m_read;
};

const std::vector<std::chrono::milliseconds> once{}; ///< No second attempt.

struct Said
{
    int status = 0;
    QString out;
    QString err;
};

AddressRule ruleFor(const QStringList &allowed)
{
    return need(AddressRule::make(allowed));
}

/// A world with a sender of its own, in a process that may call itself unless a test forbids it.
struct House
{
    explicit House(std::vector<std::chrono::milliseconds> retryAfter = WebhookSenderSettings::standardRetries(),
                   const QStringList &allowed = {QStringLiteral("127.0.0.0/8"), QStringLiteral("::1")},
                   std::chrono::milliseconds timeout = std::chrono::seconds(15))
        : rule(ruleFor(allowed))
        , sender(world.database(), clock, {.rule = rule, .retryAfter = std::move(retryAfter), .timeout = timeout})
        , consumer(world.database(), rule)
    {
        sender.start();
    }

    Said command(QStringList words)
    {
        Said said;
        QTextStream out(&said.out);
        QTextStream err(&said.err);
        const auto read = WebhookCommand::takeFrom(words);
        said.status = read && words.isEmpty() ? runWebhook(*read, rule, world.database(), out, err) : 2;
        if (!read)
            err << read.error().message;
        return said;
    }
    /// Returns its secret.
    QString add(const QString &url, const QStringList &more = {})
    {
        const Said said = command(QStringList{QStringLiteral("add"), url} + more);
        if (said.status != 0)
            qFatal("%s", qPrintable(said.err));
        return said.out.section(QStringLiteral("secret: "), 1).section(u'\n', 0, 0);
    }
    void tell(const QString &type = QStringLiteral("order.confirmed"))
    {
        need(consumer.take({.id = ++lastFact,
                            .topic = type,
                            .key = newUuidV7(),
                            .payload = {{QStringLiteral("number"), QStringLiteral("P-000001")}},
                            .sequence = 1,
                            .at = clock.now()}));
        sender.wake();
    }
    QString states()
    {
        return world.sqlText(QStringLiteral("select string_agg(state, ' ' order by id) from webhook_delivery"));
    }
    QString log()
    {
        return world.sqlText(
            QStringLiteral("select string_agg(concat(attempt, ':', status), ' ' order by id) from webhook_attempt"));
    }

    SaleWorld world;
    SystemClock clock;
    AddressRule rule;
    WebhookSender sender;
    WebhookConsumer consumer; ///< Its own sender is not started.
    qint64 lastFact = 0;
};

} // namespace

class WebhooksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theSignatureIsThatOfTheRules();
    void aFactTooLargeIsRefused();
    void aFactArrivesSignedAndWithItsHeaders();
    void onlyTheTypesThatWereAskedForAreSent();
    void aFactThatIsToldTwiceIsSentOnce();
    void whatFailsIsSentAgainUnderTheSameId();
    void theTableOfTheRulesIsKept();
    void afterTheLastAttemptItHasFailedAndCanBeReplayed();
    void anEndpointThatIsGoneIsDisabled();
    void aRedirectIsAFailure();
    void silenceIsAFailureInTime();
    void anEndlessAnswerIsNotHeardOut();
    void anEndpointThatIsSlowDoesNotHoldUpOthers();
    void privateAddressesAreRefused_data();
    void privateAddressesAreRefused();
    void aNameOfAPrivateAddressIsRefusedWhenItIsCalled();
    void whatIsAllowedIsCalled();
    void ofTwoNodesOneSendsEachMessage();
    void whatADeadNodeHadBegunIsSentByAnother();
    void theCommandRefusesWhatItCannotDo_data();
    void theCommandRefusesWhatItCannotDo();
    void anEndpointIsRemovedWithItsLog();
};

void WebhooksTest::theSignatureIsThatOfTheRules()
{
    // The example of the specification's own libraries.
    QCOMPARE(standardwebhook::signature(u"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"_s, u"msg_p5jXN8AQM9LWM0D4loKWxJek"_s,
                                        1614265330, "{\"test\": 2432232314}"),
             "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    const QString secret = standardwebhook::createSecret();
    QVERIFY(secret.startsWith(u"whsec_"_s));
    QCOMPARE(QByteArray::fromBase64(secret.mid(6).toLatin1()).size(), 32);
    QVERIFY(secret != standardwebhook::createSecret());
}

void WebhooksTest::aFactTooLargeIsRefused()
{
    const OutboxFact fact{
        .id = 1, .topic = u"t"_s, .key = newUuidV7(), .payload = {{u"note"_s, QString(20'000, u'x')}}};
    QCOMPARE(refusal(standardwebhook::body(fact)), u"too_large"_s);
}

void WebhooksTest::aFactArrivesSignedAndWithItsHeaders()
{
    House house;
    Receiver receiver;
    const QString secret = house.add(receiver.url());
    house.tell();
    QTRY_COMPARE(house.states(), u"delivered"_s);
    QCOMPARE(receiver.calls.size(), 1);
    const auto &call = receiver.calls.front();
    const QByteArray id = call.headers.value("webhook-id");
    const QByteArray time = call.headers.value("webhook-timestamp");
    const QByteArray code =
        QMessageAuthenticationCode::hash(id + '.' + time + '.' + call.body,
                                         QByteArray::fromBase64(secret.mid(6).toLatin1()), QCryptographicHash::Sha256);
    QCOMPARE(call.headers.value("webhook-signature"), "v1," + code.toBase64());
    QCOMPARE(call.headers.value("content-type"), "application/json");
    QVERIFY(qAbs(time.toLongLong() - QDateTime::currentSecsSinceEpoch()) < 30);
    const QJsonObject body = QJsonDocument::fromJson(call.body).object();
    QCOMPARE(body.keys(), QStringList({u"data"_s, u"timestamp"_s, u"type"_s}));
    QCOMPARE(body[u"type"_s].toString(), u"order.confirmed"_s);
    QCOMPARE(body[u"data"_s][u"number"_s].toString(), u"P-000001"_s);
    QCOMPARE(house.log(), u"1:204"_s);
}

void WebhooksTest::onlyTheTypesThatWereAskedForAreSent()
{
    House house;
    Receiver all;
    Receiver refunds;
    house.add(all.url());
    house.add(refunds.url(), {u"--type"_s, u"order.refunded"_s, u"--type"_s, u"order.exchanged"_s});
    house.tell(u"order.confirmed"_s);
    house.tell(u"order.refunded"_s);
    QTRY_COMPARE(all.calls.size(), 2);
    QTRY_COMPARE(refunds.calls.size(), 1);
    QVERIFY(refunds.calls.front().body.contains("order.refunded"));
    QTRY_COMPARE(house.states(), u"delivered delivered delivered"_s);
}

void WebhooksTest::aFactThatIsToldTwiceIsSentOnce()
{
    House house;
    Receiver receiver;
    house.add(receiver.url());
    house.tell();
    --house.lastFact;
    house.tell();
    QTRY_COMPARE(house.states(), u"delivered"_s);
    QTest::qWait(1'200);
    QCOMPARE(receiver.calls.size(), 1);
}

void WebhooksTest::whatFailsIsSentAgainUnderTheSameId()
{
    House house({100ms, 100ms, 100ms});
    Receiver receiver({"500 Oops", "503 Busy", "200 OK"});
    house.add(receiver.url());
    house.tell();
    QTRY_COMPARE_WITH_TIMEOUT(house.states(), u"delivered"_s, 15'000);
    QCOMPARE(house.log(), u"1:500 2:503 3:200"_s);
    QCOMPARE(receiver.calls.size(), 3);
    for (const auto &call : receiver.calls) {
        QCOMPARE(call.headers.value("webhook-id"), receiver.calls.front().headers.value("webhook-id"));
        QCOMPARE(call.body, receiver.calls.front().body);
    }
    const Said said = house.command({u"deliveries"_s});
    for (const QString &part : {u"delivered"_s, u"1. "_s, u"500"_s, u"answered 503"_s, u"again at"_s, u" ms"_s})
        QVERIFY2(said.out.contains(part), qPrintable(part + u" is not in "_s + said.out));
}

void WebhooksTest::theTableOfTheRulesIsKept()
{
    House house;
    Receiver receiver({"500 Oops"});
    house.add(receiver.url());
    house.tell();
    const QList<int> seconds{5, 300, 1'800, 7'200, 18'000, 36'000, 50'400, 72'000, 86'400};
    for (qsizetype i = 0; i < seconds.size(); ++i) {
        QTRY_COMPARE(house.world.sqlNumber(u"select count(*) from webhook_attempt"_s), i + 1);
        const qint64 wait = house.world.sqlNumber(
            u"select extract(epoch from next_at - at)::int from webhook_attempt order by id desc limit 1"_s);
        QVERIFY2(wait >= seconds[i] - 1 && wait <= seconds[i] * 6 / 5 + 1, qPrintable(u"%1 s"_s.arg(wait)));
        house.world.sql(u"update webhook_delivery set due_at = clock_timestamp()"_s);
        house.sender.wake();
    }
    QTRY_COMPARE(house.states(), u"failed"_s);
    QCOMPARE(receiver.calls.size(), 10);
}

void WebhooksTest::afterTheLastAttemptItHasFailedAndCanBeReplayed()
{
    House house({50ms});
    Receiver receiver({"500 Oops", "500 Oops", "200 OK"});
    house.add(receiver.url());
    house.tell();
    QTRY_COMPARE_WITH_TIMEOUT(house.states(), u"failed"_s, 15'000);
    QVERIFY(house.command({u"list"_s}).out.contains(u"1 failed"_s));
    QCOMPARE(house.command({u"replay"_s, u"--failed"_s}).status, 0);
    QTRY_COMPARE(house.states(), u"delivered"_s);
    QCOMPARE(house.log(), u"1:500 2:500 1:200"_s);
    QCOMPARE(house.command({u"replay"_s, u"--failed"_s}).status, 1);
    QCOMPARE(house.command({u"replay"_s, house.world.sqlText(u"select id from webhook_delivery"_s)}).status, 0);
    QTRY_COMPARE(receiver.calls.size(), 4);
}

void WebhooksTest::anEndpointThatIsGoneIsDisabled()
{
    House house({50ms});
    Receiver receiver({"410 Gone"});
    house.add(receiver.url());
    house.tell();
    QTRY_COMPARE(house.states(), u"failed"_s);
    QVERIFY(house.command({u"list"_s}).out.contains(u"410 Gone"_s));
    house.tell();
    QCOMPARE(house.states(), u"failed"_s); // Nothing is laid ready for it any more.
    const QString id = house.world.sqlText(u"select id from webhook_endpoint"_s);
    QCOMPARE(house.command({u"enable"_s, id}).status, 0);
    house.tell();
    QTRY_COMPARE(house.states(), u"failed failed"_s);
    QCOMPARE(receiver.calls.size(), 2);
}

void WebhooksTest::aRedirectIsAFailure()
{
    House house(once);
    Receiver elsewhere;
    Receiver receiver({"302 Found\r\nLocation: " + elsewhere.url().toLatin1()});
    house.add(receiver.url());
    house.tell();
    QTRY_COMPARE(house.states(), u"failed"_s);
    QCOMPARE(house.log(), u"1:302"_s);
    QVERIFY(elsewhere.calls.isEmpty());
}

void WebhooksTest::silenceIsAFailureInTime()
{
    House house(once, {u"127.0.0.0/8"_s}, 500ms);
    Receiver receiver;
    receiver.isSilent = true;
    house.add(receiver.url());
    house.tell();
    QTRY_COMPARE_WITH_TIMEOUT(house.states(), u"failed"_s, 10'000);
    QCOMPARE(house.log(), u"1:0"_s);
    QVERIFY(house.world.sqlNumber(u"select milliseconds from webhook_attempt"_s) >= 500);
}

void WebhooksTest::anEndlessAnswerIsNotHeardOut()
{
    House house(once);
    Receiver good;
    Receiver bad({"500 Oops"});
    good.tail = bad.tail = QByteArray(3'000'000, 'x');
    house.add(good.url());
    house.add(bad.url());
    house.tell();
    QTRY_COMPARE(house.world.sqlText(u"select string_agg(state, ' ' order by state) from webhook_delivery"_s),
                 u"delivered failed"_s);
}

void WebhooksTest::anEndpointThatIsSlowDoesNotHoldUpOthers()
{
    House house(once, {u"127.0.0.0/8"_s}, 15s);
    Receiver slow;
    slow.isSilent = true;
    Receiver quick;
    house.add(slow.url());
    house.add(quick.url());
    for (int n = 0; n < 6; ++n)
        house.tell();
    QTRY_COMPARE_WITH_TIMEOUT(quick.calls.size(), 6, 12'000);
    QVERIFY(slow.calls.size() <= 2);
}

void WebhooksTest::privateAddressesAreRefused_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("isPublic");
    const auto row = [](const QString &address, bool isPublic) {
        QTest::newRow(qPrintable(address)) << address << isPublic;
    };
    for (const auto &address : {u"127.0.0.1"_s,
                                u"127.255.255.254"_s,
                                u"10.0.0.1"_s,
                                u"172.16.0.1"_s,
                                u"172.31.255.255"_s,
                                u"192.168.1.1"_s,
                                u"169.254.169.254"_s,
                                u"100.64.0.1"_s,
                                u"0.0.0.0"_s,
                                u"224.0.0.1"_s,
                                u"255.255.255.255"_s,
                                u"::1"_s,
                                u"::"_s,
                                u"fe80::1"_s,
                                u"fd12:3456::1"_s,
                                u"::ffff:127.0.0.1"_s,
                                u"::ffff:10.0.0.1"_s,
                                u"::127.0.0.1"_s,
                                u"64:ff9b::7f00:1"_s,
                                u"2002:7f00:1::"_s,
                                u"2001:db8::1"_s,
                                u"ff02::1"_s,
                                u"not an address"_s})
        row(address, false);
    for (const auto &address :
         {u"93.184.216.34"_s, u"1.1.1.1"_s, u"172.32.0.1"_s, u"172.15.255.255"_s, u"100.128.0.1"_s,
          u"2606:4700:4700::1111"_s, u"2a00:1450:4001:80b::200e"_s, u"::ffff:1.1.1.1"_s})
        row(address, true);
}

void WebhooksTest::privateAddressesAreRefused()
{
    QFETCH(QString, address);
    QTEST(ruleFor({}).permits(address), "isPublic");
    if (!AddressRule::isNetwork(address))
        return;
    QVERIFY(ruleFor({address}).permits(address));
    QVERIFY(!AddressRule::make({address + u"/129"_s}));
    QVERIFY(!AddressRule::make({address + u"/x"_s}));
    QVERIFY(!ruleFor({u"10.1.0.0/16"_s}).permits(u"10.2.0.1"_s));
    QVERIFY(ruleFor({u"10.1.0.0/16"_s}).permits(u"10.1.255.1"_s));
    QVERIFY(ruleFor({u"10.1.2.0/23"_s}).permits(u"10.1.3.1"_s));
    QVERIFY(!ruleFor({u"10.1.2.0/23"_s}).permits(u"10.1.4.1"_s));
}

void WebhooksTest::aNameOfAPrivateAddressIsRefusedWhenItIsCalled()
{
    House house(once, {});
    Receiver receiver;
    for (const QString &host :
         {u"127.0.0.1"_s, u"2130706433"_s, u"0x7f.1"_s, u"0177.0.0.1"_s, u"[::1]"_s, u"[::ffff:7f00:1]"_s})
        QCOMPARE(house.command({u"add"_s, receiver.url(host)}).status, 1); // In numbers it is refused at once.
    house.add(receiver.url(u"localhost"_s));
    house.add(u"https://example.org/hooks"_s);
    house.add(u"https://example.org/more"_s);
    house.world.sql(u"update webhook_endpoint set url = '%1' where url like '%hooks' and url like 'https%'"_s.arg(
        receiver.url(u"2130706433"_s)));
    house.world.sql(
        u"update webhook_endpoint set url = '%1' where url like '%more'"_s.arg(receiver.url(u"[::ffff:7f00:1]"_s)));
    house.tell();
    QTRY_COMPARE(house.states(), u"failed failed failed"_s);
    QVERIFY(receiver.calls.isEmpty());
    QCOMPARE(house.world.sqlNumber(u"select count(*) from webhook_attempt where error like '%may not be called%'"_s),
             3);
}

void WebhooksTest::whatIsAllowedIsCalled()
{
    // The other half of the test above: without the rule the same names do arrive.
    House house(once);
    Receiver receiver;
    house.add(receiver.url(u"localhost"_s));
    house.add(receiver.url(u"2130706433"_s)); // The same address, as some programs read it.
    house.tell();
    QTRY_COMPARE(house.states(), u"delivered delivered"_s);
    QCOMPARE(receiver.calls.size(), 2);
}

void WebhooksTest::ofTwoNodesOneSendsEachMessage()
{
    House house;
    Database second(DatabaseConfig{.dsn = house.world.dsn()});
    WebhookSender node(second, house.clock, {.rule = house.rule});
    Receiver receiver;
    house.add(receiver.url());
    node.start();
    for (int n = 0; n < 40; ++n) {
        house.tell();
        node.wake();
    }
    QTRY_COMPARE_WITH_TIMEOUT(
        house.world.sqlNumber(u"select count(*) from webhook_delivery where state = 'delivered'"_s), 40, 30'000);
    QCOMPARE(receiver.calls.size(), 40);
}

void WebhooksTest::whatADeadNodeHadBegunIsSentByAnother()
{
    House house;
    Receiver receiver;
    house.sender.stop();
    house.add(receiver.url());
    house.tell();
    house.world.sql(
        u"update webhook_delivery set attempts = 1, sending_until = clock_timestamp() + interval '1 second'"_s);
    WebhookSender node(house.world.database(), house.clock, {.rule = house.rule});
    node.start();
    node.wake();
    QTest::qWait(300);
    QVERIFY(receiver.calls.isEmpty());
    QTRY_COMPARE(receiver.calls.size(), 1);
    QTRY_COMPARE(house.log(), u"2:204"_s);
}

void WebhooksTest::theCommandRefusesWhatItCannotDo_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("said");
    const auto row = [](const char *name, const QStringList &words, const QString &said) {
        QTest::newRow(name) << words << said;
    };
    row("a verb that is none", {u"send"_s}, u"add URL"_s);
    row("add of nothing", {u"add"_s}, u"told what"_s);
    row("add of a file", {u"add"_s, u"file:///etc/passwd"_s}, u"https://"_s);
    row("add of a word", {u"add"_s, u"example.org"_s}, u"https://"_s);
    row("add with a password", {u"add"_s, u"https://a:b@example.org/"_s}, u"password"_s);
    row("add of a novel", {u"add"_s, u"https://example.org/"_s + QString(2'000, u'x')}, u"2000"_s);
    row("a type in capitals", {u"add"_s, u"https://example.org/"_s, u"--type"_s, u"ORDER"_s}, u"order.confirmed"_s);
    row("a type without its word", {u"add"_s, u"https://example.org/"_s, u"--type"_s}, u"needs a value"_s);
    row("remove of a word", {u"remove"_s, u"x"_s}, u"id of an endpoint"_s);
    row("remove of what is not there", {u"remove"_s, u"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d"_s}, u"no such endpoint"_s);
    row("replay of nothing", {u"replay"_s}, u"told what"_s);
    row("replay of a word", {u"replay"_s, u"x"_s}, u"number"_s);
    row("replay of what is not there", {u"replay"_s, u"77"_s}, u"no such endpoint or delivery"_s);
    row("list with more", {u"list"_s, u"x"_s}, u"no more words"_s);
}

void WebhooksTest::theCommandRefusesWhatItCannotDo()
{
    QFETCH(QStringList, words);
    QFETCH(QString, said);
    static House house;
    const Said answer = house.command(words);
    QVERIFY(answer.status != 0);
    QVERIFY2(answer.err.contains(said), qPrintable(answer.err));
}

void WebhooksTest::anEndpointIsRemovedWithItsLog()
{
    House house;
    Receiver receiver;
    house.add(receiver.url());
    house.tell();
    QTRY_COMPARE(house.states(), u"delivered"_s);
    QCOMPARE(house.command({u"remove"_s, house.world.sqlText(u"select id from webhook_endpoint"_s)}).status, 0);
    QCOMPARE(house.log(), QString());
    house.tell();
    QVERIFY(house.command({u"list"_s}).out.contains(u"Nobody"_s));
}

QTEST_GUILESS_MAIN(WebhooksTest)
#include "tst_webhooks.moc"
