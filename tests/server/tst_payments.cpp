#include "check/salebooks.h"
#include "support/saleworld.h"
#include "support/scriptedprovider.h"

#include <QtTest>

#include <chrono>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;
using parterre::test::ScriptedProvider;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

class TestPayments : public QObject
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
        m_world.reset();
        m_provider.reset();
    }

    // Answers.

    void aGoodCardSells()
    {
        const OrderView paid = need(m_world->payCard(m_world->buyer(), openOrder({a(1)}, 2)));
        QCOMPARE(paid.state, OrderState::Confirmed);
        QCOMPARE(*paid.paymentMethod, PaymentMethod::Card);
        QCOMPARE(*paid.paymentState, PaymentState::Captured);
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        QCOMPARE(m_world->yardCounts(), u"0 2"_s);
        QCOMPARE(m_world->sqlText(u"select state from test_card_provider.payment"_s), u"captured"_s);
        QCOMPARE(m_world->sqlText(u"select provider_ref from payment_attempt"_s),
                 m_world->sqlText(u"select id from test_card_provider.payment"_s));
    }

    void aDeclinedCardIsRefusedInWords_data()
    {
        QTest::addColumn<QString>("card");
        QTest::addColumn<QString>("message");
        QTest::newRow("declined") << u"pm_card_visa_chargeDeclined"_s << u"The card was declined."_s;
        QTest::newRow("no money") << u"pm_card_visa_chargeDeclinedInsufficientFunds"_s
                                  << u"The card has insufficient funds."_s;
        QTest::newRow("unknown") << u"pm_card_of_nobody"_s << u"The test provider does not know this card."_s;
    }

    void aDeclinedCardIsRefusedInWords()
    {
        QFETCH(QString, card);
        QFETCH(QString, message);
        const auto refused = m_world->payCard(m_world->buyer(), openOrder({a(1)}), card);
        QCOMPARE(refusal(refused), u"payment_declined"_s);
        QCOMPARE(refused.error().message, message + u" Nothing was charged. Try another card."_s);
    }

    void afterADeclinedCardTheBuyerHasThreeMinutesForAnother()
    {
        const OrderView order = openOrder({a(1)}, 2);
        QVERIFY(!m_world->payCard(m_world->buyer(), order, u"pm_card_visa_chargeDeclined"_s));
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        const HoldView hold = need(m_world->holds().find(m_world->buyer(), order.hold));
        QCOMPARE(hold.state, HoldState::Live);
        QVERIFY2(hold.secondsLeft > 170 && hold.secondsLeft <= 180, qPrintable(QString::number(hold.secondsLeft)));
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).state, OrderState::Open);
        QCOMPARE(need(m_world->payCard(m_world->buyer(), order)).state, OrderState::Confirmed);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 2);
        QCOMPARE(m_world->yardCounts(), u"0 2"_s);
    }

    void noDeclineKeepsPlacesLongerThanAnyHoldMayLast()
    {
        const OrderView order = openOrder({a(1)}, 2);
        growOlder(order, 1'700);
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order, u"pm_card_visa_chargeDeclined"_s)),
                 u"payment_declined"_s);
        const HoldView hold = need(m_world->holds().find(m_world->buyer(), order.hold));
        QCOMPARE(hold.state, HoldState::Live);
        QVERIFY2(hold.secondsLeft > 80 && hold.secondsLeft <= 100, qPrintable(QString::number(hold.secondsLeft)));
        QCOMPARE(m_world->sqlNumber(u"select count(distinct e) from (select held_until as e from hold union all select "
                                    "held_until from seat_inventory where hold_id is not null union all select "
                                    "held_until from area_hold) all_ends"_s),
                 1);
        QCOMPARE(need(m_world->payCard(m_world->buyer(), order)).state, OrderState::Confirmed);
    }

    void aDeclinePastTheLongestTimeEndsTheHold_data()
    {
        QTest::addColumn<bool>("isAnswerLost");
        QTest::newRow("at once") << false;
        QTest::newRow("learnt by the reconciler") << true;
    }
    void aDeclinePastTheLongestTimeEndsTheHold()
    {
        QFETCH(bool, isAnswerLost);
        const OrderView order = openOrder({a(1)}, 2);
        const PayCard command{
            .payment = PaymentId::create(), .order = order.id, .cardToken = u"pm_card_visa_chargeDeclined"_s};
        const CommandKey key = SaleNode::newKey(m_world->buyer());
        m_provider->beforeAuthorise([&](const PaymentId &) { growOlder(order, 1'801); });
        if (isAnswerLost) {
            m_provider->set(Call::Authorise, Line::AnswerLost);
            QCOMPARE(need(m_world->checkout().payCard(m_world->buyer(), key, command)).state,
                     OrderState::PaymentPending);
            m_provider->repair();
            letDeadlinesPass();
            QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        } else {
            const auto refused = m_world->checkout().payCard(m_world->buyer(), key, command);
            QCOMPARE(refusal(refused), u"hold_gone"_s);
            QCOMPARE(refused.error().message,
                     u"The card was declined. Nothing was charged, and the time for these places is over. Choose the "
                     "places again."_s);
        }
        QCOMPARE(refusal(m_world->checkout().payCard(m_world->buyer(), key, command)), u"hold_gone"_s); // Repeated.
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order)), u"hold_gone"_s);
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).state, OrderState::Expired);
        QCOMPARE(need(m_world->holds().find(m_world->buyer(), order.hold)).state, HoldState::Expired);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
        QCOMPARE(m_world->books().faults() + m_world->books().unfinished(), QStringList());
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        need(m_world->takeYard(m_world->otherBuyer(), 20));
    }

    /// One declined card every three minutes.
    void noNumberOfDeclinesKeepsPlacesForEver()
    {
        const OrderView order = openOrder({a(1)});
        int declined = 0;
        while (refusal(m_world->payCard(m_world->buyer(), order, u"pm_card_visa_chargeDeclined"_s)) ==
               u"payment_declined"_s) {
            QVERIFY(++declined < 20);
            growOlder(order, 170);
            m_world->sql(u"update hold set held_until = held_until - interval '170 seconds'"_s);
            m_world->sql(u"update seat_inventory set held_until = held_until - interval '170 seconds' "
                         "where hold_id is not null"_s);
        }
        QCOMPARE(declined, 11); // The last after 1'700 seconds, which left the hold a hundred.
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order)), u"hold_gone"_s);
    }

    /// A decline that is told again when its order has made way for another is no end of the hold.
    void aRepeatSaysWhatCanBeDoneNow()
    {
        const OrderView order = openOrder({a(1)});
        const PayCard command{
            .payment = PaymentId::create(), .order = order.id, .cardToken = u"pm_card_visa_chargeDeclined"_s};
        const CommandKey key = SaleNode::newKey(m_world->buyer());
        const auto pay = [&] { return refusal(m_world->checkout().payCard(m_world->buyer(), key, command)); };
        QCOMPARE(pay(), u"payment_declined"_s);
        need(m_world->order(m_world->buyer(), need(m_world->holds().find(m_world->buyer(), order.hold))));
        QCOMPARE(pay(), u"payment_declined"_s);
        need(m_world->release(m_world->buyer(), {.hold = order.hold, .seats = {}, .areas = {}}));
        QCOMPARE(pay(), u"hold_gone"_s);
    }

    void aPaymentIdIsUsedOnce()
    {
        const PaymentId payment = PaymentId::create();
        const OrderView first = openOrder({a(1)});
        const OrderView second = openOrder({a(2)});
        need(pay(first, payment));
        const auto again = pay(second, payment);
        QCOMPARE(refusal(again), u"key_reused"_s);
        QCOMPARE(again.error().field, u"/payment"_s);
        QCOMPARE(m_world->seatState(a(2)), u"held"_s);
    }

    // While the provider thinks.

    void noConnectionIsHeldWhileTheProviderIsAsked()
    {
        int inUse = -1;
        QString state;
        m_provider->beforeAuthorise([&](const PaymentId &) {
            // The map's reader may hold one for a moment; the payment's own would stay for as long as we ask.
            for (int tries = 0; tries < 500 && inUse != 0; ++tries) {
                inUse = m_world->database().counts().inUse;
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
            state = m_world->sqlText(u"select a.state || ' ' || o.state || ' ' || h.state from payment_attempt a "
                                     "join sale_order o on o.id = a.order_id join hold h on h.id = o.hold_id"_s);
        });
        need(m_world->payCard(m_world->buyer(), openOrder({a(1)})));
        QCOMPARE(inUse, 0);
        QCOMPARE(state, u"authorising payment_pending frozen"_s);
    }

    void aRunningPaymentKeepsEveryoneElseOut()
    {
        const OrderView order = openOrder({a(1)}, 1);
        QStringList said;
        m_provider->beforeAuthorise([&](const PaymentId &) {
            said = {
                refusal(m_world->payCard(m_world->buyer(), order)),
                refusal(m_world->renew(m_world->buyer(), order.hold)),
                refusal(m_world->release(m_world->buyer(), {.hold = order.hold, .seats = {}, .areas = {}})),
                refusal(m_world->takeSeats(m_world->buyer(), {a(2)}, order.hold)),
                refusal(m_world->order(m_world->buyer(), need(m_world->holds().find(m_world->buyer(), order.hold)))),
                refusal(m_world->takeSeats(m_world->otherBuyer(), {a(1)}))};
        });
        need(m_world->payCard(m_world->buyer(), order));
        QCOMPARE(said.join(u' '), u"wrong_state wrong_state wrong_state wrong_state wrong_state seat_taken"_s);
    }

    void aRepeatWhileThePaymentRunsIsToldSo()
    {
        const OrderView order = openOrder({a(1)});
        const PayCard command{.payment = PaymentId::create(), .order = order.id, .cardToken = u"pm_card_visa"_s};
        const CommandKey key = SaleNode::newKey(m_world->buyer());
        Result<OrderView> repeated = refuse(ErrorCode::Internal, {});
        m_provider->beforeAuthorise(
            [&](const PaymentId &) { repeated = m_world->checkout().payCard(m_world->buyer(), key, command); });
        need(m_world->checkout().payCard(m_world->buyer(), key, command));
        QCOMPARE(need(repeated).state, OrderState::PaymentPending);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 1);
    }

    // No answer.

    void withoutAnAnswerThePlacesStayFrozenPastTheirTime()
    {
        const OrderView order = openOrder({a(1)}, 18);
        const OrderView doubtful = inDoubt(order, Call::Authorise, Line::RequestLost);
        QCOMPARE(doubtful.state, OrderState::PaymentPending);
        QCOMPARE(*doubtful.paymentState, PaymentState::InDoubt);
        m_world->letHoldRunOut(order.hold);
        QCOMPARE(need(m_world->holds().expireDue()), 0);
        QCOMPARE(m_world->seatState(a(1)), u"payment_pending"_s);
        QCOMPARE(refusal(m_world->takeSeats(m_world->otherBuyer(), {a(1)})), u"seat_taken"_s);
        QCOMPARE(refusal(m_world->takeYard(m_world->otherBuyer(), 3)), u"sold_out"_s);
        need(m_world->takeYard(m_world->otherBuyer(), 2));
    }

    void whatTheProviderNeverSawIsCancelledThereAndTheHoldThaws()
    {
        const OrderView order = openOrder({a(1)}, 2);
        inDoubt(order, Call::Authorise, Line::RequestLost);
        m_provider->repair();
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(m_world->sqlText(u"select state from payment_attempt"_s), u"cancelled"_s);
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).state, OrderState::Open);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        need(m_world->payCard(m_world->buyer(), order));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 2);
    }

    void anAuthorisationThatComesAfterItsCancellationIsRefused()
    {
        const PaymentId payment = PaymentId::create();
        m_provider->set(Call::Authorise, Line::RequestLost);
        need(pay(openOrder({a(1)}), payment));
        m_provider->repair();
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        const ProviderPayment late{.id = payment, .amount = SaleWorld::money(5000)};
        QCOMPARE(m_provider->authorise(late, u"pm_card_visa"_s).state, ProviderState::Cancelled);
        QCOMPARE(m_provider->capture(late).state, ProviderState::Cancelled);
    }

    void whatTheProviderHasDoneIsConfirmed_data()
    {
        QTest::addColumn<int>("call");
        QTest::addColumn<int>("line");
        QTest::newRow("authorised, answer lost") << int(Call::Authorise) << int(Line::AnswerLost);
        QTest::newRow("capture never arrived") << int(Call::Capture) << int(Line::RequestLost);
        QTest::newRow("captured, answer lost") << int(Call::Capture) << int(Line::AnswerLost);
    }

    void whatTheProviderHasDoneIsConfirmed()
    {
        QFETCH(int, call);
        QFETCH(int, line);
        const OrderView order = openOrder({a(1)}, 2);
        inDoubt(order, Call(call), Line(line));
        m_provider->repair();
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        const OrderView paid = need(m_world->checkout().find(m_world->buyer(), order.id));
        QCOMPARE(paid.state, OrderState::Confirmed);
        QCOMPARE(paid.tickets.size(), size_t(3));
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 2);
    }

    void aDeclineWhoseAnswerWasLostThawsTheHold()
    {
        const OrderView order = openOrder({a(1)});
        m_provider->set(Call::Authorise, Line::AnswerLost);
        need(m_world->payCard(m_world->buyer(), order, u"pm_card_visa_chargeDeclined"_s));
        m_provider->repair();
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(m_world->sqlText(u"select state || ': ' || failure from payment_attempt"_s),
                 u"declined: The card was declined."_s);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    }

    void theProviderIsNotAskedBeforeTheDeadline()
    {
        inDoubt(openOrder({a(1)}), Call::Authorise, Line::AnswerLost);
        m_provider->repair();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 0);
        QCOMPARE(m_world->sqlText(u"select state from payment_attempt"_s), u"in_doubt"_s);
    }

    void aPaymentInDoubtIsAskedForAgainSoon()
    {
        inDoubt(openOrder({a(1)}), Call::Authorise, Line::AnswerLost);
        QVERIFY(m_world->sqlNumber(u"select extract(epoch from deadline - now())::int from payment_attempt"_s) <= 30);
    }

    void aProviderThatStaysAwayIsAskedAgain()
    {
        const OrderView order = openOrder({a(1)});
        inDoubt(order, Call::Authorise, Line::AnswerLost);
        m_provider->set(Call::Query, Line::RequestLost);
        for (int i = 0; i < 3; ++i) {
            letDeadlinesPass();
            QCOMPARE(need(m_world->checkout().settleOverdue()), 0);
            QCOMPARE(m_world->seatState(a(1)), u"payment_pending"_s);
        }
        m_provider->repair();
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
    }

    void oneThatCannotBeSettledDoesNotKeepTheOthersWaiting()
    {
        const PaymentId stuck = PaymentId::create();
        m_provider->set(Call::Authorise, Line::AnswerLost);
        need(pay(openOrder({a(1)}), stuck));
        need(pay(openOrder({a(2)}), PaymentId::create()));
        m_provider->repair();
        m_provider->setFor(stuck, Line::RequestLost);
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(m_world->seatState(a(1)), u"payment_pending"_s);
        QCOMPARE(m_world->seatState(a(2)), u"sold"_s);
    }

    // The reconciler and a slow payment meet.

    void aSlowAuthorisationThatWasGivenUpChargesNothing()
    {
        const OrderView order = openOrder({a(1)});
        m_provider->beforeAuthorise([&](const PaymentId &) {
            letDeadlinesPass();
            QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        });
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order)), u"payment_declined"_s);
        QCOMPARE(m_world->sqlText(u"select state from test_card_provider.payment"_s), u"cancelled"_s);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 0);
    }

    void aSlowCaptureThatWasSettledMeanwhileCountsOnce()
    {
        const OrderView order = openOrder({a(1)});
        m_provider->beforeCapture([&](const PaymentId &) {
            letDeadlinesPass();
            QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        });
        QCOMPARE(need(m_world->payCard(m_world->buyer(), order)).state, OrderState::Confirmed);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 2);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ticket"_s), 1);
    }

    void severalNodesSettleEachPaymentOnce()
    {
        m_provider->set(Call::Authorise, Line::AnswerLost);
        for (int number = 1; number <= 8; ++number)
            need(pay(openOrder({a(number)}), PaymentId::create()));
        m_provider->repair();
        letDeadlinesPass();
        std::atomic<int> settled = 0;
        {
            std::vector<std::jthread> nodes;
            for (int i = 0; i < 4; ++i) {
                nodes.emplace_back([&] {
                    SaleNode node(m_world->dsn(), {.provider = m_provider.get(), .connectionsMax = 2});
                    settled += need(node.checkout().settleOverdue());
                });
            }
        }
        QCOMPARE(settled, 8);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sale_order where state = 'confirmed'"_s), 8);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 16);
    }

    void whatCannotBeWrittenDownIsInDoubtAndNotTriedAgain()
    {
        const OrderView order = openOrder({a(1)});
        m_provider->beforeCapture([&](const PaymentId &) {
            m_world->sql(u"alter table outbox add constraint broken check (topic = '') not valid"_s);
        });
        const auto refused = m_world->payCard(m_world->buyer(), order);
        QCOMPARE(refusal(refused), u"payment_in_doubt"_s);
        QVERIFY(refused.error().message.contains(u"Do not pay again"_s));
        m_world->sql(u"alter table outbox drop constraint broken"_s);
        letDeadlinesPass();
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).state, OrderState::Confirmed);
    }

    // The ledger.

    void everySaleIsEnteredTwiceAndSumsToZero()
    {
        need(m_world->payCard(m_world->buyer(), openOrder({a(1)}, 2)));
        need(m_world->sell(m_world->desk(), {a(2), a(3)}));
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from ledger_entry"_s), 0);
        const auto balance = [&](const QString &account) {
            return m_world->sqlNumber(u"select sum(amount) from ledger_entry where account = '%1'"_s.arg(account));
        };
        QCOMPARE(balance(u"card_clearing"_s), 7000);
        QCOMPARE(balance(u"cash_drawer"_s), 10000);
        QCOMPARE(balance(u"ticket_sales"_s), -17000);
    }

    void theLedgerIsAppendOnly_data()
    {
        QTest::addColumn<QString>("statement");
        QTest::newRow("update") << u"update ledger_entry set amount = amount + 1"_s;
        QTest::newRow("delete") << u"delete from ledger_entry"_s;
        QTest::newRow("truncate") << u"truncate ledger_entry"_s;
    }

    void theLedgerIsAppendOnly()
    {
        QFETCH(QString, statement);
        need(m_world->sell(m_world->desk(), {a(1)}));
        QCOMPARE(m_world->sqlRefusal(statement), u"23001"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ledger_entry"_s), 2);
    }

    /// No key points at them, so nothing else would keep a row that others belong to.
    void whatASaleStandsOnIsNeverDeleted_data()
    {
        QTest::addColumn<QString>("table");
        for (const char *table :
             {"venue", "price_type", "seat_inventory", "hold", "sale_order", "order_line", "payment_attempt"})
            QTest::newRow(table) << QString::fromLatin1(table);
    }

    void whatASaleStandsOnIsNeverDeleted()
    {
        QFETCH(QString, table);
        need(m_world->sell(m_world->desk(), {a(1)}));
        QCOMPARE(m_world->sqlRefusal(u"delete from "_s + table), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"truncate %1 cascade"_s.arg(table)), u"23001"_s);
    }

    void aTransferThatDoesNotSumToZeroIsRefused()
    {
        need(m_world->sell(m_world->desk(), {a(1)}));
        QCOMPARE(m_world->sqlRefusal(
                     u"insert into ledger_entry (transfer_id, order_id, payment_id, account, amount, currency) "
                     "select transfer_id, order_id, payment_id, account, 1, currency from ledger_entry limit 1"_s),
                 u"23514"_s);
    }

    void anOrderHasOneRunningAndOneCapturedPayment()
    {
        need(m_world->sell(m_world->desk(), {a(1)}));
        const QString copy = u"insert into payment_attempt (id, order_id, method, state, currency, amount, deadline, "
                             "created_at, updated_at) select gen_random_uuid(), order_id, method, '%1', currency, "
                             "amount, deadline, created_at, updated_at from payment_attempt limit 1"_s;
        QCOMPARE(m_world->sqlRefusal(copy.arg(u"captured"_s)), u"23505"_s);
        QCOMPARE(m_world->sqlRefusal(copy.arg(u"authorising"_s)), QString());
        QCOMPARE(m_world->sqlRefusal(copy.arg(u"in_doubt"_s)), u"23505"_s);
    }

private:
    OrderView openOrder(const std::vector<QString> &seats, int standing = 0)
    {
        HoldView hold = need(m_world->takeSeats(m_world->buyer(), seats));
        if (standing > 0)
            hold = need(m_world->takeYard(m_world->buyer(), standing, hold.id));
        return need(m_world->order(m_world->buyer(), hold));
    }
    Result<OrderView> pay(const OrderView &order, const PaymentId &payment)
    {
        return m_world->checkout().payCard(m_world->buyer(), SaleNode::newKey(m_world->buyer()),
                                           {.payment = payment, .order = order.id, .cardToken = u"pm_card_visa"_s});
    }
    OrderView inDoubt(const OrderView &order, Call call, Line line)
    {
        m_provider->set(call, line);
        return need(m_world->payCard(m_world->buyer(), order));
    }
    /// As if its hold had been made so much earlier, and renewed since.
    void growOlder(const OrderView &order, int seconds)
    {
        m_world->sql(u"update hold set created_at = created_at - interval '%1 seconds' where id = '%2'"_s.arg(
            QString::number(seconds), order.hold.text()));
    }
    void letDeadlinesPass()
    {
        m_world->sql(u"update payment_attempt set deadline = now() - interval '1 second' "
                     "where state in ('authorising', 'requires_action', 'in_doubt')"_s);
    }

    std::unique_ptr<ScriptedProvider> m_provider;
    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestPayments)
#include "tst_payments.moc"
