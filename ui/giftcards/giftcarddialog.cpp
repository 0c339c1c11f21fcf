#include "giftcards/giftcarddialog.h"

#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "giftcards/giftcardtext.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

GiftCardDialog::GiftCardDialog(SalesPort &sales, const Money &due, QWidget *parent)
    : QDialog(parent)
    , m_sales(sales)
    , m_due(due)
    , m_code(new QLineEdit(this))
    , m_balance(new QLabel(this))
    , m_notice(new NoticeBar(this))
    , m_take(new QPushButton(tr("&Take  (Enter)"), this))
{
    setObjectName(u"giftCardDialog"_s);
    setWindowTitle(tr("Gift card or voucher"));
    setMinimumWidth(560);
    auto *caption = new QLabel(tr("&Code"), this);
    caption->setBuddy(m_code);
    m_code->setObjectName(u"giftCardTyped"_s);
    m_code->setFont(numberFont(headingFont()));
    m_code->setPlaceholderText(u"K7PM-3XQT-9BCD-EFGH"_s);
    m_code->setMaxLength(limits::giftCardCodeTypedMax);
    m_balance->setObjectName(u"giftCardBalance"_s);
    m_balance->setProperty("muted", true);
    m_balance->setText(tr("%1 is left to pay.").arg(moneyText(due)));
    m_notice->setObjectName(u"giftCardTenderNotice"_s);
    m_notice->setClosable(false);
    m_take->setObjectName(u"giftCardTake"_s);
    m_take->setProperty("primary", true);
    m_take->setDefault(true);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setObjectName(u"giftCardTakeCancel"_s);
    cancel->setAutoDefault(false);
    auto *field = new QHBoxLayout;
    field->setSpacing(metrics::normal);
    field->addWidget(caption);
    field->addWidget(m_code, 1);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(cancel);
    buttons->addStretch();
    buttons->addWidget(m_take);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addLayout(field);
    layout->addWidget(m_balance);
    layout->addWidget(m_notice);
    layout->addLayout(buttons);
    connect(m_take, &QPushButton::clicked, this, &GiftCardDialog::ask);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_code->setFocus();
}

void GiftCardDialog::ask()
{
    const auto code = readGiftCardCode(m_code->text());
    if (!code)
        return refuseCard(code.error().message);
    m_tender.code = *code;
    m_take->setEnabled(false);
    m_sales.findGiftCards(
        *code, guarded<std::vector<GiftCardView>>(this, [this](const Result<std::vector<GiftCardView>> &answer) {
            m_take->setEnabled(true);
            onAnswer(answer);
        }));
}

void GiftCardDialog::onAnswer(const Result<std::vector<GiftCardView>> &answer)
{
    if (!answer)
        return refuseCard(answer.error().message);
    if (answer->empty())
        return refuseCard(tr("No gift card has this code. Check it and type it again."));
    const GiftCardView &card = answer->front();
    // The desk's clock is for words alone; the server's word is the last one when it is paid.
    const GiftCardFacts facts{.state = card.state,
                              .lastFour = card.lastFour,
                              .balance = card.balance,
                              .reserved = card.reserved,
                              .expiresAt = card.expiresAt};
    const auto share = decideReserve(facts, m_due, std::nullopt, SystemClock().now(), {});
    if (!share)
        return refuseCard(share.error().message);
    m_tender.amount = *share;
    m_name = giftCardName(card);
    accept();
}

void GiftCardDialog::refuseCard(const QString &message)
{
    m_notice->showNotice(NoticeKind::Error, message);
    m_code->setFocus();
    m_code->selectAll();
}

} // namespace parterre::ui
