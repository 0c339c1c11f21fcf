#pragma once

#include "checkout/salesteps.h"
#include "domain/giftcards/tender.h"
#include "giftcards/giftcardrepository.h"

#include <vector>

/// An order that is paid in several ways: one payment leads, which the provider is asked for, and the others are parts
/// of it. Each is a row of `payment_attempt` and moves with the one that leads, in the same transaction:
///
///     begin      the lead runs, the parts are authorised: each gift card has set its share aside
///     capture    the lead is captured, and so are the parts: what was set aside is taken
///     release    the lead has failed, and the parts are cancelled: what was set aside is free
///
/// So whoever ends the payment, the server that began it or settleOverdue() of another, ends all of it. Locks: the
/// order's and the payment's rows are locked by the caller, then come the gift cards by id, then the seats.
namespace parterre::server::tenderparts {

struct Tender
{
    TenderPlan plan;
    std::vector<GiftCardRow> cards{}; ///< As the plan has them; locked.
};

/// The gift cards behind the codes, in the order of the command. NotFound for a code that no card has, with its field.
[[nodiscard]] Result<std::vector<GiftCardId>> cardsBehind(Transaction &transaction,
                                                          const std::vector<GiftCardTender> &tenders);
/// Locks the gift cards and says who pays what of `total`: of the order, or of what it costs more than places that are
/// given back for it. NotFound as with cardsBehind().
[[nodiscard]] Result<Tender> plan(Transaction &transaction, const OrderRow &order, const Money &total,
                                  const PayInParts &command);

/// Writes the payment that leads, with what it pays itself filled in, and its parts. Where a gift card leads, it is the
/// first.
void begin(Transaction &transaction, PaymentRow &lead, const Tender &tender);

/// The sale is about to be confirmed: the parts are taken. Their transfers in the ledger are the sale's.
void capture(Transaction &transaction, const salesteps::LockedSale &sale, const PaymentRow &lead, Instant now);
/// The payment has failed: what was set aside is free again.
void release(Transaction &transaction, const salesteps::LockedSale &sale, const PaymentRow &lead, Instant now);

} // namespace parterre::server::tenderparts
