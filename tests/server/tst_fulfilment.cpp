#include "support/apiserver.h"
#include "support/deskclient.h"
#include "support/smtpsink.h"

#include "ticketing/ticketsigner.h"

#include <QGuiApplication>
#include <QJsonArray>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using protocol::MessageType;

namespace {

TicketAsker buyerOf(SaleWorld &world)
{
    return {.owner = world.buyer().owner};
}

/// The new ticket of a line: the valid one.
TicketView validOf(const OrderTickets &order, int line)
{
    for (const TicketView &ticket : order.tickets) {
        if (ticket.line == line && ticket.state == TicketState::Valid)
            return ticket;
    }
    qFatal("no valid ticket");
}

void startPassed(SaleWorld &world, const QString &ago)
{
    world.sql(u"update performance set starts_at = now() - interval '%1', doors_at = now() - interval '%1'"_s.arg(ago));
}

} // namespace

class TestFulfilment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewCodeVoidsTheOldOne();
    void aRepeatReplacesOnce();
    void aTicketThatWasPassedOnIsNoLongerTheBuyers();
    void aNameAloneStaysTheBuyers();
    void ofTwoWhoReplaceAtOnceOneWins();
    void ticketsAreSentAgainButNotTooOften();
    void otherPeoplesTicketsAreNotThere();
    void afterTheStartOnlyClerksReplace();
    void theKeyOfTheMailOpensOneOrder();
    void theApiReplacesUnderOneKey();
    void aDeskSeesMailsAndPrintsOneTicket();
};

void TestFulfilment::aNewCodeVoidsTheOldOne()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1), a(2)}));
    const QString oldCode = world.sqlText(u"select code from ticket where line_no = 1"_s);
    const auto after = need(
        world.fulfilment().reissue(buyerOf(world), SaleNode::newKey(world.buyer()), {.ticket = order.tickets.front()}));
    QCOMPARE(after.tickets.size(), 3u);
    QCOMPARE(after.tickets[0].id, order.tickets.front());
    QCOMPARE(after.tickets[0].state, TicketState::Void);
    QVERIFY(!after.tickets[0].humanCode);
    const TicketView fresh = validOf(after, 1);
    const QString code = world.sqlText(u"select code from ticket where id = '%1'"_s.arg(fresh.id.text()));
    QVERIFY(code != oldCode);
    const auto payload = need(splitTicketCode(code)).payload;
    QCOMPARE(payload.ticket, fresh.id);
    QCOMPARE(payload.placeNumber, need(splitTicketCode(oldCode)).payload.placeNumber);
    QCOMPARE(world.sqlText(u"select payload->>'replaces' from outbox where topic = 'ticket.reissued'"_s),
             order.tickets.front().text());
    // What is printed from now on has the new code alone.
    QCOMPARE(need(world.tickets().sheetOfOwner(order.id, world.buyer().owner)).sheet.tickets.front().qrText, code);
    QCOMPARE(refusal(world.fulfilment().reissue(buyerOf(world), SaleNode::newKey(world.buyer()),
                                                {.ticket = order.tickets.front()})),
             u"wrong_state"_s);
}

void TestFulfilment::aRepeatReplacesOnce()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const CommandKey key = SaleNode::newKey(world.buyer());
    const auto first = need(world.fulfilment().reissue(buyerOf(world), key, {.ticket = order.tickets.front()}));
    const auto again = need(world.fulfilment().reissue(buyerOf(world), key, {.ticket = order.tickets.front()}));
    QCOMPARE(validOf(again, 1).id, validOf(first, 1).id);
    QCOMPARE(world.sqlNumber(u"select count(*) from ticket"_s), 2);
    QCOMPARE(world.sqlNumber(u"select count(*) from outbox where topic = 'ticket.reissued'"_s), 1);
}

void TestFulfilment::aTicketThatWasPassedOnIsNoLongerTheBuyers()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1), a(2)}));
    const auto after = need(world.fulfilment().transfer(
        buyerOf(world), SaleNode::newKey(world.buyer()),
        {.ticket = order.tickets.front(), .name = u"Sebastian"_s, .email = u"sebastian@example.org"_s}));
    const TicketView passed = validOf(after, 1);
    QCOMPARE(passed.holderName, u"Sebastian"_s);
    QVERIFY(!passed.humanCode);
    QCOMPARE(world.sqlText(u"select payload->>'reason' from outbox where topic = 'ticket.reissued'"_s),
             u"transferred"_s);
    // The buyer prints the other ticket alone, and cannot take this one back; a clerk sees both.
    QCOMPARE(need(world.tickets().sheetOfOwner(order.id, world.buyer().owner)).sheet.tickets.size(), 1u);
    QCOMPARE(refusal(world.tickets().ticket(order.id, passed.id, world.buyer().owner)), u"wrong_state"_s);
    QCOMPARE(
        refusal(world.fulfilment().reissue(buyerOf(world), SaleNode::newKey(world.buyer()), {.ticket = passed.id})),
        u"wrong_state"_s);
    const auto all = need(world.tickets().sheetOfOwner(order.id, {})).sheet;
    QCOMPARE(all.tickets.size(), 2u);
    QCOMPARE(all.tickets.front().holderName, u"Sebastian"_s);
    // The mail to the new holder has that ticket alone.
    const auto mailed = need(world.tickets().sheetFor(order.id, passed.id)).sheet;
    QCOMPARE(mailed.tickets.size(), 1u);
    QCOMPARE(mailed.tickets.front().id, passed.id);
}

void TestFulfilment::aNameAloneStaysTheBuyers()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    for (const std::optional<QString> &email : {std::optional<QString>(), std::optional(u"OLIVIA@example.org"_s)}) {
        const auto before = need(world.fulfilment().tickets(buyerOf(world), order.id));
        const auto after = need(world.fulfilment().transfer(
            buyerOf(world), SaleNode::newKey(world.buyer()),
            {.ticket = validOf(before, 1).id, .name = u" Viola  Cesario "_s, .email = email}));
        QCOMPARE(validOf(after, 1).holderName, u"Viola Cesario"_s);
        QVERIFY(!validOf(after, 1).holderEmail);
        QVERIFY(validOf(after, 1).humanCode.has_value());
    }
    QCOMPARE(need(world.tickets().sheetOfOwner(order.id, world.buyer().owner)).sheet.tickets.front().holderName,
             u"Viola Cesario"_s);
}

void TestFulfilment::ofTwoWhoReplaceAtOnceOneWins()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const auto replace = [&] {
        return std::async(std::launch::async, [&] {
            return refusal(world.fulfilment().reissue(buyerOf(world), SaleNode::newKey(world.buyer()),
                                                      {.ticket = order.tickets.front()}));
        });
    };
    auto one = replace();
    auto other = replace();
    QStringList said{one.get(), other.get()};
    said.sort();
    QCOMPARE(said, (QStringList{u"ok"_s, u"wrong_state"_s}));
    QCOMPARE(world.sqlNumber(u"select count(*) from ticket where state = 'valid'"_s), 1);
}

void TestFulfilment::ticketsAreSentAgainButNotTooOften()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const auto resend = [&](const TicketAsker &asker, std::optional<QString> email = std::nullopt) {
        return world.fulfilment().resend(asker, SaleNode::newKey(world.buyer()),
                                         {.order = order.id, .email = std::move(email)});
    };
    const auto mails = need(resend(buyerOf(world), u"thief@example.org"_s)).mails;
    QCOMPARE(mails.front().kind, MailKind::Again);
    QCOMPARE(mails.front().recipient, u"olivia@example.org"_s); // A buyer chooses no address.
    const auto tooSoon = resend(buyerOf(world));
    QCOMPARE(refusal(tooSoon), u"rate_limited"_s);
    QVERIFY(tooSoon.error().retryAfterSeconds > 0 && tooSoon.error().retryAfterSeconds <= resendSecondsMin);
    world.sql(u"update mail set created_at = created_at - interval '31 seconds'"_s);
    const TicketAsker clerk{.owner = {}, .as = AskedBy::Clerk};
    QCOMPARE(need(resend(clerk, u"olivia@elsewhere.example"_s)).mails.front().recipient, u"olivia@elsewhere.example"_s);
    QCOMPARE(refusal(resend(clerk, u"no address"_s)), u"invalid_input"_s);

    const OrderView walkUp = need(world.sell(world.desk(), {a(2)}));
    const auto none = world.fulfilment().resend(clerk, SaleNode::newKey(world.desk()), {.order = walkUp.id});
    QCOMPARE(refusal(none), u"invalid_input"_s);
    QCOMPARE(none.error().field, u"/email"_s);
}

void TestFulfilment::otherPeoplesTicketsAreNotThere()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const TicketAsker other{.owner = world.otherBuyer().owner};
    const TicketAsker elsewhere{.owner = world.buyer().owner, .onlyOrder = OrderId::create()};
    for (const TicketAsker &asker : {other, elsewhere}) {
        QCOMPARE(refusal(world.fulfilment().tickets(asker, order.id)), u"not_found"_s);
        QCOMPARE(refusal(world.fulfilment().reissue(asker, SaleNode::newKey(world.otherBuyer()),
                                                    {.ticket = order.tickets.front()})),
                 u"not_found"_s);
        QCOMPARE(refusal(world.fulfilment().resend(asker, SaleNode::newKey(world.otherBuyer()), {.order = order.id})),
                 u"not_found"_s);
    }
    QCOMPARE(world.sqlNumber(u"select count(*) from ticket"_s), 1);
    QCOMPARE(world.sqlNumber(u"select count(*) from mail"_s), 0);
}

void TestFulfilment::afterTheStartOnlyClerksReplace()
{
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    startPassed(world, u"10 minutes"_s);
    const ReissueTicket command{.ticket = order.tickets.front()};
    QCOMPARE(refusal(world.fulfilment().reissue(buyerOf(world), SaleNode::newKey(world.buyer()), command)),
             u"wrong_state"_s);
    const TicketAsker clerk{.owner = {}, .as = AskedBy::Clerk};
    const auto after = need(world.fulfilment().reissue(clerk, SaleNode::newKey(world.desk()), command));
    startPassed(world, u"25 hours"_s);
    QCOMPARE(
        refusal(world.fulfilment().reissue(clerk, SaleNode::newKey(world.desk()), {.ticket = validOf(after, 1).id})),
        u"wrong_state"_s);
}

void TestFulfilment::theKeyOfTheMailOpensOneOrder()
{
    ApiServer server;
    SaleWorld &world = server.world();
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const OrderView other = need(world.sell(world.buyer(), {a(2)}));
    const auto get = [&](const OrderId &id, const QString &below, const QString &key) {
        return server.send("GET", u"/v1/orders/%1%2"_s.arg(id.text(), below),
                           {.headers = {{"Order-Key", key.toLatin1()}}});
    };
    const QString key = world.tickets().orderKey(order.id);
    QCOMPARE(get(order.id, {}, key).json()[u"number"_s].toString(), order.number);
    QCOMPARE(get(order.id, u"/tickets.pdf"_s, key).status, 200);
    QVERIFY(get(order.id, u"/tickets/%1/ticket.pdf"_s.arg(order.tickets.front().text()), key).body.startsWith("%PDF-"));
    const Answer calendar = get(order.id, u"/calendar.ics"_s, key);
    QCOMPARE(calendar.headers["content-type"], QByteArray("text/calendar; charset=utf-8"));
    QVERIFY(calendar.body.contains("UID:" + order.id.text().toLatin1()));
    QCOMPARE(get(other.id, {}, key).status, 404);
    QCOMPARE(get(other.id, u"/tickets"_s, key).status, 404);
    QCOMPARE(get(order.id, {}, key.chopped(1) + (key.endsWith(u'A') ? u'B' : u'A')).status, 404);
    QCOMPARE(get(order.id, {}, u"x"_s).status, 404);
    QCOMPARE(server.send("GET", u"/v1/orders/%1"_s.arg(order.id.text())).status, 401);
    // The same owner's other ticket is out of reach by this key.
    QCOMPARE(get(order.id, u"/tickets/%1/ticket.pdf"_s.arg(other.tickets.front().text()), key).status, 409);
    const Answer stolen =
        server.send("POST", u"/v1/orders/%1/tickets/%2/reissue"_s.arg(order.id.text(), other.tickets.front().text()),
                    {.body = "{}", .key = ApiServer::newKey(), .headers = {{"Order-Key", key.toLatin1()}}});
    QCOMPARE(stolen.status, 404);
}

void TestFulfilment::theApiReplacesUnderOneKey()
{
    ApiServer server;
    const OrderView order = need(server.world().sell(server.world().buyer(), {a(1)}));
    const QString ticket = u"/v1/orders/%1/tickets/%2"_s.arg(order.id.text(), order.tickets.front().text());
    const QByteArray key = ApiServer::newKey();
    const auto transfer = [&](const QJsonObject &holder, const QByteArray &under) {
        return server.send("POST", ticket + u"/transfer"_s,
                           {.body = QJsonDocument(holder).toJson(), .key = under, .token = server.token()});
    };
    const QJsonObject body{{u"name"_s, u"Sebastian"_s}, {u"email"_s, u"sebastian@example.org"_s}};
    QCOMPARE(transfer(body, {}).pointer(), u"/Idempotency-Key"_s);
    QCOMPARE(transfer({{u"name"_s, QString()}}, ApiServer::newKey()).pointer(), u"/name"_s);
    QCOMPARE(transfer({{u"name"_s, u"S"_s}, {u"email"_s, u"a@b>,<c@d"_s}}, ApiServer::newKey()).code(),
             u"invalid_input"_s);
    QCOMPARE(transfer({{u"name"_s, u"S"_s}, {u"mail"_s, u"a@b"_s}}, ApiServer::newKey()).status, 400);
    const Answer first = transfer(body, key);
    QCOMPARE(first.status, 200);
    QCOMPARE(transfer(body, key).json(), first.json());
    QCOMPARE(transfer({{u"name"_s, u"Another"_s}}, key).status, 422);
    const Answer second = transfer(body, ApiServer::newKey());
    QCOMPARE(second.status, 409);
    QCOMPARE(second.code(), u"wrong_state"_s);
    QCOMPARE(server.get(u"/v1/orders/%1/tickets"_s.arg(order.id.text()), server.token()).json(), first.json());
    const Answer mail = server.send("POST", u"/v1/orders/%1/mail"_s.arg(order.id.text()),
                                    {.body = "{}", .key = ApiServer::newKey(), .token = server.token()});
    QCOMPARE(mail.status, 202);
    const Answer tooSoon = server.send("POST", u"/v1/orders/%1/mail"_s.arg(order.id.text()),
                                       {.body = "{}", .key = ApiServer::newKey(), .token = server.token()});
    QCOMPARE(tooSoon.status, 429);
    QVERIFY(tooSoon.headers["retry-after"].toInt() > 0);
}

void TestFulfilment::aDeskSeesMailsAndPrintsOneTicket()
{
    DeskHouse house;
    DeskClient desk(house);
    desk.begin(house.tokenOf(u"maria"_s, Role::Supervisor));
    const OrderView order = need(house.world.sell(house.world.buyer(), {a(1), a(2)}));
    house.world.sql(u"insert into mail (id, order_id, kind, recipient, state, error, ended_at) values "
                    "(gen_random_uuid(), '%1', 'order', 'olivia@example.org', 'failed', '550 nobody', now())"_s.arg(
                        order.id.text()));
    const auto seen = need(desk.get<OrderTickets>(MessageType::GetOrderTickets, protocol::OneOrder{order.id}));
    QCOMPARE(seen.mails.front().error, u"550 nobody"_s);
    QVERIFY(seen.tickets.front().humanCode.has_value());
    const auto after = need(desk.get<OrderTickets>(
        MessageType::TransferTicket,
        TransferTicket{.ticket = order.tickets.front(), .name = u"Sebastian"_s, .email = u"sebastian@example.org"_s}));
    QVERIFY(validOf(after, 1).humanCode.has_value()); // Clerks see who holds what.
    const auto printed =
        need(desk.get<protocol::Document>(MessageType::GetTicket, protocol::OneTicket{validOf(after, 1).id}));
    QVERIFY(printed.bytes.startsWith("%PDF-"));
    QCOMPARE(printed.fileName, order.number + u"-1.pdf"_s);
    QCOMPARE(refusal(desk.ask(MessageType::GetTicket, protocol::OneTicket{order.tickets.front()})), u"wrong_state"_s);
    QCOMPARE(refusal(desk.ask(MessageType::GetTicket, protocol::OneTicket{TicketId::create()})), u"not_found"_s);
    QVERIFY(desk.ask(MessageType::ReissueTicket, protocol::OneTicket{order.tickets.back()}).has_value());
    QVERIFY(desk.ask(MessageType::ResendTickets, ResendTickets{.order = order.id, .email = std::nullopt}).has_value());
}

QTEST_MAIN(TestFulfilment)
#include "tst_fulfilment.moc"
