#pragma once

#include "domain/giftcards/giftcard.h"

#include <QString>

/// How gift cards are spoken of at the desk.
namespace parterre::ui {

/// `Gift card ···· EFGH`.
[[nodiscard]] QString giftCardName(const GiftCardView &card);
/// Good, blocked, expired, used up, not paid for; `now` is the desk's clock, which only words go by.
[[nodiscard]] QString giftCardStateText(const GiftCardView &card, Instant now);
[[nodiscard]] QString giftCardDate(Instant instant);
/// A movement in a line: what happened, how much, in which order.
[[nodiscard]] QString movementText(const GiftCardMovement &movement);
/// `Gift card ···· EFGH`, `Card` or `Cash`.
[[nodiscard]] QString tenderName(const TenderView &tender);
/// In how many ways an order was paid, and how much in each.
[[nodiscard]] QString tendersText(const std::vector<TenderView> &tenders);
/// The page that the customer is given.
[[nodiscard]] QString giftCardHtml(const IssuedGiftCard &issued);

} // namespace parterre::ui
