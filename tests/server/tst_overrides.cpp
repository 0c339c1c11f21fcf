#include "check/salebooks.h"
#include "support/saleworld.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;

/// Comps and other prices than the list's: only at the desk, only with a supervisor, and never without a trace.
class TestOverrides : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.asksForFees = true});
        m_seat = 0;
        m_supervisor = {.id = UserId::create(),
                        .name = u"malvolio"_s,
                        .displayName = u"Malvolio"_s,
                        .role = Role::Supervisor,
                        .mustChangePassword = false};
        m_world->sql(u"insert into app_user (id, name, display_name, role, password_hash, must_change_password) "
                     "values ('%1', 'malvolio', 'Malvolio', 'supervisor', '', false)"_s.arg(m_supervisor.id.text()));
    }
    void cleanup()
    {
        QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
    }

    void aCompIsFreeAndItsReasonIsKept()
    {
        const OrderView order = need(orderWith(m_world->desk(), comp(), approval()));
        QVERIFY(order.total.isZero());
        QCOMPARE(order.lines[0].amount, SaleWorld::money(5'000));
        QCOMPARE(order.lines[0].discount, SaleWorld::money(5'000));
        need(m_world->payCash(m_world->desk(), order, order.total));
        const auto records = need(m_world->checkout().overrides(m_world->performance(), 10));
        QCOMPARE(records.size(), size_t(1));
        QCOMPARE(records[0].kind, OverrideKind::Comp);
        QCOMPARE(records[0].reason, u"The critic of the Messaline Courier"_s);
        QCOMPARE(records[0].givenBy, u"Viola of Messaline"_s);
        QCOMPARE(records[0].approvedBy, u"Malvolio"_s);
        QCOMPARE(records[0].listed, SaleWorld::money(5'000));
        QVERIFY(records[0].price.isZero());
        QCOMPARE(records[0].orderNumber, order.number);
    }

    void anotherPriceIsAskedFor_data()
    {
        QTest::addColumn<int>("price");
        QTest::newRow("less") << 3'000;
        QTest::newRow("more") << 7'500;
        QTest::newRow("the same") << 5'000;
    }
    void anotherPriceIsAskedFor()
    {
        QFETCH(int, price);
        const PriceOverride wanted{
            .kind = OverrideKind::Price, .price = SaleWorld::money(price), .reason = u"A pillar"_s};
        const OrderView order = need(orderWith(m_world->desk(), wanted, approval()));
        QCOMPARE(order.total, SaleWorld::money(price));
        need(m_world->payCash(m_world->desk(), order, order.total));
        const auto records = need(m_world->checkout().overrides(std::nullopt, 10));
        QCOMPARE(records.size(), size_t(1));
        QCOMPARE(records[0].listed, SaleWorld::money(5'000));
        QCOMPARE(records[0].price, SaleWorld::money(price));
    }

    void aClerkAloneIsRefused()
    {
        const auto refused = orderWith(m_world->desk(), comp(), std::nullopt);
        QCOMPARE(refusal(refused), u"forbidden"_s);
        QCOMPARE(refused.error().field, u"/approval"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from sale_order"_s), 0);
    }

    void aSupervisorsOwnOrderNeedsNoOther()
    {
        const SaleParty party{.owner = u"user:"_s + m_supervisor.id.text(), .channel = SalesChannel::Desk};
        const OrderView order = need(orderWith(party, comp(), std::nullopt, m_supervisor.id));
        QVERIFY(order.total.isZero());
    }

    void aSignatureIsGoodForItsDeskAndItsTime()
    {
        const QString token = *approval();
        const SaleParty other{.owner = u"user:"_s + m_supervisor.id.text(), .channel = SalesChannel::Desk};
        QCOMPARE(refusal(orderWith(other, comp(), token)), u"forbidden"_s);
        QCOMPARE(refusal(orderWith(m_world->desk(), comp(), u"guessed"_s)), u"forbidden"_s);
        m_world->sql(u"update price_approval set expires_at = now()"_s);
        QCOMPARE(refusal(orderWith(m_world->desk(), comp(), token)), u"forbidden"_s);
    }

    void nobodyElseThanTheDeskAsksForAnotherPrice()
    {
        for (const SalesChannel channel : {SalesChannel::Web, SalesChannel::Api}) {
            SaleParty party = m_world->buyer();
            party.channel = channel;
            const auto refused = orderWith(party, comp(), approval(), m_supervisor.id);
            QCOMPARE(refusal(refused), u"forbidden"_s);
            QCOMPARE(refused.error().field, u"/lines/0/price_override"_s);
        }
    }

    void whatWasNotSoldIsNotInTheReport()
    {
        need(orderWith(m_world->desk(), comp(), approval()));
        QCOMPARE(need(m_world->checkout().overrides(std::nullopt, 10)).size(), size_t(0));
    }

    void theDatabaseItselfKeepsTheAudit()
    {
        need(orderWith(m_world->desk(), comp(), approval()));
        QCOMPARE(m_world->sqlRefusal(u"update price_override set reason = 'none'"_s), u"23001"_s);
        QCOMPARE(m_world->sqlRefusal(u"delete from price_override"_s), u"23001"_s);
    }

private:
    static PriceOverride comp()
    {
        return {.kind = OverrideKind::Comp, .price = {}, .reason = u"The critic of the Messaline Courier"_s};
    }

    std::optional<QString> approval()
    {
        return need(m_world->checkout().approve(m_supervisor, m_world->desk().owner)).token;
    }

    Result<OrderView> orderWith(const SaleParty &party, const PriceOverride &wanted,
                                const std::optional<QString> &token,
                                const std::optional<UserId> &supervisor = std::nullopt)
    {
        const QString seat = a(++m_seat);
        const HoldView hold = need(m_world->takeSeats(party, {seat}));
        return m_world->checkout().createOrder(
            party, SaleNode::newKey(party),
            {.order = OrderId::create(),
             .hold = hold.id,
             .lines = {{.place = seat, .priceType = m_world->priceType(), .priceOverride = wanted}},
             .buyer = {.name = u"Olivia"_s, .email = u"olivia@example.org"_s},
             .approval = token},
            supervisor);
    }

    std::unique_ptr<SaleWorld> m_world;
    UserView m_supervisor;
    int m_seat = 0;
};

QTEST_GUILESS_MAIN(TestOverrides)
#include "tst_overrides.moc"
