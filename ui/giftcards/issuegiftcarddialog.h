#pragma once

#include "ports/giftcardport.h"
#include "ports/salesport.h"

#include <QDialog>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace parterre::ui {

class MoneyEdit;
class NoticeBar;

/// Sells a gift card for cash or at a terminal, or gives a voucher for a reason; then shows its code, once. The command
/// keeps its ids until it was refused, so pressing twice sells one card.
class IssueGiftCardDialog : public QDialog
{
    Q_OBJECT

public:
    IssueGiftCardDialog(GiftCardKind kind, const Currency &currency, GiftCardPort &port, SalesPort &sales,
                        QWidget *parent = nullptr);

    /// Shows the code that another command has brought.
    void showIssued(const IssuedGiftCard &issued);
    void reject() override; ///< Escape: stops the terminal, or closes.

private:
    QWidget *makeForm();
    QWidget *makeDone();
    void addMoneyRows(QFormLayout *form);
    void showTerminals(const std::vector<QString> &names);
    void showChange();
    void issue(const std::optional<QString> &terminal);
    void onAnswer(const Result<IssuedGiftCard> &answer);
    void setWorking(bool isWorking);
    void print();

    GiftCardPort &m_port;
    IssueGiftCard m_command; ///< What was sent last; its ids are new after a refusal.
    const GiftCardKind m_kind;
    const Currency m_currency;
    std::optional<IssuedGiftCard> m_issued;
    bool m_isWorking = false;
    QStackedWidget *m_pages;
    MoneyEdit *m_amount = nullptr;
    QSpinBox *m_years = nullptr;
    MoneyEdit *m_tendered = nullptr;
    QLabel *m_change = nullptr;
    QLineEdit *m_reason = nullptr;
    QComboBox *m_terminals = nullptr;
    QPushButton *m_card = nullptr;
    QPushButton *m_confirm = nullptr;
    NoticeBar *m_notice = nullptr;
    QLabel *m_doneTitle = nullptr;
    QLabel *m_code = nullptr;
    QLabel *m_doneText = nullptr;
    QPushButton *m_close = nullptr;
};

} // namespace parterre::ui
