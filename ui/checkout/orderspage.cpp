#include "checkout/orderspage.h"

#include "checkout/cartcost.h"
#include "checkout/ticketprinter.h"
#include "common/icons.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/rowdelegate.h"
#include "common/theme.h"
#include "common/timetext.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTableWidget>
#include <QVBoxLayout>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

enum Column { NumberColumn, PerformanceColumn, BuyerColumn, PlacesColumn, TotalColumn, StateColumn, ColumnCount };

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
    }
    return {};
}

} // namespace

OrdersPage::OrdersPage(SalesPort &sales, QWidget *parent)
    : QWidget(parent)
    , m_sales(sales)
    , m_search(new QLineEdit(this))
    , m_notice(new NoticeBar(this))
    , m_table(new QTableWidget(0, ColumnCount, this))
    , m_details(new QLabel(this))
    , m_preview(new QPushButton(themedIcon(u"print"_s), u' ' + tr("&Print preview…"), this))
    , m_save(new QPushButton(themedIcon(u"ticket"_s), u' ' + tr("&Save PDF…"), this))
    , m_receipt(new QPushButton(themedIcon(u"receipt"_s), u' ' + tr("&Receipt…"), this))
{
    setObjectName(u"ordersPage"_s);
    build();
    m_typing.setSingleShot(true);
    m_typing.setInterval(250);
    connect(&m_typing, &QTimer::timeout, this, &OrdersPage::search);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, &OrdersPage::search);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &OrdersPage::showDetails);
    connect(m_preview, &QPushButton::clicked, this,
            [this] { withTickets([this](const TicketDocument &tickets) { return previewTickets(tickets, this); }); });
    connect(m_receipt, &QPushButton::clicked, this, &OrdersPage::showReceipt);
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
    m_table->setHorizontalHeaderLabels(
        {tr("Order"), tr("Performance"), tr("Buyer"), tr("Places"), tr("Total"), tr("State")});
    for (const int column : {PlacesColumn, TotalColumn})
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(PerformanceColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setColumnWidth(NumberColumn, 120);
    m_table->setColumnWidth(BuyerColumn, 210);
    m_table->setColumnWidth(PlacesColumn, 84);
    m_table->setColumnWidth(TotalColumn, 110);
    m_table->setColumnWidth(StateColumn, 150);
    m_table->setItemDelegate(new RowDelegate(m_table));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(50);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
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
    m_preview->setObjectName(u"orderPreview"_s);
    m_save->setObjectName(u"orderSave"_s);
    m_receipt->setObjectName(u"orderReceipt"_s);
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
    side->addWidget(m_preview);
    side->addWidget(m_save);
    side->addWidget(m_receipt);
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
            if (column == PlacesColumn || column == TotalColumn)
                item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            if (column == PerformanceColumn)
                item->setData(RowDelegate::SecondLineRole, startText(order.startsAt, order.timeZone));
            if (column == BuyerColumn)
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
    const bool hasTickets = order && order->state == OrderState::Confirmed;
    m_preview->setEnabled(hasTickets);
    m_save->setEnabled(hasTickets);
    m_receipt->setEnabled(hasTickets);
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
    for (const OrderLine &line : order->lines) {
        html += row.arg(line.placeName.toHtmlEscaped() +
                            quiet.arg(Theme::of(this).textMuted.name(), line.priceTypeName.toHtmlEscaped()),
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
    html += u"</table>"_s;
    m_details->setText(html);
}

void OrdersPage::showReceipt()
{
    const OrderView *order = current();
    if (!order)
        return;
    m_sales.fetchReceipt(order->id, guarded<TicketDocument>(this, [this](const Result<TicketDocument> &receipt) {
                             const Status shown = receipt ? previewTickets(*receipt, this) : refuse(receipt.error());
                             if (!shown)
                                 m_notice->showNotice(NoticeKind::Error, shown.error().message);
                         }));
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
