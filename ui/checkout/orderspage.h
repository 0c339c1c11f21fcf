#pragma once

#include "ports/salesport.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class NoticeBar;

/// Finds orders by number, buyer or e-mail, shows what is in them, and prints their tickets again.
class OrdersPage : public QWidget
{
    Q_OBJECT

public:
    explicit OrdersPage(SalesPort &sales, QWidget *parent = nullptr);

    void search();
    void clear();
    void focusSearch();

private:
    void build();
    void buildTable();
    void showOrders(std::vector<OrderView> orders);
    void showDetails();
    [[nodiscard]] const OrderView *current() const;
    void withTickets(const std::function<Status(const TicketDocument &)> &use);
    void showReceipt();

    SalesPort &m_sales;
    std::vector<OrderView> m_orders;
    quint64 m_turn = 0;
    QTimer m_typing;
    QLineEdit *m_search;
    NoticeBar *m_notice;
    QTableWidget *m_table;
    QLabel *m_details;
    QPushButton *m_preview;
    QPushButton *m_save;
    QPushButton *m_receipt;
};

} // namespace parterre::ui
