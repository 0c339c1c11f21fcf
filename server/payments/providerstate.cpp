#include "payments/providerstate.h"

namespace parterre::server {

PaymentState paymentStateAfter(const ProviderAnswer &answer)
{
    switch (answer.state) {
    case ProviderState::Captured:
        return PaymentState::Captured;
    case ProviderState::Declined:
        return PaymentState::Declined;
    case ProviderState::Cancelled:
    case ProviderState::NotAsked:
    case ProviderState::Refunded:
        return PaymentState::Cancelled;
    case ProviderState::AsksHolder:
        return PaymentState::RequiresAction;
    case ProviderState::Authorised:
    case ProviderState::Unknown:
    case ProviderState::NoAnswer:
        break;
    }
    return PaymentState::InDoubt;
}

} // namespace parterre::server
