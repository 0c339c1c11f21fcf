#include "load/season.h"

#include "domain/layout/adjacency.h"

#include <QtTest>

using namespace parterre;
using namespace parterre::bench;
using namespace Qt::StringLiterals;

class TestSeason : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHallIsALayoutThatMayBeUsed_data();
    void aHallIsALayoutThatMayBeUsed();
    void seatsAreKeyedByTheirNumber();
    void rowsAreUnbroken();
    void performancesAreNumberedThroughTheHalls();
};

void TestSeason::aHallIsALayoutThatMayBeUsed_data()
{
    QTest::addColumn<int>("seats");
    QTest::addColumn<int>("perRow");
    QTest::addColumn<int>("areas");
    QTest::newRow("four seats") << 4 << 40 << 0;
    QTest::newRow("a last row that is short") << 1'013 << 40 << 0;
    QTest::newRow("a stadium") << 80'000 << 40 << 0;
    QTest::newRow("with lawns") << 200 << 10 << 3;
}

void TestSeason::aHallIsALayoutThatMayBeUsed()
{
    QFETCH(int, seats);
    QFETCH(int, perRow);
    QFETCH(int, areas);
    const Layout layout = layoutOf(
        {.seats = seats, .seatsPerRow = perRow, .areaCapacities = std::vector<int>(static_cast<size_t>(areas), 50)});
    const auto faults = validateLayout(layout);
    QVERIFY2(faults.empty(), faults.empty() ? "" : qPrintable(faults.front().path + u' ' + faults.front().message));
    const LayoutIndex index(layout);
    QCOMPARE(index.seatCount(), seats);
    QCOMPARE(index.areaCount(), areas);
}

void TestSeason::seatsAreKeyedByTheirNumber()
{
    const LayoutIndex index(layoutOf({.seats = 2'500, .areaCapacities = {10, 20}}));
    for (int seat = 0; seat < index.seatCount(); ++seat)
        QCOMPARE(index.seat(seat).key, u"s%1"_s.arg(seat));
    QCOMPARE(index.area(1).key, u"a1"_s);
    QCOMPARE(index.area(1).capacity, 20);
}

void TestSeason::rowsAreUnbroken()
{
    const LayoutIndex index(layoutOf({.seats = 100, .seatsPerRow = 20}));
    QVERIFY(areAdjacent(index, {0, 1, 2, 19, 18, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}));
    QVERIFY(!areAdjacent(index, {19, 20}));
}

void TestSeason::performancesAreNumberedThroughTheHalls()
{
    const SeasonPlan plan{{{.seats = 10, .performances = 2}, {.seats = 20}, {.seats = 30, .performances = 3}}};
    QCOMPARE(plan.performanceCount(), 6);
    QCOMPARE(plan.hallOf(1).seats, 10);
    QCOMPARE(plan.hallOf(2).seats, 20);
    QCOMPARE(plan.hallOf(5).seats, 30);
}

QTEST_APPLESS_MAIN(TestSeason)
#include "tst_season.moc"
