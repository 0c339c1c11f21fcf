#pragma once

#include "ports/giftcardport.h"
#include "ports/salesport.h"

#include <QDialog>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class NoticeBar;

/// Gift cards and vouchers: the newest, or those that are looked for by code or last four characters; what happened to
/// the chosen one; and what may be done: sell, give, block, make a new code.
class GiftCardsDialog : public QDialog
{
    Q_OBJECT

public:
    /// A supervisor may give and block, a clerk only sees and sells.
    GiftCardsDialog(GiftCardPort &port, SalesPort &sales, const Currency &currency, bool isSupervisor,
                    QWidget *parent = nullptr);

    void load();

private:
    void build();
    [[nodiscard]] QPushButton *button(const QString &name, const QString &text, const std::function<void()> &press);
    void showCards(std::vector<GiftCardView> cards);
    void showChosen();
    void showMovements(const GiftCardView &card);
    void issue(GiftCardKind kind);
    void renew();
    void block();
    [[nodiscard]] const GiftCardView *current() const;

    GiftCardPort &m_port;
    SalesPort &m_sales;
    const Currency m_currency;
    const bool m_isSupervisor;
    std::vector<GiftCardView> m_cards;
    quint64 m_search = 0; ///< Tells the answer to an older search from ours.
    QLineEdit *m_text;
    QTableWidget *m_table;
    QLabel *m_empty;
    QLabel *m_movements;
    QLineEdit *m_reason;
    NoticeBar *m_notice;
    QPushButton *m_block = nullptr;
    QPushButton *m_renew = nullptr;
};

} // namespace parterre::ui
