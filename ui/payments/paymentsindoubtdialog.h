#pragma once

#include "ports/paymentport.h"

#include <QDialog>

#include <vector>

class QLabel;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class EmptyState;
class NoticeBar;

/// For supervisors: payments of which nobody knows whether the money came, those that the provider contradicts, and
/// those that were decided and are still being checked. What a person may decide of each is decided here, with a note.
class PaymentsInDoubtDialog : public QDialog
{
    Q_OBJECT

public:
    explicit PaymentsInDoubtDialog(PaymentPort &port, QWidget *parent = nullptr);

    void load();

private:
    void build();
    [[nodiscard]] QPushButton *decisionButton(const QString &name, const QString &text, PaymentDecision decision);
    void showPayments(std::vector<PaymentInDoubt> payments);
    void showRow(int row, const PaymentInDoubt &payment);
    void showChosen();
    void resolve(PaymentDecision decision);
    [[nodiscard]] const PaymentInDoubt *current() const;

    PaymentPort &m_port;
    std::vector<PaymentInDoubt> m_payments;
    QTableWidget *m_table;
    EmptyState *m_empty;
    QLabel *m_details;
    NoticeBar *m_notice;
    QPushButton *m_refresh;
    std::vector<std::pair<PaymentDecision, QPushButton *>> m_decisions;
};

} // namespace parterre::ui
