#pragma once

#include "domain/checkout/order.h"

#include <QString>

namespace parterre::ui {

/// `to the card`, `in cash`, with how far it is where that is worth a word.
[[nodiscard]] QString repaymentText(const RepaymentView &repayment);
/// What was given back of an order, when, by whom and why, as rows of the order's table; empty where nothing was.
[[nodiscard]] QString refundRows(const OrderView &order, const QString &mutedColor);
/// Those that have a credit note: what was worth nothing has none.
[[nodiscard]] std::vector<RefundView> refundsWithNote(const OrderView &order);
/// Until when its buyer may give places back; empty where never.
[[nodiscard]] QString refundableText(const OrderView &order);
/// Of the lines that are sold.
[[nodiscard]] Money soldValue(const OrderView &order);

} // namespace parterre::ui
