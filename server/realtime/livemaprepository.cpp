#include "realtime/livemaprepository.h"

#include "db/transaction.h"

namespace parterre::server::livemap {

std::map<PerformanceId, qint64> numbers(Transaction &transaction, const std::vector<PerformanceId> &performances)
{
    std::map<PerformanceId, qint64> numbers;
    for (const auto &row : transaction.query(
             "select performance_id, seq from map_clock where performance_id = any($1::uuid[])", performances))
        numbers.emplace(id<PerformanceId>(row["performance_id"]), number(row["seq"]));
    return numbers;
}

} // namespace parterre::server::livemap
