#pragma once

#include "domain/giftcards/decidegiftcard.h"

#include <optional>
#include <vector>

namespace parterre::server {

class Transaction;

/// One row of `gift_card`.
struct GiftCardRow
{
    GiftCardId id;
    GiftCardKind kind = GiftCardKind::GiftCard;
    GiftCardState state = GiftCardState::Active;
    QString lastFour{};
    Money amount;
    Money balance{};
    Money reserved{};
    Instant expiresAt;
    QString reason{};
    QString principal;
    bool hasCode = false;

    [[nodiscard]] GiftCardFacts facts() const
    {
        return {.state = state, .lastFour = lastFour, .balance = balance, .reserved = reserved, .expiresAt = expiresAt};
    }
};

/// One row of `gift_card_sale`.
struct GiftCardSaleRow
{
    PaymentId id;
    GiftCardId card;
    PaymentMethod method = PaymentMethod::Cash;
    PaymentState state = PaymentState::Captured;
    Money amount;
    Money tendered;
    Money change;
    QString terminal{};
    QString providerReference{};
    QString failure{};
    Instant deadline;
    Instant createdAt;
};

/// The rows of gift cards, their movements and sales. A card is changed under its lock, which comes after the payment's
/// and before its sale's.
namespace giftcards {

/// False where the currency is not that of a house.
[[nodiscard]] bool isCurrencyOfAHouse(Transaction &transaction, const Currency &currency);
[[nodiscard]] bool isKnown(Transaction &transaction, const GiftCardId &card);
void insert(Transaction &transaction, const GiftCardRow &card, Instant now);
void setState(Transaction &transaction, const GiftCardId &card, GiftCardState state, const QString &blockReason = {});
/// The card has this code from now on, and no other.
void setCode(Transaction &transaction, const GiftCardId &card, const QString &code);
void setExpiry(Transaction &transaction, const GiftCardId &card, Instant expiresAt);

[[nodiscard]] std::optional<GiftCardRow> lock(Transaction &transaction, const GiftCardId &card);
[[nodiscard]] std::optional<GiftCardRow> findByCode(Transaction &transaction, const QString &code);
/// Still, under lock.
[[nodiscard]] bool hasCode(Transaction &transaction, const GiftCardId &card, const QString &code);
/// Only its issue has happened to it.
[[nodiscard]] bool isUntouched(Transaction &transaction, const GiftCardId &card);

/// With its movements.
[[nodiscard]] std::optional<GiftCardView> view(Transaction &transaction, const GiftCardId &card);
/// The newest first; of those whose last characters are `lastFour`, where it is not empty.
[[nodiscard]] std::vector<GiftCardView> list(Transaction &transaction, const QString &lastFour, int countMax);

/// Puts the amount on the card and enters it: against what has paid for it, or what vouchers cost the house.
void enterIssue(Transaction &transaction, const GiftCardRow &card, const std::optional<PaymentMethod> &paidBy,
                Instant now);

/// Puts back what a payment of the card had paid, and gives its holder time to use it. The caller enters it.
void takeBack(Transaction &transaction, const RepaymentId &repayment, const PaymentId &payment, const Money &amount,
              Instant now);
/// Locks the cards that have paid for an order, and others, by id.
void lockThoseOf(Transaction &transaction, const OrderId &order, const std::vector<GiftCardId> &others);
/// The cards of an order's own payments, whether they have paid or are about to.
[[nodiscard]] std::vector<GiftCardId> thoseThatPay(Transaction &transaction, const OrderId &order);

void insertSale(Transaction &transaction, const GiftCardSaleRow &sale);
[[nodiscard]] bool isSaleKnown(Transaction &transaction, const PaymentId &sale);
[[nodiscard]] std::optional<GiftCardSaleRow> findSale(Transaction &transaction, const GiftCardId &card);
/// By its payment, where this principal has sold the card.
[[nodiscard]] std::optional<GiftCardSaleRow> findSaleOf(Transaction &transaction, const QString &principal,
                                                        const PaymentId &payment);
/// Writes state, provider reference, failure and deadline.
void updateSale(Transaction &transaction, const GiftCardSaleRow &sale, Instant now);
/// Sales that nobody has settled by their deadline; each is put off by `retrySeconds`.
[[nodiscard]] std::vector<GiftCardSaleRow> claimOverdueSales(Transaction &transaction, int retrySeconds, int countMax);

} // namespace giftcards

} // namespace parterre::server
