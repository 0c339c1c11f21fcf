#pragma once

#include "checkout/orderrepository.h"

#include <optional>

/// Promotion codes: which there are, and how often each was used.
///
/// A use is counted when the payment begins, in the transaction that freezes the hold and under the lock of the
/// promotion's row, and given back when the payment fails. So the last use is never sold twice, and nobody who was
/// charged is told that the code was used up meanwhile.
namespace parterre::server::promotions {

struct PromotionRow
{
    PromotionId id;
    Promotion promotion;
    int used = 0;
};

/// The code as somebody typed it, at the venue of the performance. Its `performances` are this one, or none at all.
/// InvalidInput at /promotion where there is none or it is not good for this performance and moment.
[[nodiscard]] Result<PromotionRow> find(Transaction &transaction, const PerformanceId &performance,
                                        const QString &typed, Instant now);
/// Whether there are uses left for this customer, without a lock: so that a buyer learns it before the payment. What
/// the same customer has used in orders of the same owner does not count, since the new order may be one that they are
/// exchanged for.
[[nodiscard]] Status checkUses(Transaction &transaction, const PromotionRow &promotion, const QString &customer,
                               const QString &owner);

/// Locks the promotion of the order and refuses with WrongState at /promotion where no use is left; nothing is written.
/// The use of `exchanged`, of which everything is given back for this order, counts as left.
[[nodiscard]] Status lockUses(Transaction &transaction, const OrderRow &order, const OrderRow *exchanged = nullptr);
/// Counts the order's use, or takes over that of `exchanged`; after lockUses(). Both do nothing for an order without a
/// code.
void redeem(Transaction &transaction, const OrderRow &order, Instant now, const OrderRow *exchanged = nullptr);
/// The payment has failed, or nothing of the order is sold any more: whoever waits for the use may have it.
void giveBack(Transaction &transaction, const OrderId &order);
/// The payment of an exchange has failed: a use that was taken over is that of `exchanged` again, any other is free.
void giveBackAfterExchange(Transaction &transaction, const OrderId &order, const OrderRow &exchanged);
/// Locks the promotions of two orders by id, where a transaction is going to change both after it has locked places.
void lockOf(Transaction &transaction, const OrderRow &order, const OrderRow &exchanged);

/// Who counts as one customer: the e-mail, or who orders where there is none.
[[nodiscard]] QString customerOf(const Buyer &buyer, const QString &owner);

} // namespace parterre::server::promotions
