#pragma once

#include "ports/paymentport.h"

#include <QDialog>

#include <optional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace parterre::ui {

class NoticeBar;

/// Asks for the note behind a decision about a payment, says what comes of it, and sends it. Accepted once the server
/// has carried it out.
class ResolvePaymentDialog : public QDialog
{
    Q_OBJECT

public:
    ResolvePaymentDialog(const PaymentInDoubt &payment, PaymentDecision decision, PaymentPort &port,
                         QWidget *parent = nullptr);

    /// The order as it is after the decision.
    [[nodiscard]] const std::optional<OrderView> &order() const { return m_order; }

private:
    void build();
    void showWhetherAllowed();
    void resolve();

    const PaymentInDoubt m_payment;
    const PaymentDecision m_decision;
    PaymentPort &m_port;
    std::optional<OrderView> m_order;
    bool m_isSent = false; ///< No answer yet.
    QLineEdit *m_note;
    NoticeBar *m_notice;
    QPushButton *m_confirm;
};

} // namespace parterre::ui
