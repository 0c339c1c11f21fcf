#pragma once

#include "aftersale/refundrepository.h"
#include "checkout/salesteps.h"

#include <optional>

/// What happens to a sale that is given back, inside one transaction: places, tickets, order, money and fact move
/// together or not at all. The lock order is that of 0001_first_sale.sql.
namespace parterre::server::refundsteps {

/// The order with its row locked, after its hold's: whoever else changes it, waits.
[[nodiscard]] std::optional<OrderRow> lockOrder(Transaction &transaction, const OrderId &order);
/// The order as the rules of a refund want to know it. It is locked, and its payments are from now on, as with
/// refunds::lockPaidParts(): before its places.
[[nodiscard]] SoldOrder soldOrder(Transaction &transaction, const OrderRow &order,
                                  const std::vector<GiftCardId> &otherCards = {});

/// What is written of a refund but for the places: its rows, its order, the tickets and the fact.
void writeRefund(Transaction &transaction, OrderRow &order, const RefundRow &refund, const RefundPlan &plan);
/// Gives back what the plan says, under the order's lock.
void giveBack(Transaction &transaction, OrderRow &order, const RefundRow &refund, const RefundPlan &plan);

} // namespace parterre::server::refundsteps
