#pragma once

#include "domain/checkout/order.h"

#include <optional>
#include <vector>

/// Places for other places, of this performance or another (docs/refunds.md).
namespace parterre {

/// In one step: lines of an order are given back, and an open order of the same party is sold instead. What the new
/// places cost more is paid in cash or by card, what they cost less goes back as in a refund.
struct ExchangeOrder
{
    OrderId order;          ///< The new one, which is open.
    OrderId from;           ///< The order whose places are given back.
    std::vector<int> lines; ///< Numbers of its lines; none for all that are not given back yet.
    RefundId refund;        ///< Of these lines.
    QString reason;
    PaymentId payment;                  ///< Of the difference.
    std::optional<Money> tendered{};    ///< Cash for the difference; at least that.
    std::optional<QString> cardToken{}; ///< Or a card for it.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("order", order);
        fields("from", from);
        fields.optional("lines", lines, {.min = 1, .max = limits::orderLinesMax, .countMax = limits::orderLinesMax});
        fields("refund", refund);
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
        fields("payment", payment);
        fields("tendered", tendered, {.min = 0});
        fields("card_token", cardToken, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
    }
};

} // namespace parterre
