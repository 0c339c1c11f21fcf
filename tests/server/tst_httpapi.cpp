#include "support/apiserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::Answer;
using parterre::test::ApiServer;
using parterre::test::need;
using parterre::test::SaleWorld;

namespace {

QByteArray bytesOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson();
}

QString idOf(const QJsonObject &object)
{
    return object.value(u"id"_s).toString();
}

/// Never says what became of a payment until it is told to.
class SilentProvider final : public CardProvider
{
public:
    [[nodiscard]] QString name() const override { return u"silent"_s; }
    [[nodiscard]] ProviderAnswer authorise(const ProviderPayment &, const QString &) override { return {}; }
    [[nodiscard]] ProviderAnswer capture(const ProviderPayment &) override { return {}; }
    [[nodiscard]] ProviderAnswer cancel(const ProviderPayment &) override { return {}; }
    [[nodiscard]] ProviderAnswer query(const ProviderPayment &) override { return {}; }
    [[nodiscard]] ProviderAnswer refund(const ProviderPayment &, const QString &, const Money &) override { return {}; }
};

} // namespace

class HttpApiTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_server = std::make_unique<ApiServer>(); }
    void cleanupTestCase() { m_server.reset(); }

    void aWholePublicSaleEndsInTickets();
    void standingPlacesAddUpAndAreOrderedOneALine();
    void aTakenSeatIsNamed();
    void aRepeatIsAnsweredWithTheFirstBytes_data();
    void aRepeatIsAnsweredWithTheFirstBytes();
    void aRepeatedPaymentChargesOnce();
    void aQuotedKeyIsTheSameAsABareOne();
    void aKeyForAnotherCommandIsRefused();
    void aRepeatedSessionIsAnotherOne();
    void aDeclinedCardLeavesTheSeatsToTheNext();
    void aPaymentWithoutAnAnswerIsAccepted();
    void aHoldIsRenewedReleasedInPartAndGivenBack();
    void whatIsAnothersIsNotFound_data();
    void whatIsAnothersIsNotFound();
    void staffSellAtTheDeskOnly();
    void aTokenInTheAddressIsNotRead();
    void ticketsOfAnUnpaidOrderAreRefused();
    void theServerSaysWhetherItCanServe();

private:
    /// The key of a seat that no other test has touched.
    [[nodiscard]] QString freshSeat() { return m_server->world().layout().seat(m_seatsUsed++).key; }

    std::unique_ptr<ApiServer> m_server;
    int m_seatsUsed = 0;
};

void HttpApiTest::aWholePublicSaleEndsInTickets()
{
    ApiServer &server = *m_server;
    const QString first = freshSeat();
    const QString second = freshSeat();
    const Answer session = server.send("POST", u"/v1/sessions"_s, {.body = "{}", .key = ApiServer::newKey()});
    QCOMPARE(session.status, 201);
    QCOMPARE(session.headers.value("cache-control"), "no-store");
    const QByteArray token = session.json().value(u"token"_s).toString().toLatin1();
    QVERIFY(instantFromText(session.json().value(u"expires_at"_s).toString()));
    const auto post = [&](const QString &path, const QJsonObject &body) {
        return server.send("POST", path, {.body = bytesOf(body), .key = ApiServer::newKey(), .token = token});
    };

    const QJsonArray list = server.get(u"/v1/performances"_s).json().value(u"performances"_s).toArray();
    QCOMPARE(list.size(), 1);
    const Answer detail = server.get(u"/v1/performances/"_s + idOf(list.at(0).toObject()));
    QCOMPARE(detail.status, 200);
    QCOMPARE(detail.json().value(u"types"_s).toArray().size(), 2); // Press is for clerks.
    const Answer layout = server.get(u"/v1/layouts/"_s + detail.json().value(u"layout"_s).toString());
    QCOMPARE(layout.json().value(u"name"_s).toString(), u"Playhouse"_s);

    const Answer hold = post(u"/v1/holds"_s, server.takeBody({first, second}));
    QCOMPARE(hold.status, 201);
    QCOMPARE(hold.json().value(u"places"_s).toArray().size(), 2);
    const Answer order = post(u"/v1/orders"_s, server.orderBody(hold.json()));
    QCOMPARE(order.status, 201);
    const QString orderPath = u"/v1/orders/"_s + idOf(order.json());
    QCOMPARE(order.headers.value("location"), orderPath.toLatin1());
    QCOMPARE(order.json().value(u"total"_s), QJsonObject({{u"amount"_s, 10'000}, {u"currency"_s, u"GBP"_s}}));
    const Answer paid = post(orderPath + u"/payments"_s, ApiServer::payBody());
    QCOMPARE(paid.status, 201);
    QCOMPARE(paid.json().value(u"state"_s).toString(), u"confirmed"_s);
    QCOMPARE(server.get(orderPath, token).body, paid.body);
    QCOMPARE(server.world().seatState(first), u"sold"_s);

    const Answer tickets = server.get(orderPath + u"/tickets.pdf"_s, token);
    QCOMPARE(tickets.status, 200);
    QCOMPARE(tickets.headers.value("content-type"), "application/pdf");
    QCOMPARE(tickets.headers.value("cache-control"), "no-store");
    QVERIFY(tickets.headers.value("content-disposition").startsWith("attachment; filename=\"P-"));
    QVERIFY(tickets.body.startsWith("%PDF-"));
}

void HttpApiTest::standingPlacesAddUpAndAreOrderedOneALine()
{
    ApiServer &server = *m_server;
    const HoldId hold = HoldId::create();
    QCOMPARE(server.post(u"/v1/holds"_s, server.takeBody({}, hold, 2)).status, 201);
    const Answer more = server.post(u"/v1/holds"_s, server.takeBody({}, hold, 1));
    QCOMPARE(more.json().value(u"places"_s).toArray().at(0).toObject().value(u"quantity"_s).toInt(), 3);
    const Answer order = server.post(u"/v1/orders"_s, server.orderBody(more.json()));
    QCOMPARE(order.status, 201);
    QCOMPARE(order.json().value(u"lines"_s).toArray().size(), 3);
    QCOMPARE(order.json().value(u"total"_s).toObject().value(u"amount"_s).toInt(), 3'000);
}

void HttpApiTest::aTakenSeatIsNamed()
{
    ApiServer &server = *m_server;
    const QString free = freshSeat();
    const QString taken = freshSeat();
    (void)need(server.world().takeSeats(server.world().otherBuyer(), {taken}));
    const QString name = server.world().layout().seatName(*server.world().layout().seatNumber(taken));
    const Answer answer = server.post(u"/v1/holds"_s, server.takeBody({free, taken}));
    QCOMPARE(answer.status, 409);
    QVERIFY2(answer.isProblem(), answer.body.constData());
    QCOMPARE(answer.code(), u"seat_taken"_s);
    QCOMPARE(answer.json().value(u"title"_s).toString(), u"Place taken"_s);
    QCOMPARE(answer.json().value(u"details"_s).toObject().value(u"seats"_s).toArray(),
             QJsonArray({QJsonObject{{u"key"_s, taken}, {u"name"_s, name}}}));
    QVERIFY(answer.json().value(u"detail"_s).toString().contains(name));
    QCOMPARE(server.world().seatState(free), u"available"_s); // All or nothing.
}

void HttpApiTest::aRepeatIsAnsweredWithTheFirstBytes_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<int>("status");
    QTest::newRow("take") << QByteArray("take") << 201;
    QTest::newRow("refused take") << QByteArray("refused take") << 409;
    QTest::newRow("renew") << QByteArray("renew") << 200;
    QTest::newRow("release") << QByteArray("release") << 200;
    QTest::newRow("delete") << QByteArray("delete") << 200;
    QTest::newRow("order") << QByteArray("order") << 201;
    QTest::newRow("refused order") << QByteArray("refused order") << 400;
    QTest::newRow("pay") << QByteArray("pay") << 201;
    QTest::newRow("declined") << QByteArray("declined") << 402;
}

void HttpApiTest::aRepeatIsAnsweredWithTheFirstBytes()
{
    QFETCH(QByteArray, command);
    QFETCH(int, status);
    ApiServer &server = *m_server;
    const QString first = freshSeat();
    const QString second = freshSeat();
    const QString taken = m_server->world().layout().seat(SaleWorld::seatCount - 1).key;
    (void)server.world().takeSeats(server.world().otherBuyer(), {taken}); // Refused from the second row on.
    const QJsonObject hold = server.post(u"/v1/holds"_s, server.takeBody({first, second})).json();
    const QString holdPath = u"/v1/holds/"_s + idOf(hold);
    QJsonObject badOrder = server.orderBody(hold);
    badOrder.insert(u"lines"_s, QJsonArray{badOrder.value(u"lines"_s).toArray().at(0)});
    QByteArray method = "POST";
    QString path = u"/v1/holds"_s;
    QByteArray body = "{}";
    if (command == "take") {
        body = bytesOf(server.takeBody({freshSeat()}));
    } else if (command == "refused take") {
        body = bytesOf(server.takeBody({taken}));
    } else if (command == "renew") {
        path = holdPath + u"/renew"_s;
    } else if (command == "release") {
        path = holdPath + u"/release"_s;
        body = bytesOf({{u"seats"_s, QJsonArray{first}}});
    } else if (command == "delete") {
        method = "DELETE";
        path = holdPath;
        body.clear();
    } else if (command.endsWith("order")) {
        path = u"/v1/orders"_s;
        body = bytesOf(command == "order" ? server.orderBody(hold) : badOrder);
    } else {
        path = u"/v1/orders/%1/payments"_s.arg(idOf(server.post(u"/v1/orders"_s, server.orderBody(hold)).json()));
        body = bytesOf(ApiServer::payBody(command == "pay" ? u"pm_card_visa"_s : u"pm_card_visa_chargeDeclined"_s));
    }
    const test::Ask ask{.body = body, .key = ApiServer::newKey(), .token = server.token()};
    const Answer answer = server.send(method, path, ask);
    QCOMPARE(answer.status, status);
    const Answer again = server.send(method, path, ask);
    QCOMPARE(again.status, status);
    QCOMPARE(again.body, answer.body);
}

void HttpApiTest::aRepeatedPaymentChargesOnce()
{
    ApiServer &server = *m_server;
    const QString order = idOf(server.openOrder({freshSeat()}));
    const QString path = u"/v1/orders/%1/payments"_s.arg(order);
    const test::Ask ask{.body = bytesOf(ApiServer::payBody()), .key = ApiServer::newKey(), .token = server.token()};
    for (int i = 0; i < 3; ++i)
        QCOMPARE(server.send("POST", path, ask).status, 201);
    QCOMPARE(server.world().sqlNumber(u"select count(*) from payment_attempt where order_id = '%1'"_s.arg(order)), 1);
    QCOMPARE(server.world().sqlNumber(u"select count(*) from ticket where order_id = '%1'"_s.arg(order)), 1);
}

void HttpApiTest::aQuotedKeyIsTheSameAsABareOne()
{
    ApiServer &server = *m_server;
    const QByteArray key = ApiServer::newKey();
    const QByteArray body = bytesOf(server.takeBody({freshSeat()}));
    const auto kept = [&] { return server.world().sqlNumber(u"select count(*) from hold_command"_s); };
    const Answer first = server.send("POST", u"/v1/holds"_s, {.body = body, .key = key, .token = server.token()});
    const qint64 keptBefore = kept();
    const Answer again =
        server.send("POST", u"/v1/holds"_s, {.body = body, .key = '"' + key + '"', .token = server.token()});
    QCOMPARE(first.status, 201);
    QCOMPARE(again.body, first.body);
    QCOMPARE(kept(), keptBefore);
}

void HttpApiTest::aKeyForAnotherCommandIsRefused()
{
    ApiServer &server = *m_server;
    const QString first = freshSeat();
    const QString second = freshSeat();
    const QByteArray key = ApiServer::newKey();
    const auto take = [&](const QString &seat) {
        return server.send("POST", u"/v1/holds"_s,
                           {.body = bytesOf(server.takeBody({seat})), .key = key, .token = server.token()});
    };
    QCOMPARE(take(first).status, 201);
    const Answer other = take(second);
    QCOMPARE(other.status, 422);
    QCOMPARE(other.code(), u"key_reused"_s);
    QCOMPARE(server.world().seatState(second), u"available"_s);
}

void HttpApiTest::aRepeatedSessionIsAnotherOne()
{
    ApiServer &server = *m_server;
    const test::Ask ask{.key = ApiServer::newKey()};
    const QString first = server.send("POST", u"/v1/sessions"_s, ask).json().value(u"token"_s).toString();
    const QString again = server.send("POST", u"/v1/sessions"_s, ask).json().value(u"token"_s).toString();
    QVERIFY(!first.isEmpty() && !again.isEmpty());
    QVERIFY(first != again);
}

void HttpApiTest::aDeclinedCardLeavesTheSeatsToTheNext()
{
    ApiServer &server = *m_server;
    const QString path = u"/v1/orders/%1/payments"_s.arg(idOf(server.openOrder({freshSeat()})));
    const Answer declined = server.post(path, ApiServer::payBody(u"pm_card_visa_chargeDeclinedInsufficientFunds"_s));
    QCOMPARE(declined.status, 402);
    QVERIFY(declined.isProblem());
    QCOMPARE(declined.code(), u"payment_declined"_s);
    QCOMPARE(server.post(path, ApiServer::payBody()).status, 201);
}

void HttpApiTest::aPaymentWithoutAnAnswerIsAccepted()
{
    SilentProvider provider;
    ApiServer server({.provider = &provider});
    const QString orderPath = u"/v1/orders/"_s + idOf(server.openOrder({SaleWorld::seatKey(u"Stalls"_s, u"A"_s, 1)}));
    const test::Ask ask{.body = bytesOf(ApiServer::payBody()), .key = ApiServer::newKey(), .token = server.token()};
    const Answer pending = server.send("POST", orderPath + u"/payments"_s, ask);
    QCOMPARE(pending.status, 202);
    QCOMPARE(pending.json().value(u"state"_s).toString(), u"payment_pending"_s);
    QCOMPARE(pending.json().value(u"payment_state"_s).toString(), u"in_doubt"_s);
    QCOMPARE(server.get(orderPath, server.token()).body, pending.body);
    QCOMPARE(server.send("POST", orderPath + u"/payments"_s, ask).body, pending.body);
}

void HttpApiTest::aHoldIsRenewedReleasedInPartAndGivenBack()
{
    ApiServer &server = *m_server;
    const QString first = freshSeat();
    const QString second = freshSeat();
    const Answer taken = server.post(u"/v1/holds"_s, server.takeBody({first, second}));
    const QString path = u"/v1/holds/"_s + idOf(taken.json());
    QCOMPARE(server.get(path, server.token()).json().value(u"state"_s).toString(), u"live"_s);
    QCOMPARE(server.post(path + u"/renew"_s, {}).status, 200);
    const Answer less = server.post(path + u"/release"_s, {{u"seats"_s, QJsonArray{first}}});
    QCOMPARE(less.status, 200);
    QCOMPARE(less.json().value(u"places"_s).toArray().size(), 1);
    QCOMPARE(server.world().seatState(first), u"available"_s);
    const Answer gone = server.send("DELETE", path, {.key = ApiServer::newKey(), .token = server.token()});
    QCOMPARE(gone.status, 200);
    QCOMPARE(gone.json().value(u"state"_s).toString(), u"released"_s);
    QCOMPARE(server.world().seatState(second), u"available"_s);
    const Answer late = server.post(path + u"/renew"_s, {});
    QCOMPARE(late.status, 409);
    QCOMPARE(late.code(), u"hold_gone"_s);
}

void HttpApiTest::whatIsAnothersIsNotFound_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("hold") << u"/v1/holds/HOLD"_s;
    QTest::newRow("order") << u"/v1/orders/ORDER"_s;
    QTest::newRow("tickets") << u"/v1/orders/ORDER/tickets.pdf"_s;
}

void HttpApiTest::whatIsAnothersIsNotFound()
{
    QFETCH(QString, path);
    ApiServer &server = *m_server;
    const OrderView order = need(server.world().sell(server.world().otherBuyer(), {freshSeat()}));
    const auto ask = [&](const QString &holdId, const QString &orderId) {
        QString real = path;
        return server.get(real.replace(u"HOLD"_s, holdId).replace(u"ORDER"_s, orderId), server.token());
    };
    const Answer others = ask(order.hold.text(), order.id.text());
    const Answer nobodys = ask(HoldId::create().text(), OrderId::create().text());
    QCOMPARE(others.status, 404);
    QCOMPARE(others.code(), u"not_found"_s);
    QVERIFY(others.pointer().isEmpty());
    QCOMPARE(others.body, nobodys.body); // Ids cannot be probed.
}

void HttpApiTest::staffSellAtTheDeskOnly()
{
    ApiServer &server = *m_server;
    const QByteArray token = server.world().signInDesk().token.toLatin1();
    const Answer answer =
        server.send("POST", u"/v1/holds"_s,
                    {.body = bytesOf(server.takeBody({freshSeat()})), .key = ApiServer::newKey(), .token = token});
    QCOMPARE(answer.status, 403);
    QCOMPARE(answer.code(), u"forbidden"_s);
}

void HttpApiTest::aTokenInTheAddressIsNotRead()
{
    ApiServer &server = *m_server;
    const QString hold = idOf(server.post(u"/v1/holds"_s, server.takeBody({freshSeat()})).json());
    const QString token = QString::fromLatin1(server.token());
    const Answer answer = server.get(u"/v1/holds/%1?access_token=%2&token=%2"_s.arg(hold, token));
    QCOMPARE(answer.status, 401);
    QCOMPARE(answer.headers.value("www-authenticate"), "Bearer");
    for (const auto &value : std::as_const(answer.headers))
        QVERIFY(!value.contains(server.token()));
}

void HttpApiTest::ticketsOfAnUnpaidOrderAreRefused()
{
    ApiServer &server = *m_server;
    const Answer answer =
        server.get(u"/v1/orders/%1/tickets.pdf"_s.arg(idOf(server.openOrder({freshSeat()}))), server.token());
    QCOMPARE(answer.status, 409);
    QCOMPARE(answer.code(), u"wrong_state"_s);
}

void HttpApiTest::theServerSaysWhetherItCanServe()
{
    ApiServer server;
    QCOMPARE(server.get(u"/healthz"_s).status, 200);
    QCOMPARE(server.get(u"/readyz"_s).status, 200);
    server.beginStopping();
    QCOMPARE(server.get(u"/healthz"_s).status, 200);
    const Answer stopping = server.get(u"/readyz"_s);
    QCOMPARE(stopping.status, 503);
    QVERIFY(stopping.isProblem());
    QVERIFY(stopping.headers.value("retry-after").toInt() > 0);
}

QTEST_MAIN(HttpApiTest)
#include "tst_httpapi.moc"
