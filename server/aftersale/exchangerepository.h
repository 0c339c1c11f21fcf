#pragma once

#include "checkout/orderrepository.h"
#include "domain/aftersale/decideaftersale.h"

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// One row of `exchange`.
struct ExchangeRow
{
    OrderId order; ///< The new one.
    OrderId from;
    RefundId refund;
    std::vector<int> lines; ///< Of the old order, ascending.
    QString reason;
    QString principal;
    bool isAtDesk = true; ///< Else its buyer does it: cash that goes back is kept for them.
};

/// The rows of exchanges. They are made and changed under the locks of both orders.
namespace exchanges {

/// The exchange waits for its payment, and its lines are nobody else's meanwhile.
void begin(Transaction &transaction, OrderRow &order, const ExchangeRow &exchange, Instant now);
/// With another refund where its own id has become that of a refund meanwhile.
[[nodiscard]] ExchangeRow pending(Transaction &transaction, const OrderId &order);
void finish(Transaction &transaction, const ExchangeRow &exchange, Instant now);
/// Its payment failed: the order costs what it costs, and the old places stay sold.
void callOff(Transaction &transaction, OrderRow &order, Instant now);
/// Lines of an old order whose exchange waits for its payment.
[[nodiscard]] std::vector<int> linesInExchange(Transaction &transaction, const OrderId &from);

/// Writes what a payment of the old order pays of the new one, and enters it: a transfer of its own.
void insertCredit(Transaction &transaction, const ExchangeRow &exchange, const ExchangeCredit &credit);
/// Where the places of this order come from.
[[nodiscard]] std::optional<ExchangeOrigin> origin(Transaction &transaction, const OrderId &order);

} // namespace exchanges

} // namespace parterre::server
