#include "giftcards/giftcardservice.h"
#include "identity/tokens.h"
#include "support/apiserver.h"
#include "support/deskclient.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;

/// Gift cards through the doors that people use: the desk's WebSocket and the shop's HTTP, on real sockets.
class TestGiftCardDoors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_house = std::make_unique<DeskHouse>();
        m_clerk = std::make_unique<DeskClient>(*m_house);
        m_clerk->begin(m_house->world.signInDesk().token);
    }
    void cleanup()
    {
        m_clerk.reset();
        m_house.reset();
    }

    void theDeskSellsACardAndTheShopKnowsWhatIsOnIt()
    {
        const auto command = aSale();
        const auto issued = need(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, command));
        QCOMPARE(issued.card.id, command.card);
        const Answer told = ask({{u"code"_s, issued.code->toLower()}});
        QCOMPARE(told.status, 200);
        QCOMPARE(told.headers.value("cache-control"), "no-store");
        QCOMPARE(told.json().value(u"available"_s).toObject().value(u"amount"_s).toInt(), 5'000);
        QCOMPARE(told.json().value(u"last_four"_s).toString(), issued.card.lastFour);
        QVERIFY(!told.json().contains(u"id"_s));
        const auto found = need(m_clerk->get<protocol::GiftCards>(MessageType::FindGiftCards,
                                                                  protocol::FindGiftCards{.text = *issued.code}));
        QCOMPARE(found.cards.at(0).id, command.card);
        const auto seen =
            need(m_clerk->get<GiftCardView>(MessageType::GetGiftCard, protocol::OneGiftCard{.card = command.card}));
        QCOMPARE(seen.movements.size(), size_t(1));
    }

    void whatNeedsASupervisorNeedsOne()
    {
        const auto issued = need(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, aSale()));
        const BlockGiftCard block{.card = issued.card.id, .isBlocked = true, .reason = u"stolen"_s};
        QCOMPARE(refusal(m_clerk->get<GiftCardView>(MessageType::BlockGiftCard, block)), u"forbidden"_s);
        IssueGiftCard voucher = aSale();
        voucher.kind = GiftCardKind::Voucher;
        voucher.tendered.reset();
        voucher.reason = u"The lift was out of order."_s;
        QCOMPARE(refusal(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, voucher)), u"forbidden"_s);
        DeskClient supervisor(*m_house);
        supervisor.begin(m_house->tokenOf(u"orsino"_s, Role::Supervisor));
        QCOMPARE(need(supervisor.get<GiftCardView>(MessageType::BlockGiftCard, block)).state, GiftCardState::Blocked);
        need(supervisor.get<IssuedGiftCard>(MessageType::IssueGiftCard, voucher));
        const auto own = need(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, aSale()));
        const auto renewed = need(
            supervisor.get<IssuedGiftCard>(MessageType::RenewGiftCardCode, protocol::OneGiftCard{.card = own.card.id}));
        QVERIFY(*renewed.code != *own.code);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("code");
        const auto gbp = [](qint64 pence) { return QJsonObject{{u"amount"_s, pence}, {u"currency"_s, u"GBP"_s}}; };
        QTest::newRow("nothing") << u"amount"_s << QJsonValue(gbp(0)) << u"invalid_input"_s;
        QTest::newRow("too much") << u"amount"_s << QJsonValue(gbp(1'000'001)) << u"invalid_input"_s;
        QTest::newRow("days") << u"days_valid"_s << QJsonValue(0) << u"invalid_input"_s;
        QTest::newRow("kind") << u"kind"_s << QJsonValue(u"bond"_s) << u"invalid_input"_s;
        QTest::newRow("reason") << u"reason"_s << QJsonValue(QString(2'001, u'x')) << u"too_large"_s;
        QTest::newRow("card") << u"card"_s << QJsonValue(u"x"_s) << u"invalid_input"_s;
    }
    void whatIsWrongIsNamed()
    {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        QFETCH(QString, code);
        auto envelope = protocol::request(MessageType::IssueGiftCard, CommandId::create(), aSale());
        envelope.body.insert(field, value);
        m_clerk->sendText(QString::fromUtf8(protocol::encode(envelope)));
        const auto reply = m_clerk->replyTo(*envelope.id);
        QCOMPARE(reply.type, MessageType::Refused);
        const Error error = errorFromJson(reply.body);
        QCOMPARE(errorCodeName(error.code), code);
        QVERIFY2(error.field.startsWith(u'/' + field), qPrintable(error.field));
    }

    void aBadCodeIsRefusedByField_data()
    {
        QTest::addColumn<QJsonObject>("body");
        QTest::addColumn<int>("status");
        QTest::newRow("missing") << QJsonObject() << 400;
        QTest::newRow("a number") << QJsonObject{{u"code"_s, 1'234}} << 400;
        QTest::newRow("empty") << QJsonObject{{u"code"_s, QString()}} << 400;
        QTest::newRow("too short") << QJsonObject{{u"code"_s, u"K7PM"_s}} << 400;
        QTest::newRow("far too long") << QJsonObject{{u"code"_s, QString(61, u'a')}} << 413;
        QTest::newRow("unknown") << QJsonObject{{u"code"_s, giftCardCode(QString(15, u'a'))}} << 404;
    }
    void aBadCodeIsRefusedByField()
    {
        QFETCH(QJsonObject, body);
        QFETCH(int, status);
        const Answer refused = ask(body);
        QCOMPARE(refused.status, status);
        QVERIFY(refused.isProblem());
        QCOMPARE(refused.pointer(), u"/code"_s);
    }

    void guessingIsSlowedDown()
    {
        Answer last;
        for (int i = 0; i <= GiftCardService::failuresOfPartyMax; ++i)
            last = ask({{u"code"_s, giftCardCode(tokens::readableCode(15))}});
        QCOMPARE(last.status, 429);
        QVERIFY(last.headers.value("retry-after").toInt() > 0);
        Result<protocol::GiftCards> atDesk = refuse(ErrorCode::Internal, {});
        for (int i = 0; i <= GiftCardService::failuresOfPartyMax; ++i) {
            const protocol::FindGiftCards guess{.text = giftCardCode(tokens::readableCode(15))};
            atDesk = m_clerk->get<protocol::GiftCards>(MessageType::FindGiftCards, guess);
        }
        QCOMPARE(refusal(atDesk), u"rate_limited"_s);
    }

    // Paying.

    void theShopPaysWithAGiftCardAndACard()
    {
        const QString code = *need(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, aSale(2'000))).code;
        const OrderView order = anOrder(m_house->world.buyer());
        const QJsonObject body{{u"payment"_s, PaymentId::create().text()},
                               {u"card_token"_s, u"pm_card_visa"_s},
                               {u"gift_cards"_s, QJsonArray{QJsonObject{{u"code"_s, code}}}}};
        const Answer paid = payOrder(order, body);
        QCOMPARE(paid.status, 201);
        const QJsonArray tenders = paid.json().value(u"tenders"_s).toArray();
        QCOMPARE(tenders.size(), 2);
        QCOMPARE(tenders.at(0)[u"method"].toString(), u"gift_card"_s);
        QCOMPARE(tenders.at(0)[u"amount"][u"amount"].toInt(), 2'000);
        QCOMPARE(tenders.at(1)[u"amount"][u"amount"].toInt(), 3'000);
    }

    void whatIsPaidWithIsRefusedByField_data()
    {
        QTest::addColumn<QJsonObject>("more");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("pointer");
        const auto cards = [](const QJsonValue &card) { return QJsonObject{{u"gift_cards"_s, QJsonArray{card}}}; };
        const QString unknown = giftCardCode(QString(15, u'a'));
        QTest::newRow("neither") << QJsonObject() << 400 << u"/card_token"_s;
        QTest::newRow("no card") << cards(QJsonObject()) << 400 << u"/gift_cards/0/code"_s;
        QTest::newRow("unknown") << cards(QJsonObject{{u"code"_s, unknown}}) << 404 << u"/gift_cards/0/code"_s;
        QTest::newRow("misspelt") << cards(QJsonObject{{u"code"_s, unknown}, {u"sum"_s, 1}}) << 400
                                  << u"/gift_cards/0/sum"_s;
        QJsonArray many;
        for (int i = 0; i < 6; ++i)
            many.append(QJsonObject{{u"code"_s, unknown}});
        QTest::newRow("too many") << QJsonObject{{u"gift_cards"_s, many}} << 413 << u"/gift_cards"_s;
        QTest::newRow("cash") << QJsonObject{{u"cash"_s, 1}} << 400 << u"/cash"_s;
    }
    void whatIsPaidWithIsRefusedByField()
    {
        QFETCH(QJsonObject, more);
        QFETCH(int, status);
        QFETCH(QString, pointer);
        QJsonObject body{{u"payment"_s, PaymentId::create().text()}};
        for (auto field = more.begin(); field != more.end(); ++field)
            body.insert(field.key(), field.value());
        const Answer refused = payOrder(anOrder(m_house->world.buyer()), body);
        QCOMPARE(refused.status, status);
        QCOMPARE(refused.pointer(), pointer);
    }

    void guessingWhilePayingIsSlowedDown()
    {
        const OrderView order = anOrder(m_house->world.buyer());
        Answer last;
        for (int i = 0; i <= GiftCardService::failuresOfPartyMax; ++i) {
            const QJsonObject card{{u"code"_s, giftCardCode(tokens::readableCode(15))}};
            last = payOrder(order, {{u"payment"_s, PaymentId::create().text()}, {u"gift_cards"_s, QJsonArray{card}}});
        }
        QCOMPARE(last.status, 429);
        QCOMPARE(ask({{u"code"_s, giftCardCode(QString(15, u'a'))}}).status, 429); // It is one count.
    }

    void theDeskPaysWithAGiftCardAndCash()
    {
        const QString code = *need(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, aSale(2'000))).code;
        const OrderView order = anOrder(m_house->world.desk());
        PayInParts command{.payment = PaymentId::create(), .order = order.id, .giftCards = {{.code = code}}};
        const auto missing = m_clerk->get<OrderView>(MessageType::PayInParts, command);
        QCOMPARE(refusal(missing), u"amount_mismatch"_s);
        QCOMPARE(missing.error().details.value(u"due"_s)[u"amount"].toInt(), 3'000);
        command.cash = SaleWorld::money(5'000);
        const auto id = CommandId::create();
        const OrderView sold = need(m_clerk->get<OrderView>(MessageType::PayInParts, command, id));
        QCOMPARE(sold.state, OrderState::Confirmed);
        QCOMPARE(sold.change, SaleWorld::money(2'000));
        QCOMPARE(toJson(need(m_clerk->get<OrderView>(MessageType::PayInParts, command, id))), toJson(sold));
    }

    void nobodyIsAskedWithoutASession()
    {
        QCOMPARE(ask({{u"code"_s, giftCardCode(QString(15, u'a'))}}, "no-such-token").status, 401);
    }

private:
    static IssueGiftCard aSale(qint64 pence = 5'000)
    {
        return {.card = GiftCardId::create(),
                .amount = SaleWorld::money(pence),
                .reason = {},
                .payment = PaymentId::create(),
                .tendered = SaleWorld::money(pence)};
    }
    /// One seat at 50.00.
    OrderView anOrder(const SaleParty &party)
    {
        SaleWorld &world = m_house->world;
        return need(world.order(party, need(world.takeSeats(party, {a(1)}))));
    }
    Answer payOrder(const OrderView &order, const QJsonObject &body)
    {
        return *askServer(m_house->edge->port(), "POST", u"/v1/orders/%1/payments"_s.arg(order.id.text()),
                          {.body = QJsonDocument(body).toJson(),
                           .key = ApiServer::newKey(),
                           .token = m_house->world.buyerToken().toLatin1()});
    }
    Answer ask(const QJsonObject &body, const QByteArray &token = {})
    {
        return *askServer(m_house->edge->port(), "POST", u"/v1/gift-cards/balance"_s,
                          {.body = QJsonDocument(body).toJson(),
                           .token = token.isEmpty() ? m_house->world.buyerToken().toLatin1() : token});
    }

    std::unique_ptr<DeskHouse> m_house;
    std::unique_ptr<DeskClient> m_clerk;
};

QTEST_GUILESS_MAIN(TestGiftCardDoors)
#include "tst_giftcarddoors.moc"
