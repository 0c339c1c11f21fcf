#include "notifications/mailframe.h"

#include "base/assert.h"
#include "ticketing/sheettext.h"

#include <QFile>
#include <QHash>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// Read once a thread, since every mail is made of the same few.
QString templateText(const QString &name)
{
    static thread_local QHash<QString, QString> known;
    auto found = known.find(name);
    if (found == known.end()) {
        QFile file(u":/parterre/templates/mail/"_s + name);
        const bool isOpen = file.open(QIODevice::ReadOnly);
        PT_ASSERT(isOpen, "a compiled-in file can be read");
        found = known.insert(name, QString::fromUtf8(file.readAll()));
    }
    return *found;
}

QString greetingOf(const MailHead &head)
{
    const QString name = head.to.name.simplified();
    return name.isEmpty() ? u"Hello,"_s : u"Hello %1,"_s.arg(name);
}

/// Doors, venue and address; what is not known leaves no gap.
QStringList whereOf(const TicketSheet &sheet, bool withDoors)
{
    QStringList parts{withDoors ? doorsText(sheet) : QString(), sheet.venueName.simplified(),
                      sheet.venueAddress.simplified()};
    parts.removeAll(QString());
    return parts;
}

QString buttonHtml(const MailLink &link)
{
    return u"<a class=\"button\" href=\"%1\" style=\"display:inline-block;background:#9e2b3c;border-radius:6px;"
           "padding:13px 26px;font-size:16px;line-height:20px;font-weight:bold;color:#ffffff;text-decoration:none\">"
           "%2</a>"_s.arg(asHtml(link.url), asHtml(link.button));
}

/// Nothing where there is nothing to say.
QString subtitleHtml(const QString &subtitle)
{
    const QString said = asHtml(subtitle);
    return said.isEmpty() ? said
                          : u"<p class=\"quiet\" style=\"margin:6px 0 0 0;font-size:16px;line-height:23px;"
                            "color:#5b6174\">%1</p>"_s.arg(said);
}

QString statusHtml(const QString &status)
{
    return status.isEmpty()
               ? status
               : u"<p style=\"margin:14px 0 0 0\"><span style=\"background:#9e2b3c;border-radius:4px;"
                 "padding:5px 12px;font-size:14px;line-height:26px;font-weight:bold;color:#ffffff\">%1</span>"
                 "</p>"_s.arg(asHtml(status));
}

QString frameHtml(const MailHead &head, const TicketSheet &sheet, const MailWords &words)
{
    return filledTemplate(u"frame.html"_s, {{u"subject"_s, asHtml(words.subject)},
                                            {u"preview"_s, asHtml(u"%1, %2"_s.arg(dateText(sheet), timeText(sheet)))},
                                            {u"venue_capitals"_s, asHtml(sheet.venueName.toUpper())},
                                            {u"title"_s, asHtml(sheet.eventTitle)},
                                            {u"subtitle"_s, subtitleHtml(sheet.subtitle)},
                                            {u"status"_s, statusHtml(words.status)},
                                            {u"date"_s, asHtml(dateText(sheet))},
                                            {u"time"_s, asHtml(timeText(sheet))},
                                            {u"where"_s, asHtml(dotted(whereOf(sheet, words.withDoors)))},
                                            {u"greeting"_s, asHtml(greetingOf(head))},
                                            {u"message"_s, asHtml(words.message)},
                                            {u"rows"_s, words.rows},
                                            {u"button"_s, buttonHtml(words.links.front())},
                                            {u"attached"_s, asHtml(words.attached)},
                                            {u"support"_s, asHtml(head.support)},
                                            {u"order"_s, asHtml(sheet.orderNumber)}});
}

QString frameText(const MailHead &head, const TicketSheet &sheet, const MailWords &words)
{
    QStringList lines{greetingOf(head), {}, words.message, {}};
    if (!words.status.isEmpty())
        lines << words.status.toUpper();
    lines << sheet.eventTitle.simplified();
    if (!sheet.subtitle.simplified().isEmpty())
        lines << sheet.subtitle.simplified();
    lines << u"%1, %2"_s.arg(dateText(sheet), timeText(sheet)) << whereOf(sheet, words.withDoors) << QString();
    lines << words.lines;
    for (const MailLink &link : words.links)
        lines << link.name + u": "_s + link.url;
    lines << QString() << words.attached << head.support.simplified() << u"Order "_s + sheet.orderNumber;
    return lines.join(u'\n') + u'\n';
}

} // namespace

MailMessage framedMail(const MailHead &head, const TicketSheet &sheet, const MailWords &words)
{
    PT_ASSERT(!words.links.empty(), "a mail leads somewhere");
    return {.messageId = head.id.toString(QUuid::WithoutBraces) + u'@' + head.from.section(u'@', -1),
            .date = head.date,
            .from = {.name = sheet.venueName, .address = head.from},
            .to = head.to,
            .subject = words.subject,
            .text = frameText(head, sheet, words),
            .html = frameHtml(head, sheet, words)};
}

QString filledTemplate(const QString &name, const TemplateWords &words)
{
    const QString text = templateText(name);
    QString out;
    qsizetype from = 0;
    // One pass, so that nothing in a word is taken for a place of the template.
    for (qsizetype open = text.indexOf(u"{{"_s); open >= 0; open = text.indexOf(u"{{"_s, from)) {
        const qsizetype close = text.indexOf(u"}}"_s, open);
        const QString place = text.mid(open + 2, close - open - 2);
        PT_ASSERT(close > 0 && words.contains(place), "every place of a template has its word");
        out += QStringView(text).mid(from, open - from);
        out += words.value(place);
        from = close + 2;
    }
    out += QStringView(text).mid(from);
    return out;
}

QString asHtml(const QString &text)
{
    return text.simplified().toHtmlEscaped();
}

QString placeHtml(const QString &placeName)
{
    QString parts = u"<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>"_s;
    for (const PlacePart &part : splitPlaceName(placeName)) {
        parts += u"<td valign=\"top\" style=\"padding:0 20px 0 0\"><p class=\"quiet\" style=\"margin:0;font-size:12px;"
                 "line-height:16px;color:#5b6174\">%1</p><p class=\"ink\" style=\"margin:1px 0 0 0;font-size:19px;"
                 "line-height:25px;font-weight:bold;color:#171b2e\">%2</p></td>"_s.arg(asHtml(part.label),
                                                                                       asHtml(part.value));
    }
    return parts + u"</tr></table>"_s;
}

QString dotted(QStringList parts)
{
    parts.removeAll(QString());
    return parts.join(u" \u00B7 "_s);
}

MailFile calendarAttachment(CalendarEntry entry, const MailAddress &organizer, const QString &fileName)
{
    entry.organizerName = organizer.name;
    entry.organizerAddress = organizer.address;
    return {.fileName = fileName,
            .contentType = "text/calendar; charset=utf-8; method=" + entry.method(),
            .bytes = calendarFile(entry)};
}

} // namespace parterre::server
