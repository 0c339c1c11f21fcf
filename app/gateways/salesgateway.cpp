#include "gateways/salesgateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using namespace Qt::StringLiterals;
using protocol::MessageType;

SalesGateway::SalesGateway(DeskConnection &connection, QObject *parent)
    : ui::SalesPort(parent)
    , m_connection(connection)
{}

void SalesGateway::takeHold(const TakeHold &command, ui::Reply<HoldView> reply)
{
    ask(m_connection, MessageType::TakeHold, command, MessageType::Hold, std::move(reply));
}

void SalesGateway::renewHold(const HoldId &hold, ui::Reply<HoldView> reply)
{
    ask(m_connection, MessageType::RenewHold, protocol::OneHold{.hold = hold}, MessageType::Hold, std::move(reply));
}

void SalesGateway::releaseHold(const ReleaseHold &command, ui::Reply<HoldView> reply)
{
    ask(m_connection, MessageType::ReleaseHold, command, MessageType::Hold, std::move(reply));
}

void SalesGateway::getHold(const HoldId &hold, ui::Reply<HoldView> reply)
{
    ask(m_connection, MessageType::GetHold, protocol::OneHold{.hold = hold}, MessageType::Hold, std::move(reply));
}

void SalesGateway::offerHandover(const HoldId &hold, ui::Reply<HandoverOffer> reply)
{
    ask(m_connection, MessageType::OfferHandover, protocol::OneHold{hold}, MessageType::Handover, std::move(reply));
}

void SalesGateway::takeOverHold(const TakeOverHold &command, ui::Reply<HoldView> reply)
{
    ask(m_connection, MessageType::TakeOverHold, command, MessageType::Hold, std::move(reply));
}

void SalesGateway::createOrder(const CreateOrder &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::CreateOrder, command, MessageType::Order, std::move(reply));
}

void SalesGateway::payCash(const PayCash &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::PayCash, command, MessageType::Order, std::move(reply));
}

void SalesGateway::listTerminals(ui::Reply<std::vector<QString>> reply)
{
    ask<protocol::Terminals>(
        m_connection, MessageType::ListTerminals, protocol::Nothing{}, MessageType::Terminals,
        [reply = std::move(reply)](Result<protocol::Terminals> terminals) {
            if (!terminals)
                return reply(refuse(terminals.error()));
            reply(std::move(terminals->names));
        },
        Replay::Never);
}

void SalesGateway::payTerminal(const PayTerminal &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::PayTerminal, command, MessageType::Order, std::move(reply));
}

void SalesGateway::payInParts(const PayInParts &command, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::PayInParts, command, MessageType::Order, std::move(reply));
}

void SalesGateway::findGiftCards(const QString &code, ui::Reply<std::vector<GiftCardView>> reply)
{
    ask<protocol::GiftCards>(
        m_connection, MessageType::FindGiftCards, protocol::FindGiftCards{.text = code, .countMax = 1},
        MessageType::GiftCards,
        [reply = std::move(reply)](Result<protocol::GiftCards> found) {
            if (!found)
                return reply(refuse(found.error()));
            reply(std::move(found->cards));
        },
        Replay::Never);
}

void SalesGateway::stopTerminal(const PaymentId &payment, ui::Reply<void> reply)
{
    askDone(m_connection, MessageType::StopTerminal, protocol::OnePayment{.payment = payment}, std::move(reply));
}

void SalesGateway::getOrder(const OrderId &order, ui::Reply<OrderView> reply)
{
    ask(m_connection, MessageType::GetOrder, protocol::OneOrder{.order = order}, MessageType::Order, std::move(reply),
        Replay::Never);
}

void SalesGateway::findOrders(const QString &text, ui::Reply<std::vector<OrderView>> reply)
{
    ask<protocol::Orders>(
        m_connection, MessageType::FindOrders, protocol::FindOrders{.text = text, .countMax = 100}, MessageType::Orders,
        [reply = std::move(reply)](Result<protocol::Orders> found) {
            if (!found)
                return reply(refuse(found.error()));
            reply(std::move(found->orders));
        },
        Replay::Never);
}

template <class Body>
void SalesGateway::fetchDocument(MessageType type, const Body &body, ui::Reply<ui::TicketDocument> reply)
{
    ask<protocol::Document>(
        m_connection, type, body, MessageType::Document,
        [reply = std::move(reply)](Result<protocol::Document> document) {
            if (!document)
                return reply(refuse(document.error()));
            if (document->contentType != u"application/pdf"_s || !document->bytes.startsWith("%PDF-"))
                return reply(refuse(ErrorCode::Internal, tr("The server sent a document that cannot be read. The sale "
                                                            "stands; fetch it again under Orders.")));
            reply(ui::TicketDocument{.fileName = document->fileName, .pdf = document->bytes});
        },
        Replay::Never);
}

void SalesGateway::fetchTickets(const OrderId &order, ui::Reply<ui::TicketDocument> reply)
{
    fetchDocument(MessageType::GetTickets, protocol::OneOrder{.order = order}, std::move(reply));
}

void SalesGateway::fetchReceipt(const OrderId &order, ui::Reply<ui::TicketDocument> reply)
{
    fetchDocument(MessageType::GetReceipt, protocol::OneOrder{.order = order}, std::move(reply));
}

void SalesGateway::fetchCreditNote(const RefundId &refund, ui::Reply<ui::TicketDocument> reply)
{
    fetchDocument(MessageType::GetCreditNote, protocol::OneRefund{.refund = refund}, std::move(reply));
}

void SalesGateway::askQuote(const AskQuote &question, ui::Reply<OrderQuote> reply)
{
    ask(m_connection, MessageType::AskQuote, question, MessageType::Quote, std::move(reply), Replay::Never);
}

void SalesGateway::approve(const Approve &command, ui::Reply<Approval> reply)
{
    ask(m_connection, MessageType::Approve, command, MessageType::Approval, std::move(reply), Replay::Never);
}

void SalesGateway::listOverrides(const std::optional<PerformanceId> &performance,
                                 ui::Reply<std::vector<OverrideRecord>> reply)
{
    ask<protocol::Overrides>(
        m_connection, MessageType::ListOverrides,
        protocol::OverridesOf{.performance = performance, .countMax = limits::pageSizeMax}, MessageType::Overrides,
        [reply = std::move(reply)](Result<protocol::Overrides> found) {
            if (!found)
                return reply(refuse(found.error()));
            reply(std::move(found->overrides));
        },
        Replay::Never);
}

} // namespace parterre::app
