#include "check/finalstaterepository.h"
#include "check/judge.h"
#include "check/report.h"
#include "check/salebooks.h"
#include "load/drillrepository.h"
#include "load/world.h"
#include "simulation/brokenrules.h"
#include "support/need.h"
#include "support/randomness.h"
#include "support/testdatabase.h"

#include <QtTest>

using namespace parterre;
using namespace parterre::bench;
using parterre::test::need;
using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds answerTime{60};
constexpr std::chrono::seconds endTime{10}; ///< A cancellation may end five seconds after it began.

/// A box office of one server and the few things that people do after a sale, one after the other.
class Office
{
public:
    explicit Office(const QString &sql)
        : m_dsn(test::TestDatabase::instance().freshDsn())
        , m_world(
              need(World::open({.server = QStringLiteral(PARTERRE_BIN_DIR) + u"/parterred"_s,
                                .database = m_dsn,
                                .season = {{{.seats = 40, .seatsPerRow = 10, .performances = 2, .isRefundable = true}}},
                                .sessions = 2,
                                .connections = 4,
                                .seed = tests::testSeed()})))
    {
        need(m_world->employ());
        if (!sql.isEmpty())
            check::SaleBooks(m_dsn).sql(sql);
    }

    void trade()
    {
        const auto [card, code] = giftCard(3'000, GiftCardKind::GiftCard);
        (void)giftCard(1'000, GiftCardKind::Voucher);
        const check::Event old = sold(0, {1, 2}, card, code);
        const check::Event wanted = ordered(0, {20, 21, 22});
        m_world->exchange(wanted, orderOf(old), {}, Tender());
        answer();
        const check::Event kept = sold(0, {30}, {}, {});
        replaceTicket(kept, u"Sebastian"_s);
        replaceTicket(sold(0, {31}, {}, {}), {});
        (void)sold(1, {5}, {}, {});
        m_world->cancel({.client = 0, .intended = Loop::now(), .performance = 1}, {});
        answer();
        const qint64 until = Loop::now() + endTime.count() * second;
        while (need(hurryPayments(m_dsn, Seconds(1))) > 0 && Loop::now() < until)
            need(m_world->loop().runFor(std::chrono::milliseconds(200)));
    }

    [[nodiscard]] check::Verdict verdict()
    {
        need(m_world->sampleClock());
        const check::History history = m_world->takeHistory(u"trade"_s);
        const check::JudgeOptions options{.isSettled = true};
        check::Verdict verdict = need(check::judge(history, need(check::readFinalState(m_dsn, history)), options));
        need(check::judgeBooks(check::SaleBooks(m_dsn), true, verdict));
        return verdict;
    }

private:
    void answer() { need(m_world->drain(answerTime)); }
    [[nodiscard]] std::pair<GiftCardId, QString> giftCard(qint64 amount, GiftCardKind kind)
    {
        const GiftCardId card = GiftCardId::create();
        QString told;
        m_world->issueGiftCard({.intended = Loop::now(), .giftCard = card, .amount = amount}, kind,
                               [&told](const check::Event &, const QString &code) { told = code; });
        answer();
        return {card, told};
    }
    /// An open order of these seats.
    [[nodiscard]] check::Event ordered(int performance, const std::vector<int> &seats)
    {
        const check::Event event{.intended = Loop::now(),
                                 .performance = performance,
                                 .hold = HoldId::create(),
                                 .order = OrderId::create(),
                                 .seats = seats};
        check::Event take = event;
        take.order = {};
        m_world->take(take, {});
        answer();
        m_world->order(event, {});
        answer();
        return event;
    }
    [[nodiscard]] check::Event sold(int performance, const std::vector<int> &seats, const GiftCardId &card,
                                    const QString &code)
    {
        const check::Event order = ordered(performance, seats);
        check::Event payment = order;
        payment.giftCard = card;
        m_world->pay(payment, {}, {.giftCardCode = code});
        answer();
        return order;
    }
    [[nodiscard]] static check::Event orderOf(const check::Event &sold)
    {
        return {.performance = sold.performance, .hold = sold.hold, .order = sold.order};
    }
    void replaceTicket(const check::Event &sold, const QString &holder)
    {
        check::Event event = orderOf(sold);
        event.holder = holder;
        event.intended = Loop::now();
        m_world->ticketsOf(0, sold.order, [&event](const std::vector<TicketId> &tickets) {
            event.ticket = tickets.empty() ? TicketId() : tickets.front();
        });
        answer();
        m_world->replaceTicket(event, {});
        answer();
    }

    QString m_dsn;
    std::unique_ptr<World> m_world;
};

/// A database that does something else than it is told.
QString spoiling(const QString &table, const QString &when, const QString &statement)
{
    return u"create function spoil() returns trigger language plpgsql as $$ begin %3; return new; end $$; "
           "create trigger a_spoil before insert or update on %1 for each row when (%2) execute function spoil()"_s.arg(
               table, when, statement);
}

} // namespace

/// Each rule about what comes after a sale finds the fault that it is there for, and nothing where there is none.
class TestTradeControls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFaultIsFound_data();
    void aFaultIsFound();
};

void TestTradeControls::aFaultIsFound_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("rule");
    QTest::newRow("no fault") << QString() << QString();
    QTest::newRow("the old order of an exchange stands")
        << spoiling(u"sale_order"_s, u"new.state = 'exchanged'"_s, u"new.state := 'confirmed'"_s)
        << u"exchange_halved"_s;
    QTest::newRow("a gift card with more on it than it was sold for")
        << spoiling(u"gift_card"_s, u"new.state = 'active'"_s, u"new.amount := new.amount + 1"_s)
        << u"gift_card_wrong"_s;
    QTest::newRow("a ticket that is passed on to nobody")
        << spoiling(u"ticket"_s, u"new.holder_name <> ''"_s, u"new.holder_name := ''"_s) << u"ticket_wrong"_s;
    QTest::newRow("an order of a cancelled performance is forgotten")
        << spoiling(u"cancellation_order"_s, u"new.refunded_at is null"_s, u"new.refunded_at := now()"_s)
        << u"cancelled_stands"_s;
    QTest::newRow("a refund gives less than its places cost")
        << spoiling(u"repayment"_s, u"new.amount > 1"_s, u"new.amount := new.amount - 1"_s) << u"books_wrong"_s;
}

void TestTradeControls::aFaultIsFound()
{
    QFETCH(QString, sql);
    QFETCH(QString, rule);
    Office office(sql);
    office.trade();
    const check::Verdict verdict = office.verdict();
    qInfo().noquote() << check::verdictText(verdict).right(2'000);
    QCOMPARE(verdict.sold, 4);
    QCOMPARE(verdict.exchanged, 1);
    QCOMPARE(verdict.giftCards, 2);
    QCOMPARE(verdict.byGiftCard, 1);
    QCOMPARE(verdict.replaced, 2);
    QCOMPARE(verdict.cancelled, 1);
    const QStringList broken = simulation::brokenRules(verdict);
    if (rule.isEmpty())
        QCOMPARE(broken.join(u' '), QString());
    else
        QVERIFY2(broken.contains(rule), qPrintable(broken.join(u' ')));
}

QTEST_GUILESS_MAIN(TestTradeControls)
#include "tst_tradecontrols.moc"
