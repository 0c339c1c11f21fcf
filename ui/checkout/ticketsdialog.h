#pragma once

#include "ports/ticketport.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class NoticeBar;

/// What becomes of an order's tickets after the sale: one is printed alone, replaced under a new code or passed on, all
/// are sent again; and what the mail server said.
class TicketsDialog : public QDialog
{
    Q_OBJECT

public:
    TicketsDialog(TicketPort &tickets, const OrderView &order, QWidget *parent = nullptr);

private:
    void build();
    void connectAll();
    void showTickets(const OrderTickets &tickets);
    void showMails();
    void choose();
    void print();
    void askBeforeReissue();
    void reissue();
    void passOn();
    void resend();
    /// Shows what a command came to; `said` where it was carried out.
    [[nodiscard]] Reply<OrderTickets> answered(const QString &said);
    void setBusy(bool isBusy);
    [[nodiscard]] const TicketView *current() const;

    TicketPort &m_tickets;
    const OrderView m_order;
    OrderTickets m_shown;
    bool m_isBusy = false;
    NoticeBar *m_notice;
    QTableWidget *m_table;
    QLineEdit *m_name;
    QLineEdit *m_email;
    QPushButton *m_print;
    QPushButton *m_reissue;
    QPushButton *m_passOn;
    QPushButton *m_resend;
    QPushButton *m_close;
    QLabel *m_mails;
};

} // namespace parterre::ui
