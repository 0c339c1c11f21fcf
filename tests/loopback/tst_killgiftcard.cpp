#include "loopback/killedhouse.h"

#include "domain/giftcards/tender.h"

#include <QTest>

using namespace parterre;
using namespace parterre::test;
using namespace Qt::StringLiterals;
using protocol::MessageType;

/// The server is killed over an order that a gift card pays in part (docs/giftcards.md): what was set aside is taken
/// with the sale, or is free again, and the card behind it is charged for the rest once or not at all.
class KillGiftCardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_house = std::make_unique<KilledHouse>(); }
    void cleanupTestCase() { m_house.reset(); }
    void cleanup()
    {
        if (!m_house->server.isRunning())
            m_house->start();
        QCOMPARE(books().faults(), QStringList());
    }

    void aPaymentInPartsThatTheServerDiedInHasOneEnd_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::addColumn<bool>("hasBegun");
        QTest::addColumn<bool>("isSold");
        QTest::newRow("before the commit") << u"gift_card_read"_s << false << true; // The repeat sells.
        QTest::newRow("before the provider heard of it") << u"payment_started"_s << true << false;
        QTest::newRow("the provider has reserved it") << u"payment_authorised"_s << true << true;
        QTest::newRow("the provider has charged it") << u"payment_captured"_s << true << true;
        QTest::newRow("sold, and nobody was told") << u"reply_before_send"_s << true << true;
    }
    void aPaymentInPartsThatTheServerDiedInHasOneEnd()
    {
        QFETCH(QString, moment);
        QFETCH(bool, hasBegun);
        QFETCH(bool, isSold);
        const IssuedGiftCard card = aCard();
        const OrderId order = anOrder();
        const QString path = u"/v1/orders/%1/payments"_s.arg(order.text());
        const Body body{.giftCards = {{.code = *card.code}}};
        const QString key = CommandId::create().text();
        m_house->killAndRestart(moment + u":kill"_s);
        QCOMPARE(m_house->post(path, body, key, m_house->buyer).text(), u"lost"_s);
        QVERIFY(m_house->server.waitUntilKilled());
        QCOMPARE(books().number(u"select count(*) from payment_attempt where order_id = '%1'"_s.arg(order.text())),
                 hasBegun ? 2 : 0);

        books().sql(u"update payment_attempt set deadline = now() where part_of is null"_s);
        m_house->start();
        if (!hasBegun)
            QCOMPARE(m_house->post(path, body, key, m_house->buyer).text(), u"ok"_s);
        QTRY_COMPARE_WITH_TIMEOUT(books().text(u"select state from sale_order where id = '%1'"_s.arg(order.text())),
                                  isSold ? u"confirmed"_s : u"open"_s, 60'000);
        QCOMPARE(m_house->post(path, body, key, m_house->buyer).text(), isSold ? u"ok"_s : u"payment_declined"_s);
        QCOMPARE(books().text(
                     u"select balance || ' ' || reserved from gift_card where id = '%1'"_s.arg(card.card.id.text())),
                 isSold ? u"0 0"_s : u"500 0"_s);
        QCOMPARE(books().number(u"select count(*) from test_card_provider.payment c join payment_attempt a on a.id = "
                                "c.id where c.state = 'captured' and a.order_id = '%1'"_s.arg(order.text())),
                 isSold ? 1 : 0);
        QTRY_COMPARE_WITH_TIMEOUT(books().unfinished(), QStringList(), 60'000);
    }

    void anExchangeThatTheServerDiedInHasOneEnd_data() { aPaymentInPartsThatTheServerDiedInHasOneEnd_data(); }
    /// One seat for two, what they cost more by a gift card and a card: places, tickets and money of both orders change
    /// together or not at all.
    void anExchangeThatTheServerDiedInHasOneEnd()
    {
        QFETCH(QString, moment);
        QFETCH(bool, hasBegun);
        QFETCH(bool, isSold);
        m_house->buyer = m_house->newSession(); // A buyer may have so many places only.
        books().sql(u"update performance set refundable_until = now() + interval '1 hour'"_s);
        const IssuedGiftCard card = aCard();
        const OrderId old = anOrder();
        QCOMPARE(m_house
                     ->post(u"/v1/orders/%1/payments"_s.arg(old.text()), CardPayment(), CommandId::create().text(),
                            m_house->buyer)
                     .text(),
                 u"ok"_s);
        const Exchange body{.order = anOrder(2), .giftCards = {{.code = *card.code}}};
        const QString path = u"/v1/orders/%1/exchanges"_s.arg(old.text());
        const QString key = CommandId::create().text();
        m_house->killAndRestart(moment + u":kill"_s);
        QCOMPARE(m_house->post(path, body, key, m_house->buyer).text(), u"lost"_s);
        QVERIFY(m_house->server.waitUntilKilled());
        QCOMPARE(books().number(u"select count(*) from payment_attempt where order_id = '%1'"_s.arg(body.order.text())),
                 hasBegun ? 2 : 0);
        QCOMPARE(books().faults(), QStringList()); // As it was left.

        books().sql(u"update payment_attempt set deadline = now() where part_of is null"_s);
        m_house->start();
        if (!hasBegun)
            QCOMPARE(m_house->post(path, body, key, m_house->buyer).text(), u"ok"_s);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(body.order), isSold ? u"confirmed"_s : u"open"_s, 60'000);
        QCOMPARE(m_house->post(path, body, key, m_house->buyer).text(), isSold ? u"ok"_s : u"payment_declined"_s);
        QCOMPARE(stateOf(old), isSold ? u"exchanged"_s : u"confirmed"_s);
        QCOMPARE(books().number(u"select count(*) from ticket where state = 'valid' and order_id in ('%1', '%2')"_s.arg(
                     old.text(), body.order.text())),
                 isSold ? 2 : 1);
        QCOMPARE(books().text(
                     u"select balance || ' ' || reserved from gift_card where id = '%1'"_s.arg(card.card.id.text())),
                 isSold ? u"0 0"_s : u"500 0"_s);
        QCOMPARE(books().number(u"select count(*) from test_card_provider.payment c join payment_attempt a on a.id = "
                                "c.id where c.state = 'captured' and a.order_id = '%1'"_s.arg(body.order.text())),
                 isSold ? 1 : 0);
        QTRY_COMPARE_WITH_TIMEOUT(books().unfinished(), QStringList(), 60'000);
    }

private:
    struct Exchange
    {
        OrderId order;
        RefundId refund = RefundId::create();
        PaymentId payment = PaymentId::create();
        QString cardToken = u"pm_card_visa"_s;
        std::vector<GiftCardTender> giftCards;

        template <class Fields>
        void describe(Fields &fields)
        {
            fields("order", order);
            fields("refund", refund);
            fields("payment", payment);
            fields("card_token", cardToken);
            fields("gift_cards", giftCards);
        }
    };
    struct Body
    {
        PaymentId payment = PaymentId::create();
        QString cardToken = u"pm_card_visa"_s;
        std::vector<GiftCardTender> giftCards;

        template <class Fields>
        void describe(Fields &fields)
        {
            fields("payment", payment);
            fields("card_token", cardToken);
            fields("gift_cards", giftCards);
        }
    };

    [[nodiscard]] const check::SaleBooks &books() const { return *m_house->books; }
    /// Worth less than any seat.
    [[nodiscard]] IssuedGiftCard aCard() const
    {
        const auto currency = m_house->detail.prices.front().amount.currency();
        const IssueGiftCard command{.card = GiftCardId::create(),
                                    .amount = Money(500, currency),
                                    .reason = {},
                                    .payment = PaymentId::create(),
                                    .tendered = Money(500, currency)};
        const Outcome issued = m_house->atTheDesk(MessageType::IssueGiftCard, command, CommandId::create().text());
        if (!issued.view)
            qFatal("no gift card: %s", qPrintable(issued.text()));
        return need(fromJson<IssuedGiftCard>(*issued.view));
    }
    [[nodiscard]] QString stateOf(const OrderId &order) const
    {
        return books().text(u"select state from sale_order where id = '%1'"_s.arg(order.text()));
    }
    [[nodiscard]] OrderId anOrder(int seats = 1) const
    {
        TakeHold held = m_house->taking(m_house->freshSeat());
        for (int i = 1; i < seats; ++i)
            held.seats.push_back(m_house->layout->seat(m_house->freshSeat()).key);
        const CreateOrder ordered = m_house->ordering(held);
        for (const auto &done : {m_house->post(u"/v1/holds"_s, held, CommandId::create().text(), m_house->buyer),
                                 m_house->post(u"/v1/orders"_s, ordered, CommandId::create().text(), m_house->buyer)}) {
            if (!done.view)
                qFatal("no order: %s", qPrintable(done.text()));
        }
        return ordered.order;
    }

    std::unique_ptr<KilledHouse> m_house;
};

QTEST_GUILESS_MAIN(KillGiftCardTest)
#include "tst_killgiftcard.moc"
