#pragma once

#include "domain/checkout/order.h"
#include "domain/giftcards/tender.h"

#include <optional>
#include <vector>

/// Places for other places, of this performance or another (docs/refunds.md).
namespace parterre {

/// In one step: lines of an order are given back, and an open order of the same party is sold instead. What the new
/// places cost more is paid as any order is, also in several ways; what they cost less goes back as in a refund.
struct ExchangeOrder
{
    OrderId order;          ///< The new one, which is open.
    OrderId from;           ///< The order whose places are given back.
    std::vector<int> lines; ///< Numbers of its lines; none for all that are not given back yet.
    RefundId refund;        ///< Of these lines.
    QString reason;
    PaymentId payment;                  ///< Of the difference.
    std::optional<Money> tendered{};    ///< Cash for it; beside a card, what of it is paid in cash.
    std::optional<QString> cardToken{}; ///< A card for what is left of it.
    std::vector<GiftCardTender> giftCards{};
    std::optional<QString> terminal{}; ///< Of the box office, for what is left of it.

    /// The tender of the difference, as an order's.
    [[nodiscard]] PayInParts tender() const
    {
        return {.payment = payment,
                .order = order,
                .giftCards = giftCards,
                .cash = tendered,
                .terminal = terminal,
                .cardToken = cardToken};
    }

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
        fields.optional("gift_cards", giftCards, {.countMax = limits::giftCardsPerPaymentMax});
        fields("terminal", terminal, {.charactersMax = limits::terminalNameCharactersMax, .charactersMin = 1});
    }
};

} // namespace parterre
