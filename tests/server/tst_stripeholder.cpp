#include "support/stripeworld.h"

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

/// 3-D Secure: the buyer goes to the page of his bank and comes back, late or never.
class TestStripeHolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_stripe = std::make_unique<StripeWorld>(); }
    void cleanup() { m_stripe.reset(); }

    void theBuyerIsSentToTheBankAndThePlacesWait()
    {
        const OrderView asked = need(pay());
        QCOMPARE(asked.state, OrderState::PaymentPending);
        QCOMPARE(*asked.paymentState, PaymentState::RequiresAction);
        QVERIFY(asked.paymentActionUrl->startsWith(psp().url() + u"/3ds/"_s));
        QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
        QCOMPARE(psp().sum(u"authorised"_s), 0);
        const OrderView found = need(world().checkout().find(world().buyer(), m_order.id));
        QCOMPARE(*found.paymentActionUrl, *asked.paymentActionUrl);
    }

    void theBankSendsTheBuyerBackToTheOrder()
    {
        need(pay());
        const auto intent =
            psp().call("GET", u"payment_intents/"_s + world().sqlText(u"select provider_ref from payment_attempt"_s));
        QCOMPARE(intent[u"next_action"_s][u"redirect_to_url"_s][u"return_url"_s].toString(),
                 u"http://shop.test/#/orders/"_s + m_order.id.text());
    }

    void onceTheHolderHasConfirmedARepeatSells()
    {
        const OrderView asked = need(pay());
        QCOMPARE(*need(again()).paymentState, PaymentState::RequiresAction);
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, true), 303);
        const OrderView paid = need(again());
        QCOMPARE(paid.state, OrderState::Confirmed);
        QVERIFY(!paid.paymentActionUrl);
        QCOMPARE(need(again()).state, OrderState::Confirmed);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aHolderWhoRefusesMayTakeAnotherCard()
    {
        const OrderView asked = need(pay());
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, false), 303);
        QCOMPARE(refusal(again()), u"payment_declined"_s);
        QCOMPARE(world().seatState(a(1)), u"held"_s);
        need(world().payCard(world().buyer(), m_order));
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aCardThatIsDeclinedAfterTheBankSaidYesIsToldSo()
    {
        const OrderView asked = need(pay(u"pm_card_threeDSecureRequiredChargeDeclined"_s));
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, true), 303);
        const auto refused = again();
        QCOMPARE(refusal(refused), u"payment_declined"_s);
        QVERIFY(refused.error().message.startsWith(u"Your card was declined."_s));
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aBuyerWhoDoesNotComeBackIsSoldWhatTheBankHasConfirmed()
    {
        const OrderView asked = need(pay());
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, true), 303);
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void whoIsStillAtTheBankIsNotGivenUpBeforeTheDeadline()
    {
        const OrderView asked = need(pay());
        QCOMPARE(m_stripe->settle(), 0);
        QCOMPARE(m_stripe->attempt(), u"requires_action"_s);
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, true), 303);
        QCOMPARE(need(again()).state, OrderState::Confirmed);
    }

    void afterTheDeadlineThePaymentIsCancelledAndThePlacesAreFree()
    {
        m_stripe.reset();
        m_stripe = std::make_unique<StripeWorld>(StripeWorld::Options{.paymentDeadline = Seconds(1)});
        const OrderView asked = need(pay());
        QTest::qWait(1'100);
        QCOMPARE(need(world().checkout().settleOverdue()), 1);
        QCOMPARE(m_stripe->attempt(), u"cancelled"_s);
        QCOMPARE(world().seatState(a(1)), u"held"_s);
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, true), 404); // Too late: nothing is charged.
        QCOMPARE(psp().sum(u"authorised"_s), 0);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void theHolderWhoConfirmsWhileItIsCancelledPaysForHisPlacesOrNotAtAll()
    {
        m_stripe.reset();
        m_stripe = std::make_unique<StripeWorld>(StripeWorld::Options{.paymentDeadline = Seconds(1)});
        const OrderView asked = need(pay());
        QTest::qWait(1'100);
        psp().order(u"cancel"_s, u"delay"_s, 1, 300);
        std::jthread holder([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            (void)psp().answerHolder(*asked.paymentActionUrl, true);
        });
        need(world().checkout().settleOverdue());
        holder.join();
        m_stripe->settle();
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void whileTheProviderDoesNotAnswerTheBuyerIsToldToWait()
    {
        const OrderView asked = need(pay());
        psp().kill();
        const OrderView pending = need(again());
        QCOMPARE(pending.state, OrderState::PaymentPending);
        psp().start();
        QCOMPARE(psp().answerHolder(*asked.paymentActionUrl, true), 303);
        QCOMPARE(need(again()).state, OrderState::Confirmed);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

private:
    [[nodiscard]] SaleWorld &world() { return m_stripe->world; }
    [[nodiscard]] test::RunningPsp &psp() { return m_stripe->psp; }
    [[nodiscard]] Result<OrderView> pay(const QString &card = u"pm_card_authenticationRequired"_s)
    {
        m_order = m_stripe->openOrder({a(1)});
        m_command = {.payment = PaymentId::create(), .order = m_order.id, .cardToken = card};
        m_key = test::SaleNode::newKey(world().buyer());
        return again();
    }
    [[nodiscard]] Result<OrderView> again() { return world().checkout().payCard(world().buyer(), m_key, m_command); }

    std::unique_ptr<StripeWorld> m_stripe;
    OrderView m_order;
    PayCard m_command;
    CommandKey m_key;
};

QTEST_GUILESS_MAIN(TestStripeHolder)
#include "tst_stripeholder.moc"
