#pragma once

#include "receipts/receiptsheet.h"

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;
struct RefundRow;

namespace receipts {

/// Gives the order the next number of its venue in the year of the venue's calendar, right before the commit: the
/// counter's row stays locked until then, which is what leaves no gap, and all sales want it.
void issue(Transaction &transaction, const OrderId &order, Instant now);
/// As issue(), for orders that are confirmed together, in their order.
void issueAll(Transaction &transaction, const std::vector<OrderId> &orders, Instant now);

/// As issue(), for what was given back; nothing where it is worth nothing.
void issueCreditNote(Transaction &transaction, const RefundRow &refund, Instant now);
/// `C-2026-000012`.
[[nodiscard]] QString creditNoteText(int year, int number);
/// Fills in the numbers that were taken after the view was made.
void nameCreditNotes(Transaction &transaction, OrderView &order);

/// What places that went back in an exchange paid of the new order.
struct ExchangedFor
{
    QString orderNumber;
    QString buyerEmail; ///< Of the new order.
    Money amount;
};
/// Nothing for a refund that is no exchange.
[[nodiscard]] std::optional<ExchangedFor> exchangedFor(Transaction &transaction, const RefundId &refund);

struct IssuedReceipt
{
    QString owner; ///< Of the order.
    ReceiptSheet sheet;
};
/// Nothing for an order that is not there; a sheet without a number for one that has no receipt.
[[nodiscard]] std::optional<IssuedReceipt> find(Transaction &transaction, const OrderId &order);
/// Nothing for a refund that is not there or that its order knows nothing of; a sheet without a number for one that has
/// no note.
[[nodiscard]] std::optional<IssuedReceipt> findCreditNote(Transaction &transaction, const RefundId &refund);

} // namespace receipts

} // namespace parterre::server
