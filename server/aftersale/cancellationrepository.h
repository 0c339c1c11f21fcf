#pragma once

#include "domain/aftersale/cancellation.h"

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// The rows of cancelled performances and of their orders that are to be refunded.
namespace cancellations {

struct Row
{
    PerformanceId performance;
    QString reason;
    QString principal;
};

/// False where the performance was cancelled before.
bool insert(Transaction &transaction, const Row &cancellation, Instant now);
/// Those that are not finished, the oldest first.
[[nodiscard]] std::vector<Row> running(Transaction &transaction);
/// The newest first, with the title and start of each, for people.
struct Listed
{
    PerformanceId performance;
    QString title;
    QString startsAt; ///< In the venue's zone.
};
[[nodiscard]] std::vector<Listed> newest(Transaction &transaction, int countMax);
/// Nothing where the performance was not cancelled. `isPaused` is what its view says while it runs.
[[nodiscard]] std::optional<CancellationView> view(Transaction &transaction, const PerformanceId &performance,
                                                   bool isPaused);

/// Sets the end of live holds to now, so that they end as those do whose time is over; returns which.
[[nodiscard]] std::vector<HoldId> endHolds(Transaction &transaction, const PerformanceId &performance, int countMax);
/// Lists the orders with sold places that are not listed yet.
void listOrders(Transaction &transaction, const PerformanceId &performance);
/// Orders to be refunded, for this server alone for a while.
[[nodiscard]] std::vector<OrderId> claimOrders(Transaction &transaction, const PerformanceId &performance,
                                               int countMax);
void orderIsRefunded(Transaction &transaction, const OrderId &order, Instant now);
/// Closes it where nothing is left that could still be sold or refunded. True where it is closed.
bool finish(Transaction &transaction, const PerformanceId &performance);

} // namespace cancellations

} // namespace parterre::server
