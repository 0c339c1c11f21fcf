#pragma once

#include "base/clock.h"

#include <QByteArray>
#include <QString>

#include <optional>

/// One evening as an entry of a calendar (RFC 5545).
namespace parterre {

/// How long an entry lasts whose performance does not say when it ends: a calendar shows one without length as nothing.
inline constexpr std::chrono::minutes calendarEntryMinutes{150};
/// How long before the start a calendar reminds of it.
inline constexpr std::chrono::minutes calendarReminderMinutes{180};
/// Octets of a line without its CRLF (RFC 5545 section 3.1).
inline constexpr int calendarLineOctetsMax = 75;

struct CalendarEntry
{
    QString uid;      ///< The same for every version of one entry; unique in the world, e.g. `<order>@host`.
    Instant stamp{};  ///< When this version was made.
    int sequence = 0; ///< Counts the versions; a calendar keeps the highest.
    Instant startsAt{};
    std::optional<Instant> endsAt{}; ///< After startsAt; else calendarEntryMinutes later.
    QString summary{};
    QString location{};
    QString description{};
    QString url{}; ///< An address without spaces; left out where it is empty.
    QString organizerName{};
    QString organizerAddress{}; ///< Of whom the mail is that brings it, as RFC 5546 asks; empty: no mail does.
    bool isCancelled = false;   ///< A calendar takes the entry out that it has under this uid.

    /// What a calendar is to do with it (RFC 5546 section 1.4).
    [[nodiscard]] QByteArray method() const { return isCancelled ? "CANCEL" : "PUBLISH"; }
};

/// The whole file, as bytes for `text/calendar; charset=utf-8`. Times are UTC, which needs no VTIMEZONE and is shown in
/// the reader's own zone. Whatever the texts hold, they stay inside their property: control characters but the line
/// break are dropped.
[[nodiscard]] QByteArray calendarFile(const CalendarEntry &entry);

} // namespace parterre
