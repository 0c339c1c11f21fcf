#include "api/payinparts.h"

#include "checkout/checkoutservice.h"
#include "giftcards/giftcardservice.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

Result<OrderView> payInParts(const Services &services, const SaleParty &party, const CommandKey &key,
                             const PayInParts &command, const QString &peer)
{
    if (!command.giftCards.empty())
        PT_CHECK(services.giftCards.checkPace(party, peer));
    auto order = services.checkout.payInParts(party, key, command);
    if (!order && order.error().code == ErrorCode::NotFound && order.error().field.startsWith(u"/gift_cards"_s))
        services.giftCards.guessedWrong(party, peer);
    return order;
}

} // namespace parterre::server
