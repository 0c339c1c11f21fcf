#include "checkout/salepage.h"
#include "common/moneylabel.h"
#include "seatmap/seatmapcanvas.h"
#include "shell/mainwindow.h"
#include "ui/desk.h"

#include <QAbstractSpinBox>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDeadlineTimer>
#include <QDialog>
#include <QLabel>
#include <QTableView>
#include <QTableWidget>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// The desk without a mouse: every key goes to whatever has the focus, as it would from a keyboard. Rows have 20 seats.
class TestKeyboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void aWholeSaleFromSignInToTicket();
    void tabReachesEverythingOnEveryPage();
    void tabGoesThroughTheCartFromTopToBottom();
    void aLineOfTheCartIsChosenChangedAndGivenBack();
    void standingPlacesAreTakenByKeys();
    void enterOnThePriceTypesOpensThem();
    void theSalePageWithoutAPerformanceLeadsToTheList();
    void noKeyMeansTwoThings();
    void f1SaysEveryKeyOfTheMenus();
    void f1AnswersInTheCashWindowToo();
    void whatIsMissingAtTheSignInIsSaid();

private:
    void press(int key, Qt::KeyboardModifiers modifiers = {});
    void write(const QString &text);
    void signIn();
    void openFirstPerformance();
    void takeTwoSeats();
    /// Runs `keys` once that window is open over ours, as the hands of the clerk who waits for it.
    template <class Keys>
    void whenDialogOpens(const QString &name, Keys keys);
    /// Presses Tab until the focus is where it was; the widgets on the way.
    [[nodiscard]] QWidgetList roundByTab();
    [[nodiscard]] static QWidgetList controlsOf(const QWidget &page);
    [[nodiscard]] ui::SeatMapCanvas &canvas() const { return *find<ui::SeatMapCanvas>(*m_window, u"seatMapCanvas"_s); }
    [[nodiscard]] QTableWidget &cart() const { return *find<QTableWidget>(*m_window, u"cartTable"_s); }
    [[nodiscard]] ui::SaleController &sale() const { return m_window->salePage()->sale(); }
    /// What the keys go to. Where no window manager runs, the window below one that closed is woken as it would do.
    [[nodiscard]] QWidget *focus() const;
    [[nodiscard]] QString focusName() const { return focus() ? focus()->objectName() : QString(); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::MainWindow> m_window;
};

void TestKeyboard::init()
{
    QSettings().clear();
    m_house = smallHouse();
    m_window = std::make_unique<ui::MainWindow>(ui::Ports{m_house->session(), m_house->catalog(), m_house->map(),
                                                          m_house->sales(), m_house->house(), m_house->afterSale()});
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestKeyboard::cleanup()
{
    m_window.reset();
    m_house.reset();
}

QWidget *TestKeyboard::focus() const
{
    if (const QWidget *active = QApplication::activeWindow(); !active || !active->isVisible()) {
        QWidget *modal = QApplication::activeModalWidget();
        (modal ? modal : m_window.get())->activateWindow();
    }
    return QApplication::focusWidget();
}

void TestKeyboard::press(int key, Qt::KeyboardModifiers modifiers)
{
    QWidget *target = QApplication::activePopupWidget();
    if (!target)
        target = focus();
    QTest::keyClick(target ? target : QApplication::activeWindow(), Qt::Key(key), modifiers);
}

void TestKeyboard::write(const QString &text)
{
    for (const QChar letter : text)
        QTest::keyClick(focus(), letter.toLatin1());
}

template <class Keys>
void TestKeyboard::whenDialogOpens(const QString &name, Keys keys)
{
    // A timer that asks again and again: whoever waits in a loop of their own would block the window they wait for.
    auto *watch = new QTimer(m_window.get());
    connect(watch, &QTimer::timeout, this, [this, watch, name, keys, deadline = QDeadlineTimer(5'000)] {
        const QWidget *modal = QApplication::activeModalWidget();
        const bool isOpen = modal && modal->objectName() == name && modal->isActiveWindow();
        if (!isOpen && !deadline.hasExpired())
            return;
        watch->stop();
        watch->deleteLater();
        if (isOpen)
            keys();
        else
            QTest::qFail(qPrintable(name + u" did not open"_s), __FILE__, __LINE__);
        // A test that has failed must not stand before an open window for ever.
        if (!QTest::currentTestFailed())
            return;
        for (QDialog *dialog : m_window->findChildren<QDialog *>())
            dialog->done(QDialog::Rejected);
    });
    watch->start(10);
}

void TestKeyboard::signIn()
{
    QCOMPARE(focusName(), u"signInUser"_s);
    write(m_house->user.name);
    press(Qt::Key_Tab);
    write(m_house->password);
    press(Qt::Key_Return);
    QTRY_COMPARE(focusName(), u"performanceSearch"_s);
    QTRY_VERIFY(find<QTableView>(*m_window, u"performanceTable"_s)->model()->rowCount() > 0);
}

void TestKeyboard::openFirstPerformance()
{
    press(Qt::Key_Return);
    QTRY_COMPARE(focusName(), u"seatMapCanvas"_s);
    QTRY_VERIFY(!canvas().model().isEmpty());
}

void TestKeyboard::takeTwoSeats()
{
    press(Qt::Key_Right); // The cursor appears,
    press(Qt::Key_Space);
    QTRY_COMPARE(sale().placeCount(), 1);
    press(Qt::Key_Right); // and goes on.
    press(Qt::Key_Space);
    QTRY_COMPARE(sale().placeCount(), 2);
}

void TestKeyboard::aWholeSaleFromSignInToTicket()
{
    signIn();
    openFirstPerformance();
    takeTwoSeats();
    const Money extra(1000, Currency());
    QString previewed;
    whenDialogOpens(u"tenderDialog"_s, [&] {
        QCOMPARE(focusName(), u"tenderAmount"_s);
        write(u"60"_s);
        QCOMPARE(find<ui::MoneyLabel>(*m_window, u"tenderChange"_s)->money(), extra);
        press(Qt::Key_Return);
        QTRY_COMPARE(focusName(), u"nextCustomer"_s);
        whenDialogOpens(u"ticketPreview"_s, [&] {
            previewed = QApplication::activeModalWidget()->objectName();
            press(Qt::Key_Escape);
        });
        press(Qt::Key_P, Qt::AltModifier);
        QTRY_COMPARE(previewed, u"ticketPreview"_s);
        QTRY_COMPARE(focusName(), u"nextCustomer"_s);
        press(Qt::Key_Return);
    });
    press(Qt::Key_F12);
    QCOMPARE(previewed, u"ticketPreview"_s);
    QCOMPARE(m_house->orders().size(), 1U);
    QCOMPARE(m_house->orders().front().change, extra);
    QCOMPARE(sale().placeCount(), 0);
    QTRY_COMPARE(focusName(), u"seatMapCanvas"_s); // The next customer is there already.
}

QWidgetList TestKeyboard::roundByTab()
{
    QWidgetList round;
    constexpr int controlsMax = 60;
    while (round.size() < controlsMax && !round.contains(focus())) {
        round.append(focus());
        press(Qt::Key_Tab);
    }
    return round;
}

QWidgetList TestKeyboard::controlsOf(const QWidget &page)
{
    QWidgetList controls;
    for (QWidget *widget : page.findChildren<QWidget *>()) {
        const bool isControl = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QLineEdit *>(widget) ||
                               qobject_cast<QComboBox *>(widget) || qobject_cast<QAbstractItemView *>(widget);
        const bool isPart = qobject_cast<QAbstractSpinBox *>(widget->parent()) != nullptr; // Its box has the focus.
        if (isControl && !isPart && widget->isVisible() && widget->isEnabled() &&
            (widget->focusPolicy() & Qt::TabFocus))
            controls.append(widget);
    }
    return controls;
}

void TestKeyboard::tabReachesEverythingOnEveryPage()
{
    const auto verifyPage = [this](const QWidget &page) {
        const QWidgetList round = roundByTab();
        for (QWidget *control : controlsOf(page))
            QVERIFY2(round.contains(control), qPrintable(control->objectName() + u" is not reached"_s));
    };
    verifyPage(*find<QWidget>(*m_window, u"signInPage"_s));
    find<QLineEdit>(*m_window, u"signInUser"_s)->setFocus();
    signIn();
    verifyPage(*find<QWidget>(*m_window, u"performancePage"_s));
    find<QLineEdit>(*m_window, u"performanceSearch"_s)->setFocus();
    openFirstPerformance();
    takeTwoSeats();
    verifyPage(*m_window->salePage());
    press(Qt::Key_3, Qt::ControlModifier);
    QTRY_COMPARE(focusName(), u"orderSearch"_s);
    verifyPage(*find<QWidget>(*m_window, u"ordersPage"_s));
}

void TestKeyboard::tabGoesThroughTheCartFromTopToBottom()
{
    signIn();
    openFirstPerformance();
    takeTwoSeats();
    press(Qt::Key_F6);
    QStringList names;
    for (const QWidget *widget : roundByTab())
        names.append(widget->objectName());
    const auto lines = sale().lines();
    const QStringList expected{u"cartTable"_s,
                               u"priceType_"_s + lines.at(0).key,
                               u"priceType_"_s + lines.at(1).key,
                               u"cartTypesForAll"_s,
                               u"buyerName"_s,
                               u"buyerEmail"_s,
                               u"promotion"_s,
                               u"cartPay"_s};
    QCOMPARE(names.mid(0, expected.size()), expected);
}

void TestKeyboard::aLineOfTheCartIsChosenChangedAndGivenBack()
{
    signIn();
    openFirstPerformance();
    takeTwoSeats();
    const QString first = sale().lines().at(0).key;
    const QString second = sale().lines().at(1).key;
    press(Qt::Key_F6);
    QCOMPARE(focusName(), u"cartTable"_s);
    press(Qt::Key_Down);
    QCOMPARE(canvas().cursorPlace(), ui::MapPlace::seat(*m_house->index().seatNumber(second)));
    press(Qt::Key_Delete);
    QTRY_COMPARE(sale().placeCount(), 1);
    QVERIFY(sale().isHeld(first));
    press(Qt::Key_F6);
    QCOMPARE(focusName(), u"seatMapCanvas"_s);
    press(Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(sale().placeCount(), 2);
}

void TestKeyboard::enterOnThePriceTypesOpensThem()
{
    signIn();
    openFirstPerformance();
    takeTwoSeats();
    QCOMPARE(sale().total(), Money(5000, Currency()));
    press(Qt::Key_F6);
    press(Qt::Key_Return);
    const QString box = u"priceType_"_s + sale().lines().at(0).key;
    QTRY_VERIFY(QApplication::activePopupWidget());
    QTest::keyClick(find<QComboBox>(*m_window, box)->view(), Qt::Key_Down);
    QTest::keyClick(find<QComboBox>(*m_window, box)->view(), Qt::Key_Return);
    QTRY_COMPARE(sale().total(), Money(3750, Currency()));
    QTRY_COMPARE(focusName(), box);
}

void TestKeyboard::standingPlacesAreTakenByKeys()
{
    signIn();
    openFirstPerformance();
    press(Qt::Key_Down);
    for (int steps = 0; steps < 30 && !canvas().cursorPlace().isArea(); ++steps)
        press(Qt::Key_Down);
    QVERIFY(canvas().cursorPlace().isArea());
    whenDialogOpens(u"areaDialog"_s, [&] {
        write(u"4"_s);
        press(Qt::Key_Return);
    });
    press(Qt::Key_Return);
    QTRY_COMPARE(sale().placeCount(), 4);
}

void TestKeyboard::theSalePageWithoutAPerformanceLeadsToTheList()
{
    signIn();
    press(Qt::Key_2, Qt::ControlModifier);
    QVERIFY(m_window->salePage()->isVisible());
    press(Qt::Key_Space);
    QTRY_COMPARE(focusName(), u"performanceSearch"_s);
}

/// Qt carries out neither of two actions with one key.
void TestKeyboard::noKeyMeansTwoThings()
{
    QHash<QString, QString> meanings;
    for (const QAction *action : m_window->findChildren<QAction *>()) {
        for (const QKeySequence &key : action->shortcuts()) {
            QVERIFY2(!meanings.contains(key.toString()),
                     qPrintable(u"%1: %2, %3"_s.arg(key.toString(), meanings.value(key.toString()), action->text())));
            meanings.insert(key.toString(), action->text());
        }
    }
    QVERIFY(!meanings.isEmpty());
}

void TestKeyboard::f1SaysEveryKeyOfTheMenus()
{
    signIn();
    QString page;
    whenDialogOpens(u"keyHelp"_s, [&] {
        for (const QLabel *label : QApplication::activeModalWidget()->findChildren<QLabel *>())
            page += label->text() + u'\n';
        press(Qt::Key_Escape);
    });
    press(Qt::Key_F1);
    QVERIFY(page.contains(u"F12"_s));
    for (const QAction *action : m_window->findChildren<QAction *>()) {
        for (const QKeySequence &shortcut : action->shortcuts()) {
            const QString key = shortcut.toString().replace(u"Return"_s, u"Enter"_s); // As it is printed on the key.
            QVERIFY2(page.contains(key), qPrintable(action->text() + u": "_s + key));
        }
    }
}

void TestKeyboard::f1AnswersInTheCashWindowToo()
{
    signIn();
    openFirstPerformance();
    takeTwoSeats();
    QString opened;
    whenDialogOpens(u"tenderDialog"_s, [&] {
        whenDialogOpens(u"keyHelp"_s, [&] {
            opened = QApplication::activeModalWidget()->objectName();
            press(Qt::Key_F1);
        });
        press(Qt::Key_F1);
        QTRY_COMPARE(focusName(), u"tenderAmount"_s);
        press(Qt::Key_Escape);
    });
    press(Qt::Key_F12);
    QCOMPARE(opened, u"keyHelp"_s);
    QCOMPARE(sale().placeCount(), 2);
}

void TestKeyboard::whatIsMissingAtTheSignInIsSaid()
{
    press(Qt::Key_Return);
    QCOMPARE(noticeText(*m_window, u"signInNotice"_s), u"Type your user name."_s);
    write(m_house->user.name);
    press(Qt::Key_Return);
    QCOMPARE(noticeText(*m_window, u"signInNotice"_s), u"Type your password."_s);
    QCOMPARE(focusName(), u"signInPassword"_s);
}

QTEST_MAIN(TestKeyboard)
#include "tst_keyboard.moc"
