#pragma once

#include "domain/checkout/order.h"

#include <QString>

#include <vector>

namespace parterre::server {

/// Who sells, from the season file; fields that it does not say are empty.
struct ReceiptSeller
{
    QString name;
    QString address; ///< Lines are parted by line feeds.
    QString taxNumber;
    QString registration;
    QString email;
};

struct ReceiptPayment
{
    QString what; ///< E.g. `Cash`, `Change`.
    Money amount;
};

/// All that stands on a receipt. Sums are those of the order, which kept them when it was made.
struct ReceiptSheet
{
    QString number; ///< E.g. `R-2026-000123`.
    Instant issuedAt;
    ReceiptSeller seller;
    OrderView order;
    std::vector<FeeSum> orderFees; ///< Of the order as a whole; those of its tickets stand in their lines.
    std::vector<ReceiptPayment> payments;
    /// Of a credit note: the receipt that it corrects, e.g. `R-2026-000123`. The order's lines are
    /// those that were given back then, its sums theirs, and the payments are what became of the money.
    QString corrects{};
};

} // namespace parterre::server
