#include "notifications/ticketmail.h"

#include "base/assert.h"
#include "domain/ticketing/calendar.h"
#include "ticketing/sheettext.h"

#include <QFile>
#include <QMap>

#include <algorithm>
#include <utility>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

using Words = QMap<QString, QString>; ///< Of a template, safe as HTML.

QString templateText(const QString &name)
{
    QFile file(u":/parterre/templates/mail/"_s + name);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    PT_ASSERT(isOpen, "a compiled-in file can be read");
    return QString::fromUtf8(file.readAll());
}

/// One pass, so that nothing in a word is taken for a place of the template.
QString filled(const QString &text, const Words &words)
{
    QString out;
    qsizetype from = 0;
    for (qsizetype open = text.indexOf(u"{{"_s); open >= 0; open = text.indexOf(u"{{"_s, from)) {
        const qsizetype close = text.indexOf(u"}}"_s, open);
        const QString name = text.mid(open + 2, close - open - 2);
        PT_ASSERT(close > 0 && words.contains(name), "every place of a template has its word");
        out += QStringView(text).mid(from, open - from);
        out += words.value(name);
        from = close + 2;
    }
    out += QStringView(text).mid(from);
    return out;
}

QString html(const QString &text)
{
    return text.simplified().toHtmlEscaped();
}

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
    }
    return {};
}

QString greetingOf(const TicketMail &mail)
{
    const QString name = mail.to.name.simplified();
    return name.isEmpty() ? u"Hello,"_s : u"Hello %1,"_s.arg(name);
}

/// Doors, venue and address; what is not known leaves no gap.
QStringList whereOf(const TicketSheet &sheet)
{
    QStringList parts{doorsText(sheet), sheet.venueName.simplified(), sheet.venueAddress.simplified()};
    parts.removeAll(QString());
    return parts;
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
    return u"qr%1.%2@parterre"_s.arg(ticket.line).arg(mail.id.toString(QUuid::Id128).left(12));
}

QString detailsOf(const PrintedTicket &ticket)
{
    QStringList parts{ticket.priceTypeName.simplified(), ticket.zoneName.simplified(), priceText(ticket.price)};
    if (!ticket.holderName.simplified().isEmpty())
        parts.prepend(ticket.holderName.simplified());
    parts.removeAll(QString());
    return parts.join(u" \u00B7 "_s);
}

QString ticketHtml(const TicketMail &mail, const PrintedTicket &ticket)
{
    static const QString text = templateText(u"ticket.html"_s);
    QString parts = u"<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>"_s;
    for (const PlacePart &part : splitPlaceName(ticket.placeName)) {
        parts +=
            u"<td valign=\"top\" style=\"padding:0 20px 0 0\"><p class=\"quiet\" style=\"margin:0;font-size:12px;"
            "line-height:16px;color:#5b6174\">%1</p><p class=\"ink\" style=\"margin:1px 0 0 0;font-size:19px;"
            "line-height:25px;font-weight:bold;color:#171b2e\">%2</p></td>"_s.arg(html(part.label), html(part.value));
    }
    parts += u"</tr></table>"_s;
    const QString note = html(ticket.note);
    return filled(text,
                  {{u"parts"_s, parts},
                   {u"details"_s, html(detailsOf(ticket))},
                   {u"note"_s, note.isEmpty() ? note
                                              : u"<p class=\"accent\" style=\"margin:6px 0 0 0;font-size:14px;"
                                                "line-height:20px;font-weight:bold;color:#9e2b3c\">%1</p>"_s.arg(note)},
                   {u"code"_s, html(ticket.humanCode)},
                   {u"cid"_s, html(pictureId(mail, ticket))}});
}

QString buttonHtml(const TicketMail &mail)
{
    const QString url = mail.orderUrl.isEmpty() ? mail.ticketUrl : mail.orderUrl;
    const QString label = mail.orderUrl.isEmpty() ? u"Open your ticket"_s : u"Open your order"_s;
    return u"<a class=\"button\" href=\"%1\" style=\"display:inline-block;background:#9e2b3c;border-radius:6px;"
           "padding:13px 26px;font-size:16px;line-height:20px;font-weight:bold;color:#ffffff;text-decoration:none\">"
           "%2</a>"_s.arg(html(url), label);
}

QString htmlOf(const TicketMail &mail, const Wording &wording)
{
    static const QString text = templateText(u"tickets.html"_s);
    const TicketSheet &sheet = mail.order.sheet;
    QString tickets;
    for (const PrintedTicket &ticket : sheet.tickets)
        tickets += ticketHtml(mail, ticket);
    const QString subtitle = html(sheet.subtitle);
    return filled(text,
                  {{u"subject"_s, html(wording.subject)},
                   {u"preview"_s, html(u"%1, %2"_s.arg(dateText(sheet), timeText(sheet)))},
                   {u"venue_capitals"_s, html(sheet.venueName.toUpper())},
                   {u"title"_s, html(sheet.eventTitle)},
                   {u"subtitle"_s, subtitle.isEmpty() ? subtitle
                                                      : u"<p class=\"quiet\" style=\"margin:6px 0 0 0;font-size:16px;"
                                                        "line-height:23px;color:#5b6174\">%1</p>"_s.arg(subtitle)},
                   {u"date"_s, html(dateText(sheet))},
                   {u"time"_s, html(timeText(sheet))},
                   {u"doors_and_place"_s, html(whereOf(sheet).join(u" \u00B7 "_s))},
                   {u"greeting"_s, html(greetingOf(mail))},
                   {u"message"_s, html(wording.message)},
                   {u"tickets"_s, tickets},
                   {u"button"_s, buttonHtml(mail)},
                   {u"attached"_s, html(attachedText(mail))},
                   {u"support"_s, html(mail.support)},
                   {u"order"_s, html(sheet.orderNumber)}});
}

QString textOf(const TicketMail &mail, const Wording &wording)
{
    const TicketSheet &sheet = mail.order.sheet;
    QStringList lines{greetingOf(mail), {}, wording.message, {}, sheet.eventTitle.simplified()};
    if (!sheet.subtitle.simplified().isEmpty())
        lines << sheet.subtitle.simplified();
    lines << u"%1, %2"_s.arg(dateText(sheet), timeText(sheet)) << whereOf(sheet) << QString();
    for (const PrintedTicket &ticket : sheet.tickets) {
        lines << ticket.placeName.simplified() << u"  "_s + detailsOf(ticket);
        if (!ticket.note.simplified().isEmpty())
            lines << u"  "_s + ticket.note.simplified();
        lines << u"  Ticket code: "_s + ticket.humanCode << QString();
    }
    if (mail.orderUrl.isEmpty())
        lines << u"Your ticket: "_s + mail.ticketUrl << u"The box office: "_s + mail.shopUrl;
    else
        lines << u"Your order: "_s + mail.orderUrl;
    lines << QString() << attachedText(mail) << mail.support.simplified() << u"Order "_s + sheet.orderNumber;
    return lines.join(u'\n') + u'\n';
}

} // namespace

MailMessage ticketMail(const TicketMail &mail)
{
    PT_ASSERT(mail.codes.size() == mail.order.sheet.tickets.size(), "each ticket has its code");
    const Wording wording = wordingOf(mail);
    MailMessage message{.messageId =
                            mail.id.toString(QUuid::WithoutBraces) + u'@' + mail.from.address.section(u'@', -1),
                        .date = mail.date,
                        .from = mail.from,
                        .to = mail.to,
                        .subject = wording.subject,
                        .text = textOf(mail, wording),
                        .html = htmlOf(mail, wording)};
    for (size_t i = 0; i < mail.codes.size(); ++i) {
        const PrintedTicket &ticket = mail.order.sheet.tickets[i];
        message.pictures.push_back({.fileName = ticket.humanCode + u".png"_s,
                                    .contentType = "image/png",
                                    .bytes = mail.codes[i].png(),
                                    .contentId = pictureId(mail, ticket)});
    }
    return message;
}

QByteArray ticketCalendar(const tickets::OrderSheet &order, const QString &url, bool isOneTicket)
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
    return calendarFile({.uid = uid,
                         .stamp = order.changedAt,
                         .sequence = order.version,
                         .startsAt = sheet.startsAt,
                         .summary = sheet.eventTitle.simplified(),
                         .location = where.join(u", "_s),
                         .description = description.join(u'\n'),
                         .url = url,
                         .isCancelled = order.isCancelled});
}

} // namespace parterre::server
