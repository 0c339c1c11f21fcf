#pragma once

#include "checkout/orderrepository.h"
#include "domain/aftersale/decideaftersale.h"

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// One row of `refund` with its lines.
struct RefundRow
{
    RefundId id;
    OrderId order;
    RefundCause cause = RefundCause::Desk;
    QString reason;
    QString principal; ///< Who answers for it.
    Money amount;
    std::vector<int> lines;
};

/// One row of `repayment`, with what its provider has to know.
struct RepaymentRow
{
    RepaymentId id;
    RefundId refund;
    OrderId order; ///< Of the refund; the payment's may be another.
    PaymentRow payment;
    RepaymentState state = RepaymentState::Created;
    Money amount;
    Money rounding; ///< What a drawer gives more or less, where the repayment is made in cash.
    QString providerReference;
    QString failure;
    int attempts = 0; ///< How often the provider was asked.
};

/// The rows of refunds and repayments, and what they mean in the ledger. A refund is made under the lock of its order;
/// repayments are locked after it in the order of 0001_first_sale.sql.
namespace refunds {

/// What is left of the payments of an order, the oldest first; each is locked, since other orders may have a part of
/// it. So are its gift cards and the others that the transaction is going to change: all at once, since they go by id.
[[nodiscard]] std::vector<PaidPart> lockPaidParts(Transaction &transaction, const OrderId &order, Currency currency,
                                                  const std::vector<GiftCardId> &otherCards = {});

/// Written, or meant by an exchange, but for that of `exchange`, a new order, which may be begun again with it.
[[nodiscard]] bool isKnown(Transaction &transaction, const RefundId &refund, const OrderId &exchange = {});
void insert(Transaction &transaction, const RefundRow &refund, Instant now);
/// Writes the repayment and enters it: the sale is taken back, and the money leaves the account that it came into. One
/// transfer, under the repayment's id.
void insertRepayment(Transaction &transaction, const RefundRow &refund, const PlannedRepayment &planned, Instant now);

[[nodiscard]] std::optional<RepaymentRow> findRepayment(Transaction &transaction, const RepaymentId &repayment);
[[nodiscard]] std::optional<RepaymentRow> lockRepayment(Transaction &transaction, const RepaymentId &repayment);
/// Writes state, provider reference and failure.
void updateRepayment(Transaction &transaction, const RepaymentRow &repayment, Instant now);
/// Repayments that these providers are to be asked for; each is counted and put off, so that two nodes do not ask at
/// once.
[[nodiscard]] std::vector<RepaymentRow> claimDue(Transaction &transaction, const std::vector<QString> &providers,
                                                 int countMax);
/// It has not begun again, and is due at once.
void askAgain(Transaction &transaction, const RepaymentId &repayment, Instant now);
/// The money leaves the drawer instead of where it was entered before; a transfer of its own.
void payOut(Transaction &transaction, const RepaymentRow &repayment, const QString &principal, const QString &note,
            Instant now);

/// Refunds of an order with their repayments, the oldest first.
[[nodiscard]] std::vector<RefundView> ofOrder(Transaction &transaction, const OrderId &order);
/// What waits for the provider, for a supervisor or for the customer, the oldest first.
[[nodiscard]] std::vector<OpenRepayment> open(Transaction &transaction, int countMax);

/// The tickets of these lines are void, and their seats are no sold places any more.
void voidTickets(Transaction &transaction, const OrderId &order, const std::vector<int> &lines);
void removeSoldPlaces(Transaction &transaction, const OrderId &order, const std::vector<int> &lines);
/// The fact `order.refunded`.
void tellOutbox(Transaction &transaction, const OrderRow &order, const RefundRow &refund, Instant now);

} // namespace refunds

} // namespace parterre::server
