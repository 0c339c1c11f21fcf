#pragma once

#include "domain/giftcards/giftcard.h"
#include "domain/identity/user.h"

/// The rules of gift cards and vouchers as pure functions (docs/giftcards.md).
namespace parterre {

struct GiftCardActor
{
    QString principal;
    bool isSupervisor = false; ///< May give vouchers, block cards and renew any code.
};
[[nodiscard]] GiftCardActor giftCardActor(const QString &principal, Role role);

/// A gift card is paid for in one way, a voucher in none and has a reason. Forbidden for a clerk who gives one.
[[nodiscard]] Status checkIssue(const IssueGiftCard &command, const GiftCardActor &actor);

/// What of a card, under lock, says how much may be paid with it.
struct GiftCardFacts
{
    GiftCardState state = GiftCardState::Active;
    QString lastFour;
    Money balance;
    Money reserved;
    Instant expiresAt;
};
/// What may be paid with it now.
[[nodiscard]] Money availableOf(const GiftCardFacts &card, Instant now);

/// How much of `due` the card pays: `wanted`, or as much as it has. WrongState for a card that is not good, with why;
/// AmountMismatch whose `details.available` says what there is where that is less than `wanted`, or nothing.
[[nodiscard]] Result<Money> decideReserve(const GiftCardFacts &card, const Money &due,
                                          const std::optional<Money> &wanted, Instant now, const QString &field);

/// Blocked or active. WrongState for a card that was never paid for.
[[nodiscard]] Result<GiftCardState> decideBlock(GiftCardState from, bool isBlocked);

/// Money that comes back may be used for this long at least, whenever the card would have expired.
inline constexpr int giftCardDaysAfterRefund = 90;
[[nodiscard]] Instant expiryAfterRefund(Instant expiresAt, Instant now);

} // namespace parterre
