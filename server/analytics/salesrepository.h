#pragma once

#include "base/clock.h"
#include "base/ids.h"

#include <vector>

namespace parterre::server {

class Transaction;

namespace analytics {

/// Takes a lock on the fact, so that two who are told it at once count it once. Of a sale or of a refund.
[[nodiscard]] bool isCounted(Transaction &transaction, qint64 fact);
/// Writes one row for each place of the order as it was sold. Returns how many.
[[nodiscard]] qint64 countSale(Transaction &transaction, qint64 fact, const OrderId &order, Instant soldAt);

struct ToldSale
{
    qint64 fact = 0;
    OrderId order;
    Instant at{};
};
/// As isCounted() and countSale(), for many, by ascending fact. Returns the facts that are counted now.
[[nodiscard]] std::vector<qint64> countSales(Transaction &transaction, const std::vector<ToldSale> &sales);

/// Writes one row for each place that went back by the refund. Returns how many.
[[nodiscard]] qint64 countRefund(Transaction &transaction, qint64 fact, const RefundId &refund, Instant refundedAt);

} // namespace analytics

} // namespace parterre::server
