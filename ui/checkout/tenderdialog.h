#pragma once

#include "checkout/salecontroller.h"
#include "ports/sessionport.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace parterre::ui {

class GiftCardRow;
class MoneyEdit;
class MoneyLabel;
class NoticeBar;

/// Cash: the amount that the customer hands over, then the change to give back; or a card in a terminal, where the box
/// office has any. While a payment is not answered the dialog cannot be closed; what it says then is what a clerk must
/// do with the cash.
class TenderDialog : public QDialog
{
    Q_OBJECT

public:
    TenderDialog(SaleController &sale, SalesPort &sales, SessionPort &session, QWidget *parent = nullptr);

    void reject() override; ///< Escape: back to the cart, or on to the next customer.

private:
    QWidget *makeTenderPage();
    QWidget *makeQuickTenders();
    QWidget *makeChangeCard(QWidget *page);
    QWidget *makeTerminalRow();
    QWidget *makeDonePage();
    void showTerminals(const std::vector<QString> &names);
    void payByCard();
    /// Cash that is less than what is due, beside a terminal.
    [[nodiscard]] std::optional<Money> cashPart() const;
    void onGiftCards();
    void showTenders(const OrderView &order);
    void showChange();
    void confirm();
    void onPayment();
    void showDone();
    void withTickets(const std::function<void(const TicketDocument &)> &use);
    void showReceipt();
    [[nodiscard]] QWidget *makeCosts(QWidget *page);

    SaleController &m_sale;
    SalesPort &m_sales;
    SessionPort &m_session;
    Money m_total; ///< To be paid in coins that there are.
    QStackedWidget *m_pages;
    MoneyLabel *m_totalLabel;
    GiftCardRow *m_giftCards;
    MoneyEdit *m_tendered;
    QLabel *m_changeCaption;
    MoneyLabel *m_change;
    QPushButton *m_confirm;
    QPushButton *m_cancel;
    QWidget *m_terminalRow;
    QComboBox *m_terminals;
    QPushButton *m_card;
    NoticeBar *m_notice;
    QLabel *m_doneTitle;
    QLabel *m_doneCaption;
    MoneyLabel *m_doneChange;
    QLabel *m_doneText;
    NoticeBar *m_doneNotice;
    QPushButton *m_next;
    std::optional<TicketDocument> m_tickets;
};

} // namespace parterre::ui
