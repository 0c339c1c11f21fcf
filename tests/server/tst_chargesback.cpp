#include "check/salebooks.h"
#include "support/saleworld.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;

/// What becomes of fees, taxes and coins when places are given back (docs/refunds.md, docs/prices.md).
class TestChargesBack : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world.reset();
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.asksForFees = true, .cashStep = 5});
    }
    void cleanup()
    {
        QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
    }

    void feesAndTaxesGoBackWithTheirLineAndThoseOfTheOrderWithTheLast()
    {
        const OrderView sold = need(m_world->sell(m_world->buyer(), {a(1), a(2)}));
        QCOMPARE(sold.total, SaleWorld::money(2 * 5'275 + 240));
        const OrderView part = need(refund(sold, {2}));
        QCOMPARE(part.refunds[0].amount, SaleWorld::money(5'275));
        QCOMPARE(accounts(), u"card_clearing 5515, fees -429, tax_payable -919, ticket_sales -4167"_s);
        QCOMPARE(m_world->books().faults(), QStringList());
        const OrderView rest = need(refund(sold));
        QCOMPARE(rest.refunds[1].amount, SaleWorld::money(5'515));
        QCOMPARE(accounts(), u"card_clearing 0, fees 0, tax_payable 0, ticket_sales 0"_s);
        need(m_world->afterSale().settleRefunds());
        QCOMPARE(m_world->books().unfinished(), QStringList());
    }

    void theDrawerGivesWholeCoins()
    {
        costs(5'003);
        const OrderView sold = sellForCash(a(1));
        const OrderView back = need(refund(sold));
        QCOMPARE(back.refunds[0].amount, SaleWorld::money(5'003));
        QCOMPARE(back.refunds[0].repayments[0].amount, SaleWorld::money(5'005));
        QCOMPARE(accounts(), u"cash_drawer 0, cash_rounding 0, tax_payable 0, ticket_sales 0"_s);
    }

    void whatIsOwedIsPaidOutInWholeCoins()
    {
        costs(5'003);
        const OrderView sold = sellForCash(a(1));
        need(m_world->cancellations().cancel(SaleNode::newKey(m_world->desk()),
                                             {.performance = m_world->performance(), .reason = u"ill"_s}));
        need(m_world->cancellations().step());
        const RepaymentView owed = viewOf(sold).refunds.at(0).repayments.at(0);
        QCOMPARE(owed.state, RepaymentState::Owed);
        QCOMPARE(owed.amount, SaleWorld::money(5'005));
        QCOMPARE(accounts(),
                 u"cash_drawer 5005, cash_rounding -2, refunds_owed -5003, tax_payable 0, ticket_sales 0"_s);
        need(m_world->afterSale().payOut(supervisor(), SaleNode::newKey(m_world->desk()),
                                         {.repayment = owed.id, .note = u"came with the ticket"_s}));
        QCOMPARE(accounts(), u"cash_drawer 0, cash_rounding 0, refunds_owed 0, tax_payable 0, ticket_sales 0"_s);
    }

    void anExchangeMovesWhatThePlacesAreMadeOf()
    {
        const OrderView old = need(m_world->sell(m_world->buyer(), {a(1)}));
        const OrderView made = need(exchange(old, openOrder(a(2))));
        QCOMPARE(made.exchangedFrom->credit, SaleWorld::money(5'000));
        QCOMPARE(viewOf(old).refunds.at(0).amount, SaleWorld::money(5'515));
        QCOMPARE(accounts(), u"card_clearing 5000, fees 0, tax_payable -833, ticket_sales -4167"_s);
        QCOMPARE(m_world->sqlText(u"select string_agg(number::text, ' ' order by number) from receipt"_s), u"1 2"_s);
    }

    void whatNewPlacesCostMoreIsPaidInWholeCoins()
    {
        costs(5'003);
        const OrderView old = sellForCash(SaleWorld::seatKey(u"Circle"_s, u"A"_s, 1));
        const OrderView made = need(exchange(old, openOrder(a(1)), SaleWorld::money(2'100)));
        QCOMPARE(made.rounding, SaleWorld::money(2));
        QCOMPARE(made.change, SaleWorld::money(95));
        QCOMPARE(accounts(), u"cash_drawer 5005, cash_rounding -2, tax_payable -834, ticket_sales -4169"_s);
    }

    void theCheckerSeesTaxThatWasKept()
    {
        need(refund(need(m_world->sell(m_world->buyer(), {a(1), a(2)})), {1}));
        const QStringList faults =
            m_world->books().faultsAfter(u"alter table ledger_entry disable trigger ledger_entry_append_only;"
                                         "delete from ledger_entry where transfer_id in (select id from refund)"_s);
        QCOMPARE(faults.size(), 1);
        QVERIFY2(faults[0].startsWith(u"the accounts do not say what an order's sold places are made of"_s),
                 qPrintable(faults[0]));
    }

private:
    static RefundActor supervisor() { return {.principal = u"user:orsino"_s, .right = RefundRight::Any}; }

    void costs(int price)
    {
        m_world->sql(u"update price set amount = %1 where amount = 5000"_s.arg(price));
        m_world->sql(u"update performance set version = version + 1"_s);
        m_world->catalog().forgetRows();
    }
    OrderView openOrder(const QString &seat)
    {
        return need(m_world->order(m_world->desk(), need(m_world->takeSeats(m_world->desk(), {seat}))));
    }
    OrderView sellForCash(const QString &seat)
    {
        return need(m_world->payCash(m_world->desk(), openOrder(seat), SaleWorld::money(10'000)));
    }
    Result<OrderView> refund(const OrderView &order, const std::vector<int> &lines = {})
    {
        return m_world->afterSale().refund(
            supervisor(), SaleNode::newKey(m_world->desk()),
            {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s});
    }
    Result<OrderView> exchange(const OrderView &from, const OrderView &wanted, std::optional<Money> tendered = {})
    {
        return m_world->afterSale().exchange(supervisor(), m_world->desk(), SaleNode::newKey(m_world->desk()),
                                             {.order = wanted.id,
                                              .from = from.id,
                                              .lines = {},
                                              .refund = RefundId::create(),
                                              .reason = u"better seats"_s,
                                              .payment = PaymentId::create(),
                                              .tendered = tendered});
    }
    OrderView viewOf(const OrderView &order) { return need(m_world->checkout().findForStaff(order.id)); }
    QString accounts()
    {
        return m_world->sqlText(u"select string_agg(account || ' ' || sum, ', ' order by account) from (select "
                                "account, sum(amount) from ledger_entry group by account) a"_s);
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestChargesBack)
#include "tst_chargesback.moc"
