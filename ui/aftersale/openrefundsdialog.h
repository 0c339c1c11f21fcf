#pragma once

#include "ports/aftersaleport.h"

#include <QDialog>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class NoticeBar;

/// Money that has not come back to its customer: what waits for the card provider, what it refused, and cash that
/// nobody has fetched yet. What does not come by itself is paid out in cash here, or the card
/// is asked once more.
class OpenRefundsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit OpenRefundsDialog(AfterSalePort &port, QWidget *parent = nullptr);

    void load();

private:
    void build();
    void showRepayments(std::vector<OpenRepayment> repayments);
    void showChosen();
    void payOut();
    void askAgain();
    [[nodiscard]] const OpenRepayment *current() const;

    AfterSalePort &m_port;
    std::vector<OpenRepayment> m_repayments;
    QTableWidget *m_table;
    QLabel *m_empty;
    QLineEdit *m_note;
    NoticeBar *m_notice;
    QPushButton *m_payOut;
    QPushButton *m_askAgain;
};

} // namespace parterre::ui
