#include "domain/smallhouses.h"
#include "support/randomness.h"

#include "domain/inventory/orphanrule.h"

#include <QJsonArray>
#include <QtTest>

#include <algorithm>

using namespace parterre;
using namespace parterre::tests;

namespace {

/// The rule in its plainest words, for a house of rows of one price zone, all of it without the code under test.
class PlainRule
{
public:
    /// `freeMasks` has one mask a row; no row has aisles.
    PlainRule(int seatsInRow, std::vector<int> freeMasks)
        : m_seats(seatsInRow)
        , m_free(std::move(freeMasks))
    {}

    /// Free seats of the row without a free neighbour.
    static int alone(int freeMask) { return freeMask & ~(freeMask << 1) & ~(freeMask >> 1); }

    static std::vector<int> runsOf(int mask)
    {
        std::vector<int> runs;
        for (int seat = 0; (mask >> seat) != 0; ++seat) {
            if (!((mask >> seat) & 1))
                continue;
            if (seat == 0 || !((mask >> (seat - 1)) & 1))
                runs.push_back(0);
            runs.back() |= 1 << seat;
        }
        return runs;
    }

    /// Seats of row `row` that are refused; the take is only in that row.
    [[nodiscard]] int refused(size_t row, int take, OrphanRule rule) const
    {
        int refused = 0;
        for (const int run : runsOf(m_free[row])) {
            const int taken = take & run;
            const int left = alone(run & ~taken);
            if (taken == 0 || left == 0)
                continue;
            bool elsewhere = fits(run, qPopulationCount(static_cast<uint>(taken)));
            if (rule == OrphanRule::Strict) {
                for (size_t other = 0; other < m_free.size(); ++other) {
                    const int gone = other == row ? take | run : 0;
                    for (const int place : runsOf(m_free[other] & ~gone))
                        elsewhere = elsewhere || fits(place, qPopulationCount(static_cast<uint>(taken)));
                }
            }
            refused |= elsewhere ? left : 0;
        }
        return refused;
    }

private:
    [[nodiscard]] bool fits(int run, uint size) const
    {
        for (int first = 0; first + static_cast<int>(size) <= m_seats; ++first) {
            const int window = ((1 << size) - 1) << first;
            if ((window & ~run) == 0 && alone(run & ~window) == 0)
                return true;
        }
        return false;
    }

    int m_seats;
    std::vector<int> m_free;
};

QString shown(const std::vector<int> &seats)
{
    QStringList texts;
    for (const int seat : seats)
        texts.append(QString::number(seat));
    return texts.join(u' ');
}

std::vector<int> refusedSeats(const Status &judged)
{
    std::vector<int> seats;
    if (!judged) {
        for (const auto &number : judged.error().details.value(u"numbers"_s).toArray())
            seats.push_back(number.toInt());
    }
    return seats;
}

} // namespace

/// No seat is left alone, and no booking is lost to that (design section 5).
class TestOrphanRule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTakeIsJudgedAsTheHouseSays_data();
    void aTakeIsJudgedAsTheHouseSays();
    void theRefusalNamesTheSeats();
    void everyTakeOfEverySmallRowIsJudgedInPlainWords();
    void smallHousesAreJudgedInPlainWords();
    void whenItRefusesTheSamePartyCanSitElsewhere();
    void theOrderOfATakeIsNoMatter();
};

void TestOrphanRule::aTakeIsJudgedAsTheHouseSays_data()
{
    QTest::addColumn<QStringList>("rows");
    QTest::addColumn<QList<int>>("take");
    QTest::addColumn<OrphanRule>("rule");
    QTest::addColumn<QList<int>>("refused");
    const auto row = [](const char *name, const QStringList &rows, const QList<int> &take, OrphanRule rule,
                        const QList<int> &refused) { QTest::newRow(name) << rows << take << rule << refused; };
    const auto strict = OrphanRule::Strict;
    const auto lenient = OrphanRule::Lenient;
    row("one from the end", {u"......"_s}, {1, 2}, strict, {0});
    row("at the end", {u"......"_s}, {0, 1}, strict, {});
    row("in the middle", {u"......"_s}, {2, 3}, strict, {});
    row("on both sides", {u"....."_s}, {1, 2, 3}, strict, {0, 4});
    row("a gap within the take", {u"......"_s}, {2, 4}, strict, {3, 5});
    row("the whole take, not seat by seat", {u"......"_s}, {0, 1, 2}, strict, {});
    row("beside a sold seat", {u"xx.....xx"_s}, {3, 4}, strict, {2});
    row("the rule switched off", {u"......"_s}, {1, 2}, OrphanRule::Off, {});
    row("one that was alone before", {u".x...."_s}, {2, 3}, strict, {});
    row("the one that is alone", {u".x...."_s}, {0}, strict, {});
    row("an aisle ends a run", {u"....|..."_s}, {1, 2}, strict, {0, 3});
    row("an aisle is no neighbour", {u"..|...."_s}, {0, 1}, strict, {});
    row("another price zone does not end a run", {u"AABB"_s}, {0}, strict, {});
    row("another price zone's seat may be left alone too", {u"AAAB"_s}, {1, 2}, lenient, {0, 3});
    row("an accessible seat ends a run", {u"...w.."_s}, {0, 1}, strict, {2});
    row("nobody judges who sits with a wheelchair", {u"...wm.."_s}, {2, 3, 4}, strict, {});
    row("a companion alone is not judged either", {u"..m..."_s}, {2, 3}, strict, {});
    row("it yields when the run has no better place", {u"xx...xx"_s}, {2, 3}, lenient, {});
    row("strict looks on in the house", {u"xx...xx"_s, u"...."_s}, {2, 3}, strict, {4});
    row("lenient does not", {u"xx...xx"_s, u"...."_s}, {2, 3}, lenient, {});
    row("strict looks in the price zone only", {u"xx...xx"_s, u"BBBB"_s}, {2, 3}, strict, {});
    row("strict yields when the house has no better place", {u"...x..."_s, u"x...x"_s}, {1, 2}, strict, {});
    row("the last pair of three", {u"..."_s}, {0, 1}, strict, {});
    row("but not the middle of more", {u"...."_s}, {1, 2}, strict, {0, 3});
    row("what the take has elsewhere is gone", {u"xx...xx"_s, u"xx..xxx"_s}, {2, 3, 9, 10}, strict, {});
    row("what is left of it counts", {u"xx...xx"_s, u"xx....x"_s}, {2, 3, 9, 10}, strict, {4});
}

void TestOrphanRule::aTakeIsJudgedAsTheHouseSays()
{
    QFETCH(QStringList, rows);
    QFETCH(QList<int>, take);
    QFETCH(OrphanRule, rule);
    QFETCH(QList<int>, refused);
    const SmallHouse house({rows.begin(), rows.end()});
    const std::vector<int> seats(take.begin(), take.end());
    const auto found = refusedSeats(judgeTake(house.runs(), house.states, seats, rule));
    QCOMPARE(shown(found), shown({refused.begin(), refused.end()}));
}

void TestOrphanRule::theRefusalNamesTheSeats()
{
    const SmallHouse house({u"....."_s});
    const auto judged = judgeTake(house.runs(), house.states, std::vector{1, 2, 3}, OrphanRule::Lenient);
    QVERIFY(!judged);
    QCOMPARE(judged.error().code, ErrorCode::SeatLeftAlone);
    QCOMPARE(judged.error().details, (QJsonObject{{u"numbers"_s, QJsonArray{0, 4}}}));
}

/// All rows of up to ten seats, all that may be free, all takes of it: 88,572 for each rule.
void TestOrphanRule::everyTakeOfEverySmallRowIsJudgedInPlainWords()
{
    int judged = 0;
    for (int count = 1; count <= 10; ++count) {
        const SmallHouse house({rowOfMask(count, (1 << count) - 1)});
        for (int free = 0; free < (1 << count); ++free) {
            std::vector<SeatState> states(static_cast<size_t>(count), SeatState::Sold);
            for (const int seat : seatsOfMask(free))
                states[static_cast<size_t>(seat)] = SeatState::Available;
            const PlainRule plain(count, {free});
            for (int take = free;; take = (take - 1) & free) {
                const std::vector<int> seats = seatsOfMask(take);
                for (const OrphanRule rule : {OrphanRule::Lenient, OrphanRule::Strict}) {
                    const auto found = refusedSeats(judgeTake(house.runs(), states, seats, rule));
                    if (found != seatsOfMask(plain.refused(0, take, rule))) {
                        QFAIL(qPrintable(u"%1: taking %2 refused %3, not %4"_s.arg(
                            rowOfMask(count, free), shown(seats), shown(found),
                            shown(seatsOfMask(plain.refused(0, take, rule))))));
                    }
                }
                const int before = PlainRule::alone(free);
                const int alone = PlainRule::alone(free & ~take) & ~before;
                QCOMPARE(seatsLeftAlone(house.runs(), states, seats), seatsOfMask(alone));
                ++judged;
                if (take == 0)
                    break;
            }
        }
    }
    QCOMPARE(judged, 88'572);
}

void TestOrphanRule::smallHousesAreJudgedInPlainWords()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 20'000; ++round) {
        const int count = random.bounded(2, 9);
        std::vector<int> masks;
        std::vector<QString> rows;
        for (int row = random.bounded(1, 4); row > 0; --row) {
            masks.push_back(random.bounded(1 << count) | random.bounded(1 << count));
            rows.push_back(rowOfMask(count, masks.back()));
        }
        const SmallHouse house(rows);
        const auto row = static_cast<size_t>(random.bounded(static_cast<int>(masks.size())));
        const int take = masks[row] & random.bounded(1 << count);
        std::vector<int> seats = seatsOfMask(take);
        for (int &seat : seats)
            seat += static_cast<int>(row) * count;
        const OrphanRule rule = random.bounded(2) == 0 ? OrphanRule::Lenient : OrphanRule::Strict;
        std::vector<int> expected = seatsOfMask(PlainRule(count, masks).refused(row, take, rule));
        for (int &seat : expected)
            seat += static_cast<int>(row) * count;
        const auto found = refusedSeats(judgeTake(house.runs(), house.states, seats, rule));
        QVERIFY2(found == expected,
                 qPrintable(u"%1 taking %2: refused %3, not %4"_s.arg(QStringList(rows.begin(), rows.end()).join(u'/'),
                                                                      shown(seats), shown(found), shown(expected))));
    }
}

/// The rule must never cost a booking: whoever is refused can sit side by side somewhere, at the same prices, without
/// being refused again.
void TestOrphanRule::whenItRefusesTheSamePartyCanSitElsewhere()
{
    QRandomGenerator random(testSeed());
    int refusals = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::vector<QString> rows;
        for (int r = random.bounded(1, 4); r > 0; --r) {
            QString row;
            for (int seat = random.bounded(2, 9); seat > 0; --seat)
                row.append(u"AAABBaw|"_s.at(random.bounded(8)));
            rows.push_back(row);
        }
        const SmallHouse house(rows);
        if (house.runs().seatCount() == 0)
            continue;
        const int size = random.bounded(1, 5);
        const int first = random.bounded(house.runs().seatCount());
        const auto windowFrom = [&](int from) {
            std::vector<int> window;
            for (int seat = from; seat < std::min(from + size, house.runs().seatCount()); ++seat) {
                if (house.states[static_cast<size_t>(seat)] == SeatState::Available &&
                    !house.runs().isAccessible(seat) && (window.empty() || house.runs().joinsNext(seat - 1)))
                    window.push_back(seat);
                else
                    break;
            }
            return window;
        };
        const auto take = windowFrom(first);
        const OrphanRule rule = random.bounded(2) == 0 ? OrphanRule::Lenient : OrphanRule::Strict;
        if (static_cast<int>(take.size()) < size || judgeTake(house.runs(), house.states, take, rule))
            continue;
        ++refusals;
        bool seated = false;
        for (int from = 0; from < house.runs().seatCount(); ++from) {
            const auto other = windowFrom(from);
            const bool samePrices = std::ranges::all_of(other, [&](int seat) {
                return std::ranges::any_of(
                    take, [&](int mine) { return house.runs().category(mine) == house.runs().category(seat); });
            });
            seated = seated || (static_cast<int>(other.size()) == size && samePrices &&
                                judgeTake(house.runs(), house.states, other, rule));
        }
        QVERIFY2(seated, qPrintable(QStringList(rows.begin(), rows.end()).join(u'/') + u" taking "_s + shown(take)));
    }
    QVERIFY(refusals > 500);
}

void TestOrphanRule::theOrderOfATakeIsNoMatter()
{
    const SmallHouse house({u"........"_s});
    QCOMPARE(seatsLeftAlone(house.runs(), house.states, std::vector{6, 1, 2}), (std::vector{0, 7}));
    QCOMPARE(seatsLeftAlone(house.runs(), house.states, std::vector{2, 6, 1}), (std::vector{0, 7}));
}

QTEST_APPLESS_MAIN(TestOrphanRule)
#include "tst_orphanrule.moc"
