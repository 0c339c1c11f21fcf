#pragma once

#include "ports/salesport.h"

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace parterre::ui {

class NoticeBar;

/// The code that a customer reads out of the shop, or a colleague off another desk: accepted once the places are this
/// desk's.
class TakeOverDialog : public QDialog
{
    Q_OBJECT

public:
    explicit TakeOverDialog(SalesPort &sales, QWidget *parent = nullptr);

    /// After it was accepted.
    [[nodiscard]] const std::optional<HoldView> &hold() const { return m_hold; }
    void reject() override; ///< Not while nobody knows whose the places are.

private:
    void takeOver();
    void onAnswer(const Result<HoldView> &answer);

    SalesPort &m_sales;
    std::optional<HoldView> m_hold;
    bool m_isAsking = false;
    QLineEdit *m_code;
    NoticeBar *m_notice;
    QPushButton *m_take;
    QPushButton *m_cancel;
};

} // namespace parterre::ui
