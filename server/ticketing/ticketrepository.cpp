#include "ticketing/ticketrepository.h"

#include "base/assert.h"
#include "db/transaction.h"
#include "domain/checkout/order.h"

namespace parterre::server::tickets {

using namespace Qt::StringLiterals;

SigningKey loadOrStoreKey(Transaction &transaction, const QByteArray &freshSeed, const QByteArray &freshPublicKey)
{
    transaction.execute("insert into ticket_key (kid, seed, public_key) select 1, $1, $2 "
                        "where not exists (select from ticket_key) on conflict do nothing",
                        freshSeed, freshPublicKey);
    const auto rows = transaction.query("select kid, seed from ticket_key order by kid desc limit 1");
    PT_ASSERT(!rows.empty(), "there is a signing key, ours or the one that another server was quicker to store");
    return {.keyId = smallNumber(rows[0]["kid"]), .seed = bytes(rows[0]["seed"])};
}

QByteArray firstSeed(Transaction &transaction)
{
    const auto rows = transaction.query("select seed from ticket_key order by kid limit 1");
    PT_ASSERT(!rows.empty(), "a key is stored before it is asked for");
    return bytes(rows[0]["seed"]);
}

std::optional<OrderId> orderOf(Transaction &transaction, const TicketId &ticket)
{
    const auto rows = transaction.query("select order_id from ticket where id = $1", ticket);
    return rows.empty() ? std::nullopt : std::optional(id<OrderId>(rows[0]["order_id"]));
}

namespace {

std::vector<PrintedTicket> printedTickets(Transaction &transaction, const OrderId &order, const SheetFilter &filter,
                                          Currency currency)
{
    std::vector<PrintedTicket> tickets;
    for (const auto &row :
         transaction.query("select t.id, t.line_no, t.human_code, t.code, t.holder_name, l.place_name, l.zone_name, "
                           "l.price_type_name, l.amount - l.discount as price, l.note "
                           "from ticket t join order_line l on l.order_id = t.order_id and l.line_no = t.line_no "
                           "where t.order_id = $1 and t.state = 'valid' and ($2::uuid is null or t.id = $2) "
                           "and ($3 or t.holder_email = '') order by t.line_no",
                           order, filter.ticket, filter.withPassedOn)) {
        tickets.push_back({.id = id<TicketId>(row["id"]),
                           .line = smallNumber(row["line_no"]),
                           .humanCode = text(row["human_code"]),
                           .placeName = text(row["place_name"]),
                           .zoneName = text(row["zone_name"]),
                           .priceTypeName = text(row["price_type_name"]),
                           .price = Money(number(row["price"]), currency),
                           .note = text(row["note"]),
                           .qrText = text(row["code"]),
                           .holderName = text(row["holder_name"])});
    }
    return tickets;
}

} // namespace

std::optional<OrderSheet> sheetOf(Transaction &transaction, const OrderId &order, const SheetFilter &filter)
{
    const auto rows = transaction.query(
        "select o.owner, o.state, o.number, o.buyer_name, o.buyer_email, o.currency, o.performance_id, p.starts_at, "
        "p.doors_at, p.state = 'cancelled' as cancelled, e.title, e.subtitle, v.name as venue, v.address, v.time_zone, "
        "(select count(*) from ticket t where t.order_id = o.id and t.state = 'void') as version, "
        "coalesce((select max(t.issued_at) from ticket t where t.order_id = o.id), o.created_at) as changed_at "
        "from sale_order o join performance p on p.id = o.performance_id "
        "join event e on e.id = p.event_id join venue v on v.id = e.venue_id where o.id = $1",
        order);
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    return OrderSheet{.order = order,
                      .performance = id<PerformanceId>(row["performance_id"]),
                      .owner = text(row["owner"]),
                      .isConfirmed = hasSoldPlaces(enumOf<OrderState>(row["state"])),
                      .isCancelled = flag(row["cancelled"]),
                      .buyerEmail = text(row["buyer_email"]),
                      .version = smallNumber(row["version"]),
                      .changedAt = instant(row["changed_at"]),
                      .sheet = {.eventTitle = text(row["title"]),
                                .subtitle = text(row["subtitle"]),
                                .venueName = text(row["venue"]),
                                .venueAddress = text(row["address"]),
                                .startsAt = instant(row["starts_at"]),
                                .doorsAt = instant(row["doors_at"]),
                                .timeZone = text(row["time_zone"]),
                                .orderNumber = text(row["number"]),
                                .buyerName = text(row["buyer_name"]),
                                .tickets = printedTickets(transaction, order, filter, currencyOf(row["currency"]))}};
}

} // namespace parterre::server::tickets
