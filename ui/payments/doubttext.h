#pragma once

#include "domain/payments/doubt.h"

namespace parterre::ui {

/// What has to happen with it, in a few words.
[[nodiscard]] QString doubtStateText(const PaymentInDoubt &payment);
/// Where the money was to come from: `card`, or the terminal with its name.
[[nodiscard]] QString doubtWayText(const PaymentInDoubt &payment);
/// Its places, those of one name together: `Stalls, row A, seat 1; The Yard × 3`.
[[nodiscard]] QString doubtPlacesText(const PaymentInDoubt &payment);
/// `the money came` or what else somebody has decided.
[[nodiscard]] QString decisionText(PaymentDecision decision);

} // namespace parterre::ui
