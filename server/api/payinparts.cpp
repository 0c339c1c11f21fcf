#include "api/payinparts.h"

#include "aftersale/aftersaleservice.h"
#include "checkout/checkoutservice.h"
#include "giftcards/giftcardservice.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// `pay` at the pace of somebody who does not guess.
template <class Pay>
Result<OrderView> withoutGuessing(const Services &services, const SaleParty &party, bool namesGiftCards,
                                  const QString &peer, const Pay &pay)
{
    if (namesGiftCards)
        PT_CHECK(services.giftCards.checkPace(party, peer));
    Result<OrderView> order = pay();
    if (!order && order.error().code == ErrorCode::NotFound && order.error().field.startsWith(u"/gift_cards"_s))
        services.giftCards.guessedWrong(party, peer);
    return order;
}

} // namespace

Result<OrderView> payInParts(const Services &services, const SaleParty &party, const CommandKey &key,
                             const PayInParts &command, const QString &peer)
{
    return withoutGuessing(services, party, !command.giftCards.empty(), peer,
                           [&] { return services.checkout.payInParts(party, key, command); });
}

Result<OrderView> exchangePlaces(const Services &services, const RefundActor &actor, const SaleParty &party,
                                 const CommandKey &key, const ExchangeOrder &command, const QString &peer)
{
    return withoutGuessing(services, party, !command.giftCards.empty(), peer,
                           [&] { return services.afterSale.exchange(actor, party, key, command); });
}

} // namespace parterre::server
