#pragma once

#include "domain/checkout/order.h"

#include <QString>

#include <vector>

namespace parterre::ui {

/// What a cart costs, with what is in the sum: as the server will price it, or as it has quoted it.
struct CartCost
{
    Money prices;   ///< Of all tickets, as the list has them.
    Money discount; ///< Off them: of a promotion, comps and other prices.
    QString promotion;
    std::vector<FeeSum> fees;
    Money taxAdded; ///< To the prices; a tax that is added to a fee is in the fee.
    std::vector<TaxSum> taxes;
    Money total;
    Money rounding; ///< What a drawer takes more or less.

    [[nodiscard]] Money cashDue() const { return total + rounding; }
};

/// Prices the cart by the same rule as the server. A line without a price counts nothing: such a cart cannot be paid.
[[nodiscard]] CartCost cartCost(const PerformanceDetail &performance, const std::vector<HeldPlace> &held,
                                const std::vector<OrderLineRequest> &lines);
[[nodiscard]] CartCost cartCost(const OrderQuote &quote, int cashStep);
/// What a made order cost; its rounding is the order's own.
[[nodiscard]] CartCost cartCost(const OrderView &order);

/// The rows between the tickets and the total, such as fees, with their amounts; none where the tickets are all.
[[nodiscard]] std::vector<std::pair<QString, Money>> costRows(const CartCost &cost);
/// `of which VAT 20 %` with its amount.
[[nodiscard]] std::vector<std::pair<QString, Money>> taxRows(const std::vector<TaxSum> &taxes);
/// Rows as a table of rich text in a muted colour; empty for none.
[[nodiscard]] QString rowsHtml(const std::vector<std::pair<QString, Money>> &rows, const QString &color);

} // namespace parterre::ui
