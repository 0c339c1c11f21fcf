#pragma once

#include "model/apierror.h"
#include "model/entities.h"

#include <QString>

#include <functional>

namespace parterre::psp {

/// Stripe's query language as far as it is an `AND` of equalities: `metadata['order']:'A-1' AND status:'succeeded'`.
/// The fields are status, currency, amount and metadata; anything else is refused with what can be asked.
using IntentFilter = std::function<bool(const PaymentIntent &)>;
[[nodiscard]] Reply<IntentFilter> parseSearch(const QString &query);

} // namespace parterre::psp
