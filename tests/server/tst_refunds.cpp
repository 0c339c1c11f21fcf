#include "check/salebooks.h"
#include "runtime/faultpoint.h"
#include "support/paidworld.h"

#include <QtTest>

#include <latch>
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
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

/// Places given back and the money for them (docs/refunds.md), through the services on a real database.
class TestRefunds : public QObject, private test::PaidWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    // Places, tickets, order.

    void aWholeOrderGoesBack()
    {
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(1), a(2)}, 3));
        const qint64 seq = m_world->storedMap().seq;
        const OrderView back = need(refund(sold));
        QCOMPARE(back.state, OrderState::Refunded);
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sold_place"_s), 0);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ticket where state = 'void'"_s), 5);
        QVERIFY(back.tickets.empty());
        QCOMPARE(m_world->storedMap().seq, seq + 1);
        for (const OrderLine &line : back.lines)
            QCOMPARE(line.state, LineState::Refunded);
        QCOMPARE(back.confirmedAt, sold.confirmedAt);
        const auto tickets = m_world->tickets().ticketsOf(sold.id, {});
        QCOMPARE(refusal(tickets), u"wrong_state"_s);
        QCOMPARE(tickets.error().message, u"The order was given back, so its tickets are void."_s);
        need(m_world->sell(m_world->buyer(), {a(1), a(2)}, SaleWorld::yardCapacity));
    }

    void aPartGoesBackAndTheRestStays()
    {
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(1), a(2)}, 2));
        const OrderView back = need(refund(sold, {lineOf(sold, a(2)), lineOf(sold, SaleWorld::yard())}));
        QCOMPARE(back.state, OrderState::PartlyRefunded);
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"0 1"_s);
        QCOMPARE(back.tickets.size(), size_t(2));
        QCOMPARE(back.refunds.size(), size_t(1));
        QCOMPARE(back.refunds[0].amount, SaleWorld::money(6'000));
        QCOMPARE(back.refunds[0].by, u"Viola of Messaline"_s);
        need(m_world->tickets().ticketsOf(sold.id, {}));
        const OrderView rest = need(refund(sold));
        QCOMPARE(rest.state, OrderState::Refunded);
        QCOMPARE(rest.refunds.size(), size_t(2));
        QCOMPARE(refusal(refund(sold)), u"wrong_state"_s);
    }

    void aHouseSeatGoesBackToItsCode()
    {
        need(m_world->houseSeats().putCode(
            SaleNode::newKey(m_world->desk()),
            {.performance = m_world->performance(), .code = u"CAST"_s, .name = u"Cast"_s, .color = u"#7b5ea7"_s}));
        need(m_world->houseSeats().move(SaleNode::newKey(m_world->desk()),
                                        {.performance = m_world->performance(), .seats = {a(1)}, .code = u"CAST"_s}));
        TakeHold command{.hold = HoldId::create(), .performance = m_world->performance(), .seats = {a(1)}, .areas = {}};
        command.houseCode = u"CAST"_s;
        const OrderView open = need(m_world->order(m_world->desk(), need(m_world->take(m_world->desk(), command))));
        const OrderView sold = need(m_world->payCash(m_world->desk(), open, open.total));
        need(refund(sold));
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1)})), u"seat_taken"_s);
    }

    void whatWasGivenBackDoesNotCountAgainstTheLimit()
    {
        open({.purchaseLimit = 2});
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1), a(2)}));
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(3)})), u"purchase_limit"_s);
        need(refund(sold, {1}, supervisor()));
        need(m_world->takeSeats(m_world->buyer(), {a(3)}));
    }

    void theFactIsToldToOthers()
    {
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(1), a(2)}));
        const OrderView back = need(refund(sold, {2}));
        QCOMPARE(
            m_world->sqlText(u"select payload->>'number' || ' ' || (payload->>'lines') || ' ' || (payload->>'cause') "
                             "|| ' ' || (payload->>'refund') from outbox where topic = 'order.refunded'"_s),
            u"%1 [2] desk %2"_s.arg(sold.number, back.refunds[0].id.text()));
    }

    // Who.

    void aClerkRefundsOwnSalesOfTodayAndASupervisorAny()
    {
        const OrderView web = need(m_world->sell(m_world->buyer(), {a(1)}));
        QCOMPARE(refusal(refund(web)), u"forbidden"_s);
        const OrderView own = need(m_world->sell(m_world->desk(), {a(2)}));
        m_world->sql(u"update sale_order set confirmed_at = confirmed_at - interval '1 day' where id = '%1'"_s.arg(
            own.id.text()));
        QCOMPARE(refusal(refund(own)), u"forbidden"_s);
        need(refund(own, {}, supervisor()));
        need(refund(web, {}, supervisor()));
        OrderView stranger;
        stranger.id = OrderId::create();
        QCOMPARE(refusal(refund(stranger, {}, supervisor())), u"not_found"_s);
    }

    // Money.

    void cashGoesOutOfTheDrawerAtOnce()
    {
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(1), a(2)}));
        const OrderView back = need(refund(sold, {1}));
        QCOMPARE(back.refunds[0].repayments[0].method, PaymentMethod::Cash);
        QCOMPARE(back.refunds[0].repayments[0].state, RepaymentState::Repaid);
        QCOMPARE(ledger(u"cash_drawer"_s), 5'000);
        QCOMPARE(ledger(u"ticket_sales"_s), -5'000);
    }

    void aCardGetsItsMoneyBackUnderOurId()
    {
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1), a(2)}));
        const OrderView back = need(refund(sold, {1}, supervisor()));
        QCOMPARE(back.refunds[0].repayments[0].state, RepaymentState::Created);
        QCOMPARE(need(m_world->afterSale().openRepayments()).size(), size_t(1));
        QCOMPARE(m_world->books().unfinished().size(), 1);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 1);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 0);
        QCOMPARE(stateOf(sold), RepaymentState::Repaid);
        QCOMPARE(m_world->sqlText(u"select id || ' ' || amount from test_card_provider.refund"_s),
                 back.refunds[0].repayments[0].id.text() + u" 5000"_s);
        QCOMPARE(ledger(u"card_clearing"_s), 5'000);
        QVERIFY(need(m_world->afterSale().openRepayments()).empty());
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void freePlacesGiveNothingBack()
    {
        const HoldView held = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const OrderView order = need(m_world->order(m_world->desk(), held, u"Press"_s));
        const OrderView sold = need(m_world->payCash(m_world->desk(), order, order.total));
        const OrderView back = need(refund(sold));
        QCOMPARE(back.state, OrderState::Refunded);
        QVERIFY(back.refunds[0].repayments.empty());
    }

    void whatTheProviderSays_data()
    {
        QTest::addColumn<Line>("line");
        QTest::addColumn<RepaymentState>("first");
        QTest::addColumn<int>("atProvider");
        QTest::newRow("the request is lost") << Line::RequestLost << RepaymentState::Created << 0;
        QTest::newRow("the answer is lost") << Line::AnswerLost << RepaymentState::Created << 1;
        QTest::newRow("it does it") << Line::Good << RepaymentState::Repaid << 1;
    }
    void whatTheProviderSays()
    {
        QFETCH(Line, line);
        QFETCH(RepaymentState, first);
        QFETCH(int, atProvider);
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1)}));
        need(refund(sold, {}, supervisor()));
        m_provider->set(Call::Refund, line);
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(stateOf(sold), first);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from test_card_provider.refund"_s), atProvider);
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 0); // It is not due again yet.
        m_provider->repair();
        makeDue();
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(stateOf(sold), RepaymentState::Repaid);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from test_card_provider.refund"_s), 1);
    }

    void whatTheProviderRefusesIsPaidOutByASupervisorOnce()
    {
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1)}));
        need(refund(sold, {}, supervisor()));
        const auto repayment = viewOf(sold).refunds[0].repayments[0].id;
        const PayOut command{.repayment = repayment, .note = u"The card is closed; passport seen."_s};
        QCOMPARE(refusal(payOut(command, supervisor())), u"wrong_state"_s);  // It may still happen.
        m_world->sql(u"update test_card_provider.payment set amount = 0"_s); // A card that is closed.
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 1);
        m_world->sql(u"update test_card_provider.payment set amount = 5000"_s);
        const auto waiting = need(m_world->afterSale().openRepayments());
        QCOMPARE(waiting.size(), size_t(1));
        QCOMPARE(waiting[0].repayment.state, RepaymentState::InDoubt);
        QCOMPARE(waiting[0].repayment.failure, u"There is not so much to refund."_s);
        QCOMPARE(waiting[0].orderNumber, sold.number);
        makeDue();
        QCOMPARE(need(m_world->afterSale().settleRefunds()), 0); // Nobody asks for it any more.
        QCOMPARE(refusal(payOut(command, clerk())), u"forbidden"_s);
        const OrderView paid = need(payOut(command, supervisor()));
        QCOMPARE(paid.refunds[0].repayments[0].state, RepaymentState::PaidOut);
        QCOMPARE(refusal(payOut(command, supervisor())), u"wrong_state"_s);
        QCOMPARE(ledger(u"cash_drawer"_s), -5'000);
        QCOMPARE(ledger(u"card_clearing"_s), 5'000);
        QCOMPARE(ledger(u"ticket_sales"_s), 0);
    }

    void noConnectionIsHeldWhileTheProviderIsAsked()
    {
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1)}));
        need(refund(sold, {}, supervisor()));
        int inUse = -1;
        m_provider->beforeRefund([&] {
            for (int tries = 0; tries < 500 && inUse != 0; ++tries) {
                inUse = m_world->database().counts().inUse;
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        });
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(inUse, 0);
    }

    void theDatabaseRefusesToGiveBackMoreThanCame()
    {
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1)}));
        need(refund(sold, {}, supervisor()));
        const QString more =
            u"insert into repayment (id, refund_id, payment_id, method, state, currency, amount, due_at, "
            "created_at, updated_at) select gen_random_uuid(), refund_id, payment_id, method, state, "
            "currency, %1, now(), now(), now() from repayment"_s;
        QCOMPARE(m_world->sqlRefusal(more.arg(1)), u"23514"_s);
        QCOMPARE(m_world->sqlRefusal(u"update repayment set amount = 5001"_s), u"23514"_s);
        QCOMPARE(m_world->sqlRefusal(u"delete from refund_line"_s), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"update refund set amount = 1"_s), u"23001"_s);
    }

    // Repeats.

    void aRepeatIsAnsweredWithTheFirstOutcome()
    {
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(1), a(2)}));
        const RefundLines command = commandOf(sold, {1});
        const CommandKey key = SaleNode::newKey(m_world->desk());
        const OrderView first = need(m_world->afterSale().refund(clerk(), key, command));
        const OrderView again = need(m_world->afterSale().refund(clerk(), key, command));
        QCOMPARE(again.refunds.size(), size_t(1));
        QCOMPARE(again.refunds[0].id, first.refunds[0].id);
        RefundLines other = commandOf(sold, {2});
        other.refund = command.refund;
        QCOMPARE(refusal(m_world->afterSale().refund(clerk(), SaleNode::newKey(m_world->desk()), other)),
                 u"key_reused"_s);
    }

    // Races.

    void withoutTheLockTwoClerksGiveTheSameTicketBack()
    {
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(1), a(2)}, 2));
        // The last words of the database are taken away too: they would hide what the lock is for.
        m_world->sql(u"alter table refund_line drop constraint refund_line_pkey; "
                     "alter table repayment disable trigger repayment_of_what_came"_s);
        QVERIFY(armFaultPoints("refund_order_lock:skip,refund_order_read:sleep=200"));
        (void)raceForLine(sold, lineOf(sold, SaleWorld::yard()));
        QVERIFY(armFaultPoints(""));
        const QStringList faults = m_world->books().faults();
        QVERIFY2(!faults.isEmpty(), "the control must see the race");
        open(); // Its books are broken.
    }

    void twoClerksGiveTheSameTicketBackOnce()
    {
        QVERIFY(armFaultPoints("refund_order_read:sleep=30"));
        for (int i = 1; i <= 5; ++i) {
            const OrderView sold = need(m_world->sell(m_world->desk(), {a(i)}, 1));
            QCOMPARE(raceForLine(sold, lineOf(sold, a(i))), 1);
        }
    }

    void manyServersPayBackOnce()
    {
        constexpr int orders = 10;
        for (int i = 1; i <= orders; ++i)
            need(refund(need(m_world->sell(m_world->buyer(), {a(i)})), {}, supervisor()));
        SaleNode other(m_world->dsn(), SaleNodeOptions{.provider = m_provider.get()});
        {
            std::jthread here([&] { (void)m_world->afterSale().settleRefunds(); });
            std::jthread there([&] { (void)other.afterSale().settleRefunds(); });
        }
        QCOMPARE(m_world->sqlNumber(u"select count(*) from repayment where state = 'repaid'"_s), orders);
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from test_card_provider.refund"_s), orders * 5'000);
    }

    // The check from outside.

    void theBooksAreNotSoundAfterTampering_data()
    {
        QTest::addColumn<QString>("tampering");
        QTest::addColumn<QString>("fault");
        const auto row = [](const char *name, const QString &tampering, const QString &fault) {
            QTest::newRow(name) << tampering << fault;
        };
        row("a refund is lost", u"delete from refund_line"_s, u"does not say what was given back"_s);
        row("a refund of another order's line",
            u"update refund_line set order_id = (select id from sale_order where state = 'confirmed'), line_no = 1"_s,
            u"by the refund of another order"_s);
        row("a refund gives too much", u"update refund set amount = amount + 1"_s, u"not worth its lines"_s);
        row("a repayment is lost", u"delete from repayment"_s, u"does not give back what it is worth"_s);
        row("its buyer got less than its places cost", u"update repayment set amount = amount - 1"_s,
            u"has kept other money than what its sold places cost"_s);
        row("a place of a cancelled performance is sold",
            u"insert into cancellation (performance_id, reason, principal, created_at, finished_at) select id, 'ill', "
            "'user:orsino', now(), now() from performance"_s,
            u"is done with and has a place or an order that is sold"_s);
        row("an order is lost", u"delete from sale_order where state = 'confirmed'"_s,
            u"for an order that is not there"_s);
        row("a line is lost", u"delete from order_line where line_no = 2"_s, u"of a line that is not there"_s);
        row("a hold is lost", u"delete from hold"_s, u"of a hold that is not there"_s);
        row("a repayment is raised", u"update repayment set amount = 3 * amount"_s, u"given back more than came"_s);
        row("its ledger is lost", u"delete from ledger_entry where transfer_id in (select id from repayment)"_s,
            u"a repayment is not in the ledger exactly once"_s);
        row("the ledger is doubled",
            u"insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) select "
            "transfer_id, order_id, payment_id, account, amount, currency from ledger_entry e where exists (select "
            "from repayment p where p.id = e.transfer_id)"_s,
            u"a repayment is not in the ledger exactly once"_s);
        row("the ledger has a stranger",
            u"update ledger_entry set transfer_id = gen_random_uuid() where account = 'ticket_sales' and amount > 0"_s,
            u"a transfer that nothing stands for"_s);
        row("the provider forgets", u"delete from test_card_provider.refund"_s, u"not in the provider's books"_s);
        row("the provider gives twice",
            u"insert into test_card_provider.refund select 'again', payment_id, amount from test_card_provider.refund"_s,
            u"has given back what nobody asked for"_s);
        row("cash as well", u"update repayment set state = 'paid_out', payout_id = gen_random_uuid()"_s,
            u"paid out in cash"_s);
        row("the ticket still opens the door", u"update ticket set state = 'valid'"_s,
            u"given back has a valid ticket"_s);
        row("nobody is told", u"delete from outbox where topic = 'order.refunded'"_s,
            u"a refund was not told to the outbox once"_s);
        row("the seat stays sold",
            u"insert into sold_place select l.performance_id, l.place_no, l.order_id, l.line_no from order_line l join "
            "refund_line g using (order_id, line_no)"_s,
            u"belongs to no line that is sold"_s);
    }
    void theBooksAreNotSoundAfterTampering()
    {
        QFETCH(QString, tampering);
        QFETCH(QString, fault);
        need(m_world->sell(m_world->desk(), {a(5)}));
        need(refund(need(m_world->sell(m_world->buyer(), {a(1), a(2)})), {1}, supervisor()));
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(m_world->books().faults(), QStringList());
        const QStringList faults =
            m_world->books().faultsAfter(u"set local session_replication_role = replica; "_s + tampering);
        QVERIFY2(!faults.filter(fault).isEmpty(), qPrintable(u"only seen: "_s + faults.join(u" | "_s)));
    }

private:
    RefundActor clerk() const { return {.principal = m_world->desk().owner, .right = RefundRight::OwnOfToday}; }
    static RefundLines commandOf(const OrderView &order, const std::vector<int> &lines)
    {
        return {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s};
    }
    static int lineOf(const OrderView &order, const QString &place)
    {
        return std::ranges::find(order.lines, place, &OrderLine::place)->number;
    }
    Result<OrderView> refund(const OrderView &order, const std::vector<int> &lines = {},
                             std::optional<RefundActor> actor = {})
    {
        return m_world->afterSale().refund(actor.value_or(clerk()), SaleNode::newKey(m_world->desk()),
                                           commandOf(order, lines));
    }
    Result<OrderView> payOut(const PayOut &command, const RefundActor &actor)
    {
        return m_world->afterSale().payOut(actor, SaleNode::newKey(m_world->desk()), command);
    }
    RepaymentState stateOf(const OrderView &order) { return viewOf(order).refunds.at(0).repayments.at(0).state; }
    void makeDue() { m_world->sql(u"update repayment set due_at = now() - interval '1 second'"_s); }
    /// Two clerks give the same line back at once; how many were told that it is done.
    int raceForLine(const OrderView &order, int line)
    {
        std::atomic<int> done = 0;
        std::latch start(2);
        const auto clerkWork = [&] {
            const RefundLines command = commandOf(order, {line});
            start.arrive_and_wait();
            done += m_world->afterSale().refund(supervisor(), SaleNode::newKey(m_world->desk()), command) ? 1 : 0;
        };
        {
            std::jthread first(clerkWork);
            std::jthread second(clerkWork);
        }
        return done;
    }
};

QTEST_MAIN(TestRefunds)
#include "tst_refunds.moc"
