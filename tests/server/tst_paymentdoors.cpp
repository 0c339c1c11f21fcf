#include "support/deskclient.h"
#include "support/scriptedprovider.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;
using Call = ScriptedProvider::Call;
using Line = ScriptedProvider::Line;

/// Payments in doubt at the desk's door: who may see and decide them, and what is told.
class TestPaymentDoors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_provider = std::make_unique<ScriptedProvider>();
        m_house = std::make_unique<DeskHouse>(SaleWorldOptions{.provider = m_provider.get()});
        m_provider->setProvider(m_house->world.testProvider());
        m_provider->set(Call::Capture, Line::AnswerLost);
        SaleWorld &world = m_house->world;
        m_order = need(world.sell(world.buyer(), {a(1)}));
        QCOMPARE(m_order.state, OrderState::PaymentPending);
    }
    void cleanup()
    {
        m_house.reset();
        m_provider.reset();
    }

    void aSupervisorDecidesAndARepeatIsAnsweredAsTheFirst()
    {
        DeskClient desk(*m_house);
        desk.begin(m_house->tokenOf(u"orsino"_s, Role::Supervisor));
        const PaymentInDoubt listed = list(desk).at(0);
        QCOMPARE(listed.orderNumber, m_order.number);
        const ResolvePayment command{
            .payment = listed.payment, .decision = PaymentDecision::MoneyCame, .note = u"receipt 4711"_s};
        const CommandId id = CommandId::create();
        for (int i = 0; i < 2; ++i) {
            const OrderView sold = need(desk.get<OrderView>(MessageType::ResolvePayment, command, id));
            QCOMPARE(sold.state, OrderState::Confirmed);
        }
        QCOMPARE(m_house->world.sqlNumber(u"select count(*) from payment_decision"_s), 1);
        QCOMPARE(list(desk).at(0).decided->by, u"orsino"_s);
        QCOMPARE(refusal(desk.get<OrderView>(MessageType::ResolvePayment, command)), u"wrong_state"_s);
    }

    void everyMapSeesTheSeatSold()
    {
        DeskClient clerk(*m_house);
        clerk.begin(m_house->tokenOf(u"feste"_s, Role::Clerk));
        (void)need(clerk.get<protocol::MapOpened>(MessageType::OpenMap,
                                                  protocol::OpenMap{m_house->world.performance(), {}, {}}));
        DeskClient desk(*m_house);
        desk.begin(m_house->tokenOf(u"orsino"_s, Role::Supervisor));
        (void)need(desk.get<OrderView>(MessageType::ResolvePayment, ResolvePayment{.payment = list(desk).at(0).payment,
                                                                                   .decision = PaymentDecision::NoMoney,
                                                                                   .note = u"seen"_s}));
        QTRY_COMPARE(clerk.pushCount(MessageType::MapChanged), 1);
    }

    void aClerkIsSentToASupervisor()
    {
        DeskClient desk(*m_house);
        desk.begin(m_house->tokenOf(u"feste"_s, Role::Clerk));
        QCOMPARE(refusal(desk.get<protocol::PaymentsInDoubt>(MessageType::ListPaymentsInDoubt, protocol::Nothing{})),
                 u"forbidden"_s);
        const auto payment = *PaymentId::fromText(m_house->world.sqlText(u"select id from payment_attempt"_s));
        QCOMPARE(refusal(desk.get<OrderView>(
                     MessageType::ResolvePayment,
                     ResolvePayment{.payment = payment, .decision = PaymentDecision::NoMoney, .note = u"seen"_s})),
                 u"forbidden"_s);
        QCOMPARE(m_house->world.seatState(a(1)), u"payment_pending"_s);
    }

private:
    static std::vector<PaymentInDoubt> list(DeskClient &desk)
    {
        return need(desk.get<protocol::PaymentsInDoubt>(MessageType::ListPaymentsInDoubt, protocol::Nothing{}))
            .payments;
    }

    std::unique_ptr<ScriptedProvider> m_provider;
    std::unique_ptr<DeskHouse> m_house;
    OrderView m_order;
};

QTEST_MAIN(TestPaymentDoors)
#include "tst_paymentdoors.moc"
