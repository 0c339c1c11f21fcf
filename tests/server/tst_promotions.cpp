#include "check/salebooks.h"
#include "checkout/promotions.h"
#include "db/transaction.h"
#include "support/saleworld.h"

#include <QtTest>

#include <atomic>
#include <barrier>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;

/// Promotion codes in orders and payments, and that no use too many is ever given.
class TestPromotions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.asksForFees = true}); }
    void cleanup()
    {
        QCOMPARE(check::SaleBooks(m_world->dsn()).faults(), QStringList());
        m_world.reset();
    }

    void aRateComesOffEveryTicketAndFeesAreOfTheRest()
    {
        promote(u"rate = 1000"_s);
        const OrderView order = need(orderWith(m_world->buyer(), {a(1), a(2)}, u" summer "_s));
        QCOMPARE(order.lines[0].amount, SaleWorld::money(5'000));
        QCOMPARE(order.lines[0].discount, SaleWorld::money(500));
        QCOMPARE(order.lines[0].fee, SaleWorld::money(150 + 113)); // 2.5 % of 45.00.
        QCOMPARE(order.discount, SaleWorld::money(1'000));
        QCOMPARE(*order.promotion, u"Summer treat"_s);
        need(m_world->payCard(m_world->buyer(), order));
        QCOMPARE(used(), 1);
    }

    void anAmountOffTheOrderIsSharedOutToTheLastPenny()
    {
        promote(u"amount = 1000, per = 'order'"_s);
        const OrderView order = need(orderWith(m_world->desk(), {a(1), a(2), a(3)}, u"SUMMER"_s));
        QCOMPARE(order.lines[0].discount, SaleWorld::money(334));
        QCOMPARE(order.lines[1].discount, SaleWorld::money(333));
        QCOMPARE(order.lines[2].discount, SaleWorld::money(333));
        QCOMPARE(order.total, SaleWorld::money(14'000));
        need(m_world->payCash(m_world->desk(), order, order.total));
    }

    void anAmountOffATicketIsNeverMoreThanItsPrice()
    {
        promote(u"amount = 100000"_s);
        const OrderView order = need(orderWith(m_world->buyer(), {a(1)}, u"SUMMER"_s));
        QVERIFY(order.total.isZero() && order.fees.empty());
        need(m_world->payCard(m_world->buyer(), order));
    }

    void aCodeThatIsNotGoodIsRefusedWithTheReason_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown") << u"rate = 1000"_s << u"WINTER"_s
                                 << u"There is no code WINTER. Check it, or go on without."_s;
        QTest::newRow("not yet") << u"rate = 1000, good_from = now() + interval '1 day'"_s << u"SUMMER"_s
                                 << u"The code SUMMER is not good yet."_s;
        QTest::newRow("no more") << u"rate = 1000, good_until = now()"_s << u"SUMMER"_s
                                 << u"The code SUMMER is not good any more."_s;
        QTest::newRow("another event") << u"rate = 1000, events = '{the-tempest}'"_s << u"SUMMER"_s
                                       << u"The code SUMMER is for other performances."_s;
        QTest::newRow("another type") << u"rate = 1000, price_types = '{Concession}'"_s << u"SUMMER"_s
                                      << u"The code SUMMER is for other tickets."_s;
        QTest::newRow("used up") << u"rate = 1000, uses_max = 3, used = 3"_s << u"SUMMER"_s
                                 << u"The code SUMMER is used up. Order without it; nothing was charged."_s;
    }
    void aCodeThatIsNotGoodIsRefusedWithTheReason()
    {
        QFETCH(QString, change);
        QFETCH(QString, code);
        QFETCH(QString, message);
        promote(change);
        const auto refused = orderWith(m_world->buyer(), {a(1)}, code);
        QVERIFY(!refused);
        QCOMPARE(refused.error().message, message);
        QCOMPARE(refused.error().field, u"/promotion"_s);
    }

    void aCodeForItsEventAndTypeIsGood()
    {
        promote(u"rate = 5000, events = '{the-tempest,twelfth-night}', price_types = '{Adult}', good_from = now() - "
                "interval '1 day', good_until = now() + interval '1 day'"_s);
        const OrderView order = need(orderWith(m_world->desk(), {a(1)}, u"SUMMER"_s));
        QCOMPARE(order.total, SaleWorld::money(2'500));
    }

    void aDeclinedCardGivesTheUseBack()
    {
        promote(u"rate = 1000, uses_max = 1"_s);
        const OrderView order = need(orderWith(m_world->buyer(), {a(1)}, u"SUMMER"_s));
        QVERIFY(!m_world->payCard(m_world->buyer(), order, u"pm_card_visa_chargeDeclined"_s));
        QCOMPARE(used(), 0);
        need(m_world->payCard(m_world->buyer(), order));
        QCOMPARE(used(), 1);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from promotion_use"_s), 1);
    }

    void whoHasUsedItsUsesIsRefusedByEmailWhateverTheSession()
    {
        promote(u"rate = 1000, customer_uses_max = 1"_s);
        need(m_world->payCard(m_world->buyer(), need(orderWith(m_world->buyer(), {a(1)}, u"SUMMER"_s))));
        const auto again = orderWith(m_world->otherBuyer(), {a(2)}, u"SUMMER"_s);
        QCOMPARE(refusal(again), u"wrong_state"_s);
        QCOMPARE(again.error().field, u"/promotion"_s);
        need(orderWith(m_world->otherBuyer(), {a(3)}, u"SUMMER"_s, u"viola@example.org"_s));
    }

    void theLastUseIsGivenOnceThoughTwoOrdersHoldIt()
    {
        promote(u"rate = 1000, uses_max = 1"_s);
        const OrderView first = need(orderWith(m_world->buyer(), {a(1)}, u"SUMMER"_s));
        const OrderView second = need(orderWith(m_world->otherBuyer(), {a(2)}, u"SUMMER"_s));
        need(m_world->payCard(m_world->buyer(), first));
        const auto refused = m_world->payCard(m_world->otherBuyer(), second);
        QCOMPARE(refusal(refused), u"wrong_state"_s);
        QCOMPARE(refused.error().field, u"/promotion"_s);
        QCOMPARE(m_world->sqlText(u"select state from sale_order where id = '%1'"_s.arg(second.id.text())), u"open"_s);
        QCOMPARE(m_world->seatState(a(2)), u"held"_s);
    }

    void withoutTheLockUsesTooManyAreGiven()
    {
        // The negative control: look, meet, then count, as two payments would without the lock of the row.
        promote(u"rate = 1000, uses_max = 1"_s);
        std::barrier<> meeting(2);
        std::atomic<int> given = 0;
        const auto useOne = [&] {
            need(m_world->database().transact([&](Transaction &transaction) -> Result<int> {
                const bool isLeft = number(transaction.query("select used from promotion")[0]["used"]) < 1;
                meeting.arrive_and_wait();
                given += isLeft ? 1 : 0;
                return 0;
            }));
        };
        {
            std::jthread one(useOne);
            std::jthread two(useOne);
        }
        QCOMPARE(given.load(), 2);
    }

    void paymentsThatRaceGetNoUseTooMany()
    {
        constexpr int usesMax = 4;
        promote(u"rate = 1000, uses_max = %1"_s.arg(usesMax));
        SaleNode other(m_world->dsn());
        std::vector<OrderView> orders;
        for (int seat = 1; seat <= 10; ++seat)
            orders.push_back(need(orderWith(m_world->desk(), {a(seat)}, u"SUMMER"_s)));
        std::atomic<int> paid = 0;
        std::barrier<> start(10);
        {
            std::vector<std::jthread> threads;
            for (size_t i = 0; i < orders.size(); ++i) {
                threads.emplace_back([&, i] {
                    start.arrive_and_wait();
                    SaleNode &node = i % 2 == 0 ? *m_world : other;
                    paid += node.payCash(m_world->desk(), orders[i], orders[i].total) ? 1 : 0;
                });
            }
        }
        QCOMPARE(paid.load(), usesMax);
        QCOMPARE(used(), usesMax);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from promotion_use"_s), usesMax);
    }

    void theDatabaseItselfRefusesAUseTooMany()
    {
        promote(u"rate = 1000, uses_max = 1"_s);
        QCOMPARE(m_world->sqlRefusal(u"update promotion set used = 2"_s), u"23514"_s);
    }

private:
    void promote(const QString &change)
    {
        m_world->sql(u"insert into promotion (id, venue_id, code, name, per, rate) select '%1', id, 'SUMMER', "
                     "'Summer treat', 'ticket', 1 from venue"_s.arg(PromotionId::create().text()));
        m_world->sql(
            u"update promotion set %1%2"_s.arg(change.contains(u"amount"_s) ? u"rate = 0, "_s : QString(), change));
    }

    Result<OrderView> orderWith(const SaleParty &party, const std::vector<QString> &seats, const QString &code,
                                const QString &email = u"olivia@example.org"_s)
    {
        const HoldView hold = need(m_world->takeSeats(party, seats));
        CreateOrder command{.order = OrderId::create(),
                            .hold = hold.id,
                            .lines = {},
                            .buyer = {.name = u"Olivia"_s, .email = email},
                            .promotion = code};
        for (const QString &seat : seats)
            command.lines.push_back({.place = seat, .priceType = m_world->priceType()});
        return m_world->checkout().createOrder(party, SaleNode::newKey(party), command);
    }

    int used() { return static_cast<int>(m_world->sqlNumber(u"select used from promotion"_s)); }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestPromotions)
#include "tst_promotions.moc"
