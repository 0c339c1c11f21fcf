#pragma once

#include "checkout/bestchoice.h"
#include "checkout/salecontroller.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QKeyEvent;
class QLabel;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace parterre::ui {

class SeatMapCanvas;

/// Above the map: has the server choose the best places for a party, says what it chose, and what to let go of where
/// nothing fits. On the map a number and B do the same (`4 B`), B alone asks once more for the last choice.
class BestSeatsBar : public QWidget
{
    Q_OBJECT

public:
    BestSeatsBar(SaleController &sale, SeatMapCanvas &map, QWidget *parent = nullptr);

    /// The performance is another one: offers what it has and brings back the last choice as far as it fits.
    void showHouse(std::shared_ptr<const LayoutIndex> layout);
    /// To the number of places; from there Enter asks and Escape goes back to the map.
    void startChoosing();
    void findBest();
    /// Others in place of those that were chosen, while the cart has just these.
    void findOthers();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    [[nodiscard]] QWidget *buildMore();
    void orderTabs();
    void fill();
    [[nodiscard]] BestChoice choice() const;
    void setChoice(const BestChoice &choice);
    void showNeed();
    void ask(ChooseInto into);
    [[nodiscard]] bool onMapKey(const QKeyEvent &event);
    void setTyped(int number);
    void onChosen(const std::vector<HeldPlace> &places);
    void onRefused(const Error &error);
    void onCart();
    void say(const QString &text, bool isRefusal);
    void addAnswerButton(const QString &name, const QString &text, const std::function<void()> &act);
    void clearAnswer();
    [[nodiscard]] bool cartIsChosen() const;
    [[nodiscard]] QString offerText(const EasierChoice &offer) const;

    SaleController &m_sale;
    SeatMapCanvas &m_map;
    std::shared_ptr<const LayoutIndex> m_layout;
    QSpinBox *m_size;
    QComboBox *m_zone;
    QComboBox *m_seating;
    QPushButton *m_find;
    QToolButton *m_moreButton;
    QWidget *m_more;
    QComboBox *m_price;
    QComboBox *m_section;
    QComboBox *m_need;
    QSpinBox *m_needing;
    QWidget *m_answer;
    QLabel *m_answerIcon;
    QLabel *m_answerText;
    QHBoxLayout *m_answerButtons;
    int m_typed = 0;                   ///< On the map, before its B.
    std::vector<HeldPlace> m_chosen{}; ///< The cart when the server had chosen; the answer speaks of it.
    BestChoice m_asked{};
};

} // namespace parterre::ui
