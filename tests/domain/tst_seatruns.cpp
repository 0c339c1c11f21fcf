#include "domain/layoutfixtures.h"
#include "domain/smallhouses.h"
#include "support/sampleplan.h"

#include "domain/layout/adjacency.h"

using namespace parterre;
using namespace parterre::tests;

/// The layout as the rules of the house read it.
class TestSeatRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itSaysOfEverySeatWhatTheLayoutSays();
    void rowsComeNearestFirst();
    void theRowBehindAndTheRowAcrossTheAisleAreNeighbours();
    void rowsOfAnotherSectionAreNotNeighbours();
    void companionsAreFoundByTheirSpace();
    void withoutAFocalPointEveryoneLooksAtTheStage();
    void aStadiumCostsFewBytesASeat();
};

void TestSeatRuns::itSaysOfEverySeatWhatTheLayoutSays()
{
    const LayoutIndex index(globe());
    const SeatRuns runs(index);
    const auto next = nextNeighbours(index);
    const QPointF focus = focalPointOf(index.layout());
    QCOMPARE(runs.seatCount(), index.seatCount());
    for (int seat = 0; seat < index.seatCount(); ++seat) {
        const PlacedSeat &placed = index.seats()[static_cast<size_t>(seat)];
        const QPointF apart = index.seat(seat).position - focus;
        QCOMPARE(runs.section(seat), placed.section);
        QCOMPARE(runs.category(seat), index.seat(seat).category);
        QCOMPARE(runs.accessibility(seat), index.seat(seat).accessibility);
        QCOMPARE(runs.joinsNext(seat), next[static_cast<size_t>(seat)] == seat + 1);
        QCOMPARE(runs.distance(seat), qRound(std::hypot(apart.x(), apart.y()) * SeatRuns::distanceUnits));
        const SeatRuns::Row &row = runs.rows()[static_cast<size_t>(runs.row(seat))];
        QVERIFY(row.seats.first <= seat && seat < row.seats.end);
        QCOMPARE(row.seats.count(), static_cast<int>(index.rowOf(seat).seats.size()));
    }
}

void TestSeatRuns::rowsComeNearestFirst()
{
    const SeatRuns runs{LayoutIndex(theatrePlan())};
    int before = 0;
    for (const int row : runs.rowsByDistance()) {
        QVERIFY(runs.rows()[static_cast<size_t>(row)].nearest >= before);
        before = runs.rows()[static_cast<size_t>(row)].nearest;
    }
}

void TestSeatRuns::theRowBehindAndTheRowAcrossTheAisleAreNeighbours()
{
    Layout layout = blockPlan(3, 4);
    layout.sections[0].rows.push_back(straightRow(u"S"_s, u"1"_s, QPointF(100 + 4 * 25 + 30, 100), 4, 0));
    const SeatRuns runs{LayoutIndex(layout)};
    const auto neighboursOf = [&](int row) {
        const SeatRuns::Row &mine = runs.rows()[static_cast<size_t>(row)];
        return std::vector<int>(mine.neighbours.begin(), mine.neighbours.begin() + mine.neighbourCount);
    };
    QCOMPARE(neighboursOf(0), (std::vector{1, 2, 3})); // One behind, two behind, and across the aisle.
    QCOMPARE(neighboursOf(3), (std::vector{0, 1, 2}));
}

void TestSeatRuns::rowsOfAnotherSectionAreNotNeighbours()
{
    const SmallHouse house({u"...."_s, u"...."_s, u"/...."_s});
    QCOMPARE(house.runs().rows()[0].neighbourCount, 1);
    QCOMPARE(house.runs().rows()[2].neighbourCount, 0);
}

void TestSeatRuns::companionsAreFoundByTheirSpace()
{
    const SmallHouse house({u"..wmmwm.s"_s});
    QCOMPARE(house.runs().companions(2).size(), size_t(2));
    QCOMPARE(house.runs().companions(2)[0].seat, 3);
    QCOMPARE(house.runs().companions(5).size(), size_t(1));
    QCOMPARE(house.runs().companions(0).size(), size_t(0));
    QCOMPARE(house.runs().wheelchairSpaces().size(), size_t(2));
    QCOMPARE(house.runs().stepFreeSeats().front(), 8);
}

void TestSeatRuns::withoutAFocalPointEveryoneLooksAtTheStage()
{
    Layout layout = blockPlan(2, 3);
    QCOMPARE(focalPointOf(layout), QPointF(125, 90)); // Above the middle of the first row.
    layout.stage = LayoutShape{.kind = ShapeKind::Rectangle, .position = {100, 0}, .size = {50, 20}};
    QCOMPARE(focalPointOf(layout), QPointF(125, 10));
    layout.focalPoint = QPointF(1, 2);
    QCOMPARE(focalPointOf(layout), QPointF(1, 2));
}

void TestSeatRuns::aStadiumCostsFewBytesASeat()
{
    const SeatRuns runs{LayoutIndex(blockPlan(2'000, 40))};
    qInfo("%.1f bytes a seat", static_cast<double>(runs.bytes()) / runs.seatCount());
    QVERIFY(runs.bytes() <= 20 * static_cast<size_t>(runs.seatCount()));
}

QTEST_APPLESS_MAIN(TestSeatRuns)
#include "tst_seatruns.moc"
