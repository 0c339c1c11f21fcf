#pragma once

#include "base/ids.h"

#include <map>
#include <vector>

namespace parterre::server {

class Transaction;

namespace livemap {

/// The present number of each of these maps, in one statement; what is not there is left out.
[[nodiscard]] std::map<PerformanceId, qint64> numbers(Transaction &transaction,
                                                      const std::vector<PerformanceId> &performances);

} // namespace livemap

} // namespace parterre::server
