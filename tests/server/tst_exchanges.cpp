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
using parterre::test::SaleWorld;
using parterre::test::ScriptedProvider;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

/// Places for other places, of this performance or another, in one step (docs/refunds.md).
class TestExchanges : public QObject, private test::PaidWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    void seatsOfOnePriceChangeHands()
    {
        const OrderView old = need(m_world->sell(m_world->desk(), {a(1), a(2)}));
        const OrderView made = need(exchange(old, openOrder({a(3), a(4)})));
        QCOMPARE(made.state, OrderState::Confirmed);
        QVERIFY(made.exchangedFrom.has_value());
        QCOMPARE(made.exchangedFrom->order, old.id);
        QCOMPARE(made.exchangedFrom->number, old.number);
        QCOMPARE(made.exchangedFrom->credit, SaleWorld::money(10'000));
        QCOMPARE(made.tickets.size(), size_t(2));
        QVERIFY(!made.paymentMethod.has_value());
        const OrderView given = viewOf(old);
        QCOMPARE(given.state, OrderState::Exchanged);
        QCOMPARE(given.lines[0].state, LineState::Exchanged);
        QCOMPARE(given.refunds[0].cause, RefundCause::Exchange);
        QVERIFY(given.refunds[0].repayments.empty());
        QVERIFY(given.tickets.empty());
        QCOMPARE(m_world->tickets().ticketsOf(old.id, {}).error().message,
                 u"The order was exchanged, so its tickets are void. Those of the new order are good."_s);
        QCOMPARE(states(), u"available available sold sold"_s);
    }

    void whatTheNewPlacesCostMoreIsPaidInCash()
    {
        const OrderView old = need(m_world->sell(m_world->desk(), {circle(1)}));
        const OrderView wanted = openOrder({a(1)});
        const auto nothing = exchange(old, wanted);
        QCOMPARE(refusal(nothing), u"amount_mismatch"_s);
        QCOMPARE(nothing.error().details.value(u"due"_s).toObject().value(u"amount"_s).toInt(), 2'000);
        QCOMPARE(refusal(exchange(old, wanted, {}, SaleWorld::money(1'999))), u"amount_mismatch"_s);
        QCOMPARE(viewOf(old).state, OrderState::Confirmed);
        const OrderView made = need(exchange(old, wanted, {}, SaleWorld::money(5'000)));
        QCOMPARE(made.change, SaleWorld::money(3'000));
        QCOMPARE(made.exchangedFrom->credit, SaleWorld::money(3'000));
        QCOMPARE(ledger(u"cash_drawer"_s), 5'000);
        QCOMPARE(ledger(u"ticket_sales"_s), -5'000);
    }

    void whatTheyCostLessGoesBack_data()
    {
        QTest::addColumn<bool>("isCard");
        QTest::addColumn<RepaymentState>("state");
        QTest::newRow("cash") << false << RepaymentState::Repaid;
        QTest::newRow("card") << true << RepaymentState::Created;
    }
    void whatTheyCostLessGoesBack()
    {
        QFETCH(bool, isCard);
        QFETCH(RepaymentState, state);
        const SaleParty &party = isCard ? m_world->buyer() : m_world->desk();
        const OrderView old = need(m_world->sell(party, {a(1)}));
        const OrderView made = need(exchange(old, openOrder({circle(1)})));
        QCOMPARE(made.exchangedFrom->credit, SaleWorld::money(3'000));
        const RefundView refund = viewOf(old).refunds.at(0);
        QCOMPARE(refund.amount, SaleWorld::money(5'000));
        QCOMPARE(refund.repayments.at(0).amount, SaleWorld::money(2'000));
        QCOMPARE(refund.repayments.at(0).state, state);
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void moneyThatWentThroughExchangesGoesBackToItsCard()
    {
        const OrderView first = need(m_world->sell(m_world->buyer(), {a(1), a(2)}));
        const OrderView second = need(exchange(first, openOrder({circle(1)}), {1}));
        const OrderView third = need(exchange(second, openOrder({a(5)}), {}, SaleWorld::money(2'000)));
        QCOMPARE(viewOf(first).state, OrderState::PartlyRefunded);
        const OrderView back = need(refund(third));
        std::vector<qint64> amounts;
        for (const RepaymentView &repayment : back.refunds.at(0).repayments)
            amounts.push_back(repayment.amount.minorUnits() * (repayment.method == PaymentMethod::Card ? 1 : -1));
        std::ranges::sort(amounts);
        QCOMPARE(amounts, (std::vector<qint64>{-2'000, 3'000}));
        need(refund(first));
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from test_card_provider.refund"_s), 10'000);
        QCOMPARE(ledger(u"card_clearing"_s), 0);
        QCOMPARE(ledger(u"cash_drawer"_s), 0);
    }

    void anotherEveningInOneStep()
    {
        open({.performances = 2});
        const OrderView old = need(m_world->sell(m_world->desk(), {a(1)}, 2));
        const OrderView wanted = openOrderOf(second(), {a(1)}, 2);
        const qint64 before = seqOf(m_world->performance());
        const OrderView made = need(exchange(old, wanted));
        QCOMPARE(made.performance, second());
        QCOMPARE(seqOf(m_world->performance()), before + 1);
        QCOMPARE(
            m_world->sqlText(u"select string_agg((p.starts_at < (select max(starts_at) from performance))::text || ' ' "
                             "|| s.state, ', ' order by p.starts_at) from seat_inventory s join performance p on "
                             "p.id = s.performance_id where s.seat_no = %1"_s.arg(*m_world->layout().seatNumber(a(1)))),
            u"true available, false sold"_s);
        QCOMPARE(
            m_world->sqlText(u"select string_agg(a.sold::text, ' ' order by p.starts_at) from area_inventory a join "
                             "performance p on p.id = a.performance_id"_s),
            u"0 2"_s);
    }

    void standingPlacesOfOneYardMayBeExchangedForEachOther()
    {
        const OrderView old = need(m_world->sell(m_world->desk(), {}, 3));
        const OrderView wanted = openOrderOf(m_world->performance(), {}, 2);
        need(exchange(old, wanted, {1}, SaleWorld::money(1'000)));
        QCOMPARE(m_world->yardCounts(), u"0 4"_s);
    }

    // By card.

    void aCardPaysTheDifference()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1)}));
        const OrderView wanted = openOrder({a(1)});
        QString refundMeanwhile;
        QString stateMeanwhile;
        m_provider->beforeCapture([&](const PaymentId &) {
            refundMeanwhile = refusal(refund(old));
            stateMeanwhile = enumName(viewOf(old).state) + u' ' + QString::number(viewOf(old).tickets.size());
        });
        const OrderView made = need(exchangeByCard(old, wanted));
        QCOMPARE(made.state, OrderState::Confirmed);
        QCOMPARE(refundMeanwhile, u"wrong_state"_s);
        QCOMPARE(stateMeanwhile, u"confirmed 1"_s); // The old ticket is good until the difference is paid.
        QCOMPARE(viewOf(old).state, OrderState::Exchanged);
        QCOMPARE(m_world->sqlNumber(u"select sum(amount) from test_card_provider.payment where state = 'captured'"_s),
                 5'000);
    }

    void aDeclinedCardLeavesEverythingAsItWas()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1)}));
        const OrderView wanted = openOrder({a(1)});
        QCOMPARE(refusal(exchangeByCard(old, wanted, u"pm_card_visa_chargeDeclined"_s)), u"payment_declined"_s);
        QCOMPARE(viewOf(old).state, OrderState::Confirmed);
        QCOMPARE(viewOf(old).tickets.size(), size_t(1));
        QCOMPARE(viewOf(wanted).state, OrderState::Open);
        QVERIFY(!viewOf(wanted).exchangedFrom.has_value());
        need(exchange(old, wanted, {}, SaleWorld::money(2'000)));
        QCOMPARE(viewOf(old).state, OrderState::Exchanged);
    }

    void anAnswerThatIsLostIsLearntByTheReconciler()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1)}));
        const OrderView wanted = openOrder({a(1)});
        m_provider->set(Call::Capture, Line::AnswerLost);
        QCOMPARE(need(exchangeByCard(old, wanted)).state, OrderState::PaymentPending);
        QCOMPARE(viewOf(old).state, OrderState::Confirmed);
        QCOMPARE(m_world->books().faults(), QStringList());
        m_provider->repair();
        m_world->sql(u"update payment_attempt set deadline = now() where state = 'in_doubt'"_s);
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(viewOf(wanted).state, OrderState::Confirmed);
        QCOMPARE(viewOf(old).state, OrderState::Exchanged);
    }

    // What else becomes of the old order meanwhile.

    void theRestMayBeGivenBackWhileADifferenceIsPaid_data()
    {
        QTest::addColumn<QString>("card");
        QTest::newRow("paid") << u"pm_card_visa"_s;
        QTest::newRow("declined") << u"pm_card_visa_chargeDeclined"_s;
    }
    /// The fee of the old order goes back with the last of its places, and the difference stays what was agreed to.
    void theRestMayBeGivenBackWhileADifferenceIsPaid()
    {
        QFETCH(QString, card);
        open({.asksForFees = true});
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1), circle(2)}));
        QCOMPARE(old.total, SaleWorld::money(2 * 3'225 + 240));
        const OrderView wanted = openOrder({a(1)});
        m_provider->beforeAuthorise([&](const PaymentId &) { need(refund(old, {2})); });
        const bool isPaid = card == u"pm_card_visa"_s;
        QCOMPARE(refusal(exchangeByCard(old, wanted, card, {1})), isPaid ? u"ok"_s : u"payment_declined"_s);
        if (!isPaid)
            need(refund(old));
        const std::vector<RefundView> refunds = viewOf(old).refunds;
        QCOMPARE(refunds.at(0).amount, SaleWorld::money(3'225));
        QCOMPARE(refunds.at(1).amount, SaleWorld::money(3'225 + 240));
        QCOMPARE(refunds.at(1).repayments.at(0).amount, SaleWorld::money(isPaid ? 240 : 3'225 + 240));
        if (isPaid)
            QCOMPARE(viewOf(wanted).exchangedFrom->credit, SaleWorld::money(3'225));
        QCOMPARE(viewOf(old).state, isPaid ? OrderState::Exchanged : OrderState::Refunded);
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(ledger(u"card_clearing"_s), isPaid ? 5'000 : 0);
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void twoExchangesOfOneOrderArePaidAsAgreed_data()
    {
        QTest::addColumn<bool>("isSecondPaid");
        QTest::newRow("both are paid") << true;
        QTest::newRow("one fails") << false;
    }
    /// Whichever is the last, and by whatever node: the fee of the old order goes back once.
    void twoExchangesOfOneOrderArePaidAsAgreed()
    {
        QFETCH(bool, isSecondPaid);
        open({.asksForFees = true});
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1), circle(2)}));
        const OrderView first = openOrder({a(1)});
        const OrderView second = openOrder({a(2)});
        m_provider->set(Call::Capture, Line::AnswerLost);
        QCOMPARE(need(exchangeByCard(old, first, u"pm_card_visa"_s, {1})).state, OrderState::PaymentPending);
        if (!isSecondPaid)
            m_provider->set(Call::Authorise, Line::RequestLost);
        QCOMPARE(need(exchangeByCard(old, second, u"pm_card_visa"_s, {2})).state, OrderState::PaymentPending);
        endDoubts(2);
        QCOMPARE(viewOf(first).state, OrderState::Confirmed);
        QCOMPARE(viewOf(second).state, isSecondPaid ? OrderState::Confirmed : OrderState::Open);
        QCOMPARE(viewOf(old).state, isSecondPaid ? OrderState::Exchanged : OrderState::PartlyRefunded);
        QCOMPARE(m_world->sqlNumber(u"select coalesce(sum(amount), 0) from repayment"_s), isSecondPaid ? 240 : 0);
        if (!isSecondPaid)
            need(refund(old));
        const std::vector<RefundView> refunds = viewOf(old).refunds;
        QCOMPARE(refunds.at(0).amount, SaleWorld::money(3'225));
        QCOMPARE(refunds.at(1).amount, SaleWorld::money(3'225 + 240));
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(ledger(u"card_clearing"_s), isSecondPaid ? 10'000 : 5'000);
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void theUseOfACodeComesBackWithTheLastPlace()
    {
        m_world->sql(u"insert into promotion (id, venue_id, code, name, per, rate, uses_max) select '%1', id, "
                     "'SUMMER', 'Summer treat', 'ticket', 1000, 2 from venue"_s.arg(PromotionId::create().text()));
        const OrderView wanted = openOrderOf(m_world->performance(), {circle(1), circle(2)}, 0, u"SUMMER"_s);
        const OrderView old = need(m_world->payCash(m_world->desk(), wanted, wanted.total));
        const OrderView first = openOrderOf(m_world->performance(), {a(1)}, 0, u"SUMMER"_s);
        const OrderView second = openOrder({a(2)});
        const auto used = [&] { return m_world->sqlNumber(u"select used from promotion"_s); };
        m_provider->set(Call::Capture, Line::AnswerLost);
        need(exchangeByCard(old, first, u"pm_card_visa"_s, {1}));
        need(exchangeByCard(old, second, u"pm_card_visa"_s, {2}));
        QCOMPARE(used(), 2); // The old order has its place 2 until it is paid for.
        endDoubts(2);
        QCOMPARE(used(), 1);
        QCOMPARE(m_world->sqlText(u"select order_id from promotion_use"_s), first.id.text());
    }

    void aCancelledPerformanceWaitsForTheExchangeOfAPlace()
    {
        open({.performances = 2, .asksForFees = true});
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1), circle(2)}));
        const OrderView wanted = openOrderOf(second(), {a(1)}, 0);
        m_provider->set(Call::Capture, Line::AnswerLost);
        need(exchangeByCard(old, wanted, u"pm_card_visa"_s, {1}));
        need(m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                             {.performance = m_world->performance(), .reason = u"Feste is ill"_s}));
        QCOMPARE(need(m_world->cancellations().step()), 0);
        endDoubts(1);
        m_world->sql(u"update cancellation_order set due_at = now()"_s);
        QCOMPARE(need(m_world->cancellations().step()), 1);
        QCOMPARE(viewOf(wanted).state, OrderState::Confirmed);
        QCOMPARE(viewOf(old).refunds.at(1).amount, SaleWorld::money(3'225 + 240));
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(ledger(u"card_clearing"_s), 5'000);
    }

    /// The longest time of its hold is over when the difference is not paid: the new places are gone, the old ones
    /// stay.
    void anExchangeThatIsDeclinedTooLateLeavesTheOldPlaces()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1)}));
        const OrderView wanted = openOrder({a(1)});
        m_provider->beforeAuthorise([&](const PaymentId &) {
            m_world->sql(u"update hold set created_at = created_at - interval '2 hours' where id = '%1'"_s.arg(
                wanted.hold.text()));
        });
        QCOMPARE(refusal(exchangeByCard(old, wanted, u"pm_card_visa_chargeDeclined"_s)), u"hold_gone"_s);
        QCOMPARE(viewOf(wanted).state, OrderState::Expired);
        QVERIFY(!viewOf(wanted).exchangedFrom.has_value());
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(viewOf(old).state, OrderState::Confirmed);
        need(exchange(old, openOrder({a(1)}), {}, SaleWorld::money(2'000)));
    }

    // Refusals and repeats.

    void theIdOfARefundIsForOne()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1), circle(2)}));
        const OrderView other = need(m_world->sell(m_world->buyer(), {circle(3)}));
        ExchangeOrder command = commandOf(old, openOrder({a(1)}), {1});
        command.cardToken = u"pm_card_visa_chargeDeclined"_s;
        QStringList said;
        const auto again = [&](const OrderView &order) {
            const CommandKey key = SaleNode::newKey(m_world->desk());
            said.append(refusal(m_world->afterSale().refund(
                supervisor(), key, {.refund = command.refund, .order = order.id, .lines = {2}, .reason = u"ill"_s})));
            ExchangeOrder elsewhere = commandOf(other, openOrder({a(2)}), {});
            elsewhere.refund = command.refund;
            said.append(refusal(m_world->afterSale().exchange(supervisor(), m_world->desk(),
                                                              SaleNode::newKey(m_world->desk()), elsewhere)));
        };
        const auto exchangeAgain = [&] {
            command.payment = PaymentId::create();
            return refusal(m_world->afterSale().exchange(supervisor(), m_world->desk(),
                                                         SaleNode::newKey(m_world->desk()), command));
        };
        m_provider->beforeAuthorise([&](const PaymentId &) { again(old); });
        QCOMPARE(exchangeAgain(), u"payment_declined"_s);
        QCOMPARE(said, QStringList({u"key_reused"_s, u"key_reused"_s}));
        command.cardToken = u"pm_card_visa"_s;
        QCOMPARE(exchangeAgain(), u"ok"_s); // Its own it keeps.
        QCOMPARE(viewOf(old).refunds.at(0).id, command.refund);
    }

    /// Two orders, and the same id for both at the same moment: what was paid for is done all the same.
    void anExchangeWhoseIdWasTakenIsDoneUnderAnother()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {circle(1)}));
        const OrderView other = need(m_world->sell(m_world->buyer(), {circle(2)}));
        m_provider->beforeCapture([&](const PaymentId &) {
            need(refund(other));
            m_world->sql(u"update exchange set refund_id = (select id from refund)"_s);
        });
        QCOMPARE(need(exchangeByCard(old, openOrder({a(1)}))).state, OrderState::Confirmed);
        QCOMPARE(viewOf(old).state, OrderState::Exchanged);
        QCOMPARE(viewOf(other).refunds.size(), size_t(1));
    }

    void whatCannotBeExchangedIsRefused()
    {
        const OrderView old = need(m_world->sell(m_world->desk(), {a(1)}));
        const OrderView wanted = openOrder({a(2)});
        QCOMPARE(refusal(exchange(old, wanted, {7})), u"not_found"_s);
        QCOMPARE(refusal(exchange(old, old)), u"not_found"_s);
        OrderView stranger;
        stranger.id = OrderId::create();
        QCOMPARE(refusal(exchange(old, stranger)), u"not_found"_s);
        const OrderView sold = need(m_world->sell(m_world->desk(), {a(3)}));
        QCOMPARE(refusal(exchange(old, sold)), u"wrong_state"_s);
        m_world->letHoldRunOut(wanted.hold);
        QCOMPARE(refusal(exchange(old, wanted)), u"hold_gone"_s);
        QCOMPARE(viewOf(old).state, OrderState::Confirmed);
        need(refund(old));
        QCOMPARE(refusal(exchange(old, openOrder({a(4)}))), u"wrong_state"_s);
    }

    void aRepeatIsAnsweredWithTheFirstOutcome()
    {
        const OrderView old = need(m_world->sell(m_world->desk(), {a(1)}));
        const ExchangeOrder command = commandOf(old, openOrder({a(2)}), {});
        const CommandKey key = SaleNode::newKey(m_world->desk());
        const OrderView first = need(m_world->afterSale().exchange(supervisor(), m_world->desk(), key, command));
        const OrderView again = need(m_world->afterSale().exchange(supervisor(), m_world->desk(), key, command));
        QCOMPARE(again.id, first.id);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from exchange"_s), 1);
    }

    // Races.

    void aRefundAndAnExchangeOfOneTicketHaveOneWinner()
    {
        QVERIFY(armFaultPoints("inventory_seats_read:sleep=20"));
        for (int i = 1; i <= 5; ++i) {
            const OrderView old = need(m_world->sell(m_world->desk(), {a(i)}));
            const OrderView wanted = openOrder({SaleWorld::seatKey(u"Stalls"_s, u"B"_s, i)});
            std::atomic<int> won = 0;
            std::latch start(2);
            {
                std::jthread first([&] {
                    start.arrive_and_wait();
                    won += refund(old) ? 1 : 0;
                });
                std::jthread second([&] {
                    start.arrive_and_wait();
                    won += exchange(old, wanted) ? 1 : 0;
                });
            }
            QCOMPARE(won.load(), 1);
        }
    }

    /// From the first evening to the second and back at once, through the same pools: nobody waits in a circle.
    void exchangesThatCrossDoNotWaitForEachOther()
    {
        open({.performances = 2});
        constexpr int rounds = 8;
        std::vector<std::pair<OrderView, OrderView>> there;
        std::vector<std::pair<OrderView, OrderView>> back;
        for (int i = 1; i <= rounds; ++i) {
            const OrderView first = need(m_world->sell(m_world->desk(), {a(i)}, 1));
            there.emplace_back(first, openOrderOf(second(), {circle(i)}, 1));
            const OrderView other = openOrderOf(second(), {a(i)}, 1);
            const OrderView sold = need(m_world->payCash(m_world->desk(), other, other.total));
            back.emplace_back(sold, openOrderOf(m_world->performance(), {circle(i)}, 1));
        }
        const qint64 retries = m_world->database().counts().retries;
        QVERIFY(armFaultPoints("inventory_seats_read:sleep=10"));
        std::atomic<int> done = 0;
        const auto work = [&](const auto &pairs) {
            for (const auto &[old, wanted] : pairs)
                done += exchange(old, wanted) ? 1 : 0;
        };
        {
            std::jthread one([&] { work(there); });
            std::jthread two([&] { work(back); });
        }
        QCOMPARE(done.load(), 2 * rounds);
        QCOMPARE(m_world->database().counts().retries, retries);
    }

    void theBooksAreNotSoundAfterTampering_data()
    {
        QTest::addColumn<QString>("tampering");
        QTest::addColumn<QString>("fault");
        QTest::newRow("a credit is lost") << u"delete from exchange_credit"_s << u"not paid once and in full"_s;
        QTest::newRow("a credit is raised")
            << u"update exchange_credit set amount = amount + 1"_s << u"what an exchange pays is not in the ledger"_s;
        QTest::newRow("its ledger is lost")
            << u"delete from ledger_entry where transfer_id in (select id from exchange_credit)"_s
            << u"what an exchange pays is not in the ledger"_s;
        QTest::newRow("the old places are not given back") << u"delete from refund"_s << u"done by halves"_s;
        QTest::newRow("it waits for ever") << u"update exchange set state = 'pending'"_s << u"waits for no payment"_s;
        QTest::newRow("nobody knows where from")
            << u"update sale_order set exchanged_from = null"_s << u"done by halves"_s;
    }
    void theBooksAreNotSoundAfterTampering()
    {
        QFETCH(QString, tampering);
        QFETCH(QString, fault);
        need(exchange(need(m_world->sell(m_world->buyer(), {circle(1)})), openOrder({a(1)}), {},
                      SaleWorld::money(2'000)));
        QCOMPARE(m_world->books().faults(), QStringList());
        const QStringList faults =
            m_world->books().faultsAfter(u"set local session_replication_role = replica; "_s + tampering);
        QVERIFY2(!faults.filter(fault).isEmpty(), qPrintable(u"only seen: "_s + faults.join(u" | "_s)));
    }

private:
    PerformanceId second() { return need(m_world->catalog().performances(true)).at(1).id; }
    OrderView openOrder(const std::vector<QString> &seats) { return openOrderOf(m_world->performance(), seats, 0); }
    OrderView openOrderOf(const PerformanceId &performance, const std::vector<QString> &seats, int standing,
                          const std::optional<QString> &promotion = {})
    {
        TakeHold command{.hold = HoldId::create(), .performance = performance, .seats = seats, .areas = {}};
        if (standing > 0)
            command.areas = {{SaleWorld::yard(), standing}};
        const HoldView held = need(m_world->take(m_world->desk(), command));
        const PerformanceDetail detail = need(m_world->catalog().performance(performance, false));
        const auto adult = std::ranges::find(detail.types, u"Adult"_s, &PriceType::name);
        CreateOrder making{
            .order = OrderId::create(), .hold = held.id, .lines = {}, .buyer = {}, .promotion = promotion};
        for (const HeldPlace &place : held.places)
            making.lines.push_back({.place = place.key, .priceType = adult->id, .quantity = place.quantity});
        return need(m_world->checkout().createOrder(m_world->desk(), SaleNode::newKey(m_world->desk()), making));
    }
    static ExchangeOrder commandOf(const OrderView &from, const OrderView &wanted, const std::vector<int> &lines)
    {
        return {.order = wanted.id,
                .from = from.id,
                .lines = lines,
                .refund = RefundId::create(),
                .reason = u"another evening"_s,
                .payment = PaymentId::create(),
                .tendered = std::nullopt,
                .cardToken = std::nullopt};
    }
    Result<OrderView> exchange(const OrderView &from, const OrderView &wanted, const std::vector<int> &lines = {},
                               std::optional<Money> tendered = {})
    {
        ExchangeOrder command = commandOf(from, wanted, lines);
        command.tendered = tendered;
        return m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()), command);
    }
    Result<OrderView> exchangeByCard(const OrderView &from, const OrderView &wanted,
                                     const QString &card = u"pm_card_visa"_s, const std::vector<int> &lines = {})
    {
        ExchangeOrder command = commandOf(from, wanted, lines);
        command.cardToken = card;
        return m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()), command);
    }
    /// The provider answers again, long past the deadlines of so many payments.
    void endDoubts(int count)
    {
        m_provider->repair();
        m_world->sql(u"update payment_attempt set deadline = now() - interval '1 second', created_at = created_at - "
                     "interval '1 hour' where state in ('authorising', 'in_doubt')"_s);
        QCOMPARE(need(m_world->checkout().settleOverdue()), count);
    }
    qint64 seqOf(const PerformanceId &performance)
    {
        return m_world->sqlNumber(u"select seq from map_clock where performance_id = '%1'"_s.arg(performance.text()));
    }
    QString states()
    {
        QStringList all;
        for (int i = 1; i <= 4; ++i)
            all += m_world->seatState(a(i));
        return all.join(u' ');
    }
};

QTEST_GUILESS_MAIN(TestExchanges)
#include "tst_exchanges.moc"
