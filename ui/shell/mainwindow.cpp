#include "shell/mainwindow.h"

#include "aftersale/cancellationdialog.h"
#include "aftersale/openrefundsdialog.h"
#include "catalog/performancepage.h"
#include "checkout/orderspage.h"
#include "checkout/overridesdialog.h"
#include "checkout/salepage.h"
#include "common/icons.h"
#include "common/keyhelp.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"
#include "giftcards/giftcardsdialog.h"
#include "identity/signinpage.h"
#include "payments/paymentsindoubtdialog.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace parterre::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int doubtsMilliseconds = 60'000; ///< Between two looks for payments in doubt, which take minutes to be one.

/// An entry of a menu with its key.
QAction *add(QMenu *menu, const QString &text, const QKeySequence &key, auto *receiver, auto slot)
{
    QAction *action = menu->addAction(text);
    action->setShortcut(key);
    QObject::connect(action, &QAction::triggered, receiver, slot);
    return action;
}

} // namespace

MainWindow::MainWindow(const Ports &ports, QWidget *parent)
    : QMainWindow(parent)
    , m_ports(ports)
    , m_pages(new QStackedWidget(this))
    , m_banner(new NoticeBar(this))
    , m_signIn(new SignInPage(ports.session, this))
    , m_performances(new PerformancePage(ports.catalog, ports.session, this))
    , m_sale(new SalePage(ports.map, ports.sales, ports.house, ports.session, this))
    , m_orders(new OrdersPage(ports.sales, ports.afterSale, ports.tickets, this))
    , m_navigation(new QToolBar(tr("Navigation"), this))
    , m_places(new QActionGroup(this))
    , m_connection(new QLabel(this))
    , m_user(new QLabel(this))
    , m_lastSale(new QLabel(this))
    , m_doubts(new QPushButton(this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Parterre"_s);
    resize(1440, 900);
    m_banner->setObjectName(u"connectionBanner"_s);
    m_banner->setClosable(false);
    m_banner->setSpanning(true);
    for (QWidget *page : std::initializer_list<QWidget *>{m_signIn, m_performances, m_sale, m_orders})
        m_pages->addWidget(page);
    auto *central = new QWidget(this);
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_pages, 1);
    setCentralWidget(central);
    buildNavigation();
    buildMenus();
    buildStatusBar();
    connect(m_banner, &NoticeBar::actionTriggered, &m_ports.session, &SessionPort::tryNow);
    connect(m_signIn, &SignInPage::finished, this, &MainWindow::onSignedIn);
    connect(&m_ports.session, &SessionPort::signedOut, this, &MainWindow::onSignedOut);
    connect(&m_ports.session, &SessionPort::statusChanged, this, &MainWindow::onStatus);
    connect(&m_ports.catalog, &CatalogPort::saleRecorded, this, &MainWindow::onSale);
    connect(m_performances, &PerformancePage::performanceChosen, this, [this](const PerformanceSummary &performance) {
        showPage(m_sale);
        m_sale->openPerformance(performance);
    });
    connect(m_orders, &OrdersPage::exchangeRequested, this,
            [this](const OrderView &order, const std::vector<int> &lines, const QString &reason) {
                showPage(m_sale);
                m_sale->startExchange({.from = order, .lines = lines, .reason = reason}, m_ports.afterSale);
            });
    connect(m_sale, &SalePage::chooseRequested, this, [this] { showPage(m_performances); });
    onSignedOut({});
    onStatus();
}

void MainWindow::buildNavigation()
{
    m_navigation->setObjectName(u"navigation"_s);
    m_navigation->setMovable(false);
    m_navigation->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    m_navigation->setIconSize({metrics::iconLarge, metrics::iconLarge});
    addToolBar(Qt::LeftToolBarArea, m_navigation);
    const auto add = [this](const QString &icon, const QString &text, const QString &name, const QKeySequence &key,
                            QWidget *page) {
        QAction *action = m_navigation->addAction(themedIcon(icon), text);
        action->setObjectName(name);
        action->setCheckable(true);
        action->setShortcut(key);
        action->setToolTip(u"%1 (%2)"_s.arg(text, key.toString(QKeySequence::NativeText)));
        action->setData(QVariant::fromValue(static_cast<QObject *>(page)));
        m_places->addAction(action);
        m_whenSignedIn.append(action);
        connect(action, &QAction::triggered, this, [this, page] { showPage(page); });
    };
    add(u"calendar"_s, tr("Performances"), u"goPerformances"_s, QKeySequence(Qt::CTRL | Qt::Key_1), m_performances);
    add(u"seat"_s, tr("Sale"), u"goSale"_s, QKeySequence(Qt::CTRL | Qt::Key_2), m_sale);
    add(u"receipt"_s, tr("Orders"), u"goOrders"_s, QKeySequence(Qt::CTRL | Qt::Key_3), m_orders);
}

void MainWindow::buildMenus()
{
    QMenu *desk = menuBar()->addMenu(tr("&Desk"));
    m_whenSignedIn.append(add(desk, tr("Sign &out"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Q), this,
                              [this] { m_ports.session.signOut(); }));
    add(desk, tr("&Quit"), QKeySequence::Quit, this, [this] { close(); });
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addActions(m_places->actions());
    m_whenSignedIn.append(add(view, tr("&Find"), QKeySequence::Find, this, [this] {
        if (m_pages->currentWidget() == m_orders)
            return m_orders->focusSearch();
        showPage(m_performances);
        m_performances->focusSearch();
    }));
    m_whenSignedIn.append(add(view, tr("&Refresh"), QKeySequence(Qt::Key_F5), this, [this] {
        m_performances->reload();
        m_orders->search();
    }));
    view->addSeparator();
    addAppearance(view->addMenu(tr("&Appearance")));
    buildSaleMenu();
    buildHouseMenu();
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    add(help, tr("&Keys"), QKeySequence(Qt::Key_F1), this, [this] { showKeys(); })->setObjectName(u"keysAction"_s);
    add(help, tr("&About Parterre"), {}, this, [this] { showAbout(); });
}

void MainWindow::buildSaleMenu()
{
    QMenu *sale = menuBar()->addMenu(tr("&Sale"));
    QAction *pay = add(sale, tr("&Take cash"), {}, m_sale, [this] { m_sale->pay(); });
    pay->setObjectName(u"payAction"_s);
    pay->setShortcuts({QKeySequence(Qt::Key_F12), QKeySequence(Qt::CTRL | Qt::Key_Return)});
    m_whenSignedIn.append(pay);
    m_whenSignedIn.append(add(sale, tr("&Map or cart"), QKeySequence(Qt::Key_F6), m_sale, [this] {
        if (m_pages->currentWidget() == m_sale)
            m_sale->switchBetweenMapAndCart();
        else
            showPage(m_sale);
    }));
    m_whenSignedIn.append(add(sale, tr("&Best seats"), QKeySequence(Qt::CTRL | Qt::Key_B), m_sale, [this] {
        showPage(m_sale);
        m_sale->startChoosing();
    }));
    m_whenSignedIn.append(add(sale, tr("&Release all"), QKeySequence(Qt::CTRL | Qt::Key_Backspace), m_sale,
                              [this] { m_sale->sale().releaseAll(); }));
    m_whenSignedIn.append(
        add(sale, tr("&Undo release or move"), QKeySequence::Undo, m_sale, [this] { m_sale->undo(); }));
    m_whenSignedIn.append(add(sale, tr("Sell &from a house code"), QKeySequence(Qt::Key_F8), m_sale,
                              [this] { m_sale->focusSellFrom(); }));
    QAction *price = add(sale, tr("&Price of the line…"), QKeySequence(Qt::Key_F3), m_sale, [this] {
        showPage(m_sale);
        m_sale->changePrice();
    });
    price->setObjectName(u"priceAction"_s);
    QAction *promotion = add(sale, tr("Pro&motion code"), QKeySequence(Qt::SHIFT | Qt::Key_F3), m_sale, [this] {
        showPage(m_sale);
        m_sale->enterPromotion();
    });
    promotion->setObjectName(u"promotionAction"_s);
    m_whenSignedIn.append({price, promotion});
    QAction *give = add(sale, tr("&Give to customer…"), QKeySequence(Qt::Key_F9), this, [this] {
        showPage(m_sale);
        m_sale->give();
    });
    give->setObjectName(u"giveAction"_s);
    QAction *takeOver = add(sale, tr("Take &over…"), QKeySequence(Qt::SHIFT | Qt::Key_F9), this, [this] {
        showPage(m_sale);
        m_sale->takeOver();
    });
    takeOver->setObjectName(u"takeOverAction"_s);
    m_whenSignedIn.append({give, takeOver});
    buildAfterSaleMenu(sale);
    if (!m_ports.giftCards)
        return;
    QAction *giftCards =
        add(sale, tr("G&ift cards…"), QKeySequence(Qt::CTRL | Qt::Key_G), this, [this] { showGiftCards(); });
    giftCards->setObjectName(u"giftCardsAction"_s);
    m_whenSignedIn.append(giftCards);
}

void MainWindow::showGiftCards()
{
    const auto user = m_ports.session.user();
    const PerformanceSummary *any = m_performances->current();
    const auto currency = any ? Currency::fromCode(any->currency) : Result<Currency>(Currency());
    if (user && currency)
        GiftCardsDialog(*m_ports.giftCards, m_ports.sales, *currency, may(user->role, Permission::ManageGiftCards),
                        this)
            .exec();
}

void MainWindow::buildAfterSaleMenu(QMenu *sale)
{
    sale->addSeparator();
    QAction *refund = add(sale, tr("Re&fund…"), QKeySequence(Qt::Key_F4), this, [this] {
        if (m_pages->currentWidget() == m_orders)
            return m_orders->refund();
        showPage(m_orders);
    });
    refund->setObjectName(u"refundAction"_s);
    QAction *waiting = add(sale, tr("Refunds that &wait…"), QKeySequence(Qt::SHIFT | Qt::Key_F4), this, [this] {
        OpenRefundsDialog(m_ports.afterSale, this).exec();
        if (m_pages->currentWidget() == m_orders)
            m_orders->search();
    });
    waiting->setObjectName(u"openRefundsAction"_s);
    m_whenSignedIn.append({refund, waiting});
}

void MainWindow::buildHouseMenu()
{
    QMenu *house = menuBar()->addMenu(tr("&House"));
    const auto add = [&](const QString &text, PerformanceState state) {
        QAction *action = house->addAction(text, this, [this, state] {
            showPage(m_performances);
            m_performances->changeState(state);
        });
        m_whenAllowed.emplace_back(action, Permission::ChangePerformanceState);
    };
    add(tr("Put &on sale…"), PerformanceState::OnSale);
    add(tr("&Pause sale…"), PerformanceState::Paused);
    QAction *cancel = house->addAction(tr("&Cancel performance…"), this, [this] {
        showPage(m_performances);
        if (const PerformanceSummary *chosen = m_performances->current())
            CancellationDialog(*chosen, m_ports.afterSale, this).exec();
        m_performances->reload();
    });
    cancel->setObjectName(u"cancelPerformanceAction"_s);
    m_whenAllowed.emplace_back(cancel, Permission::ChangePerformanceState);
    house->addSeparator();
    QAction *seats = house->addAction(tr("House &seats"), this, [this] {
        showPage(m_sale);
        m_sale->toggleHouseSeats();
    });
    seats->setObjectName(u"houseSeatsAction"_s);
    seats->setShortcut(QKeySequence(Qt::Key_F7));
    m_whenAllowed.emplace_back(seats, Permission::MoveHouseSeats);
    house->addSeparator();
    buildSupervisorActions(house);
}

void MainWindow::buildSupervisorActions(QMenu *house)
{
    if (m_ports.payments) {
        QAction *doubts = add(house, tr("Payments in &doubt…"), QKeySequence(Qt::CTRL | Qt::Key_D), this,
                              [this] { showPaymentsInDoubt(); });
        doubts->setObjectName(u"paymentsInDoubtAction"_s);
        m_whenAllowed.emplace_back(doubts, Permission::ResolvePayments);
    }
    QAction *overrides = add(house, tr("Comps and &other prices…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F3),
                             this, [this] { OverridesDialog(m_ports.sales, m_ports.catalog, this).exec(); });
    overrides->setObjectName(u"overridesAction"_s);
    m_whenAllowed.emplace_back(overrides, Permission::OverridePrices);
}

void MainWindow::showPaymentsInDoubt()
{
    PaymentsInDoubtDialog(*m_ports.payments, this).exec();
    countPaymentsInDoubt();
    if (m_pages->currentWidget() == m_orders)
        m_orders->search();
}

void MainWindow::countPaymentsInDoubt()
{
    const auto user = m_ports.session.user();
    if (!m_ports.payments || !user || !may(user->role, Permission::ResolvePayments))
        return m_doubts->hide();
    using List = std::vector<PaymentInDoubt>;
    m_ports.payments->listInDoubt(guarded<List>(this, [this](const Result<List> &found) {
        if (!found || !m_ports.session.user())
            return; // It is asked again.
        const auto waiting =
            std::ranges::count_if(*found, [](const auto &one) { return one.waitsFor != DoubtWaitsFor::Provider; });
        m_doubts->setText(tr("%n payment(s) in doubt", nullptr, static_cast<int>(waiting)));
        m_doubts->setVisible(waiting > 0);
    }));
}

void MainWindow::addAppearance(QMenu *menu)
{
    auto *modes = new QActionGroup(this);
    const QString chosen = QSettings().value(u"window/theme"_s, u"light"_s).toString();
    for (const auto &[name, text, mode] : {std::tuple(u"light"_s, tr("&Light"), ThemeMode::Light),
                                           std::tuple(u"dark"_s, tr("&Dark"), ThemeMode::Dark)}) {
        QAction *action = modes->addAction(text);
        action->setObjectName(u"appearance_"_s + name);
        action->setCheckable(true);
        action->setChecked(name == chosen);
        menu->addAction(action);
        connect(action, &QAction::triggered, this, [this, name = name, mode = mode] {
            QSettings().setValue(u"window/theme"_s, name);
            applyTheme(*qApp, mode);
            onStatus(); // Its dot has the theme's colour in its text.
        });
    }
}

void MainWindow::buildStatusBar()
{
    m_connection->setObjectName(u"statusConnection"_s);
    m_user->setObjectName(u"statusUser"_s);
    m_lastSale->setObjectName(u"statusLastSale"_s);
    for (QLabel *label : {m_connection, m_user, m_lastSale})
        label->setContentsMargins(metrics::normal, metrics::tight, metrics::normal, metrics::tight);
    statusBar()->addWidget(m_connection);
    statusBar()->addWidget(m_user);
    m_doubts->setObjectName(u"statusDoubts"_s);
    m_doubts->setProperty("link", true);
    m_doubts->setFocusPolicy(Qt::NoFocus); // Ctrl+D is its key.
    m_doubts->setToolTip(tr("Their places stay locked until somebody decides (Ctrl+D)"));
    connect(m_doubts, &QPushButton::clicked, this, &MainWindow::showPaymentsInDoubt);
    m_whenToCount.setInterval(doubtsMilliseconds);
    connect(&m_whenToCount, &QTimer::timeout, this, &MainWindow::countPaymentsInDoubt);
    statusBar()->addPermanentWidget(m_doubts);
    statusBar()->addPermanentWidget(m_lastSale);
    statusBar()->setSizeGripEnabled(false);
}

void MainWindow::showPage(QWidget *page)
{
    m_pages->setCurrentWidget(page);
    for (QAction *action : m_places->actions())
        action->setChecked(action->data().value<QObject *>() == page);
    if (page == m_orders) {
        m_orders->search();
        m_orders->focusSearch();
    } else if (page == m_performances) {
        m_performances->focusSearch();
    } else if (page == m_sale) {
        m_sale->focusMap();
    }
}

void MainWindow::onSignedIn()
{
    const auto user = m_ports.session.user();
    if (!user)
        return;
    for (QAction *action : m_whenSignedIn)
        action->setEnabled(true);
    for (const auto &[action, permission] : m_whenAllowed)
        action->setEnabled(may(user->role, permission));
    m_navigation->show();
    m_user->setText(
        tr("%1 (%2)").arg(user->displayName.isEmpty() ? user->name : user->displayName, enumName(user->role)));
    onStatus();
    countPaymentsInDoubt();
    m_whenToCount.start();
    m_performances->reload();
    showPage(m_performances);
}

void MainWindow::onSignedOut(const QString &reason)
{
    m_sale->closePerformance();
    m_sale->endExchange();
    m_performances->clear();
    m_orders->clear();
    m_signIn->reset();
    m_signIn->showReason(reason);
    for (QAction *action : m_whenSignedIn)
        action->setEnabled(false);
    for (const auto &[action, permission] : m_whenAllowed)
        action->setEnabled(false);
    m_whenToCount.stop();
    m_doubts->hide();
    m_navigation->hide();
    m_user->clear();
    m_lastSale->clear();
    m_pages->setCurrentWidget(m_signIn);
}

void MainWindow::onStatus()
{
    const ConnectionStatus status = m_ports.session.status();
    const bool isSignedIn = m_ports.session.user().has_value();
    const bool isOnline = status.state == ConnectionState::Online;
    const QString house = m_ports.session.house();
    setWindowTitle(house.isEmpty() ? u"Parterre"_s : u"%1 – Parterre"_s.arg(house));
    const Theme &theme = Theme::of(this);
    const QString dot = u"<span style='color:%1'>●</span> "_s.arg((isOnline ? theme.success : theme.warning).name());
    if (isOnline && house.isEmpty())
        m_connection->setText(dot + tr("Connected"));
    else if (isOnline)
        m_connection->setText(dot + tr("Connected to %1").arg(house.toHtmlEscaped()));
    else
        m_connection->setText(status.state == ConnectionState::Closed ? tr("Not connected")
                                                                      : dot + tr("Not connected"));
    if (status.state == ConnectionState::Refused && isSignedIn) {
        m_banner->showNotice(NoticeKind::Error, status.message);
    } else if (!isOnline && isSignedIn) {
        const QString wait = status.secondsToRetry > 0
                                 ? tr("Trying again in %n second(s).", nullptr, status.secondsToRetry)
                                 : tr("Trying now…");
        m_banner->showNotice(NoticeKind::Warning,
                             u"%1 %2 %3"_s.arg(status.message, tr("What you see may be old."), wait).trimmed(),
                             tr("Try now"));
    } else if (status.answerIsLate) {
        m_banner->showNotice(NoticeKind::Warning, tr("No answer yet; the server may be busy. Nothing is lost."));
    } else {
        m_banner->clear();
    }
    if (isOnline && !m_wasOnline && isSignedIn)
        m_performances->reload();
    m_wasOnline = isOnline;
}

void MainWindow::onSale(const SaleNews &sale)
{
    const QString door = sale.channel == SalesChannel::Desk  ? tr("desk")
                         : sale.channel == SalesChannel::Web ? tr("web")
                                                             : tr("API");
    m_lastSale->setText(tr("Last sale: %1 · %n place(s) · %2 · %3", nullptr, sale.places)
                            .arg(sale.orderNumber, moneyText(sale.total), door));
}

void MainWindow::showKeys()
{
    KeyHelp help(this);
    help.exec();
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Parterre"),
                       tr("<h3>Parterre %1</h3><p>Box office and venue operations.</p>"
                          "<p>Free software under the GNU General Public License, version 3 or later.</p>")
                           .arg(QCoreApplication::applicationVersion()));
}

void MainWindow::restoreWindow()
{
    const QSettings settings;
    restoreGeometry(settings.value(u"window/geometry"_s).toByteArray());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_sale->sale().paymentStep() == PaymentStep::Working) {
        statusBar()->showMessage(tr("A payment is being confirmed. The window can be closed after that."), 5000);
        event->ignore();
        return;
    }
    m_sale->sale().releaseAll();
    QSettings settings;
    settings.setValue(u"window/geometry"_s, saveGeometry());
    QMainWindow::closeEvent(event);
}

} // namespace parterre::ui
