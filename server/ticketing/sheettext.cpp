#include "ticketing/sheettext.h"

#include <QDateTime>
#include <QHash>
#include <QLocale>
#include <QTimeZone>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

QDateTime localTime(Instant instant, const QString &zoneName)
{
    const QTimeZone zone(zoneName.toLatin1());
    const qint64 milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant).time_since_epoch().count();
    return zone.isValid() ? QDateTime::fromMSecsSinceEpoch(milliseconds, zone)
                          : QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC);
}

} // namespace

QString dateText(const TicketSheet &sheet)
{
    return QLocale(QLocale::English, QLocale::UnitedKingdom)
        .toString(localTime(sheet.startsAt, sheet.timeZone), u"dddd d MMMM yyyy"_s);
}

QString timeText(const TicketSheet &sheet)
{
    QString text = localTime(sheet.startsAt, sheet.timeZone).toString(u"HH:mm"_s);
    if (!QTimeZone(sheet.timeZone.toLatin1()).isValid())
        text += u" UTC"_s;
    return text;
}

QString doorsText(const TicketSheet &sheet)
{
    return sheet.doorsAt ? u"Doors open "_s + localTime(*sheet.doorsAt, sheet.timeZone).toString(u"HH:mm"_s)
                         : QString();
}

QString priceText(const Money &price)
{
    static const QHash<QString, QString> signs{{u"GBP"_s, u"£"_s}, {u"EUR"_s, u"€"_s}, {u"USD"_s, u"$"_s}};
    const QString sign = signs.value(price.currency().code());
    return sign.isEmpty() || price.isNegative() ? price.plainText() : sign + price.numberText();
}

} // namespace parterre::server
