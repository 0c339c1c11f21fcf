#include "checkout/salepage.h"
#include "houseseats/housebar.h"
#include "houseseats/moveseatsdialog.h"
#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmaptext.h"
#include "ui/desk.h"

#include <QComboBox>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QTimer>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// House seats on the sale page with real widgets, mouse and keys. Rows have 20 seats: seat number 42 is `S-3-3`.
class TestHouseSeats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { prepareDesk(); }
    void init() { open(Role::Manager); }
    void cleanup();
    void aManagerSetsSeatsAsideUnderANewCode();
    void anotherMoveUsesTheCodeThatIsThere();
    void theMoveIsUndoneFromTheNotice();
    void aKillNeedsAReason();
    void killedSeatsArePutBack();
    void seatsInTheWayAreNamedAndLeftOut();
    void aSoldSeatIsNotChosen();
    void whatIsSoldMeanwhileIsNotChosenAnyMore();
    void keysChooseAndUndo();
    void whileSeatsAreChosenNothingIsHeld();
    void anAllocationProposesAnAccessCode();
    void aCodeThatIsWrongIsToldInTheDialog();
    void aClerkMovesNothing();
    void aClerkSellsFromTheChosenCode();
    void aClickOnAHouseSeatOffersItsCode();
    void aRectangleTakesTheSeatsOfTheChosenCodeToo();
    void aHouseSeatThatIsGivenBackGoesToItsCode();
    void theMapKnowsCodesByColourLetterAndName();
    void aCodeThatIsMadeElsewhereIsOfferedHere();

private:
    void open(Role role);
    void clickSeat(int number);
    void dragOver(int first, int last);
    /// Fills in and closes the dialog that the button opens.
    void move(SeatMove move, const std::function<void(ui::MoveSeatsDialog &)> &fill);
    void startChoosing() { click(*m_page, u"houseToggle"_s); }
    void addCast() { m_house->addCode({.code = u"CAST"_s, .name = u"Cast"_s, .color = u"#7b5ea7"_s}); }
    [[nodiscard]] QString keyOf(int number) const { return m_house->index().seat(number).key; }
    [[nodiscard]] SeatState stateOf(int number) const { return m_house->stateOf(keyOf(number)); }
    [[nodiscard]] ui::SeatMapCanvas &canvas() const { return *find<ui::SeatMapCanvas>(*m_page, u"seatMapCanvas"_s); }
    [[nodiscard]] ui::HouseBar &bar() const { return *find<ui::HouseBar>(*m_page, u"houseBar"_s); }
    [[nodiscard]] QComboBox &sellFrom() const { return *find<QComboBox>(*m_page, u"houseSellFrom"_s); }
    [[nodiscard]] QPushButton &button(SeatMove move) const
    {
        return *find<QPushButton>(*m_page, u"houseMove_"_s + enumName(move));
    }
    [[nodiscard]] QString text() const { return find<QLabel>(*m_page, u"houseText"_s)->text(); }
    [[nodiscard]] QString notice() const { return noticeText(*m_page, u"saleNotice"_s); }

    std::unique_ptr<ScriptedHouse> m_house;
    std::unique_ptr<ui::SalePage> m_page;
};

void TestHouseSeats::open(Role role)
{
    m_page.reset();
    m_house = smallHouse();
    m_house->user.role = role;
    m_house->session().signIn({}, m_house->user.name, m_house->password, [](const Result<UserView> &) {});
    m_page = std::make_unique<ui::SalePage>(m_house->map(), m_house->sales(), m_house->house(), m_house->session());
    m_page->resize(1280, 800);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    m_page->openPerformance(m_house->performances.front());
    QTRY_VERIFY(!canvas().model().isEmpty());
}

void TestHouseSeats::cleanup()
{
    m_page.reset();
    m_house.reset();
}

void TestHouseSeats::clickSeat(int number)
{
    QTest::mouseClick(&canvas(), Qt::LeftButton, Qt::NoModifier, canvas().seatPixelRect(number).center().toPoint());
}

void TestHouseSeats::dragOver(int first, int last)
{
    const QPoint from = canvas().seatPixelRect(first).topLeft().toPoint() - QPoint(2, 2);
    const QPoint to = canvas().seatPixelRect(last).bottomRight().toPoint() + QPoint(2, 2);
    QTest::mousePress(&canvas(), Qt::LeftButton, Qt::ShiftModifier, from);
    QMouseEvent move(QEvent::MouseMove, to, canvas().mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
    QApplication::sendEvent(&canvas(), &move);
    QTest::mouseRelease(&canvas(), Qt::LeftButton, Qt::ShiftModifier, to);
}

void TestHouseSeats::move(SeatMove move, const std::function<void(ui::MoveSeatsDialog &)> &fill)
{
    QTimer::singleShot(0, m_page.get(), [this, fill] {
        auto *dialog = find<ui::MoveSeatsDialog>(*m_page, u"moveSeatsDialog"_s);
        fill(*dialog);
        if (dialog->isVisible())
            click(*dialog, u"moveConfirm"_s);
        if (dialog->isVisible()) // What was typed is refused; the test has looked at it.
            dialog->reject();
    });
    QTest::mouseClick(&button(move), Qt::LeftButton);
}

void TestHouseSeats::aManagerSetsSeatsAsideUnderANewCode()
{
    startChoosing();
    QVERIFY(bar().isVisible());
    QCOMPARE(text(), u"Choose seats: click them, or press Space, or Shift and drag."_s);
    QVERIFY(!button(SeatMove::SetAside).isEnabled());
    clickSeat(42);
    dragOver(44, 45);
    QCOMPARE(text(), u"3 seats: 3 on sale"_s);
    QCOMPARE(canvas().model().look(42), ui::SeatLook::Chosen);
    move(SeatMove::SetAside, [](ui::MoveSeatsDialog &dialog) {
        type(dialog, u"moveNewCode"_s, u"cast"_s);
        type(dialog, u"moveCodeName"_s, u"Cast and crew"_s);
        type(dialog, u"moveReason"_s, u"First night"_s);
    });
    QTRY_COMPARE(stateOf(45), SeatState::House);
    QCOMPARE(m_house->codesPut.size(), 1U);
    QCOMPARE(m_house->codesPut[0].code, u"CAST"_s);
    QCOMPARE(m_house->moves[0].seats, (std::vector{keyOf(42), keyOf(44), keyOf(45)}));
    QCOMPARE(m_house->moves[0].reason, u"First night"_s);
    QTRY_COMPARE(notice(), u"3 seats set aside."_s);
    QVERIFY(bar().chosen().empty());
    QTRY_COMPARE(sellFrom().count(), 2);
    QCOMPARE(canvas().model().countOf(ui::SeatLook::House), 3);
}

void TestHouseSeats::anotherMoveUsesTheCodeThatIsThere()
{
    addCast();
    m_house->setAside({keyOf(1)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    startChoosing();
    clickSeat(42);
    clickSeat(1);
    QCOMPARE(text(), u"2 seats: 1 on sale, 1 CAST"_s);
    move(SeatMove::SetAside,
         [](ui::MoveSeatsDialog &dialog) { QVERIFY(!find<QLineEdit>(dialog, u"moveNewCode"_s)->isVisible()); });
    QTRY_COMPARE(stateOf(42), SeatState::House);
    QVERIFY(m_house->codesPut.empty());
    QCOMPARE(m_house->moves[0].code, u"CAST"_s);
}

void TestHouseSeats::theMoveIsUndoneFromTheNotice()
{
    addCast();
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    startChoosing();
    clickSeat(42);
    move(SeatMove::Release, [](ui::MoveSeatsDialog &) {});
    QTRY_COMPARE(stateOf(42), SeatState::Available);
    QTRY_COMPARE(notice(), u"1 seat released to general sale."_s);
    click(*find<ui::NoticeBar>(*m_page, u"saleNotice"_s), u"noticeAction"_s);
    QTRY_COMPARE(stateOf(42), SeatState::House);
    QTRY_COMPARE(notice(), u"Undone: 1 seat back as before."_s);
    QCOMPARE(m_house->moves.back().code, u"CAST"_s);
}

void TestHouseSeats::aKillNeedsAReason()
{
    startChoosing();
    clickSeat(42);
    move(SeatMove::Kill, [](ui::MoveSeatsDialog &dialog) {
        click(dialog, u"moveConfirm"_s);
        QVERIFY(dialog.isVisible());
        QVERIFY2(noticeText(dialog, u"moveNotice"_s).startsWith(u"Say why"_s),
                 qPrintable(noticeText(dialog, u"moveNotice"_s)));
        type(dialog, u"moveReason"_s, u"Broken"_s);
    });
    QTRY_COMPARE(stateOf(42), SeatState::Killed);
    QCOMPARE(m_house->moves[0].reason, u"Broken"_s);
}

void TestHouseSeats::killedSeatsArePutBack()
{
    startChoosing();
    clickSeat(42);
    move(SeatMove::Kill, [](ui::MoveSeatsDialog &dialog) { type(dialog, u"moveReason"_s, u"Camera"_s); });
    QTRY_COMPARE(notice(), u"1 seat taken off sale."_s);
    clickSeat(42);
    QCOMPARE(text(), u"1 seat: 1 off sale"_s);
    QVERIFY(!button(SeatMove::SetAside).isEnabled() && !button(SeatMove::Kill).isEnabled());
    move(SeatMove::Restore, [](ui::MoveSeatsDialog &) {});
    QTRY_COMPARE(stateOf(42), SeatState::Available);
}

void TestHouseSeats::seatsInTheWayAreNamedAndLeftOut()
{
    startChoosing();
    clickSeat(42);
    clickSeat(43);
    const QJsonArray seats{QJsonObject{{u"key"_s, keyOf(43)}, {u"name"_s, u"Stalls, row 3, seat 4"_s}}};
    m_house->refuseNext({.code = ErrorCode::SeatTaken,
                         .message = u"Held or sold: Stalls, row 3, seat 4. Leave them out."_s,
                         .details = {{u"seats"_s, seats}}});
    move(SeatMove::Kill, [](ui::MoveSeatsDialog &dialog) { type(dialog, u"moveReason"_s, u"Camera"_s); });
    QTRY_COMPARE(notice(), u"Held or sold: Stalls, row 3, seat 4. Leave them out."_s);
    QCOMPARE(bar().chosen(), std::set<int>{42});
    QVERIFY(button(SeatMove::Kill).isEnabled());
}

void TestHouseSeats::aSoldSeatIsNotChosen()
{
    m_house->sellElsewhere(keyOf(42));
    startChoosing();
    clickSeat(42);
    QVERIFY(bar().chosen().empty());
    QCOMPARE(notice(), u"Stalls, row 3, seat 3 is held or sold, so it cannot be moved."_s);
}

void TestHouseSeats::whatIsSoldMeanwhileIsNotChosenAnyMore()
{
    startChoosing();
    clickSeat(42);
    clickSeat(43);
    m_house->sellElsewhere(keyOf(42));
    QTRY_COMPARE(text(), u"1 seat: 1 on sale"_s);
}

void TestHouseSeats::keysChooseAndUndo()
{
    addCast();
    m_page->toggleHouseSeats();
    canvas().setFocus();
    canvas().setCursorPlace(ui::MapPlace::seat(42));
    QTest::keyClick(&canvas(), Qt::Key_Space);
    QTest::keyClick(&canvas(), Qt::Key_Right);
    QTest::keyClick(&canvas(), Qt::Key_Space);
    QCOMPARE(bar().chosen(), (std::set<int>{42, 43}));
    move(SeatMove::Kill, [](ui::MoveSeatsDialog &dialog) {
        type(dialog, u"moveReason"_s, u"Camera"_s);
        QTest::keyClick(find<QLineEdit>(dialog, u"moveReason"_s), Qt::Key_Return);
    });
    QTRY_COMPARE(stateOf(43), SeatState::Killed);
    QTRY_VERIFY(bar().house().canUndo());
    m_page->undo();
    QTRY_COMPARE(stateOf(43), SeatState::Available);
    m_page->toggleHouseSeats();
    QVERIFY(!bar().isVisible());
}

void TestHouseSeats::whileSeatsAreChosenNothingIsHeld()
{
    startChoosing();
    clickSeat(42);
    QTest::qWait(20);
    QVERIFY(m_house->takes.empty());
    click(*m_page, u"houseDone"_s);
    QCOMPARE(canvas().model().look(42), ui::SeatLook::Available);
    clickSeat(42);
    QTRY_COMPARE(m_page->sale().placeCount(), 1);
}

void TestHouseSeats::anAllocationProposesAnAccessCode()
{
    startChoosing();
    clickSeat(42);
    QString proposed;
    move(SeatMove::SetAside, [&](ui::MoveSeatsDialog &dialog) {
        type(dialog, u"moveNewCode"_s, u"FRIENDS"_s);
        type(dialog, u"moveCodeName"_s, u"Friends"_s);
        QVERIFY(!find<QLineEdit>(dialog, u"moveAccessCode"_s)->isVisible());
        find<QComboBox>(dialog, u"moveCodeKind"_s)->setCurrentIndex(1);
        QVERIFY(find<QLineEdit>(dialog, u"moveAccessCode"_s)->isVisible());
        proposed = find<QLineEdit>(dialog, u"moveAccessCode"_s)->text();
    });
    QTRY_COMPARE(m_house->codesPut.size(), 1U);
    QCOMPARE(m_house->codesPut[0].kind, HouseCodeKind::Allocation);
    QCOMPARE(m_house->codesPut[0].accessCode, accessCodeKey(proposed));
    QCOMPARE(m_house->codesPut[0].accessCode->size(), 8);
}

void TestHouseSeats::aCodeThatIsWrongIsToldInTheDialog()
{
    addCast();
    m_house->setAside({keyOf(1)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    startChoosing();
    clickSeat(42);
    move(SeatMove::SetAside, [](ui::MoveSeatsDialog &dialog) {
        find<QComboBox>(dialog, u"moveCode"_s)->setCurrentIndex(1);
        type(dialog, u"moveNewCode"_s, u"cast"_s);
        type(dialog, u"moveCodeName"_s, u"Cast again"_s);
        click(dialog, u"moveConfirm"_s);
        QCOMPARE(noticeText(dialog, u"moveNotice"_s), u"There is a code CAST already. Choose it above."_s);
    });
    QVERIFY(m_house->moves.empty());
    QCOMPARE(bar().chosen(), std::set<int>{42});
}

void TestHouseSeats::aClerkMovesNothing()
{
    open(Role::Clerk);
    QVERIFY(!find<QPushButton>(*m_page, u"houseToggle"_s)->isVisible());
    m_page->toggleHouseSeats();
    QVERIFY(!bar().isVisible());
}

void TestHouseSeats::aClerkSellsFromTheChosenCode()
{
    open(Role::Clerk);
    addCast();
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    QVERIFY(sellFrom().isVisible());
    sellFrom().setCurrentIndex(1);
    clickSeat(42);
    clickSeat(43);
    QTRY_COMPARE(m_page->sale().placeCount(), 2);
    QCOMPARE(m_house->takes[0].houseCode, u"CAST"_s);
}

void TestHouseSeats::aClickOnAHouseSeatOffersItsCode()
{
    addCast();
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    clickSeat(42);
    QCOMPARE(notice(), u"Stalls, row 3, seat 3 is set aside under CAST."_s);
    QVERIFY(m_house->takes.empty());
    click(*find<ui::NoticeBar>(*m_page, u"saleNotice"_s), u"noticeAction"_s);
    QTRY_COMPARE(m_page->sale().placeCount(), 1);
    QCOMPARE(sellFrom().currentData().toString(), u"CAST"_s);
}

void TestHouseSeats::aRectangleTakesTheSeatsOfTheChosenCodeToo()
{
    addCast();
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    dragOver(42, 43);
    QTRY_COMPARE(m_page->sale().placeCount(), 1);
    sellFrom().setCurrentIndex(1);
    dragOver(42, 43);
    QTRY_COMPARE(m_page->sale().placeCount(), 2);
}

void TestHouseSeats::aHouseSeatThatIsGivenBackGoesToItsCode()
{
    addCast();
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    QTRY_COMPARE(sellFrom().count(), 2);
    sellFrom().setCurrentIndex(1);
    clickSeat(42);
    QTRY_COMPARE(m_page->sale().placeCount(), 1);
    clickSeat(42);
    QTRY_COMPARE(m_page->sale().placeCount(), 0);
    QCOMPARE(canvas().model().state(42), SeatState::House);
}

void TestHouseSeats::theMapKnowsCodesByColourLetterAndName()
{
    addCast();
    m_house->addCode({.code = u"CREW"_s, .name = u"Crew"_s, .color = u"#c2410c"_s});
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    m_house->setAside({keyOf(43)}, u"CREW"_s);
    QTRY_COMPARE(sellFrom().count(), 3);
    const ui::SeatMapModel &model = canvas().model();
    QCOMPARE(model.houseCodes()[0].letter, u"C"_s);
    QCOMPARE(model.houseCodes()[1].letter, u"R"_s); // Another one, though both begin with C.
    QCOMPARE(model.houseCodeOf(43), 1);
    QCOMPARE(model.houseCount(1), 1);
    QVERIFY(ui::spokenText(model, ui::MapPlace::seat(43)).contains(u"Belongs to CREW – Crew"_s));
    const QImage map = canvas().grab().toImage();
    const QRect square = canvas().seatPixelRect(43).toAlignedRect();
    int inColour = 0;
    for (int x = square.left(); x <= square.right(); ++x) {
        for (int y = square.top(); y <= square.bottom(); ++y)
            inColour += QColor(map.pixel(x, y)).rgb() == QColor(u"#c2410c"_s).rgb() ? 1 : 0;
    }
    QVERIFY2(inColour > 10, qPrintable(QString::number(inColour)));
}

void TestHouseSeats::aCodeThatIsMadeElsewhereIsOfferedHere()
{
    QVERIFY(!sellFrom().isVisible());
    addCast();
    m_house->setAside({keyOf(42)}, u"CAST"_s);
    QTRY_VERIFY(sellFrom().isVisible());
    m_house->setAside({keyOf(42)}, {});
    QTRY_COMPARE(bar().house().codeOf(42), QString());
    clickSeat(42);
    QTRY_COMPARE(m_page->sale().placeCount(), 1);
}

QTEST_MAIN(TestHouseSeats)
#include "tst_houseseats.moc"
