#include "support/stripeworld.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

/// Refunds by Stripe's wire, against the real parterre-psp: whatever goes wrong, the money goes back once.
class TestStripeRefunds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_stripe = std::make_unique<StripeWorld>(); }
    void cleanup() { m_stripe.reset(); }

    void whateverGoesWrongIsPaidBackOnce_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("times");
        QTest::newRow("nothing") << QString() << 0;
        for (const QString &what : {u"drop"_s, u"error"_s, u"lost_error"_s, u"rate_limit"_s}) {
            QTest::newRow(qPrintable(what + u", once"_s)) << what << 1;
            QTest::newRow(qPrintable(what + u", to the last"_s)) << what << 40;
        }
    }
    void whateverGoesWrongIsPaidBackOnce()
    {
        QFETCH(QString, what);
        QFETCH(int, times);
        const OrderView sold = pay({a(1), a(2)});
        need(refund(sold, {1}));
        if (times > 0)
            m_stripe->psp.order(u"refund"_s, what, times);
        need(world().afterSale().settleRefunds());
        m_stripe->psp.forgetOrders();
        for (int round = 0; round < 3; ++round)
            settleAgain();
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"repaid"_s);
        QCOMPARE(m_stripe->psp.sum(u"refunded"_s), 5'000);
        QCOMPARE(m_stripe->faults(), QStringList());
        need(refund(sold, {}));
        need(world().afterSale().settleRefunds());
        QCOMPARE(m_stripe->psp.sum(u"net"_s), 0);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    /// Its keys are gone then, so only looking first keeps it from a second time.
    void anAnswerLostForDaysIsFoundByOurId()
    {
        need(refund(pay({a(1), a(2)}), {1}));
        m_stripe->line.set(ScriptedProvider::Call::Refund, ScriptedProvider::Line::AnswerLost);
        need(world().afterSale().settleRefunds());
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"created"_s);
        QCOMPARE(m_stripe->psp.sum(u"refunded"_s), 5'000);
        m_stripe->line.repair();
        m_stripe->clock.shift(Seconds(3 * 86'400));
        settleAgain();
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"repaid"_s);
        QCOMPARE(m_stripe->psp.sum(u"refunded"_s), 5'000);
    }

    void whatStripeHasGivenBackByHandIsInDoubt()
    {
        const OrderView sold = pay({a(1)});
        const QString intent = world().sqlText(u"select provider_ref from payment_attempt"_s);
        (void)m_stripe->psp.call("POST", u"refunds"_s, "payment_intent=" + intent.toUtf8());
        need(refund(sold, {}));
        need(world().afterSale().settleRefunds());
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"in_doubt"_s);
        QVERIFY(world().sqlText(u"select failure from repayment"_s).contains(u"already been refunded"_s));
        QCOMPARE(m_stripe->psp.sum(u"net"_s), 0);
    }

    // Our own key.

    void aKeyThatWasRolledIsNoReasonToPayCash_data()
    {
        QTest::addColumn<bool>("isForbidden");
        QTest::newRow("401, it is not good any more") << false;
        QTest::newRow("403, it may not do this") << true;
    }
    void aKeyThatWasRolledIsNoReasonToPayCash()
    {
        QFETCH(const bool, isForbidden);
        need(refund(pay({a(1), a(2)}), {1}));
        if (isForbidden)
            m_stripe->psp.order(u"refund"_s, u"forbidden"_s, 1'000);
        else
            m_stripe->psp.changeKey(u"sk_test_of_tomorrow"_s);
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"does not take our key.*/etc/parterre/stripe.key"_s));
        need(world().afterSale().settleRefunds());
        for (int round = 0; round < 2; ++round)
            settleAgain();
        QCOMPARE(world().sqlText(u"select state || failure from repayment"_s), u"created"_s);
        const auto waiting = need(world().afterSale().openRepayments());
        QCOMPARE(refusal(world().afterSale().payOut(supervisor(), SaleNode::newKey(world().desk()),
                                                    {.repayment = waiting.at(0).repayment.id, .note = u"seen"_s})),
                 u"wrong_state"_s);
        m_stripe->psp.changeKey(test::RunningPsp::secretKey());
        m_stripe->psp.forgetOrders();
        settleAgain();
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"repaid"_s);
        QCOMPARE(m_stripe->psp.sum(u"refunded"_s), 5'000);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aNewKeyInTheFileIsUsedByItself()
    {
        QString inTheFile = test::RunningPsp::secretKey();
        m_stripe.reset();
        m_stripe = std::make_unique<StripeWorld>(StripeWorld::Options{.readKeyAgain = [&] { return inTheFile; }});
        need(refund(pay({a(1), a(2)}), {1}));
        m_stripe->psp.changeKey(u"sk_test_of_tomorrow"_s);
        need(world().afterSale().settleRefunds());
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"created"_s);
        inTheFile.clear(); // It is being written.
        settleAgain();
        inTheFile = u"sk_test_of_tomorrow"_s;
        settleAgain();
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"repaid"_s);
        (void)pay({a(3)});
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    /// By whoever was asked while the refusals of our key were taken for refusals of the card.
    void whatIsInDoubtIsAskedForAgainAndGoesBackOnce_data()
    {
        QTest::addColumn<bool>("wasDone");
        QTest::newRow("it never went back") << false;
        QTest::newRow("it did, and nobody knew") << true;
    }
    void whatIsInDoubtIsAskedForAgainAndGoesBackOnce()
    {
        QFETCH(const bool, wasDone);
        need(refund(pay({a(1), a(2)}), {1}));
        if (wasDone)
            need(world().afterSale().settleRefunds());
        world().sql(u"update repayment set state = 'in_doubt', failure = 'Invalid API Key provided.', attempts = 7"_s);
        const RepaymentId id = need(world().afterSale().openRepayments()).at(0).repayment.id;
        QCOMPARE(refusal(askAgain(id, {.principal = u"user:viola"_s, .right = RefundRight::OwnOfToday})),
                 u"forbidden"_s);
        const OrderView asked = need(askAgain(id, supervisor()));
        QCOMPARE(asked.refunds.at(0).repayments.at(0).state, RepaymentState::Created);
        QCOMPARE(refusal(askAgain(id, supervisor())), u"wrong_state"_s);
        need(world().afterSale().settleRefunds()); // It is due at once.
        QCOMPARE(world().sqlText(u"select state || failure from repayment"_s), u"repaid"_s);
        QCOMPARE(refusal(askAgain(id, supervisor())), u"wrong_state"_s);
        QCOMPARE(m_stripe->psp.sum(u"refunded"_s), 5'000);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void whatWasPaidInCashIsNotAskedForAgain()
    {
        need(refund(pay({a(1)}), {}));
        world().sql(u"update repayment set state = 'in_doubt'"_s);
        const RepaymentId id = need(world().afterSale().openRepayments()).at(0).repayment.id;
        need(world().afterSale().payOut(supervisor(), SaleNode::newKey(world().desk()),
                                        {.repayment = id, .note = u"seen"_s}));
        const auto refused = askAgain(id, supervisor());
        QCOMPARE(refusal(refused), u"wrong_state"_s);
        QVERIFY(refused.error().message.contains(u"paid in cash"_s));
        settleAgain();
        QCOMPARE(m_stripe->psp.sum(u"refunded"_s), 0);
        QCOMPARE(refusal(askAgain(RepaymentId::create(), supervisor())), u"not_found"_s);
    }

private:
    static RefundActor supervisor() { return {.principal = u"user:orsino"_s, .right = RefundRight::Any}; }
    Result<OrderView> askAgain(const RepaymentId &repayment, const RefundActor &actor)
    {
        return world().afterSale().askAgain(actor, SaleNode::newKey(world().desk()), {.repayment = repayment});
    }
    SaleWorld &world() { return m_stripe->world; }
    OrderView pay(const std::vector<QString> &seats)
    {
        return need(world().payCard(world().buyer(), m_stripe->openOrder(seats)));
    }
    Result<OrderView> refund(const OrderView &order, const std::vector<int> &lines)
    {
        return world().afterSale().refund(
            {.principal = u"user:orsino"_s, .right = RefundRight::Any}, SaleNode::newKey(world().desk()),
            {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s});
    }
    void settleAgain()
    {
        world().sql(u"update repayment set due_at = now() - interval '1 second'"_s);
        need(world().afterSale().settleRefunds());
    }

    std::unique_ptr<StripeWorld> m_stripe;
};

QTEST_GUILESS_MAIN(TestStripeRefunds)
#include "tst_striperefunds.moc"
