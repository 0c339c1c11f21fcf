#pragma once

#include "ports/aftersaleport.h"
#include "ports/salesport.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;
class QVBoxLayout;

namespace parterre::ui {

class NoticeBar;
class TicketPort;

/// Finds orders by number, buyer or e-mail, shows what is in them, prints their tickets again and gives places back.
class OrdersPage : public QWidget
{
    Q_OBJECT

public:
    /// Without `ticketPort` only printing and saving are offered for them.
    OrdersPage(SalesPort &sales, AfterSalePort &afterSale, TicketPort *ticketPort = nullptr, QWidget *parent = nullptr);

    void search();
    void clear();
    void focusSearch();
    /// Asks what of the chosen order is given back.
    void refund();
    /// Asks what of the chosen order is given back for other places.
    void exchange();

Q_SIGNALS:
    void exchangeRequested(const parterre::OrderView &order, const std::vector<int> &lines, const QString &reason);

private:
    void build();
    void addActions(QVBoxLayout *side);
    void buildTable();
    void showOrders(std::vector<OrderView> orders);
    void showDetails();
    [[nodiscard]] const OrderView *current() const;
    void showOrder(const OrderView &order);
    void withTickets(const std::function<Status(const TicketDocument &)> &use);
    void showReceipt();
    /// Of the one refund of the order, or of that which the clerk chooses.
    void showCreditNote();
    void preview(const Result<TicketDocument> &document);

    SalesPort &m_sales;
    AfterSalePort &m_afterSale;
    TicketPort *m_tickets;
    std::vector<OrderView> m_orders;
    quint64 m_turn = 0;
    QTimer m_typing;
    QLineEdit *m_search;
    NoticeBar *m_notice;
    QTableWidget *m_table;
    QLabel *m_details;
    QPushButton *m_preview;
    QPushButton *m_save;
    QPushButton *m_after;
    QPushButton *m_refund;
    QPushButton *m_exchange;
    QPushButton *m_receipt;
    QPushButton *m_creditNote;
};

} // namespace parterre::ui
