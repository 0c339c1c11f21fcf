#pragma once

#include "checkout/salesteps.h"
#include "domain/payments/doubt.h"
#include "payments/cardprovider.h"

#include <vector>

/// What a supervisor decides of payments whose provider does not say what became of them (docs/payments.md), in one
/// transaction. Each decision is a row that is never changed; after it the provider is asked on, as a review of its own
/// kind, until it bears the decision out or contradicts it.
namespace parterre::server::paymentdecisions {

/// Those that need a decision first, then those that a person has to look at, then those that settle by themselves; the
/// oldest first.
[[nodiscard]] std::vector<PaymentInDoubt> list(Transaction &transaction, int countMax);

/// Locks order and payment as CheckoutService does when the provider answers, so that whoever is first decides.
/// WrongState with what has happened meanwhile where there is nothing to decide any more.
[[nodiscard]] Result<OrderView> resolve(Transaction &transaction, const QString &principal,
                                        const ResolvePayment &command, const salesteps::SignTicket &sign);

/// What the provider says of money that somebody decided had come. False where it says nothing yet.
bool compare(Transaction &transaction, const PaymentId &payment, const ProviderAnswer &answer);

} // namespace parterre::server::paymentdecisions
