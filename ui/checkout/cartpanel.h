#pragma once

#include "checkout/salecontroller.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace parterre::ui {

class CountdownLabel;
class MoneyLabel;

/// The cart beside the map: places with their price types, total, time left, and the way to the payment.
class CartPanel : public QWidget
{
    Q_OBJECT

public:
    explicit CartPanel(SaleController &sale, QWidget *parent = nullptr);

    [[nodiscard]] CountdownLabel *countdown() const { return m_countdown; }
    void clearBuyer();
    /// To the chosen line, or to the first; to the buyer while there is none.
    void focusLines();
    void focusPromotion();
    /// The chosen line, or the first; nothing while there is none.
    [[nodiscard]] std::optional<CartLine> currentLine() const;

Q_SIGNALS:
    void payRequested();
    void giveRequested();
    void takeOverRequested();
    void placeChosen(const QString &key); ///< A line was clicked, or reached by a key: show it on the map.

private:
    void build();
    void buildTable();
    void refresh();
    void fillRow(int row, const CartLine &line);
    [[nodiscard]] QWidget *makeTypes(const CartLine &line);
    [[nodiscard]] QWidget *makeRemove(const CartLine &line);
    void fillTypesForAll();
    void fillCost();
    void onPromotionRefused(const Error &error);
    [[nodiscard]] QComboBox *typesOf(int row) const;
    void orderTabs();
    [[nodiscard]] QString currentKey() const;
    void openTypes();
    void removeCurrent();
    void giveBack(const QString &key);

    SaleController &m_sale;
    QLabel *m_title;
    QLabel *m_countdownCaption;
    CountdownLabel *m_countdown;
    QTableWidget *m_table;
    QLabel *m_empty;
    QComboBox *m_typesForAll;
    QLineEdit *m_buyerName;
    QLineEdit *m_buyerEmail;
    QLineEdit *m_promotion;
    QLabel *m_promotionFault;
    QLabel *m_costs; ///< What is in the total besides the tickets.
    QLabel *m_taxes;
    MoneyLabel *m_total;
    QPushButton *m_pay;
    QPushButton *m_release;
    QPushButton *m_undo;
    QPushButton *m_give;        ///< Instead of the next one while there are places.
    QPushButton *m_takeOver;    ///< A customer's places; while there are none here.
    quint64 m_countdownFor = 0; ///< SaleController::timesTold() when it was started.
};

} // namespace parterre::ui
