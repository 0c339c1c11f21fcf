#include "base/clock.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QTimeZone>

namespace parterre {

using namespace Qt::StringLiterals;

QString instantToText(Instant instant)
{
    const auto micros = instant.time_since_epoch().count();
    const qint64 fraction = ((micros % 1'000'000) + 1'000'000) % 1'000'000;
    const auto time = QDateTime::fromSecsSinceEpoch((micros - fraction) / 1'000'000, Qt::UTC);
    QString text = time.toString(u"yyyy-MM-ddTHH:mm:ss"_s);
    if (fraction != 0)
        text += u'.' + QString::number(fraction).rightJustified(6, u'0');
    return text + u'Z';
}

std::optional<Instant> instantFromText(const QString &text)
{
    static const QRegularExpression pattern(
        u"\\A(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{1,6})\\d*)?(?:[Zz]|([+-])(\\d\\d):(\\d\\d))\\z"_s);
    if (text.size() > 40)
        return std::nullopt;
    const auto match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QDate date = QDate::fromString(match.captured(1), u"yyyy-MM-dd"_s);
    const QTime time = QTime::fromString(match.captured(2), u"HH:mm:ss"_s);
    const int offsetHours = match.captured(5).toInt();
    const int offsetMinutes = match.captured(6).toInt();
    if (!date.isValid() || !time.isValid() || offsetHours > 23 || offsetMinutes > 59)
        return std::nullopt;
    qint64 seconds = QDateTime(date, time, Qt::UTC).toSecsSinceEpoch();
    const qint64 offset = offsetHours * 3600 + offsetMinutes * 60;
    seconds -= match.captured(4) == u"-" ? -offset : offset;
    // What an offset carries out of the years 1 to 9999 could not be written again.
    static const qint64 first = QDateTime(QDate(1, 1, 1), QTime(0, 0), Qt::UTC).toSecsSinceEpoch();
    static const qint64 end = QDateTime(QDate(10'000, 1, 1), QTime(0, 0), Qt::UTC).toSecsSinceEpoch();
    if (seconds < first || seconds >= end)
        return std::nullopt;
    const qint64 fraction = match.captured(3).leftJustified(6, u'0').toLongLong();
    return Instant(std::chrono::microseconds(seconds * 1'000'000 + fraction));
}

Instant SystemClock::now() const
{
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace parterre
