#include "common/theme.h"
#include "seatmap/seatmapcanvas.h"
#include "seatmap/seatmaptext.h"
#include "seatmap/seatmapview.h"
#include "support/sampleplan.h"

#include <QAccessible>
#include <QComboBox>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

using namespace parterre;
using namespace parterre::ui;
using namespace Qt::StringLiterals;

/// The map as a user has it: real widgets, real mouse and keys. Blocks are 20 seats wide, so seat 47 is row 3, seat 8.
class TestSeatMapCanvas : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aClickHitsTheSeatUnderItAtEveryZoom_data();
    void aClickHitsTheSeatUnderItAtEveryZoom();
    void aDragOnEmptyGroundMovesThePlanAndActivatesNothing();
    void shiftAndDragTakesTheSeatsInside();
    void arrowsWalkFromSeatToSeat();
    void homeAndEndGoToTheEndsOfTheRow();
    void downOverCrookedRowsAndBackUpIsTheSameSeat();
    void spaceAndEnterActivateTheSeatUnderTheCursor();
    void theCursorStaysInSight();
    void theWheelKeepsThePlaceUnderThePointer();
    void zeroShowsTheWholePlan();
    void aChangeRepaintsOnlyItsOwnPixels();
    void aSnapshotOfAnotherSizeIsRefused();
    void numbersThatTheLayoutLacksArePassedOver();
    void statesDifferWithoutColour_data();
    void statesDifferWithoutColour();
    void aStadiumIsDrawnWholeAtEveryZoom();
    void anAreaIsActivatedAndCounted();
    void aScreenReaderHearsTheSeat();
    void markupInAPlanIsShownAsText();
    void levelsCanBeChosen();

private:
    void show(Layout layout);
    [[nodiscard]] QPoint pixelOf(int seat) const { return m_canvas->seatPixelRect(seat).center().toPoint(); }
    void key(int code, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(m_canvas.get(), Qt::Key(code), modifiers);
    }

    std::unique_ptr<SeatMapCanvas> m_canvas;
    std::shared_ptr<const LayoutIndex> m_index;
};

void TestSeatMapCanvas::init()
{
    m_canvas = std::make_unique<SeatMapCanvas>();
    m_canvas->resize(800, 600);
    show(tests::blockPlan(10, 20));
}

void TestSeatMapCanvas::cleanup()
{
    m_canvas.reset();
}

void TestSeatMapCanvas::show(Layout layout)
{
    m_index = std::make_shared<const LayoutIndex>(std::move(layout));
    m_canvas->setLayout(m_index);
    m_canvas->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_canvas.get()));
    m_canvas->setFocus();
    m_canvas->grab();
}

void TestSeatMapCanvas::aClickHitsTheSeatUnderItAtEveryZoom_data()
{
    QTest::addColumn<double>("factor");
    QTest::newRow("far") << 0.5;
    QTest::newRow("fitted") << 1.0;
    QTest::newRow("near") << 2.0;
    QTest::newRow("very near") << 5.0;
}

void TestSeatMapCanvas::aClickHitsTheSeatUnderItAtEveryZoom()
{
    QFETCH(double, factor);
    QSignalSpy activated(m_canvas.get(), &SeatMapCanvas::seatActivated);
    for (const int seat : {0, 47, 119, 199}) {
        m_canvas->zoomToFit();
        m_canvas->showSeats({seat});
        while (m_canvas->viewport().scale() > m_canvas->viewport().fitScale() * factor &&
               m_canvas->viewport().scale() > m_canvas->viewport().scaleMin() * 1.01)
            m_canvas->zoomOut();
        while (m_canvas->viewport().scale() < m_canvas->viewport().fitScale() * factor)
            m_canvas->zoomIn();
        activated.clear();
        QTest::mouseClick(m_canvas.get(), Qt::LeftButton, Qt::NoModifier, pixelOf(seat));
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated.first().first().toInt(), seat);
    }
}

void TestSeatMapCanvas::aDragOnEmptyGroundMovesThePlanAndActivatesNothing()
{
    QSignalSpy activated(m_canvas.get(), &SeatMapCanvas::seatActivated);
    const QPoint before = pixelOf(47);
    const QPoint ground = (m_canvas->seatPixelRect(0).topLeft() - QPointF(20, 20)).toPoint();
    QTest::mousePress(m_canvas.get(), Qt::LeftButton, Qt::NoModifier, ground);
    QTest::mouseMove(m_canvas.get(), ground + QPoint(15, 0));
    QTest::mouseMove(m_canvas.get(), ground + QPoint(60, 30));
    QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, Qt::NoModifier, ground + QPoint(60, 30));
    QCOMPARE(pixelOf(47) - before, QPoint(60, 30));
    QCOMPARE(activated.count(), 0);
}

void TestSeatMapCanvas::shiftAndDragTakesTheSeatsInside()
{
    std::vector<int> taken;
    connect(m_canvas.get(), &SeatMapCanvas::selectionRectangle, this,
            [&](const std::vector<int> &seats) { taken = seats; });
    const QPoint from = pixelOf(21) - QPoint(8, 8);
    const QPoint to = pixelOf(43) + QPoint(8, 8);
    QTest::mousePress(m_canvas.get(), Qt::LeftButton, Qt::ShiftModifier, from);
    // QTest::mouseMove carries no modifiers, so the moves are sent as the window system would.
    for (const QPoint &at : {from + QPoint(15, 15), to}) {
        QMouseEvent move(QEvent::MouseMove, at, m_canvas->mapToGlobal(at), Qt::NoButton, Qt::LeftButton,
                         Qt::ShiftModifier);
        QCoreApplication::sendEvent(m_canvas.get(), &move);
    }
    QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, Qt::ShiftModifier, to);
    QCOMPARE(taken, (std::vector<int>{21, 22, 23, 41, 42, 43}));
}

void TestSeatMapCanvas::arrowsWalkFromSeatToSeat()
{
    m_canvas->setCursorPlace(MapPlace::seat(47));
    key(Qt::Key_Right);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(48));
    key(Qt::Key_Down);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(68));
    key(Qt::Key_Left);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(67));
    key(Qt::Key_Up);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(47));
}

void TestSeatMapCanvas::homeAndEndGoToTheEndsOfTheRow()
{
    m_canvas->setCursorPlace(MapPlace::seat(47));
    key(Qt::Key_End);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(59));
    key(Qt::Key_Home);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(40));
    key(Qt::Key_Left);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(40));
}

void TestSeatMapCanvas::downOverCrookedRowsAndBackUpIsTheSameSeat()
{
    Layout layout = tests::blockPlan(6, 20);
    for (size_t r = 1; r < 6; r += 2) {
        for (LayoutSeat &seat : layout.sections[0].rows[r].seats)
            seat.position += QPointF(10, 0);
    }
    show(std::move(layout));
    m_canvas->setCursorPlace(MapPlace::seat(7));
    for (int i = 0; i < 5; ++i)
        key(Qt::Key_Down);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(107));
    for (int i = 0; i < 5; ++i)
        key(Qt::Key_Up);
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(7));
}

void TestSeatMapCanvas::spaceAndEnterActivateTheSeatUnderTheCursor()
{
    QSignalSpy activated(m_canvas.get(), &SeatMapCanvas::seatActivated);
    m_canvas->setCursorPlace(MapPlace::seat(47));
    key(Qt::Key_Space);
    key(Qt::Key_Return);
    QCOMPARE(activated.count(), 2);
    QCOMPARE(activated.at(0).first().toInt(), 47);
    QCOMPARE(activated.at(1).first().toInt(), 47);
}

void TestSeatMapCanvas::theCursorStaysInSight()
{
    m_canvas->showSeats({0});
    m_canvas->setCursorPlace(MapPlace::seat(0));
    for (int i = 0; i < 19; ++i) {
        key(Qt::Key_Right);
        const QRectF seat = m_canvas->seatPixelRect(m_canvas->cursorPlace().number);
        QVERIFY(QRectF(m_canvas->rect()).contains(seat));
    }
    QCOMPARE(m_canvas->cursorPlace(), MapPlace::seat(19));
}

void TestSeatMapCanvas::theWheelKeepsThePlaceUnderThePointer()
{
    const QPointF pixel = m_canvas->seatPixelRect(47).center();
    const double before = m_canvas->viewport().scale();
    QWheelEvent wheel(pixel, m_canvas->mapToGlobal(pixel), QPoint(), QPoint(0, 240), Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_canvas.get(), &wheel);
    QVERIFY(m_canvas->viewport().scale() > before * 1.3);
    QVERIFY(QLineF(m_canvas->seatPixelRect(47).center(), pixel).length() < 1.5);
}

void TestSeatMapCanvas::zeroShowsTheWholePlan()
{
    m_canvas->showSeats({3});
    key(Qt::Key_0);
    QVERIFY(QRectF(m_canvas->rect()).contains(m_canvas->viewport().toPixel(m_canvas->model().bounds())));
}

void TestSeatMapCanvas::aChangeRepaintsOnlyItsOwnPixels()
{
    m_canvas->grab();
    m_canvas->resetPaintCounters();
    m_canvas->applyChanges({.from = 0, .seq = 1, .seats = {{47, SeatState::Sold}}, .areas = {}});
    m_canvas->grab();
    const SeatMapCanvas::PaintCounters counters = m_canvas->paintCounters();
    QCOMPARE(counters.tilesPainted, 0);
    QVERIFY(counters.tilesRepaired >= 1 && counters.tilesRepaired <= 4);
    QVERIFY(counters.pixelsPainted < 4000);
    QVERIFY(counters.seatsPainted >= 1 && counters.seatsPainted < 60);
    QCOMPARE(m_canvas->model().state(47), SeatState::Sold);

    // What was repaired looks as if all had been painted anew.
    const QImage repaired = m_canvas->grab().toImage();
    m_canvas->dropTiles();
    QCOMPARE(m_canvas->grab().toImage(), repaired);
}

void TestSeatMapCanvas::aSnapshotOfAnotherSizeIsRefused()
{
    QVERIFY(!m_canvas->setSnapshot({.seq = 1, .seats = {SeatState::Sold}, .areas = {}}));
    QCOMPARE(m_canvas->model().state(0), SeatState::Available);
}

void TestSeatMapCanvas::numbersThatTheLayoutLacksArePassedOver()
{
    m_canvas->applyChanges(
        {.from = 0, .seq = 1, .seats = {{-1, SeatState::Sold}, {200, SeatState::Sold}}, .areas = {{9, 1, 0, 0}}});
    m_canvas->setOwnSeats({-5, 4000});
    QCOMPARE(m_canvas->model().countOf(SeatLook::Available), 200);
}

void TestSeatMapCanvas::statesDifferWithoutColour_data()
{
    QTest::addColumn<bool>("dark");
    QTest::addColumn<double>("diameter");
    for (const double diameter : {6.0, 10.0, 20.0, 40.0}) {
        QTest::addRow("light, %.0f pixels", diameter) << false << diameter;
        QTest::addRow("dark, %.0f pixels", diameter) << true << diameter;
    }
}

void TestSeatMapCanvas::statesDifferWithoutColour()
{
    QFETCH(bool, dark);
    QFETCH(double, diameter);
    const Theme &theme = dark ? Theme::darkTheme() : Theme::light();
    std::vector<QImage> pictures;
    for (int look = 0; look < seatLookCount; ++look) {
        QImage image(64, 64, QImage::Format_RGB32);
        image.fill(theme.mapFloor);
        QPainter painter(&image);
        painter.translate(32, 32);
        SeatStamps::paintSeat(painter, theme, QColor(0x2f, 0x6d, 0xb5), static_cast<SeatLook>(look), SeatBadge::None,
                              false, diameter);
        painter.end();
        pictures.push_back(image.convertToFormat(QImage::Format_Grayscale8));
    }
    for (size_t a = 0; a < pictures.size(); ++a) {
        for (size_t b = a + 1; b < pictures.size(); ++b) {
            int different = 0;
            for (int y = 0; y < 64; ++y) {
                for (int x = 0; x < 64; ++x)
                    different += std::abs(qGray(pictures[a].pixel(x, y)) - qGray(pictures[b].pixel(x, y))) > 24 ? 1 : 0;
            }
            QVERIFY2(different >= 4, qPrintable(u"looks %1 and %2 differ in %3 pixels"_s.arg(a).arg(b).arg(different)));
        }
    }
}

void TestSeatMapCanvas::aStadiumIsDrawnWholeAtEveryZoom()
{
    show(tests::blockPlan(200, 400));
    QCOMPARE(m_canvas->model().seatCount(), 80'000);
    const QRgb ground = Theme::of(m_canvas.get()).mapFloor.rgb();
    for (int step = 0; step < 16; ++step) {
        const QImage picture = m_canvas->grab().toImage();
        int missing = 0;
        for (int seat = 0; seat < 80'000; seat += 37) {
            const QPoint at = pixelOf(seat);
            // A number may be painted over the middle: the seat is there when anything near is not ground.
            bool found = !picture.rect().adjusted(2, 2, -2, -2).contains(at);
            for (int d = -1; d <= 1 && !found; ++d)
                found = picture.pixel(at + QPoint(d, 0)) != ground;
            missing += found ? 0 : 1;
        }
        QCOMPARE(missing, 0);
        m_canvas->zoomIn();
    }
}

void TestSeatMapCanvas::anAreaIsActivatedAndCounted()
{
    show(tests::theatrePlan());
    QSignalSpy activated(m_canvas.get(), &SeatMapCanvas::areaActivated);
    QTest::mouseClick(m_canvas.get(), Qt::LeftButton, Qt::NoModifier, m_canvas->areaPixelRect(0).center().toPoint());
    QCOMPARE(activated.count(), 1);
    m_canvas->applyChanges({.from = 0, .seq = 1, .seats = {}, .areas = {{0, 700, 20, 60}}});
    QCOMPARE(spokenText(m_canvas->model(), MapPlace::area(0)), u"Terrace, 620 of 700 free, Standing"_s);
}

void TestSeatMapCanvas::aScreenReaderHearsTheSeat()
{
    m_canvas->setPriceZones({{.price = u"£45.00"_s}});
    m_canvas->applyChanges({.from = 0, .seq = 1, .seats = {{47, SeatState::Sold}}, .areas = {}});
    m_canvas->setCursorPlace(MapPlace::seat(47));
    QAccessibleInterface *canvas = QAccessible::queryAccessibleInterface(m_canvas.get());
    QVERIFY(canvas);
    QCOMPARE(canvas->childCount(), 200);
    QAccessibleInterface *seat = canvas->focusChild();
    QVERIFY(seat);
    QCOMPARE(seat->text(QAccessible::Name), m_index->seatName(47) + u", Sold, Stalls, £45.00"_s);
    QSignalSpy activated(m_canvas.get(), &SeatMapCanvas::seatActivated);
    seat->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(activated.count(), 1);
}

void TestSeatMapCanvas::markupInAPlanIsShownAsText()
{
    Layout layout = tests::blockPlan(1, 2);
    layout.sections[0].rows[0].seats[0].note = u"<img src='http://x/'>"_s;
    show(std::move(layout));
    QVERIFY(!toolTipText(m_canvas->model(), MapPlace::seat(0)).contains(u"<img"_s));
}

void TestSeatMapCanvas::levelsCanBeChosen()
{
    Layout layout = tests::blockPlan(4, 5);
    LayoutSection upper = layout.sections[0];
    upper.floor = 1;
    for (LayoutSeat &seat : upper.rows[0].seats)
        seat.key.prepend(u"U-"_s);
    upper.rows.resize(1);
    layout.floors = {u"Ground"_s, u"Gallery"_s};
    layout.sections.push_back(upper);
    SeatMapView view;
    view.canvas()->setLayout(std::make_shared<const LayoutIndex>(layout));
    auto *levels = view.findChild<QComboBox *>(u"levelSelector"_s);
    QCOMPARE(levels->count(), 2); // They stand on the same ground, so there is no "all".
    QCOMPARE(view.canvas()->floor(), 0);
    levels->setCurrentIndex(1);
    QCOMPARE(view.canvas()->floor(), 1);
    QVERIFY(view.findChild<QToolButton *>(u"zoomFitButton"_s));
}

QTEST_MAIN(TestSeatMapCanvas)
#include "tst_seatmapcanvas.moc"
