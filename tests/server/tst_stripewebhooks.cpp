#include "payments/paymentscommand.h"
#include "support/apiserver.h"
#include "support/stripeworld.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>
#include <QTest>
#include <QTextStream>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::Answer;
using parterre::test::ApiServer;
using parterre::test::need;
using parterre::test::RunningPsp;
using parterre::test::SaleWorld;

namespace {

const QByteArray secret = "whsec_of_the_house";

} // namespace

/// Stripe's news, sent by the real parterre-psp to the real API: late, twice, in any order, forged and not at all.
class TestStripeWebhooks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_settled = 0;
        m_psp = std::make_unique<RunningPsp>();
        m_stripe = std::make_unique<StripeCardProvider>(
            StripeClientConfig{.url = m_psp->url(), .secretKey = RunningPsp::secretKey(), .firstPause = 10ms}, m_clock,
            [] { return u"http://shop.test"_s; });
        m_server =
            std::make_unique<ApiServer>(test::SaleWorldOptions{.provider = m_stripe.get()}, QByteArrayList{secret});
        // It begins to send once it knows where to.
        m_psp->kill();
        m_psp->start({u"--webhook-url"_s, u"http://127.0.0.1:%1/v1/webhooks/stripe"_s.arg(m_server->edge().port()),
                      u"--webhook-secret-file"_s, m_psp->file(u"secret"_s, secret), u"--webhook-retry-ms"_s, u"50"_s});
    }
    void cleanup()
    {
        m_server.reset();
        m_stripe.reset();
        m_psp.reset();
    }

    void newsOfAHolderWhoNeverCameBackSellHisPlaces()
    {
        confirmAtTheBank(pay({a(1)}));
        QTRY_COMPARE(settled(), 1);
        QCOMPARE(stateOf(m_order), u"confirmed"_s);
        QCOMPARE(faults(), QStringList());
    }

    void whatComesTwiceForgedAndStaleCountsOnce()
    {
        m_psp->setKnobs({{u"webhook_duplicate_per_mille"_s, 1000},
                         {u"webhook_forge_per_mille"_s, 1000},
                         {u"webhook_stale_per_mille"_s, 1000}});
        confirmAtTheBank(pay({a(1)}));
        QTRY_COMPARE(settled(), 1);
        QTest::qWait(400); // The duplicates are on their way.
        QCOMPARE(settled(), 1);
        QCOMPARE(world().sqlNumber(u"select count(*) from provider_event where id like '%forged%'"_s), 0);
        QCOMPARE(world().sqlNumber(u"select count(*) from ledger_entry"_s), 2);
        QCOMPARE(faults(), QStringList());
    }

    void lateNewsInAnotherOrderSayTheSame()
    {
        m_psp->setKnobs({{u"webhook_delay_ms"_s, 200}, {u"webhook_reorder_per_mille"_s, 500}});
        for (int seat = 1; seat <= 5; ++seat)
            confirmAtTheBank(pay({a(seat)}));
        QTRY_COMPARE_WITH_TIMEOUT(settled(), 5, 15'000);
        QCOMPARE(faults(), QStringList());
    }

    void newsThatNeverComeAreMadeGoodByAsking()
    {
        m_psp->setKnobs({{u"webhook_missing_per_mille"_s, 1000}});
        confirmAtTheBank(pay({a(1)}));
        QTest::qWait(300);
        QCOMPARE(settled(), 0);
        QCOMPARE(world().sqlNumber(u"select count(*) from provider_event"_s), 0);
        world().sql(u"update payment_attempt set deadline = now()"_s); // Its deadline has come.
        QCOMPARE(settled(), 1);
        QCOMPARE(stateOf(m_order), u"confirmed"_s);
        QCOMPARE(faults(), QStringList());
    }

    void whatWeChargeOurselvesIsNotLookedUp()
    {
        m_order = openOrder({a(1)});
        world().sql(u"alter table provider_event rename to provider_event_away"_s); // Whoever looked would be refused.
        QCOMPARE(m_server->post(paymentsOf(m_order), ApiServer::payBody()).status, 201);
        QTRY_VERIFY(isAllTold());
        world().sql(u"alter table provider_event_away rename to provider_event"_s);
        QCOMPARE(world().sqlNumber(u"select count(*) from provider_event"_s), 0);
        QCOMPARE(m_server->newsCount(), 0);
        QCOMPARE(stateOf(m_order), u"confirmed"_s);
        QCOMPARE(faults(), QStringList());
    }

    void aServerThatWasAwayIsToldLater()
    {
        const QJsonObject order = pay({a(1)});
        QTRY_VERIFY(isAllTold()); // It was made; the bank asks.
        const int heard = m_server->newsCount();
        // The table is away, and with it the answer; Stripe repeats until it is heard.
        world().sql(u"alter table provider_event rename to provider_event_away"_s);
        confirmAtTheBank(order);
        QTest::qWait(200);
        QCOMPARE(m_server->newsCount(), heard);
        world().sql(u"alter table provider_event_away rename to provider_event"_s);
        QTRY_COMPARE_WITH_TIMEOUT(settled(), 1, 15'000);
        QCOMPARE(faults(), QStringList());
    }

    void whatIsNotSignedIsForbiddenAndNotKept()
    {
        const QByteArray body = R"({"id":"evt_x","type":"payment_intent.succeeded"})";
        const Answer forged = m_server->send("POST", u"/v1/webhooks/stripe"_s,
                                             {.body = body, .headers = {{"Stripe-Signature", "t=1,v1=00"}}});
        QCOMPARE(forged.status, 403);
        QVERIFY(forged.isProblem());
        QCOMPARE(m_server->send("POST", u"/v1/webhooks/stripe"_s, {.body = body}).status, 403);
        QCOMPARE(world().sqlNumber(u"select count(*) from provider_event where id = 'evt_x'"_s), 0);
    }

    void whatIsSignedButNoEventIsRefused()
    {
        QCOMPARE(tell("[1, 2]").status, 400);
        QCOMPARE(tell("{}").status, 400);
    }

    void newsOfSomebodyElsesPaymentAreTakenAndLeftAlone()
    {
        QCOMPARE(tell(event(u"evt_other"_s, u"payment_intent.succeeded"_s, u"pi_other"_s, PaymentId::create())).status,
                 200);
        QCOMPARE(tell(R"({"id":"evt_c","type":"customer.created","data":{"object":{"object":"customer"}}})").status,
                 200);
        QCOMPARE(m_server->newsCount(), 0);
    }

    void withoutASecretNobodyIsHeard()
    {
        ApiServer deaf;
        QCOMPARE(deaf.send("POST", u"/v1/webhooks/stripe"_s, {.body = "{}"}).status, 404);
    }

    // Money for a payment that has ended (docs/payments.md).

    void moneyThatCameForAPaymentThatEndedGoesBack_data()
    {
        QTest::addColumn<QByteArray>("verb");
        QTest::addColumn<QString>("card");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<int>("refunded");
        QTest::addColumn<bool>("isForPerson");
        const QString good = u"pm_card_visa"_s;
        QTest::newRow("it is reserved") << QByteArray("confirm") << good << u"was released"_s << 0 << false;
        QTest::newRow("it is captured") << QByteArray("capture") << good << u"was refunded"_s << 5000 << false;
        QTest::newRow("its refund fails later")
            << QByteArray("capture") << u"pm_card_refundFail"_s << u"was refunded"_s << 5000 << true;
    }

    void moneyThatCameForAPaymentThatEndedGoesBack()
    {
        QFETCH(QByteArray, verb);
        QFETCH(QString, card);
        QFETCH(QString, outcome);
        QFETCH(int, refunded);
        QFETCH(bool, isForPerson);
        endWithMoney(verb, card);
        QTRY_COMPARE(givenBack(), 1);
        if (!isForPerson) {
            QCOMPARE(world().sqlText(u"select outcome from payment_review"_s), outcome);
            QCOMPARE(m_psp->sum(u"refunded"_s), refunded);
            QCOMPARE(m_psp->sum(u"net"_s), 0);
            QCOMPARE(m_psp->sum(u"authorised"_s), 0);
            QTRY_VERIFY(isAllTold()); // Of the refund too, which is our own.
            QCOMPARE(openReviews(), 0);
        } else {
            QTRY_COMPARE_WITH_TIMEOUT(openReviews(), 1, 15'000);
            compareForPerson(u"The card did not take the refund"_s);
        }
        QCOMPARE(stateOf(m_order), u"open"_s);
    }

    /// The news are quicker than the review's end in our books.
    void aRefundThatFailsBeforeItsReviewIsClosedIsForAPerson()
    {
        endWithMoney("capture", u"pm_card_visa"_s);
        const QString payment = world().sqlText(u"select id from payment_attempt"_s);
        QCOMPARE(tell(refundFailed(payment, payment + u"-late"_s)).status, 200);
        compareForPerson(u"The card did not take the refund"_s);
    }

    void aDisputeOfAPaymentThatEndedIsForAPerson()
    {
        endWithMoney("capture", u"pm_card_visa"_s);
        QTRY_COMPARE(givenBack(), 1);
        const QString intent = world().sqlText(u"select provider_ref from payment_attempt"_s);
        const QJsonObject dispute{{u"object"_s, u"dispute"_s}, {u"id"_s, u"dp_1"_s}, {u"payment_intent"_s, intent}};
        QCOMPARE(tell(eventOf(u"evt_dispute"_s, u"charge.dispute.created"_s, dispute)).status, 200);
        compareForPerson(u"charge.dispute.created"_s);
    }

    void moneyOfASoldOrderThatWentBackIsForAPerson()
    {
        m_order = openOrder({a(1)});
        QCOMPARE(m_server->post(paymentsOf(m_order), ApiServer::payBody()).status, 201);
        const QString intent = world().sqlText(u"select provider_ref from payment_attempt"_s);
        (void)m_psp->call("POST", u"refunds"_s, "payment_intent=" + intent.toUtf8());
        QTRY_COMPARE(world().sqlNumber(u"select count(*) from payment_review where closed_at is null"_s), 1);
        QCOMPARE(givenBack(), 0);
        QCOMPARE(world().sqlNumber(u"select count(*) from payment_review where closed_at is null"_s), 1);
        QCOMPARE(stateOf(m_order), u"confirmed"_s);
    }

    void ourOwnRefundsAreNotForAPerson()
    {
        refundPaidBy(u"pm_card_visa"_s);
        QTRY_VERIFY(world().sqlNumber(u"select count(*) from provider_event where type in ('charge.refunded', "
                                      "'refund.created')"_s) == 2);
        QCOMPARE(world().sqlNumber(u"select count(*) from payment_review"_s), 0);
        QCOMPARE(world().sqlText(u"select state from repayment"_s), u"repaid"_s);
    }

    void aRefundThatTheCardDidNotTakeAfterAllIsInDoubt()
    {
        refundPaidBy(u"pm_card_refundFail"_s);
        QTRY_COMPARE_WITH_TIMEOUT(world().sqlText(u"select state from repayment"_s), u"in_doubt"_s, 15'000);
        QVERIFY(world().sqlText(u"select failure from repayment"_s).startsWith(u"The card did not take"_s));
        QCOMPARE(world().sqlNumber(u"select count(*) from payment_review"_s), 0);
        const auto open = need(world().afterSale().openRepayments());
        QCOMPARE(open.size(), size_t(1));
        need(world().afterSale().payOut({.principal = u"user:orsino"_s, .right = RefundRight::Any},
                                        test::SaleNode::newKey(world().desk()),
                                        {.repayment = open[0].repayment.id, .note = u"passport seen"_s}));
        QCOMPARE(world().sqlNumber(u"select sum(amount) from ledger_entry where account = 'card_clearing'"_s), 5'000);
    }

private:
    /// An order whose card was declined, and money that somebody else who has the key takes for it all the same: a
    /// person at Stripe's dashboard for one.
    void endWithMoney(const QByteArray &verb, const QString &card)
    {
        m_order = openOrder({a(1)});
        const QJsonObject body = ApiServer::payBody(u"pm_card_chargeDeclined"_s);
        QCOMPARE(m_server->post(paymentsOf(m_order), body).status, 402);
        const QString intent = world().sqlText(u"select provider_ref from payment_attempt"_s);
        (void)m_psp->call("POST", u"payment_intents/%1/confirm"_s.arg(intent), "payment_method=" + card.toLatin1());
        if (verb == "capture")
            (void)m_psp->call("POST", u"payment_intents/%1/capture"_s.arg(intent));
        QTRY_COMPARE(world().sqlNumber(u"select count(*) from payment_review"_s), 1);
        QTRY_VERIFY(isAllTold());
    }
    [[nodiscard]] qint64 openReviews()
    {
        return world().sqlNumber(u"select count(*) from payment_review where closed_at is null"_s);
    }
    /// It is on the list, and no asking takes it off again; somebody who has seen to it does.
    void compareForPerson(const QString &why)
    {
        const int ended = m_settled;
        QCOMPARE(givenBack(), ended);
        QCOMPARE(openReviews(), 1);
        QString said;
        QTextStream out(&said);
        QCOMPARE(runPayments({}, world().database(), out, out), 0);
        QVERIFY2(said.contains(why), qPrintable(said));
        const QStringList closing{u"close"_s, world().sqlText(u"select id from payment_attempt"_s), u"paid in cash"_s};
        QCOMPARE(runPayments(closing, world().database(), out, out), 0);
        QCOMPARE(openReviews(), 0);
    }
    /// One seat, sold to this card and given back.
    void refundPaidBy(const QString &card)
    {
        m_order = openOrder({a(1)});
        QCOMPARE(m_server->post(paymentsOf(m_order), ApiServer::payBody(card)).status, 201);
        need(world().afterSale().refund({.principal = u"user:orsino"_s, .right = RefundRight::Any},
                                        test::SaleNode::newKey(world().desk()),
                                        {.refund = RefundId::create(),
                                         .order = *OrderId::fromText(m_order.value(u"id"_s).toString()),
                                         .lines = {},
                                         .reason = u"ill"_s}));
        QCOMPARE(need(world().afterSale().settleRefunds()), 1);
        QCOMPARE(m_psp->sum(u"refunded"_s), 5'000);
    }
    [[nodiscard]] SaleWorld &world() { return m_server->world(); }
    /// Has the provider asked for what is due, and counts what has ended since the test began.
    [[nodiscard]] int settled() { return m_settled += need(world().checkout().settleOverdue()); }
    [[nodiscard]] int givenBack()
    {
        world().sql(u"update payment_review set ask_at = now()"_s);
        return m_settled += need(world().checkout().settleReviews());
    }
    [[nodiscard]] QJsonObject openOrder(const std::vector<QString> &seats) { return m_server->openOrder(seats); }
    [[nodiscard]] static QString paymentsOf(const QJsonObject &order)
    {
        return u"/v1/orders/%1/payments"_s.arg(order.value(u"id"_s).toString());
    }
    [[nodiscard]] QString stateOf(const QJsonObject &order)
    {
        return m_server->get(u"/v1/orders/"_s + order.value(u"id"_s).toString(), m_server->token())
            .json()
            .value(u"state"_s)
            .toString();
    }
    /// A payment that waits for the holder of its card.
    [[nodiscard]] QJsonObject pay(const std::vector<QString> &seats)
    {
        m_order = openOrder(seats);
        const Answer asked =
            m_server->post(paymentsOf(m_order), ApiServer::payBody(u"pm_card_authenticationRequired"_s));
        if (asked.status != 202)
            qFatal("not asked to confirm: %s", asked.body.constData());
        return asked.json();
    }
    /// Whether the server has taken every event that there is.
    [[nodiscard]] bool isAllTold()
    {
        const QJsonArray events = m_psp->call("GET", u"events?limit=100"_s).value(u"data"_s).toArray();
        return !events.isEmpty() && std::ranges::all_of(events, [](const QJsonValue &event) {
            return event[u"pending_webhooks"_s].toInt() == 0;
        });
    }
    void confirmAtTheBank(const QJsonObject &order)
    {
        QCOMPARE(m_psp->answerHolder(order.value(u"payment_action_url"_s).toString(), true), 303);
    }
    [[nodiscard]] static QByteArray event(const QString &id, const QString &type, const QString &reference,
                                          const PaymentId &payment)
    {
        return eventOf(id, type,
                       {{u"object"_s, u"payment_intent"_s},
                        {u"id"_s, reference},
                        {u"metadata"_s, QJsonObject{{u"payment"_s, payment.text()}}}});
    }
    [[nodiscard]] static QByteArray refundFailed(const QString &payment, const QString &refund)
    {
        return eventOf(u"evt_failed"_s, u"refund.failed"_s,
                       {{u"object"_s, u"refund"_s},
                        {u"id"_s, u"re_failed"_s},
                        {u"status"_s, u"failed"_s},
                        {u"failure_reason"_s, u"expired_or_canceled_card"_s},
                        {u"metadata"_s, QJsonObject{{u"payment"_s, payment}, {u"refund"_s, refund}}}});
    }
    [[nodiscard]] static QByteArray eventOf(const QString &id, const QString &type, const QJsonObject &object)
    {
        return QJsonDocument(
                   QJsonObject{{u"id"_s, id}, {u"type"_s, type}, {u"data"_s, QJsonObject{{u"object"_s, object}}}})
            .toJson();
    }
    /// As Stripe would, signed by the secret that we share.
    [[nodiscard]] Answer tell(const QByteArray &body)
    {
        const auto seconds = std::chrono::floor<Seconds>(m_clock.now()).time_since_epoch().count();
        const QByteArray time = QByteArray::number(static_cast<qint64>(seconds));
        const QByteArray code =
            QMessageAuthenticationCode::hash(time + '.' + body, secret, QCryptographicHash::Sha256).toHex();
        return m_server->send("POST", u"/v1/webhooks/stripe"_s,
                              {.body = body, .headers = {{"Stripe-Signature", "t=" + time + ",v1=" + code}}});
    }
    [[nodiscard]] QStringList faults()
    {
        QStringList found = m_psp->paidTwice();
        for (const QString &fault : world().books().faults() + world().books().unfinished()) {
            if (!fault.contains(u"provider"_s)) // Those look into the test provider's books.
                found.append(fault);
        }
        const qint64 sold = world().sqlNumber(u"select sum(total) from sale_order where state = 'confirmed'"_s);
        if (m_psp->sum(u"net"_s) != sold)
            found.append(u"the processor has %1, and %2 are sold"_s.arg(m_psp->sum(u"net"_s)).arg(sold));
        return found;
    }

    SystemClock m_clock;
    std::unique_ptr<RunningPsp> m_psp;
    std::unique_ptr<StripeCardProvider> m_stripe;
    std::unique_ptr<ApiServer> m_server;
    QJsonObject m_order;
    int m_settled = 0;
};

QTEST_GUILESS_MAIN(TestStripeWebhooks)
#include "tst_stripewebhooks.moc"
