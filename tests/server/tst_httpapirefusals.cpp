#include "support/apiserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using parterre::test::a;
using parterre::test::Answer;
using parterre::test::ApiServer;
using parterre::test::SaleWorld;

namespace {

QByteArray bytesOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// `object` with the value at one member replaced.
QJsonObject with(QJsonObject object, const QString &name, const QJsonValue &value)
{
    object.insert(name, value);
    return object;
}

QJsonObject without(QJsonObject object, const QString &name)
{
    object.remove(name);
    return object;
}

QJsonArray texts(int count)
{
    QJsonArray list;
    for (int i = 0; i < count; ++i)
        list.append(u"seat-%1"_s.arg(i));
    return list;
}

/// A document that changes with each call: nested, with names that the API knows among others.
QJsonValue anyValue(QRandomGenerator &random, int depth)
{
    static const QStringList names{u"hold"_s,  u"performance"_s, u"seats"_s,      u"areas"_s,   u"area"_s,
                                   u"order"_s, u"quantity"_s,    u"lines"_s,      u"place"_s,   u"price_type"_s,
                                   u"buyer"_s, u"email"_s,       u"card_token"_s, u"payment"_s, u"\u0000x"_s};
    switch (random.bounded(depth > 0 ? 9 : 7)) {
    case 0:
        return QJsonValue();
    case 1:
        return random.bounded(2) == 1;
    case 2:
        return random.bounded(200) - 100;
    case 3:
        return random.generateDouble() * 1e300;
    case 4:
        return CommandId::create().text();
    case 5:
        return names.at(random.bounded(static_cast<int>(names.size())));
    case 6:
        return QString(random.bounded(300), QChar(random.bounded(0x20, 0x3000)));
    case 7: {
        QJsonArray list;
        for (int i = random.bounded(5); i > 0; --i)
            list.append(anyValue(random, depth - 1));
        return list;
    }
    default: {
        QJsonObject object;
        for (int i = random.bounded(5); i > 0; --i)
            object.insert(names.at(random.bounded(static_cast<int>(names.size()))), anyValue(random, depth - 1));
        return object;
    }
    }
}

/// The body with some of its bytes changed, taken out or doubled.
QByteArray mutated(QByteArray body, QRandomGenerator &random)
{
    for (int i = random.bounded(1, 6); i > 0 && !body.isEmpty(); --i) {
        const int at = random.bounded(static_cast<int>(body.size()));
        switch (random.bounded(4)) {
        case 0:
            body[at] = static_cast<char>(random.bounded(256));
            break;
        case 1:
            body.remove(at, random.bounded(1, 10));
            break;
        case 2:
            body.insert(at, body.mid(at, random.bounded(1, 40)));
            break;
        default:
            body.insert(at, "{}[]\",:\\0-e"[random.bounded(11)]);
        }
    }
    return body;
}

} // namespace

class HttpApiRefusalsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void aBadBodyIsRefusedByField_data();
    void aBadBodyIsRefusedByField();
    void whatIsNoJsonObjectIsRefused_data();
    void whatIsNoJsonObjectIsRefused();
    void aBadKeyIsRefused_data();
    void aBadKeyIsRefused();
    void twoKeysAreRefused();
    void aBadTokenIsRefused_data();
    void aBadTokenIsRefused();
    void anIdThatIsNoneNamesNothing_data();
    void anIdThatIsNoneNamesNothing();
    void tooManyPlacesForOneCustomerAreRefused();
    void anyBodyIsRefusedAsAProblem_data();
    void anyBodyIsRefusedAsAProblem();
    void aBrokenBodyNeverBreaksTheServer_data();
    void aBrokenBodyNeverBreaksTheServer();

private:
    void addBodies();
    /// Addresses in the rows name hold and order of initTestCase() in capitals.
    [[nodiscard]] QString real(QString path) const
    {
        return path.replace(u"HOLD"_s, m_hold.value(u"id"_s).toString()).replace(u"ORDER"_s, m_order);
    }
    [[nodiscard]] Answer post(const QString &path, const QByteArray &body)
    {
        return m_server->send("POST", real(path),
                              {.body = body, .key = ApiServer::newKey(), .token = m_server->token()});
    }

    std::unique_ptr<ApiServer> m_server;
    QJsonObject m_hold;
    QString m_order;
};

void HttpApiRefusalsTest::initTestCase()
{
    m_server = std::make_unique<ApiServer>(test::SaleWorldOptions{.purchaseLimit = 8});
    m_order = m_server->openOrder({a(1), a(2)}).value(u"id"_s).toString();
    m_hold = m_server->post(u"/v1/holds"_s, m_server->takeBody({a(3)})).json();
    QCOMPARE(m_hold.value(u"state"_s).toString(), u"live"_s);
}

void HttpApiRefusalsTest::aBadBodyIsRefusedByField_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QJsonObject>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("pointer");
    const auto row = [](const char *name, const QString &path, const QJsonObject &body, int status,
                        const QString &pointer) { QTest::newRow(name) << path << body << status << pointer; };

    const QString holds = u"/v1/holds"_s;
    const QJsonObject take = m_server->takeBody({a(5)});
    const auto areas = [](const QJsonValue &area, const QJsonValue &quantity) {
        return QJsonArray{QJsonObject{{u"area"_s, area}, {u"quantity"_s, quantity}}};
    };
    row("hold missing", holds, without(take, u"hold"_s), 400, u"/hold"_s);
    row("hold is a number", holds, with(take, u"hold"_s, 7), 400, u"/hold"_s);
    row("hold is no UUID", holds, with(take, u"hold"_s, u"abc"_s), 400, u"/hold"_s);
    row("hold in capitals", holds, with(take, u"hold"_s, HoldId::create().text().toUpper()), 400, u"/hold"_s);
    row("performance missing", holds, without(take, u"performance"_s), 400, u"/performance"_s);
    row("seats is a text", holds, with(take, u"seats"_s, a(1)), 400, u"/seats"_s);
    row("seat is a number", holds, with(take, u"seats"_s, QJsonArray{a(1), 2}), 400, u"/seats/1"_s);
    row("seat is empty", holds, with(take, u"seats"_s, QJsonArray{u""_s}), 400, u"/seats/0"_s);
    row("seat too long", holds, with(take, u"seats"_s, QJsonArray{QString(129, u'a')}), 413, u"/seats/0"_s);
    row("seat with a null", holds, with(take, u"seats"_s, QJsonArray{QString(QChar(0))}), 400, u"/seats/0"_s);
    row("seat unknown", holds, with(take, u"seats"_s, QJsonArray{u"Stalls-Z-1"_s}), 400, u"/seats/0"_s);
    row("too many seats", holds, with(take, u"seats"_s, texts(101)), 413, u"/seats"_s);
    row("nothing to hold", holds, with(take, u"seats"_s, QJsonArray()), 400, u"/seats"_s);
    row("no standing place", holds, with(take, u"areas"_s, areas(u"yard"_s, 0)), 400, u"/areas/0/quantity"_s);
    row("too many standing", holds, with(take, u"areas"_s, areas(u"yard"_s, 101)), 400, u"/areas/0/quantity"_s);
    row("half a place", holds, with(take, u"areas"_s, areas(u"yard"_s, 1.5)), 400, u"/areas/0/quantity"_s);
    row("area unknown", holds, with(take, u"areas"_s, areas(u"moon"_s, 1)), 400, u"/areas/0/area"_s);
    row("misspelt field", holds, with(take, u"seat"_s, QJsonArray()), 400, u"/seat"_s);

    row("body of a renewal", u"/v1/holds/HOLD/renew"_s, {{u"minutes"_s, 30}}, 400, u"/minutes"_s);
    row("body of a session", u"/v1/sessions"_s, {{u"user"_s, u"admin"_s}}, 400, u"/user"_s);
    row("release of a number", u"/v1/holds/HOLD/release"_s, {{u"seats"_s, QJsonArray{1}}}, 400, u"/seats/0"_s);
    row("release names the hold", u"/v1/holds/HOLD/release"_s, {{u"hold"_s, u"x"_s}}, 400, u"/hold"_s);
    row("release of too many", u"/v1/holds/HOLD/release"_s, {{u"seats"_s, texts(101)}}, 413, u"/seats"_s);

    const QString orders = u"/v1/orders"_s;
    const QJsonObject order = m_server->orderBody(m_hold);
    const QJsonObject line = order.value(u"lines"_s).toArray().at(0).toObject();
    const auto lines = [&order](const QJsonArray &list) { return with(order, u"lines"_s, list); };
    const auto buyer = [&order](const QString &name, const QString &email) {
        return with(order, u"buyer"_s, QJsonObject{{u"name"_s, name}, {u"email"_s, email}});
    };
    row("no lines", orders, lines({}), 400, u"/lines"_s);
    row("too many lines", orders, lines(texts(201)), 413, u"/lines"_s);
    row("line is a text", orders, lines({u"a"_s}), 400, u"/lines/0"_s);
    row("place missing", orders, lines({without(line, u"place"_s)}), 400, u"/lines/0/place"_s);
    row("price type is a name", orders, lines({with(line, u"price_type"_s, u"Adult"_s)}), 400,
        u"/lines/0/price_type"_s);
    row("price in a line", orders, lines({with(line, u"amount"_s, 1)}), 400, u"/lines/0/amount"_s);
    row("no name", orders, buyer(u" "_s, u"olivia@example.org"_s), 400, u"/buyer/name"_s);
    row("name too long", orders, buyer(QString(201, u'a'), u"olivia@example.org"_s), 413, u"/buyer/name"_s);
    row("no address", orders, buyer(u"Olivia"_s, u"olivia"_s), 400, u"/buyer/email"_s);
    row("address too long", orders, buyer(u"Olivia"_s, QString(250, u'a') + u"@b.org"_s), 413, u"/buyer/email"_s);

    const QString payments = u"/v1/orders/ORDER/payments"_s;
    const QJsonObject pay = ApiServer::payBody();
    row("payment missing", payments, without(pay, u"payment"_s), 400, u"/payment"_s);
    row("no card", payments, with(pay, u"card_token"_s, u""_s), 400, u"/card_token"_s);
    row("card too long", payments, with(pay, u"card_token"_s, QString(129, u'a')), 413, u"/card_token"_s);
    row("order in the body", payments, with(pay, u"order"_s, m_order), 400, u"/order"_s);
}

void HttpApiRefusalsTest::aBadBodyIsRefusedByField()
{
    QFETCH(QString, path);
    QFETCH(QJsonObject, body);
    QFETCH(int, status);
    QFETCH(QString, pointer);
    const Answer answer = post(path, bytesOf(body));
    QVERIFY2(answer.isProblem(), answer.body.constData());
    QCOMPARE(answer.status, status);
    QCOMPARE(answer.code(), status == 413 ? u"too_large"_s : u"invalid_input"_s);
    QCOMPARE(answer.pointer(), pointer);
}

void HttpApiRefusalsTest::whatIsNoJsonObjectIsRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &body, const QByteArray &type, int status) {
        QTest::newRow(name) << body << type << status;
    };
    row("cut off", "{\"hold\":", "application/json", 400);
    row("list", "[]", "application/json", 400);
    row("text", "\"hold\"", "application/json", 400);
    row("not UTF-8", "{\"hold\": \"\xff\"}", "application/json", 400);
    row("two objects", "{} {}", "application/json", 400);
    row("deep", QByteArray(40, '[') + QByteArray(40, ']'), "application/json", 413);
    row("large", '"' + QByteArray(300'000, 'a') + '"', "application/json", 413);
    row("form", "hold=1", "application/x-www-form-urlencoded", 400);
    row("plain", "{}", "text/plain", 400);
}

void HttpApiRefusalsTest::whatIsNoJsonObjectIsRefused()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, type);
    QFETCH(int, status);
    const Answer answer = m_server->send(
        "POST", u"/v1/holds"_s,
        {.body = body, .key = ApiServer::newKey(), .token = m_server->token(), .headers = {{"Content-Type", type}}});
    QCOMPARE(answer.status, status);
    QVERIFY2(answer.isProblem(), answer.body.constData());
}

void HttpApiRefusalsTest::aBadKeyIsRefused_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("key");
    const std::vector<std::pair<QString, QByteArray>> writes{{u"/v1/sessions"_s, "POST"},
                                                             {u"/v1/holds"_s, "POST"},
                                                             {u"/v1/holds/HOLD"_s, "DELETE"},
                                                             {u"/v1/holds/HOLD/renew"_s, "POST"},
                                                             {u"/v1/holds/HOLD/release"_s, "POST"},
                                                             {u"/v1/orders"_s, "POST"},
                                                             {u"/v1/orders/ORDER/payments"_s, "POST"}};
    const std::vector<std::pair<const char *, QByteArray>> keys{
        {"missing", ""},          {"too long", QByteArray(256, 'k')}, {"quoted nothing", "\"\""},
        {"open quote", "\"key"},  {"two texts", "\"a\"b\""},          {"bad escape", "\"a\\b\""},
        {"not ASCII", "\xc3\xa9"}};
    for (const auto &[path, method] : writes) {
        for (const auto &[name, key] : keys)
            QTest::addRow("%s %s %s", method.constData(), qPrintable(path), name) << path << method << key;
    }
}

void HttpApiRefusalsTest::aBadKeyIsRefused()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, key);
    const Answer answer = m_server->send(method, real(path), {.key = key, .token = m_server->token()});
    QCOMPARE(answer.status, 400);
    QVERIFY2(answer.isProblem(), answer.body.constData());
    QVERIFY(answer.json().value(u"detail"_s).toString().contains(u"Idempotency-Key"_s));
}

void HttpApiRefusalsTest::twoKeysAreRefused()
{
    const Answer answer = m_server->send(
        "POST", u"/v1/sessions"_s, {.key = ApiServer::newKey(), .headers = {{"Idempotency-Key", ApiServer::newKey()}}});
    QCOMPARE(answer.status, 400);
}

void HttpApiRefusalsTest::aBadTokenIsRefused_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::newRow("none") << QByteArray();
    QTest::newRow("unknown") << QByteArray("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    QTest::newRow("short") << QByteArray("Bearer x");
    QTest::newRow("long") << QByteArray("Bearer ") + QByteArray(5'000, 'a');
    QTest::newRow("basic") << QByteArray("Basic dXNlcjpwYXNz");
    QTest::newRow("no scheme") << QByteArray("AAAA");
    QTest::newRow("bytes") << QByteArray("Bearer \xff\xfe");
}

void HttpApiRefusalsTest::aBadTokenIsRefused()
{
    QFETCH(QByteArray, header);
    test::Ask ask{.body = "{}", .key = ApiServer::newKey()};
    if (!header.isEmpty())
        ask.headers = {{"Authorization", header}};
    const Answer answer = m_server->send("POST", u"/v1/holds"_s, ask);
    QCOMPARE(answer.status, 401);
    QVERIFY2(answer.isProblem(), answer.body.constData());
    QCOMPARE(answer.headers.value("www-authenticate"), "Bearer");
}

void HttpApiRefusalsTest::anIdThatIsNoneNamesNothing_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QString>("path");
    const auto row = [](const QByteArray &method, const QString &path) {
        QTest::newRow(method + ' ' + path.toUtf8()) << method << path;
    };
    for (const auto &id : {u"1"_s, u"{01938f4e-7c1a-7b3e-9f20-3a5d1c0b2e4f}"_s, u"%27%20or%201=1--"_s, u"..."_s}) {
        row("GET", u"/v1/performances/"_s + id);
        row("GET", u"/v1/performances/"_s + id + u"/map"_s);
        row("GET", u"/v1/performances/"_s + id + u"/live"_s);
        row("GET", u"/v1/layouts/"_s + id);
        row("GET", u"/v1/holds/"_s + id);
        row("DELETE", u"/v1/holds/"_s + id);
        row("POST", u"/v1/holds/"_s + id + u"/renew"_s);
        row("POST", u"/v1/holds/"_s + id + u"/release"_s);
        row("GET", u"/v1/orders/"_s + id);
        row("POST", u"/v1/orders/"_s + id + u"/payments"_s);
        row("GET", u"/v1/orders/"_s + id + u"/tickets.pdf"_s);
    }
}

void HttpApiRefusalsTest::anIdThatIsNoneNamesNothing()
{
    QFETCH(QByteArray, method);
    QFETCH(QString, path);
    const Answer answer = m_server->send(method, path, {.key = ApiServer::newKey(), .token = m_server->token()});
    QCOMPARE(answer.status, 404);
    QVERIFY2(answer.isProblem(), answer.body.constData());
}

void HttpApiRefusalsTest::tooManyPlacesForOneCustomerAreRefused()
{
    const Answer answer =
        post(u"/v1/holds"_s, bytesOf(m_server->takeBody(SaleWorld::seatKeys(u"Circle"_s, u"A"_s, 1, 9))));
    QCOMPARE(answer.status, 409);
    QCOMPARE(answer.code(), u"purchase_limit"_s);
    QCOMPARE(answer.json().value(u"details"_s).toObject().value(u"limit"_s).toInt(), 8);
}

void HttpApiRefusalsTest::addBodies()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const QString &path, const QJsonObject &body) {
        QTest::newRow(qPrintable(path)) << path << bytesOf(body);
    };
    row(u"/v1/sessions"_s, {});
    row(u"/v1/holds"_s, m_server->takeBody({a(5), a(6)}, HoldId::create(), 1));
    row(u"/v1/holds/HOLD/renew"_s, {});
    row(u"/v1/holds/HOLD/release"_s, {{u"seats"_s, QJsonArray{a(3)}}, {u"areas"_s, QJsonArray()}});
    row(u"/v1/orders"_s, m_server->orderBody(m_hold));
    row(u"/v1/orders/ORDER/payments"_s, ApiServer::payBody());
}

void HttpApiRefusalsTest::anyBodyIsRefusedAsAProblem_data()
{
    addBodies();
}

void HttpApiRefusalsTest::anyBodyIsRefusedAsAProblem()
{
    QFETCH(QString, path);
    const quint32 seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    for (int i = 0; i < 150; ++i) {
        QJsonObject body{{u"not known here"_s, anyValue(random, 4)}};
        for (int more = random.bounded(4); more > 0; --more)
            body.insert(u"f%1"_s.arg(random.bounded(100)), anyValue(random, 4));
        const QByteArray bytes = bytesOf(body);
        const Answer answer = post(path, bytes);
        QVERIFY2(
            answer.status >= 400 && answer.status < 500 && answer.isProblem(),
            qPrintable(u"seed %1: %2 to %3"_s.arg(seed).arg(QString::fromUtf8(answer.body), QString::fromUtf8(bytes))));
    }
}

void HttpApiRefusalsTest::aBrokenBodyNeverBreaksTheServer_data()
{
    addBodies();
}

/// Broken bytes of a good body: most are refused, some still say something; never is it our fault.
void HttpApiRefusalsTest::aBrokenBodyNeverBreaksTheServer()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, body);
    const quint32 seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    int refused = 0;
    for (int i = 0; i < 250; ++i) {
        const QByteArray bytes = mutated(body, random);
        const Answer answer = post(path, bytes);
        const bool isGood = answer.status < 300 || (answer.status >= 400 && answer.status < 500 && answer.isProblem());
        QVERIFY2(isGood, qPrintable(u"seed %1: %2 to %3"_s.arg(seed).arg(QString::fromUtf8(answer.body),
                                                                         QString::fromUtf8(bytes))));
        refused += answer.status >= 400 ? 1 : 0;
    }
    QVERIFY2(refused > 100, qPrintable(u"seed %1: only %2 were refused"_s.arg(seed).arg(refused)));
    QCOMPARE(m_server->get(u"/readyz"_s).status, 200);
}

QTEST_MAIN(HttpApiRefusalsTest)
#include "tst_httpapirefusals.moc"
