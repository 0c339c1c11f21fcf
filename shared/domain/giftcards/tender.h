#pragma once

#include "domain/giftcards/decidegiftcard.h"
#include "domain/pricing/charges.h"

#include <vector>

/// An order that is paid in several ways at once (docs/giftcards.md): gift cards first, then cash, then a card for the
/// rest. Everything is taken in the transaction that confirms the sale, or nothing is.
namespace parterre {

/// What a gift card or voucher is to pay.
struct GiftCardTender
{
    QString code;                  ///< As it was typed.
    std::optional<Money> amount{}; ///< None: as much as it has and as is due.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("code", code, {.charactersMax = limits::giftCardCodeTypedMax, .charactersMin = 1});
        fields("amount", amount, {.min = 1});
    }
};

struct PayInParts
{
    PaymentId payment;
    OrderId order;
    std::vector<GiftCardTender> giftCards{}; ///< May be none where cash and a card pay together.
    std::optional<Money> cash{};             ///< What the customer hands over; beside a terminal, what of it is cash.
    std::optional<QString> terminal{};       ///< Of the box office, for the rest.
    std::optional<QString> cardToken{};      ///< Or the provider's token for a card. Neither is asked for nothing.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("order", order);
        fields.optional("gift_cards", giftCards, {.countMax = limits::giftCardsPerPaymentMax});
        fields("cash", cash, {.min = 1});
        fields("terminal", terminal, {.charactersMax = limits::terminalNameCharactersMax, .charactersMin = 1});
        fields("card_token", cardToken, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
    }
};

/// Who pays how much. One payment leads: it is the one that the provider is asked for, and the others share its end.
struct TenderPlan
{
    std::vector<Money> giftCards; ///< By each card, in the order of the command; none is nothing.
    Money cash;                   ///< Beside a card.
    PaymentMethod lead = PaymentMethod::GiftCard;
    Money rest;     ///< By the one that leads, where that is no gift card.
    Money rounding; ///< Where cash leads: what the drawer takes more or less than the rest.
    Money tendered; ///< In cash.
    Money change;
};

/// AmountMismatch whose `details.due` says what is left where nothing pays the rest; InvalidInput for a card that
/// nothing is left for. `cashStep` is the smallest coin.
[[nodiscard]] Result<TenderPlan> decideTender(const Money &total, const std::vector<GiftCardFacts> &cards,
                                              const PayInParts &command, Instant now, int cashStep = 1);

} // namespace parterre
