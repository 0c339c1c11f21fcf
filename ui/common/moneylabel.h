#pragma once

#include "base/money.h"

#include <QLabel>

namespace parterre::ui {

/// An amount in the locale's form, right aligned.
class MoneyLabel : public QLabel
{
    Q_OBJECT

public:
    explicit MoneyLabel(QWidget *parent = nullptr);

    void setMoney(const Money &money);
    [[nodiscard]] const Money &money() const { return m_money; }

private:
    Money m_money;
};

} // namespace parterre::ui
