#pragma once

#include "base/money.h"

#include <QLineEdit>

#include <optional>

namespace parterre::ui {

/// A field for an amount. It takes what a clerk types (`20`, `20.5`, `20,50`) and holds nothing that is not a sound
/// amount; what is wrong is said in the tooltip and marked with the property `invalid`.
class MoneyEdit : public QLineEdit
{
    Q_OBJECT

public:
    explicit MoneyEdit(QWidget *parent = nullptr);

    /// The currency whose decimals are allowed and whose sign is shown. Clears the field.
    void setCurrency(const Currency &currency);
    void setMoney(const Money &money);
    /// Nothing when the field is empty or cannot be read.
    [[nodiscard]] std::optional<Money> money() const { return m_money; }
    /// A sentence that says what to change; empty when the field is fine or empty.
    [[nodiscard]] QString problem() const { return m_problem; }

Q_SIGNALS:
    /// On each change of what is held, also to nothing.
    void moneyChanged();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void readText();

    Currency m_currency;
    std::optional<Money> m_money;
    QString m_problem;
};

} // namespace parterre::ui
