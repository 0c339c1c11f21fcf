#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <QString>

namespace parterre::bench {

/// Payments without an end become due now, if nothing was heard of them for so long, instead of at their deadline of
/// minutes; returns how many have no end.
[[nodiscard]] Result<int> hurryPayments(const QString &dsn, Seconds untouchedFor);

/// Cuts all connections to the server's database but ours, as a firewall or an administrator does.
[[nodiscard]] Status cutConnections(const QString &dsn);

} // namespace parterre::bench
