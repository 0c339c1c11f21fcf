#include "identity/apikeycommand.h"
#include "support/apiserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::Answer;
using parterre::test::ApiServer;
using parterre::test::need;
using parterre::test::SaleWorld;

namespace {

struct Said
{
    int status = 0;
    QString text;
};

} // namespace

/// Sellers who use the API under a key of their own.
class TestApiKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_server = std::make_unique<ApiServer>(test::SaleWorldOptions{.purchaseLimit = 2}); }
    void cleanup() { m_server.reset(); }

    void aKeySellsUnderItsOwnName()
    {
        const QByteArray key = newKey(u"Tickets & Co"_s);
        const Answer held = post(key, u"/v1/holds"_s, m_server->takeBody({a(1), a(2)}));
        QCOMPARE(held.status, 201);
        const Answer order = post(key, u"/v1/orders"_s, m_server->orderBody(held.json()));
        QCOMPARE(order.status, 201);
        const QString path = u"/v1/orders/"_s + order.json().value(u"id"_s).toString();
        QCOMPARE(post(key, path + u"/payments"_s, ApiServer::payBody()).status, 201);
        QCOMPARE(m_server->get(path + u"/tickets.pdf"_s, key).status, 200);
        const QString id = world().sqlText(u"select id from api_key"_s);
        QCOMPARE(world().sqlText(u"select owner || ' ' || channel from hold"_s), u"api:%1 api"_s.arg(id));
        QCOMPARE(world().sqlText(u"select owner || ' ' || channel from sale_order"_s), u"api:%1 api"_s.arg(id));
        QCOMPARE(world().sqlNumber(u"select count(*) from api_key where seen_at is not null"_s), 1);
    }

    void aKeyHasNoLimitUnlessItWasGivenOne_data()
    {
        QTest::addColumn<QStringList>("limit");
        QTest::addColumn<int>("status");
        QTest::newRow("of the performance") << QStringList() << 201;
        QTest::newRow("of its own, kept") << QStringList({u"--places-max"_s, u"3"_s}) << 201;
        QTest::newRow("of its own, passed") << QStringList({u"--places-max=2"_s}) << 409;
    }

    void aKeyHasNoLimitUnlessItWasGivenOne()
    {
        QFETCH(const QStringList, limit);
        QFETCH(const int, status);
        const Answer held =
            post(newKey(u"Tickets & Co"_s, limit), u"/v1/holds"_s, m_server->takeBody({a(1), a(2), a(3)}));
        QCOMPARE(held.status, status);
        if (status == 409)
            QCOMPARE(held.code(), u"purchase_limit"_s);
        QCOMPARE(m_server->post(u"/v1/holds"_s, m_server->takeBody({a(5), a(6), a(7)})).code(), u"purchase_limit"_s);
    }

    void aLimitOfAKeyCountsAllItsHolds()
    {
        const QByteArray key = newKey(u"Tickets & Co"_s, {u"--places-max"_s, u"3"_s});
        QCOMPARE(post(key, u"/v1/holds"_s, m_server->takeBody({a(1), a(2)})).status, 201);
        QCOMPARE(post(key, u"/v1/holds"_s, m_server->takeBody({a(3), a(4)})).code(), u"purchase_limit"_s);
        QCOMPARE(post(key, u"/v1/holds"_s, m_server->takeBody({a(3)})).status, 201);
    }

    void whatAKeyHoldsIsNobodyElses()
    {
        const Answer held = post(newKey(u"One"_s), u"/v1/holds"_s, m_server->takeBody({a(1)}));
        const QString path = u"/v1/holds/"_s + held.json().value(u"id"_s).toString();
        QCOMPARE(m_server->get(path, newKey(u"Two"_s)).status, 404);
        QCOMPARE(m_server->get(path, m_server->token()).status, 404);
    }

    void aKeyIsStoredAsAHash()
    {
        const QByteArray key = newKey(u"Tickets & Co"_s);
        static const QRegularExpression shape(u"\\Apk_[A-Za-z0-9_-]{43}\\z"_s);
        QVERIFY2(shape.match(QString::fromLatin1(key)).hasMatch(), key.constData());
        QCOMPARE(world().sqlNumber(u"select count(*) from api_key k where k::text like '%%1%'"_s.arg(
                     QString::fromLatin1(key.mid(3, 20)))),
                 0);
        QCOMPARE(
            world().sqlNumber(u"select count(*) from api_key where key_sha256 = sha256(convert_to('%1', 'UTF8'))"_s.arg(
                QString::fromLatin1(key))),
            1);
    }

    void aRevokedKeyIsRefused()
    {
        const QByteArray key = newKey(u"Tickets & Co"_s);
        QCOMPARE(run({u"revoke"_s, u"--name"_s, u"Tickets & Co"_s}).status, 0);
        const Answer refused = post(key, u"/v1/holds"_s, m_server->takeBody({a(1)}));
        QCOMPARE(refused.status, 401);
        QVERIFY(refused.isProblem());
        QCOMPARE(refused.headers.value("www-authenticate"), "Bearer");
        QCOMPARE(run({u"revoke"_s, u"--name"_s, u"Tickets & Co"_s}).status, 1);
        QVERIFY(newKey(u"Tickets & Co"_s) != key); // The seller comes back under the same name.
    }

    void aKeyThatWasInUseIsRefusedWithinSeconds()
    {
        const QByteArray key = newKey(u"Tickets & Co"_s);
        QCOMPARE(post(key, u"/v1/holds"_s, m_server->takeBody({a(1)})).status, 201);
        QCOMPARE(run({u"revoke"_s, u"--name"_s, u"Tickets & Co"_s}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(post(key, u"/v1/holds"_s, m_server->takeBody({a(2)})).status, 401,
                                  (IdentityService::believedSeconds + 2) * 1'000);
    }

    void whatIsNoKeyIsRefused()
    {
        for (const QByteArray &key : {QByteArrayLiteral("pk_"), "pk_" + m_server->token()})
            QCOMPARE(post(key, u"/v1/holds"_s, m_server->takeBody({a(1)})).status, 401);
    }

    void aKeyOpensNoDesk()
    {
        const QByteArray key = newKey(u"Tickets & Co"_s);
        QVERIFY(!world().identity().resume(QString::fromLatin1(key)));
    }

    void twoKeysHaveTwoNames()
    {
        (void)newKey(u"Tickets & Co"_s);
        const Said refused = run({u"create"_s, u"--name"_s, u"Tickets & Co"_s});
        QCOMPARE(refused.status, 1);
        QVERIFY2(refused.text.contains(u"Revoke it first"_s), qPrintable(refused.text));
    }

    void theListSaysWhatBecameOfEach()
    {
        (void)newKey(u"One"_s, {u"--places-max"_s, u"40"_s});
        (void)newKey(u"Two"_s);
        QCOMPARE(run({u"revoke"_s, u"--name"_s, u"Two"_s}).status, 0);
        const QStringList lines = run({u"list"_s}).text.trimmed().split(u'\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY2(lines[0].contains(u"at most 40 places"_s) && !lines[0].contains(u"revoked"_s), qPrintable(lines[0]));
        QVERIFY2(lines[1].contains(u"never used, revoked"_s), qPrintable(lines[1]));
    }

    void aCommandLineThatCannotBeReadIsRefused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no verb") << QStringList();
        QTest::newRow("unknown verb") << QStringList({u"make"_s});
        QTest::newRow("no name") << QStringList({u"create"_s});
        QTest::newRow("empty name") << QStringList({u"create"_s, u"--name="_s});
        QTest::newRow("name too long") << QStringList({u"create"_s, u"--name"_s, QString(201, u'x')});
        QTest::newRow("no number") << QStringList({u"create"_s, u"--name"_s, u"One"_s, u"--places-max"_s, u"many"_s});
        QTest::newRow("none at all") << QStringList({u"create"_s, u"--name"_s, u"One"_s, u"--places-max"_s, u"0"_s});
        QTest::newRow("nothing after it") << QStringList({u"create"_s, u"--name"_s});
    }

    void aCommandLineThatCannotBeReadIsRefused()
    {
        QFETCH(const QStringList, arguments);
        QCOMPARE(run(arguments).status, 2);
        QCOMPARE(world().sqlNumber(u"select count(*) from api_key"_s), 0);
    }

    void settingsAreLeftForTheServer()
    {
        QStringList arguments{u"create"_s, u"--data-dir"_s, u"/srv"_s, u"--name"_s, u"One"_s, u"--port=1"_s};
        QCOMPARE(need(ApiKeyCommand::takeFrom(arguments)).name, u"One"_s);
        QCOMPARE(arguments, QStringList({u"--data-dir"_s, u"/srv"_s, u"--port=1"_s}));
    }

private:
    SaleWorld &world() { return m_server->world(); }
    Said run(QStringList arguments)
    {
        Said said;
        QTextStream stream(&said.text);
        const auto command = ApiKeyCommand::takeFrom(arguments);
        said.status = command ? runApiKey(*command, world().database(), stream, stream) : 2;
        return said;
    }
    QByteArray newKey(const QString &name, const QStringList &more = {})
    {
        static const QRegularExpression line(u": (pk_\\S+)"_s);
        const Said said = run(QStringList({u"create"_s, u"--name"_s, name}) + more);
        return line.match(said.text).captured(1).toLatin1();
    }
    Answer post(const QByteArray &key, const QString &path, const QJsonObject &body)
    {
        return m_server->send("POST", path,
                              {.body = QJsonDocument(body).toJson(), .key = ApiServer::newKey(), .token = key});
    }

    std::unique_ptr<ApiServer> m_server;
};

QTEST_MAIN(TestApiKeys) // Tickets are drawn.
#include "tst_apikeys.moc"
