#pragma once

#include "base/clock.h"

#include <QString>

namespace parterre::ui {

/// `Tue 24 Nov 2026, 19:30` in the venue's own time zone, whatever the desk's is.
[[nodiscard]] QString startText(Instant instant, const QString &timeZone);

} // namespace parterre::ui
