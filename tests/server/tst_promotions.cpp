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
        QCOMPARE(m_world->books().faults(), QStringList());
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
        m_world->sql(u"update promotion set used = 0"_s); // Those uses were nobody's, which the books would see.
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

    void anOrderThatIsGivenBackGivesItsUseBack()
    {
        promote(u"rate = 1000, uses_max = 1, customer_uses_max = 1"_s);
        const OrderView sold =
            need(m_world->payCard(m_world->buyer(), need(orderWith(m_world->buyer(), {a(1), a(2)}, u"SUMMER"_s))));
        need(refund(sold, {1}));
        QCOMPARE(used(), 1); // The seat that is left was sold at the lower price.
        QCOMPARE(refusal(orderWith(m_world->otherBuyer(), {a(3)}, u"SUMMER"_s)), u"wrong_state"_s);
        need(refund(sold, {2}));
        QCOMPARE(used(), 0);
        need(m_world->payCard(m_world->otherBuyer(), need(orderWith(m_world->otherBuyer(), {a(4)}, u"SUMMER"_s))));
        QCOMPARE(used(), 1);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from promotion_use"_s), 1);
    }

    void aCancelledPerformanceGivesItsUsesBack()
    {
        promote(u"rate = 1000"_s);
        need(m_world->payCard(m_world->buyer(), need(orderWith(m_world->buyer(), {a(1)}, u"SUMMER"_s))));
        need(m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                             {.performance = m_world->performance(), .reason = u"Feste is ill"_s}));
        QCOMPARE(need(m_world->cancellations().step()), 1);
        QCOMPARE(used(), 0);
    }

    void anOrderThatIsExchangedGivesItsUseBack()
    {
        promote(u"rate = 1000, uses_max = 1"_s);
        const OrderView old = need(orderWith(m_world->desk(), {a(1)}, u"SUMMER"_s));
        need(m_world->payCash(m_world->desk(), old, old.total));
        const OrderView wanted =
            need(m_world->order(m_world->desk(), need(m_world->takeSeats(m_world->desk(), {a(2)}))));
        need(m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()),
                                           {.order = wanted.id,
                                            .from = old.id,
                                            .lines = {},
                                            .refund = RefundId::create(),
                                            .reason = u"another seat"_s,
                                            .payment = PaymentId::create(),
                                            .tendered = SaleWorld::money(500)}));
        QCOMPARE(used(), 0);
    }

    /// The last use is the old order's own: nobody else can have it meanwhile, whatever becomes of the exchange.
    void theLastUseGoesOverToTheOrderThatItsOwnIsExchangedFor_data()
    {
        QTest::addColumn<QString>("limit");
        QTest::addColumn<QString>("card");
        QTest::newRow("paid, of all") << u"uses_max = 1"_s << u"pm_card_visa"_s;
        QTest::newRow("paid, of one customer") << u"customer_uses_max = 1"_s << u"pm_card_visa"_s;
        QTest::newRow("declined, of all") << u"uses_max = 1"_s << u"pm_card_visa_chargeDeclined"_s;
        QTest::newRow("declined, of one customer") << u"customer_uses_max = 1"_s << u"pm_card_visa_chargeDeclined"_s;
    }
    void theLastUseGoesOverToTheOrderThatItsOwnIsExchangedFor()
    {
        QFETCH(QString, limit);
        QFETCH(QString, card);
        promote(u"rate = 1000, "_s + limit);
        const OrderView old = need(orderWith(m_world->desk(), {a(1)}, u"SUMMER"_s));
        need(m_world->payCash(m_world->desk(), old, old.total));
        const OrderView wanted = need(orderWith(m_world->desk(), {a(2), a(3)}, u"SUMMER"_s));
        QCOMPARE(refusal(m_world->payCash(m_world->desk(), wanted, wanted.total)), u"wrong_state"_s);
        const bool isPaid = card == u"pm_card_visa"_s;
        QCOMPARE(refusal(exchange(old, wanted, {}, card)), isPaid ? u"ok"_s : u"payment_declined"_s);
        QCOMPARE(used(), 1);
        QCOMPARE(m_world->sqlText(u"select order_id from promotion_use"_s), (isPaid ? wanted : old).id.text());
        QCOMPARE(refusal(exchange(old, wanted)), isPaid ? u"wrong_state"_s : u"ok"_s);
        QCOMPARE(m_world->sqlText(u"select order_id from promotion_use"_s), wanted.id.text());
        need(refund(need(m_world->checkout().findForStaff(wanted.id))));
        QCOMPARE(used(), 0);
    }

    void aPlaceThatStaysKeepsItsUse()
    {
        promote(u"rate = 1000, uses_max = 1"_s);
        const OrderView old = need(orderWith(m_world->desk(), {a(1), a(2)}, u"SUMMER"_s));
        need(m_world->payCash(m_world->desk(), old, old.total));
        const OrderView wanted = need(orderWith(m_world->desk(), {a(3)}, u"SUMMER"_s));
        const auto refused = exchange(old, wanted, {1});
        QCOMPARE(refusal(refused), u"wrong_state"_s);
        QCOMPARE(refused.error().field, u"/promotion"_s);
        QCOMPARE(m_world->sqlText(u"select order_id from promotion_use"_s), old.id.text());
    }

    /// Who pays while the last use comes back has it or not, by who has the lock first; the count is right either way.
    void aUseThatComesBackIsGivenOnceToThoseWhoRaceForIt()
    {
        promote(u"rate = 1000, uses_max = 1"_s);
        for (int round = 0; round < 4; ++round) {
            const OrderView held = need(orderWith(m_world->desk(), {a(1)}, u"SUMMER"_s));
            const OrderView first = need(orderWith(m_world->desk(), {a(3)}, u"SUMMER"_s));
            const OrderView second = need(orderWith(m_world->desk(), {a(4)}, u"SUMMER"_s));
            const OrderView sold = need(m_world->payCash(m_world->desk(), held, held.total));
            std::atomic<int> paid = 0;
            std::barrier<> start(3);
            {
                std::jthread back([&] {
                    start.arrive_and_wait();
                    need(refund(sold));
                });
                std::jthread one([&] {
                    start.arrive_and_wait();
                    paid += m_world->payCash(m_world->desk(), first, first.total) ? 1 : 0;
                });
                std::jthread two([&] {
                    start.arrive_and_wait();
                    paid += m_world->payCash(m_world->desk(), second, second.total) ? 1 : 0;
                });
            }
            QVERIFY2(paid.load() <= 1, "one use was given to two");
            QCOMPARE(used(), paid.load());
            QCOMPARE(m_world->sqlNumber(u"select count(*) from promotion_use"_s), paid.load());
            if (paid.load() == 0)
                need(m_world->payCash(m_world->desk(), first, first.total));
            for (const OrderView &order : {first, second}) {
                const OrderView now = need(m_world->checkout().findForStaff(order.id));
                if (now.state == OrderState::Confirmed)
                    need(refund(now));
                else
                    need(m_world->release(m_world->desk(), {.hold = order.hold, .seats = {}, .areas = {}}));
            }
            QCOMPARE(used(), 0);
        }
    }

    void theBooksSeeAUseThatIsLostOrKept_data()
    {
        QTest::addColumn<QString>("tampering");
        QTest::addColumn<QString>("fault");
        QTest::newRow("lost") << u"update promotion set used = 0"_s << u"counts other uses than its orders"_s;
        QTest::newRow("kept") << u"update sale_order set state = 'refunded'"_s << u"gave everything back"_s;
    }
    void theBooksSeeAUseThatIsLostOrKept()
    {
        QFETCH(QString, tampering);
        QFETCH(QString, fault);
        promote(u"rate = 1000"_s);
        need(m_world->payCard(m_world->buyer(), need(orderWith(m_world->buyer(), {a(1)}, u"SUMMER"_s))));
        const QStringList faults =
            m_world->books().faultsAfter(u"set local session_replication_role = replica; "_s + tampering);
        QVERIFY2(!faults.filter(fault).isEmpty(), qPrintable(u"only seen: "_s + faults.join(u" | "_s)));
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

    static RefundActor supervisor() { return {.principal = u"user:orsino"_s, .right = RefundRight::Any}; }
    Result<OrderView> refund(const OrderView &order, const std::vector<int> &lines = {})
    {
        return m_world->afterSale().refund(
            supervisor(), SaleNode::newKey(m_world->desk()),
            {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s});
    }

    Result<OrderView> exchange(const OrderView &from, const OrderView &order, const std::vector<int> &lines = {},
                               const QString &card = u"pm_card_visa"_s)
    {
        return m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()),
                                             {.order = order.id,
                                              .from = from.id,
                                              .lines = lines,
                                              .refund = RefundId::create(),
                                              .reason = u"another seat"_s,
                                              .payment = PaymentId::create(),
                                              .cardToken = card});
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
