#include "api/httpapirequest.h"
#include "notifications/ticketmail.h"
#include "ticketing/fulfilmentservice.h"
#include "ticketing/ticketservice.h"
#include "ticketing/walletpass.h"

using namespace Qt::StringLiterals;

/// Tickets of an order: as files, and what may be done with them after the sale.
namespace parterre::server::api {

namespace {

/// The body of a transfer; the path names the ticket.
struct Holder
{
    QString name;
    std::optional<QString> email;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("name", name, {.charactersMin = 1});
        fields("email", email, {.charactersMax = limits::emailCharactersMax, .charactersMin = 1});
    }
};

/// What who got a ticket passed on may see of it.
struct HeldTicket
{
    TicketId id;
    QString eventTitle;
    QString subtitle;
    QString venueName;
    QString venueAddress;
    Instant startsAt;
    std::optional<Instant> doorsAt;
    QString timeZone;
    QString placeName;
    QString humanCode;
    QString holderName;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("event", eventTitle);
        fields.optional("subtitle", subtitle);
        fields("venue", venueName);
        fields.optional("address", venueAddress);
        fields("starts_at", startsAt);
        fields("doors_at", doorsAt);
        fields("time_zone", timeZone);
        fields("place_name", placeName);
        fields("human_code", humanCode);
        fields.optional("holder_name", holderName);
    }
};

Result<HttpResponse> answer(int status, const Result<OrderTickets> &outcome)
{
    if (!outcome)
        return refuse(outcome.error().field == u"/order"_s || outcome.error().field == u"/ticket"_s
                          ? ofPath(outcome.error())
                          : outcome.error());
    return privateJson(status, *outcome);
}

Result<HttpResponse> getTicketsPdf(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    const auto document = services.tickets.ticketsOf(id, party.owner);
    if (!document)
        return refuse(ofPath(document.error()));
    return attachment("application/pdf", document->fileName, document->pdf);
}

Result<HttpResponse> getTicketPdf(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const auto ticket, pathId<TicketId>(request, u"ticket"_s));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    const auto document = services.tickets.ticket(id, ticket, party.owner);
    if (!document)
        return refuse(ofPath(document.error()));
    return attachment("application/pdf", document->fileName, document->pdf);
}

/// The ticket of the path, for whoever has its key: it stands in the mail to who got it passed on, as header
/// Ticket-Key. NotFound where the key is another's, WrongState for a ticket that was replaced or given back since.
Result<tickets::OrderSheet> heldTicket(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto ticket, pathId<TicketId>(request));
    const QByteArray key = request.header("ticket-key").trimmed();
    if (!services.tickets.isTicketKey(ticket, QString::fromLatin1(key)))
        return refuse(ErrorCode::NotFound, u"There is no such ticket. Open the link of the mail again."_s);
    const auto order = services.tickets.orderOf(ticket);
    auto sheet = order ? services.tickets.sheetOfTicket(*order, ticket, QString())
                       : Result<tickets::OrderSheet>(refuse(order.error()));
    if (!sheet)
        return refuse(ofPath(sheet.error()));
    return sheet;
}

Result<HttpResponse> getHeldTicket(const HttpRequest &request, const Services &services)
{
    PT_TRY(const tickets::OrderSheet found, heldTicket(request, services));
    const TicketSheet &sheet = found.sheet;
    const PrintedTicket &ticket = sheet.tickets.front();
    return privateJson(200, HeldTicket{.id = ticket.id,
                                       .eventTitle = sheet.eventTitle,
                                       .subtitle = sheet.subtitle,
                                       .venueName = sheet.venueName,
                                       .venueAddress = sheet.venueAddress,
                                       .startsAt = sheet.startsAt,
                                       .doorsAt = sheet.doorsAt,
                                       .timeZone = sheet.timeZone,
                                       .placeName = ticket.placeName,
                                       .humanCode = ticket.humanCode,
                                       .holderName = ticket.holderName});
}

Result<HttpResponse> getHeldTicketPdf(const HttpRequest &request, const Services &services)
{
    PT_TRY(const tickets::OrderSheet found, heldTicket(request, services));
    const auto document = services.tickets.ticket(found.order, found.sheet.tickets.front().id, QString());
    if (!document)
        return refuse(ofPath(document.error()));
    return attachment("application/pdf", document->fileName, document->pdf);
}

Result<HttpResponse> passOf(const tickets::OrderSheet &found, const Services &services)
{
    PT_TRY(const QByteArray pass, makeWalletPass(found.sheet, *services.passes, services.clock->now()));
    const QString name = u"%1-%2.pkpass"_s.arg(found.sheet.orderNumber).arg(found.sheet.tickets.front().line);
    return attachment(walletPassContentType, name, pass);
}

Result<HttpResponse> getHeldPass(const HttpRequest &request, const Services &services)
{
    PT_TRY(const tickets::OrderSheet found, heldTicket(request, services));
    return passOf(found, services);
}

/// By the same rights as the PDF. What is void or passed on has no pass any more; the new ticket has another serial.
Result<HttpResponse> getWalletPass(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const auto ticket, pathId<TicketId>(request, u"ticket"_s));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    const auto found = services.tickets.sheetOfTicket(id, ticket, party.owner);
    if (!found)
        return refuse(ofPath(found.error()));
    return passOf(*found, services);
}

Result<HttpResponse> getCalendar(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    const auto order = services.tickets.sheetOfOwner(id, party.owner);
    if (!order)
        return refuse(ofPath(order.error()));
    const QString url = services.shopUrl ? services.tickets.orderUrl(services.shopUrl(), id) : QString();
    return attachment("text/calendar; charset=utf-8", order->sheet.orderNumber + u".ics"_s,
                      calendarFile(ticketCalendar(*order, url, false)));
}

Result<HttpResponse> getTickets(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const SaleParty party, readerOf(request, services, id));
    return answer(200, services.fulfilment.tickets({.owner = party.owner, .onlyOrder = id}, id));
}

Result<HttpResponse> resend(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const Writer writer, writerOf(request, services, id));
    PT_CHECK(bodyObject(request));
    const ResendTickets command{.order = id};
    return answer(202, services.fulfilment.resend({.owner = writer.party.owner, .onlyOrder = id},
                                                  writer.commandKey(u"resend_tickets"_s, command), command));
}

Result<HttpResponse> reissue(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const auto ticket, pathId<TicketId>(request, u"ticket"_s));
    PT_TRY(const Writer writer, writerOf(request, services, id));
    PT_CHECK(bodyObject(request));
    const ReissueTicket command{.ticket = ticket};
    return answer(200, services.fulfilment.reissue({.owner = writer.party.owner, .onlyOrder = id},
                                                   writer.commandKey(u"reissue_ticket"_s, command), command));
}

Result<HttpResponse> transfer(const HttpRequest &request, const Services &services)
{
    PT_TRY(const auto id, pathId<OrderId>(request));
    PT_TRY(const auto ticket, pathId<TicketId>(request, u"ticket"_s));
    PT_TRY(const Writer writer, writerOf(request, services, id));
    PT_TRY(Holder holder, readBody<Holder>(request));
    const TransferTicket command{.ticket = ticket, .name = std::move(holder.name), .email = std::move(holder.email)};
    return answer(200, services.fulfilment.transfer({.owner = writer.party.owner, .onlyOrder = id},
                                                    writer.commandKey(u"transfer_ticket"_s, command), command));
}

} // namespace

void addTicketRoutes(Router &router, const Services &services)
{
    const auto add = [&](const QByteArray &method, const QString &pattern, auto work) {
        router.add(method, pattern,
                   answering([services, work](const HttpRequest &request) { return work(request, services); }));
    };
    add("GET", u"/v1/orders/{id}/tickets.pdf"_s, getTicketsPdf);
    add("GET", u"/v1/orders/{id}/calendar.ics"_s, getCalendar);
    add("GET", u"/v1/orders/{id}/tickets"_s, getTickets);
    add("POST", u"/v1/orders/{id}/mail"_s, resend);
    add("GET", u"/v1/orders/{id}/tickets/{ticket}/ticket.pdf"_s, getTicketPdf);
    add("GET", u"/v1/tickets/{id}"_s, getHeldTicket);
    add("GET", u"/v1/tickets/{id}/ticket.pdf"_s, getHeldTicketPdf);
    if (services.passes) {
        add("GET", u"/v1/tickets/{id}/pass.pkpass"_s, getHeldPass);
        add("GET", u"/v1/orders/{id}/tickets/{ticket}/pass.pkpass"_s, getWalletPass);
    }
    add("POST", u"/v1/orders/{id}/tickets/{ticket}/reissue"_s, reissue);
    add("POST", u"/v1/orders/{id}/tickets/{ticket}/transfer"_s, transfer);
}

} // namespace parterre::server::api
