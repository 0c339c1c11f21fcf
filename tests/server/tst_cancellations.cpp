#include "check/salebooks.h"
#include "notifications/mailservice.h"
#include "outbox/outbox.h"
#include "support/saleworld.h"
#include "support/scriptedprovider.h"

#include <QTemporaryDir>
#include <QtTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleNodeOptions;
using parterre::test::SaleWorld;
using parterre::test::ScriptedProvider;

/// A performance that does not take place: everything is refunded, once, whoever does it and whoever dies over it.
class TestCancellations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_provider = std::make_unique<ScriptedProvider>();
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.provider = m_provider.get()});
        m_provider->setProvider(m_world->testProvider());
    }
    void cleanup()
    {
        QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
        m_provider.reset();
    }

    void itIsOffSaleAtOnceAndItsHoldsEnd()
    {
        const HoldView held = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const HoldView standing = need(m_world->takeYard(m_world->otherBuyer(), 3));
        const CancellationView view = need(cancel());
        QCOMPARE(view.state, CancellationState::Running);
        QCOMPARE(view.reason, u"Feste is ill"_s);
        QCOMPARE(view.by, u"Viola of Messaline"_s);
        QCOMPARE(need(m_world->holds().find(m_world->buyer(), held.id)).state, HoldState::Expired);
        QCOMPARE(need(m_world->holds().find(m_world->otherBuyer(), standing.id)).state, HoldState::Expired);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
        m_world->catalog().forgetRows();
        QCOMPARE(m_world->detail().summary.state, PerformanceState::Cancelled);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1)})), u"not_on_sale"_s);
    }

    void everyOrderIsRefundedTheWayItWasPaid()
    {
        const OrderView cash = need(m_world->sell(m_world->desk(), {a(1)}, 2));
        const OrderView card = need(m_world->sell(m_world->buyer(), {a(2), a(3)}));
        need(m_world->afterSale().refund(
            supervisor(), SaleNode::newKey(m_world->desk()),
            {.refund = RefundId::create(), .order = card.id, .lines = {1}, .reason = u"x"_s}));
        need(cancel());
        QCOMPARE(need(m_world->cancellations().step()), 2);
        QCOMPARE(need(m_world->cancellations().step()), 0);
        const OrderView cashBack = need(m_world->checkout().findForStaff(cash.id));
        QCOMPARE(cashBack.state, OrderState::Refunded);
        QCOMPARE(cashBack.refunds[0].cause, RefundCause::PerformanceCancelled);
        QCOMPARE(cashBack.refunds[0].reason, u"Feste is ill"_s);
        QCOMPARE(cashBack.refunds[0].repayments[0].state, RepaymentState::Owed);
        need(m_world->afterSale().settleRefunds());
        const OrderView cardBack = need(m_world->checkout().findForStaff(card.id));
        QCOMPARE(cardBack.refunds.size(), size_t(2));
        QCOMPARE(cardBack.refunds[1].lines, std::vector<int>{2});
        QCOMPARE(cardBack.refunds[1].repayments[0].state, RepaymentState::Repaid);

        const CancellationView view = progress();
        QCOMPARE(view.orders, 2);
        QCOMPARE(view.refunded, 2);
        QCOMPARE(view.amount, SaleWorld::money(5'000 + 2 * 1'000 + 5'000));
        QCOMPARE(view.repaymentsOwed, 1);
        QCOMPARE(view.repaymentsWaiting, 0);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sold_place"_s), 0);
        // Who paid cash comes for it, and any clerk may give it.
        need(m_world->afterSale().payOut(
            {.principal = m_world->desk().owner, .right = RefundRight::OwnOfToday}, SaleNode::newKey(m_world->desk()),
            {.repayment = cashBack.refunds[0].repayments[0].id, .note = u"tickets seen"_s}));
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from ledger_entry where account = 'cash_drawer'"_s), 0);
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from ledger_entry where account = 'refunds_owed'"_s), 0);
    }

    void itIsDoneOnceNothingIsLeft()
    {
        need(m_world->sell(m_world->desk(), {a(1)}));
        need(cancel());
        need(m_world->cancellations().step());
        QCOMPARE(progress().state, CancellationState::Running); // Another server may sell for a moment yet.
        letAWhilePass();
        need(m_world->cancellations().step());
        QCOMPARE(progress().state, CancellationState::Done);
        QVERIFY(need(m_world->cancellations().running()).empty());
        QCOMPARE(refusal(m_world->cancellations().progress(PerformanceId::create())), u"not_found"_s);
    }

    void aPaymentThatRunsIsRefundedOnceItHasEnded()
    {
        const OrderView order =
            need(m_world->order(m_world->buyer(), need(m_world->takeSeats(m_world->buyer(), {a(1)}))));
        m_provider->beforeCapture([&](const PaymentId &) {
            need(cancel());
            letAWhilePass();
            QCOMPARE(need(m_world->cancellations().step()), 0);
            QCOMPARE(progress().state, CancellationState::Running);
        });
        QCOMPARE(need(m_world->payCard(m_world->buyer(), order)).state, OrderState::Confirmed);
        QCOMPARE(need(m_world->cancellations().step()), 1);
        QCOMPARE(need(m_world->checkout().findForStaff(order.id)).state, OrderState::Refunded);
        QCOMPARE(progress().state, CancellationState::Done);
    }

    void cancellingAgainIsToldHowFarItIs()
    {
        need(m_world->sell(m_world->desk(), {a(1)}));
        need(cancel());
        need(m_world->cancellations().step());
        const CancellationView again = need(cancel(u"another reason"_s));
        QCOMPARE(again.reason, u"Feste is ill"_s);
        QCOMPARE(again.refunded, 1);
        QCOMPARE(refusal(cancel(u"  "_s)), u"invalid_input"_s);
        QCOMPARE(refusal(m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                                         {.performance = PerformanceId::create(), .reason = u"x"_s})),
                 u"not_found"_s);
    }

    void itPausesWhileTheProviderIsDown()
    {
        need(m_world->sell(m_world->buyer(), {a(1)}));
        need(cancel());
        m_provider->setOutage(true);
        QCOMPARE(need(m_world->cancellations().step()), 0);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 0);
        QCOMPARE(progress().state, CancellationState::Paused);
        m_provider->setOutage(false);
        QCOMPARE(need(m_world->cancellations().step()), 1);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 1);
    }

    void whatAServerLeftIsCarriedOnByAnother()
    {
        sellMany();
        need(cancel());
        QCOMPARE(need(m_world->cancellations().step(4)), 4);
        // It has claimed four more and died.
        m_world->sql(u"update cancellation_order set due_at = now() + interval '1 minute' where order_id in (select "
                     "order_id from cancellation_order where refunded_at is null order by order_id limit 4)"_s);
        SaleNode other(m_world->dsn(), SaleNodeOptions{.provider = m_provider.get()});
        QCOMPARE(need(other.cancellations().step()), orders - 8);
        QCOMPARE(progress().refunded, orders - 4);
        m_world->sql(u"update cancellation_order set due_at = now() where refunded_at is null"_s);
        QCOMPARE(need(other.cancellations().step()), 4);
        need(other.afterSale().settleRefunds());
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from test_card_provider.refund"_s), orders * 3'000);
    }

    void manyServersRefundEachOrderOnce()
    {
        sellMany();
        need(cancel());
        SaleNode other(m_world->dsn(), SaleNodeOptions{.provider = m_provider.get()});
        const auto work = [](SaleNode &node) {
            for (int i = 0; i < 20; ++i) {
                (void)node.cancellations().step(3);
                (void)node.afterSale().settleRefunds(3);
            }
        };
        {
            std::jthread here([&] { work(*m_world); });
            std::jthread there([&] { work(other); });
        }
        QCOMPARE(progress().refunded, orders);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from refund"_s), orders);
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from test_card_provider.refund"_s), orders * 3'000);
    }

    void eachOrderWithAnAddressHasOneMailOfIt()
    {
        sellMany();
        m_world->sql(
            u"update sale_order set buyer_email = '' where id = (select min(id::text)::uuid from sale_order)"_s);
        MailService mails(m_world->database(), m_world->tickets(), need(setUpMail({.folder = m_folder.path()})),
                          {.from = u"tickets@example.org"_s, .support = {}, .shopUrl = [] { return QString(); }});
        Outbox outbox(m_world->database());
        outbox.addGroupConsumer(u"notifications"_s,
                                [&](std::span<const OutboxFact> facts) { return mails.hearAll(facts); });
        outbox.start(); // It hears of the sales too.
        need(cancel());
        SaleNode other(m_world->dsn(), SaleNodeOptions{.provider = m_provider.get()});
        {
            std::jthread here([&] { (void)m_world->cancellations().step(4); });
            std::jthread there([&] { (void)other.cancellations().step(4); });
        }
        need(other.cancellations().step());
        QCOMPARE(progress().refunded, orders);
        outbox.wake();
        QTRY_COMPARE_WITH_TIMEOUT(m_world->sqlNumber(u"select count(*) from outbox_delivery"_s), 0, 30'000);
        const QString refunded = u" from mail where kind = 'refunded'"_s;
        QCOMPARE(m_world->sqlNumber(u"select count(*)"_s + refunded), orders - 1);
        QCOMPARE(m_world->sqlNumber(u"select count(distinct order_id)"_s + refunded), orders - 1);
        outbox.stop();
    }

private:
    static constexpr int orders = 15;
    void sellMany()
    {
        for (int i = 0; i < orders; ++i) {
            const QString row = i < 10 ? u"A"_s : u"B"_s;
            need(m_world->sell(m_world->buyer(), {SaleWorld::seatKey(u"Circle"_s, row, i % 10 + 1)}));
        }
    }
    static RefundActor supervisor() { return {.principal = u"user:orsino"_s, .right = RefundRight::Any}; }
    Result<CancellationView> cancel(const QString &reason = u"Feste is ill"_s)
    {
        return m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                               {.performance = m_world->performance(), .reason = reason});
    }
    CancellationView progress() { return need(m_world->cancellations().progress(m_world->performance())); }
    void letAWhilePass() { m_world->sql(u"update cancellation set created_at = created_at - interval '1 minute'"_s); }

    QTemporaryDir m_folder;
    std::unique_ptr<ScriptedProvider> m_provider;
    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestCancellations)
#include "tst_cancellations.moc"
