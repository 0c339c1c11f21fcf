#include "load/desk.h"
#include "load/world.h"

#include <QJsonArray>
#include <QJsonDocument>

/// What people do after the sale and at the box office.
namespace parterre::bench {

using namespace Qt::StringLiterals;
using namespace check;

namespace {

constexpr auto repeatAtDeskAfter = 200 * millisecond;
constexpr auto staffName = "stage-door";

QByteArray plain(const QUuid &uuid)
{
    return uuid.toByteArray(QUuid::WithoutBraces);
}

QByteArray newId()
{
    return plain(newUuidV7());
}

/// `refused` of the desk; as Recorder has it for HTTP.
Told toldAtDesk(const std::optional<DeskReply> &reply)
{
    if (!reply)
        return {};
    if (reply->type != u"refused"_s)
        return {.outcome = Outcome::Ok};
    static const QStringList untold{u"in_progress"_s, u"outcome_unknown"_s, u"payment_in_doubt"_s, u"internal"_s};
    const QString code = reply->body.value(u"code"_s).toString();
    return {.outcome = untold.contains(code) ? Outcome::Unknown : Outcome::Refused, .code = code};
}

} // namespace

QByteArray World::tenderFields(const Tender &tender)
{
    QByteArray fields = ",\"card_token\":\"" + tender.card + '"';
    if (!tender.giftCardCode.isEmpty())
        fields += ",\"gift_cards\":[{\"code\":\"" + tender.giftCardCode.toLatin1() + "\"}]";
    return fields;
}

void World::exchange(Event event, Event from, Done done, const Tender &tender)
{
    event.operation = Operation::Exchange;
    event.command = newUuidV7().toString(QUuid::WithoutBraces); // A repeat is of the same exchange.
    event.otherOrder = from.order;
    from.operation = Operation::ExchangeFrom;
    from.command = event.command;
    from.otherOrder = event.order;
    from.intended = event.intended;
    const QByteArray target = "/v1/orders/" + plain(from.order.uuid()) + "/exchanges";
    QByteArray body = "{\"order\":\"" + plain(event.order.uuid()) + "\",\"refund\":\"" + newId() + "\",\"payment\":\"" +
                      event.command.toLatin1() + '"' + tenderFields(tender) + '}';
    send(std::move(event), "POST", target, std::move(body), [this, from, done = std::move(done)](Event &answered) {
        Event back = from;
        back.start = answered.start;
        back.end = answered.end;
        back.outcome = answered.outcome;
        back.code = answered.code;
        m_recorder.record(std::move(back));
        if (done)
            done(answered);
    });
}

void World::ticketsOf(int client, const OrderId &order, std::function<void(std::vector<TicketId>)> done)
{
    HttpCall call{.method = "GET",
                  .target = "/v1/orders/" + plain(order.uuid()) + "/tickets",
                  .token = m_tokens[static_cast<size_t>(client) % m_tokens.size()]};
    m_clients[nodeFor(client)]->send(std::move(call), [done = std::move(done)](const HttpAnswer &answer) {
        std::vector<TicketId> valid;
        const QJsonArray tickets = QJsonDocument::fromJson(answer.body).object().value(u"tickets"_s).toArray();
        for (const auto &entry : tickets) {
            const auto id = TicketId::fromText(entry[u"id"].toString());
            if (id && entry[u"state"].toString() == u"valid"_s)
                valid.push_back(*id);
        }
        done(std::move(valid));
    });
}

void World::replaceTicket(Event event, Done done)
{
    const bool isTransfer = !event.holder.isEmpty();
    event.operation = isTransfer ? Operation::Transfer : Operation::Reissue;
    const QByteArray target = "/v1/orders/" + plain(event.order.uuid()) + "/tickets/" + plain(event.ticket.uuid()) +
                              (isTransfer ? "/transfer" : "/reissue");
    QByteArray body = isTransfer ? "{\"name\":\"" + event.holder.toUtf8() + "\"}" : QByteArray("{}");
    send(std::move(event), "POST", target, std::move(body), std::move(done));
}

Status World::employ()
{
    PT_TRY(const QString password, node().addUser(QString::fromLatin1(staffName), u"manager"_s));
    PT_TRY(m_staffToken, signInAtDesk(m_loop, node().port(), QString::fromLatin1(staffName), password));
    return {};
}

void World::issueGiftCard(Event event, GiftCardKind kind, std::function<void(const Event &event, QString code)> done)
{
    event.operation = Operation::IssueGiftCard;
    const QJsonObject amount{{u"amount"_s, event.amount}, {u"currency"_s, u"GBP"_s}};
    QJsonObject body{{u"card"_s, event.giftCard.text()},
                     {u"kind"_s, enumName(kind)},
                     {u"amount"_s, amount},
                     {u"payment"_s, newUuidV7().toString(QUuid::WithoutBraces)}};
    if (kind == GiftCardKind::Voucher)
        body.insert(u"reason"_s, u"The lift was out of order"_s);
    else
        body.insert(u"tendered"_s, amount);
    const GiftCardId card = event.giftCard;
    atDesk(std::move(event), u"issue_gift_card"_s, body, [this, card, done](Event &issued, const QJsonObject &reply) {
        const QString code = reply.value(u"code"_s).toString();
        if (issued.outcome != Outcome::Ok || !code.isEmpty())
            return done(issued, code);
        // The answer with the code was lost, and nobody is told it twice.
        askAtDesk(m_loop, port(static_cast<int>(nodeFor(issued.client))), m_staffToken,
                  {.type = u"renew_gift_card_code"_s, .id = {}, .body = {{u"card"_s, card.text()}}},
                  [done, issued](const std::optional<DeskReply> &renewed) {
                      done(issued, renewed ? renewed->body.value(u"code"_s).toString() : QString());
                  });
    });
}

void World::cancel(Event event, Done done)
{
    event.operation = Operation::Cancel;
    const QJsonObject body{{u"performance"_s, performance(event.performance).text()}, {u"reason"_s, u"Feste is ill"_s}};
    atDesk(std::move(event), u"cancel_performance"_s, body,
           [done = std::move(done)](Event &cancelled, const QJsonObject &) {
               if (done)
                   done(cancelled);
           });
}

void World::atDesk(Event event, const QString &type, const QJsonObject &body, DeskDone done)
{
    event.command = newUuidV7().toString(QUuid::WithoutBraces);
    DeskRequest request{.type = type, .id = event.command, .body = body};
    attemptAtDesk(std::make_shared<DeskCommand>(
        DeskCommand{.event = std::move(event), .request = std::move(request), .done = std::move(done)}));
}

void World::attemptAtDesk(const std::shared_ptr<DeskCommand> &command)
{
    const auto node = static_cast<int>(nodeFor(command->event.client));
    if (command->event.start == 0)
        command->event.start = Loop::now();
    ++m_waitingToRepeat;
    askAtDesk(m_loop, port(node), m_staffToken, command->request,
              [this, command, node](const std::optional<DeskReply> &reply) { heardAtDesk(command, node, reply); });
}

void World::heardAtDesk(const std::shared_ptr<DeskCommand> &command, int node, const std::optional<DeskReply> &reply)
{
    Event &event = command->event;
    const Told told = toldAtDesk(reply);
    const bool wasNotTried = told.code == u"overloaded" || told.code == u"unavailable";
    if (told.outcome == Outcome::Unknown)
        event.outcome = Outcome::Unknown;
    if (told.outcome == Outcome::Unknown && m_onUntold && m_isUp[static_cast<size_t>(node)])
        m_onUntold(node, event.operation);
    if (told.code == u"unavailable" && m_onTurnedAway)
        m_onTurnedAway(node, event.operation);
    const qint64 now = Loop::now();
    if ((told.outcome == Outcome::Unknown || wasNotTried) && now - event.start < m_repeatFor) {
        m_loop.at(now + repeatAtDeskAfter, [this, command] {
            --m_waitingToRepeat;
            attemptAtDesk(command);
        });
        return;
    }
    --m_waitingToRepeat;
    event.end = now;
    const bool isUntold = wasNotTried && event.outcome == Outcome::Unknown; // An earlier time, as in attempt().
    event.outcome = isUntold ? Outcome::Unknown : told.outcome;
    event.code = isUntold ? QString() : told.code;
    m_recorder.record(event);
    command->done(event, reply ? reply->body : QJsonObject());
}

} // namespace parterre::bench
