#include "catalog/catalogservice.h"
#include "check/salebooks.h"
#include "support/saleworld.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleWorld;

/// What an order costs: fees, taxes and the cash's rounding, from the season file into the order and the books.
class TestPrices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.asksForFees = true, .cashStep = 5}); }
    void cleanup()
    {
        if (m_world)
            QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
    }

    void theShopsBuyerPaysTheFeesOfItsChannel()
    {
        const OrderView order = openOrder(m_world->buyer(), {a(1)}, 1);
        QCOMPARE(order.lines[0].amount, SaleWorld::money(5'000));
        QCOMPARE(order.lines[0].fee, SaleWorld::money(150 + 125));
        QCOMPARE(order.lines[0].tax, SaleWorld::money(833 + 46)); // 50.00 / 6 and 2.75 / 6, each half up.
        QCOMPARE(order.lines[0].total, SaleWorld::money(5'275));
        QCOMPARE(order.lines[1].total, SaleWorld::money(1'000 + 150 + 25));
        QCOMPARE(order.fee, SaleWorld::money(240)); // 2.00, and VAT is added to it.
        QCOMPARE(order.total, SaleWorld::money(5'275 + 1'175 + 240));
        QCOMPARE(order.fees.size(), size_t(2));
        QCOMPARE(order.fees[0].name, u"Booking fee"_s);
        QCOMPARE(order.fees[0].amount, SaleWorld::money(275 + 175));
        QCOMPARE(order.fees[1].amount, SaleWorld::money(240));
        QCOMPARE(order.taxes.size(), size_t(2));
        QCOMPARE(order.taxes[1].net, SaleWorld::money(200));
        QCOMPARE(order.taxes[1].amount, SaleWorld::money(40));
        need(m_world->payCard(m_world->buyer(), order));
    }

    void theDeskAsksForNoFeeOfTheWeb()
    {
        const OrderView order = openOrder(m_world->desk(), {a(1)});
        QCOMPARE(order.total, SaleWorld::money(5'000));
        QCOMPARE(order.taxes.size(), size_t(1));
        QVERIFY(order.fees.empty());
    }

    void aSellerPaysItsOwnFees()
    {
        SaleParty seller = m_world->otherBuyer();
        seller.channel = SalesChannel::Api;
        QCOMPARE(openOrder(seller, {a(1)}).total, SaleWorld::money(5'240));
    }

    void aFreeTicketBearsNoFee()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->desk(), {a(1)}));
        const OrderView order = need(m_world->order(m_world->desk(), hold, u"Press"_s));
        QVERIFY(order.total.isZero() && order.fees.empty());
        need(m_world->payCash(m_world->desk(), order, order.total));
    }

    void theBooksKnowSalesFeesAndTaxesApart()
    {
        const OrderView paid = need(m_world->payCard(m_world->buyer(), openOrder(m_world->buyer(), {a(1)})));
        QCOMPARE(accounts(), u"card_clearing 5515, fees -429, tax_payable -919, ticket_sales -4167"_s);
        QCOMPARE(paid.total, SaleWorld::money(5'515));
    }

    void theCheckerSeesASaleInTheWrongAccount()
    {
        need(m_world->payCard(m_world->buyer(), openOrder(m_world->buyer(), {a(1)})));
        const QStringList faults =
            m_world->books().faultsAfter(u"alter table ledger_entry disable trigger ledger_entry_append_only;"
                                         "update ledger_entry set account = 'ticket_sales' "
                                         "where account = 'fees'"_s);
        QCOMPARE(faults.size(), 1);
        QVERIFY2(faults[0].startsWith(u"the accounts do not say what an order's sold places are made of"_s),
                 qPrintable(faults[0]));
    }

    void onlyTheCashIsRounded_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<int>("price");
        QTest::addColumn<int>("tendered");
        QTest::addColumn<QString>("books");
        QTest::newRow("up") << u"Adult"_s << 5'003 << 5'100
                            << u"cash_drawer 5005, cash_rounding -2, tax_payable -834, ticket_sales -4169"_s;
        QTest::newRow("down") << u"Adult"_s << 5'002 << 5'000
                              << u"cash_drawer 5000, cash_rounding 2, tax_payable -834, ticket_sales -4168"_s;
    }
    void onlyTheCashIsRounded()
    {
        QFETCH(int, price);
        QFETCH(int, tendered);
        m_world->sql(u"update price set amount = %1 where amount = 5000"_s.arg(price));
        m_world->sql(u"update performance set version = version + 1"_s);
        m_world->catalog().forgetRows();
        const OrderView order = openOrder(m_world->desk(), {a(1)});
        QCOMPARE(order.total, SaleWorld::money(price));
        const OrderView paid = need(m_world->payCash(m_world->desk(), order, SaleWorld::money(tendered)));
        QCOMPARE(paid.total, SaleWorld::money(price));
        QCOMPARE(paid.tendered - paid.change, paid.total + paid.rounding);
        QTEST(accounts(), "books");
    }

    void tooLittleIsJudgedByWhatTheDrawerTakes()
    {
        m_world->sql(u"update price set amount = 5003 where amount = 5000"_s);
        m_world->sql(u"update performance set version = version + 1"_s);
        m_world->catalog().forgetRows();
        const OrderView order = openOrder(m_world->desk(), {a(1)});
        QCOMPARE(refusal(m_world->payCash(m_world->desk(), order, SaleWorld::money(5'003))), u"amount_mismatch"_s);
    }

    void aQuoteSaysWhatTheOrderWillCost()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        const PriceTypeId adult = m_world->priceType(u"Adult"_s);
        const PriceTypeId concession = m_world->priceType(u"Concession"_s);
        const OrderQuote quote = need(m_world->checkout().quote(
            m_world->buyer(), {.hold = hold.id, .lines = {{a(1), adult, 1}, {a(2), concession, 1}}}));
        const OrderView order =
            need(m_world->checkout().createOrder(m_world->buyer(), test::SaleNode::newKey(m_world->buyer()),
                                                 {.order = OrderId::create(),
                                                  .hold = hold.id,
                                                  .lines = {{a(1), adult, 1}, {a(2), concession, 1}},
                                                  .buyer = {.name = u"Olivia"_s, .email = u"o@example.org"_s}}));
        QCOMPARE(quote.total, order.total);
        QCOMPARE(quote.fees, order.fees);
        QCOMPARE(quote.taxes, order.taxes);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sale_order"_s), 1);
    }

    void nobodyIsToldWhatAnothersPlacesCost()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const auto refused = m_world->checkout().quote(
            m_world->otherBuyer(), {.hold = hold.id, .lines = {{a(1), m_world->priceType(u"Adult"_s), 1}}});
        QCOMPARE(refusal(refused), u"hold_gone"_s);
    }

    void theShopShowsWhatItsBuyersPay()
    {
        const PerformanceDetail shop = need(m_world->catalog().performance(m_world->performance(), true));
        const PerformanceDetail desk = need(m_world->catalog().performance(m_world->performance(), false));
        QCOMPARE(shop.prices[0].amount, SaleWorld::money(5'000));
        QCOMPARE(shop.prices[0].total, SaleWorld::money(5'275));
        QCOMPARE(desk.prices[0].total, SaleWorld::money(5'000));
        QCOMPARE(shop.summary.priceFrom, SaleWorld::money(800 + 150 + 20));
        QCOMPARE(need(m_world->catalog().performances(true))[0].priceFrom, SaleWorld::money(970));
        QCOMPARE(need(m_world->catalog().performances(false))[0].priceFrom, SaleWorld::money(800));
        QCOMPARE(shop.cashStep, 5);
    }

    void theDatabaseItselfRefusesALineThatDoesNotAddUp()
    {
        openOrder(m_world->buyer(), {a(1)});
        QCOMPARE(m_world->sqlRefusal(u"update order_line set total = total - 1"_s), u"23514"_s);
        QCOMPARE(m_world->sqlRefusal(u"update order_charge set amount = amount - 1"_s), u"23001"_s);
    }

private:
    OrderView openOrder(const SaleParty &party, const std::vector<QString> &seats, int standing = 0)
    {
        HoldView hold = need(m_world->takeSeats(party, seats));
        if (standing > 0)
            hold = need(m_world->takeYard(party, standing, hold.id));
        return need(m_world->order(party, hold));
    }

    QString accounts()
    {
        return m_world->sqlText(u"select string_agg(account || ' ' || sum, ', ' order by account) from (select "
                                "account, sum(amount) from ledger_entry group by account) a"_s);
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestPrices)
#include "tst_prices.moc"
