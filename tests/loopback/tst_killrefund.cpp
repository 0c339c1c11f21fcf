#include "loopback/killedhouse.h"

#include <QTest>

using namespace parterre;
using namespace parterre::test;
using namespace Qt::StringLiterals;
using protocol::MessageType;

/// The server is killed over refunds (docs/refunds.md): nothing is asked of the provider twice, and nothing is
/// forgotten.
class KillRefundTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_house = std::make_unique<KilledHouse>();
        m_house->clerk = signInManager();
    }
    void cleanupTestCase() { m_house.reset(); }
    void cleanup()
    {
        if (!m_house->server.isRunning())
            m_house->start();
        QCOMPARE(books().faults(), QStringList());
    }

    void aRefundThatTheServerDiedInIsPaidBackOnce_data()
    {
        QTest::addColumn<QString>("moment");
        QTest::addColumn<bool>("isCommitted");
        QTest::addColumn<int>("atProvider");
        QTest::newRow("before the commit") << u"refund_order_read"_s << false << 0;
        QTest::newRow("before the provider heard of it") << u"refund_created"_s << true << 0;
        QTest::newRow("after it gave the money back") << u"refund_repaid"_s << true << 1;
    }
    void aRefundThatTheServerDiedInIsPaidBackOnce()
    {
        QFETCH(QString, moment);
        QFETCH(bool, isCommitted);
        QFETCH(int, atProvider);
        const OrderId order = sell();
        const RefundLines command{.refund = RefundId::create(), .order = order, .lines = {}, .reason = u"ill"_s};
        const QString key = CommandId::create().text();
        m_house->killAndRestart(moment + u":kill"_s);
        const Outcome first = m_house->atTheDesk(MessageType::RefundLines, command, key);
        QVERIFY(m_house->server.waitUntilKilled());
        QVERIFY2(first.view || first.text() == u"lost", qPrintable(first.text()));
        QCOMPARE(books().number(count(u"refund"_s, order)), isCommitted ? 1 : 0);
        QCOMPARE(atTheProvider(order), atProvider);

        m_house->start();
        QCOMPARE(m_house->atTheDesk(MessageType::RefundLines, command, key).text(), u"ok"_s);
        QTRY_COMPARE_WITH_TIMEOUT(books().text(u"select p.state from repayment p join refund f on f.id = p.refund_id "
                                               "where f.order_id = '%1'"_s.arg(order.text())),
                                  u"repaid"_s, 60'000);
        QCOMPARE(books().number(count(u"refund"_s, order)), 1);
        QCOMPARE(atTheProvider(order), 1);
        QCOMPARE(books().unfinished(), QStringList());
    }

    void aRefundWhoseReplyIsLostIsDoneOnce()
    {
        const OrderId order = sell();
        const RefundLines command{.refund = RefundId::create(), .order = order, .lines = {}, .reason = u"ill"_s};
        const QString key = CommandId::create().text();
        m_house->killAndRestart(u"reply_before_send:kill"_s);
        QCOMPARE(m_house->atTheDesk(MessageType::RefundLines, command, key).text(), u"lost"_s);
        QVERIFY(m_house->server.waitUntilKilled());
        m_house->start();
        const Outcome repeat = m_house->atTheDesk(MessageType::RefundLines, command, key);
        QCOMPARE(repeat.text(), u"ok"_s);
        RefundLines anew = command;
        anew.refund = RefundId::create();
        QCOMPARE(m_house->atTheDesk(MessageType::RefundLines, anew, CommandId::create().text()).text(),
                 u"wrong_state"_s);
        QCOMPARE(books().number(count(u"refund"_s, order)), 1);
    }

    /// Last, since nothing can be sold of this performance afterwards.
    void aCancellationGoesOnWhereTheServerDied()
    {
        constexpr int orders = 7;
        for (int i = 0; i < orders; ++i)
            (void)sell();
        const qint64 refundsBefore = books().number(u"select count(*) from refund"_s);
        m_house->killAndRestart(u"cancellation_step:kill=3"_s);
        const CancelPerformance command{.performance = m_house->detail.summary.id, .reason = u"Feste is ill"_s};
        (void)m_house->atTheDesk(MessageType::CancelPerformance, command, CommandId::create().text());
        QVERIFY(m_house->server.waitUntilKilled());
        QCOMPARE(books().number(u"select count(*) from refund"_s) - refundsBefore, 3);
        for (int life = 0; life < 2; ++life) {
            books().sql(u"update cancellation_order set due_at = now() where refunded_at is null"_s);
            m_house->start(life == 0 ? u"cancellation_step:kill=2"_s : QString());
            if (life == 0)
                QVERIFY(m_house->server.waitUntilKilled());
        }
        const QString done = u"select finished_at is not null from cancellation"_s;
        QTRY_COMPARE_WITH_TIMEOUT(books().text(done), u"t"_s, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(books().unfinished(), QStringList(), 60'000);
        QCOMPARE(books().number(u"select count(*) from refund"_s) - refundsBefore, orders);
        QCOMPARE(books().number(u"select count(*) from sold_place"_s), 0);
        QCOMPARE(books().number(u"select sum(amount) from test_card_provider.refund"_s),
                 books().number(u"select sum(amount) from test_card_provider.payment where state = 'captured'"_s));
    }

private:
    struct CardPayment
    {
        PaymentId payment = PaymentId::create();
        QString cardToken = u"pm_card_visa"_s;

        template <class Fields>
        void describe(Fields &fields)
        {
            fields("payment", payment);
            fields("card_token", cardToken);
        }
    };

    [[nodiscard]] const check::SaleBooks &books() const { return *m_house->books; }
    [[nodiscard]] static QString count(const QString &table, const OrderId &order)
    {
        return u"select count(*) from %1 where order_id = '%2'"_s.arg(table, order.text());
    }
    [[nodiscard]] qint64 atTheProvider(const OrderId &order) const
    {
        return books().number(u"select count(*) from test_card_provider.refund r join payment_attempt a on "
                              "a.id = r.payment_id where a.order_id = '%1'"_s.arg(order.text()));
    }
    /// One seat, paid by card in the shop.
    [[nodiscard]] OrderId sell() const
    {
        const TakeHold held = m_house->taking(m_house->freshSeat());
        const CreateOrder ordered = m_house->ordering(held);
        const auto post = [&](const QString &path, const auto &body) {
            const Outcome outcome = m_house->post(path, body, CommandId::create().text(), m_house->buyer);
            if (!outcome.view)
                qFatal("%s: %s", qPrintable(path), qPrintable(outcome.text()));
        };
        post(u"/v1/holds"_s, held);
        post(u"/v1/orders"_s, ordered);
        post(u"/v1/orders/%1/payments"_s.arg(ordered.order.text()), CardPayment());
        return ordered.order;
    }
    [[nodiscard]] QString signInManager() const
    {
        const QString name = u"olivia"_s;
        const QString first = need(m_house->server.addUser(name, u"manager"_s, u"Olivia"_s));
        DeskClient desk(m_house->server.port());
        desk.begin();
        (void)need(
            desk.get<protocol::SignedIn>(MessageType::SignIn, protocol::SignIn{.user = name, .password = first}));
        return need(desk.get<protocol::SignedIn>(
                        MessageType::ChangePassword,
                        protocol::ChangePassword{.oldPassword = first, .newPassword = u"a house in mourning"_s}))
            .token;
    }

    std::unique_ptr<KilledHouse> m_house;
};

QTEST_GUILESS_MAIN(KillRefundTest)
#include "tst_killrefund.moc"
