#include "check/salebooks.h"
#include "http/framedexchange.h"
#include "payments/cardterminals.h"
#include "payments/terminalwire.h"
#include "support/randomness.h"
#include "support/runningterminal.h"
#include "support/saleworld.h"

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
    void moneyGoesBackToTheCardOnce();
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
    [[nodiscard]] ProviderPayment asPayment(const PaymentId &id) const
    {
        return {.id = id, .order = m_order.id, .amount = m_order.total, .instrument = u"left"_s};
    }
    void compareBooks(qint64 pence)
    {
        const check::SaleBooks books(m_world->dsn());
        QCOMPARE(books.faults() + books.unfinished(), QStringList());
        QCOMPARE(m_terminal->net(), pence);
        QCOMPARE(m_terminal->chargedTwice(), QStringList());
    }

    std::unique_ptr<RunningTerminal> m_terminal;
    std::unique_ptr<CardTerminals> m_terminals;
    std::unique_ptr<SaleWorld> m_world;
    OrderView m_order;
};

void TestCardTerminals::init()
{
    m_terminal = std::make_unique<RunningTerminal>();
    m_terminals = std::make_unique<CardTerminals>(CardTerminalsConfig{.terminals = {{u"left"_s, m_terminal->address()}},
                                                                      .holderTimeout = std::chrono::seconds(20),
                                                                      .questionTimeout = std::chrono::seconds(5)});
    m_world = std::make_unique<SaleWorld>();
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

void TestCardTerminals::moneyGoesBackToTheCardOnce()
{
    const PaymentId id = PaymentId::create();
    QCOMPARE(m_terminals->authorise(asPayment(id), u"left"_s).state, ProviderState::Captured);
    const Money part = SaleWorld::money(1'250);
    for (int i = 0; i < 2; ++i)
        QCOMPARE(m_terminals->refund(asPayment(id), id.text() + u"-1"_s, part).state, ProviderState::Refunded);
    QCOMPARE(m_terminal->net(), m_order.total.minorUnits() - 1'250);
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
