#include "catalog/performancepage.h"
#include "checkout/orderspage.h"
#include "ui/desk.h"

#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// The list of performances and the list of orders.
class TestLists : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void performancesStandByDate();
    void typingNarrowsTheList();
    void nothingFoundOffersTheWholeList();
    void arrowsInTheSearchBoxWalkTheList();
    void enterInTheSearchBoxChoosesTheFirst();
    void aDoubleClickChooses();
    void aPushChangesTheRowInPlace();
    void aListThatDoesNotComeIsTold();
    void aManagerPausesAfterConfirming();
    void ordersAreFoundByNameWhileTyping();
    void theNewestOrderShowsItsLinesAndChange();
    void ticketsOfAnOpenOrderCannotBePrinted();
    void markupInANameIsShownAsText();

private:
    void addOrder(const QString &number, const QString &buyer, OrderState state);
    [[nodiscard]] QTableView *table() const { return find<QTableView>(*m_page, u"performanceTable"_s); }
    [[nodiscard]] QString titleAt(int row) const { return table()->model()->index(row, 1).data().toString(); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::PerformancePage> m_page;
    std::unique_ptr<ui::OrdersPage> m_orders;
};

void TestLists::init()
{
    m_house = smallHouse();
    std::swap(m_house->performances[0], m_house->performances[2]);
    m_page = std::make_unique<ui::PerformancePage>(m_house->catalog(), m_house->session());
    m_orders = std::make_unique<ui::OrdersPage>(m_house->sales(), m_house->afterSale());
    m_page->resize(1000, 600);
    m_page->show();
    m_orders->show();
    m_page->reload();
    QTRY_COMPARE(table()->model()->rowCount(), 3);
}

void TestLists::cleanup()
{
    m_page.reset();
    m_orders.reset();
    m_house.reset();
}

void TestLists::addOrder(const QString &number, const QString &buyer, OrderState state)
{
    OrderView order;
    order.id = OrderId::create();
    order.number = number;
    order.state = state;
    order.eventTitle = u"Hamlet"_s;
    order.timeZone = u"Europe/London"_s;
    order.buyer.name = buyer;
    order.total = Money(5000, Currency());
    order.paymentMethod = PaymentMethod::Cash;
    order.tendered = Money(6000, Currency());
    order.change = Money(1000, Currency());
    OrderLine line;
    line.placeName = u"Stalls, row 1, seat 4"_s;
    line.priceTypeName = u"Adult"_s;
    line.amount = Money(5000, Currency());
    order.lines = {line};
    m_house->addOrder(order);
}

void TestLists::performancesStandByDate()
{
    QCOMPARE(titleAt(0), u"Hamlet"_s);
    QCOMPARE(titleAt(1), u"The Seagull"_s);
    QCOMPARE(table()->model()->index(0, 0).data().toString(), u"Tue 1 Dec 2026, 19:30"_s);
}

void TestLists::typingNarrowsTheList()
{
    type(*m_page, u"performanceSearch"_s, u"seag"_s);
    QCOMPARE(table()->model()->rowCount(), 1);
    QCOMPARE(titleAt(0), u"The Seagull"_s);
    type(*m_page, u"performanceSearch"_s, u"3 Dec"_s);
    QCOMPARE(table()->model()->rowCount(), 1);
    QCOMPARE(titleAt(0), u"Hamlet"_s);
}

void TestLists::nothingFoundOffersTheWholeList()
{
    type(*m_page, u"performanceSearch"_s, u"Faust"_s);
    QVERIFY(find<QLabel>(*m_page, u"emptyText"_s)->isVisible());
    QVERIFY(find<QLabel>(*m_page, u"emptyText"_s)->text().contains(u"Faust"_s));
    QVERIFY(!find<QPushButton>(*m_page, u"performanceSell"_s)->isEnabled());
    click(*m_page, u"emptyAction"_s);
    QTRY_COMPARE(table()->model()->rowCount(), 3);
}

void TestLists::arrowsInTheSearchBoxWalkTheList()
{
    QSignalSpy chosen(m_page.get(), &ui::PerformancePage::performanceChosen);
    auto *search = find<QLineEdit>(*m_page, u"performanceSearch"_s);
    search->setFocus();
    QTest::keyClick(search, Qt::Key_Down);
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.first().first().value<PerformanceSummary>().eventTitle, u"The Seagull"_s);
}

void TestLists::enterInTheSearchBoxChoosesTheFirst()
{
    QSignalSpy chosen(m_page.get(), &ui::PerformancePage::performanceChosen);
    type(*m_page, u"performanceSearch"_s, u"seagull"_s);
    QTest::keyClick(find<QLineEdit>(*m_page, u"performanceSearch"_s), Qt::Key_Return);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.first().first().value<PerformanceSummary>().eventTitle, u"The Seagull"_s);
}

void TestLists::aDoubleClickChooses()
{
    QSignalSpy chosen(m_page.get(), &ui::PerformancePage::performanceChosen);
    const QPoint second = table()->visualRect(table()->model()->index(1, 1)).center();
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, Qt::NoModifier, second);
    QTest::mouseDClick(table()->viewport(), Qt::LeftButton, Qt::NoModifier, second);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(chosen.first().first().value<PerformanceSummary>().eventTitle, u"The Seagull"_s);
}

void TestLists::aPushChangesTheRowInPlace()
{
    PerformanceSummary changed = m_house->performances.back();
    changed.available = 7;
    Q_EMIT m_house->catalog().performanceChanged(changed);
    QCOMPARE(table()->model()->rowCount(), 3);
    QCOMPARE(table()->model()->index(0, 3).data().toString(), u"7 of 250 free"_s);
}

void TestLists::aListThatDoesNotComeIsTold()
{
    m_house->refuseNext({.code = ErrorCode::Unavailable, .message = u"The server cannot be reached."_s});
    m_page->reload();
    QTRY_COMPARE(noticeText(*m_page, u"performanceNotice"_s), u"The server cannot be reached."_s);
    m_page->reload();
    QTRY_VERIFY(noticeText(*m_page, u"performanceNotice"_s).isEmpty());
}

void TestLists::aManagerPausesAfterConfirming()
{
    for (const auto &[key, expected] :
         {std::pair(Qt::Key_Escape, PerformanceState::OnSale), std::pair(Qt::Key_Return, PerformanceState::Paused)}) {
        QTimer::singleShot(0, m_page.get(), [this, key = key] {
            auto *box = find<QMessageBox>(*m_page, u"stateConfirmation"_s);
            if (key == Qt::Key_Return)
                QTest::mouseClick(box->buttons().first(), Qt::LeftButton);
            else
                QTest::keyClick(box, key);
        });
        m_page->changeState(PerformanceState::Paused);
        QTest::qWait(10);
        QCOMPARE(m_house->performances.back().state, expected);
    }
}

void TestLists::ordersAreFoundByNameWhileTyping()
{
    addOrder(u"P-000001"_s, u"Zoë Müller"_s, OrderState::Confirmed);
    addOrder(u"P-000002"_s, u"Ann Other"_s, OrderState::Confirmed);
    type(*m_orders, u"orderSearch"_s, u"müll"_s);
    auto *orders = find<QTableWidget>(*m_orders, u"orderTable"_s);
    QTRY_COMPARE(orders->rowCount(), 1);
    QCOMPARE(orders->item(0, 0)->text(), u"P-000001"_s);
    QCOMPARE(m_house->searches, QStringList{u"müll"_s}); // One question for four keys.
}

void TestLists::theNewestOrderShowsItsLinesAndChange()
{
    addOrder(u"P-000001"_s, u"Zoë Müller"_s, OrderState::Confirmed);
    addOrder(u"P-000002"_s, QString(), OrderState::Confirmed);
    m_orders->search();
    const auto *details = find<QLabel>(*m_orders, u"orderDetails"_s);
    QTRY_VERIFY(details->text().contains(u"P-000002"_s));
    QVERIFY(details->text().contains(u"Stalls, row 1, seat 4"_s));
    QVERIFY(details->text().contains(u"€10.00"_s));
    QVERIFY(find<QPushButton>(*m_orders, u"orderPreview"_s)->isEnabled());
}

void TestLists::ticketsOfAnOpenOrderCannotBePrinted()
{
    addOrder(u"P-000001"_s, QString(), OrderState::Open);
    m_orders->search();
    QTRY_COMPARE(find<QTableWidget>(*m_orders, u"orderTable"_s)->rowCount(), 1);
    QVERIFY(!find<QPushButton>(*m_orders, u"orderPreview"_s)->isEnabled());
    QVERIFY(!find<QPushButton>(*m_orders, u"orderSave"_s)->isEnabled());
}

void TestLists::markupInANameIsShownAsText()
{
    addOrder(u"P-000001"_s, u"<img src='file:///etc/passwd'>"_s, OrderState::Confirmed);
    m_orders->search();
    const auto *details = find<QLabel>(*m_orders, u"orderDetails"_s);
    QTRY_VERIFY(details->text().contains(u"&lt;img"_s));
    QVERIFY(!details->text().contains(u"<img"_s));
}

QTEST_MAIN(TestLists)
#include "tst_lists.moc"
