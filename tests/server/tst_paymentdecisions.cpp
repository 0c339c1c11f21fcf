#include "check/salebooks.h"
#include "db/database.h"
#include "payments/paymentnewsrepository.h"
#include "payments/paymentscommand.h"
#include "support/paidworld.h"

#include <QTextStream>
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

/// What a supervisor decides of payments in doubt (docs/payments.md), and everything that may come at the same time or
/// later. The books are judged after each.
class TestPaymentDecisions : public QObject, private test::PaidWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(); }
    void cleanup() { close(); }

    // The list.

    void theListSaysWhatIsKnown()
    {
        QVERIFY(doubts().empty());
        const OrderView order = doubt(Call::Capture, Line::AnswerLost, 2);
        const auto listed = doubts();
        QCOMPARE(listed.size(), size_t(1));
        QCOMPARE(listed[0].orderNumber, order.number);
        QCOMPARE(listed[0].amount, order.total);
        QCOMPARE(listed[0].places, (std::vector<QString>{u"Stalls, row A, seat 1"_s, u"Yard"_s, u"Yard"_s}));
        QCOMPARE(listed[0].known, u"The provider does not say what became of it."_s);
        QCOMPARE(listed[0].reference, listed[0].payment.text()); // As the test provider calls it.
        QVERIFY(listed[0].askedAt && *listed[0].askedAt >= listed[0].since);
        QCOMPARE(listed[0].waitsFor, DoubtWaitsFor::Decision);
        QCOMPARE(listed[0].possible, (std::vector{PaymentDecision::MoneyCame, PaymentDecision::NoMoney}));
        QVERIFY(!listed[0].decided && listed[0].terminal.isEmpty());
    }

    // The money came.

    void theMoneyCame()
    {
        const OrderView order = doubt(Call::Capture, Line::AnswerLost, 2);
        const int changes = m_world->changes();
        const OrderView sold = need(decide(PaymentDecision::MoneyCame));
        QCOMPARE(sold.state, OrderState::Confirmed);
        QCOMPARE(sold.tickets.size(), size_t(3));
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        QCOMPARE(m_world->yardCounts(), u"0 2"_s);
        QVERIFY(m_world->changes() > changes);
        QCOMPARE(ledger(u"card_clearing"_s), order.total.minorUnits());
        QCOMPARE(m_world->sqlText(u"select decision || ' ' || principal || ': ' || note from payment_decision"_s),
                 u"money_came user:orsino: receipt 4711"_s);
        const auto listed = doubts();
        QCOMPARE(listed.size(), size_t(1)); // Until the provider bears it out.
        QCOMPARE(listed[0].waitsFor, DoubtWaitsFor::Provider);
        QCOMPARE(listed[0].decided->note, u"receipt 4711"_s);
        QCOMPARE(listed[0].possible, std::vector{PaymentDecision::Closed});
        QCOMPARE(reviewed(), 0); // Nobody answers yet.
        m_provider->repair();
        QCOMPARE(reviewed(), 1);
        QVERIFY(doubts().empty());
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void whatWasOnlyReservedIsTakenAfterIt()
    {
        doubt(Call::Capture, Line::RequestLost);
        need(decide(PaymentDecision::MoneyCame));
        m_provider->repair();
        QCOMPARE(atProvider(), 0);
        QCOMPARE(reviewed(), 1);
        QCOMPARE(atProvider(), 5'000);
        QVERIFY(doubts().empty());
    }

    void moneyThatNeverCameIsForAPerson()
    {
        doubt(Call::Authorise, Line::RequestLost);
        need(decide(PaymentDecision::MoneyCame));
        m_provider->repair();
        QCOMPARE(reviewed(), 1);
        QCOMPARE(reviewed(), 0); // It is not asked again.
        const auto listed = doubts();
        QCOMPARE(listed.size(), size_t(1));
        QCOMPARE(listed[0].waitsFor, DoubtWaitsFor::Person);
        QCOMPARE(listed[0].known,
                 u"It was decided that the money came, and the provider does not know this payment."_s);
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        need(decide(PaymentDecision::Closed, u"written off"_s));
        QVERIFY(doubts().empty());
        QCOMPARE(m_world->sqlText(u"select outcome from payment_review"_s), u"written off"_s);
    }

    // No money came.

    void noMoneyCame()
    {
        const OrderView order = doubt(Call::Authorise, Line::RequestLost);
        QCOMPARE(need(decide(PaymentDecision::NoMoney)).state, OrderState::Open);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->sqlText(u"select state from payment_attempt"_s), u"cancelled"_s);
        m_world->letHoldRunOut(order.hold);
        m_provider->repair();
        need(m_world->sell(m_world->otherBuyer(), {a(1)}));
        QCOMPARE(reviewed(), 1);
        QCOMPARE(m_world->sqlText(u"select outcome from payment_review"_s), u"was released"_s);
        QVERIFY(doubts().empty());
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void theBuyerMayPayOtherwiseAfterIt()
    {
        const OrderView order = doubt(Call::Authorise, Line::RequestLost);
        need(decide(PaymentDecision::NoMoney));
        m_provider->repair();
        QCOMPARE(need(m_world->payCard(m_world->buyer(), order)).state, OrderState::Confirmed);
    }

    void moneyThatCameAllTheSameGoesBack_data()
    {
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("it is captured") << int(Line::AnswerLost) << u"was refunded"_s;
        QTest::newRow("it is reserved") << int(Line::RequestLost) << u"was released"_s;
    }

    void moneyThatCameAllTheSameGoesBack()
    {
        QFETCH(const int, line);
        QFETCH(const QString, outcome);
        doubt(Call::Capture, Line(line));
        need(decide(PaymentDecision::NoMoney));
        QCOMPARE(m_world->books().faults(), QStringList()); // It goes back as soon as somebody answers.
        QCOMPARE(reviewed(), 0);
        m_provider->repair();
        QCOMPARE(reviewed(), 1);
        QCOMPARE(m_world->sqlText(u"select outcome from payment_review"_s), outcome);
        QCOMPARE(netAtProvider(), 0);
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    /// The only terminal was destroyed and taken out of the settings; nothing speaks for it any more.
    void aTerminalThatIsGoneKeepsNoSeat()
    {
        const OrderView order = doubt(Call::Authorise, Line::RequestLost);
        m_world->sql(u"update payment_attempt set method = 'terminal', card_token = 'left'"_s);
        m_provider->repair();
        QCOMPARE(settle(), 0);
        QCOMPARE(doubts().at(0).terminal, u"left"_s);
        need(decide(PaymentDecision::NoMoney));
        QCOMPARE(reviewed(), 0);
        need(decide(PaymentDecision::Closed, u"the terminal is scrap"_s));
        QVERIFY(doubts().empty());
        m_world->letHoldRunOut(order.hold);
        need(m_world->sell(m_world->otherBuyer(), {a(1)}));
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    // At the same time, and later.

    void aRepeatOfADecisionDecidesNothing()
    {
        doubt(Call::Capture, Line::AnswerLost);
        const CommandKey key = supervisorsKey();
        const PaymentId payment = doubts().at(0).payment;
        for (int i = 0; i < 2; ++i)
            QCOMPARE(need(decide(PaymentDecision::MoneyCame, u"receipt 4711"_s, key, payment)).state,
                     OrderState::Confirmed);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_decision"_s), 1);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from ticket"_s), 1);
    }

    void aSecondSupervisorIsToldWhoWasQuicker()
    {
        doubt(Call::Capture, Line::AnswerLost);
        const PaymentId payment = doubts().at(0).payment;
        need(decide(PaymentDecision::MoneyCame, u"receipt 4711"_s));
        const auto late = decide(PaymentDecision::NoMoney, u"not on the list"_s, supervisorsKey(), payment);
        QCOMPARE(refusal(late), u"wrong_state"_s);
        QVERIFY2(late.error().message.contains(u"user:orsino has decided it: receipt 4711"_s),
                 qPrintable(late.error().message));
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
    }

    void oneOfTwoSupervisorsDecides()
    {
        for (int round = 1; round <= 6; ++round) {
            doubt(Call::Capture, Line::AnswerLost, 0, round);
            const PaymentId payment = doubts().at(0).payment;
            std::latch start(2);
            Result<OrderView> came = refuse(ErrorCode::Internal, u"not asked"_s);
            Result<OrderView> not_ = came;
            const auto race = [&](PaymentDecision decision, Result<OrderView> &outcome) {
                start.arrive_and_wait();
                outcome = decide(decision, u"seen"_s, supervisorsKey(), payment);
            };
            {
                const std::jthread one([&] { race(PaymentDecision::MoneyCame, came); });
                const std::jthread other([&] { race(PaymentDecision::NoMoney, not_); });
            }
            QVERIFY(came.has_value() != not_.has_value());
            QCOMPARE(refusal(came ? not_ : came), u"wrong_state"_s);
            QCOMPARE(m_world->seatState(a(round)), came ? u"sold"_s : u"held"_s);
            m_provider->repair();
            QCOMPARE(reviewed(), 1);
        }
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void theProviderWasQuicker()
    {
        doubt(Call::Capture, Line::AnswerLost);
        const PaymentId payment = doubts().at(0).payment;
        m_provider->repair();
        QCOMPARE(settle(), 1);
        const auto late = decide(PaymentDecision::NoMoney, u"not on the list"_s, supervisorsKey(), payment);
        QCOMPARE(refusal(late), u"wrong_state"_s);
        QVERIFY(late.error().message.contains(u"The provider has said so."_s));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_decision"_s), 0);
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
    }

    /// The reconciler has asked, and the answer comes after the decision.
    void moneyOfAnAnswerThatWasUnderWayGoesBack()
    {
        doubt(Call::Capture, Line::RequestLost);
        m_provider->repair();
        const PaymentId payment = doubts().at(0).payment;
        m_provider->beforeCapture([&](const PaymentId &) {
            need(decide(PaymentDecision::NoMoney, u"not on the list"_s, supervisorsKey(), payment));
            // Seen to by somebody who does not know of the answer that is under way.
            need(decide(PaymentDecision::Closed, u"seen to"_s, supervisorsKey(), payment));
        });
        QCOMPARE(settle(), 1);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(netAtProvider(), 5'000);
        QCOMPARE(reviewed(), 1);
        QCOMPARE(netAtProvider(), 0);
        QVERIFY(doubts().empty());
    }

    void aRefusalThatWasUnderWayIsForAPerson()
    {
        doubt(Call::Authorise, Line::RequestLost);
        m_provider->repair();
        const PaymentId payment = doubts().at(0).payment;
        m_provider->beforeCancel(
            [&] { need(decide(PaymentDecision::MoneyCame, u"receipt 4711"_s, supervisorsKey(), payment)); });
        QCOMPARE(settle(), 1);
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        QCOMPARE(reviewed(), 1);
        QCOMPARE(doubts().at(0).known,
                 u"It was decided that the money came, and the provider says that no money came."_s);
    }

    /// The customer is slow: the payment itself is answered after it was ended.
    void aCustomerWhoPaidTooLateIsTold()
    {
        const OrderView order = openOrder(1, 0);
        m_provider->beforeCapture([&](const PaymentId &payment) {
            m_world->sql(u"update payment_attempt set state = 'in_doubt'"_s);
            need(decide(PaymentDecision::NoMoney, u"not on the list"_s, supervisorsKey(), payment));
        });
        const auto told = m_world->payCard(m_world->buyer(), order);
        QCOMPARE(refusal(told), u"payment_declined"_s);
        QVERIFY2(told.error().message.contains(u"goes back to the card"_s), qPrintable(told.error().message));
        QCOMPARE(reviewed(), 1);
        QCOMPARE(netAtProvider(), 0);
    }

    void newsAfterADecisionAreHeard_data()
    {
        QTest::addColumn<PaymentDecision>("decision");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("waitsFor");
        QTest::newRow("money after none")
            << PaymentDecision::NoMoney << int(ProviderNews::Kind::MoneyCame) << u"provider"_s;
        QTest::newRow("money that went back")
            << PaymentDecision::MoneyCame << int(ProviderNews::Kind::MoneyReturned) << u"person"_s;
    }

    void newsAfterADecisionAreHeard()
    {
        QFETCH(const PaymentDecision, decision);
        QFETCH(const int, kind);
        QFETCH(const QString, waitsFor);
        doubt(Call::Capture, Line::AnswerLost);
        const PaymentId payment = doubts().at(0).payment;
        need(decide(decision));
        const ProviderNews news{.id = u"evt_1"_s,
                                .type = u"charge.of.some.kind"_s,
                                .kind = static_cast<ProviderNews::Kind>(kind),
                                .payment = payment};
        const auto heard = need(m_world->database().transact([&](Transaction &transaction) {
            return Result<std::vector<NewsOutcome>>(paymentnews::hearAll(transaction, {&news, 1}));
        }));
        QCOMPARE(heard, std::vector{NewsOutcome::Taken});
        const auto listed = doubts();
        QCOMPARE(listed.size(), size_t(1));
        QCOMPARE(enumName(listed[0].waitsFor), waitsFor);
        QVERIFY(listed[0].known.contains(u"charge.of.some.kind"_s));
        m_provider->repair();
        QCOMPARE(reviewed(), waitsFor == u"provider" ? 1 : 0);
    }

    // What goes with it.

    void anOrderPaidInPartsIsDecidedAsAWhole_data()
    {
        QTest::addColumn<PaymentDecision>("decision");
        QTest::addColumn<qint64>("left");
        QTest::newRow("it came") << PaymentDecision::MoneyCame << qint64(0);
        QTest::newRow("it did not") << PaymentDecision::NoMoney << qint64(2'000);
    }

    void anOrderPaidInPartsIsDecidedAsAWhole()
    {
        QFETCH(const PaymentDecision, decision);
        QFETCH(const qint64, left);
        const QString code = aCard(2'000);
        const OrderView order = openOrder(1, 0);
        m_provider->set(Call::Capture, Line::AnswerLost);
        need(m_world->checkout().payInParts(m_world->buyer(), SaleNode::newKey(m_world->buyer()),
                                            {.payment = PaymentId::create(),
                                             .order = order.id,
                                             .giftCards = {{.code = code}},
                                             .cardToken = u"pm_card_visa"_s}));
        silence();
        QCOMPARE(doubts().at(0).amount, SaleWorld::money(3'000));
        need(decide(decision));
        QCOMPARE(available(code), left);
        m_provider->repair();
        QCOMPARE(reviewed(), 1);
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void anExchangeIsDecidedAsAWhole_data()
    {
        QTest::addColumn<PaymentDecision>("decision");
        QTest::addColumn<QString>("old");
        QTest::addColumn<QString>("wanted");
        QTest::newRow("it came") << PaymentDecision::MoneyCame << u"available"_s << u"sold"_s;
        QTest::newRow("it did not") << PaymentDecision::NoMoney << u"sold"_s << u"held"_s;
    }

    void anExchangeIsDecidedAsAWhole()
    {
        QFETCH(const PaymentDecision, decision);
        QFETCH(const QString, old);
        QFETCH(const QString, wanted);
        const OrderView from = need(m_world->sell(m_world->buyer(), {circle(1)}));
        m_provider->set(Call::Capture, Line::AnswerLost);
        need(m_world->afterSale().exchange(supervisor(), m_world->buyer(), SaleNode::newKey(m_world->buyer()),
                                           {.order = openOrder(1, 0).id,
                                            .from = from.id,
                                            .lines = {},
                                            .refund = RefundId::create(),
                                            .reason = u"nearer"_s,
                                            .payment = PaymentId::create(),
                                            .cardToken = u"pm_card_visa"_s}));
        silence();
        need(decide(decision));
        QCOMPARE(m_world->seatState(circle(1)), old);
        QCOMPARE(m_world->seatState(a(1)), wanted);
        m_provider->repair();
        QCOMPARE(reviewed(), 1);
    }

    void aCancelledPerformanceIsDoneOnceItsPaymentIsDecided_data()
    {
        QTest::addColumn<PaymentDecision>("decision");
        QTest::newRow("it came") << PaymentDecision::MoneyCame;
        QTest::newRow("it did not") << PaymentDecision::NoMoney;
    }

    void aCancelledPerformanceIsDoneOnceItsPaymentIsDecided()
    {
        QFETCH(const PaymentDecision, decision);
        doubt(Call::Capture, Line::AnswerLost);
        need(m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                             {.performance = m_world->performance(), .reason = u"Feste is ill"_s}));
        m_world->sql(u"update cancellation set created_at = created_at - interval '1 minute'"_s);
        need(m_world->cancellations().step());
        QCOMPARE(cancellation(), CancellationState::Running); // The payment may yet sell the seat.
        need(decide(decision));
        need(m_world->cancellations().step());
        QCOMPARE(cancellation(), CancellationState::Done);
        QVERIFY(m_world->seatState(a(1)) == u"available"_s);
        m_provider->repair();
        need(m_world->afterSale().settleRefunds());
        (void)reviewed();
        QCOMPARE(netAtProvider(), 0);
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    // What is refused, and what is kept.

    void whatIsNotInDoubtIsNotDecided()
    {
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1)}));
        const auto payment = *PaymentId::fromText(m_world->sqlText(u"select id from payment_attempt"_s));
        QCOMPARE(refusal(decide(PaymentDecision::NoMoney, u"seen"_s, supervisorsKey(), payment)), u"wrong_state"_s);
        QCOMPARE(refusal(decide(PaymentDecision::Closed, u"seen"_s, supervisorsKey(), payment)), u"wrong_state"_s);
        QCOMPARE(refusal(decide(PaymentDecision::NoMoney, u"seen"_s, supervisorsKey(), PaymentId::create())),
                 u"not_found"_s);
        doubt(Call::Capture, Line::AnswerLost, 0, 2);
        QCOMPARE(refusal(decide(PaymentDecision::NoMoney, u" \t"_s)), u"invalid_input"_s);
        QCOMPARE(refusal(decide(PaymentDecision::Closed)), u"wrong_state"_s);
        const PaymentId running = doubts().at(0).payment;
        m_world->sql(u"update payment_attempt set state = 'authorising' where state = 'in_doubt'"_s);
        const auto tooEarly = decide(PaymentDecision::NoMoney, u"seen"_s, supervisorsKey(), running);
        QCOMPARE(refusal(tooEarly), u"wrong_state"_s);
        QVERIFY(tooEarly.error().message.contains(u"is running"_s));
        QCOMPARE(m_world->sqlNumber(u"select count(*) from payment_decision"_s), 0);
    }

    void whatIsKnownStaysKnownWhileNobodyAnswers()
    {
        doubt(Call::Capture, Line::AnswerLost);
        const QString known = u"The terminal took 12.00 GBP instead of 50.00 GBP."_s;
        m_world->sql(u"update payment_attempt set failure = '%1'"_s.arg(known));
        QCOMPARE(settle(), 0);
        QCOMPARE(doubts().at(0).known, known);
        need(decide(PaymentDecision::MoneyCame));
        QVERIFY(doubts().at(0).known.startsWith(known));
    }

    void aDecisionIsNeverChanged()
    {
        doubt(Call::Capture, Line::AnswerLost);
        need(decide(PaymentDecision::MoneyCame));
        for (const QString &change :
             {u"update payment_decision set note = 'I was never here'"_s, u"delete from payment_decision"_s})
            QCOMPARE(m_world->sqlRefusal(change), u"23001"_s);
    }

    void theJudgeFindsWhatContradictsADecision_data()
    {
        QTest::addColumn<QString>("tampering");
        QTest::addColumn<QString>("fault");
        QTest::newRow("another end") << u"update payment_decision set decision = 'no_money'"_s
                                     << u"a payment has another end than the one that was decided"_s;
        QTest::newRow("nobody looks any more")
            << u"update payment_review set closed_at = now(); delete from test_card_provider.payment"_s
            << u"a card payment is not in the provider's books"_s;
        QTest::newRow("the money stays there")
            << u"update payment_decision set decision = 'no_money'; update payment_attempt set state = 'cancelled'; "
               "update payment_review set closed_at = now()"_s
            << u"the provider has charged what is neither sold nor on its way"_s;
    }

    void theJudgeFindsWhatContradictsADecision()
    {
        QFETCH(const QString, tampering);
        QFETCH(const QString, fault);
        doubt(Call::Capture, Line::AnswerLost);
        need(decide(PaymentDecision::MoneyCame));
        const check::SaleBooks &books = m_world->books();
        QCOMPARE(books.faults(), QStringList());
        const QStringList found = books.faultsAfter(u"set local session_replication_role = replica; "_s + tampering);
        QVERIFY2(std::ranges::any_of(found, [&](const QString &each) { return each.startsWith(fault); }),
                 qPrintable(found.join(u'\n')));
        QVERIFY(books.unfinished().join(u' ').contains(u"bears a decision out"_s));
    }

    // The command line.

    void theCommandLineListsAndDecides()
    {
        QCOMPARE(command({}), u"0 No payment is in doubt, and none waits for a person.\n"_s);
        const OrderView order = doubt(Call::Capture, Line::AnswerLost);
        const QString payment = doubts().at(0).payment.text();
        const QString listed = command({});
        for (const QString &part : {order.number, payment, u"50.00"_s, u"in_doubt"_s, u"Stalls, row A, seat 1"_s,
                                    u"possible: money_came, no_money"_s})
            QVERIFY2(listed.contains(part), qPrintable(listed));
        QVERIFY(command({u"resolve"_s, payment, u"came"_s}).startsWith(u"2 "_s));
        QVERIFY(command({u"resolve"_s, payment, u"perhaps"_s, u"seen"_s}).startsWith(u"2 "_s));
        QCOMPARE(command({u"resolve"_s, payment, u"came"_s, u"receipt"_s, u"4711"_s}),
                 u"0 Order %1 is confirmed.\n"_s.arg(order.number));
        QCOMPARE(viewOf(order).tickets.size(), size_t(1));
        QVERIFY(command({u"resolve"_s, payment, u"no-money"_s, u"seen"_s}).startsWith(u"1 "_s));
        QVERIFY(command({}).contains(u"command line, money_came: receipt 4711"_s));
        QCOMPARE(command({u"close"_s, payment, u"seen"_s}), u"0 The review of %1 is closed.\n"_s.arg(payment));
        QVERIFY(command({u"close"_s, payment, u"seen"_s}).startsWith(u"1 "_s));
    }

private:
    [[nodiscard]] OrderView openOrder(int seat, int standing)
    {
        TakeHold command{
            .hold = HoldId::create(), .performance = m_world->performance(), .seats = {a(seat)}, .areas = {}};
        if (standing > 0)
            command.areas = {{SaleWorld::yard(), standing}};
        return need(m_world->order(m_world->buyer(), need(m_world->take(m_world->buyer(), command))));
    }
    /// From now on nobody answers.
    void silence()
    {
        for (const Call call : {Call::Authorise, Call::Capture, Call::Cancel, Call::Query, Call::Refund})
            m_provider->set(call, Line::RequestLost);
    }
    /// An order whose payment is in doubt, with a provider that does not answer any more.
    OrderView doubt(Call call, Line line, int standing = 0, int seat = 1)
    {
        const OrderView order = openOrder(seat, standing);
        m_provider->set(call, line);
        const OrderView pending = need(m_world->payCard(m_world->buyer(), order));
        if (pending.paymentState != PaymentState::InDoubt)
            qFatal("the payment is not in doubt");
        silence();
        return pending;
    }
    [[nodiscard]] std::vector<PaymentInDoubt> doubts() { return need(m_world->checkout().paymentsInDoubt()); }
    [[nodiscard]] static CommandKey supervisorsKey()
    {
        return CommandKey::make(supervisor().principal, CommandId::create().text(), u"resolve_payment"_s, {});
    }
    Result<OrderView> decide(PaymentDecision decision, const QString &note, const CommandKey &key,
                             const PaymentId &payment)
    {
        return m_world->checkout().resolvePayment(key, {.payment = payment, .decision = decision, .note = note});
    }
    /// Of the first of the list.
    Result<OrderView> decide(PaymentDecision decision, const QString &note = u"receipt 4711"_s)
    {
        return decide(decision, note, supervisorsKey(), doubts().at(0).payment);
    }
    int settle()
    {
        m_world->sql(u"update payment_attempt set deadline = now() where state = 'in_doubt'"_s);
        return need(m_world->checkout().settleOverdue());
    }
    int reviewed()
    {
        m_world->sql(u"update payment_review set ask_at = now()"_s);
        return need(m_world->checkout().settleReviews());
    }
    qint64 netAtProvider()
    {
        return atProvider() - m_world->sqlNumber(u"select coalesce(sum(amount), 0) from test_card_provider.refund"_s);
    }
    CancellationState cancellation() { return need(m_world->cancellations().progress(m_world->performance())).state; }
    /// The exit status, and what was said.
    QString command(const QStringList &arguments)
    {
        QString said;
        QTextStream out(&said);
        const int status = runPayments(arguments, m_world->database(), out, out);
        out.flush();
        return QString::number(status) + u' ' + said;
    }
};

QTEST_GUILESS_MAIN(TestPaymentDecisions)
#include "tst_paymentdecisions.moc"
