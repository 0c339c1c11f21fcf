#include "support/stripeworld.h"

#include <QtTest>

#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;
using parterre::test::StripeWorld;
using Call = parterre::test::ScriptedProvider::Call;
using Line = parterre::test::ScriptedProvider::Line;

/// Card payments by Stripe's wire, and everything that can go wrong on it. What is judged is money and places: the
/// processor's own sums beside our books (StripeWorld::faults()).
class TestStripePayments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_stripe = std::make_unique<StripeWorld>(); }
    void cleanup() { m_stripe.reset(); }

    void aGoodCardSells()
    {
        const OrderView order = m_stripe->openOrder({a(1)}, 2);
        const OrderView paid = need(world().payCard(world().buyer(), order));
        QCOMPARE(paid.state, OrderState::Confirmed);
        QCOMPARE(*paid.paymentState, PaymentState::Captured);
        QCOMPARE(psp().sum(u"captured"_s), 7000);
        QCOMPARE(m_stripe->faults(), QStringList());
        const auto intents = psp().intentsOf(world().sqlText(u"select id from payment_attempt"_s));
        QCOMPARE(intents.size(), 1);
        QCOMPARE(intents.first()[u"metadata"_s][u"order"_s].toString(), order.id.text());
        QCOMPARE(intents.first()[u"id"_s].toString(), world().sqlText(u"select provider_ref from payment_attempt"_s));
    }

    void aDeclinedCardIsRefusedInStripesWordsAndAnotherMayBeTried_data()
    {
        QTest::addColumn<QString>("card");
        QTest::addColumn<QString>("words");
        QTest::newRow("declined") << u"pm_card_visa_chargeDeclined"_s << u"Your card was declined."_s;
        QTest::newRow("no money") << u"pm_card_visa_chargeDeclinedInsufficientFunds"_s
                                  << u"Your card has insufficient funds."_s;
        QTest::newRow("expired") << u"pm_card_chargeDeclinedExpiredCard"_s << u"Your card has expired."_s;
        QTest::newRow("unknown") << u"pm_card_of_nobody"_s << u"No such PaymentMethod: 'pm_card_of_nobody'"_s;
    }

    void aDeclinedCardIsRefusedInStripesWordsAndAnotherMayBeTried()
    {
        QFETCH(QString, card);
        QFETCH(QString, words);
        const OrderView order = m_stripe->openOrder({a(1)});
        const auto refused = world().payCard(world().buyer(), order, card);
        QCOMPARE(refusal(refused), u"payment_declined"_s);
        QCOMPARE(refused.error().message, words + u" Nothing was charged. Try another card."_s);
        QCOMPARE(world().seatState(a(1)), u"held"_s);
        need(world().payCard(world().buyer(), order));
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    /// The table of docs/payments.md: what goes wrong on the way, what the buyer hears, what is so in the end.
    void whateverGoesWrongIsPaidOnceOrNotAtAll_data()
    {
        QTest::addColumn<QString>("operation");
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("times");
        QTest::addColumn<QString>("said"); // `sold`, `pending`, or the code of the refusal.
        QTest::addColumn<QString>("end");  // Of the attempt, when nothing goes wrong any more.
        const auto row = [](const char *operation, const char *what, int times, const char *said, const char *end) {
            QTest::addRow("%s %s x%d", operation, what, times)
                << QString::fromLatin1(operation) << QString::fromLatin1(what) << times << QString::fromLatin1(said)
                << QString::fromLatin1(end);
        };
        row("create", "drop", 1, "sold", "captured");
        row("create", "drop", 9, "unavailable", "cancelled");
        row("create", "conflict", 1, "sold", "captured");
        row("create", "rate_limit", 2, "sold", "captured");
        row("create", "rate_limit", 9, "unavailable", "cancelled");
        row("create", "lock_timeout", 1, "sold", "captured");
        row("create", "error", 1, "unavailable", "cancelled");
        row("create", "lost_error", 1, "unavailable", "cancelled");
        row("confirm", "drop", 1, "sold", "captured");
        row("confirm", "drop", 9, "sold", "captured");
        row("confirm", "conflict", 1, "sold", "captured");
        row("confirm", "conflict", 9, "payment_declined", "cancelled");
        row("confirm", "rate_limit", 1, "sold", "captured");
        row("confirm", "rate_limit", 9, "unavailable", "cancelled");
        row("confirm", "lock_timeout", 2, "sold", "captured");
        row("confirm", "error", 1, "payment_declined", "cancelled");
        row("confirm", "lost_error", 1, "sold", "captured");
        row("capture", "drop", 1, "sold", "captured");
        row("capture", "drop", 9, "sold", "captured");
        row("capture", "conflict", 1, "sold", "captured");
        row("capture", "conflict", 9, "pending", "captured");
        row("capture", "rate_limit", 1, "sold", "captured");
        row("capture", "rate_limit", 9, "pending", "captured");
        row("capture", "lock_timeout", 1, "sold", "captured");
        row("capture", "error", 1, "sold", "captured");
        row("capture", "error", 9, "pending", "captured");
        row("capture", "lost_error", 1, "sold", "captured");
    }

    void whateverGoesWrongIsPaidOnceOrNotAtAll()
    {
        QFETCH(QString, operation);
        QFETCH(QString, what);
        QFETCH(int, times);
        QFETCH(QString, said);
        QFETCH(QString, end);
        const OrderView order = m_stripe->openOrder({a(1)}, 2);
        psp().order(operation, what, times);
        const auto answer = world().payCard(world().buyer(), order);
        const QString heard = !answer                                  ? refusal(answer)
                              : answer->state == OrderState::Confirmed ? u"sold"_s
                                                                       : u"pending"_s;
        QCOMPARE(heard, said);
        psp().forgetOrders();
        m_stripe->settle();
        QCOMPARE(m_stripe->attempt(), end);
        QCOMPARE(m_stripe->faults(), QStringList());
        QCOMPARE(world().seatState(a(1)), end == u"captured" ? u"sold"_s : u"held"_s);
        if (end != u"captured") {
            need(world().payCard(world().buyer(), order));
            QCOMPARE(m_stripe->faults(), QStringList());
        }
    }

    /// The processor answers 500 to what it has done, and nobody asks it again, since it is taken for dead.
    void aReservationIsNotForgottenWhenTheProcessorIsSparedAfterIt()
    {
        m_stripe.reset();
        m_stripe = std::make_unique<StripeWorld>(StripeWorld::Options{.failuresMax = 1, .breakerPause = 500ms});
        psp().order(u"confirm"_s, u"lost_error"_s);
        const auto answer = world().payCard(world().buyer(), m_stripe->openOrder({a(1)}));
        QVERIFY2(answer.has_value(), "the buyer was told that nothing was charged, while it was reserved");
        QTRY_VERIFY_WITH_TIMEOUT(m_stripe->settle() > 0 || m_stripe->attempt() == u"captured"_s, 30'000);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aConfirmationThatTakesTooLongIsNotPaidAgain()
    {
        useTimeout(400ms);
        psp().order(u"confirm"_s, u"delay"_s, 1, 1'200);
        const auto answer = world().payCard(world().buyer(), m_stripe->openOrder({a(1)}));
        QCOMPARE(refusal(answer), u"payment_declined"_s);
        QTest::qWait(1'300); // By now Stripe has heard of it.
        QCOMPARE(psp().sum(u"authorised"_s), 0);
        QCOMPARE(psp().count(u"canceled"_s), 1);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aCaptureThatTakesTooLongIsInDoubtAndThenSold()
    {
        useTimeout(400ms);
        psp().order(u"capture"_s, u"delay"_s, 1, 1'200);
        const OrderView order = need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        QCOMPARE(order.state, OrderState::PaymentPending);
        QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
        QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
        QTest::qWait(1'300);
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aCardThatIsProcessedForLongIsAskedForAgain()
    {
        psp().setKnobs({{u"processing_ms"_s, 1'000}});
        const OrderView order = need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        QCOMPARE(order.state, OrderState::PaymentPending);
        QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
        QTRY_COMPARE_WITH_TIMEOUT(psp().count(u"requires_capture"_s), 1, 30'000);
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aRepeatOfAPaymentChargesOnce()
    {
        const OrderView order = m_stripe->openOrder({a(1)});
        const PayCard command{.payment = PaymentId::create(), .order = order.id, .cardToken = u"pm_card_visa"_s};
        const CommandKey key = test::SaleNode::newKey(world().buyer());
        for (int i = 0; i < 3; ++i)
            QCOMPARE(need(world().checkout().payCard(world().buyer(), key, command)).state, OrderState::Confirmed);
        QCOMPARE(psp().count(u"succeeded"_s), 1);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    // The death of a server, or of the processor.

    void whatADeadServerHadBegunIsEnded_data()
    {
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("end");
        QTest::newRow("before Stripe heard") << int(Call::Authorise) << int(Line::RequestLost) << u"cancelled"_s;
        QTest::newRow("once it was reserved") << int(Call::Authorise) << int(Line::AnswerLost) << u"captured"_s;
        QTest::newRow("before the capture") << int(Call::Capture) << int(Line::RequestLost) << u"captured"_s;
        QTest::newRow("once it was captured") << int(Call::Capture) << int(Line::AnswerLost) << u"captured"_s;
    }

    void whatADeadServerHadBegunIsEnded()
    {
        QFETCH(int, call);
        QFETCH(int, line);
        QFETCH(QString, end);
        m_stripe->line.set(Call(call), Line(line));
        const OrderView order = need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        QCOMPARE(order.state, OrderState::PaymentPending);
        world().sql(u"update payment_attempt set state = 'authorising', provider_ref = ''"_s); // Nothing was written.
        m_stripe->line.repair();
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), end);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aPaymentWhoseKeyKeepsAnErrorIsEndedWithoutAList_data()
    {
        QTest::addColumn<QString>("what");
        QTest::newRow("it was not made") << u"error"_s;
        QTest::newRow("it was made, and nobody knows it") << u"lost_error"_s;
    }

    void aPaymentWhoseKeyKeepsAnErrorIsEndedWithoutAList()
    {
        QFETCH(QString, what);
        m_stripe->line.set(Call::Authorise, Line::AnswerLost);
        psp().order(u"create"_s, what);
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
        m_stripe->line.repair();
        psp().order(u"read"_s, u"error"_s, 99);
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), u"cancelled"_s);
        QCOMPARE(world().seatState(a(1)), u"held"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aPaymentThatWakesUpAfterItWasGivenUpChargesNothing()
    {
        m_stripe->line.beforeAuthorise([&](const PaymentId &) { QCOMPARE(m_stripe->settle(), 1); });
        const auto answer = world().payCard(world().buyer(), m_stripe->openOrder({a(1)}));
        QCOMPARE(refusal(answer), u"payment_declined"_s);
        QCOMPARE(psp().count(u"canceled"_s), 1);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aPaymentOlderThanItsKeysIsFoundByWhatItIsCalled_data()
    {
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("end");
        QTest::addColumn<int>("intents");
        QTest::newRow("it is there") << int(Line::AnswerLost) << u"captured"_s << 1;
        QTest::newRow("it is not") << int(Line::RequestLost) << u"cancelled"_s << 0;
    }

    void aPaymentOlderThanItsKeysIsFoundByWhatItIsCalled()
    {
        QFETCH(int, line);
        QFETCH(QString, end);
        QFETCH(int, intents);
        for (int i = 0; i < 120; ++i) // More than a page of others.
            (void)psp().call("POST", u"payment_intents"_s, "amount=100&currency=gbp");
        m_stripe->line.set(Call::Authorise, Line(line));
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        for (int i = 0; i < 120; ++i)
            (void)psp().call("POST", u"payment_intents"_s, "amount=100&currency=gbp");
        m_stripe->line.repair();
        m_stripe->clock.shift(std::chrono::hours(25));
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), end);
        QCOMPARE(psp().intentsOf(world().sqlText(u"select id from payment_attempt"_s)).size(), intents);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    void aDeadProcessorKeepsThePlacesUntilItIsBack()
    {
        m_stripe->line.set(Call::Capture, Line::RequestLost);
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        m_stripe->line.repair();
        psp().kill();
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(m_stripe->settle(), 0);
            QCOMPARE(m_stripe->attempt(), u"in_doubt"_s);
            QCOMPARE(world().seatState(a(1)), u"payment_pending"_s);
        }
        psp().start();
        QCOMPARE(m_stripe->settle(), 1);
        QCOMPARE(m_stripe->attempt(), u"captured"_s);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

    // Money that goes back.

    void aRefundIsDoneOnceAndNeverMoreThanCame()
    {
        need(world().payCard(world().buyer(), m_stripe->openOrder({a(1)})));
        const ProviderPayment paid = payment();
        const auto refund = [&](const QString &id, qint64 pence) {
            return m_stripe->stripe.refund(paid, id, SaleWorld::money(pence)).state;
        };
        psp().order(u"refund"_s, u"drop"_s);
        QCOMPARE(refund(u"r1"_s, 2000), ProviderState::Refunded);
        QCOMPARE(refund(u"r1"_s, 2000), ProviderState::Refunded);
        psp().order(u"refund"_s, u"lost_error"_s);
        QCOMPARE(refund(u"r2"_s, 1000), ProviderState::Refunded);
        psp().order(u"refund"_s, u"error"_s);
        QCOMPARE(refund(u"r3"_s, 500), ProviderState::Refunded);
        QCOMPARE(psp().sum(u"refunded"_s), 3500);
        QCOMPARE(refund(u"r4"_s, 1501), ProviderState::Declined);
        QCOMPARE(refund(u"r5"_s, 1500), ProviderState::Refunded);
        QCOMPARE(psp().sum(u"net"_s), 0);
    }

    // All at once.

    void aBadDayEndsWithEveryPenceAccountedFor()
    {
        psp().setKnobs({{u"reply_delay_ms"_s, 5},
                        {u"drop_per_mille"_s, 80},
                        {u"error_per_mille"_s, 40},
                        {u"lost_error_per_mille"_s, 40},
                        {u"conflict_per_mille"_s, 60},
                        {u"rate_limit_per_mille"_s, 60},
                        {u"lock_timeout_per_mille"_s, 40},
                        {u"decline_per_mille"_s, 80}});
        std::vector<OrderView> orders;
        for (int row = 0; row < 2; ++row) {
            for (int seat = 1; seat <= 10; ++seat)
                orders.push_back(m_stripe->openOrder({SaleWorld::seatKey(u"Circle"_s, row ? u"A"_s : u"B"_s, seat)}));
        }
        for (int standing = 0; standing < 20; ++standing)
            orders.push_back(m_stripe->openOrder({}, 1));
        std::atomic<size_t> next = 0;
        std::atomic<int> sold = 0;
        {
            std::vector<std::jthread> buyers;
            for (int i = 0; i < 6; ++i) {
                buyers.emplace_back([&] {
                    for (size_t mine = next++; mine < orders.size(); mine = next++) {
                        for (int card = 0; card < 2; ++card) {
                            const auto paid = world().payCard(world().buyer(), orders[mine]);
                            sold += paid && paid->state == OrderState::Confirmed ? 1 : 0;
                            if (paid)
                                break;
                        }
                    }
                });
            }
        }
        QVERIFY2(sold > 10, qPrintable(QString::number(sold)));
        psp().setKnobs();
        m_stripe->settle(3);
        m_stripe->clock.shift(std::chrono::hours(25));
        m_stripe->settle(2);
        QCOMPARE(m_stripe->faults(), QStringList());
    }

private:
    [[nodiscard]] SaleWorld &world() { return m_stripe->world; }
    [[nodiscard]] test::RunningPsp &psp() { return m_stripe->psp; }
    void useTimeout(std::chrono::milliseconds timeout)
    {
        m_stripe.reset();
        m_stripe = std::make_unique<StripeWorld>(StripeWorld::Options{.callTimeout = timeout});
    }
    /// The one attempt, as its provider knows it.
    [[nodiscard]] ProviderPayment payment()
    {
        return {.id = *PaymentId::fromText(world().sqlText(u"select id from payment_attempt"_s)),
                .order = *OrderId::fromText(world().sqlText(u"select order_id from payment_attempt"_s)),
                .amount = SaleWorld::money(world().sqlNumber(u"select amount from payment_attempt"_s)),
                .reference = world().sqlText(u"select provider_ref from payment_attempt"_s),
                .madeAt = m_stripe->clock.now()};
    }

    std::unique_ptr<StripeWorld> m_stripe;
};

QTEST_GUILESS_MAIN(TestStripePayments)
#include "tst_stripepayments.moc"
