#include "checkout/tenderdialog.h"

#include "checkout/quicktender.h"
#include "checkout/ticketprinter.h"
#include "common/icons.h"
#include "common/keyhelp.h"
#include "common/moneyedit.h"
#include "common/moneylabel.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "giftcards/giftcardrow.h"
#include "giftcards/giftcardtext.h"

#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

/// The terminal that stands at this desk, as it was chosen last.
QString terminalSetting()
{
    return u"desk/cardTerminal"_s;
}

QFont largeFigures(double factor)
{
    QFont font = numberFont(headingFont());
    font.setPointSizeF(font.pointSizeF() * factor);
    return font;
}

/// What the places given back are worth, and what becomes of the rest.
QString exchangeText(const SaleController &sale)
{
    if (!sale.exchange())
        return {};
    const QString value = moneyText(sale.exchange()->value());
    if (const Money back = sale.back(); !back.isZero())
        return TenderDialog::tr("Places given back are worth %1, so %2 goes back.").arg(value, moneyText(back));
    return TenderDialog::tr("Less %1 for the places given back.").arg(value);
}

/// What was paid in money for it, beside places that were given back.
Money paidFor(const OrderView &order)
{
    return order.exchangedFrom ? order.total - order.exchangedFrom->credit : order.total;
}

QLabel *caption(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    QFont font = titleFont();
    font.setWeight(QFont::Normal);
    label->setFont(font);
    label->setProperty("muted", true);
    return label;
}

} // namespace

TenderDialog::TenderDialog(SaleController &sale, SalesPort &sales, SessionPort &session, QWidget *parent)
    : QDialog(parent)
    , m_sale(sale)
    , m_sales(sales)
    , m_session(session)
    , m_total(sale.cashDue())
    , m_pages(new QStackedWidget(this))
{
    setObjectName(u"tenderDialog"_s);
    setWindowTitle(sale.exchange() ? tr("Exchange of order %1").arg(sale.exchange()->from.number) : tr("Take payment"));
    setMinimumSize(560, 500); // With the rows of gift cards and terminals, which appear later.
    m_pages->addWidget(makeTenderPage());
    m_pages->addWidget(makeDonePage());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::section, metrics::section, metrics::section);
    layout->addWidget(m_pages);
    connect(&m_sale, &SaleController::paymentChanged, this, &TenderDialog::onPayment);
    connect(&m_sale, &SaleController::holdEnded, this, &TenderDialog::onPayment);
    connect(&m_sale, &SaleController::handedOver, this, &TenderDialog::onPayment);
    connect(&m_session, &SessionPort::statusChanged, this, &TenderDialog::onPayment);
    connect(new QShortcut(QKeySequence(Qt::Key_F1), this), &QShortcut::activated, this, [this] {
        KeyHelp help(this);
        help.exec();
    });
    m_sales.listTerminals(guarded<std::vector<QString>>(this, [this](const Result<std::vector<QString>> &names) {
        if (names) // Else there is cash.
            showTerminals(*names);
    }));
    m_tendered->setMoney(m_sale.openTender().value_or(m_total));
    m_tendered->selectAll();
    m_tendered->setFocus();
    showChange();
    onPayment();
}

QWidget *TenderDialog::makeTenderPage()
{
    auto *page = new QWidget(this);
    m_totalLabel = new MoneyLabel(page);
    m_totalLabel->setObjectName(u"tenderTotal"_s);
    m_totalLabel->setFont(largeFigures(1.7));
    m_totalLabel->setMoney(m_total);
    m_giftCards = new GiftCardRow(m_sales, m_sale.due(), page);
    m_giftCards->setVisible(!m_total.isZero());
    connect(m_giftCards, &GiftCardRow::changed, this, &TenderDialog::onGiftCards);
    m_tendered = new MoneyEdit(page);
    m_tendered->setObjectName(u"tenderAmount"_s);
    m_tendered->setAccessibleName(tr("Amount handed over"));
    m_tendered->setCurrency(m_total.currency());
    m_tendered->setFont(largeFigures(1.1));
    m_tendered->setAlignment(Qt::AlignRight);
    m_tendered->setMinimumWidth(240);
    m_notice = new NoticeBar(page);
    m_notice->setObjectName(u"tenderNotice"_s);
    m_notice->setClosable(false);
    m_confirm = new QPushButton(tr("&Confirm payment  (Enter)"), page);
    m_confirm->setObjectName(u"tenderConfirm"_s);
    m_confirm->setProperty("primary", true);
    m_confirm->setDefault(true);
    m_confirm->setMinimumHeight(44);
    m_cancel = new QPushButton(tr("&Back to cart"), page);
    m_cancel->setObjectName(u"tenderCancel"_s);
    m_cancel->setAutoDefault(false);
    m_cancel->setMinimumHeight(44);

    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::wide);
    const auto addRow = [&](QWidget *left, QWidget *right) {
        auto *row = new QHBoxLayout;
        row->addWidget(left);
        row->addStretch();
        row->addWidget(right);
        layout->addLayout(row);
    };
    addRow(caption(tr("To pay for %n place(s)", nullptr, m_sale.placeCount()), page), m_totalLabel);
    if (QWidget *costs = makeCosts(page))
        layout->addWidget(costs);
    if (const QString less = exchangeText(m_sale); !less.isEmpty())
        layout->addWidget(caption(less, page));
    layout->addWidget(m_giftCards);
    auto *amountCaption = caption(tr("&Handed over"), page);
    amountCaption->setBuddy(m_tendered);
    addRow(amountCaption, m_tendered);
    QWidget *quick = makeQuickTenders();
    layout->addWidget(quick);
    quick->setVisible(!m_total.isZero());
    layout->addWidget(makeChangeCard(page));
    layout->addWidget(makeTerminalRow());
    layout->addWidget(m_notice);
    layout->addStretch();
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_confirm, 1);
    layout->addLayout(buttons);
    connect(m_tendered, &MoneyEdit::moneyChanged, this, &TenderDialog::showChange);
    connect(m_confirm, &QPushButton::clicked, this, &TenderDialog::confirm);
    connect(m_cancel, &QPushButton::clicked, this, &TenderDialog::reject);
    return page;
}

QWidget *TenderDialog::makeChangeCard(QWidget *page)
{
    m_changeCaption = caption(tr("Change"), page);
    m_change = new MoneyLabel(page);
    m_change->setObjectName(u"tenderChange"_s);
    m_change->setFont(largeFigures(1.7));
    auto *card = new QFrame(page);
    card->setProperty("card", true);
    auto *row = new QHBoxLayout(card);
    row->setContentsMargins(metrics::wide, metrics::normal, metrics::wide, metrics::normal);
    row->addWidget(m_changeCaption);
    row->addStretch();
    row->addWidget(m_change);
    return card;
}

QWidget *TenderDialog::makeTerminalRow()
{
    m_terminalRow = new QWidget(this);
    m_terminals = new QComboBox(m_terminalRow);
    m_terminals->setObjectName(u"terminals"_s);
    m_terminals->setAccessibleName(tr("Card terminal"));
    m_terminals->setMinimumHeight(40);
    m_card = new QPushButton(themedIcon(u"card"_s), u' ' + tr("Pay by c&ard  (F6)"), m_terminalRow);
    m_card->setObjectName(u"payByCard"_s);
    m_card->setAutoDefault(false);
    m_card->setMinimumHeight(44);
    auto *row = new QHBoxLayout(m_terminalRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::small);
    row->addWidget(m_terminals, 1);
    row->addWidget(m_card, 2);
    m_terminalRow->hide();
    connect(m_card, &QPushButton::clicked, this, &TenderDialog::payByCard);
    connect(new QShortcut(QKeySequence(Qt::Key_F6), this), &QShortcut::activated, m_card, &QPushButton::click);
    return m_terminalRow;
}

void TenderDialog::showTerminals(const std::vector<QString> &names)
{
    m_terminals->clear();
    for (const QString &name : names)
        m_terminals->addItem(tr("Terminal %1").arg(name), name);
    m_terminals->setCurrentIndex(std::max(0, m_terminals->findData(QSettings().value(terminalSetting()))));
    m_terminals->setVisible(names.size() > 1);
    m_terminalRow->setVisible(!names.empty() && !(m_sale.exchange() && m_total.isZero()));
}

void TenderDialog::payByCard()
{
    const QString terminal = m_terminals->currentData().toString();
    QSettings().setValue(terminalSetting(), terminal);
    const auto cash = cashPart();
    if (cash || !m_giftCards->tenders().empty())
        return m_sale.payInParts(m_giftCards->tenders(), cash, terminal);
    m_sale.payTerminal(terminal);
}

std::optional<Money> TenderDialog::cashPart() const
{
    const auto tendered = m_tendered->money();
    const bool isPart = tendered && !tendered->isZero() && *tendered < m_giftCards->rest();
    return isPart ? tendered : std::nullopt;
}

/// What gift cards leave is what the customer hands over, in the coins that the drawer has.
void TenderDialog::onGiftCards()
{
    const Money rest = m_giftCards->rest();
    m_total = rest + cashRounding(rest, m_sale.performance().cashStep);
    m_totalLabel->setMoney(m_total);
    m_tendered->setMoney(m_total);
    onPayment();
    (rest.isZero() ? static_cast<QWidget *>(m_confirm) : m_tendered)->setFocus();
    m_tendered->selectAll();
}

/// What is in the sum; nothing where it is the tickets alone.
QWidget *TenderDialog::makeCosts(QWidget *page)
{
    const CartCost cost = m_sale.cost();
    std::vector<std::pair<QString, Money>> rows = costRows(cost);
    for (const auto &row : taxRows(cost.taxes))
        rows.push_back(row);
    if (!cost.rounding.isZero())
        rows.emplace_back(tr("Rounded to the smallest coin"), cost.rounding);
    if (rows.empty())
        return nullptr;
    auto *label = new QLabel(rowsHtml(rows, Theme::of(this).textMuted.name()), page);
    label->setObjectName(u"tenderCosts"_s);
    label->setTextFormat(Qt::RichText);
    return label;
}

QWidget *TenderDialog::makeQuickTenders()
{
    auto *box = new QWidget(this);
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::small);
    int number = 0;
    for (const Money &amount : quickTenders(m_total)) {
        auto *button = new QPushButton(
            number == 0 ? tr("&1  Exact") : u"&%1  %2"_s.arg(number + 1).arg(moneyRangeText(amount, amount)), box);
        button->setObjectName(u"quickTender%1"_s.arg(++number));
        button->setAutoDefault(false);
        button->setMinimumHeight(40);
        button->setToolTip(tr("Alt+%1").arg(number));
        connect(button, &QPushButton::clicked, this, [this, amount, isExact = number == 1] {
            m_tendered->setMoney(isExact ? m_total : amount); // Gift cards may have paid a part meanwhile.
            m_confirm->setFocus();
        });
        row->addWidget(button, 1);
    }
    return box;
}

QWidget *TenderDialog::makeDonePage()
{
    auto *page = new QWidget(this);
    auto *mark = new QLabel(page);
    mark->setPixmap(iconPixmap(u"check-circle"_s, Theme::of(this).success, metrics::iconHuge, devicePixelRatioF()));
    mark->setAlignment(Qt::AlignCenter);
    m_doneTitle = new QLabel(page);
    m_doneTitle->setObjectName(u"doneTitle"_s);
    m_doneTitle->setFont(titleFont());
    m_doneTitle->setAlignment(Qt::AlignCenter);
    m_doneCaption = caption({}, page);
    m_doneCaption->setAlignment(Qt::AlignCenter);
    m_doneChange = new MoneyLabel(page);
    m_doneChange->setObjectName(u"doneChange"_s);
    m_doneChange->setFont(largeFigures(3.0));
    m_doneChange->setAlignment(Qt::AlignCenter);
    m_doneText = caption({}, page);
    m_doneText->setObjectName(u"doneText"_s);
    m_doneText->setAlignment(Qt::AlignCenter);
    m_doneNotice = new NoticeBar(page);
    m_doneNotice->setObjectName(u"doneNotice"_s);
    auto *save = new QPushButton(themedIcon(u"ticket"_s), u' ' + tr("&Save PDF…"), page);
    save->setObjectName(u"saveTickets"_s);
    auto *preview = new QPushButton(themedIcon(u"print"_s), u' ' + tr("&Print preview…"), page);
    preview->setObjectName(u"previewTickets"_s);
    auto *receipt = new QPushButton(themedIcon(u"receipt"_s), u' ' + tr("&Receipt…"), page);
    receipt->setObjectName(u"previewReceipt"_s);
    for (QPushButton *button : {save, preview, receipt})
        button->setAutoDefault(false);
    m_next = new QPushButton(tr("&Next customer  (Enter)"), page);
    m_next->setObjectName(u"nextCustomer"_s);
    m_next->setProperty("primary", true);
    m_next->setMinimumHeight(44);
    auto *actions = new QHBoxLayout;
    actions->addWidget(save, 1);
    actions->addWidget(preview, 1);
    actions->addWidget(receipt, 1);
    connect(receipt, &QPushButton::clicked, this, &TenderDialog::showReceipt);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::normal);
    layout->addWidget(mark);
    layout->addWidget(m_doneTitle);
    layout->addStretch();
    layout->addWidget(m_doneCaption);
    layout->addWidget(m_doneChange);
    layout->addWidget(m_doneText);
    layout->addStretch();
    layout->addWidget(m_doneNotice);
    layout->addLayout(actions);
    layout->addWidget(m_next);
    connect(save, &QPushButton::clicked, this, [this] {
        withTickets([this](const TicketDocument &tickets) {
            const Result<QString> path = saveTickets(tickets, this);
            if (!path)
                m_doneNotice->showNotice(NoticeKind::Error, path.error().message);
            else if (!path->isEmpty())
                m_doneNotice->showNotice(NoticeKind::Success, tr("Saved as %1.").arg(*path));
        });
    });
    connect(preview, &QPushButton::clicked, this, [this] {
        withTickets([this](const TicketDocument &tickets) {
            if (const Status shown = previewTickets(tickets, this); !shown)
                m_doneNotice->showNotice(NoticeKind::Error, shown.error().message);
        });
    });
    connect(m_next, &QPushButton::clicked, this, &QDialog::accept);
    return page;
}

void TenderDialog::showChange()
{
    const auto tendered = m_tendered->money();
    const bool isEnough = tendered && *tendered >= m_total;
    m_changeCaption->setText(tendered && !isEnough ? tr("Still missing") : tr("Change"));
    Money change(0, m_total.currency());
    if (tendered)
        change = isEnough ? *tendered - m_total : m_total - *tendered;
    m_change->setMoney(change);
    const Theme &theme = Theme::of(this);
    QPalette palette = m_change->palette();
    palette.setColor(QPalette::WindowText, tendered && !isEnough ? theme.danger : theme.text);
    m_change->setPalette(palette);
    const bool isOnline = m_session.status().state == ConnectionState::Online;
    const bool mayPay = isOnline && !m_sale.isEmpty() && m_sale.paymentStep() != PaymentStep::Working;
    m_confirm->setEnabled(isEnough && mayPay);
    m_card->setEnabled(mayPay && !m_sale.openTender() && !m_giftCards->rest().isZero());
    const auto cash = cashPart();
    m_card->setText(
        u' ' + (cash ? tr("%1 in cash, the rest by c&ard  (F6)").arg(moneyText(*cash)) : tr("Pay by c&ard  (F6)")));
    m_terminals->setEnabled(m_card->isEnabled());
}

void TenderDialog::confirm()
{
    const auto tendered = m_tendered->money();
    if (!tendered || *tendered < m_total)
        return;
    if (m_giftCards->tenders().empty())
        return m_sale.payCash(*tendered);
    m_sale.payInParts(m_giftCards->tenders(), m_giftCards->rest().isZero() ? std::nullopt : tendered, {});
}

void TenderDialog::onPayment()
{
    const bool isWorking = m_sale.paymentStep() == PaymentStep::Working;
    const bool tenderIsFixed = isWorking || m_sale.openTender().has_value();
    m_tendered->setEnabled(!tenderIsFixed && !(m_total.isZero() && !m_giftCards->tenders().empty()));
    m_giftCards->setEnabled(!tenderIsFixed);
    for (auto *button : findChildren<QPushButton *>(QRegularExpression(u"^quickTender"_s)))
        button->setEnabled(!tenderIsFixed);
    const bool isAtTerminal = isWorking && !m_sale.terminal().isEmpty();
    m_cancel->setEnabled(!tenderIsFixed || isAtTerminal);
    m_cancel->setText(isAtTerminal ? tr("&Stop the payment  (Esc)") : tr("&Back to cart"));
    showChange();
    if (m_sale.paymentStep() == PaymentStep::Paid)
        return showDone();
    if (isAtTerminal) {
        m_notice->showNotice(
            NoticeKind::Info,
            m_session.status().state == ConnectionState::Online
                ? tr("The customer pays %1 at the terminal %2…").arg(moneyText(m_total), m_sale.terminal())
                : tr("The server cannot be reached. What the terminal does is learnt when it is back; do not pay "
                     "again."));
        m_cancel->setFocus();
    } else if (isWorking) {
        const ConnectionStatus status = m_session.status();
        if (status.state != ConnectionState::Online || status.answerIsLate)
            m_notice->showNotice(NoticeKind::Warning, tr("Payment is being confirmed… keep the cash on the counter. "
                                                         "It is settled by itself when the server is back."));
        else
            m_notice->showNotice(NoticeKind::Info, tr("Payment is being confirmed…"));
    } else if (m_sale.isEmpty()) {
        m_notice->showNotice(NoticeKind::Error,
                             m_sale.handedTo()
                                 ? tr("These places were handed over and nothing was sold here. Give any money back.")
                                 : tr("The time for these places ran out and nothing was sold. Give any money back, "
                                      "go back to the cart and take the places again."));
        m_cancel->setFocus();
    } else if (m_sale.paymentStep() == PaymentStep::Refused && m_sale.paymentError()) {
        if (m_sale.order() && m_giftCards->tenders().empty() && m_sale.cashDue() != m_total && !m_sale.openTender()) {
            m_total = m_sale.cashDue();
            m_totalLabel->setMoney(m_total);
            m_giftCards->setDue(m_sale.due());
        }
        m_notice->showNotice(NoticeKind::Error, m_sale.paymentError()->message);
        showChange();
    } else if (m_session.status().state != ConnectionState::Online) {
        m_notice->showNotice(NoticeKind::Warning,
                             tr("The server cannot be reached. Take no cash until the connection is back."));
    } else {
        m_notice->clear();
    }
}

void TenderDialog::showDone()
{
    if (m_pages->currentIndex() == 1)
        return;
    const OrderView &order = *m_sale.order();
    setWindowTitle(tr("Sold"));
    m_doneTitle->setText(tr("Sold: order %1").arg(order.number));
    const bool isCash = order.paymentMethod != PaymentMethod::Terminal;
    m_doneChange->setMoney(isCash ? order.change : paidFor(order));
    m_doneCaption->setText(isCash ? tr("Change to give") : tr("Paid by card"));
    m_doneText->setText(
        isCash ? tr("%1 received for %2").arg(moneyText(order.tendered), moneyText(order.tendered - order.change))
               : tr("At the terminal %1. No change to give.").arg(m_sale.terminal()));
    if (!order.tenders.empty())
        showTenders(order);
    if (m_sale.exchange()) {
        m_doneTitle->setText(tr("Exchanged: order %1 for %2").arg(order.number, m_sale.exchange()->from.number));
        if (const Money back = m_sale.back(); !back.isZero()) {
            const OrderView &from = m_sale.exchange()->from;
            const bool goesBackInCash = from.paymentMethod == PaymentMethod::Cash;
            m_doneChange->setMoney(goesBackInCash ? back : Money(0, back.currency()));
            m_doneText->setText(goesBackInCash         ? tr("Give the customer %1 in cash.").arg(moneyText(back))
                                : from.tenders.empty() ? tr("%1 goes back to the card that paid.").arg(moneyText(back))
                                                       : tr("%1 goes back the way it came.").arg(moneyText(back)));
        }
    }
    m_pages->setCurrentIndex(1);
    m_next->setDefault(true);
    m_next->setFocus();
}

/// Cash that is still to be collected is what the clerk must not forget.
void TenderDialog::showTenders(const OrderView &order)
{
    const auto cash = std::ranges::find(order.tenders, PaymentMethod::Cash, &TenderView::method);
    if (order.paymentMethod == PaymentMethod::Cash) {
        m_doneChange->setMoney(order.change);
        m_doneCaption->setText(tr("Change to give"));
    } else if (cash != order.tenders.end()) {
        m_doneChange->setMoney(cash->amount);
        m_doneCaption->setText(tr("Collect in cash"));
    } else {
        m_doneChange->setMoney(paidFor(order));
        m_doneCaption->setText(tr("Paid. No change to give."));
    }
    m_doneText->setText(tendersText(order.tenders));
}

void TenderDialog::withTickets(const std::function<void(const TicketDocument &)> &use)
{
    if (m_tickets)
        return use(*m_tickets);
    m_sales.fetchTickets(m_sale.order()->id, guarded<TicketDocument>(this, [this, use](Result<TicketDocument> tickets) {
                             if (!tickets)
                                 return m_doneNotice->showNotice(NoticeKind::Error, tickets.error().message);
                             m_tickets = *std::move(tickets);
                             use(*m_tickets);
                         }));
}

void TenderDialog::showReceipt()
{
    m_sales.fetchReceipt(m_sale.order()->id,
                         guarded<TicketDocument>(this, [this](const Result<TicketDocument> &receipt) {
                             const Status shown = receipt ? previewTickets(*receipt, this) : refuse(receipt.error());
                             if (!shown)
                                 m_doneNotice->showNotice(NoticeKind::Error, shown.error().message);
                         }));
}

void TenderDialog::reject()
{
    if (m_sale.paymentStep() == PaymentStep::Paid)
        return accept();
    if (m_sale.paymentStep() == PaymentStep::Working && !m_sale.terminal().isEmpty())
        return m_sale.stopTerminal();
    if (m_sale.paymentStep() != PaymentStep::Working && !m_sale.openTender())
        QDialog::reject();
}

} // namespace parterre::ui
