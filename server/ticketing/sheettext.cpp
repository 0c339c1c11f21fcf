#include "ticketing/sheettext.h"

#include <QDateTime>
#include <QHash>
#include <QLocale>
#include <QTimeZone>

#include <map>
#include <utility>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// A moment as the people of a place say it.
struct SaidMoment
{
    QString date;
    QString time;
    bool isInZone = true; ///< Else the zone is not known here, and both are of UTC.
};

/// All tickets of an evening say the same moments a dozen times each, and each took as long as signing a ticket.
const SaidMoment &said(Instant instant, const QString &zoneName)
{
    constexpr size_t keptMax = 1'000;
    static thread_local std::map<std::pair<Instant, QString>, SaidMoment> known;
    const auto found = known.find({instant, zoneName});
    if (found != known.end())
        return found->second;
    if (known.size() >= keptMax)
        known.clear();
    const QTimeZone zone(zoneName.toLatin1());
    const qint64 milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant).time_since_epoch().count();
    const QDateTime local = zone.isValid() ? QDateTime::fromMSecsSinceEpoch(milliseconds, zone)
                                           : QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC);
    return known
        .insert({{instant, zoneName},
                 {.date = QLocale(QLocale::English, QLocale::UnitedKingdom).toString(local, u"dddd d MMMM yyyy"_s),
                  .time = local.toString(u"HH:mm"_s),
                  .isInZone = zone.isValid()}})
        .first->second;
}

} // namespace

QString dateText(const TicketSheet &sheet)
{
    return said(sheet.startsAt, sheet.timeZone).date;
}

QString timeText(const TicketSheet &sheet)
{
    const SaidMoment &starts = said(sheet.startsAt, sheet.timeZone);
    return starts.isInZone ? starts.time : starts.time + u" UTC"_s;
}

QString doorsText(const TicketSheet &sheet)
{
    return sheet.doorsAt ? u"Doors open "_s + said(*sheet.doorsAt, sheet.timeZone).time : QString();
}

QString priceText(const Money &price)
{
    static const QHash<QString, QString> signs{{u"GBP"_s, u"£"_s}, {u"EUR"_s, u"€"_s}, {u"USD"_s, u"$"_s}};
    const QString sign = signs.value(price.currency().code());
    return sign.isEmpty() || price.isNegative() ? price.plainText() : sign + price.numberText();
}

} // namespace parterre::server
