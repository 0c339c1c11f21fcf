#pragma once

#include <QString>

#include <chrono>

namespace parterre::server {

/// Blocks until the PostgreSQL of this connection string accepts connections, for at most so long; false where it does
/// not. One that starts or recovers is waited for to the end of that time, since it tells us so; one that is silent,
/// because it has no socket yet or is not there at all, for `silentMax` only.
[[nodiscard]] bool waitUntilAccepting(const QString &dsn, std::chrono::seconds atMost,
                                      std::chrono::milliseconds silentMax = std::chrono::seconds(3));

/// Whether the connection string can be read, so that asking again may help.
[[nodiscard]] bool canBeAsked(const QString &dsn);

} // namespace parterre::server
