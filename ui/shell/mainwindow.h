#pragma once

#include "ports/aftersaleport.h"
#include "ports/catalogport.h"
#include "ports/houseport.h"
#include "ports/mapport.h"
#include "ports/salesport.h"
#include "ports/sessionport.h"

#include <QMainWindow>
#include <QTimer>

#include <utility>
#include <vector>

class QActionGroup;
class QLabel;
class QMenu;
class QPushButton;
class QStackedWidget;
class QToolBar;

namespace parterre::ui {

class GiftCardPort;
class NoticeBar;
class OrdersPage;
class PaymentPort;
class PerformancePage;
class SalePage;
class SignInPage;
class TicketPort;

struct Ports
{
    SessionPort &session;
    CatalogPort &catalog;
    MapPort &map;
    SalesPort &sales;
    HousePort &house;
    AfterSalePort &afterSale;
    TicketPort *tickets = nullptr;     ///< Null: nothing is offered for tickets after their sale.
    GiftCardPort *giftCards = nullptr; ///< Null: none are sold or looked for here.
    PaymentPort *payments = nullptr;   ///< Null: those in doubt are not decided here.
};

/// The desktop's window: sign-in first, then performances, sale and orders, with the connection always in sight.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(const Ports &ports, QWidget *parent = nullptr);

    [[nodiscard]] SignInPage *signInPage() const { return m_signIn; }
    [[nodiscard]] PerformancePage *performancePage() const { return m_performances; }
    [[nodiscard]] SalePage *salePage() const { return m_sale; }
    [[nodiscard]] OrdersPage *ordersPage() const { return m_orders; }
    void restoreWindow();

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void buildMenus();
    void buildSaleMenu();
    void buildHouseMenu();
    void buildAfterSaleMenu(QMenu *sale);
    void buildSupervisorActions(QMenu *house);
    void showPaymentsInDoubt();
    /// Tells a supervisor at the foot of the window how many payments wait for somebody.
    void countPaymentsInDoubt();
    void showGiftCards();
    void buildNavigation();
    void buildStatusBar();
    void addAppearance(QMenu *menu);
    void showPage(QWidget *page);
    void onSignedIn();
    void onSignedOut(const QString &reason);
    void onStatus();
    void onSale(const SaleNews &sale);
    void showKeys();
    void showAbout();

    Ports m_ports;
    QStackedWidget *m_pages;
    NoticeBar *m_banner;
    SignInPage *m_signIn;
    PerformancePage *m_performances;
    SalePage *m_sale;
    OrdersPage *m_orders;
    QToolBar *m_navigation;
    QActionGroup *m_places;
    QList<QAction *> m_whenSignedIn;
    std::vector<std::pair<QAction *, Permission>> m_whenAllowed; ///< For those who have the permission.
    QLabel *m_connection;
    QLabel *m_user;
    QLabel *m_lastSale;
    QPushButton *m_doubts;
    QTimer m_whenToCount;
    bool m_wasOnline = false;
};

} // namespace parterre::ui
