#pragma once

#include "base/result.h"
#include "load/histogram.h"

#include <QString>

namespace parterre::bench {

/// What became of the mails of confirmed orders.
struct Mails
{
    int waiting = 0; ///< Orders whose mail is not sent yet, or not even written down.
    int failed = 0;
    Histogram after{}; ///< How long after its order was confirmed each mail left.
};

[[nodiscard]] Result<Mails> mailsOf(const QString &dsn);

} // namespace parterre::bench
