#include "support/stripeworld.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QUrl>
#include <QtTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;
using parterre::test::StripeWorld;

/// A card processor that is down: nobody waits for it, nobody loses his places to it, and it is used again by itself.
class TestStripeOutage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(120'000ms); } // Longer than any test, however busy the machine is.
    void cleanup() { m_stripe.reset(); }

    void thePaymentThatFindsItDeadIsNotChargedAndToldWhenToComeBack()
    {
        psp().kill();
        const auto refused = world().payCard(world().buyer(), m_order);
        QCOMPARE(refusal(refused), u"unavailable"_s);
        QVERIFY(refused.error().message.contains(u"Nothing was charged"_s));
        QVERIFY(refused.error().message.contains(u"cash at the box office"_s));
        QVERIFY(refused.error().retryAfterSeconds >= 1);
        QCOMPARE(world().seatState(a(1)), u"held"_s);
    }

    void thoseThatFollowAreRefusedWithoutACallAndNothingIsWritten()
    {
        takeDown();
        const qint64 attempts = world().sqlNumber(u"select count(*) from payment_attempt"_s);
        QTcpServer inItsPlace; // Where the processor was: whoever called it would be heard here.
        QVERIFY2(inItsPlace.listen(QHostAddress::LocalHost, static_cast<quint16>(QUrl(psp().url()).port())),
                 qPrintable(inItsPlace.errorString()));
        QCOMPARE(refusal(world().payCard(world().buyer(), m_order)), u"unavailable"_s);
        QVERIFY(!inItsPlace.waitForNewConnection(0));
        QCOMPARE(world().sqlNumber(u"select count(*) from payment_attempt"_s), attempts);
        QCOMPARE(need(world().checkout().find(world().buyer(), m_order.id)).state, OrderState::Open);
    }

    void theHoldIsKeptAliveMeanwhile()
    {
        takeDown();
        world().sql(u"update hold set held_until = now() + interval '5 seconds'"_s);
        world().sql(u"update seat_inventory set held_until = now() + interval '5 seconds' where state = 'held'"_s);
        QCOMPARE(refusal(world().payCard(world().buyer(), m_order)), u"unavailable"_s);
        const HoldView hold = need(world().holds().find(world().buyer(), m_order.hold));
        QVERIFY2(hold.secondsLeft > 170 && hold.secondsLeft <= 180, qPrintable(QString::number(hold.secondsLeft)));
        QCOMPARE(world().sqlNumber(u"select count(*) from seat_inventory where state = 'held' and "
                                   "held_until < now() + interval '100 seconds'"_s),
                 0);
    }

    void butNotForEver()
    {
        takeDown();
        world().sql(u"update hold set created_at = now() - interval '1795 seconds', "
                    "held_until = now() + interval '3 seconds'"_s);
        world().sql(u"update seat_inventory set held_until = now() + interval '3 seconds' where state = 'held'"_s);
        QCOMPARE(refusal(world().payCard(world().buyer(), m_order)), u"unavailable"_s);
        QVERIFY(need(world().holds().find(world().buyer(), m_order.hold)).secondsLeft <= 5);
    }

    void aHoldThatHasEndedIsNotBroughtBack()
    {
        takeDown();
        world().letHoldRunOut(m_order.hold);
        QCOMPARE(refusal(world().payCard(world().buyer(), m_order)), u"unavailable"_s);
        need(world().takeSeats(world().otherBuyer(), {a(1)}));
    }

    void anothersOrderIsNotKeptAlive()
    {
        takeDown();
        QCOMPARE(refusal(world().payCard(world().otherBuyer(), m_order)), u"not_found"_s);
    }

    void cashIsTakenAllTheWhile()
    {
        takeDown();
        const HoldView hold = need(world().takeSeats(world().desk(), {a(5)}));
        const OrderView order = need(world().order(world().desk(), hold));
        QCOMPARE(need(world().payCash(world().desk(), order, order.total)).state, OrderState::Confirmed);
    }

    void whenItIsBackItIsUsedAgain()
    {
        open(1'000ms);
        psp().kill();
        QCOMPARE(refusal(world().payCard(world().buyer(), m_order)), u"unavailable"_s);
        psp().start();
        QTRY_VERIFY_WITH_TIMEOUT(!m_stripe->stripe.outage(), 10'000);
        QCOMPARE(need(world().payCard(world().buyer(), m_order)).state, OrderState::Confirmed);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aPaymentThatWasBegunBeforeIsNotGivenUpInTheOutage()
    {
        open(1'000ms);
        m_stripe->line.set(test::ScriptedProvider::Call::Capture, test::ScriptedProvider::Line::RequestLost);
        need(world().payCard(world().buyer(), m_order));
        m_stripe->line.repair();
        psp().kill();
        for (int i = 0; i < 3; ++i)
            QCOMPARE(m_stripe->settle(), 0);
        QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
        QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
        psp().start();
        int settled = 0;
        QTRY_VERIFY_WITH_TIMEOUT((settled += m_stripe->settle()) == 1, 30'000);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void declinesAndWrongRequestsAreNoOutage()
    {
        for (int i = 0; i < 8; ++i)
            QCOMPARE(refusal(world().payCard(world().buyer(), m_order, u"pm_card_chargeDeclined"_s)),
                     u"payment_declined"_s);
        QVERIFY(!m_stripe->stripe.outage());
    }

    void aKeyThatIsNotGoodIsAnOutage()
    {
        open(1'000ms);
        psp().changeKey(u"sk_test_of_tomorrow"_s);
        for (int i = 0; i < 4; ++i) {
            const auto refused = world().payCard(world().buyer(), m_order);
            QCOMPARE(refusal(refused), u"unavailable"_s);
            QVERIFY2(refused.error().message.contains(u"do not work at the moment"_s),
                     qPrintable(refused.error().message));
        }
        QVERIFY(m_stripe->stripe.outage());
        QCOMPARE(world().seatState(a(1)), u"held"_s);
        psp().changeKey(test::RunningPsp::secretKey());
        QTRY_VERIFY_WITH_TIMEOUT(!m_stripe->stripe.outage(), 10'000);
        QCOMPARE(need(world().payCard(world().buyer(), m_order)).state, OrderState::Confirmed);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aKeyThatIsRolledOverAPaymentChargesOnce()
    {
        open(1'000ms);
        m_stripe->line.beforeCapture([&](const PaymentId &) { psp().changeKey(u"sk_test_of_tomorrow"_s); });
        QCOMPARE(need(world().payCard(world().buyer(), m_order)).state, OrderState::PaymentPending);
        QCOMPARE(m_stripe->settle(), 0);
        QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
        QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
        psp().changeKey(test::RunningPsp::secretKey());
        int settled = 0;
        QTRY_VERIFY_WITH_TIMEOUT((settled += m_stripe->settle()) == 1, 30'000);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void noMoreCallsThanAllowedAreInFlight()
    {
        server::StripeClient client({.url = psp().url(), .secretKey = test::RunningPsp::secretKey(), .callsMax = 2});
        psp().setKnobs({{u"delay_ms"_s, 200}});
        QElapsedTimer clock;
        clock.start();
        {
            std::vector<std::jthread> callers;
            for (int i = 0; i < 6; ++i)
                callers.emplace_back([&] { (void)client.get(u"payment_intents"_s); });
        }
        QVERIFY2(clock.elapsed() >= 590, qPrintable(QString::number(clock.elapsed()))); // Three times two.
    }

private:
    [[nodiscard]] SaleWorld &world() { return m_stripe->world; }
    [[nodiscard]] test::RunningPsp &psp() { return m_stripe->psp; }
    void open(std::chrono::milliseconds breakerPause)
    {
        m_stripe.reset();
        m_stripe = std::make_unique<StripeWorld>(StripeWorld::Options{.failuresMax = 4, .breakerPause = breakerPause});
        m_order = m_stripe->openOrder({a(1)}, 2);
    }
    void takeDown()
    {
        psp().kill();
        QCOMPARE(refusal(world().payCard(world().buyer(), m_order)), u"unavailable"_s);
        QVERIFY(m_stripe->stripe.outage());
    }

    std::unique_ptr<StripeWorld> m_stripe;
    OrderView m_order;
};

QTEST_GUILESS_MAIN(TestStripeOutage)
#include "tst_stripeoutage.moc"
