#pragma once

#include "connection/deskconnection.h"
#include "ports/giftcardport.h"

namespace parterre::app {

class GiftCardGateway : public ui::GiftCardPort
{
    Q_OBJECT

public:
    explicit GiftCardGateway(DeskConnection &connection, QObject *parent = nullptr);

    void issue(const IssueGiftCard &command, ui::Reply<IssuedGiftCard> reply) override;
    void stop(const PaymentId &payment, ui::Reply<void> reply) override;
    void renewCode(const GiftCardId &card, ui::Reply<IssuedGiftCard> reply) override;
    void block(const BlockGiftCard &command, ui::Reply<GiftCardView> reply) override;
    void fetch(const GiftCardId &card, ui::Reply<GiftCardView> reply) override;
    void find(const QString &text, ui::Reply<std::vector<GiftCardView>> reply) override;

private:
    DeskConnection &m_connection;
};

} // namespace parterre::app
