#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/jsonfields.h"
#include "base/money.h"
#include "domain/giftcards/giftcardcode.h"
#include "domain/payments/payment.h"

#include <array>
#include <optional>
#include <vector>

/// Gift cards, which are sold, and vouchers, which are given for nothing (docs/giftcards.md). Both are money that the
/// house owes to whoever has the code:
///
///     unpaid --the terminal has charged--> active <--blocked by a supervisor, and back--> blocked
///     unpaid --the terminal has not--> void
///
/// What is on a card is the sum of its movements, which are never changed. A payment that runs sets a part of it aside
/// and takes that when the sale is confirmed, or gives it free when the payment fails.
namespace parterre {

using GiftCardId = Id<struct GiftCardTag>;

namespace limits {
inline constexpr qint64 giftCardMinorUnitsMax = 1'000'000; ///< 10,000.00: more is no present, and a thief's favourite.
inline constexpr int giftCardDaysDefault = 3 * 365;
inline constexpr int giftCardDaysMax = 10 * 365;
inline constexpr int giftCardMovementsShownMax = 200;
inline constexpr int giftCardsPerPaymentMax = 5; ///< A birthday brings several.
} // namespace limits

enum class GiftCardKind {
    GiftCard, ///< Sold.
    Voucher,  ///< Given for nothing by a supervisor, with a reason.
};

template <>
struct EnumNames<GiftCardKind>
{
    static constexpr auto names = std::to_array<std::pair<GiftCardKind, const char *>>({
        {GiftCardKind::GiftCard, "gift_card"},
        {GiftCardKind::Voucher, "voucher"},
    });
};

enum class GiftCardState { Unpaid, Active, Blocked, Void };

template <>
struct EnumNames<GiftCardState>
{
    static constexpr auto names = std::to_array<std::pair<GiftCardState, const char *>>({
        {GiftCardState::Unpaid, "unpaid"},
        {GiftCardState::Active, "active"},
        {GiftCardState::Blocked, "blocked"},
        {GiftCardState::Void, "void"},
    });
};

enum class GiftCardMove {
    Issued,
    Reserved, ///< Set aside for a payment that runs.
    Released, ///< That payment failed.
    Redeemed, ///< It was confirmed.
    Refunded, ///< Places that the card had paid for came back.
};

template <>
struct EnumNames<GiftCardMove>
{
    static constexpr auto names = std::to_array<std::pair<GiftCardMove, const char *>>({
        {GiftCardMove::Issued, "issued"},
        {GiftCardMove::Reserved, "reserved"},
        {GiftCardMove::Released, "released"},
        {GiftCardMove::Redeemed, "redeemed"},
        {GiftCardMove::Refunded, "refunded"},
    });
};

struct GiftCardMovement
{
    GiftCardMove kind = GiftCardMove::Issued;
    Money amount;        ///< How the balance changes.
    Money reserved;      ///< How that part of it changes which is set aside.
    QString orderNumber; ///< Empty for the issue.
    Instant at;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("kind", kind);
        fields("amount", amount);
        fields("reserved", reserved);
        fields.optional("order_number", orderNumber);
        fields("at", at);
    }
};

/// A card as the box office sees it. Nobody sees its code a second time.
struct GiftCardView
{
    GiftCardId id;
    GiftCardKind kind = GiftCardKind::GiftCard;
    GiftCardState state = GiftCardState::Unpaid;
    QString lastFour; ///< Empty where nobody was shown a code yet.
    Money amount;     ///< What it was issued for.
    Money balance;
    Money reserved; ///< Of the balance, for payments that run.
    Instant expiresAt;
    Instant issuedAt;
    QString issuedBy;                          ///< The name of who did it.
    QString reason;                            ///< Of a voucher: why it was given.
    QString blockReason;                       ///< Blocked: why.
    std::vector<GiftCardMovement> movements{}; ///< The oldest first; of one card alone, not in lists.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("id", id);
        fields("kind", kind);
        fields("state", state);
        fields.optional("last_four", lastFour);
        fields("amount", amount);
        fields("balance", balance);
        fields("reserved", reserved);
        fields("expires_at", expiresAt);
        fields("issued_at", issuedAt);
        fields("issued_by", issuedBy);
        fields.optional("reason", reason, {.charactersMax = limits::noteCharactersMax});
        fields.optional("block_reason", blockReason, {.charactersMax = limits::noteCharactersMax});
        fields.optional("movements", movements, {.countMax = limits::giftCardMovementsShownMax});
    }
};

/// What whoever has the code may know.
struct GiftCardBalance
{
    GiftCardKind kind = GiftCardKind::GiftCard;
    GiftCardState state = GiftCardState::Active;
    QString lastFour;
    Money available; ///< What may be paid with it now: nothing of a card that is blocked or expired.
    Instant expiresAt;
    bool isExpired = false;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("kind", kind);
        fields("state", state);
        fields("last_four", lastFour);
        fields("available", available);
        fields("expires_at", expiresAt);
        fields("is_expired", isExpired);
    }
};

/// Sells a gift card for cash or by card, or gives a voucher for a reason.
struct IssueGiftCard
{
    GiftCardId card;
    GiftCardKind kind = GiftCardKind::GiftCard;
    Money amount;
    int daysValid = limits::giftCardDaysDefault;
    QString reason;                    ///< Of a voucher.
    PaymentId payment;                 ///< Of a gift card.
    std::optional<Money> tendered{};   ///< In cash; at least the amount.
    std::optional<QString> terminal{}; ///< Or at a card terminal of this name.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("card", card);
        fields("kind", kind);
        fields("amount", amount, {.min = 1, .max = limits::giftCardMinorUnitsMax});
        fields.optional("days_valid", daysValid, {.min = 1, .max = limits::giftCardDaysMax});
        fields.optional("reason", reason, {.charactersMax = limits::noteCharactersMax});
        fields("payment", payment);
        fields("tendered", tendered, {.min = 0});
        fields("terminal", terminal, {.charactersMax = limits::terminalNameCharactersMax, .charactersMin = 1});
    }
};

/// What the desk shows and prints once. There is no code while the terminal's answer is not known; whoever has sold the
/// card asks for one with renew_gift_card_code when it is paid.
struct IssuedGiftCard
{
    GiftCardView card;
    std::optional<QString> code{}; ///< As it is shown; a secret.
    Money change;                  ///< Cash only.

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("card", card);
        fields("code", code, {.charactersMax = limits::giftCardCodeTypedMax});
        fields("change", change);
    }
};

struct BlockGiftCard
{
    GiftCardId card;
    bool isBlocked = true; ///< False takes the block off.
    QString reason;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("card", card);
        fields("blocked", isBlocked);
        fields("reason", reason, {.charactersMax = limits::noteCharactersMax, .charactersMin = 1});
    }
};

} // namespace parterre
