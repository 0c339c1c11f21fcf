#pragma once

#include <QString>

#include <optional>

namespace parterre::psp {

/// What a card of Stripe's test mode does (docs.stripe.com/testing).
struct TestCard
{
    enum class Conduct {
        Pays,
        Declines,
        AsksHolder,       ///< 3-D Secure, then it pays.
        AsksThenDeclines, ///< 3-D Secure, then it declines.
        RefusesRefund,    ///< Pays; a refund succeeds at first and fails later.
        RefundsWithDelay, ///< Pays; a refund is pending for a while.
    };

    const char *number;
    const char *token; ///< `pm_card_visa`; of several tokens for one card the first.
    const char *otherToken;
    const char *brand;
    Conduct conduct;
    const char *code; ///< Of the error where it declines.
    const char *declineCode;
    const char *message;
};

[[nodiscard]] const TestCard *findCardByToken(const QString &token);
/// Any other number is none of ours: a real card number must not enter a simulator.
[[nodiscard]] const TestCard *findCardByNumber(const QString &number);
/// A decline by its code, e.g. `insufficient_funds`, for the knob; the message is the same as the card's.
[[nodiscard]] const TestCard *findDecline(const QString &declineCode);

} // namespace parterre::psp
