#include "gateways/giftcardgateway.h"

#include "gateways/ask.h"

namespace parterre::app {

using protocol::MessageType;

GiftCardGateway::GiftCardGateway(DeskConnection &connection, QObject *parent)
    : ui::GiftCardPort(parent)
    , m_connection(connection)
{}

void GiftCardGateway::issue(const IssueGiftCard &command, ui::Reply<IssuedGiftCard> reply)
{
    ask(m_connection, MessageType::IssueGiftCard, command, MessageType::GiftCardIssued, std::move(reply));
}

void GiftCardGateway::stop(const PaymentId &payment, ui::Reply<void> reply)
{
    askDone(m_connection, MessageType::StopTerminal, protocol::OnePayment{.payment = payment}, std::move(reply));
}

void GiftCardGateway::renewCode(const GiftCardId &card, ui::Reply<IssuedGiftCard> reply)
{
    ask(m_connection, MessageType::RenewGiftCardCode, protocol::OneGiftCard{.card = card}, MessageType::GiftCardIssued,
        std::move(reply));
}

void GiftCardGateway::block(const BlockGiftCard &command, ui::Reply<GiftCardView> reply)
{
    ask(m_connection, MessageType::BlockGiftCard, command, MessageType::GiftCard, std::move(reply));
}

void GiftCardGateway::fetch(const GiftCardId &card, ui::Reply<GiftCardView> reply)
{
    ask(m_connection, MessageType::GetGiftCard, protocol::OneGiftCard{.card = card}, MessageType::GiftCard,
        std::move(reply), Replay::Never);
}

void GiftCardGateway::find(const QString &text, ui::Reply<std::vector<GiftCardView>> reply)
{
    ask<protocol::GiftCards>(
        m_connection, MessageType::FindGiftCards, protocol::FindGiftCards{.text = text, .countMax = 100},
        MessageType::GiftCards,
        [reply = std::move(reply)](Result<protocol::GiftCards> found) {
            if (!found)
                return reply(refuse(found.error()));
            reply(std::move(found->cards));
        },
        Replay::Never);
}

} // namespace parterre::app
