#pragma once

#include "receipts/receiptsheet.h"

#include <optional>

namespace parterre::server {

class Transaction;

namespace receipts {

/// Gives the order the next number of its venue in the year of the venue's calendar, right before the commit: the
/// counter's row stays locked until then, which is what leaves no gap, and all sales want it.
void issue(Transaction &transaction, const OrderId &order, Instant now);

struct IssuedReceipt
{
    QString owner; ///< Of the order.
    ReceiptSheet sheet;
};
/// Nothing for an order that is not there; a sheet without a number for one that has no receipt.
[[nodiscard]] std::optional<IssuedReceipt> find(Transaction &transaction, const OrderId &order);

} // namespace receipts

} // namespace parterre::server
