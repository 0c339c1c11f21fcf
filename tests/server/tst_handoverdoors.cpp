#include "domain/holds/handover.h"
#include "identity/failurethrottle.h"
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

/// Handing over through the doors that people use: the shop's HTTP and the desk's WebSocket, both on real sockets.
class TestHandoverDoors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_house = std::make_unique<DeskHouse>();
        m_desk = std::make_unique<DeskClient>(*m_house);
        m_desk->begin(m_house->world.signInDesk().token);
    }
    void cleanup()
    {
        m_desk.reset();
        m_house.reset();
    }

    void theDeskGivesAndTheShopContinues()
    {
        const HoldView held = need(takeAtDesk({a(1), a(2)}));
        const auto offer = need(m_desk->get<HandoverOffer>(MessageType::OfferHandover, protocol::OneHold{held.id}));
        QCOMPARE(offer.hold, held.id);
        QVERIFY(offer.secondsLeft > 590 && offer.secondsLeft <= 600);
        const Answer taken = post(u"/v1/handovers"_s, {{u"code"_s, offer.code}});
        QCOMPARE(taken.status, 200);
        QCOMPARE(taken.json().value(u"id"_s).toString(), held.id.text());
        QCOMPARE(taken.json().value(u"places"_s).toArray().size(), 2);
        QCOMPARE(get(u"/v1/holds/"_s + held.id.text()).status, 200);
        const auto gone = m_desk->get<HoldView>(MessageType::GetHold, protocol::OneHold{held.id});
        QCOMPARE(handedOverTo(gone.error()), SalesChannel::Web);
    }

    void theShopAsksForHelpAndTheDeskTakesOver()
    {
        const HoldId hold = takeInShop({a(1)});
        const Answer offer = post(u"/v1/holds/"_s + hold.text() + u"/handover"_s, {});
        QCOMPARE(offer.status, 201);
        QCOMPARE(offer.headers.value("cache-control"), "no-store");
        const QString code = offer.json().value(u"code"_s).toString();
        const auto taken = need(m_desk->get<HoldView>(MessageType::TakeOverHold, TakeOverHold{.code = code.toLower()}));
        QCOMPARE(taken.id, hold);
        const Answer gone = get(u"/v1/holds/"_s + hold.text());
        QCOMPARE(gone.status, 409);
        QCOMPARE(gone.code(), u"hold_gone"_s);
        QCOMPARE(gone.json().value(u"details"_s).toObject().value(u"handed_to"_s).toString(), u"desk"_s);
        // As when an answer was lost: the same command under the same id.
        const auto id = CommandId::create();
        const auto first =
            need(m_desk->get<HoldView>(MessageType::TakeOverHold, TakeOverHold{.code = code.toLower()}, id));
        QCOMPARE(
            toJson(need(m_desk->get<HoldView>(MessageType::TakeOverHold, TakeOverHold{.code = code.toLower()}, id))),
            toJson(first));
    }

    void theMapOfThirdsDoesNotChange()
    {
        const HoldView held = need(takeAtDesk({a(1)}));
        const QString map = u"/v1/performances/%1/map"_s.arg(m_house->world.performance().text());
        QTRY_VERIFY(get(map).json().value(u"seats"_s).toString().contains(u'h'));
        const Answer before = get(map);
        const auto offer = need(m_desk->get<HandoverOffer>(MessageType::OfferHandover, protocol::OneHold{held.id}));
        QCOMPARE(post(u"/v1/handovers"_s, {{u"code"_s, offer.code}}).status, 200);
        QCOMPARE(get(map).body, before.body);
    }

    void anApiKeyContinuesToo()
    {
        m_house->world.sql(u"insert into api_key (id, name, key_sha256) values ('%1', 'Tickets & Co', "
                           "sha256('pk_aKeyForTests'))"_s.arg(HoldId::create().text()));
        const HoldView held = need(takeAtDesk({a(1)}));
        const auto offer = need(m_desk->get<HandoverOffer>(MessageType::OfferHandover, protocol::OneHold{held.id}));
        QCOMPARE(post(u"/v1/handovers"_s, {{u"code"_s, offer.code}}, "pk_aKeyForTests").status, 200);
        const auto gone = m_desk->get<HoldView>(MessageType::GetHold, protocol::OneHold{held.id});
        QCOMPARE(handedOverTo(gone.error()), SalesChannel::Api);
    }

    void aBadCodeIsRefusedByField_data()
    {
        QTest::addColumn<QJsonObject>("body");
        QTest::addColumn<int>("status");
        QTest::newRow("missing") << QJsonObject() << 400;
        QTest::newRow("a number") << QJsonObject{{u"code"_s, 12345678}} << 400;
        QTest::newRow("empty") << QJsonObject{{u"code"_s, QString()}} << 400;
        QTest::newRow("too short") << QJsonObject{{u"code"_s, u"K7PM"_s}} << 400;
        QTest::newRow("far too long") << QJsonObject{{u"code"_s, QString(41, u'a')}} << 413;
        QTest::newRow("unknown") << QJsonObject{{u"code"_s, u"K7PM-3XQT"_s}} << 404;
    }

    void aBadCodeIsRefusedByField()
    {
        QFETCH(const QJsonObject, body);
        QFETCH(const int, status);
        const Answer refused = post(u"/v1/handovers"_s, body);
        QCOMPARE(refused.status, status);
        QVERIFY(refused.isProblem());
        QCOMPARE(refused.pointer(), u"/code"_s);
    }

    void anUnreadableCodeIsNotCountedAsAGuess()
    {
        for (int i = 0; i < FailureThrottle::failuresOfAddressMax + 1; ++i)
            QCOMPARE(post(u"/v1/handovers"_s, {{u"code"_s, u"K7PM"_s}}).status, 400);
    }

    void guessingInTheShopIsSlowedDown()
    {
        Answer last;
        for (int i = 0; i <= HandoverService::failuresOfPartyMax; ++i)
            last = post(u"/v1/handovers"_s, {{u"code"_s, u"ZZZZ-%1"_s.arg(i + 2'000)}});
        QCOMPARE(last.status, 429);
        QVERIFY(last.headers.value("retry-after").toInt() > 0);
    }

    void guessingAtADeskIsSlowedDown()
    {
        Result<HoldView> last = refuse(ErrorCode::Internal, {});
        for (int i = 0; i <= HandoverService::failuresOfPartyMax; ++i)
            last = m_desk->get<HoldView>(MessageType::TakeOverHold, TakeOverHold{.code = u"ZZZZ-%1"_s.arg(i + 2'000)});
        QCOMPARE(refusal(last), u"rate_limited"_s);
        QVERIFY(last.error().retryAfterSeconds > 0);
    }

    void nobodyIsAskedWithoutASession()
    {
        QCOMPARE(post(u"/v1/handovers"_s, {{u"code"_s, u"K7PM-3XQT"_s}}, "no-such-token").status, 401);
        DeskClient stranger(*m_house);
        stranger.begin();
        QCOMPARE(refusal(stranger.get<HoldView>(MessageType::TakeOverHold, TakeOverHold{.code = u"K7PM-3XQT"_s})),
                 u"unauthenticated"_s);
    }

private:
    Result<HoldView> takeAtDesk(const std::vector<QString> &seats)
    {
        const TakeHold command{
            .hold = HoldId::create(), .performance = m_house->world.performance(), .seats = seats, .areas = {}};
        return m_desk->get<HoldView>(MessageType::TakeHold, command);
    }
    HoldId takeInShop(const std::vector<QString> &seats)
    {
        const TakeHold command{
            .hold = HoldId::create(), .performance = m_house->world.performance(), .seats = seats, .areas = {}};
        if (post(u"/v1/holds"_s, toJson(command)).status != 201)
            qFatal("the shop holds nothing");
        return command.hold;
    }
    Answer get(const QString &path)
    {
        return *askServer(m_house->edge->port(), "GET", path, {.token = m_house->world.buyerToken().toLatin1()});
    }
    Answer post(const QString &path, const QJsonObject &body, const QByteArray &token = {})
    {
        return *askServer(m_house->edge->port(), "POST", path,
                          {.body = QJsonDocument(body).toJson(),
                           .key = ApiServer::newKey(),
                           .token = token.isEmpty() ? m_house->world.buyerToken().toLatin1() : token});
    }

    std::unique_ptr<DeskHouse> m_house;
    std::unique_ptr<DeskClient> m_desk;
};

QTEST_GUILESS_MAIN(TestHandoverDoors)
#include "tst_handoverdoors.moc"
