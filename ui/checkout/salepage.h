#pragma once

#include "checkout/salecontroller.h"
#include "common/noticebar.h"
#include "ports/houseport.h"
#include "ports/mapport.h"
#include "ports/sessionport.h"

#include <QElapsedTimer>
#include <QWidget>

class QLabel;
class QStackedWidget;

namespace parterre::ui {

class BestSeatsBar;
class CartPanel;
class EmptyState;
class LoneSeatNotice;
class NoticeBar;
class HouseBar;
class SeatMapView;

/// One performance being sold: its live map, and the cart beside it.
class SalePage : public QWidget
{
    Q_OBJECT

public:
    SalePage(MapPort &map, SalesPort &sales, HousePort &house, SessionPort &session, QWidget *parent = nullptr);

    void openPerformance(const PerformanceSummary &performance);
    /// Gives back what is held and shows no performance: the user signed out.
    void closePerformance();
    [[nodiscard]] SaleController &sale() { return m_sale; }
    void pay();
    /// Shows what is given back and lets the clerk choose other places for it, of whatever performance.
    void startExchange(const ExchangedPlaces &places, AfterSalePort &port);
    void endExchange();
    /// Shows the code under which a customer goes on with these places in the shop.
    void give();
    /// Asks for the code of a customer's places and goes on with them here, whatever their performance.
    void takeOver();
    void focusMap();
    /// To the party for which the server is to choose.
    void startChoosing();
    /// Another price than the list's for the chosen line of the cart.
    void changePrice();
    void enterPromotion();
    /// From the map into the cart, and from wherever else back to the map.
    void switchBetweenMapAndCart();
    /// Begins to choose seats that are to be moved, or ends it.
    void toggleHouseSeats();
    void focusSellFrom();
    /// Of the last move of house seats while these are being chosen, else of what was given back.
    void undo();

Q_SIGNALS:
    void chooseRequested(); ///< There is no performance, and the clerk wants one.

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void connectHouse();
    void showMap();
    void showStates();
    void showCart();
    void onSeat(int number);
    void onArea(int number);
    void onRectangle(const std::vector<int> &numbers);
    void onRefused(const Error &error);
    [[nodiscard]] bool isOfAnotherCode(int number) const;
    void offerCode(int number);
    void continueWith(const HoldView &hold);
    void onHandedOver();
    void keepAlive();
    void showExchange();
    void onStatus();

    MapPort &m_map;
    SalesPort &m_sales;
    SessionPort &m_session;
    SaleController m_sale;
    std::optional<PerformanceId> m_performance;
    std::optional<HoldView> m_takenOver; ///< Its map is being opened.
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QLabel *m_title;
    QLabel *m_subtitle;
    NoticeBar *m_notice;
    NoticeBar *m_exchange; ///< What is given back, as long as that is so.
    LoneSeatNotice *m_loneSeats;
    SeatMapView *m_view;
    BestSeatsBar *m_bestSeats;
    HouseBar *m_house;
    CartPanel *m_cart;
    QElapsedTimer m_lastInput;
    std::function<void()> m_noticeAction; ///< What the notice's button does; none where it has no button.
    bool m_wasOnline = false;
};

} // namespace parterre::ui
