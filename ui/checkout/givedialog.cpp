#include "checkout/givedialog.h"

#include "common/countdownlabel.h"
#include "common/keyhelp.h"
#include "common/noticebar.h"
#include "common/qrcodeview.h"
#include "common/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

GiveDialog::GiveDialog(SaleController &sale, SalesPort &sales, const QUrl &shop, QWidget *parent)
    : QDialog(parent)
    , m_sale(sale)
    , m_sales(sales)
    , m_shop(shop)
    , m_places(sale.placeCount())
    , m_lead(new QLabel(this))
    , m_code(new QLabel(this))
    , m_keptCaption(new QLabel(tr("Kept for"), this))
    , m_kept(new CountdownLabel(this))
    , m_qr(new QrCodeView(this))
    , m_notice(new NoticeBar(this))
    , m_copyCode(new QPushButton(tr("&Copy code"), this))
    , m_copyLink(new QPushButton(tr("Copy &link"), this))
    , m_close(new QPushButton(tr("Close"), this))
{
    setObjectName(u"giveDialog"_s);
    setWindowTitle(tr("Give to customer"));
    setMinimumWidth(640);
    build();
    connect(m_copyCode, &QPushButton::clicked, this, [this] { copy(m_codeText, tr("The code was copied.")); });
    connect(m_copyLink, &QPushButton::clicked, this,
            [this] { copy(linkFor(m_shop, m_codeText).toString(), tr("The link was copied.")); });
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_notice, &NoticeBar::actionTriggered, this, &GiveDialog::ask);
    connect(&m_sale, &SaleController::handedOver, this, &GiveDialog::showEnd);
    connect(&m_sale, &SaleController::holdEnded, this, &GiveDialog::showEnd);
    connect(&m_sale, &SaleController::cartChanged, this, [this] {
        if (m_sale.hold())
            m_kept->start(m_sale.hold()->secondsLeft);
    });
    connect(m_kept, &CountdownLabel::expired, &m_sale, &SaleController::checkHold);
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, [this] {
        KeyHelp help(this);
        help.exec();
    });
    ask();
}

void GiveDialog::build()
{
    m_lead->setWordWrap(true);
    m_code->setObjectName(u"giveCode"_s);
    QFont large = numberFont(headingFont());
    large.setPointSizeF(large.pointSizeF() * 2.0);
    large.setLetterSpacing(QFont::PercentageSpacing, 108);
    m_code->setFont(large);
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_qr->setObjectName(u"giveQr"_s);
    m_keptCaption->setProperty("muted", true);
    m_kept->setFont(numberFont(titleFont()));
    m_kept->setObjectName(u"giveCountdown"_s);
    m_notice->setObjectName(u"giveNotice"_s);
    m_notice->setClosable(false);
    m_copyCode->setObjectName(u"giveCopyCode"_s);
    m_copyLink->setObjectName(u"giveCopyLink"_s);
    m_close->setObjectName(u"giveClose"_s);
    m_close->setProperty("primary", true);
    m_close->setDefault(true);
    for (QPushButton *button : {m_copyCode, m_copyLink})
        button->setAutoDefault(false);

    auto *time = new QHBoxLayout;
    time->setSpacing(metrics::small);
    time->addWidget(m_keptCaption);
    time->addWidget(m_kept);
    time->addStretch();
    auto *words = new QVBoxLayout;
    words->setSpacing(metrics::wide);
    words->addWidget(m_lead);
    words->addStretch();
    words->addWidget(m_code);
    words->addLayout(time);
    words->addStretch();
    auto *body = new QHBoxLayout;
    body->setSpacing(metrics::section);
    body->addLayout(words, 1);
    body->addWidget(m_qr, 0, Qt::AlignCenter);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_copyCode);
    buttons->addWidget(m_copyLink);
    buttons->addStretch();
    buttons->addWidget(m_close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::section);
    layout->addLayout(body, 1);
    layout->addWidget(m_notice);
    layout->addLayout(buttons);
}

QUrl GiveDialog::shopOf(QUrl server)
{
    const bool isSecure = server.scheme() == u"wss"_s || server.scheme() == u"https"_s;
    server.setScheme(isSecure ? u"https"_s : u"http"_s);
    server.setPath(u"/"_s);
    server.setQuery(QString());
    return server;
}

QUrl GiveDialog::linkFor(QUrl shop, const QString &code)
{
    shop.setFragment(u"/handover/"_s + code);
    return shop;
}

void GiveDialog::ask()
{
    m_lead->setText(tr("Asking for a code…"));
    m_notice->clear();
    for (QWidget *part : std::initializer_list<QWidget *>{m_copyCode, m_copyLink})
        part->setEnabled(false);
    if (!m_sale.hold())
        return showEnd();
    m_sales.offerHandover(m_sale.hold()->id, guarded<HandoverOffer>(this, [this](const Result<HandoverOffer> &offer) {
                              if (offer)
                                  return showCode(*offer);
                              m_lead->setText(tr("There is no code."));
                              m_notice->showNotice(NoticeKind::Error, offer.error().message, tr("Try again"));
                          }));
}

void GiveDialog::showCode(const HandoverOffer &offer)
{
    m_codeText = offer.code;
    m_lead->setText(tr("The customer opens the shop, chooses <b>Continue a reservation from the box office</b> and "
                       "types this code, or reads it off this screen with a phone."));
    m_code->setText(offer.code);
    m_code->setAccessibleName(tr("Code: %1").arg(offer.code));
    m_qr->setText(linkFor(m_shop, offer.code).toString());
    m_kept->start(offer.secondsLeft);
    for (QWidget *part : std::initializer_list<QWidget *>{m_copyCode, m_copyLink})
        part->setEnabled(true);
    m_sale.watchForHandover();
    adjustSize();
}

void GiveDialog::showEnd()
{
    m_kept->stop();
    for (QWidget *part : std::initializer_list<QWidget *>{m_copyCode, m_copyLink, m_keptCaption, m_code, m_qr})
        part->hide();
    if (m_sale.handedTo()) {
        m_lead->setText(tr("Done. The cart is free for the next customer."));
        m_notice->showNotice(NoticeKind::Success, tr("%n place(s) went to the customer.", nullptr, m_places));
    } else {
        m_lead->setText(tr("The code is not good any more."));
        m_notice->showNotice(NoticeKind::Warning, tr("The time for these places ran out, and they are free again. "
                                                     "Take them again in the cart, then give them."));
    }
    m_close->setFocus();
}

void GiveDialog::copy(const QString &text, const QString &said)
{
    QApplication::clipboard()->setText(text);
    m_notice->showNotice(NoticeKind::Info, said);
}

} // namespace parterre::ui
