#pragma once

#include "check/salebooks.h"
#include "runtime/faultpoint.h"
#include "support/saleworld.h"
#include "support/scriptedprovider.h"

#include <QTest>

#include <memory>

namespace parterre::test {

/// What tests of money stand on: a playhouse behind a card provider that does as it is told, and what they ask of both.
class PaidWorld
{
protected:
    void open(SaleWorldOptions options = {})
    {
        m_world.reset();
        m_provider = std::make_unique<ScriptedProvider>();
        options.provider = m_provider.get();
        m_world = std::make_unique<SaleWorld>(options);
        m_provider->setProvider(m_world->testProvider());
    }

    /// Whatever a test did, what was sold and what was paid must fit each other at its end.
    void close()
    {
        QVERIFY(server::armFaultPoints(""));
        if (m_world)
            QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
        m_provider.reset();
    }

    static RefundActor supervisor() { return {.principal = QStringLiteral("user:orsino"), .right = RefundRight::Any}; }
    static QString circle(int number)
    {
        return SaleWorld::seatKey(QStringLiteral("Circle"), QStringLiteral("A"), number);
    }
    /// A gift card, sold for cash; its code.
    QString aCard(qint64 pence)
    {
        const GiftCardActor clerk{.principal = m_world->desk().owner, .isSupervisor = false};
        return *need(m_world->giftCards().issue(clerk, SaleNode::newKey(m_world->desk()),
                                                {.card = GiftCardId::create(),
                                                 .amount = SaleWorld::money(pence),
                                                 .reason = {},
                                                 .payment = PaymentId::create(),
                                                 .tendered = SaleWorld::money(pence)}))
                    .code;
    }
    /// By the supervisor; all that is left of it without `lines`.
    Result<OrderView> refund(const OrderView &order, const std::vector<int> &lines = {})
    {
        return m_world->afterSale().refund(
            supervisor(), SaleNode::newKey(m_world->desk()),
            {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = QStringLiteral("ill")});
    }
    OrderView viewOf(const OrderId &order) { return need(m_world->checkout().findForStaff(order)); }
    OrderView viewOf(const OrderView &order) { return viewOf(order.id); }
    /// What a gift card has left, in pence.
    qint64 available(const QString &code)
    {
        const QString address = QStringLiteral("192.0.2.7");
        return need(m_world->giftCards().balance(m_world->buyer(), code, address)).available.minorUnits();
    }
    /// What the account has in pence.
    qint64 ledger(const QString &account)
    {
        return m_world->sqlNumber(
            QStringLiteral("select coalesce(sum(amount), 0) from ledger_entry where account = '%1'").arg(account));
    }
    /// What the provider has taken in pence.
    qint64 atProvider()
    {
        return m_world->sqlNumber(
            QStringLiteral("select coalesce(sum(amount), 0) from test_card_provider.payment where state = 'captured'"));
    }

    std::unique_ptr<ScriptedProvider> m_provider;
    std::unique_ptr<SaleWorld> m_world;
};

} // namespace parterre::test
