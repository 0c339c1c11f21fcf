#include "support/stripeworld.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;
using parterre::test::ScriptedProvider;
using parterre::test::StripeWorld;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

/// A server that was started once without Stripe's key has a provider that never saw what Stripe has. It leaves that
/// alone, says so, and the next one with the key goes on.
class TestOtherProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_stripe = std::make_unique<StripeWorld>();
        m_withoutKey = std::make_unique<SaleNode>(world().dsn());
        QCOMPARE(m_withoutKey->provider().name(), u"test"_s);
    }
    void cleanup()
    {
        m_withoutKey.reset();
        m_stripe.reset();
    }

    void aPaymentSaysWhoWasAskedForIt()
    {
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        QCOMPARE(world().sqlText(u"select provider from payment_attempt"_s), u"stripe"_s);
        need(m_withoutKey->sell(world().buyer(), {a(2)}));
        need(m_withoutKey->sell(world().desk(), {a(3)}));
        QCOMPARE(world().sqlText(u"select string_agg(provider, ' ' order by provider) from payment_attempt"_s),
                 u" stripe test"_s);
    }

    void whatStripeHasIsNotCancelledByWhoNeverSawIt_data()
    {
        QTest::addColumn<Call>("call");
        QTest::addColumn<Line>("line");
        QTest::newRow("it is reserved") << Call::Capture << Line::RequestLost;
        QTest::newRow("it is captured") << Call::Capture << Line::AnswerLost;
        QTest::newRow("nobody knows") << Call::Authorise << Line::AnswerLost;
    }
    void whatStripeHasIsNotCancelledByWhoNeverSawIt()
    {
        QFETCH(const Call, call);
        QFETCH(const Line, line);
        m_stripe->line.set(call, line);
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        m_stripe->line.repair();
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"another provider.*1 of stripe.*stripe-key-file"_s));
        for (int round = 0; round < 3; ++round) {
            passDeadlines();
            QCOMPARE(need(m_withoutKey->checkout().settleOverdue()), 0);
        }
        QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
        QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
        QCOMPARE(m_stripe->settle(), 1); // By one that has the key again.
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aRepeatByTheBuyerFindsItAsItIs()
    {
        const OrderView order = m_stripe->openOrder({a(1)});
        const PayCard command{.payment = PaymentId::create(), .order = order.id, .cardToken = u"pm_card_visa"_s};
        const CommandKey key = SaleNode::newKey(world().buyer());
        m_stripe->line.set(Call::Capture, Line::RequestLost);
        need(world().checkout().payCard(world().buyer(), key, command));
        const OrderView again = need(m_withoutKey->checkout().payCard(world().buyer(), key, command));
        QCOMPARE(again.state, OrderState::PaymentPending);
        QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
    }

    void itIsOnTheListUntilSomebodyAsksForIt()
    {
        m_stripe->line.beforeAuthorise([&](const PaymentId &) {
            passDeadlines(); // Its server has died over it, and those that live do not have Stripe.
            need(m_withoutKey->checkout().settleOverdue());
            m_listed = concerns();
        });
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        QCOMPARE(m_listed.size(), size_t(1));
        QCOMPARE(m_listed[0].state, PaymentState::Authorising);
        QVERIFY2(m_listed[0].known.contains(u"No server has asked stripe"_s), qPrintable(m_listed[0].known));
        QVERIFY(concerns().empty());
    }

    void aRefundWaitsForWhoTookTheMoney()
    {
        const OrderView sold = need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        need(world().afterSale().refund(
            {.principal = u"user:orsino"_s, .right = RefundRight::Any}, SaleNode::newKey(world().desk()),
            {.refund = RefundId::create(), .order = sold.id, .lines = {}, .reason = u"ill"_s}));
        world().sql(u"update repayment set due_at = now() - interval '5 minutes'"_s);
        QCOMPARE(need(m_withoutKey->afterSale().settleRefunds()), 0);
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"created"_s);
        const auto waiting = need(m_withoutKey->afterSale().openRepayments());
        QVERIFY2(waiting.at(0).repayment.failure.contains(u"(stripe)"_s), qPrintable(waiting.at(0).repayment.failure));
        QCOMPARE(need(world().afterSale().settleRefunds()), 1);
        QCOMPARE(m_stripe->psp.sum(u"net"_s), 0);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

private:
    SaleWorld &world() { return m_stripe->world; }
    void passDeadlines()
    {
        world().sql(u"update payment_attempt set deadline = now() - interval '3 minutes', "
                    "created_at = now() - interval '1 hour'"_s);
    }
    std::vector<PaymentInDoubt> concerns() { return need(world().checkout().paymentsInDoubt()); }

    std::unique_ptr<StripeWorld> m_stripe;
    std::unique_ptr<SaleNode> m_withoutKey;
    std::vector<PaymentInDoubt> m_listed;
};

QTEST_GUILESS_MAIN(TestOtherProvider)
#include "tst_otherprovider.moc"
