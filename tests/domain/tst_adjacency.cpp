#include "domain/layoutfixtures.h"
#include "domain/plansamples.h"

#include "domain/layout/adjacency.h"

#include <algorithm>
#include <cmath>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

namespace {

LayoutRow rowAt(const std::vector<double> &places)
{
    LayoutRow row{.label = u"A"_s, .origin = {}, .seats = {}};
    for (const double x : places)
        row.seats.push_back({.key = QString::number(row.seats.size()), .label = {}, .position = QPointF(x, 0)});
    return row;
}

/// The rule in its plainest words: sort all pitches above zero, take the lower middle one, and two consecutive seats
/// are neighbours when they are at most 1.6 of it apart.
bool neighbours(const LayoutRow &row, size_t left)
{
    std::vector<double> pitches;
    const auto apart = [&](size_t i) {
        const QPointF gap = row.seats[i + 1].position - row.seats[i].position;
        return std::hypot(gap.x(), gap.y());
    };
    for (size_t i = 0; i + 1 < row.seats.size(); ++i) {
        if (apart(i) > 0)
            pitches.push_back(apart(i));
    }
    std::sort(pitches.begin(), pitches.end());
    return pitches.empty() || apart(left) <= 1.6 * pitches[(pitches.size() - 1) / 2];
}

Layout layoutOf(const std::vector<LayoutRow> &rows)
{
    Layout layout;
    layout.categories.push_back({.name = u"All"_s, .color = {}});
    layout.sections.push_back(
        {.name = {}, .floor = 0, .origin = {}, .rows = rows, .areas = {}, .tables = {}, .decorations = {}});
    return layout;
}

} // namespace

/// Who sits beside whom (design section 5).
class TestAdjacency : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aWideGapPartsARow_data();
    void aWideGapPartsARow();
    void runsAreTheRuleInItsPlainestWords();
    void everySetOfSeatsIsAdjacentOrNot();
    void nobodyIsAdjacentAcrossTwoRowObjectsOfOneLabel();
};

void TestAdjacency::aWideGapPartsARow_data()
{
    QTest::addColumn<QList<double>>("places");
    QTest::addColumn<QList<int>>("lengths");
    QTest::newRow("no seat") << QList<double>{} << QList<int>{};
    QTest::newRow("one seat") << QList<double>{5} << QList<int>{1};
    QTest::newRow("even") << QList<double>{0, 25, 50} << QList<int>{3};
    QTest::newRow("just within") << QList<double>{0, 25, 50, 90} << QList<int>{4};
    QTest::newRow("aisle") << QList<double>{0, 25, 50, 91} << QList<int>{3, 1};
    QTest::newRow("two pitches, one an aisle") << QList<double>{0, 25, 100} << QList<int>{2, 1};
    QTest::newRow("on one spot") << QList<double>{5, 5, 5} << QList<int>{3};
    QTest::newRow("backwards") << QList<double>{100, 75, 20, -5} << QList<int>{2, 2};
}

void TestAdjacency::aWideGapPartsARow()
{
    QFETCH(QList<double>, places);
    QFETCH(QList<int>, lengths);
    QList<int> found;
    for (const auto &run : adjacentRuns(rowAt({places.begin(), places.end()})))
        found.append(static_cast<int>(run.size()));
    QCOMPARE(found, lengths);
}

void TestAdjacency::runsAreTheRuleInItsPlainestWords()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 2'000; ++round) {
        std::vector<double> places;
        double x = 0;
        for (int i = random.bounded(0, 15); i > 0; --i) {
            places.push_back(x);
            x += random.bounded(4) == 0 ? random.bounded(80) : 25;
        }
        const LayoutRow row = rowAt(places);
        std::vector<int> all;
        for (const auto &run : adjacentRuns(row)) {
            for (size_t i = 0; i < run.size(); ++i) {
                if (!all.empty())
                    QCOMPARE(neighbours(row, static_cast<size_t>(all.back())), i > 0);
                QCOMPARE(run[i], static_cast<int>(all.size()));
                all.push_back(run[i]);
            }
        }
        QCOMPARE(all.size(), row.seats.size());
    }
}

/// All 2^n choices of seats of small houses, against the neighbours one by one.
void TestAdjacency::everySetOfSeatsIsAdjacentOrNot()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 20; ++round) {
        std::vector<LayoutRow> rows;
        for (int r = 0; r < 2; ++r) {
            std::vector<double> places;
            double x = 0;
            for (int i = random.bounded(0, 6); i > 0; --i) {
                places.push_back(x);
                x += random.bounded(3) == 0 ? 60 : 25;
            }
            rows.push_back(rowAt(places));
        }
        const LayoutIndex index(layoutOf(rows));
        const std::vector<int> next = nextNeighbours(index);
        for (int mask = 0; mask < (1 << index.seatCount()); ++mask) {
            std::vector<int> chosen;
            for (int seat = 0; seat < index.seatCount(); ++seat) {
                if ((mask >> seat) & 1)
                    chosen.push_back(seat);
            }
            bool expected = !chosen.empty();
            for (size_t i = 1; i < chosen.size(); ++i)
                expected = expected && next[static_cast<size_t>(chosen[i - 1])] == chosen[i];
            std::shuffle(chosen.begin(), chosen.end(), random);
            QCOMPARE(areAdjacent(index, chosen), expected);
        }
    }
}

void TestAdjacency::nobodyIsAdjacentAcrossTwoRowObjectsOfOneLabel()
{
    const LayoutIndex index(layoutOf({rowAt({0, 25}), rowAt({50, 75})}));
    QVERIFY(areAdjacent(index, {0, 1}));
    QVERIFY(!areAdjacent(index, {1, 2}));
    QVERIFY(!areAdjacent(index, {0, 0}));
    QVERIFY(!areAdjacent(index, {3, 4}));
    QCOMPARE(nextNeighbours(index), (std::vector{1, -1, 3, -1}));
}

QTEST_APPLESS_MAIN(TestAdjacency)
#include "tst_adjacency.moc"
