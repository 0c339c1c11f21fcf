#include "domain/payments/doubt.h"

namespace parterre {

std::vector<PaymentDecision> possibleDecisions(PaymentState state, bool isUnderReview)
{
    if (state == PaymentState::InDoubt)
        return {PaymentDecision::MoneyCame, PaymentDecision::NoMoney};
    if (isSettled(state) && isUnderReview)
        return {PaymentDecision::Closed};
    return {};
}

} // namespace parterre
