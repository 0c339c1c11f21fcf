#pragma once

#include "domain/giftcards/giftcard.h"
#include "ports/reply.h"

#include <vector>

namespace parterre::ui {

/// Gift cards and vouchers: sold, given, looked for, blocked. As with SalesPort each command is answered exactly once,
/// even over a reconnect.
class GiftCardPort : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// At a terminal it is answered when the customer is done; stop() ends that.
    virtual void issue(const IssueGiftCard &command, Reply<IssuedGiftCard> reply) = 0;
    virtual void stop(const PaymentId &payment, Reply<void> reply) = 0;
    virtual void renewCode(const GiftCardId &card, Reply<IssuedGiftCard> reply) = 0;
    virtual void block(const BlockGiftCard &command, Reply<GiftCardView> reply) = 0;
    /// With its movements.
    virtual void fetch(const GiftCardId &card, Reply<GiftCardView> reply) = 0;
    /// By a whole code or its last four characters; the newest of all where the text is empty.
    virtual void find(const QString &text, Reply<std::vector<GiftCardView>> reply) = 0;
};

} // namespace parterre::ui
