#include "giftcards/giftcardtext.h"

#include "common/moneytext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

class Texts
{
    Q_DECLARE_TR_FUNCTIONS(GiftCards)
};

} // namespace

QString giftCardName(const GiftCardView &card)
{
    const QString kind = card.kind == GiftCardKind::Voucher ? Texts::tr("Voucher") : Texts::tr("Gift card");
    return card.lastFour.isEmpty() ? kind : u"%1 ···· %2"_s.arg(kind, card.lastFour);
}

QString giftCardDate(Instant instant)
{
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(milliseconds).date(), u"d MMM yyyy"_s);
}

QString giftCardStateText(const GiftCardView &card, Instant now)
{
    switch (card.state) {
    case GiftCardState::Unpaid:
        return Texts::tr("Being paid");
    case GiftCardState::Void:
        return Texts::tr("Not paid");
    case GiftCardState::Blocked:
        return Texts::tr("Blocked");
    case GiftCardState::Active:
        break;
    }
    if (card.expiresAt <= now)
        return Texts::tr("Expired");
    return card.balance.isZero() ? Texts::tr("Used up") : Texts::tr("Good");
}

QString movementText(const GiftCardMovement &movement)
{
    const QString order = movement.orderNumber.isEmpty() ? QString() : u" · "_s + movement.orderNumber;
    const QString date = u" · "_s + giftCardDate(movement.at);
    switch (movement.kind) {
    case GiftCardMove::Issued:
        return Texts::tr("Issued: %1").arg(moneyText(movement.amount)) + date;
    case GiftCardMove::Reserved:
        return Texts::tr("Set aside for a payment: %1").arg(moneyText(movement.reserved)) + order + date;
    case GiftCardMove::Released:
        return Texts::tr("Free again: %1").arg(moneyText(-movement.reserved)) + order + date;
    case GiftCardMove::Redeemed:
        return Texts::tr("Paid: %1").arg(moneyText(-movement.amount)) + order + date;
    case GiftCardMove::Refunded:
        return Texts::tr("Came back: %1").arg(moneyText(movement.amount)) + order + date;
    }
    return {};
}

QString tenderName(const TenderView &tender)
{
    switch (tender.method) {
    case PaymentMethod::GiftCard:
        return Texts::tr("Gift card ···· %1").arg(tender.lastFour);
    case PaymentMethod::Cash:
        return Texts::tr("Cash");
    case PaymentMethod::Card:
    case PaymentMethod::Terminal:
        break;
    }
    return Texts::tr("Card");
}

QString tendersText(const std::vector<TenderView> &tenders)
{
    QStringList parts;
    for (const TenderView &tender : tenders)
        parts += tenderName(tender) + u": "_s + moneyText(tender.amount);
    return parts.join(u"  ·  "_s);
}

QString giftCardHtml(const IssuedGiftCard &issued)
{
    const QString title = issued.card.kind == GiftCardKind::Voucher ? Texts::tr("Voucher") : Texts::tr("Gift card");
    return u"<div align='center'><p style='font-size:22pt'>%1</p><p style='font-size:34pt'><b>%2</b></p>"
           "<p style='font-size:20pt; font-family:monospace'><b>%3</b></p><p style='font-size:11pt'>%4<br>%5</p></div>"_s
               .arg(title, moneyText(issued.card.amount).toHtmlEscaped(), issued.code.value_or(QString()),
                    Texts::tr("Good until %1, in the shop and at the box office, for one visit or several.")
                        .arg(giftCardDate(issued.card.expiresAt)),
                    Texts::tr("Whoever has this code may pay with it. Keep it as you keep money."));
}

} // namespace parterre::ui
