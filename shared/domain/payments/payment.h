#pragma once

#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"

#include <array>

/// One attempt to pay for an order (design section 4):
///
///     created --> authorising --> authorised --> captured
///                 authorising --> requires_action | declined | in_doubt     authorised --> cancelled | in_doubt
///                 requires_action --> authorised | captured | declined | cancelled | in_doubt
///                 in_doubt --> requires_action | authorised | captured | declined | cancelled
///
/// In requires_action the buyer's bank asks the holder of the card (3-D Secure), and the payment waits for that.
/// Cash goes from created to captured in one step. decidePayment() is the only way from one state to another; the
/// payments service calls it inside the transaction that writes what follows from it.
namespace parterre {

namespace limits {
inline constexpr int tendersMax = 8;                 ///< Of one order: five gift cards, cash and a card.
inline constexpr int actionUrlCharactersMax = 2'048; ///< What every browser and proxy takes.
inline constexpr int terminalNameCharactersMax = 32;
} // namespace limits

enum class PaymentMethod {
    Cash,
    Card,     ///< By a token of the provider's, from the shop or the API.
    Terminal, ///< The card is in a terminal of the box office.
    GiftCard, ///< Or a voucher (docs/giftcards.md).
};

template <>
struct EnumNames<PaymentMethod>
{
    static constexpr auto names = std::to_array<std::pair<PaymentMethod, const char *>>({
        {PaymentMethod::Cash, "cash"},
        {PaymentMethod::Card, "card"},
        {PaymentMethod::Terminal, "terminal"},
        {PaymentMethod::GiftCard, "gift_card"},
    });
};

enum class PaymentState { Created, Authorising, RequiresAction, Authorised, Captured, Declined, Cancelled, InDoubt };

template <>
struct EnumNames<PaymentState>
{
    static constexpr auto names = std::to_array<std::pair<PaymentState, const char *>>({
        {PaymentState::Created, "created"},
        {PaymentState::Authorising, "authorising"},
        {PaymentState::RequiresAction, "requires_action"},
        {PaymentState::Authorised, "authorised"},
        {PaymentState::Captured, "captured"},
        {PaymentState::Declined, "declined"},
        {PaymentState::Cancelled, "cancelled"},
        {PaymentState::InDoubt, "in_doubt"},
    });
};

/// WrongState where the machine has no such arrow. Staying where one is, is allowed: news may arrive twice.
[[nodiscard]] Result<PaymentState> decidePayment(PaymentState from, PaymentState to);
/// True when nothing more will happen to the attempt.
[[nodiscard]] bool isSettled(PaymentState state);

struct PayCash
{
    PaymentId payment;
    OrderId order;
    Money tendered; ///< What the customer handed over; at least the total.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("order", order);
        fields("tendered", tendered, {.min = 0});
    }
};

struct PayCard
{
    PaymentId payment;
    OrderId order;
    QString cardToken; ///< The provider's token for the card; a card number never reaches us.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("order", order);
        fields("card_token", cardToken, {.charactersMax = limits::tokenCharactersMax, .charactersMin = 1});
    }
};

struct PayTerminal
{
    PaymentId payment;
    OrderId order;
    QString terminal; ///< Its name.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("payment", payment);
        fields("order", order);
        fields("terminal", terminal, {.charactersMax = limits::terminalNameCharactersMax, .charactersMin = 1});
    }
};

/// One of the ways in which an order was paid, or is being paid.
struct TenderView
{
    PaymentMethod method = PaymentMethod::Cash;
    Money amount;
    QString lastFour; ///< Of a gift card's code.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("method", method);
        fields("amount", amount);
        fields.optional("last_four", lastFour);
    }
};

/// The change due for cash: AmountMismatch with both amounts in words where less than `total` was handed over.
[[nodiscard]] Result<Money> cashChange(const Money &total, const Money &tendered);

} // namespace parterre
