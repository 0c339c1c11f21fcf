#pragma once

#include "domain/giftcards/tender.h"
#include "ports/salesport.h"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;

namespace parterre::ui {

/// In the cash window: the gift cards that pay a part of what is due, and the button (F3) that takes one more.
class GiftCardRow : public QWidget
{
    Q_OBJECT

public:
    GiftCardRow(SalesPort &sales, const Money &due, QWidget *parent = nullptr);

    /// With the amount that each is to pay, so that the customer pays what the screen says.
    [[nodiscard]] const std::vector<GiftCardTender> &tenders() const { return m_tenders; }
    /// What they pay together.
    [[nodiscard]] Money sum() const;
    /// What they leave to be paid.
    [[nodiscard]] Money rest() const { return m_due - sum(); }
    /// Another sum is due: the cards begin anew.
    void setDue(const Money &due);
    void clear();

Q_SIGNALS:
    void changed();

protected:
    void changeEvent(QEvent *event) override;

private:
    void ask();
    void showTaken();

    SalesPort &m_sales;
    Money m_due;
    std::vector<GiftCardTender> m_tenders;
    QStringList m_names;
    QLabel *m_text;
    QPushButton *m_add;
    QPushButton *m_clear;
};

} // namespace parterre::ui
