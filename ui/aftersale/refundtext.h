#pragma once

#include "domain/checkout/order.h"

#include <QString>

namespace parterre::ui {

/// `to the card`, `in cash`, with how far it is where that is worth a word.
[[nodiscard]] QString repaymentText(const RepaymentView &repayment);
/// What was given back of an order, when, by whom and why, as rows of the order's table; empty where nothing was.
[[nodiscard]] QString refundRows(const OrderView &order, const QString &mutedColor);
/// Of the lines that are sold.
[[nodiscard]] Money soldValue(const OrderView &order);

} // namespace parterre::ui
