#include "load/histogram.h"
#include "support/randomness.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace parterre::bench;

class TestHistogram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyOneSaysZero();
    void oneValueIsEveryPercentile_data();
    void oneValueIsEveryPercentile();
    void percentilesAreWithinAHundredth();
    void twoAddUp();
    void whatIsTooLongCountsAsAnHour();
};

void TestHistogram::anEmptyOneSaysZero()
{
    QCOMPARE(Histogram().percentile(99), 0);
}

void TestHistogram::oneValueIsEveryPercentile_data()
{
    QTest::addColumn<qint64>("nanoseconds");
    QTest::newRow("a microsecond") << qint64(1'000);
    QTest::newRow("below the first power") << qint64(255'000);
    QTest::newRow("at the first power") << qint64(256'000);
    QTest::newRow("a second") << qint64(1'000'000'000);
    QTest::newRow("a minute") << qint64(60'000'000'000);
}

void TestHistogram::oneValueIsEveryPercentile()
{
    QFETCH(qint64, nanoseconds);
    Histogram histogram;
    histogram.record(nanoseconds);
    for (const double percent : {0.0, 50.0, 99.0, 100.0}) {
        const auto found = static_cast<double>(histogram.percentile(percent));
        QVERIFY(std::abs(found - static_cast<double>(nanoseconds)) <= static_cast<double>(nanoseconds) / 100);
    }
    QCOMPARE(histogram.largest(), nanoseconds);
}

void TestHistogram::percentilesAreWithinAHundredth()
{
    QRandomGenerator random(parterre::tests::testSeed());
    for (int round = 0; round < 50; ++round) {
        Histogram histogram;
        std::vector<qint64> values(static_cast<size_t>(random.bounded(1, 2'000)));
        for (qint64 &value : values) {
            value = static_cast<qint64>(1'000 * std::pow(10, random.bounded(7.0))) / 1'000 * 1'000;
            histogram.record(value);
        }
        std::ranges::sort(values);
        for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
            const auto rank = static_cast<size_t>(std::ceil(static_cast<double>(values.size()) * percent / 100));
            const auto exact = static_cast<double>(values[std::max<size_t>(rank, 1) - 1]);
            const auto found = static_cast<double>(histogram.percentile(percent));
            QVERIFY2(std::abs(found - exact) <= exact / 100,
                     qPrintable(QStringLiteral("%1: %2 instead of %3").arg(percent).arg(found).arg(exact)));
        }
    }
}

void TestHistogram::twoAddUp()
{
    Histogram fast;
    Histogram slow;
    for (int i = 0; i < 90; ++i)
        fast.record(1'000'000);
    for (int i = 0; i < 10; ++i)
        slow.record(100'000'000);
    fast.add(slow);
    QCOMPARE(fast.count(), 100);
    QVERIFY(fast.percentile(90) < 2'000'000);
    QVERIFY(fast.percentile(91) > 99'000'000);
}

void TestHistogram::whatIsTooLongCountsAsAnHour()
{
    Histogram histogram;
    histogram.record(qint64(9'000) * 1'000'000'000);
    histogram.record(-5);
    QVERIFY(histogram.percentile(100) > qint64(3'500) * 1'000'000'000);
    QCOMPARE(histogram.percentile(1), 0);
}

QTEST_APPLESS_MAIN(TestHistogram)
#include "tst_histogram.moc"
