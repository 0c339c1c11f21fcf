#pragma once

#include "domain/giftcards/tender.h"
#include "ports/salesport.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace parterre::ui {

class NoticeBar;

/// A gift card that pays a part of what is due: its code is typed or scanned, the server says what is on it, and the
/// clerk takes it.
class GiftCardDialog : public QDialog
{
    Q_OBJECT

public:
    GiftCardDialog(SalesPort &sales, const Money &due, QWidget *parent = nullptr);

    /// After accept().
    [[nodiscard]] const GiftCardTender &tender() const { return m_tender; }
    /// `Gift card ···· EFGH`.
    [[nodiscard]] const QString &name() const { return m_name; }

private:
    void ask();
    void onAnswer(const Result<std::vector<GiftCardView>> &answer);
    void refuseCard(const QString &message);

    SalesPort &m_sales;
    const Money m_due;
    GiftCardTender m_tender;
    QString m_name;
    QLineEdit *m_code;
    QLabel *m_balance;
    NoticeBar *m_notice;
    QPushButton *m_take;
};

} // namespace parterre::ui
