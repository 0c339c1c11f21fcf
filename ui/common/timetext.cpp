#include "common/timetext.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

namespace parterre::ui {

using namespace Qt::StringLiterals;

QString startText(Instant instant, const QString &timeZone)
{
    const qint64 milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
    const QTimeZone zone(timeZone.toLatin1());
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(milliseconds, zone.isValid() ? zone : QTimeZone::utc());
    return QLocale().toString(time, u"ddd d MMM yyyy, HH:mm"_s);
}

} // namespace parterre::ui
