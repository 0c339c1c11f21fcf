#include "load/world.h"

#include <QJsonArray>
#include <QJsonDocument>

/// What people do after the sale.
namespace parterre::bench {

using namespace Qt::StringLiterals;
using namespace check;

namespace {

QByteArray plain(const QUuid &uuid)
{
    return uuid.toByteArray(QUuid::WithoutBraces);
}

QByteArray newId()
{
    return plain(newUuidV7());
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

} // namespace parterre::bench
