#pragma once

#include "base/result.h"
#include "edge/edge.h"

#include <functional>

namespace parterre::server {

/// Waits for a PostgreSQL that others run and that is not there yet: asks again after half a second, then twice as long
/// each time up to ten seconds, and says so in the log. Meanwhile every address of the server answers 503 with
/// Retry-After, `/healthz` and `/readyz` with them, so that who looks after it sees why.
///
/// Refuses where the address is taken, and where `isGivenUp`, which is asked ten times a second, says so. A connection
/// string that cannot be read is not waited for: what connects next says what is wrong with it.
[[nodiscard]] Status waitForDatabase(const QString &dsn, const EdgeConfig &address,
                                     const std::function<bool()> &isGivenUp);

} // namespace parterre::server
