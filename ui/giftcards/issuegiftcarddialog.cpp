#include "giftcards/issuegiftcarddialog.h"

#include "common/icons.h"
#include "common/moneyedit.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "giftcards/giftcardtext.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPrintPreviewDialog>
#include <QPrinter>
#include <QPushButton>
#include <QShortcut>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTextDocument>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int daysOfYear = 365;

QFont largeCode()
{
    QFont font = numberFont(headingFont());
    font.setPointSizeF(font.pointSizeF() * 1.4);
    font.setLetterSpacing(QFont::PercentageSpacing, 106);
    return font;
}

} // namespace

IssueGiftCardDialog::IssueGiftCardDialog(GiftCardKind kind, const Currency &currency, GiftCardPort &port,
                                         SalesPort &sales, QWidget *parent)
    : QDialog(parent)
    , m_port(port)
    , m_command{.card = GiftCardId::create(),
                .amount = Money(0, currency),
                .reason = {},
                .payment = PaymentId::create()}
    , m_kind(kind)
    , m_currency(currency)
    , m_pages(new QStackedWidget(this))
{
    setObjectName(u"issueGiftCardDialog"_s);
    setWindowTitle(kind == GiftCardKind::Voucher ? tr("Give a voucher") : tr("Sell a gift card"));
    setMinimumWidth(560);
    m_pages->addWidget(makeForm());
    m_pages->addWidget(makeDone());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->addWidget(m_pages);
    if (kind == GiftCardKind::GiftCard) {
        sales.listTerminals(guarded<std::vector<QString>>(this, [this](const Result<std::vector<QString>> &names) {
            if (names) // Else there is cash.
                showTerminals(*names);
        }));
    }
    m_amount->setFocus();
    showChange();
}

QWidget *IssueGiftCardDialog::makeForm()
{
    auto *page = new QWidget(this);
    m_amount = new MoneyEdit(page);
    m_amount->setObjectName(u"giftCardAmount"_s);
    m_amount->setCurrency(m_currency);
    m_amount->setFont(numberFont(headingFont()));
    m_years = new QSpinBox(page);
    m_years->setObjectName(u"giftCardYears"_s);
    m_years->setRange(1, limits::giftCardDaysMax / daysOfYear);
    m_years->setValue(limits::giftCardDaysDefault / daysOfYear);
    m_years->setSuffix(u' ' + tr("years"));
    m_notice = new NoticeBar(page);
    m_notice->setObjectName(u"giftCardNotice"_s);
    m_notice->setClosable(false);
    m_confirm = new QPushButton(
        m_kind == GiftCardKind::Voucher ? tr("&Give voucher  (Enter)") : tr("&Sell for cash  (Enter)"), page);
    m_confirm->setObjectName(u"giftCardConfirm"_s);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);
    m_confirm->setMinimumHeight(44);
    auto *cancel = new QPushButton(tr("&Cancel"), page);
    cancel->setObjectName(u"giftCardCancel"_s);
    cancel->setAutoDefault(false);
    cancel->setMinimumHeight(44);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics::wide);
    form->setVerticalSpacing(metrics::normal);
    form->addRow(tr("Worth"), m_amount);
    form->addRow(tr("Good for"), m_years);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(cancel);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::wide);
    layout->addLayout(form);
    if (m_kind == GiftCardKind::Voucher) {
        m_reason = new QLineEdit(page);
        m_reason->setObjectName(u"giftCardReason"_s);
        m_reason->setMaxLength(limits::nameCharactersMax);
        m_reason->setPlaceholderText(tr("Such as: the lift was out of order"));
        form->addRow(tr("Why"), m_reason);
        connect(m_reason, &QLineEdit::textChanged, this, &IssueGiftCardDialog::showChange);
    } else {
        addMoneyRows(form);
        buttons->addWidget(m_terminals);
        buttons->addWidget(m_card, 1);
    }
    buttons->addWidget(m_confirm, 1);
    layout->addWidget(m_notice);
    layout->addStretch();
    layout->addLayout(buttons);
    connect(m_amount, &MoneyEdit::moneyChanged, this, &IssueGiftCardDialog::showChange);
    connect(m_confirm, &QPushButton::clicked, this, [this] { issue(std::nullopt); });
    connect(cancel, &QPushButton::clicked, this, &IssueGiftCardDialog::reject);
    return page;
}

void IssueGiftCardDialog::addMoneyRows(QFormLayout *form)
{
    m_tendered = new MoneyEdit(this);
    m_tendered->setObjectName(u"giftCardTendered"_s);
    m_tendered->setCurrency(m_currency);
    m_tendered->setFont(numberFont(titleFont()));
    m_tendered->setToolTip(tr("Empty: exactly what it is worth"));
    m_change = new QLabel(this);
    m_change->setObjectName(u"giftCardChange"_s);
    m_change->setFont(numberFont(headingFont()));
    m_terminals = new QComboBox(this);
    m_terminals->setObjectName(u"giftCardTerminals"_s);
    m_terminals->setMinimumHeight(40);
    m_card = new QPushButton(themedIcon(u"card"_s), u' ' + tr("By c&ard  (F6)"), this);
    m_card->setObjectName(u"giftCardByCard"_s);
    m_card->setAutoDefault(false);
    m_card->setMinimumHeight(44);
    for (QWidget *part : std::initializer_list<QWidget *>{m_terminals, m_card})
        part->hide();
    form->addRow(tr("Handed over"), m_tendered);
    form->addRow(tr("Change"), m_change);
    connect(m_tendered, &MoneyEdit::moneyChanged, this, &IssueGiftCardDialog::showChange);
    connect(m_card, &QPushButton::clicked, this, [this] { issue(m_terminals->currentData().toString()); });
    connect(new QShortcut(QKeySequence(Qt::Key_F6), this), &QShortcut::activated, m_card, &QPushButton::click);
}

QWidget *IssueGiftCardDialog::makeDone()
{
    auto *page = new QWidget(this);
    m_doneTitle = new QLabel(page);
    m_doneTitle->setObjectName(u"giftCardDoneTitle"_s);
    m_doneTitle->setFont(titleFont());
    m_code = new QLabel(page);
    m_code->setObjectName(u"giftCardCode"_s);
    m_code->setFont(largeCode());
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_doneText = new QLabel(page);
    m_doneText->setObjectName(u"giftCardDoneText"_s);
    m_doneText->setProperty("muted", true);
    m_doneText->setWordWrap(true);
    for (QLabel *label : {m_doneTitle, m_code, m_doneText})
        label->setAlignment(Qt::AlignCenter);
    auto *printIt = new QPushButton(themedIcon(u"print"_s), u' ' + tr("&Print preview…"), page);
    printIt->setObjectName(u"giftCardPrint"_s);
    printIt->setAutoDefault(false);
    printIt->setMinimumHeight(44);
    m_close = new QPushButton(tr("&Done  (Enter)"), page);
    m_close->setObjectName(u"giftCardClose"_s);
    m_close->setProperty("primary", true);
    m_close->setMinimumHeight(44);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(printIt, 1);
    buttons->addWidget(m_close, 1);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::wide);
    layout->addWidget(m_doneTitle);
    layout->addStretch();
    layout->addWidget(m_code);
    layout->addWidget(m_doneText);
    layout->addStretch();
    layout->addLayout(buttons);
    connect(printIt, &QPushButton::clicked, this, &IssueGiftCardDialog::print);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    return page;
}

void IssueGiftCardDialog::showTerminals(const std::vector<QString> &names)
{
    for (const QString &name : names)
        m_terminals->addItem(tr("Terminal %1").arg(name), name);
    m_terminals->setVisible(names.size() > 1);
    m_card->setVisible(!names.empty());
}

void IssueGiftCardDialog::showChange()
{
    const auto amount = m_amount->money();
    bool mayConfirm = !m_isWorking && amount && !amount->isZero();
    if (m_card)
        m_card->setEnabled(mayConfirm);
    if (m_reason)
        mayConfirm = mayConfirm && !m_reason->text().trimmed().isEmpty();
    if (m_tendered) {
        const auto tendered = m_tendered->text().trimmed().isEmpty() ? amount : m_tendered->money();
        const bool isEnough = amount && tendered && *tendered >= *amount;
        m_change->setText(isEnough ? moneyText(*tendered - *amount) : QString());
        mayConfirm = mayConfirm && isEnough;
    }
    m_confirm->setEnabled(mayConfirm);
}

void IssueGiftCardDialog::issue(const std::optional<QString> &terminal)
{
    const auto amount = m_amount->money();
    if (m_isWorking || !amount)
        return;
    m_command.kind = m_kind;
    m_command.amount = *amount;
    m_command.daysValid = m_years->value() * daysOfYear;
    m_command.reason = m_reason ? m_reason->text().trimmed() : QString();
    m_command.terminal = terminal;
    m_command.tendered.reset();
    if (m_kind == GiftCardKind::GiftCard && !terminal)
        m_command.tendered = m_tendered->money().value_or(*amount);
    setWorking(true);
    m_notice->showNotice(
        NoticeKind::Info,
        terminal ? tr("The customer pays %1 at the terminal %2…  Esc stops it.").arg(moneyText(*amount), *terminal)
                 : tr("The card is being made…"));
    m_port.issue(m_command,
                 guarded<IssuedGiftCard>(this, [this](const Result<IssuedGiftCard> &answer) { onAnswer(answer); }));
}

void IssueGiftCardDialog::setWorking(bool isWorking)
{
    m_isWorking = isWorking;
    for (QWidget *part : std::initializer_list<QWidget *>{m_amount, m_years, m_tendered, m_reason, m_terminals}) {
        if (part)
            part->setEnabled(!isWorking);
    }
    showChange();
}

void IssueGiftCardDialog::onAnswer(const Result<IssuedGiftCard> &answer)
{
    setWorking(false);
    if (answer)
        return showIssued(*answer);
    m_notice->showNotice(NoticeKind::Error, answer.error().message);
    if (answer.error().code == ErrorCode::OutcomeUnknown || answer.error().code == ErrorCode::PaymentInDoubt)
        return; // The same card is asked for again.
    m_command.card = GiftCardId::create();
    m_command.payment = PaymentId::create();
    m_amount->setFocus();
}

void IssueGiftCardDialog::showIssued(const IssuedGiftCard &issued)
{
    m_issued = issued;
    m_doneTitle->setText(u"%1 · %2"_s.arg(giftCardName(issued.card), moneyText(issued.card.amount)));
    m_code->setText(issued.code.value_or(u"– – – –"_s));
    m_code->setAccessibleName(tr("Code: %1").arg(m_code->text()));
    QString text = tr("Good until %1. The code is shown this once: print it, or let the customer write it down.")
                       .arg(giftCardDate(issued.card.expiresAt));
    if (!issued.code)
        text =
            tr("Nobody knows yet whether the card was charged. Look for this gift card in the list in a minute; when "
               "it is good, ask for a new code there.");
    else if (!issued.change.isZero())
        text = tr("Give %1 change.").arg(moneyText(issued.change)) + u"  "_s + text;
    m_doneText->setText(text);
    m_pages->setCurrentIndex(1);
    m_close->setDefault(true);
    m_close->setFocus();
}

void IssueGiftCardDialog::print()
{
    if (!m_issued || !m_issued->code)
        return;
    QPrinter printer(QPrinter::HighResolution);
    printer.setPageSize(QPageSize(QPageSize::A5));
    printer.setPageOrientation(QPageLayout::Landscape);
    QPrintPreviewDialog preview(&printer, this);
    preview.setObjectName(u"giftCardPreview"_s);
    connect(&preview, &QPrintPreviewDialog::paintRequested, this, [this](QPrinter *page) {
        QTextDocument document;
        document.setHtml(giftCardHtml(*m_issued));
        document.print(page);
    });
    preview.exec();
}

void IssueGiftCardDialog::reject()
{
    if (m_isWorking && m_command.terminal)
        return m_port.stop(m_command.payment, [](const Result<void> &) {});
    if (!m_isWorking)
        QDialog::reject();
}

} // namespace parterre::ui
