#include "support/apiserver.h"
#include "support/deskclient.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;

/// After the sale through the doors that people use: the desk's WebSocket and the buyer's HTTP, on real sockets.
class TestAfterSaleDoors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_house = std::make_unique<DeskHouse>();
        m_clerk = std::make_unique<DeskClient>(*m_house);
        m_clerk->begin(m_house->world.signInDesk().token);
    }
    void cleanup()
    {
        m_clerk.reset();
        m_house.reset();
    }

    void aClerkRefundsAPlaceAndIsToldWhatCameOfIt()
    {
        const OrderView sold = need(world().sell(world().desk(), {a(1), a(2)}));
        const auto command = refundOf(sold, {1});
        const auto id = CommandId::create();
        const OrderView back = need(m_clerk->get<OrderView>(MessageType::RefundLines, command, id));
        QCOMPARE(back.state, OrderState::PartlyRefunded);
        QCOMPARE(back.lines[0].state, LineState::Refunded);
        QCOMPARE(toJson(need(m_clerk->get<OrderView>(MessageType::RefundLines, command, id))), toJson(back));
        const auto found =
            need(m_clerk->get<protocol::Orders>(MessageType::FindOrders, protocol::FindOrders{.text = sold.number}));
        QCOMPARE(found.orders.at(0).refunds.at(0).reason, u"ill"_s);
    }

    void othersOrdersNeedASupervisor()
    {
        const OrderView web = need(world().sell(world().buyer(), {a(1)}));
        QCOMPARE(refusal(m_clerk->get<OrderView>(MessageType::RefundLines, refundOf(web))), u"forbidden"_s);
        DeskClient supervisor(*m_house);
        supervisor.begin(m_house->tokenOf(u"orsino"_s, Role::Supervisor));
        need(supervisor.get<OrderView>(MessageType::RefundLines, refundOf(web)));
        const auto open =
            need(supervisor.get<protocol::OpenRefunds>(MessageType::ListOpenRefunds, protocol::Nothing{}));
        QCOMPARE(open.repayments.size(), size_t(1));
        QCOMPARE(open.repayments[0].orderNumber, web.number);
        QCOMPARE(refusal(supervisor.get<OrderView>(
                     MessageType::PayOut, PayOut{.repayment = open.repayments[0].repayment.id, .note = u"x"_s})),
                 u"wrong_state"_s);
        const AskRefundAgain again{.repayment = open.repayments[0].repayment.id};
        QCOMPARE(refusal(supervisor.get<OrderView>(MessageType::AskRefundAgain, again)), u"wrong_state"_s);
        world().sql(u"update repayment set state = 'in_doubt', failure = 'no'"_s);
        QCOMPARE(refusal(m_clerk->get<OrderView>(MessageType::AskRefundAgain, again)), u"forbidden"_s);
        const OrderView asked = need(supervisor.get<OrderView>(MessageType::AskRefundAgain, again));
        QCOMPARE(asked.refunds.at(0).repayments.at(0).state, RepaymentState::Created);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("code");
        QTest::newRow("reason") << u"reason"_s << QJsonValue(QString()) << u"invalid_input"_s;
        QTest::newRow("long reason") << u"reason"_s << QJsonValue(QString(2'001, u'x')) << u"too_large"_s;
        QTest::newRow("line") << u"lines"_s << QJsonValue(QJsonArray{0}) << u"invalid_input"_s;
        QTest::newRow("order") << u"order"_s << QJsonValue(u"x"_s) << u"invalid_input"_s;
    }
    void whatIsWrongIsNamed()
    {
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        QFETCH(QString, code);
        const OrderView sold = need(world().sell(world().desk(), {a(1)}));
        auto envelope = protocol::request(MessageType::RefundLines, CommandId::create(), refundOf(sold));
        envelope.body.insert(field, value);
        m_clerk->sendText(QString::fromUtf8(protocol::encode(envelope)));
        const auto reply = m_clerk->replyTo(*envelope.id);
        QCOMPARE(reply.type, MessageType::Refused);
        const Error error = errorFromJson(reply.body);
        QCOMPARE(errorCodeName(error.code), code);
        QVERIFY2(error.field.startsWith(u'/' + field), qPrintable(error.field));
    }

    void aManagerCancelsAndEveryDeskHears()
    {
        need(world().sell(world().desk(), {a(1)}));
        const CancelPerformance command{.performance = world().performance(), .reason = u"Feste is ill"_s};
        QCOMPARE(refusal(m_clerk->get<CancellationView>(MessageType::CancelPerformance, command)), u"forbidden"_s);
        DeskClient manager(*m_house);
        manager.begin(m_house->tokenOf(u"olivia"_s, Role::Manager));
        const auto view = need(manager.get<CancellationView>(MessageType::CancelPerformance, command));
        QCOMPARE(view.orders, 1);
        QCOMPARE(view.refunded, 0);
        QTRY_COMPARE(m_clerk->pushCount(MessageType::PerformanceChanged), 1);
        need(world().cancellations().step());
        const auto after = need(m_clerk->get<CancellationView>(
            MessageType::CancellationProgress, protocol::OnePerformance{.performance = world().performance()}));
        QCOMPARE(after.refunded, 1);
        QCOMPARE(after.repaymentsOwed, 1);
    }

    void aClerkExchangesInOneStep()
    {
        const OrderView old = need(world().sell(world().desk(), {a(1)}));
        const OrderView wanted = need(world().order(world().desk(), need(world().takeSeats(world().desk(), {a(2)}))));
        const OrderView made =
            need(m_clerk->get<OrderView>(MessageType::ExchangeOrder, ExchangeOrder{.order = wanted.id,
                                                                                   .from = old.id,
                                                                                   .lines = {},
                                                                                   .refund = RefundId::create(),
                                                                                   .reason = u"another seat"_s,
                                                                                   .payment = PaymentId::create()}));
        QCOMPARE(made.exchangedFrom->number, old.number);
        QCOMPARE(world().seatState(a(1)), u"available"_s);
    }

    void aClerkExchangesForAGiftCard()
    {
        const OrderView old = need(world().sell(world().desk(), {SaleWorld::seatKey(u"Circle"_s, u"A"_s, 1)}));
        const OrderView wanted = need(world().order(world().desk(), need(world().takeSeats(world().desk(), {a(2)}))));
        const Money price = SaleWorld::money(2'000);
        const auto issued =
            need(m_clerk->get<IssuedGiftCard>(MessageType::IssueGiftCard, IssueGiftCard{.card = GiftCardId::create(),
                                                                                        .amount = price,
                                                                                        .reason = {},
                                                                                        .payment = PaymentId::create(),
                                                                                        .tendered = price}));
        ExchangeOrder command{.order = wanted.id,
                              .from = old.id,
                              .lines = {},
                              .refund = RefundId::create(),
                              .reason = u"a better seat"_s,
                              .payment = PaymentId::create()};
        command.giftCards = {{.code = *issued.code}};
        const OrderView made = need(m_clerk->get<OrderView>(MessageType::ExchangeOrder, command));
        QCOMPARE(made.tenders.at(0).lastFour, issued.card.lastFour);
    }

    void creditNotesAreForTheDeskAndTheirBuyer()
    {
        const OrderView web = need(world().sell(world().buyer(), {a(1), a(2)}));
        const OrderView other = need(world().sell(world().otherBuyer(), {a(3)}));
        const RefundLines command = refundOf(web, {2});
        need(world().afterSale().refund({.principal = world().desk().owner, .right = RefundRight::Any},
                                        SaleNode::newKey(world().desk()), command));
        DeskClient supervisor(*m_house);
        supervisor.begin(m_house->tokenOf(u"orsino"_s, Role::Supervisor));
        const protocol::OneRefund asked{.refund = command.refund};
        const auto note = need(supervisor.get<protocol::Document>(MessageType::GetCreditNote, asked));
        QVERIFY(note.fileName.startsWith(u"C-"_s) && note.bytes.startsWith("%PDF-"));
        QCOMPARE(refusal(m_clerk->get<protocol::Document>(MessageType::GetCreditNote, asked)), u"not_found"_s);

        const auto get = [&](const OrderView &order) {
            const QString path =
                u"/v1/orders/%1/refunds/%2/credit-note.pdf"_s.arg(order.id.text(), command.refund.text());
            return *askServer(m_house->edge->port(), "GET", path, {.token = world().buyerToken().toLatin1()});
        };
        const Answer answer = get(web);
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.startsWith("%PDF-"));
        QVERIFY(answer.headers.value("content-disposition").contains(note.fileName.toLatin1()));
        QCOMPARE(get(other).status, 404);
        // Not a refund of that order, though both are the buyer's.
        QCOMPARE(get(need(world().sell(world().buyer(), {a(4)}))).status, 404);
    }

    // What buyers do themselves.

    void aBuyerGivesPlacesBackUntilTheTimeIsOver()
    {
        const OrderView web = need(world().sell(world().buyer(), {a(1), a(2), a(3)}));
        QCOMPARE(refundAsBuyer(web, {1}).code(), u"forbidden"_s); // The performance names no time.
        letBuyersUntil(u"now() + interval '1 hour'"_s);
        const Answer done = refundAsBuyer(web, {1});
        QCOMPARE(done.status, 201);
        QCOMPARE(done.json().value(u"state"_s).toString(), u"partly_refunded"_s);
        QVERIFY(!done.json().value(u"refundable_until"_s).toString().isEmpty());
        const QJsonObject refund = done.json().value(u"refunds"_s).toArray().at(0).toObject();
        QCOMPARE(refund.value(u"cause"_s).toString(), u"buyer"_s);
        QCOMPARE(world().seatState(a(1)), u"available"_s);
        QCOMPARE(need(world().afterSale().settleRefunds()), 1);
        letBuyersUntil(u"timestamptz '2026-01-02 18:00+00'"_s);
        const Answer late = refundAsBuyer(web, {2});
        QCOMPARE(late.status, 403);
        QVERIFY2(late.json().value(u"detail"_s).toString().contains(u"until 2 January 2026, 18:00"),
                 late.body.constData());
        const auto atTheDesk = m_clerk->get<OrderView>(MessageType::RefundLines, refundOf(web, {2}));
        QCOMPARE(refusal(atTheDesk), u"forbidden"_s);
        QVERIFY(atTheDesk.error().message.contains(u"2 January 2026, 18:00"));
        DeskClient supervisor(*m_house);
        supervisor.begin(m_house->tokenOf(u"orsino"_s, Role::Supervisor));
        need(supervisor.get<OrderView>(MessageType::RefundLines, refundOf(web, {2})));
    }

    void aRepeatIsOneRefundAndStrangersHaveNone()
    {
        const OrderView web = need(world().sell(world().buyer(), {a(1)}));
        const OrderView other = need(world().sell(world().otherBuyer(), {a(2)}));
        letBuyersUntil(u"now() + interval '1 hour'"_s);
        QCOMPARE(refundAsBuyer(other, {}).status, 404);
        const QJsonObject body{{u"refund"_s, RefundId::create().text()}};
        const Answer first = post(u"/v1/orders/%1/refunds"_s.arg(web.id.text()), body, "once");
        const Answer again = post(u"/v1/orders/%1/refunds"_s.arg(web.id.text()), body, "once");
        QCOMPARE(first.status, 201);
        QCOMPARE(again.json(), first.json());
        QCOMPARE(world().sqlNumber(u"select count(*) from refund"_s), 1);
        QCOMPARE(post(u"/v1/orders/%1/refunds"_s.arg(web.id.text()), {{u"refund"_s, u"x"_s}}, "bad").status, 400);
    }

    void aBuyerExchangesAndPaysTheDifferenceByCard()
    {
        const OrderView old = need(world().sell(world().buyer(), {SaleWorld::seatKey(u"Circle"_s, u"A"_s, 1)}));
        const OrderView wanted = need(world().order(world().buyer(), need(world().takeSeats(world().buyer(), {a(2)}))));
        letBuyersUntil(u"now() + interval '1 hour'"_s);
        QJsonObject body{{u"order"_s, wanted.id.text()},
                         {u"refund"_s, RefundId::create().text()},
                         {u"payment"_s, PaymentId::create().text()}};
        const QString path = u"/v1/orders/%1/exchanges"_s.arg(old.id.text());
        const Answer unpaid = post(path, body, "unpaid");
        QCOMPARE(unpaid.code(), u"amount_mismatch"_s);
        QVERIFY(unpaid.body.contains("\"due\""));
        body.insert(u"card_token"_s, u"pm_card_visa"_s);
        const Answer made = post(path, body, "paid");
        QVERIFY2(made.status == 201, made.body.constData());
        QCOMPARE(made.json().value(u"exchanged_from"_s).toObject().value(u"number"_s).toString(), old.number);
        QCOMPARE(world().sqlNumber(u"select sum(amount) from test_card_provider.payment where state = 'captured'"_s),
                 5'000);
    }

    /// Who comes by the link of the mail bought in another browser, and holds the new places in this one.
    void theKeyOfAnOrderExchangesItForPlacesOfTheSession()
    {
        const OrderView old = need(world().sell(world().otherBuyer(), {a(1)}));
        const OrderView other = need(world().sell(world().otherBuyer(), {a(3)}));
        const OrderView wanted = need(world().order(world().buyer(), need(world().takeSeats(world().buyer(), {a(2)}))));
        letBuyersUntil(u"now() + interval '1 hour'"_s);
        const QJsonObject body{{u"order"_s, wanted.id.text()},
                               {u"refund"_s, RefundId::create().text()},
                               {u"payment"_s, PaymentId::create().text()}};
        const QString path = u"/v1/orders/%1/exchanges"_s.arg(old.id.text());
        QCOMPARE(post(path, body, "no key").status, 404);
        QCOMPARE(post(path, body, "other key", world().tickets().orderKey(other.id).toLatin1()).status, 404);
        const Answer made = post(path, body, "key", world().tickets().orderKey(old.id).toLatin1());
        QVERIFY2(made.status == 201, made.body.constData());
        QCOMPARE(made.json().value(u"exchanged_from"_s).toObject().value(u"number"_s).toString(), old.number);
        QCOMPARE(world().seatState(a(1)), u"available"_s);
        QCOMPARE(world().seatState(a(3)), u"sold"_s);
    }

    void aBuyerSeesTheRefundAndNotWhoAndWhy()
    {
        const OrderView web = need(world().sell(world().buyer(), {a(1), a(2)}));
        need(world().afterSale().refund({.principal = world().desk().owner, .right = RefundRight::Any},
                                        SaleNode::newKey(world().desk()), refundOf(web, {2})));
        const auto answer = askServer(m_house->edge->port(), "GET", u"/v1/orders/"_s + web.id.text(),
                                      {.token = world().buyerToken().toLatin1()});
        QVERIFY(answer.has_value());
        const QJsonObject order = answer->json();
        QCOMPARE(order.value(u"state"_s).toString(), u"partly_refunded"_s);
        const QJsonObject refund = order.value(u"refunds"_s).toArray().at(0).toObject();
        QCOMPARE(refund.value(u"amount"_s).toObject().value(u"amount"_s).toInt(), 5'000);
        QCOMPARE(refund.value(u"by"_s).toString(), QString());
        QCOMPARE(refund.value(u"reason"_s).toString(), QString());
        QCOMPARE(order.value(u"lines"_s).toArray().at(1).toObject().value(u"state"_s).toString(), u"refunded"_s);
    }

private:
    SaleWorld &world() { return m_house->world; }
    static RefundLines refundOf(const OrderView &order, const std::vector<int> &lines = {})
    {
        return {.refund = RefundId::create(), .order = order.id, .lines = lines, .reason = u"ill"_s};
    }

    void letBuyersUntil(const QString &when)
    {
        world().sql(u"update performance set refundable_until = %1"_s.arg(when));
    }
    Answer post(const QString &path, const QJsonObject &body, const QByteArray &key, const QByteArray &orderKey = {})
    {
        return *askServer(m_house->edge->port(), "POST", path,
                          {.body = QJsonDocument(body).toJson(),
                           .key = key,
                           .token = world().buyerToken().toLatin1(),
                           .headers = {{"Order-Key", orderKey}}});
    }
    Answer refundAsBuyer(const OrderView &order, const std::vector<int> &lines)
    {
        QJsonObject body{{u"refund"_s, RefundId::create().text()}};
        QJsonArray named;
        for (const int line : lines)
            named.append(line);
        if (!lines.empty())
            body.insert(u"lines"_s, named);
        return post(u"/v1/orders/%1/refunds"_s.arg(order.id.text()), body, CommandId::create().text().toLatin1());
    }

    std::unique_ptr<DeskHouse> m_house;
    std::unique_ptr<DeskClient> m_clerk;
};

QTEST_MAIN(TestAfterSaleDoors)
#include "tst_aftersaledoors.moc"
