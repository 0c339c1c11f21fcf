#pragma once

#include "checkout/salesteps.h"

/// What the state of a payment means for its sale, in the transaction that writes it; the provider or a person has said
/// it. The order and the payment are locked by the caller.
namespace parterre::server::settling {

/// Writes the payment as it is now. Captured: its parts are taken and the sale is confirmed. Declined or cancelled: its
/// parts are free and the hold thaws. Anything else: everything stays frozen.
void write(Transaction &transaction, salesteps::LockedSale &sale, const PaymentRow &payment,
           const salesteps::SignTicket &sign, Instant now);

} // namespace parterre::server::settling
