#pragma once

#include "api/services.h"
#include "commands/commandlog.h"
#include "domain/aftersale/decideaftersale.h"
#include "domain/checkout/order.h"
#include "domain/giftcards/tender.h"
#include "holds/holdparty.h"

namespace parterre::server {

/// Both doors to CheckoutService::payInParts(): who names codes that no gift card has is slowed down here, too. `peer`
/// is the address that asks.
[[nodiscard]] Result<OrderView> payInParts(const Services &services, const SaleParty &party, const CommandKey &key,
                                           const PayInParts &command, const QString &peer);

/// As payInParts(), to AfterSaleService::exchange().
[[nodiscard]] Result<OrderView> exchangePlaces(const Services &services, const RefundActor &actor,
                                               const SaleParty &party, const CommandKey &key,
                                               const ExchangeOrder &command, const QString &peer);

} // namespace parterre::server
