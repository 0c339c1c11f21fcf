#include "giftcards/giftcardsdialog.h"

#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "giftcards/giftcardtext.h"
#include "giftcards/issuegiftcarddialog.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum Column { CardColumn, BalanceColumn, StateColumn, IssuedColumn, ColumnCount };

} // namespace

GiftCardsDialog::GiftCardsDialog(GiftCardPort &port, SalesPort &sales, const Currency &currency, bool isSupervisor,
                                 QWidget *parent)
    : QDialog(parent)
    , m_port(port)
    , m_sales(sales)
    , m_currency(currency)
    , m_isSupervisor(isSupervisor)
    , m_text(new QLineEdit(this))
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_empty(new QLabel(tr("No gift card here. Sell one, or look for another code."), this))
    , m_movements(new QLabel(this))
    , m_reason(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
{
    setObjectName(u"giftCardsDialog"_s);
    setWindowTitle(tr("Gift cards and vouchers"));
    resize(920, 600);
    build();
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &GiftCardsDialog::showChosen);
    connect(m_text, &QLineEdit::returnPressed, this, &GiftCardsDialog::load);
    connect(m_reason, &QLineEdit::textChanged, this, &GiftCardsDialog::showChosen);
    load();
}

void GiftCardsDialog::build()
{
    m_text->setObjectName(u"giftCardSearch"_s);
    m_text->setMaxLength(limits::giftCardCodeTypedMax);
    m_text->setPlaceholderText(tr("Code, or its last four characters; Enter looks for it"));
    m_text->setClearButtonEnabled(true);
    m_table->setObjectName(u"giftCardTable"_s);
    showAsRows(*m_table);
    m_table->setHorizontalHeaderLabels({tr("Card"), tr("Balance"), tr("State"), tr("Issued")});
    m_table->horizontalHeaderItem(BalanceColumn)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(IssuedColumn, QHeaderView::Stretch);
    m_table->setColumnWidth(CardColumn, 220);
    m_table->setColumnWidth(BalanceColumn, 140);
    m_table->setColumnWidth(StateColumn, 170);
    m_empty->setObjectName(u"giftCardsEmpty"_s);
    m_empty->setProperty("muted", true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_movements->setObjectName(u"giftCardMovements"_s);
    m_movements->setTextFormat(Qt::PlainText);
    m_movements->setWordWrap(true);
    m_reason->setObjectName(u"giftCardBlockReason"_s);
    m_reason->setMaxLength(limits::nameCharactersMax);
    m_reason->setPlaceholderText(tr("Why it is blocked, or not any more"));
    m_notice->setObjectName(u"giftCardsNotice"_s);

    auto *title = new QLabel(windowTitle(), this);
    title->setFont(titleFont());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->setSpacing(metrics::wide);
    layout->addWidget(title);
    layout->addWidget(m_text);
    layout->addWidget(m_notice);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_movements);
    auto *card = new QHBoxLayout;
    m_renew = button(u"giftCardRenew"_s, tr("&New code…"), [this] { renew(); });
    card->addWidget(m_renew);
    card->addStretch();
    m_block = button(u"giftCardBlock"_s, tr("&Block"), [this] { block(); });
    card->addWidget(m_reason, 1);
    card->addWidget(m_block);
    for (QWidget *part : std::initializer_list<QWidget *>{m_reason, m_block})
        part->setVisible(m_isSupervisor);
    layout->addLayout(card);
    auto *buttons = new QHBoxLayout;
    QPushButton *sell = button(u"giftCardSell"_s, tr("&Sell gift card…"), [this] { issue(GiftCardKind::GiftCard); });
    sell->setProperty("primary", true);
    buttons->addWidget(sell);
    QPushButton *give = button(u"giftCardGive"_s, tr("&Give voucher…"), [this] { issue(GiftCardKind::Voucher); });
    give->setVisible(m_isSupervisor);
    buttons->addWidget(give);
    buttons->addStretch();
    buttons->addWidget(button(u"giftCardsClose"_s, tr("&Close"), [this] { accept(); }));
    layout->addLayout(buttons);
}

QPushButton *GiftCardsDialog::button(const QString &name, const QString &text, const std::function<void()> &press)
{
    auto *made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setAutoDefault(false);
    connect(made, &QPushButton::clicked, this, press);
    return made;
}

void GiftCardsDialog::load()
{
    using List = std::vector<GiftCardView>;
    m_port.find(m_text->text().trimmed(), guarded<List>(this, [this, search = ++m_search](Result<List> found) {
                    if (search != m_search)
                        return;
                    if (!found)
                        return m_notice->showNotice(NoticeKind::Error, found.error().message);
                    showCards(*std::move(found));
                }));
}

void GiftCardsDialog::showCards(std::vector<GiftCardView> cards)
{
    m_cards = std::move(cards);
    const Instant now = SystemClock().now();
    m_table->setVisible(!m_cards.empty());
    m_empty->setVisible(m_cards.empty());
    m_table->clearSelection();
    m_table->setRowCount(static_cast<int>(m_cards.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const GiftCardView &card = m_cards[static_cast<size_t>(row)];
        const QStringList texts{giftCardName(card), moneyText(card.balance), giftCardStateText(card, now),
                                card.issuedBy};
        const QString setAside = card.reserved.isZero() ? tr("of %1").arg(moneyText(card.amount))
                                                        : tr("%1 set aside").arg(moneyText(card.reserved));
        const QStringList second{card.reason, setAside,
                                 card.blockReason.isEmpty() ? tr("until %1").arg(giftCardDate(card.expiresAt))
                                                            : card.blockReason,
                                 giftCardDate(card.issuedAt)};
        for (int column = 0; column < texts.size(); ++column) {
            auto *item = new QTableWidgetItem(texts.at(column));
            item->setData(RowDelegate::SecondLineRole, second.at(column));
            item->setToolTip(second.at(column));
            if (column == BalanceColumn)
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            m_table->setItem(row, column, item);
        }
    }
    if (!m_cards.empty())
        m_table->selectRow(0);
    showChosen();
}

const GiftCardView *GiftCardsDialog::current() const
{
    const int row = m_table->currentRow();
    return row >= 0 && row < static_cast<int>(m_cards.size()) ? &m_cards[static_cast<size_t>(row)] : nullptr;
}

void GiftCardsDialog::showChosen()
{
    const GiftCardView *chosen = current();
    const bool isBlocked = chosen && chosen->state == GiftCardState::Blocked;
    m_block->setText(isBlocked ? tr("Take the &block off") : tr("&Block"));
    m_block->setEnabled(chosen && (isBlocked || chosen->state == GiftCardState::Active) &&
                        !m_reason->text().trimmed().isEmpty());
    m_renew->setEnabled(chosen && chosen->state == GiftCardState::Active);
    if (!chosen)
        return m_movements->clear();
    if (sender() == m_reason) // Nothing else was chosen.
        return;
    m_port.fetch(chosen->id, guarded<GiftCardView>(this, [this, id = chosen->id](const Result<GiftCardView> &card) {
                     if (card && current() && current()->id == id)
                         showMovements(*card);
                 }));
}

void GiftCardsDialog::showMovements(const GiftCardView &card)
{
    constexpr size_t movementsShown = 6;
    QStringList lines;
    const size_t first = card.movements.size() > movementsShown ? card.movements.size() - movementsShown : 0;
    for (size_t i = first; i < card.movements.size(); ++i)
        lines += movementText(card.movements[i]);
    m_movements->setText(lines.join(u'\n'));
}

void GiftCardsDialog::issue(GiftCardKind kind)
{
    IssueGiftCardDialog(kind, m_currency, m_port, m_sales, this).exec();
    m_text->clear();
    load();
}

void GiftCardsDialog::renew()
{
    const GiftCardView *chosen = current();
    if (!chosen)
        return;
    m_renew->setEnabled(false);
    m_port.renewCode(chosen->id, guarded<IssuedGiftCard>(this, [this](const Result<IssuedGiftCard> &issued) {
                         showChosen();
                         if (!issued)
                             return m_notice->showNotice(NoticeKind::Error, issued.error().message);
                         IssueGiftCardDialog shown(issued->card.kind, m_currency, m_port, m_sales, this);
                         IssuedGiftCard withoutChange = *issued; // That was given when it was sold.
                         withoutChange.change = Money(0, issued->card.amount.currency());
                         shown.showIssued(withoutChange);
                         shown.exec();
                         load();
                     }));
}

void GiftCardsDialog::block()
{
    const GiftCardView *chosen = current();
    if (!chosen)
        return;
    const bool isBlocked = chosen->state == GiftCardState::Blocked;
    m_block->setEnabled(false);
    m_port.block({.card = chosen->id, .isBlocked = !isBlocked, .reason = m_reason->text().trimmed()},
                 guarded<GiftCardView>(this, [this](const Result<GiftCardView> &card) {
                     if (card) {
                         m_notice->showNotice(
                             NoticeKind::Success,
                             card->state == GiftCardState::Blocked
                                 ? tr("%1 is blocked: nothing can be paid with it.").arg(giftCardName(*card))
                                 : tr("%1 is good again.").arg(giftCardName(*card)));
                         m_reason->clear();
                     } else {
                         m_notice->showNotice(NoticeKind::Error, card.error().message);
                     }
                     load();
                 }));
}

} // namespace parterre::ui
