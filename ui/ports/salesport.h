#pragma once

#include "domain/checkout/order.h"
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

/// Holds, orders and cash. Each command is answered exactly once, even over a reconnect: a command that was sent is
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
    virtual void findOrders(const QString &text, Reply<std::vector<OrderView>> reply) = 0;
    virtual void fetchTickets(const OrderId &order, Reply<TicketDocument> reply) = 0;
    virtual void fetchReceipt(const OrderId &order, Reply<TicketDocument> reply) = 0;
    virtual void askQuote(const AskQuote &question, Reply<OrderQuote> reply) = 0;
    /// A supervisor's signature for another price than the list's.
    virtual void approve(const Approve &command, Reply<Approval> reply) = 0;
};

} // namespace parterre::ui
