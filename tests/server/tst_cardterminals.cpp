#include "check/salebooks.h"
#include "http/framedexchange.h"
#include "payments/cardterminals.h"
#include "payments/terminalwire.h"
#include "support/randomness.h"
#include "support/runningterminal.h"
#include "support/saleworld.h"
#include "support/scriptedprovider.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::RunningTerminal;
using parterre::test::SaleWorld;

namespace wire = parterre::server::terminalwire;

/// Cards at the box office: the real adapter over real sockets, against the real parterre-terminal.
class TestCardTerminals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void aCardAtTheTerminalSells();
    void aDeclinedCustomerMayPayCash_data();
    void aDeclinedCustomerMayPayCash();
    void anAnswerThatIsLostIsAskedForAndNotPaidAgain();
    void theDeskStopsWhatTheCustomerHasNotDone();
    void aBusyTerminalChargesNobody();
    void aTerminalThatIsOffChargesNobody();
    void aTerminalThatDiesOverAPaymentChargesNobodyOrOnce_data();
    void aTerminalThatDiesOverAPaymentChargesNobodyOrOnce();
    void aRepeatedMessageIsNotASecondPayment();
    void moneyGoesBackToItsCardOnceAndNoCardIsAskedFor();
    void aCancelledPerformanceGivesBackWhileNobodyIsAtTheTerminal();
    void anOutageOfTheOtherProviderPausesNoTerminal();
    void aServerWithoutTerminalsLeavesTheirPaymentsAlone();
    void aReversalThatGoesWrongIsDoneOnce_data();
    void aReversalThatGoesWrongIsDoneOnce();
    void whatTheBankRefusesIsAskedForAgainWhenSomebodyAsks();
    void aPaymentWithoutATerminalsNameIsLookedUpOrLeft();
    void theTerminalGivesBackOnlyWhatItTook_data();
    void theTerminalGivesBackOnlyWhatItTook();
    void amountsAreSentDigitByDigit();
    void onlyTheDeskMayUseATerminal();
    void whatIsNoAnswerIsRefused_data();
    void whatIsNoAnswerIsRefused();
    void anyBytesAreReadOrRefused();
    void anAnswerThatIsTooLongIsNotRead();
    void addressesAreReadOrNamed_data();
    void addressesAreReadOrNamed();

private:
    [[nodiscard]] PayTerminal command() const
    {
        return {.payment = PaymentId::create(), .order = m_order.id, .terminal = u"left"_s};
    }
    Result<OrderView> pay(const PayTerminal &command)
    {
        return m_world->checkout().payTerminal(m_world->desk(), SaleWorld::newKey(m_world->desk()), command);
    }
    int settle()
    {
        m_world->sql(u"update payment_attempt set deadline = now() where state in ('authorising', 'in_doubt')"_s);
        return need(m_world->checkout().settleOverdue());
    }
    /// After it has died by itself.
    void startAgain()
    {
        m_terminal->kill();
        m_terminal->start();
    }
    void settleRefunds()
    {
        m_world->sql(u"update repayment set due_at = now() - interval '1 second'"_s);
        need(m_world->afterSale().settleRefunds());
    }
    [[nodiscard]] QString repayment() { return m_world->sqlText(u"select state from repayment"_s); }
    void refundAll(const OrderView &sold)
    {
        need(m_world->afterSale().refund(
            {.principal = u"user:orsino"_s, .right = RefundRight::Any}, SaleWorld::newKey(m_world->desk()),
            {.refund = RefundId::create(), .order = sold.id, .lines = {}, .reason = u"ill"_s}));
    }
    /// A payment past our books, as the terminal knows it.
    [[nodiscard]] ProviderPayment aPaidOne()
    {
        ProviderPayment paid = asPayment(PaymentId::create());
        const ProviderAnswer answer = m_terminals->authorise(paid, u"left"_s);
        if (answer.state != ProviderState::Captured)
            qFatal("the terminal takes no payment");
        paid.reference = answer.reference;
        return paid;
    }
    /// One message to the terminal, past the adapter; `id` instead of its own ServiceID.
    [[nodiscard]] wire::Answer ask(const QString &kind, QByteArray message, const QString &id = u"0000000001"_s)
    {
        message.replace("0000000001", id.toLatin1());
        const auto outcome = exchangeFramed(
            {.host = m_terminal->address().host, .port = m_terminal->address().port, .message = message});
        return need(wire::read(outcome.answer, kind, id, m_order.total.currency()));
    }
    [[nodiscard]] ProviderPayment asPayment(const PaymentId &id) const
    {
        return {.id = id, .order = m_order.id, .amount = m_order.total, .instrument = u"left"_s};
    }
    void compareBooks(qint64 pence)
    {
        const check::SaleBooks &books = m_world->books();
        QCOMPARE(books.faults() + books.unfinished(), QStringList());
        QCOMPARE(m_terminal->net(), pence);
        QCOMPARE(m_terminal->chargedTwice(), QStringList());
    }

    std::unique_ptr<RunningTerminal> m_terminal;
    std::unique_ptr<CardTerminals> m_terminals;
    test::ScriptedProvider m_cards; ///< Of the shop's cards, which have nothing to do with terminals.
    std::unique_ptr<SaleWorld> m_world;
    OrderView m_order;
};

void TestCardTerminals::init()
{
    m_terminal = std::make_unique<RunningTerminal>();
    m_terminals = std::make_unique<CardTerminals>(CardTerminalsConfig{.terminals = {{u"left"_s, m_terminal->address()}},
                                                                      .holderTimeout = std::chrono::seconds(20),
                                                                      .questionTimeout = std::chrono::seconds(5)});
    m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.provider = &m_cards});
    m_cards.setProvider(m_world->testProvider());
    m_cards.setOutage(false);
    m_world->checkout().useTerminals(*m_terminals);
    const TakeHold hold{
        .hold = HoldId::create(), .performance = m_world->performance(), .seats = {a(1), a(2)}, .areas = {}};
    m_order = need(m_world->order(m_world->desk(), need(m_world->take(m_world->desk(), hold))));
}

void TestCardTerminals::cleanup()
{
    m_world.reset();
    m_terminals.reset();
    m_terminal.reset();
}

void TestCardTerminals::aCardAtTheTerminalSells()
{
    const OrderView sold = need(pay(command()));
    QCOMPARE(sold.state, OrderState::Confirmed);
    QCOMPARE(*sold.paymentMethod, PaymentMethod::Terminal);
    QCOMPARE(m_world->sqlText(u"select account from ledger_entry where amount > 0"_s), u"card_clearing"_s);
    compareBooks(m_order.total.minorUnits());
}

void TestCardTerminals::aDeclinedCustomerMayPayCash_data()
{
    QTest::addColumn<QString>("happening");
    QTest::addColumn<QString>("told");
    QTest::newRow("the bank says no") << u"decline"_s << u"The terminal says: do not honour."_s;
    QTest::newRow("the red button") << u"stop"_s << u"The customer stopped at the terminal."_s;
}

void TestCardTerminals::aDeclinedCustomerMayPayCash()
{
    QFETCH(const QString, happening);
    QFETCH(const QString, told);
    m_terminal->next(happening);
    const auto refused = pay(command());
    QCOMPARE(refusal(refused), u"payment_declined"_s);
    QVERIFY2(refused.error().message.startsWith(told), qPrintable(refused.error().message));
    QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    need(m_world->payCash(m_world->desk(), m_order, m_order.total));
    compareBooks(0);
}

void TestCardTerminals::anAnswerThatIsLostIsAskedForAndNotPaidAgain()
{
    m_terminal->next(u"drop"_s);
    QCOMPARE(need(pay(command())).state, OrderState::Confirmed);
    compareBooks(m_order.total.minorUnits());
}

void TestCardTerminals::theDeskStopsWhatTheCustomerHasNotDone()
{
    m_terminal->next(u"ignore"_s);
    const PayTerminal paying = command();
    Result<OrderView> outcome = refuse(ErrorCode::Internal, u"not answered"_s);
    {
        const std::jthread customer([&] { outcome = pay(paying); });
        QTRY_COMPARE(m_world->seatState(a(1)), u"payment_pending"_s);
        QCOMPARE(m_world->checkout().stopTerminal(m_world->otherBuyer(), paying.payment).error().code,
                 ErrorCode::NotFound);
        QTest::qWait(200); // The message is at the terminal.
        QVERIFY(m_world->checkout().stopTerminal(m_world->desk(), paying.payment).has_value());
    }
    QCOMPARE(refusal(outcome), u"payment_declined"_s);
    QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    QVERIFY(m_world->checkout().stopTerminal(m_world->desk(), paying.payment).has_value());
    compareBooks(0);
}

void TestCardTerminals::aBusyTerminalChargesNobody()
{
    m_terminal->setCardMilliseconds(1'500);
    const std::jthread other([this] { (void)m_terminals->authorise(asPayment(PaymentId::create()), u"left"_s); });
    QTest::qWait(300);
    const auto refused = pay(command());
    QCOMPARE(refusal(refused), u"unavailable"_s);
    QVERIFY(refused.error().message.contains(u"busy"_s));
    QCOMPARE(m_world->seatState(a(1)), u"held"_s);
}

void TestCardTerminals::aTerminalThatIsOffChargesNobody()
{
    m_terminal->kill();
    const auto refused = pay(command());
    QCOMPARE(refusal(refused), u"unavailable"_s);
    QVERIFY(refused.error().message.contains(u"cannot be reached"_s));
    QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    m_terminal->start();
    need(pay(command()));
    compareBooks(m_order.total.minorUnits());
}

void TestCardTerminals::aTerminalThatDiesOverAPaymentChargesNobodyOrOnce_data()
{
    QTest::addColumn<QString>("happening");
    QTest::addColumn<QString>("state");
    QTest::newRow("before the customer was done") << u"ignore"_s << u"cancelled"_s;
    QTest::newRow("after it took the money") << u"die"_s << u"captured"_s;
}

void TestCardTerminals::aTerminalThatDiesOverAPaymentChargesNobodyOrOnce()
{
    QFETCH(const QString, happening);
    QFETCH(const QString, state);
    m_terminal->next(happening);
    Result<OrderView> outcome = refuse(ErrorCode::Internal, u"not answered"_s);
    {
        const std::jthread customer([&] { outcome = pay(command()); });
        QTRY_COMPARE(m_world->sqlNumber(u"select count(*) from payment_attempt"_s), 1);
        QTest::qWait(400);
        m_terminal->kill();
    }
    QCOMPARE(need(outcome).state, OrderState::PaymentPending);
    QCOMPARE(settle(), 0);
    QCOMPARE(m_world->seatState(a(1)), u"payment_pending"_s);
    m_terminal->start();
    QCOMPARE(settle(), 1);
    QCOMPARE(m_world->sqlText(u"select state from payment_attempt"_s), state);
    if (state == u"cancelled")
        need(pay(command()));
    compareBooks(m_order.total.minorUnits());
}

void TestCardTerminals::aRepeatedMessageIsNotASecondPayment()
{
    const PaymentId id = PaymentId::create();
    QCOMPARE(m_terminals->authorise(asPayment(id), u"left"_s).state, ProviderState::Captured);
    const ProviderAnswer again = m_terminals->authorise(asPayment(id), u"left"_s);
    QCOMPARE(again.state, ProviderState::Captured);
    QCOMPARE(m_terminals->query(asPayment(id)).reference, again.reference);
    QCOMPARE(m_terminal->net(), m_order.total.minorUnits());
}

void TestCardTerminals::moneyGoesBackToItsCardOnceAndNoCardIsAskedFor()
{
    const ProviderPayment paid = aPaidOne();
    const Money part = SaleWorld::money(1'250);
    for (int i = 0; i < 2; ++i)
        QCOMPARE(m_terminals->refund(paid, paid.id.text() + u"-1"_s, part).state, ProviderState::Refunded);
    QCOMPARE(m_terminal->net(), m_order.total.minorUnits() - 1'250);
    QCOMPARE(m_terminal->prompts(), 1); // When it was paid.
}

void TestCardTerminals::aCancelledPerformanceGivesBackWhileNobodyIsAtTheTerminal()
{
    need(pay(command()));
    QVERIFY(m_world->sqlText(u"select provider_ref from payment_attempt"_s).startsWith(u"SIM-"_s));
    need(m_world->cancellations().cancel(SaleWorld::newKey(m_world->desk()),
                                         {.performance = m_world->performance(), .reason = u"Feste is ill"_s}));
    m_terminal->kill();
    need(m_world->cancellations().step());
    need(m_world->afterSale().settleRefunds());
    QCOMPARE(repayment(), u"created"_s); // It is off, so it is asked again.
    m_terminal->start();
    settleRefunds();
    QCOMPARE(repayment(), u"repaid"_s);
    QCOMPARE(m_terminal->prompts(), 0); // Since it was started.
    QCOMPARE(m_world->books().faults(), QStringList());
    QCOMPARE(m_terminal->net(), 0);
}

void TestCardTerminals::anOutageOfTheOtherProviderPausesNoTerminal()
{
    refundAll(need(pay(command())));
    m_cards.setOutage(true);
    settleRefunds();
    QCOMPARE(repayment(), u"repaid"_s);
    compareBooks(0);
}

void TestCardTerminals::aServerWithoutTerminalsLeavesTheirPaymentsAlone()
{
    m_terminal->next(u"die"_s);
    need(pay(command()));
    QCOMPARE(m_world->sqlText(u"select state || ' ' || provider from payment_attempt"_s), u"in_doubt terminal"_s);
    test::SaleNode without(m_world->dsn(), {.provider = &m_cards});
    m_world->sql(u"update payment_attempt set deadline = now()"_s);
    QCOMPARE(need(without.checkout().settleOverdue()), 0);
    QCOMPARE(m_world->seatState(a(1)), u"payment_pending"_s);
    startAgain();
    QCOMPARE(settle(), 1);
    refundAll(need(m_world->checkout().findForStaff(m_order.id)));
    QCOMPARE(need(without.afterSale().settleRefunds()), 0);
    settleRefunds();
    QCOMPARE(repayment(), u"repaid"_s);
    compareBooks(0);
}

void TestCardTerminals::aReversalThatGoesWrongIsDoneOnce_data()
{
    QTest::addColumn<QString>("happening");
    QTest::addColumn<QString>("first");
    QTest::newRow("its answer is lost") << u"drop"_s << u"repaid"_s;
    QTest::newRow("the terminal dies over it") << u"die"_s << u"created"_s;
    QTest::newRow("its bank is away") << u"offline"_s << u"created"_s;
    QTest::newRow("its bank is away, twice") << u"offline offline"_s << u"created"_s;
}

void TestCardTerminals::aReversalThatGoesWrongIsDoneOnce()
{
    QFETCH(const QString, happening);
    QFETCH(const QString, first);
    refundAll(need(pay(command())));
    m_terminal->next(happening);
    settleRefunds();
    QCOMPARE(repayment(), first);
    if (happening == u"die"_s)
        startAgain();
    for (int i = 0; i < 3; ++i)
        settleRefunds();
    QCOMPARE(repayment(), u"repaid"_s);
    compareBooks(0);
}

void TestCardTerminals::whatTheBankRefusesIsAskedForAgainWhenSomebodyAsks()
{
    refundAll(need(pay(command())));
    m_terminal->next(u"decline"_s);
    settleRefunds();
    QCOMPARE(repayment(), u"in_doubt"_s);
    QCOMPARE(m_world->sqlText(u"select failure from repayment"_s), u"The terminal says: do not honour."_s);
    settleRefunds();
    QCOMPARE(repayment(), u"in_doubt"_s);
    const auto waiting = need(m_world->afterSale().openRepayments());
    need(m_world->afterSale().askAgain({.principal = u"user:orsino"_s, .right = RefundRight::Any},
                                       SaleWorld::newKey(m_world->desk()), {.repayment = waiting.at(0).repayment.id}));
    for (int i = 0; i < 2; ++i)
        settleRefunds();
    QCOMPARE(repayment(), u"repaid"_s);
    compareBooks(0);
}

void TestCardTerminals::aPaymentWithoutATerminalsNameIsLookedUpOrLeft()
{
    ProviderPayment paid = aPaidOne();
    paid.reference.clear();
    QCOMPARE(m_terminals->refund(paid, u"first"_s, SaleWorld::money(100)).state, ProviderState::Refunded);
    ProviderPayment stranger = asPayment(PaymentId::create());
    const ProviderAnswer refused = m_terminals->refund(stranger, u"second"_s, SaleWorld::money(100));
    QCOMPARE(refused.state, ProviderState::Declined);
    QVERIFY2(refused.reason.contains(u"has no name for this payment"_s), qPrintable(refused.reason));
    stranger.instrument = u"right"_s; // Not there now, and perhaps later.
    QCOMPARE(m_terminals->refund(stranger, u"third"_s, SaleWorld::money(100)).state, ProviderState::NoAnswer);
    QCOMPARE(m_terminal->net(), m_order.total.minorUnits() - 100);
}

void TestCardTerminals::theTerminalGivesBackOnlyWhatItTook_data()
{
    QTest::addColumn<QString>("original");
    QTest::addColumn<qint64>("pence");
    QTest::addColumn<QString>("condition");
    QTest::newRow("all of it") << u"true"_s << qint64(10'000) << QString();
    QTest::newRow("a penny more") << u"true"_s << qint64(10'001) << u"Refusal"_s;
    QTest::newRow("of no payment") << u"SIM-0@2026-11-29T07:00:00.000Z"_s << qint64(1) << u"NotFound"_s;
    QTest::newRow("of another time") << u"early"_s << qint64(1) << u"NotFound"_s;
}

void TestCardTerminals::theTerminalGivesBackOnlyWhatItTook()
{
    QFETCH(QString, original);
    QFETCH(const qint64, pence);
    QFETCH(const QString, condition);
    QCOMPARE(m_order.total, SaleWorld::money(10'000));
    const QString reference = aPaidOne().reference;
    if (original == u"true"_s)
        original = reference;
    if (original == u"early"_s)
        original = reference.section(u'@', 0, 0) + u"@2001-01-01T00:00:00.000Z"_s;
    const auto told = ask(u"Reversal"_s, wire::reversal({.serviceId = u"0000000001"_s, .terminal = u"left"_s},
                                                        {.transaction = u"1"_s,
                                                         .original = original,
                                                         .amount = SaleWorld::money(pence),
                                                         .at = SystemClock().now()}));
    QCOMPARE(told.condition, condition);
    QCOMPARE(m_terminal->net(), condition.isEmpty() ? 10'000 - pence : 10'000);
    if (!condition.isEmpty())
        return;
    // Everything is back, so there is no penny left of it; and nobody gives back what names no payment.
    const QByteArray again = wire::reversal(
        {.serviceId = u"0000000001"_s, .terminal = u"left"_s},
        {.transaction = u"2"_s, .original = original, .amount = SaleWorld::money(1), .at = SystemClock().now()});
    QCOMPARE(ask(u"Reversal"_s, again, u"0000000002"_s).condition, u"Refusal"_s);
    QByteArray toAnyCard =
        wire::payment({.serviceId = u"0000000001"_s, .terminal = u"left"_s},
                      {.transaction = u"3"_s, .amount = SaleWorld::money(1), .at = SystemClock().now()});
    toAnyCard.replace("\"Normal\"", "\"Refund\"");
    QCOMPARE(ask(u"Payment"_s, toAnyCard, u"0000000003"_s).condition, u"Refusal"_s);
    QCOMPARE(m_terminal->net(), 0);
}

void TestCardTerminals::amountsAreSentDigitByDigit()
{
    const Money much(99'999'999'999, SaleWorld::money(0).currency());
    const QByteArray charge = wire::payment({.serviceId = u"A"_s, .terminal = u"left"_s},
                                            {.transaction = u"1"_s, .amount = much, .at = SystemClock().now()});
    QVERIFY2(charge.contains("\"RequestedAmount\":999999999.99}"), charge.constData());
    const QByteArray back =
        wire::reversal({.serviceId = u"A"_s, .terminal = u"left"_s}, {.transaction = u"1"_s,
                                                                      .original = u"SIM-1@2026"_s,
                                                                      .amount = SaleWorld::money(10),
                                                                      .at = SystemClock().now()});
    QVERIFY2(back.contains("\"ReversedAmount\":0.10,"), back.constData());
    QVERIFY2(back.contains("{\"POITransactionID\":{\"TransactionID\":\"SIM-1\",\"TimeStamp\":\"2026\"}}"),
             back.constData());
    const QByteArray answer =
        "{\"SaleToPOIResponse\":{\"MessageHeader\":{\"MessageType\":\"Response\",\"MessageCategory\":\"Reversal\","
        "\"ServiceID\":\"A\"},\"ReversalResponse\":{\"Response\":{\"Result\":\"Success\"},\"ReversedAmount\":%1}}}";
    const auto read = [&](const char *number) {
        return need(wire::read(QByteArray(answer).replace("%1", number), u"Reversal"_s, u"A"_s, much.currency()));
    };
    QCOMPARE(*read("999999999.99").amount, much);
    QVERIFY(!read("0.10").isAmountUnclear);
    QVERIFY(read("0.105").isAmountUnclear); // It is not made to fit.
}

void TestCardTerminals::onlyTheDeskMayUseATerminal()
{
    const auto refused =
        m_world->checkout().payTerminal(m_world->buyer(), SaleWorld::newKey(m_world->buyer()), command());
    QCOMPARE(refusal(refused), u"forbidden"_s);
    PayTerminal elsewhere = command();
    elsewhere.terminal = u"right"_s;
    const auto unknown = pay(elsewhere);
    QCOMPARE(refusal(unknown), u"unavailable"_s);
    QVERIFY(unknown.error().message.contains(u"no card terminal 'right'"_s));
}

void TestCardTerminals::whatIsNoAnswerIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto answer = [](const char *category, const char *id, const char *body) {
        return QByteArray(
                   "{\"SaleToPOIResponse\":{\"MessageHeader\":{\"MessageType\":\"Response\",\"MessageCategory\":\"") +
               category + "\",\"ServiceID\":\"" + id + "\"},\"PaymentResponse\":" + body + "}}";
    };
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("<xml/>");
    QTest::newRow("of another kind") << answer("Abort", "A", "{\"Response\":{}}");
    QTest::newRow("to another message") << answer("Payment", "B", "{\"Response\":{}}");
    QTest::newRow("without a response") << answer("Payment", "A", "{}");
    QTest::newRow("a list instead") << answer("Payment", "A", "[]");
}

void TestCardTerminals::whatIsNoAnswerIsRefused()
{
    QFETCH(const QByteArray, bytes);
    QCOMPARE(wire::read(bytes, u"Payment"_s, u"A"_s).error().code, ErrorCode::InvalidInput);
}

void TestCardTerminals::anyBytesAreReadOrRefused()
{
    QRandomGenerator random(parterre::tests::testSeed());
    const QByteArray good =
        "{\"SaleToPOIResponse\":{\"MessageHeader\":{\"MessageType\":\"Response\",\"MessageCategory\":"
        "\"Payment\",\"ServiceID\":\"A\"},\"PaymentResponse\":{\"Response\":{\"Result\":\"Success\"},"
        "\"PaymentResult\":{\"AmountsResp\":{\"Currency\":\"GBP\",\"AuthorizedAmount\":12.5}}}}}";
    const auto whole = wire::read(good, u"Payment"_s, u"A"_s);
    QCOMPARE(*need(whole).amount, SaleWorld::money(1'250));
    int read = 0;
    for (int i = 0; i < 5'000; ++i) {
        QByteArray broken = good;
        for (quint32 change = random.bounded(1U, 6U); change > 0; --change) {
            const auto at = random.bounded(static_cast<quint32>(broken.size()));
            if (random.bounded(3U) == 0)
                broken.remove(at, 1 + static_cast<qsizetype>(random.bounded(8U)));
            else
                broken[at] = static_cast<char>(random.bounded(256U));
        }
        if (broken.isEmpty())
            continue;
        const auto answer = wire::read(broken, u"Payment"_s, u"A"_s);
        read += answer.has_value();
        if (answer && answer->amount)
            QVERIFY(answer->amount->minorUnits() >= 0);
    }
    QVERIFY(read < 5'000);
    QCOMPARE(wire::serviceIdOf(u"one"_s).size(), 10);
    QCOMPARE(wire::serviceIdOf(u"one"_s), wire::serviceIdOf(u"one"_s));
    QVERIFY(wire::serviceIdOf(u"one"_s) != wire::serviceIdOf(u"two"_s));
}

void TestCardTerminals::anAnswerThatIsTooLongIsNotRead()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    FramedOutcome outcome;
    {
        const std::jthread asking(
            [&] { outcome = exchangeFramed({.host = u"127.0.0.1"_s, .port = server.serverPort(), .message = "{}"}); });
        QVERIFY(server.waitForNewConnection(5'000));
        QTcpSocket *socket = server.nextPendingConnection();
        socket->write(QByteArray::fromHex("7fffffff"));
        QVERIFY(socket->waitForBytesWritten(5'000));
    }
    QCOMPARE(outcome.failure, HttpOutcome::Failure::Lost);
    QVERIFY(outcome.reason.contains(u"2147483647"_s));
}

void TestCardTerminals::addressesAreReadOrNamed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("host");
    QTest::newRow("an address") << u"left=10.0.0.21:7788"_s << u"10.0.0.21"_s;
    QTest::newRow("a name") << u"box-1=terminal.house:20007"_s << u"terminal.house"_s;
    QTest::newRow("IPv6") << u"v=[fe80::1]:7788"_s << u"fe80::1"_s;
    QTest::newRow("no port") << u"left=10.0.0.21"_s << QString();
    QTest::newRow("no name") << u"10.0.0.21:7788"_s << QString();
    QTest::newRow("a port that is none") << u"left=10.0.0.21:70000"_s << QString();
}

void TestCardTerminals::addressesAreReadOrNamed()
{
    QFETCH(const QString, text);
    QFETCH(const QString, host);
    const auto read = readTerminal(text);
    QCOMPARE(read ? read->second.host : QString(), host);
    if (!read)
        QVERIFY(read.error().message.contains(text));
}

QTEST_GUILESS_MAIN(TestCardTerminals)
#include "tst_cardterminals.moc"
