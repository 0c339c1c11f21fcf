#include "domain/ticketing/calendar.h"

#include <QDateTime>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

/// RFC 5545 section 3.3.5, form 2.
QByteArray utc(Instant instant)
{
    const qint64 seconds = std::chrono::floor<Seconds>(instant).time_since_epoch().count();
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(u"yyyyMMdd'T'HHmmss'Z'"_s).toLatin1();
}

/// RFC 5545 section 3.3.11.
QByteArray escaped(const QString &text)
{
    QString safe;
    QString plain = text;
    plain.replace(u"\r\n"_s, u"\n"_s).replace(u'\r', u'\n');
    for (const QChar c : plain) {
        if (c == u'\n')
            safe += u"\\n"_s;
        else if (c == u'\\' || c == u';' || c == u',')
            safe += QString(u'\\') + c;
        else if (c.category() != QChar::Other_Control)
            safe += c;
    }
    return safe.toUtf8();
}

/// What has its own grammar and knows no escapes: spaces and controls cannot be in it.
QByteArray unspaced(const QString &text)
{
    QString safe;
    for (const QChar c : text) {
        if (!c.isSpace() && c.category() != QChar::Other_Control)
            safe += c;
    }
    return safe.toUtf8();
}

/// A parameter's value (RFC 5545 section 3.2), which knows no escapes: no quotes and no controls can be in it.
QByteArray quoted(const QString &text)
{
    QString safe;
    for (const QChar c : text.simplified()) {
        if (c.category() != QChar::Other_Control)
            safe += c == u'"' ? QChar(u'\'') : c;
    }
    return '"' + safe.toUtf8() + '"';
}

/// Folds at 75 octets, and never within a character.
void addLine(QByteArray &file, const QByteArray &line)
{
    qsizetype from = 0;
    int room = calendarLineOctetsMax;
    while (line.size() - from > room) {
        qsizetype end = from + room;
        while ((static_cast<uchar>(line.at(end)) & 0xC0) == 0x80)
            --end;
        file += line.mid(from, end - from) + "\r\n ";
        from = end;
        room = calendarLineOctetsMax - 1; // The space that says that a line goes on counts.
    }
    file += line.mid(from) + "\r\n";
}

} // namespace

QByteArray calendarFile(const CalendarEntry &entry)
{
    const Instant end =
        entry.endsAt && *entry.endsAt > entry.startsAt ? *entry.endsAt : entry.startsAt + calendarEntryMinutes;
    QByteArray file;
    for (const QByteArray line :
         {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Parterre//Box office//EN", "CALSCALE:GREGORIAN"})
        addLine(file, line);
    addLine(file, "METHOD:" + entry.method());
    addLine(file, "BEGIN:VEVENT");
    addLine(file, "UID:" + unspaced(entry.uid));
    addLine(file, "DTSTAMP:" + utc(entry.stamp));
    addLine(file, "SEQUENCE:" + QByteArray::number(entry.sequence));
    addLine(file, "DTSTART:" + utc(entry.startsAt));
    addLine(file, "DTEND:" + utc(end));
    addLine(file, "SUMMARY:" + escaped(entry.summary));
    if (!entry.location.isEmpty())
        addLine(file, "LOCATION:" + escaped(entry.location));
    if (!entry.description.isEmpty())
        addLine(file, "DESCRIPTION:" + escaped(entry.description));
    if (!entry.url.isEmpty())
        addLine(file, "URL:" + unspaced(entry.url));
    if (!entry.organizerAddress.isEmpty())
        addLine(file, "ORGANIZER;CN=" + quoted(entry.organizerName) + ":mailto:" + unspaced(entry.organizerAddress));
    addLine(file, entry.isCancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    if (!entry.isCancelled) {
        addLine(file, "BEGIN:VALARM");
        addLine(file, "ACTION:DISPLAY");
        addLine(file, "DESCRIPTION:" + escaped(entry.summary));
        addLine(file, "TRIGGER:-PT" + QByteArray::number(qint64(calendarReminderMinutes.count())) + "M");
        addLine(file, "END:VALARM");
    }
    addLine(file, "END:VEVENT");
    addLine(file, "END:VCALENDAR");
    return file;
}

} // namespace parterre
