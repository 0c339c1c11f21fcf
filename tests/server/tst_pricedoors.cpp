#include "support/apiserver.h"
#include "support/deskclient.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;

namespace {

const QString signature = u"the own password of malvolio"_s; // As DeskHouse::tokenOf() makes it.

CreateOrder compOf(const HoldView &hold, const PriceTypeId &type, const std::optional<QString> &approval)
{
    return {.order = OrderId::create(),
            .hold = hold.id,
            .lines = {{.place = a(1),
                       .priceType = type,
                       .priceOverride = PriceOverride{.kind = OverrideKind::Comp, .price = {}, .reason = u"Press"_s}}},
            .buyer = {},
            .approval = approval};
}

HoldView take(DeskClient &desk, DeskHouse &house)
{
    return need(desk.get<HoldView>(
        MessageType::TakeHold,
        TakeHold{.hold = HoldId::create(), .performance = house.world.performance(), .seats = {a(1)}, .areas = {}}));
}

} // namespace

/// Prices and their papers through the two doors: what a desk and a caller of the API may ask, and what they are told.
class TestPriceDoors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // The desk.

    void aClerkSellsACompThatASupervisorSignedFor()
    {
        DeskHouse house;
        (void)house.tokenOf(u"malvolio"_s, Role::Supervisor);
        DeskClient desk(house);
        desk.begin(house.tokenOf(u"feste"_s, Role::Clerk));
        const HoldView hold = take(desk, house);
        const PriceTypeId adult = house.world.priceType();
        QCOMPARE(refusal(desk.get<OrderView>(MessageType::CreateOrder, compOf(hold, adult, std::nullopt))),
                 u"forbidden"_s);
        const auto approval =
            need(desk.get<Approval>(MessageType::Approve, Approve{.user = u"malvolio"_s, .password = signature}));
        QCOMPARE(approval.approvedBy, u"malvolio"_s);
        const OrderView order =
            need(desk.get<OrderView>(MessageType::CreateOrder, compOf(hold, adult, approval.token)));
        QVERIFY(order.total.isZero());
        const OrderView paid = need(desk.get<OrderView>(
            MessageType::PayCash, PayCash{.payment = PaymentId::create(), .order = order.id, .tendered = order.total}));
        QCOMPARE(paid.state, OrderState::Confirmed);
        QCOMPARE(refusal(desk.get<protocol::Overrides>(MessageType::ListOverrides, protocol::OverridesOf{})),
                 u"forbidden"_s);
        DeskClient supervisor(house);
        supervisor.begin(house.tokenOf(u"orsino"_s, Role::Supervisor));
        const auto report =
            need(supervisor.get<protocol::Overrides>(MessageType::ListOverrides, protocol::OverridesOf{}));
        QCOMPARE(report.overrides.size(), size_t(1));
        QCOMPARE(report.overrides[0].approvedBy, u"malvolio"_s);
    }

    void aSupervisorsOwnDeskNeedsNoOtherSignature()
    {
        DeskHouse house;
        DeskClient desk(house);
        desk.begin(house.tokenOf(u"orsino"_s, Role::Supervisor));
        const HoldView hold = take(desk, house);
        QVERIFY(need(desk.get<OrderView>(MessageType::CreateOrder, compOf(hold, house.world.priceType(), std::nullopt)))
                    .total.isZero());
    }

    void aSignatureNeedsThePasswordAndTheRight()
    {
        DeskHouse house;
        (void)house.tokenOf(u"malvolio"_s, Role::Supervisor);
        (void)house.world.signInDesk();
        DeskClient desk(house);
        desk.begin(house.tokenOf(u"feste"_s, Role::Clerk));
        const auto sign = [&](const QString &user, const QString &password) {
            return refusal(desk.get<Approval>(MessageType::Approve, Approve{.user = user, .password = password}));
        };
        QCOMPARE(sign(u"malvolio"_s, u"some are born small"_s), u"unauthenticated"_s);
        QCOMPARE(sign(u"nobody"_s, signature), u"unauthenticated"_s);
        QCOMPARE(sign(SaleWorld::deskUserName(), SaleWorld::deskPassword()), u"forbidden"_s);
        QCOMPARE(house.world.sqlNumber(u"select count(*) from price_approval"_s), 0);
        QCOMPARE(house.world.sqlNumber(u"select failed_sign_ins from app_user where name = 'malvolio'"_s), 1);
    }

    void aDeskIsToldWhatACodeTakesOffAndHasTheReceipt()
    {
        DeskHouse house;
        house.world.sql(u"insert into promotion (id, venue_id, code, name, per, rate) select '%1', id, 'SUMMER', "
                        "'Summer treat', 'ticket', 1000 from venue"_s.arg(PromotionId::create().text()));
        DeskClient desk(house);
        desk.begin(house.tokenOf(u"feste"_s, Role::Clerk));
        const HoldView hold = take(desk, house);
        const std::vector<OrderLineRequest> lines{{.place = a(1), .priceType = house.world.priceType()}};
        const auto quote = need(desk.get<OrderQuote>(
            MessageType::AskQuote, AskQuote{.hold = hold.id, .lines = lines, .promotion = u"summer"_s}));
        QCOMPARE(quote.total, SaleWorld::money(4'500));
        const OrderView order = need(desk.get<OrderView>(
            MessageType::CreateOrder,
            CreateOrder{
                .order = OrderId::create(), .hold = hold.id, .lines = lines, .buyer = {}, .promotion = u"summer"_s}));
        QCOMPARE(refusal(desk.get<protocol::Document>(MessageType::GetReceipt, protocol::OneOrder{order.id})),
                 u"wrong_state"_s);
        (void)need(desk.get<OrderView>(
            MessageType::PayCash, PayCash{.payment = PaymentId::create(), .order = order.id, .tendered = order.total}));
        const auto receipt = need(desk.get<protocol::Document>(MessageType::GetReceipt, protocol::OneOrder{order.id}));
        QVERIFY(receipt.fileName.startsWith(u"R-"_s) && receipt.bytes.startsWith("%PDF-"));
        DeskClient other(house);
        other.begin(house.tokenOf(u"fabian"_s, Role::Clerk));
        QCOMPARE(refusal(other.get<protocol::Document>(MessageType::GetReceipt, protocol::OneOrder{order.id})),
                 u"not_found"_s);
    }

    // The API.

    void aBuyerIsQuotedAndHasTheReceipt()
    {
        ApiServer server;
        const QJsonObject hold = server.post(u"/v1/holds"_s, server.takeBody({a(1)})).json();
        const QJsonObject order = server.orderBody(hold);
        const QJsonObject question{{u"hold"_s, hold[u"id"_s]}, {u"lines"_s, order[u"lines"_s]}};
        const Answer quote = server.post(u"/v1/quotes"_s, question);
        QCOMPARE(quote.status, 200);
        QCOMPARE(quote.headers.value("cache-control"), "no-store");
        QCOMPARE(quote.json()[u"total"_s].toObject()[u"amount"_s].toInt(), 5'000);
        const QJsonObject made = server.post(u"/v1/orders"_s, order).json();
        QCOMPARE(made[u"total"_s], quote.json()[u"total"_s]);
        const QString path = u"/v1/orders/%1/"_s.arg(made[u"id"_s].toString());
        QCOMPARE(server.get(path + u"receipt.pdf"_s, server.token()).status, 409);
        QCOMPARE(server.post(path + u"payments"_s, ApiServer::payBody()).status, 201);
        const Answer receipt = server.get(path + u"receipt.pdf"_s, server.token());
        QCOMPARE(receipt.status, 200);
        QCOMPARE(receipt.headers.value("content-type"), "application/pdf");
        QVERIFY(receipt.headers.value("content-disposition").startsWith("attachment; filename=\"R-"));
        QVERIFY(receipt.body.startsWith("%PDF-"));
        QCOMPARE(server.get(path + u"receipt.pdf"_s).status, 401);
    }

    void theReceiptOfAnotherIsNotFound()
    {
        ApiServer server;
        const OrderView others = need(server.world().sell(server.world().otherBuyer(), {a(1)}));
        const Answer answer = server.get(u"/v1/orders/%1/receipt.pdf"_s.arg(others.id.text()), server.token());
        QCOMPARE(answer.status, 404);
    }

    void aCallerOfTheApiGetsNoOtherPrice()
    {
        ApiServer server;
        const QJsonObject hold = server.post(u"/v1/holds"_s, server.takeBody({a(1)})).json();
        QJsonObject order = server.orderBody(hold);
        QJsonObject line = order[u"lines"_s].toArray()[0].toObject();
        line.insert(u"price_override"_s,
                    QJsonObject{{u"kind"_s, u"comp"_s},
                                {u"price"_s, QJsonObject{{u"amount"_s, 0}, {u"currency"_s, u"GBP"_s}}},
                                {u"reason"_s, u"because"_s}});
        order.insert(u"lines"_s, QJsonArray{line});
        const Answer answer = server.post(u"/v1/orders"_s, order);
        QCOMPARE(answer.status, 403);
        QCOMPARE(server.world().sqlNumber(u"select count(*) from sale_order"_s), 0);
    }

    void aCodeThatIsNotGoodIsNamedByItsField()
    {
        ApiServer server;
        const QJsonObject hold = server.post(u"/v1/holds"_s, server.takeBody({a(1)})).json();
        QJsonObject order = server.orderBody(hold);
        order.insert(u"promotion"_s, u"GUESSED"_s);
        const Answer answer = server.post(u"/v1/orders"_s, order);
        QCOMPARE(answer.status, 400);
        QVERIFY2(answer.pointer().endsWith(u"/promotion"_s), qPrintable(answer.pointer()));
    }
};

QTEST_MAIN(TestPriceDoors)
#include "tst_pricedoors.moc"
