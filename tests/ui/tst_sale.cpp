#include "checkout/salepage.h"
#include "common/countdownlabel.h"
#include "common/moneylabel.h"
#include "seatmap/seatmapcanvas.h"
#include "ui/desk.h"

#include <QComboBox>
#include <QInputDialog>
#include <QPushButton>
#include <QTableWidget>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// The sale page with real widgets, mouse and keys. Rows have 20 seats: seat number 42 is `S-3-3`.
class TestSale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init();
    void cleanup();
    void aClickTakesTheSeatAndASecondClickGivesItBack();
    void theSeatIsRingedUntilTheServerAnswers();
    void arrowsAndSpaceTakeASeat();
    void shiftAndDragTakesTheSeatsInOneCommand();
    void aTakenSeatIsNamedInTheNotice();
    void aClickOnASoldSeatIsRefusedByNameToo();
    void aSaleElsewhereIsSeenAtOnce();
    void priceTypesChangeTheTotal();
    void oneTypeForAllLines();
    void theBoxOfALineKeepsItsFocus();
    void deleteGivesBackTheChosenLine();
    void theCrossGivesBackItsLine();
    void placesOfAnAreaAreTakenByNumber();
    void releaseAllAndUndoTakeTheSameSeats();
    void theCountdownStartsFromTheServersSeconds();
    void workInTheLastMinuteRenews();
    void anEndedHoldOffersTheSamePlaces();
    void aClickAfterTheEndTakesANewHold();
    void anotherPerformanceReleasesWhatIsHeld();
    void aPausedPerformanceSaysSo();

private:
    void clickSeat(int number);
    void choosePriceType(const QString &box, int index);
    [[nodiscard]] QString keyOf(int number) const { return m_house->index().seat(number).key; }
    [[nodiscard]] ui::SeatMapCanvas &canvas() const { return *find<ui::SeatMapCanvas>(*m_page, u"seatMapCanvas"_s); }
    [[nodiscard]] QTableWidget &cart() const { return *find<QTableWidget>(*m_page, u"cartTable"_s); }
    [[nodiscard]] QString notice() const { return noticeText(*m_page, u"saleNotice"_s); }
    [[nodiscard]] Money total() const { return find<ui::MoneyLabel>(*m_page, u"cartTotal"_s)->money(); }
    [[nodiscard]] int places() const { return m_page->sale().placeCount(); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::SalePage> m_page;
};

void TestSale::init()
{
    m_house = smallHouse();
    m_page = std::make_unique<ui::SalePage>(m_house->map(), m_house->sales(), m_house->house(), m_house->session());
    m_page->resize(1280, 800);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    m_page->openPerformance(m_house->performances.front());
    QTRY_VERIFY(!canvas().model().isEmpty());
}

void TestSale::cleanup()
{
    m_page.reset();
    m_house.reset();
}

void TestSale::clickSeat(int number)
{
    QTest::mouseClick(&canvas(), Qt::LeftButton, Qt::NoModifier, canvas().seatPixelRect(number).center().toPoint());
}

void TestSale::choosePriceType(const QString &box, int index)
{
    auto *types = find<QComboBox>(*m_page, box);
    types->setFocus();
    QTest::keyClick(types, index == 0 ? Qt::Key_Home : Qt::Key_End);
}

void TestSale::aClickTakesTheSeatAndASecondClickGivesItBack()
{
    clickSeat(42);
    QTRY_COMPARE(places(), 1);
    QVERIFY(canvas().model().isOwn(42));
    QCOMPARE(cart().item(0, 0)->text(), u"Stalls, row 3, seat 3"_s);
    QCOMPARE(total(), Money(2500, Currency()));
    clickSeat(42);
    QTRY_COMPARE(places(), 0);
    QVERIFY(!canvas().model().isOwn(42));
    QCOMPARE(m_house->stateOf(keyOf(42)), SeatState::Available);
}

void TestSale::theSeatIsRingedUntilTheServerAnswers()
{
    m_house->holdAnswers();
    clickSeat(42);
    QCOMPARE(canvas().model().look(42), ui::SeatLook::Chosen);
    QVERIFY(!find<QPushButton>(*m_page, u"cartPay"_s)->isEnabled());
    m_house->sendAnswers();
    QTRY_COMPARE(canvas().model().look(42), ui::SeatLook::Own);
    QVERIFY(find<QPushButton>(*m_page, u"cartPay"_s)->isEnabled());
}

void TestSale::arrowsAndSpaceTakeASeat()
{
    canvas().setFocus();
    canvas().setCursorPlace(ui::MapPlace::seat(42));
    QTest::keyClick(&canvas(), Qt::Key_Right);
    QTest::keyClick(&canvas(), Qt::Key_Space);
    QTRY_COMPARE(places(), 1);
    QVERIFY(canvas().model().isOwn(43));
    QTest::keyClick(&canvas(), Qt::Key_Return);
    QTRY_COMPARE(places(), 0);
}

void TestSale::shiftAndDragTakesTheSeatsInOneCommand()
{
    m_house->sellElsewhere(keyOf(43));
    const QPoint from = canvas().seatPixelRect(42).topLeft().toPoint() - QPoint(2, 2);
    const QPoint to = canvas().seatPixelRect(45).bottomRight().toPoint() + QPoint(2, 2);
    QTest::mousePress(&canvas(), Qt::LeftButton, Qt::ShiftModifier, from);
    QMouseEvent move(QEvent::MouseMove, to, canvas().mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
    QApplication::sendEvent(&canvas(), &move);
    QTest::mouseRelease(&canvas(), Qt::LeftButton, Qt::ShiftModifier, to);
    QTRY_COMPARE(places(), 3); // The sold one was not asked for.
    QCOMPARE(m_house->takes.size(), 1U);
}

void TestSale::aTakenSeatIsNamedInTheNotice()
{
    // The desk learns of the sale only by the refusal: its map is one message behind.
    m_house->refuseNext({.code = ErrorCode::SeatTaken,
                         .message = u"Taken."_s,
                         .details = {{u"seats"_s, QJsonArray{QJsonObject{{u"key"_s, keyOf(42)},
                                                                         {u"name"_s, u"Stalls, row 3, seat 3"_s}}}}}});
    clickSeat(42);
    QTRY_VERIFY(notice().contains(u"Stalls, row 3, seat 3"_s));
    QVERIFY(notice().contains(u"Nothing was taken"_s));
    QCOMPARE(places(), 0);
    clickSeat(44);
    QTRY_COMPARE(places(), 1);
    QVERIFY(notice().isEmpty());
}

void TestSale::aClickOnASoldSeatIsRefusedByNameToo()
{
    m_house->sellElsewhere(keyOf(42));
    clickSeat(42);
    QTRY_VERIFY(notice().contains(u"Stalls, row 3, seat 3"_s));
}

void TestSale::aSaleElsewhereIsSeenAtOnce()
{
    m_house->sellElsewhere(keyOf(42));
    QCOMPARE(canvas().model().look(42), ui::SeatLook::Sold);
}

void TestSale::priceTypesChangeTheTotal()
{
    clickSeat(42);
    clickSeat(43);
    QTRY_COMPARE(places(), 2);
    QCOMPARE(total(), Money(5000, Currency()));
    choosePriceType(u"priceType_"_s + keyOf(43), 1);
    QTRY_COMPARE(total(), Money(3750, Currency()));
}

void TestSale::oneTypeForAllLines()
{
    clickSeat(42);
    clickSeat(43);
    QTRY_COMPARE(places(), 2);
    choosePriceType(u"cartTypesForAll"_s, 1);
    QTRY_COMPARE(total(), Money(2500, Currency()));
    clickSeat(44); // A line that comes later has it too.
    QTRY_COMPARE(total(), Money(3750, Currency()));
}

void TestSale::theBoxOfALineKeepsItsFocus()
{
    clickSeat(42);
    QTRY_COMPARE(places(), 1);
    const QString box = u"priceType_"_s + keyOf(42);
    choosePriceType(box, 1);
    QTRY_COMPARE(total(), Money(1250, Currency()));
    QVERIFY(find<QComboBox>(*m_page, box)->hasFocus());
}

void TestSale::deleteGivesBackTheChosenLine()
{
    clickSeat(42);
    clickSeat(43);
    QTRY_COMPARE(places(), 2);
    QTest::mouseClick(cart().viewport(), Qt::LeftButton, Qt::NoModifier,
                      cart().visualItemRect(cart().item(1, 0)).center());
    QCOMPARE(canvas().cursorPlace(), ui::MapPlace::seat(43)); // The map shows which one it is.
    cart().setFocus();
    QTest::keyClick(&cart(), Qt::Key_Delete);
    QTRY_COMPARE(places(), 1);
    QVERIFY(!canvas().model().isOwn(43));
}

void TestSale::theCrossGivesBackItsLine()
{
    clickSeat(42);
    clickSeat(43);
    QTRY_COMPARE(places(), 2);
    click(*m_page, u"remove_"_s + keyOf(42));
    QTRY_COMPARE(places(), 1);
    QVERIFY(canvas().model().isOwn(43));
}

void TestSale::placesOfAnAreaAreTakenByNumber()
{
    QTimer::singleShot(0, m_page.get(), [this] {
        auto *dialog = find<QInputDialog>(*m_page, u"areaDialog"_s);
        QVERIFY(dialog->labelText().contains(u"50 free"_s));
        dialog->setIntValue(4);
        dialog->accept();
    });
    QTest::mouseClick(&canvas(), Qt::LeftButton, Qt::NoModifier, canvas().areaPixelRect(0).center().toPoint());
    QTRY_COMPARE(places(), 4);
    QCOMPARE(cart().item(0, 0)->text(), u"4 × Floor"_s);
    QCOMPARE(total(), Money(4000, Currency()));
    QCOMPARE(canvas().model().areaCounts(0).available(), 46);
}

void TestSale::releaseAllAndUndoTakeTheSameSeats()
{
    clickSeat(42);
    clickSeat(43);
    QTRY_COMPARE(places(), 2);
    click(*m_page, u"cartRelease"_s);
    QTRY_COMPARE(places(), 0);
    QCOMPARE(m_house->stateOf(keyOf(42)), SeatState::Available);
    click(*m_page, u"cartUndo"_s);
    QTRY_COMPARE(places(), 2);
    QVERIFY(canvas().model().isOwn(42) && canvas().model().isOwn(43));
    QVERIFY(!find<QPushButton>(*m_page, u"cartUndo"_s)->isEnabled());
}

void TestSale::theCountdownStartsFromTheServersSeconds()
{
    m_house->secondsLeft = 125;
    clickSeat(42);
    QTRY_COMPARE(places(), 1);
    QCOMPARE(find<ui::CountdownLabel>(*m_page, u"cartCountdown"_s)->text(), u"2:05"_s);
}

void TestSale::workInTheLastMinuteRenews()
{
    m_house->secondsLeft = 59;
    clickSeat(42);
    QTRY_COMPARE(m_house->renewals, 1);
    QTRY_COMPARE(find<ui::CountdownLabel>(*m_page, u"cartCountdown"_s)->remainingSeconds(), 600);
}

void TestSale::anEndedHoldOffersTheSamePlaces()
{
    clickSeat(42);
    QTRY_COMPARE(places(), 1);
    m_house->endHold();
    m_page->sale().checkHold(); // As the countdown does at zero.
    QTRY_COMPARE(places(), 0);
    QVERIFY(notice().contains(u"ran out"_s));
    QVERIFY(find<ui::CountdownLabel>(*m_page, u"cartCountdown"_s)->text().isEmpty());
    click(*find<ui::NoticeBar>(*m_page, u"saleNotice"_s), u"noticeAction"_s);
    QTRY_COMPARE(places(), 1);
    QVERIFY(canvas().model().isOwn(42));
}

void TestSale::aClickAfterTheEndTakesANewHold()
{
    clickSeat(42);
    QTRY_COMPARE(places(), 1);
    const HoldId before = m_page->sale().hold()->id;
    m_house->endHold();
    m_house->refuseNext({.code = ErrorCode::HoldGone, .message = u"The hold has ended."_s});
    clickSeat(43);
    QTRY_VERIFY(canvas().model().isOwn(43));
    QCOMPARE(places(), 1);
    QVERIFY(!(m_page->sale().hold()->id == before));
}

void TestSale::anotherPerformanceReleasesWhatIsHeld()
{
    clickSeat(42);
    QTRY_COMPARE(places(), 1);
    m_page->openPerformance(m_house->performances.at(1));
    QTRY_COMPARE(m_house->stateOf(keyOf(42)), SeatState::Available);
    QCOMPARE(places(), 0);
}

void TestSale::aPausedPerformanceSaysSo()
{
    m_house->performances.at(1).state = PerformanceState::Paused;
    m_page->openPerformance(m_house->performances.at(1));
    QTRY_VERIFY(notice().contains(u"not on sale"_s));
}

QTEST_MAIN(TestSale)
#include "tst_sale.moc"
