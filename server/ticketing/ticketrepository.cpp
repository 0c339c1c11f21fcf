#include "ticketing/ticketrepository.h"

#include "base/assert.h"
#include "db/transaction.h"
#include "ticketing/mailsheets.h"

#include <algorithm>
#include <map>

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

struct SheetToFill
{
    OrderSheet sheet;
    Currency currency;
    bool isIssued = false;
};

/// Without tickets.
std::map<OrderId, SheetToFill> emptySheets(Transaction &transaction, const std::vector<OrderId> &orders)
{
    std::map<OrderId, SheetToFill> sheets;
    for (const auto &row : transaction.query(
             "select o.id, o.owner, o.state, o.number, o.buyer_name, o.buyer_email, o.currency, o.performance_id, "
             "o.created_at, p.starts_at, p.doors_at, p.state = 'cancelled' as cancelled, e.title, e.subtitle, "
             "v.name as venue, v.address, v.time_zone from sale_order o join performance p on p.id = o.performance_id "
             "join event e on e.id = p.event_id join venue v on v.id = e.venue_id where o.id = any ($1::uuid[])",
             orders)) {
        const auto order = id<OrderId>(row["id"]);
        sheets.emplace(order, SheetToFill{.sheet = {.order = order,
                                                    .performance = id<PerformanceId>(row["performance_id"]),
                                                    .owner = text(row["owner"]),
                                                    .state = enumOf<OrderState>(row["state"]),
                                                    .isCancelled = flag(row["cancelled"]),
                                                    .buyerEmail = text(row["buyer_email"]),
                                                    .version = 0,
                                                    .changedAt = instant(row["created_at"]),
                                                    .sheet = {.eventTitle = text(row["title"]),
                                                              .subtitle = text(row["subtitle"]),
                                                              .venueName = text(row["venue"]),
                                                              .venueAddress = text(row["address"]),
                                                              .startsAt = instant(row["starts_at"]),
                                                              .doorsAt = instant(row["doors_at"]),
                                                              .timeZone = text(row["time_zone"]),
                                                              .orderNumber = text(row["number"]),
                                                              .buyerName = text(row["buyer_name"]),
                                                              .tickets = {}}},
                                          .currency = currencyOf(row["currency"])});
    }
    return sheets;
}

/// A ticket of an order that was issued once, and what became of it.
struct IssuedTicket
{
    PrintedTicket printed;
    bool isValid = false;
    bool isPassedOn = false;
};

/// Also the void ones, since each is a version of its order.
std::multimap<OrderId, IssuedTicket> issuedTickets(Transaction &transaction, const std::vector<OrderId> &orders,
                                                   std::map<OrderId, SheetToFill> &sheets)
{
    std::multimap<OrderId, IssuedTicket> tickets;
    for (const auto &row : transaction.query(
             "select t.order_id, t.id, t.line_no, t.human_code, t.code, t.holder_name, t.state = 'valid' as valid, "
             "t.holder_email <> '' as passed_on, t.issued_at, l.place_name, l.zone_name, l.price_type_name, "
             "l.amount - l.discount as price, l.note from ticket t "
             "join order_line l on l.order_id = t.order_id and l.line_no = t.line_no "
             "where t.order_id = any ($1::uuid[]) order by t.line_no",
             orders)) {
        const auto order = id<OrderId>(row["order_id"]);
        SheetToFill &to = sheets.at(order);
        const bool isValid = flag(row["valid"]);
        to.sheet.version += isValid ? 0 : 1;
        const Instant issuedAt = instant(row["issued_at"]);
        to.sheet.changedAt = to.isIssued ? std::max(to.sheet.changedAt, issuedAt) : issuedAt;
        to.isIssued = true;
        tickets.emplace(order, IssuedTicket{.printed = {.id = id<TicketId>(row["id"]),
                                                        .line = smallNumber(row["line_no"]),
                                                        .humanCode = text(row["human_code"]),
                                                        .placeName = text(row["place_name"]),
                                                        .zoneName = text(row["zone_name"]),
                                                        .priceTypeName = text(row["price_type_name"]),
                                                        .price = Money(number(row["price"]), to.currency),
                                                        .note = text(row["note"]),
                                                        .qrText = text(row["code"]),
                                                        .holderName = text(row["holder_name"])},
                                            .isValid = isValid,
                                            .isPassedOn = flag(row["passed_on"])});
    }
    return tickets;
}

} // namespace

std::vector<std::optional<OrderSheet>> sheetsOf(Transaction &transaction, const std::vector<SheetWanted> &wanted)
{
    std::vector<OrderId> orders;
    for (const SheetWanted &one : wanted)
        orders.push_back(one.order);
    auto sheets = emptySheets(transaction, orders);
    const auto tickets = issuedTickets(transaction, orders, sheets);
    std::vector<std::optional<OrderSheet>> found;
    for (const SheetWanted &one : wanted) {
        const auto empty = sheets.find(one.order);
        if (empty == sheets.end()) {
            found.emplace_back();
            continue;
        }
        OrderSheet &sheet = *found.emplace_back(empty->second.sheet);
        const auto [begin, end] = tickets.equal_range(one.order);
        for (auto at = begin; at != end; ++at) {
            const IssuedTicket &ticket = at->second;
            const bool isAsked = !one.filter.ticket || *one.filter.ticket == ticket.printed.id;
            if (ticket.isValid && isAsked && (one.filter.withPassedOn || !ticket.isPassedOn))
                sheet.sheet.tickets.push_back(ticket.printed);
        }
    }
    return found;
}

std::optional<OrderSheet> sheetOf(Transaction &transaction, const OrderId &order, const SheetFilter &filter)
{
    return std::move(sheetsOf(transaction, {{.order = order, .filter = filter}}).front());
}

} // namespace parterre::server::tickets
