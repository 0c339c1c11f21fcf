#include "checkout/checkoutservice.h"

#include "db/transaction.h"
#include "giftcards/tenderparts.h"

/// Orders that are paid in several ways. The rules are decideTender()'s, the rows tenderparts'.
namespace parterre::server {

using namespace Qt::StringLiterals;

Status CheckoutService::checkTender(const SaleParty &party, const PayInParts &command) const
{
    if (party.channel != SalesChannel::Desk && command.cash)
        return refuse(ErrorCode::Forbidden, u"Cash is taken at the box office only."_s, u"/cash"_s);
    if (party.channel != SalesChannel::Desk && command.terminal)
        return refuse(ErrorCode::Forbidden, u"Card terminals are at the box office only."_s, u"/terminal"_s);
    if (command.terminal && m_terminals->names().isEmpty())
        return refuse(ErrorCode::NotFound, u"This box office has no card terminal."_s, u"/terminal"_s);
    return {};
}

Result<OrderView> CheckoutService::payInParts(const SaleParty &party, const CommandKey &key, const PayInParts &command)
{
    PT_CHECK(checkTender(party, command));
    if (command.cardToken) {
        PT_CHECK(refuseInOutage(party,
                                {.payment = command.payment, .order = command.order, .cardToken = *command.cardToken}));
    }
    const bool isAtTerminal = command.terminal.has_value();
    return payBy(party, key,
                 {.payment = command.payment,
                  .order = command.order,
                  .method = isAtTerminal ? PaymentMethod::Terminal : PaymentMethod::Card,
                  .instrument = isAtTerminal ? *command.terminal : command.cardToken.value_or(QString()),
                  .parts = &command});
}

Result<PaymentRow> CheckoutService::beginParts(Transaction &transaction, salesteps::LockedSale &sale,
                                               PaymentRow payment, const PayInParts &command)
{
    PT_TRY(const tenderparts::Tender tender, tenderparts::plan(transaction, sale.order, sale.order.total, command));
    PT_CHECK(salesteps::freeze(transaction, sale, payment.deadline));
    const PaymentMethod lead = tender.plan.lead;
    const bool isPaidAtOnce = lead == PaymentMethod::Cash || lead == PaymentMethod::GiftCard;
    if (isPaidAtOnce) {
        payment.state = PaymentState::Captured;
        payment.cardToken.clear(); // Nothing is left for a card.
    }
    tenderparts::begin(transaction, payment, tender);
    if (isPaidAtOnce) {
        tenderparts::capture(transaction, sale, payment, payment.createdAt);
        salesteps::confirm(transaction, sale, payment, m_sign);
    }
    return payment;
}

} // namespace parterre::server
