#include "check/salebooks.h"
#include "payments/cardterminals.h"
#include "support/paidworld.h"
#include "support/runningterminal.h"

#include <QtTest>

#include <latch>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::RunningTerminal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;
using parterre::test::ScriptedProvider;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

/// What the new places of an exchange cost more, 20.00 from the Circle to the Stalls, paid in every way that an order
/// is.
class TestExchangeTenders : public QObject, private test::PaidWorld
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(); }
    void cleanup()
    {
        close();
        m_terminals.reset();
        m_terminal.reset();
    }

    void aGiftCardPaysTheDifference()
    {
        const QString code = aCard(5'000);
        ExchangeOrder command = fromCircleToStalls();
        command.giftCards = {{.code = code}};
        const OrderView made = need(exchange(command));
        QCOMPARE(made.state, OrderState::Confirmed);
        QCOMPARE(made.paymentMethod, PaymentMethod::GiftCard);
        QCOMPARE(made.tenders.size(), size_t(1));
        QCOMPARE(made.tenders[0].amount, SaleWorld::money(2'000));
        QCOMPARE(available(code), 3'000);
        QCOMPARE(viewOf(command.from).state, OrderState::Exchanged);
        need(refund(made)); // The newest first: onto the gift card, and the cash that the old places had cost.
        QCOMPARE(available(code), 5'000);
        QCOMPARE(ledger(u"ticket_sales"_s), 0);
    }

    void theGiftCardThatPaidForTheOldPlacesPaysTheRestToo()
    {
        const QString code = aCard(6'000);
        const OrderView old = sellForCard(code, 1);
        ExchangeOrder command = commandOf(old, openOrder({a(1)}));
        command.giftCards = {{.code = code}};
        need(exchange(command));
        QCOMPARE(available(code), 1'000);
    }

    void giftCardsAndCashPayTogether()
    {
        const QString first = aCard(500);
        const QString second = aCard(700);
        ExchangeOrder command = fromCircleToStalls();
        command.giftCards = {{.code = first}, {.code = second}};
        command.tendered = SaleWorld::money(1'000);
        const OrderView made = need(exchange(command));
        QCOMPARE(made.tenders.size(), size_t(3));
        QCOMPARE(made.change, SaleWorld::money(200));
        QCOMPARE(available(first) + available(second), 0);
    }

    void giftCardsAndACardPayTogether()
    {
        const QString code = aCard(500);
        ExchangeOrder command = fromCircleToStalls();
        command.giftCards = {{.code = code}};
        command.cardToken = u"pm_card_visa"_s;
        QString stateMeanwhile;
        m_provider->beforeCapture([&](const PaymentId &) {
            stateMeanwhile = enumName(viewOf(command.from).state) + u' ' + QString::number(available(code));
        });
        const OrderView made = need(exchange(command));
        QCOMPARE(made.paymentMethod, PaymentMethod::Card);
        QCOMPARE(stateMeanwhile, u"confirmed 0"_s); // Set aside, and the old ticket is good.
        QCOMPARE(atProvider(), 1'500);
        QCOMPARE(viewOf(command.from).state, OrderState::Exchanged);
    }

    void aTerminalTakesTheDifference_data()
    {
        QTest::addColumn<qint64>("cash");
        QTest::newRow("all of it") << qint64{0};
        QTest::newRow("beside cash") << qint64{800};
    }
    void aTerminalTakesTheDifference()
    {
        QFETCH(qint64, cash);
        useTerminal();
        ExchangeOrder command = fromCircleToStalls();
        command.terminal = u"left"_s;
        if (cash > 0)
            command.tendered = SaleWorld::money(cash);
        const OrderView made = need(exchange(command));
        QCOMPARE(made.state, OrderState::Confirmed);
        QCOMPARE(made.paymentMethod, PaymentMethod::Terminal);
        QCOMPARE(m_terminal->net(), 2'000 - cash);
        QCOMPARE(ledger(u"cash_drawer"_s), 3'000 + cash);
        QCOMPARE(viewOf(command.from).state, OrderState::Exchanged);
    }

    void theFeeOfTheOldOrderGoesBackAsItCame_data()
    {
        QTest::addColumn<bool>("byGiftCard");
        QTest::addColumn<RepaymentState>("state");
        QTest::newRow("cash, which is kept for them") << false << RepaymentState::Owed;
        QTest::newRow("a gift card") << true << RepaymentState::Repaid;
    }
    /// The other place was given back while the customer paid by card: the fee goes back with the last.
    void theFeeOfTheOldOrderGoesBackAsItCame()
    {
        QFETCH(bool, byGiftCard);
        QFETCH(RepaymentState, state);
        open({.asksForFees = true});
        m_world->sql(u"update performance_fee set channels = '{}'"_s); // At the desk too.
        m_world->sql(u"update performance set version = version + 1"_s);
        m_world->catalog().forgetRows();
        const OrderView wanted = openOrder({circle(1), circle(2)});
        const QString code = byGiftCard ? aCard(wanted.total.minorUnits()) : QString();
        const OrderView old =
            byGiftCard ? payBy(code, wanted) : need(m_world->payCash(m_world->desk(), wanted, wanted.total));
        ExchangeOrder command = commandOf(old, openOrder({a(1)}));
        command.lines = {1};
        command.cardToken = u"pm_card_visa"_s;
        m_provider->beforeAuthorise([&](const PaymentId &) { need(refund(old, {2})); });
        QCOMPARE(need(exchange(command)).state, OrderState::Confirmed);
        QCOMPARE(atProvider(), 5'275 + 240 - 3'225);
        const RefundView last = viewOf(old).refunds.at(1);
        QCOMPARE(last.amount, SaleWorld::money(3'225 + 240));
        QCOMPARE(last.repayments.at(0).amount, SaleWorld::money(240));
        QCOMPARE(last.repayments.at(0).state, state);
        if (byGiftCard)
            QCOMPARE(available(code), 3'225 + 240);
    }

    void whoIsDeclinedMayPayOtherwise()
    {
        useTerminal();
        m_terminal->next(u"decline"_s);
        const QString code = aCard(500);
        ExchangeOrder command = fromCircleToStalls();
        command.giftCards = {{.code = code}};
        command.terminal = u"left"_s;
        const CommandKey key = SaleNode::newKey(m_world->desk());
        QCOMPARE(refusal(m_world->afterSale().exchange(supervisor(), m_world->desk(), key, command)),
                 u"payment_declined"_s);
        // The repeat of what was declined is declined too, and not an order that looks done.
        QCOMPARE(refusal(m_world->afterSale().exchange(supervisor(), m_world->desk(), key, command)),
                 u"payment_declined"_s);
        QCOMPARE(available(code), 500);
        QCOMPARE(viewOf(command.from).state, OrderState::Confirmed);
        QCOMPARE(viewOf(command.from).tickets.size(), size_t(1));
        QCOMPARE(m_terminal->net(), 0);
        command.terminal.reset();
        command.tendered = SaleWorld::money(1'500);
        command.payment = PaymentId::create();
        command.refund = RefundId::create();
        need(exchange(command));
        QCOMPARE(available(code), 0);
    }

    void aLostAnswerIsLearntByTheReconciler_data()
    {
        QTest::addColumn<bool>("isCharged");
        QTest::newRow("charged") << true;
        QTest::newRow("never asked") << false;
    }
    void aLostAnswerIsLearntByTheReconciler()
    {
        QFETCH(bool, isCharged);
        const QString code = aCard(500);
        ExchangeOrder command = fromCircleToStalls();
        command.giftCards = {{.code = code}};
        command.cardToken = u"pm_card_visa"_s;
        if (isCharged)
            m_provider->set(Call::Capture, Line::AnswerLost);
        else
            m_provider->set(Call::Authorise, Line::RequestLost);
        QCOMPARE(need(exchange(command)).state, OrderState::PaymentPending);
        QCOMPARE(available(code), 0);
        QCOMPARE(m_world->books().faults(), QStringList());
        m_provider->repair();
        m_world->sql(u"update payment_attempt set deadline = now() - interval '1 second', created_at = created_at - "
                     "interval '1 hour' where part_of is null and state in ('authorising', 'in_doubt')"_s);
        QCOMPARE(need(m_world->checkout().settleOverdue()), 1);
        QCOMPARE(viewOf(command.order).state, isCharged ? OrderState::Confirmed : OrderState::Open);
        QCOMPARE(viewOf(command.from).state, isCharged ? OrderState::Exchanged : OrderState::Confirmed);
        QCOMPARE(available(code), isCharged ? 0 : 500);
        QCOMPARE(atProvider(), isCharged ? 1'500 : 0);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("nothing") << u"nothing"_s << u"amount_mismatch /tendered"_s;
        QTest::newRow("too little cash") << u"little"_s << u"amount_mismatch /tendered/amount"_s;
        QTest::newRow("cash for all beside a card") << u"beside"_s << u"amount_mismatch /tendered/amount"_s;
        QTest::newRow("cash in another currency") << u"euro"_s << u"amount_mismatch /tendered/currency"_s;
        QTest::newRow("two cards") << u"two"_s << u"invalid_input /card_token"_s;
        QTest::newRow("a code that is none") << u"code"_s << u"invalid_input /gift_cards/0/code"_s;
        QTest::newRow("a gift card that leaves a rest") << u"rest"_s << u"amount_mismatch /gift_cards"_s;
        QTest::newRow("a terminal that is not there") << u"terminal"_s << u"not_found /terminal"_s;
    }
    void whatIsWrongIsNamed()
    {
        QFETCH(QString, how);
        QFETCH(QString, outcome);
        ExchangeOrder command = fromCircleToStalls();
        if (how == u"little")
            command.tendered = SaleWorld::money(1'999);
        if (how == u"beside")
            command.tendered = SaleWorld::money(2'000);
        if (how == u"euro")
            command.tendered = Money(100, *Currency::fromCode(u"EUR"_s));
        if (how == u"beside" || how == u"euro" || how == u"two")
            command.cardToken = u"pm_card_visa"_s;
        if (how == u"two")
            useTerminal();
        if (how == u"two" || how == u"terminal")
            command.terminal = u"left"_s;
        if (how == u"code")
            command.giftCards = {{.code = u"aaaabbbbccccdddd"_s}};
        if (how == u"rest")
            command.giftCards = {{.code = aCard(500)}};
        const auto refused = exchange(command);
        QVERIFY(!refused);
        QCOMPARE(errorCodeName(refused.error().code) + u' ' + refused.error().field, outcome);
        QCOMPARE(viewOf(command.from).state, OrderState::Confirmed);
        QCOMPARE(viewOf(command.order).state, OrderState::Open);
        QCOMPARE(m_world->sqlNumber(u"select coalesce(sum(reserved), 0) from gift_card"_s), 0);
    }

    void aGiftCardThatIsNotNeededIsRefused()
    {
        ExchangeOrder command = commandOf(need(m_world->sell(m_world->desk(), {a(1)})), openOrder({a(2)}));
        command.giftCards = {{.code = aCard(500)}};
        const auto refused = exchange(command);
        QCOMPARE(refusal(refused), u"invalid_input"_s);
        QCOMPARE(refused.error().field, u"/gift_cards/0"_s);
    }

    /// Each was paid with one card and adds the other: all four are locked by id, whatever they are to whom.
    void exchangesThatNameCardsCrosswiseDoNotWaitForEachOther()
    {
        for (int round = 0; round < 4; ++round) {
            const QString first = aCard(5'000);
            const QString second = aCard(5'000);
            ExchangeOrder one = commandOf(sellForCard(first, 2 * round + 1), openOrder({a(2 * round + 1)}));
            ExchangeOrder two = commandOf(sellForCard(second, 2 * round + 2), openOrder({a(2 * round + 2)}));
            one.giftCards = {{.code = second}};
            two.giftCards = {{.code = first}};
            const qint64 retries = m_world->database().counts().retries;
            std::latch start(2);
            QStringList outcomes(2);
            {
                std::jthread left([&] {
                    start.arrive_and_wait();
                    outcomes[0] = refusal(exchange(one));
                });
                std::jthread right([&] {
                    start.arrive_and_wait();
                    outcomes[1] = refusal(exchange(two));
                });
            }
            QCOMPARE(outcomes, QStringList({u"ok"_s, u"ok"_s}));
            QCOMPARE(available(first) + available(second), 0);
            QCOMPARE(m_world->database().counts().retries, retries);
        }
    }

    // By the buyer, who stands at no desk.

    void aBuyerTakesNoCash()
    {
        m_world->sql(u"update performance set refundable_until = now() + interval '1 hour'"_s);
        ExchangeOrder command =
            commandOf(need(m_world->sell(m_world->buyer(), {circle(1)})), openOrderOf(m_world->buyer(), {a(1)}));
        command.tendered = SaleWorld::money(2'000);
        const auto refused = exchangeAsBuyer(command);
        QCOMPARE(refusal(refused), u"forbidden"_s);
        QCOMPARE(refused.error().field, u"/tendered"_s);
        command.tendered.reset();
        command.cardToken = u"pm_card_visa"_s;
        QCOMPARE(need(exchangeAsBuyer(command)).state, OrderState::Confirmed);
        QCOMPARE(atProvider(), 5'000);
    }

    void aBuyersExchangeEndsWithItsTimeAndOwn()
    {
        const ExchangeOrder command =
            commandOf(need(m_world->sell(m_world->buyer(), {a(2)})), openOrderOf(m_world->buyer(), {a(1)}));
        QCOMPARE(refusal(exchangeAsBuyer(command)), u"forbidden"_s); // The performance names no time.
        m_world->sql(u"update performance set refundable_until = now() - interval '1 second'"_s);
        QCOMPARE(refusal(exchangeAsBuyer(command)), u"forbidden"_s);
        m_world->sql(u"update performance set refundable_until = now() + interval '1 hour'"_s);
        const ExchangeOrder others =
            commandOf(need(m_world->sell(m_world->otherBuyer(), {a(4)})), openOrderOf(m_world->buyer(), {a(3)}));
        QCOMPARE(refusal(exchangeAsBuyer(others)), u"not_found"_s);
        QCOMPARE(need(exchangeAsBuyer(command)).state, OrderState::Confirmed);
    }

private:
    void useTerminal()
    {
        m_terminal = std::make_unique<RunningTerminal>();
        m_terminals =
            std::make_unique<CardTerminals>(CardTerminalsConfig{.terminals = {{u"left"_s, m_terminal->address()}},
                                                                .holderTimeout = std::chrono::seconds(20),
                                                                .questionTimeout = std::chrono::seconds(5)});
        m_world->checkout().useTerminals(*m_terminals);
    }
    /// A seat of the Circle at the desk, paid by this card.
    OrderView sellForCard(const QString &code, int seat) { return payBy(code, openOrder({circle(seat)})); }
    OrderView payBy(const QString &code, const OrderView &order)
    {
        const PayInParts command{.payment = PaymentId::create(), .order = order.id, .giftCards = {{.code = code}}};
        return need(m_world->checkout().payInParts(m_world->desk(), SaleNode::newKey(m_world->desk()), command));
    }
    OrderView openOrderOf(const SaleParty &party, const std::vector<QString> &seats)
    {
        return need(m_world->order(party, need(m_world->takeSeats(party, seats))));
    }
    OrderView openOrder(const std::vector<QString> &seats) { return openOrderOf(m_world->desk(), seats); }
    static ExchangeOrder commandOf(const OrderView &from, const OrderView &wanted)
    {
        return {.order = wanted.id,
                .from = from.id,
                .lines = {},
                .refund = RefundId::create(),
                .reason = u"a better seat"_s,
                .payment = PaymentId::create()};
    }
    ExchangeOrder fromCircleToStalls()
    {
        return commandOf(need(m_world->sell(m_world->desk(), {circle(1)})), openOrder({a(1)}));
    }
    Result<OrderView> exchange(const ExchangeOrder &command)
    {
        return m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()), command);
    }
    Result<OrderView> exchangeAsBuyer(const ExchangeOrder &command)
    {
        const SaleParty &party = m_world->buyer();
        return m_world->afterSale().exchange(
            {.principal = party.owner, .right = RefundRight::OwnWhileRefundable, .isAtDesk = false}, party,
            SaleNode::newKey(party), command);
    }
    qint64 ledger(const QString &account)
    {
        // What gift cards were sold for is in the drawer too, and belongs to no order.
        return m_world->sqlNumber(
            u"select coalesce(sum(amount), 0) from ledger_entry where account = '%1' and order_id is not null"_s.arg(
                account));
    }

    std::unique_ptr<RunningTerminal> m_terminal;
    std::unique_ptr<CardTerminals> m_terminals;
};

QTEST_MAIN(TestExchangeTenders)
#include "tst_exchangetenders.moc"
