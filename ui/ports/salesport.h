#pragma once

#include "domain/checkout/order.h"
#include "domain/giftcards/tender.h"
#include "domain/holds/handover.h"
#include "domain/holds/hold.h"
#include "domain/payments/payment.h"
#include "ports/reply.h"

namespace parterre::ui {

struct TicketDocument
{
    QString fileName;
    QByteArray pdf;
};

/// Holds, orders and payments. Each command is answered exactly once, even over a reconnect: a command that was sent is
/// sent again with the same id until its outcome is known. `Unavailable` means that it was never sent.
class SalesPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void takeHold(const TakeHold &command, Reply<HoldView> reply) = 0;
    virtual void renewHold(const HoldId &hold, Reply<HoldView> reply) = 0;
    virtual void releaseHold(const ReleaseHold &command, Reply<HoldView> reply) = 0;
    virtual void getHold(const HoldId &hold, Reply<HoldView> reply) = 0;
    virtual void offerHandover(const HoldId &hold, Reply<HandoverOffer> reply) = 0;
    virtual void takeOverHold(const TakeOverHold &command, Reply<HoldView> reply) = 0;
    virtual void createOrder(const CreateOrder &command, Reply<OrderView> reply) = 0;
    virtual void payCash(const PayCash &command, Reply<OrderView> reply) = 0;
    /// The names of the box office's card terminals; none where cards are not taken at the desk.
    virtual void listTerminals(Reply<std::vector<QString>> reply) = 0;
    /// Answered when the customer is done, or with an order that is still payment_pending; then getOrder() tells.
    virtual void payTerminal(const PayTerminal &command, Reply<OrderView> reply) = 0;
    /// Asks the terminal to end what the customer has not done yet; payTerminal() is answered with what it is.
    virtual void stopTerminal(const PaymentId &payment, Reply<void> reply) = 0;
    /// By gift cards, cash and a terminal together; with a terminal it is answered as payTerminal() is.
    virtual void payInParts(const PayInParts &command, Reply<OrderView> reply) = 0;
    /// What is on the card with this code, as GiftCardPort::find(): one card, or none.
    virtual void findGiftCards(const QString &code, Reply<std::vector<GiftCardView>> reply) = 0;
    virtual void getOrder(const OrderId &order, Reply<OrderView> reply) = 0;
    virtual void findOrders(const QString &text, Reply<std::vector<OrderView>> reply) = 0;
    virtual void fetchTickets(const OrderId &order, Reply<TicketDocument> reply) = 0;
    virtual void fetchReceipt(const OrderId &order, Reply<TicketDocument> reply) = 0;
    virtual void fetchCreditNote(const RefundId &refund, Reply<TicketDocument> reply) = 0;
    virtual void askQuote(const AskQuote &question, Reply<OrderQuote> reply) = 0;
    /// A supervisor's signature for another price than the list's.
    virtual void approve(const Approve &command, Reply<Approval> reply) = 0;
    /// For supervisors: what was sold at other prices than the list's, the newest first; of one performance or of all.
    virtual void listOverrides(const std::optional<PerformanceId> &performance,
                               Reply<std::vector<OverrideRecord>> reply) = 0;
};

} // namespace parterre::ui
