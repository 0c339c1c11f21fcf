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

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

QFont largeFigures(double factor)
{
    QFont font = numberFont(headingFont());
    font.setPointSizeF(font.pointSizeF() * factor);
    return font;
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
    , m_total(sale.cost().cashDue())
    , m_pages(new QStackedWidget(this))
{
    setObjectName(u"tenderDialog"_s);
    setWindowTitle(tr("Take cash"));
    setMinimumSize(560, 420);
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
    m_tendered->setMoney(m_sale.openTender().value_or(m_total));
    m_tendered->selectAll();
    m_tendered->setFocus();
    showChange();
    onPayment();
}

QWidget *TenderDialog::makeTenderPage()
{
    auto *page = new QWidget(this);
    auto *total = new MoneyLabel(page);
    total->setObjectName(u"tenderTotal"_s);
    total->setFont(largeFigures(1.7));
    total->setMoney(m_total);
    m_tendered = new MoneyEdit(page);
    m_tendered->setObjectName(u"tenderAmount"_s);
    m_tendered->setAccessibleName(tr("Amount handed over"));
    m_tendered->setCurrency(m_total.currency());
    m_tendered->setFont(largeFigures(1.1));
    m_tendered->setAlignment(Qt::AlignRight);
    m_tendered->setMinimumWidth(240);
    m_changeCaption = caption(tr("Change"), page);
    m_change = new MoneyLabel(page);
    m_change->setObjectName(u"tenderChange"_s);
    m_change->setFont(largeFigures(1.7));
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
    addRow(caption(tr("To pay for %n place(s)", nullptr, m_sale.placeCount()), page), total);
    if (QWidget *costs = makeCosts(page))
        layout->addWidget(costs);
    auto *amountCaption = caption(tr("&Handed over"), page);
    amountCaption->setBuddy(m_tendered);
    addRow(amountCaption, m_tendered);
    layout->addWidget(makeQuickTenders());
    auto *result = new QFrame(page);
    result->setProperty("card", true);
    auto *resultRow = new QHBoxLayout(result);
    resultRow->setContentsMargins(metrics::wide, metrics::normal, metrics::wide, metrics::normal);
    resultRow->addWidget(m_changeCaption);
    resultRow->addStretch();
    resultRow->addWidget(m_change);
    layout->addWidget(result);
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
        connect(button, &QPushButton::clicked, this, [this, amount] {
            m_tendered->setMoney(amount);
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
    auto *changeCaption = caption(tr("Change to give"), page);
    changeCaption->setAlignment(Qt::AlignCenter);
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
    layout->addWidget(changeCaption);
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
    m_confirm->setEnabled(isEnough && isOnline && !m_sale.isEmpty() && m_sale.paymentStep() != PaymentStep::Working);
}

void TenderDialog::confirm()
{
    if (const auto tendered = m_tendered->money(); tendered && *tendered >= m_total)
        m_sale.payCash(*tendered);
}

void TenderDialog::onPayment()
{
    const bool isWorking = m_sale.paymentStep() == PaymentStep::Working;
    const bool tenderIsFixed = isWorking || m_sale.openTender().has_value();
    m_tendered->setEnabled(!tenderIsFixed);
    for (auto *button : findChildren<QPushButton *>(QRegularExpression(u"^quickTender"_s)))
        button->setEnabled(!tenderIsFixed);
    m_cancel->setEnabled(!tenderIsFixed);
    showChange();
    if (m_sale.paymentStep() == PaymentStep::Paid)
        return showDone();
    if (isWorking) {
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
        if (m_sale.order() && !m_sale.openTender()) {
            const Money &total = m_sale.order()->total;
            m_total = total + cashRounding(total, m_sale.performance().cashStep);
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
    m_doneChange->setMoney(order.change);
    m_doneText->setText(
        tr("%1 received for %2").arg(moneyText(order.tendered), moneyText(order.tendered - order.change)));
    m_pages->setCurrentIndex(1);
    m_next->setDefault(true);
    m_next->setFocus();
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
    if (m_sale.paymentStep() != PaymentStep::Working && !m_sale.openTender())
        QDialog::reject();
}

} // namespace parterre::ui
