#pragma once

#include "common/noticebar.h"

#include <QDialog>

class QComboBox;
class QPushButton;

namespace parterre::ui {

class SaleController;

/// Says while the cart leaves a seat alone against the performance's rule, and takes it too at a press.
class LoneSeatNotice : public NoticeBar
{
    Q_OBJECT

public:
    explicit LoneSeatNotice(SaleController &sale, QWidget *parent = nullptr);

private:
    void onCart();

    SaleController &m_sale;
};

/// Before the payment: what becomes of the seats that would be left alone. A clerk may leave them so with a reason,
/// which is kept with the order.
class LoneSeatDialog : public QDialog
{
    Q_OBJECT

public:
    explicit LoneSeatDialog(SaleController &sale, QWidget *parent = nullptr);

private:
    void build();
    void onReason();
    void leave();

    SaleController &m_sale;
    QComboBox *m_reason;
    QPushButton *m_leave;
};

/// True when the sale may go on to its payment: no seat is left alone, or there is a reason. Else the clerk goes back
/// to the cart, which may be changing.
[[nodiscard]] bool settleLoneSeats(SaleController &sale, QWidget *window);

} // namespace parterre::ui
