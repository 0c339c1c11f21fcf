#include "ticketing/ticketrepository.h"

#include "base/assert.h"
#include "db/transaction.h"

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

std::optional<OrderSheet> sheetOf(Transaction &transaction, const OrderId &order)
{
    const auto rows = transaction.query(
        "select o.owner, o.state, o.number, o.buyer_name, o.currency, p.starts_at, p.doors_at, e.title, e.subtitle, "
        "v.name as venue, v.address, v.time_zone from sale_order o join performance p on p.id = o.performance_id "
        "join event e on e.id = p.event_id join venue v on v.id = e.venue_id where o.id = $1",
        order);
    if (rows.empty())
        return std::nullopt;
    const auto &row = rows[0];
    const auto currency = Currency::fromCode(text(row["currency"]));
    PT_ASSERT(currency.has_value(), "a currency was checked before it was stored");
    OrderSheet found{.owner = text(row["owner"]),
                     .isConfirmed = text(row["state"]) == u"confirmed",
                     .sheet = {.eventTitle = text(row["title"]),
                               .subtitle = text(row["subtitle"]),
                               .venueName = text(row["venue"]),
                               .venueAddress = text(row["address"]),
                               .startsAt = instant(row["starts_at"]),
                               .doorsAt = instant(row["doors_at"]),
                               .timeZone = text(row["time_zone"]),
                               .orderNumber = text(row["number"]),
                               .buyerName = text(row["buyer_name"])}};
    for (const auto &ticket : transaction.query(
             "select t.id, t.human_code, t.code, l.place_name, l.zone_name, l.price_type_name, l.amount - l.discount as price, l.note "
             "from ticket t join order_line l on l.order_id = t.order_id and l.line_no = t.line_no "
             "where t.order_id = $1 and t.state = 'valid' order by t.line_no",
             order)) {
        found.sheet.tickets.push_back({.id = id<TicketId>(ticket["id"]),
                                       .humanCode = text(ticket["human_code"]),
                                       .placeName = text(ticket["place_name"]),
                                       .zoneName = text(ticket["zone_name"]),
                                       .priceTypeName = text(ticket["price_type_name"]),
                                       .price = Money(number(ticket["price"]), *currency),
                                       .note = text(ticket["note"]),
                                       .qrText = text(ticket["code"])});
    }
    return found;
}

} // namespace parterre::server::tickets
