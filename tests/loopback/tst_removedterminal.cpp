#include "loopback/killedhouse.h"
#include "support/runningterminal.h"

#include <QTest>

using namespace parterre;
using namespace parterre::test;
using namespace Qt::StringLiterals;
using protocol::MessageType;

/// A card terminal is taken out of the server's settings while money is on its way there (docs/payments.md).
class RemovedTerminalTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatATerminalBeganWaitsForItsReturn()
    {
        RunningTerminal terminal;
        const QStringList settings{u"--card-terminals"_s,
                                   u"left=%1:%2"_s.arg(terminal.address().host).arg(terminal.address().port)};
        m_house = std::make_unique<KilledHouse>(settings);
        const OrderId given = anOrder();
        QCOMPARE(pay(given), u"confirmed"_s);
        const qint64 price = terminal.net();
        const OrderId doubtful = anOrder();
        terminal.next(u"die"_s); // With the money.
        QCOMPARE(pay(doubtful), u"payment_pending"_s);
        const RefundLines refund{.refund = RefundId::create(), .order = given, .lines = {}, .reason = u"ill"_s};
        QCOMPARE(m_house->atTheDesk(MessageType::RefundLines, refund, CommandId::create().text()).text(), u"ok"_s);

        restart({});
        // It was looked for, by a server that has no terminal to ask.
        QTRY_VERIFY_WITH_TIMEOUT(m_house->server.log().contains(u"1 of terminal"_s), 60'000);
        QCOMPARE(books().number(u"select count(*) from payment_attempt where state = 'in_doubt'"_s), 1);
        QCOMPARE(books().number(u"select count(*) from repayment where state = 'created'"_s), 1);
        QVERIFY(m_house->server.isRunning());
        QCOMPARE(pay(anOrder()), u"not_found"_s);
        QCOMPARE(books().faults(), QStringList());

        terminal.start();
        restart(settings);
        QTRY_COMPARE_WITH_TIMEOUT(books().text(u"select state from sale_order where id = '%1'"_s.arg(doubtful.text())),
                                  u"confirmed"_s, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(books().text(u"select state from repayment"_s), u"repaid"_s, 60'000);
        QCOMPARE(terminal.net(), price);
        QCOMPARE(terminal.chargedTwice(), QStringList());
        QCOMPARE(books().faults() + books().unfinished(), QStringList());
    }
    void cleanup() { m_house.reset(); }

private:
    [[nodiscard]] const check::SaleBooks &books() const { return *m_house->books; }
    /// With these settings, and what waits is due at once.
    void restart(const QStringList &settings)
    {
        m_house->server.kill(); // Its database lives on.
        m_house->server.useSettings(settings);
        books().sql(u"update payment_attempt set deadline = now() where state in ('authorising', 'in_doubt')"_s);
        books().sql(u"update repayment set due_at = now() where state = 'created'"_s);
        m_house->start();
    }
    [[nodiscard]] OrderId anOrder() const
    {
        const TakeHold held = m_house->taking(m_house->freshSeat());
        const CreateOrder ordered = m_house->ordering(held);
        for (const auto &done : {m_house->atTheDesk(MessageType::TakeHold, held, CommandId::create().text()),
                                 m_house->atTheDesk(MessageType::CreateOrder, ordered, CommandId::create().text())}) {
            if (!done.view)
                qFatal("no order: %s", qPrintable(done.text()));
        }
        return ordered.order;
    }
    /// The state of the order, or why it was refused.
    [[nodiscard]] QString pay(const OrderId &order) const
    {
        const PayTerminal command{.payment = PaymentId::create(), .order = order, .terminal = u"left"_s};
        const Outcome paid = m_house->atTheDesk(MessageType::PayTerminal, command, CommandId::create().text());
        return paid.view ? paid.view->value(u"state"_s).toString() : paid.text();
    }

    std::unique_ptr<KilledHouse> m_house;
};

QTEST_GUILESS_MAIN(RemovedTerminalTest)
#include "tst_removedterminal.moc"
