#include "notifications/ticketmail.h"

#include "base/assert.h"
#include "ticketing/sheettext.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

struct Wording
{
    QString subject;
    QString message;
};

Wording wordingOf(const TicketMail &mail)
{
    const TicketSheet &sheet = mail.order.sheet;
    const bool isOne = sheet.tickets.size() == 1;
    const QString tickets = isOne ? u"ticket"_s : u"tickets"_s;
    const QString what = u"%1, %2"_s.arg(sheet.eventTitle, dateText(sheet));
    switch (mail.kind) {
    case MailKind::Order:
        return {u"Your %1: %2"_s.arg(tickets, what),
                isOne
                    ? u"Here is your ticket. Show its square code at the door, on paper or on your telephone."_s
                    : u"Here are your tickets. Show their square codes at the door, on paper or on your telephone."_s};
    case MailKind::Again:
        return {u"Your %1 again: %2"_s.arg(tickets, what),
                u"As you asked, here %1 again. Nothing has changed, and earlier mails with the same codes are still "
                "good."_s.arg(isOne ? u"is your ticket"_s : u"are your tickets"_s)};
    case MailKind::Reissued:
        return {u"Your new ticket: %1"_s.arg(what),
                u"This ticket has a new code. The old one is void and opens no door any more: throw it away."_s};
    case MailKind::Transferred:
        return {u"A ticket for you: %1"_s.arg(what),
                u"%1 has passed this ticket on to you. It is yours alone now; the code of before is void."_s.arg(
                    sheet.buyerName.simplified().isEmpty() ? u"The buyer"_s : sheet.buyerName.simplified())};
    case MailKind::Refunded:
    case MailKind::Voided:
        break; // These bring no ticket.
    }
    return {};
}

QString attachedText(const TicketMail &mail)
{
    const bool isOne = mail.order.sheet.tickets.size() == 1;
    const QString attached = isOne ? u"Attached: the ticket as PDF for printing, and the evening for your calendar."_s
                                   : u"Attached: the tickets as PDF for printing, and the evening for your calendar."_s;
    // Not attached: the page hands out passes of what is valid then, and a mail cannot take one back.
    return attached + (mail.orderUrl.isEmpty() ? u" Apple Wallet: open your ticket on your telephone."_s
                                               : u" Apple Wallet: open your order on your telephone."_s);
}

QString pictureId(const TicketMail &mail, const PrintedTicket &ticket)
{
    return u"qr%1.%2@parterre"_s.arg(ticket.line).arg(mail.head.id.toString(QUuid::Id128).left(12));
}

QString detailsOf(const PrintedTicket &ticket)
{
    return dotted({ticket.holderName.simplified(), ticket.priceTypeName.simplified(), ticket.zoneName.simplified(),
                   priceText(ticket.price)});
}

QString ticketHtml(const TicketMail &mail, const PrintedTicket &ticket)
{
    const QString note = asHtml(ticket.note);
    return filledTemplate(
        u"ticket.html"_s,
        {{u"parts"_s, placeHtml(ticket.placeName)},
         {u"details"_s, asHtml(detailsOf(ticket))},
         {u"note"_s, note.isEmpty() ? note
                                    : u"<p class=\"accent\" style=\"margin:6px 0 0 0;font-size:14px;"
                                      "line-height:20px;font-weight:bold;color:#9e2b3c\">%1</p>"_s.arg(note)},
         {u"code"_s, asHtml(ticket.humanCode)},
         {u"cid"_s, asHtml(pictureId(mail, ticket))}});
}

QStringList ticketLines(const TicketSheet &sheet)
{
    QStringList lines;
    for (const PrintedTicket &ticket : sheet.tickets) {
        lines << ticket.placeName.simplified() << u"  "_s + detailsOf(ticket);
        if (!ticket.note.simplified().isEmpty())
            lines << u"  "_s + ticket.note.simplified();
        lines << u"  Ticket code: "_s + ticket.humanCode << QString();
    }
    return lines;
}

} // namespace

MailMessage ticketMail(const TicketMail &mail)
{
    const TicketSheet &sheet = mail.order.sheet;
    PT_ASSERT(mail.codes.size() == sheet.tickets.size(), "each ticket has its code");
    const Wording wording = wordingOf(mail);
    MailWords words{.subject = wording.subject, .message = wording.message, .attached = attachedText(mail)};
    for (const PrintedTicket &ticket : sheet.tickets)
        words.rows += ticketHtml(mail, ticket);
    words.lines = ticketLines(sheet);
    if (mail.orderUrl.isEmpty())
        words.links = {{.url = mail.ticketUrl, .button = u"Open your ticket"_s, .name = u"Your ticket"_s},
                       {.url = mail.shopUrl, .button = {}, .name = u"The box office"_s}};
    else
        words.links = {{.url = mail.orderUrl, .button = u"Open your order"_s, .name = u"Your order"_s}};
    MailMessage message = framedMail(mail.head, sheet, words);
    for (size_t i = 0; i < mail.codes.size(); ++i) {
        const PrintedTicket &ticket = sheet.tickets[i];
        message.pictures.push_back({.fileName = ticket.humanCode + u".png"_s,
                                    .contentType = "image/png",
                                    .bytes = mail.codes[i].png(),
                                    .contentId = pictureId(mail, ticket)});
    }
    return message;
}

CalendarEntry ticketCalendar(const tickets::OrderSheet &order, const QString &url, bool isOneTicket)
{
    const TicketSheet &sheet = order.sheet;
    QStringList places;
    for (const PrintedTicket &ticket : sheet.tickets)
        places << ticket.placeName.simplified() + u" ("_s + ticket.humanCode + u')';
    QStringList where{sheet.venueName.simplified(), sheet.venueAddress.simplified()};
    where.removeAll(QString());
    QStringList description{doorsText(sheet), places.join(u'\n'), u"Order "_s + sheet.orderNumber};
    description.removeAll(QString());
    QString uid = order.order.text();
    if (isOneTicket && !sheet.tickets.empty())
        uid += u"-%1"_s.arg(sheet.tickets.front().line);
    return {.uid = uid,
            .stamp = order.changedAt,
            .sequence = order.version,
            .startsAt = sheet.startsAt,
            .summary = sheet.eventTitle.simplified(),
            .location = where.join(u", "_s),
            .description = description.join(u'\n'),
            .url = url,
            .isCancelled = order.isCancelled};
}

} // namespace parterre::server
