#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <QString>

#include <vector>

namespace parterre::bench {

/// In place of the server's five minutes: what a server died in is settled in the time of a drill.
inline constexpr Seconds drillPaymentDeadline{4};

/// Payments and repayments without an end, and refunds of cancelled performances, become due now, if nothing was heard
/// of them for so long; returns how many have no end.
[[nodiscard]] Result<int> hurryPayments(const QString &dsn, Seconds silence = drillPaymentDeadline);
/// Nobody comes back from their bank any more: the minutes that payments wait for that are over.
[[nodiscard]] Status letHoldersGo(const QString &dsn);

/// How many of these events the server has taken down, whether it was told of them for the first time or not.
[[nodiscard]] Result<int> eventsHeard(const QString &dsn, const std::vector<QString> &events);

/// Cuts all connections to the server's database but ours, as a firewall or an administrator does.
[[nodiscard]] Status cutConnections(const QString &dsn);

/// Has PostgreSQL begin one file of its log after the other, until it finds no room for the next and gives up.
void useUpLog(const QString &dsn);

} // namespace parterre::bench
