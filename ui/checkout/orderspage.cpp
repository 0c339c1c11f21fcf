#include "checkout/orderspage.h"

#include "aftersale/refunddialog.h"
#include "aftersale/refundtext.h"
#include "checkout/cartcost.h"
#include "checkout/ticketprinter.h"
#include "checkout/ticketsdialog.h"
#include "common/icons.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "common/timetext.h"
#include "giftcards/giftcardtext.h"

#include <QAction>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum OrderColumn {
    OrderNumberColumn,
    OrderPerformanceColumn,
    OrderBuyerColumn,
    OrderPlacesColumn,
    OrderTotalColumn,
    OrderStateColumn,
    OrderColumnCount
};

QString stateName(OrderState state)
{
    switch (state) {
    case OrderState::Open:
        return OrdersPage::tr("Open");
    case OrderState::PaymentPending:
        return OrdersPage::tr("Payment running");
    case OrderState::Confirmed:
        return OrdersPage::tr("Confirmed");
    case OrderState::Expired:
        return OrdersPage::tr("Expired");
    case OrderState::PartlyRefunded:
        return OrdersPage::tr("Partly refunded");
    case OrderState::Refunded:
        return OrdersPage::tr("Refunded");
    case OrderState::Exchanged:
        return OrdersPage::tr("Exchanged");
    }
    return {};
}

} // namespace

OrdersPage::OrdersPage(SalesPort &sales, AfterSalePort &afterSale, TicketPort *ticketPort, QWidget *parent)
    : QWidget(parent)
    , m_sales(sales)
    , m_afterSale(afterSale)
    , m_tickets(ticketPort)
    , m_search(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_table(new QTableWidget(0, OrderColumnCount, this))
    , m_details(new QLabel(this))
    , m_preview(new QPushButton(themedIcon(u"print"_s), u' ' + tr("&Print preview…"), this))
    , m_save(new QPushButton(themedIcon(u"ticket"_s), u' ' + tr("&Save PDF…"), this))
    , m_after(new QPushButton(themedIcon(u"refresh"_s), u' ' + tr("Re-send, &replace, pass on…"), this))
    , m_refund(new QPushButton(tr("&Refund…"), this))
    , m_exchange(new QPushButton(tr("E&xchange…"), this))
    , m_receipt(new QPushButton(themedIcon(u"receipt"_s), u' ' + tr("Receip&t…"), this))
    , m_creditNote(new QPushButton(themedIcon(u"receipt"_s), u' ' + tr("Credit &note…"), this))
{
    setObjectName(u"ordersPage"_s);
    build();
    m_after->setObjectName(u"orderTickets"_s);
    m_after->setVisible(m_tickets != nullptr);
    connect(m_after, &QPushButton::clicked, this, [this] {
        if (const OrderView *order = current(); order && m_tickets) {
            TicketsDialog dialog(*m_tickets, *order, this);
            dialog.exec();
        }
    });
    m_typing.setSingleShot(true);
    m_typing.setInterval(250);
    connect(&m_typing, &QTimer::timeout, this, &OrdersPage::search);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, &OrdersPage::search);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &OrdersPage::showDetails);
    connect(m_preview, &QPushButton::clicked, this,
            [this] { withTickets([this](const TicketDocument &tickets) { return previewTickets(tickets, this); }); });
    connect(m_refund, &QPushButton::clicked, this, &OrdersPage::refund);
    connect(m_exchange, &QPushButton::clicked, this, &OrdersPage::exchange);
    connect(m_receipt, &QPushButton::clicked, this, &OrdersPage::showReceipt);
    connect(m_creditNote, &QPushButton::clicked, this, &OrdersPage::showCreditNote);
    connect(m_save, &QPushButton::clicked, this, [this] {
        withTickets([this](const TicketDocument &tickets) -> Status {
            PT_TRY(const QString path, saveTickets(tickets, this));
            if (!path.isEmpty())
                m_notice->showNotice(NoticeKind::Success, tr("Saved as %1.").arg(path));
            return {};
        });
    });
}

void OrdersPage::buildTable()
{
    m_table->setObjectName(u"orderTable"_s);
    showAsRows(*m_table);
    m_table->setHorizontalHeaderLabels(
        {tr("Order"), tr("Performance"), tr("Buyer"), tr("Places"), tr("Total"), tr("State")});
    for (const int column : {OrderPlacesColumn, OrderTotalColumn})
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(OrderPerformanceColumn, QHeaderView::Stretch);
    m_table->setColumnWidth(OrderNumberColumn, 120);
    m_table->setColumnWidth(OrderBuyerColumn, 210);
    m_table->setColumnWidth(OrderPlacesColumn, 84);
    m_table->setColumnWidth(OrderTotalColumn, 110);
    m_table->setColumnWidth(OrderStateColumn, 150);
}

void OrdersPage::build()
{
    m_search->setObjectName(u"orderSearch"_s);
    m_search->setPlaceholderText(tr("Order number, buyer or e-mail"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themedIcon(u"search"_s), QLineEdit::LeadingPosition);
    m_search->setFixedWidth(420);
    m_search->setMinimumHeight(metrics::controlHeight);
    m_notice->setObjectName(u"ordersNotice"_s);
    buildTable();
    m_details->setObjectName(u"orderDetails"_s);
    m_details->setWordWrap(true);
    m_details->setAlignment(Qt::AlignTop);
    m_details->setTextFormat(Qt::RichText);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *title = new QLabel(tr("Orders"), this);
    title->setFont(headingFont());
    auto *head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch();
    head->addWidget(m_search);
    auto *card = new QFrame(this);
    card->setProperty("card", true);
    card->setFixedWidth(360);
    auto *side = new QVBoxLayout(card);
    side->setContentsMargins(metrics::wide, metrics::wide, metrics::wide, metrics::wide);
    auto *scroll = new QScrollArea(card); // A school class has a hundred lines.
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setWidget(m_details);
    m_details->setAutoFillBackground(false);
    side->addWidget(scroll, 1);
    addActions(side);
    auto *body = new QHBoxLayout;
    body->setSpacing(metrics::wide);
    body->addWidget(m_table, 1);
    body->addWidget(card);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::section, metrics::wide, metrics::section, metrics::wide);
    layout->setSpacing(metrics::normal);
    layout->addLayout(head);
    layout->addWidget(m_notice);
    layout->addLayout(body, 1);
    showDetails();
}

void OrdersPage::addActions(QVBoxLayout *side)
{
    m_preview->setObjectName(u"orderPreview"_s);
    m_save->setObjectName(u"orderSave"_s);
    m_refund->setObjectName(u"orderRefund"_s);
    m_exchange->setObjectName(u"orderExchange"_s);
    m_receipt->setObjectName(u"orderReceipt"_s);
    m_creditNote->setObjectName(u"orderCreditNote"_s);
    for (QPushButton *button : {m_preview, m_save})
        side->addWidget(button);
    auto *papers = new QHBoxLayout;
    papers->addWidget(m_receipt);
    papers->addWidget(m_creditNote);
    side->addLayout(papers);
    side->addWidget(m_after);
    auto *afterSale = new QHBoxLayout;
    afterSale->addWidget(m_refund);
    afterSale->addWidget(m_exchange);
    side->addLayout(afterSale);
}

void OrdersPage::search()
{
    using List = std::vector<OrderView>;
    m_sales.findOrders(m_search->text().trimmed(), guarded<List>(this, [this, turn = ++m_turn](Result<List> found) {
                           if (turn != m_turn)
                               return; // The clerk has typed on.
                           if (!found)
                               return m_notice->showNotice(NoticeKind::Error, found.error().message);
                           m_notice->clear();
                           showOrders(*std::move(found));
                       }));
}

void OrdersPage::clear()
{
    showOrders({});
    m_search->clear();
    m_typing.stop();
}

void OrdersPage::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void OrdersPage::showOrders(std::vector<OrderView> orders)
{
    m_orders = std::move(orders);
    m_table->clearSelection();
    m_table->setRowCount(static_cast<int>(m_orders.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const OrderView &order = m_orders[static_cast<size_t>(row)];
        const QStringList texts{order.number,
                                order.eventTitle,
                                order.buyer.name.isEmpty() ? tr("walk-up") : order.buyer.name,
                                QString::number(order.lines.size()),
                                moneyText(order.total),
                                stateName(order.state)};
        for (int column = 0; column < texts.size(); ++column) {
            auto *item = new QTableWidgetItem(texts.at(column));
            if (column == OrderPlacesColumn || column == OrderTotalColumn)
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            if (column == OrderPerformanceColumn)
                item->setData(RowDelegate::SecondLineRole, startText(order.startsAt, order.timeZone));
            if (column == OrderBuyerColumn)
                item->setData(RowDelegate::SecondLineRole, order.buyer.email);
            item->setToolTip(texts.at(column));
            m_table->setItem(row, column, item);
        }
    }
    if (!m_orders.empty())
        m_table->selectRow(0);
    showDetails();
}

const OrderView *OrdersPage::current() const
{
    const int row = m_table->currentRow();
    return row >= 0 && row < static_cast<int>(m_orders.size()) ? &m_orders[static_cast<size_t>(row)] : nullptr;
}

void OrdersPage::showDetails()
{
    const OrderView *order = current();
    const bool hasTickets = order && hasSoldPlaces(order->state);
    m_refund->setEnabled(hasTickets);
    m_exchange->setEnabled(hasTickets);
    m_preview->setEnabled(hasTickets);
    m_save->setEnabled(hasTickets);
    m_after->setEnabled(hasTickets);
    m_receipt->setEnabled(order && order->confirmedAt);
    m_creditNote->setEnabled(order && !refundsWithNote(*order).empty());
    if (!order) {
        m_details->setText(m_orders.empty() ? tr("No order matches.") : tr("Choose an order."));
        return;
    }
    QString html = u"<p style='font-size: large; font-weight: 600'>%1</p><p><b>%2</b><br>%3<br>%4</p>"_s.arg(
        order->number.toHtmlEscaped(), order->eventTitle.toHtmlEscaped(),
        startText(order->startsAt, order->timeZone).toHtmlEscaped(), order->venueName.toHtmlEscaped());
    if (!order->buyer.name.isEmpty() || !order->buyer.email.isEmpty())
        html += u"<p>%1<br>%2</p>"_s.arg(order->buyer.name.toHtmlEscaped(), order->buyer.email.toHtmlEscaped());
    html += u"<table style='margin-top: 8px' width='100%' cellspacing='0' cellpadding='0'>"_s;
    const QString row = u"<tr><td style='padding: 4px 8px 4px 0'>%1</td>"
                        "<td align='right' style='padding: 4px 0'>%2</td></tr>"_s;
    const QString quiet = u"<br><span style='color: %1; font-size: small'>%2</span>"_s;
    const QString muted = Theme::of(this).textMuted.name();
    for (const OrderLine &line : order->lines) {
        const QString place = line.placeName.toHtmlEscaped();
        const bool isSold = line.state == LineState::Sold;
        html += row.arg((isSold ? place : u"<s style='color: %1'>%2</s>"_s.arg(muted, place)) +
                            quiet.arg(muted, line.priceTypeName.toHtmlEscaped()),
                        moneyText(line.amount).toHtmlEscaped());
    }
    const CartCost cost = cartCost(*order);
    for (const auto &[name, amount] : costRows(cost))
        html += row.arg(name.toHtmlEscaped(), moneyText(amount).toHtmlEscaped());
    html += row.arg(u"<b>%1</b>"_s.arg(tr("Total")), u"<b>%1</b>"_s.arg(moneyText(order->total).toHtmlEscaped()));
    for (const auto &[name, amount] : taxRows(cost.taxes))
        html += row.arg(name.toHtmlEscaped(), moneyText(amount).toHtmlEscaped());
    if (!order->rounding.isZero())
        html += row.arg(tr("Rounded to the smallest coin"), moneyText(order->rounding).toHtmlEscaped());
    if (order->paymentMethod == PaymentMethod::Cash && order->state == OrderState::Confirmed) {
        html += row.arg(tr("Cash"), moneyText(order->tendered).toHtmlEscaped());
        html += row.arg(tr("Change"), moneyText(order->change).toHtmlEscaped());
    }
    for (const TenderView &tender : order->tenders)
        html += row.arg(tenderName(tender).toHtmlEscaped(), moneyText(tender.amount).toHtmlEscaped());
    if (order->exchangedFrom) {
        html += row.arg(tr("Paid with places of %1").arg(order->exchangedFrom->number).toHtmlEscaped(),
                        moneyText(order->exchangedFrom->credit).toHtmlEscaped());
    }
    html += refundRows(*order, muted);
    if (!order->refunds.empty())
        html += row.arg(u"<b>%1</b>"_s.arg(tr("Still sold")), u"<b>%1</b>"_s.arg(moneyText(soldValue(*order))));
    html += u"</table>"_s;
    if (const QString until = refundableText(*order); hasTickets && !until.isEmpty())
        html += u"<p style='color: %1'>%2</p>"_s.arg(muted, until.toHtmlEscaped());
    m_details->setText(html);
}

void OrdersPage::refund()
{
    const OrderView *order = current();
    if (!order || !hasSoldPlaces(order->state))
        return;
    RefundDialog dialog(*order, m_afterSale, GiveBack::ForMoney, this);
    if (dialog.exec() != QDialog::Accepted || !dialog.refunded())
        return;
    const RefundView &done = dialog.refunded()->refunds.back();
    Money cash(0, done.amount.currency());
    for (const RepaymentView &repayment : done.repayments) {
        if (repayment.method == PaymentMethod::Cash)
            cash += repayment.amount;
    }
    const int places = static_cast<int>(done.lines.size());
    showOrder(*dialog.refunded());
    m_notice->showNotice(
        NoticeKind::Success,
        cash.isZero()
            ? tr("%n place(s) given back.", nullptr, places)
            : tr("%n place(s) given back. Give the customer %1 in cash.", nullptr, places).arg(moneyText(cash)));
}

void OrdersPage::exchange()
{
    const OrderView *order = current();
    if (!order || !hasSoldPlaces(order->state))
        return;
    RefundDialog dialog(*order, m_afterSale, GiveBack::ForOtherPlaces, this);
    if (dialog.exec() == QDialog::Accepted)
        Q_EMIT exchangeRequested(OrderView(*order), dialog.chosenLines(), dialog.reason());
}

/// In place of what the list knew of it.
void OrdersPage::showOrder(const OrderView &order)
{
    const auto known = std::ranges::find(m_orders, order.id, &OrderView::id);
    if (known == m_orders.end())
        return;
    *known = order;
    const int row = static_cast<int>(known - m_orders.begin());
    m_table->item(row, OrderStateColumn)->setText(stateName(order.state));
    m_table->selectRow(row);
    showDetails();
}

void OrdersPage::showReceipt()
{
    const OrderView *order = current();
    if (!order)
        return;
    m_sales.fetchReceipt(
        order->id, guarded<TicketDocument>(this, [this](const Result<TicketDocument> &receipt) { preview(receipt); }));
}

void OrdersPage::showCreditNote()
{
    const OrderView *order = current();
    if (!order)
        return;
    const auto fetch = [this](const RefundId &refund) {
        m_sales.fetchCreditNote(
            refund, guarded<TicketDocument>(this, [this](const Result<TicketDocument> &note) { preview(note); }));
    };
    const std::vector<RefundView> refunds = refundsWithNote(*order);
    if (refunds.size() == 1)
        return fetch(refunds.front().id);
    auto *menu = new QMenu(this);
    menu->setObjectName(u"creditNotes"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const RefundView &refund : refunds) {
        const QString what =
            u"%1 · %2 %3"_s.arg(startText(refund.at, order->timeZone), moneyText(refund.amount), refund.creditNote);
        connect(menu->addAction(what.trimmed()), &QAction::triggered, this, [fetch, id = refund.id] { fetch(id); });
    }
    menu->popup(m_creditNote->mapToGlobal(QPoint(0, m_creditNote->height())));
}

void OrdersPage::preview(const Result<TicketDocument> &document)
{
    const Status shown = document ? previewTickets(*document, this) : refuse(document.error());
    if (!shown)
        m_notice->showNotice(NoticeKind::Error, shown.error().message);
}

void OrdersPage::withTickets(const std::function<Status(const TicketDocument &)> &use)
{
    const OrderView *order = current();
    if (!order)
        return;
    m_sales.fetchTickets(order->id, guarded<TicketDocument>(this, [this, use](const Result<TicketDocument> &tickets) {
                             const Status done = tickets ? use(*tickets) : refuse(tickets.error());
                             if (!done)
                                 m_notice->showNotice(NoticeKind::Error, done.error().message);
                         }));
}

} // namespace parterre::ui
