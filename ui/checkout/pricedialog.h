#pragma once

#include "checkout/salecontroller.h"
#include "ports/sessionport.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace parterre::ui {

class MoneyEdit;
class NoticeBar;

/// Another price than the list's for one line of the cart, or none at all (a comp): always with a reason, and with a
/// supervisor's signature where the clerk is none.
class PriceDialog : public QDialog
{
    Q_OBJECT

public:
    PriceDialog(SaleController &sale, SalesPort &sales, SessionPort &session, const CartLine &line,
                QWidget *parent = nullptr);

    void reject() override; ///< Not while the signature is being checked.

private:
    void build();
    void fill();
    void confirm();
    void onApproval(const Result<Approval> &answer);
    void use();
    [[nodiscard]] bool needsSupervisor() const;
    [[nodiscard]] std::optional<PriceOverride> wanted();
    void complain(const QString &text, QWidget *field);

    SaleController &m_sale;
    SalesPort &m_sales;
    SessionPort &m_session;
    CartLine m_line;
    Money m_listed;
    bool m_isAsking = false;
    QRadioButton *m_comp;
    QRadioButton *m_other;
    MoneyEdit *m_price;
    QLineEdit *m_reason;
    QLabel *m_supervisorCaption;
    QLineEdit *m_supervisor;
    QLineEdit *m_password;
    NoticeBar *m_notice;
    QPushButton *m_list; ///< Back to the list's price.
    QPushButton *m_cancel;
    QPushButton *m_confirm;
};

} // namespace parterre::ui
