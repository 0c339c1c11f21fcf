#include "scenarios/seatpicker.h"
#include "support/randomness.h"

#include <QtTest>

#include <set>

using namespace parterre::bench;

class TestSeatPicker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void picksAreFreeNeighboursOfOneRow();
    void aFullHouseHasNothing();
    void nobodyIsLeftAloneWhereThereIsRoom();
    void theShareIsOfSeatsAndNotOfCalls();
};

void TestSeatPicker::picksAreFreeNeighboursOfOneRow()
{
    QRandomGenerator random(parterre::tests::testSeed());
    SeatPicker picker(95, 10);
    std::set<int> taken;
    for (int i = 0; i < 500; ++i) {
        const auto seats = picker.pick(random, random.bounded(1, 5));
        if (seats.empty())
            continue; // No such party fits any more; a smaller one may.
        for (size_t j = 0; j < seats.size(); ++j) {
            QVERIFY(seats[j] >= 0 && seats[j] < 95);
            QCOMPARE(seats[j], seats.front() + static_cast<int>(j));
            QCOMPARE(seats[j] / 10, seats.front() / 10);
            QVERIFY(taken.insert(seats[j]).second);
        }
        picker.setTaken(seats, true);
    }
    QVERIFY(taken.size() > 60);
}

void TestSeatPicker::aFullHouseHasNothing()
{
    QRandomGenerator random(1);
    SeatPicker picker(3, 3);
    picker.setTaken({0, 1, 2}, true);
    QVERIFY(picker.pick(random, 1).empty());
    picker.setTaken({1}, false);
    QCOMPARE(picker.pick(random, 1), std::vector<int>{1});
}

void TestSeatPicker::nobodyIsLeftAloneWhereThereIsRoom()
{
    QRandomGenerator random(parterre::tests::testSeed());
    SeatPicker picker(40'000, 40);
    for (int i = 0; i < 2'000; ++i) {
        const auto seats = picker.pick(random, 2);
        QVERIFY(seats.front() % 40 != 1); // It would leave the first of the row alone.
        QVERIFY(seats.back() % 40 != 38);
    }
}

void TestSeatPicker::theShareIsOfSeatsAndNotOfCalls()
{
    SeatPicker picker(10, 10);
    picker.setTaken({1, 2, 3}, true);
    picker.setTaken({3, 4}, true);
    QCOMPARE(picker.takenShare(), 0.4);
    picker.setTaken({1, 2}, false);
    QCOMPARE(picker.takenShare(), 0.2);
}

QTEST_APPLESS_MAIN(TestSeatPicker)
#include "tst_seatpicker.moc"
