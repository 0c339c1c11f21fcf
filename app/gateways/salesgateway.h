#pragma once

#include "connection/deskconnection.h"
#include "ports/salesport.h"

namespace parterre::app {

class SalesGateway : public ui::SalesPort
{
    Q_OBJECT

public:
    explicit SalesGateway(DeskConnection &connection, QObject *parent = nullptr);

    void takeHold(const TakeHold &command, ui::Reply<HoldView> reply) override;
    void renewHold(const HoldId &hold, ui::Reply<HoldView> reply) override;
    void releaseHold(const ReleaseHold &command, ui::Reply<HoldView> reply) override;
    void getHold(const HoldId &hold, ui::Reply<HoldView> reply) override;
    void offerHandover(const HoldId &hold, ui::Reply<HandoverOffer> reply) override;
    void takeOverHold(const TakeOverHold &command, ui::Reply<HoldView> reply) override;
    void createOrder(const CreateOrder &command, ui::Reply<OrderView> reply) override;
    void payCash(const PayCash &command, ui::Reply<OrderView> reply) override;
    void listTerminals(ui::Reply<std::vector<QString>> reply) override;
    void payTerminal(const PayTerminal &command, ui::Reply<OrderView> reply) override;
    void payInParts(const PayInParts &command, ui::Reply<OrderView> reply) override;
    void findGiftCards(const QString &code, ui::Reply<std::vector<GiftCardView>> reply) override;
    void stopTerminal(const PaymentId &payment, ui::Reply<void> reply) override;
    void getOrder(const OrderId &order, ui::Reply<OrderView> reply) override;
    void findOrders(const QString &text, ui::Reply<std::vector<OrderView>> reply) override;
    void fetchTickets(const OrderId &order, ui::Reply<ui::TicketDocument> reply) override;
    void fetchReceipt(const OrderId &order, ui::Reply<ui::TicketDocument> reply) override;
    void fetchCreditNote(const RefundId &refund, ui::Reply<ui::TicketDocument> reply) override;
    void askQuote(const AskQuote &question, ui::Reply<OrderQuote> reply) override;
    void approve(const Approve &command, ui::Reply<Approval> reply) override;
    void listOverrides(const std::optional<PerformanceId> &performance,
                       ui::Reply<std::vector<OverrideRecord>> reply) override;

private:
    template <class Body>
    void fetchDocument(protocol::MessageType type, const Body &body, ui::Reply<ui::TicketDocument> reply);

    DeskConnection &m_connection;
};

} // namespace parterre::app
