#pragma once

#include "domain/payments/payment.h"
#include "payments/cardprovider.h"

namespace parterre::server {

/// What a provider's answer makes of a payment that runs.
[[nodiscard]] PaymentState paymentStateAfter(const ProviderAnswer &answer);

} // namespace parterre::server
