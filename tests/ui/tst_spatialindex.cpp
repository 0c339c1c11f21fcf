#include "seatmap/seatspatialindex.h"

#include <QRandomGenerator>
#include <QTest>

using namespace parterre::ui;

/// The index against looking at every point.
class TestSpatialIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rectanglesFindWhatLookingAtAllFinds_data() { shapes(); }
    void rectanglesFindWhatLookingAtAllFinds();
    void theNearestIsTheNearest_data() { shapes(); }
    void theNearestIsTheNearest();
    void anEmptyIndexFindsNothing();
    void farAwayRectanglesFindNothing();

private:
    static void shapes();
    static std::vector<QPointF> points(int count, double width, double height, QRandomGenerator &random);

    quint32 m_seed = 0;
};

void TestSpatialIndex::initTestCase()
{
    m_seed = qEnvironmentVariableIsSet("PARTERRE_SEED") ? qEnvironmentVariable("PARTERRE_SEED").toUInt()
                                                        : QRandomGenerator::global()->generate();
    qInfo("seed %u (set PARTERRE_SEED to repeat)", m_seed);
}

void TestSpatialIndex::shapes()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("height");
    QTest::newRow("one point") << 1 << 0.0 << 0.0;
    QTest::newRow("all in one place") << 50 << 0.0 << 0.0;
    QTest::newRow("a line") << 300 << 4000.0 << 0.0;
    QTest::newRow("a hall") << 2000 << 1500.0 << 900.0;
    QTest::newRow("a few far apart") << 12 << 1.0e6 << 1.0e6;
}

std::vector<QPointF> TestSpatialIndex::points(int count, double width, double height, QRandomGenerator &random)
{
    std::vector<QPointF> made;
    for (int i = 0; i < count; ++i)
        made.emplace_back(-200 + random.generateDouble() * width, 70 + random.generateDouble() * height);
    return made;
}

void TestSpatialIndex::rectanglesFindWhatLookingAtAllFinds()
{
    QFETCH(int, count);
    QFETCH(double, width);
    QFETCH(double, height);
    QRandomGenerator random(m_seed);
    const std::vector<QPointF> all = points(count, width, height, random);
    const SeatSpatialIndex index(all);
    for (int round = 0; round < 200; ++round) {
        const QPointF a(-300 + random.generateDouble() * (width + 200), random.generateDouble() * (height + 200));
        const QRectF rect(a, QSizeF(random.generateDouble() * (width + 300), random.generateDouble() * (height + 200)));
        std::vector<int> expected;
        for (int i = 0; i < count; ++i) {
            const QPointF &p = all[static_cast<size_t>(i)];
            if (p.x() >= rect.left() && p.x() <= rect.right() && p.y() >= rect.top() && p.y() <= rect.bottom())
                expected.push_back(i);
        }
        std::vector<int> found = index.itemsIn(rect);
        std::sort(found.begin(), found.end());
        QCOMPARE(found, expected);
    }
}

void TestSpatialIndex::theNearestIsTheNearest()
{
    QFETCH(int, count);
    QFETCH(double, width);
    QFETCH(double, height);
    QRandomGenerator random(m_seed + 1);
    const std::vector<QPointF> all = points(count, width, height, random);
    const SeatSpatialIndex index(all);
    for (int round = 0; round < 200; ++round) {
        const QPointF place(-300 + random.generateDouble() * (width + 200), random.generateDouble() * (height + 200));
        const double reach = 5 + random.generateDouble() * 300;
        int expected = -1;
        double best = reach * reach;
        for (int i = 0; i < count; i += 2) {
            const QPointF step = all[static_cast<size_t>(i)] - place;
            const double square = QPointF::dotProduct(step, step);
            if (square < best) {
                best = square;
                expected = i;
            }
        }
        QCOMPARE(index.nearest(place, reach, [](int item) { return item % 2 == 0; }), expected);
    }
}

void TestSpatialIndex::anEmptyIndexFindsNothing()
{
    QVERIFY(SeatSpatialIndex().itemsIn(QRectF(-1e9, -1e9, 2e9, 2e9)).empty());
    QCOMPARE(SeatSpatialIndex().nearest(QPointF(), 1e9, [](int) { return true; }), -1);
}

void TestSpatialIndex::farAwayRectanglesFindNothing()
{
    const std::vector<QPointF> one{QPointF(10, 10)};
    QVERIFY(SeatSpatialIndex(one).itemsIn(QRectF(1e12, 1e12, 5, 5)).empty());
}

QTEST_GUILESS_MAIN(TestSpatialIndex)
#include "tst_spatialindex.moc"
