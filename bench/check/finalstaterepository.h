#pragma once

#include "base/result.h"
#include "check/finalstate.h"
#include "check/history.h"

namespace parterre::check {

/// Reads what the judge needs to know of the history's performances, in one snapshot that sees nothing half done.
/// `dsn` is libpq's. Refuses with Unavailable where the database does not answer, and with NotFound for a performance
/// that it does not have.
[[nodiscard]] Result<FinalState> readFinalState(const QString &dsn, const History &history);

} // namespace parterre::check
