#include "model/testcards.h"

#include <algorithm>
#include <array>

namespace parterre::psp {

namespace {

using Conduct = TestCard::Conduct;

constexpr const char *declinedMessage = "Your card was declined.";

constexpr std::array cards{
    TestCard{"4242424242424242", "pm_card_visa", "", "visa", Conduct::Pays, "", "", ""},
    TestCard{"5555555555554444", "pm_card_mastercard", "", "mastercard", Conduct::Pays, "", "", ""},
    TestCard{"378282246310005", "pm_card_amex", "", "amex", Conduct::Pays, "", "", ""},
    TestCard{"4000000000000002", "pm_card_visa_chargeDeclined", "pm_card_chargeDeclined", "visa", Conduct::Declines,
             "card_declined", "generic_decline", declinedMessage},
    TestCard{"4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds",
             "pm_card_chargeDeclinedInsufficientFunds", "visa", Conduct::Declines, "card_declined",
             "insufficient_funds", "Your card has insufficient funds."},
    TestCard{"4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "pm_card_chargeDeclinedLostCard", "visa",
             Conduct::Declines, "card_declined", "lost_card", declinedMessage},
    TestCard{"4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "pm_card_chargeDeclinedStolenCard", "visa",
             Conduct::Declines, "card_declined", "stolen_card", declinedMessage},
    TestCard{"4000000000000069", "pm_card_chargeDeclinedExpiredCard", "", "visa", Conduct::Declines, "expired_card",
             "expired_card", "Your card has expired."},
    TestCard{"4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "", "visa", Conduct::Declines, "incorrect_cvc",
             "incorrect_cvc", "Your card's security code is incorrect."},
    TestCard{"4000000000000119", "pm_card_chargeDeclinedProcessingError", "", "visa", Conduct::Declines,
             "processing_error", "processing_error",
             "An error occurred while processing your card. Try again in a little bit."},
    TestCard{"4000002760003184", "pm_card_authenticationRequired", "", "visa", Conduct::AsksHolder, "", "", ""},
    TestCard{"4000000000003220", "pm_card_threeDSecure2Required", "pm_card_threeDSecureRequired", "visa",
             Conduct::AsksHolder, "", "", ""},
    TestCard{"4000008400001629", "pm_card_threeDSecureRequiredChargeDeclined", "", "visa", Conduct::AsksThenDeclines,
             "card_declined", "generic_decline", declinedMessage},
    TestCard{"4000000000005126", "pm_card_refundFail", "", "visa", Conduct::RefusesRefund, "", "", ""},
    TestCard{"4000000000007726", "pm_card_pendingRefund", "", "visa", Conduct::RefundsWithDelay, "", "", ""},
};

template <class Wanted>
const TestCard *find(Wanted wanted)
{
    const auto *found = std::ranges::find_if(cards, wanted);
    return found == cards.end() ? nullptr : found;
}

} // namespace

const TestCard *findCardByToken(const QString &token)
{
    if (token.isEmpty())
        return nullptr;
    return find([&](const TestCard &card) {
        return token == QLatin1StringView(card.token) || token == QLatin1StringView(card.otherToken);
    });
}

const TestCard *findCardByNumber(const QString &number)
{
    return find([&](const TestCard &card) { return number == QLatin1StringView(card.number); });
}

const TestCard *findDecline(const QString &declineCode)
{
    return find([&](const TestCard &card) {
        return card.conduct == Conduct::Declines && declineCode == QLatin1StringView(card.declineCode);
    });
}

} // namespace parterre::psp
