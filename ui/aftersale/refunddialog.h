#pragma once

#include "ports/aftersaleport.h"

#include <QDialog>

#include <optional>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace parterre::ui {

class NoticeBar;

enum class GiveBack {
    ForMoney,
    ForOtherPlaces, ///< Only asked: the exchange is done with the new places.
};

/// Asks which places of an order are given back and why, says what goes back how, and does it. All that are sold are
/// chosen at first. Enter refunds, Esc leaves everything as it is.
class RefundDialog : public QDialog
{
    Q_OBJECT

public:
    RefundDialog(const OrderView &order, AfterSalePort &port, GiveBack purpose, QWidget *parent = nullptr);

    /// The order as it is afterwards; set once accepted.
    [[nodiscard]] const std::optional<OrderView> &refunded() const { return m_refunded; }
    /// Numbers of the chosen lines, ascending.
    [[nodiscard]] std::vector<int> chosenLines() const;
    [[nodiscard]] QString reason() const;

protected:
    void reject() override;

private:
    void build();
    void fillLines();
    void chooseAll(bool isChosen);
    void showSum();
    void refund();

    const OrderView m_order;
    const GiveBack m_purpose;
    AfterSalePort &m_port;
    std::optional<OrderView> m_refunded;
    RefundId m_refund = RefundId::create(); ///< The same for each try, so that a second does nothing more.
    bool m_isWorking = false;
    QListWidget *m_lines;
    QLineEdit *m_reason;
    QLabel *m_sum;
    QLabel *m_way;
    NoticeBar *m_notice;
    QPushButton *m_all;
    QPushButton *m_confirm;
};

} // namespace parterre::ui
