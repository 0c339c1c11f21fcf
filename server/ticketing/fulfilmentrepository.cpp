#include "ticketing/fulfilmentrepository.h"

#include "db/transaction.h"
#include "notifications/mailrepository.h"

namespace parterre::server::tickets {

using namespace Qt::StringLiterals;

namespace {

constexpr int mailsShown = 50;

std::optional<QString> presentText(const pqxx::field &field)
{
    const QString value = text(field);
    return value.isEmpty() ? std::nullopt : std::optional(value);
}

} // namespace

std::optional<LockedTicket> lockTicket(Transaction &transaction, const TicketId &ticket)
{
    const auto orders = transaction.query("select id from sale_order where id = (select order_id from ticket "
                                          "where id = $1) for update",
                                          ticket);
    if (orders.empty())
        return std::nullopt;
    const auto rows = transaction.query(
        "select t.state, t.line_no, t.holder_name, t.holder_email, o.id as order_id, o.owner, o.buyer_email, "
        "o.performance_id, "
        "o.state in ('confirmed', 'partly_refunded') as confirmed, l.place_no, l.is_area, p.starts_at, "
        "p.state = 'cancelled' as cancelled, "
        "(select count(*) from ticket v where v.order_id = o.id and v.voided_at > now() - interval '1 day') as "
        "replaced "
        "from ticket t join sale_order o on o.id = t.order_id "
        "join order_line l on l.order_id = t.order_id and l.line_no = t.line_no "
        "join performance p on p.id = o.performance_id where t.id = $1 for update of t",
        ticket);
    const auto &row = rows[0];
    return LockedTicket{.id = ticket,
                        .as = {.order = id<OrderId>(row["order_id"]),
                               .line = smallNumber(row["line_no"]),
                               .performance = id<PerformanceId>(row["performance_id"]),
                               .placeNumber = smallNumber(row["place_no"]),
                               .isArea = flag(row["is_area"]),
                               .holderName = text(row["holder_name"]),
                               .holderEmail = text(row["holder_email"])},
                        .owner = text(row["owner"]),
                        .buyerEmail = text(row["buyer_email"]),
                        .facts = {.state = enumOf<TicketState>(row["state"]),
                                  .isOrderConfirmed = flag(row["confirmed"]),
                                  .isCancelled = flag(row["cancelled"]),
                                  .isPassedOn = !text(row["holder_email"]).isEmpty(),
                                  .startsAt = instant(row["starts_at"]),
                                  .replacedToday = smallNumber(row["replaced"])}};
}

TicketId replace(Transaction &transaction, const LockedTicket &ticket, const NewTicket &by, const QString &reason,
                 Instant now, const Sign &sign)
{
    transaction.execute("update ticket set state = 'void', voided_at = $2 where id = $1", ticket.id, now);
    const TicketId fresh = issue(transaction, by, goodUntil(transaction, by.performance), now, sign);
    const QJsonObject fact{{u"order"_s, by.order.text()}, {u"performance"_s, by.performance.text()},
                           {u"ticket"_s, fresh.text()},   {u"replaces"_s, ticket.id.text()},
                           {u"reason"_s, reason},         {u"at"_s, instantToText(now)}};
    transaction.execute("insert into outbox (topic, key, payload) values ('ticket.reissued', $1, $2::jsonb)", by.order,
                        fact);
    return fresh;
}

std::optional<LockedOrder> lockOrder(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query(
        "select owner, state in ('confirmed', 'partly_refunded') as confirmed, buyer_name, buyer_email from sale_order "
        "where id = $1 for update",
        order);
    if (rows.empty())
        return std::nullopt;
    const auto asked =
        transaction.query("select coalesce(extract(epoch from clock_timestamp() - max(created_at))::int, -1) as since, "
                          "count(*) filter (where created_at > clock_timestamp() - interval '1 hour') as often "
                          "from mail where order_id = $1 and kind = 'again'",
                          order);
    const auto &row = rows[0];
    return LockedOrder{.id = order,
                       .owner = text(row["owner"]),
                       .buyerName = text(row["buyer_name"]),
                       .buyerEmail = text(row["buyer_email"]),
                       .facts = {.isOrderConfirmed = flag(row["confirmed"]),
                                 .hasAddress = !text(row["buyer_email"]).isEmpty(),
                                 .secondsSinceLast = smallNumber(asked[0]["since"]),
                                 .withinAnHour = smallNumber(asked[0]["often"])}};
}

std::optional<OwnedTickets> ticketsOf(Transaction &transaction, const OrderId &order)
{
    const auto orders = transaction.query("select owner from sale_order where id = $1", order);
    if (orders.empty())
        return std::nullopt;
    OwnedTickets found{.owner = text(orders[0]["owner"]), .tickets = {.order = order, .tickets = {}, .mails = {}}};
    for (const auto &row : transaction.query(
             "select t.id, t.line_no, t.state, t.human_code, t.holder_name, t.holder_email, t.issued_at, l.place_name "
             "from ticket t join order_line l on l.order_id = t.order_id and l.line_no = t.line_no "
             "where t.order_id = $1 order by t.line_no, t.issued_at, t.id limit $2",
             order, 10 * limits::orderLinesMax)) {
        found.tickets.tickets.push_back({.id = id<TicketId>(row["id"]),
                                         .line = smallNumber(row["line_no"]),
                                         .placeName = text(row["place_name"]),
                                         .state = enumOf<TicketState>(row["state"]),
                                         .humanCode = presentText(row["human_code"]),
                                         .holderName = presentText(row["holder_name"]),
                                         .holderEmail = presentText(row["holder_email"]),
                                         .issuedAt = instant(row["issued_at"])});
    }
    found.tickets.mails = mails::ofOrder(transaction, order, mailsShown);
    return found;
}

} // namespace parterre::server::tickets
