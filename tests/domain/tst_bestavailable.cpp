#include "domain/plainhouse.h"
#include "support/randomness.h"
#include "support/sampleplan.h"

#include "domain/inventory/orphanrule.h"

#include <QtTest>

#include <algorithm>
#include <map>

using namespace parterre;
using namespace parterre::tests;

namespace {

/// What the ladder says of a house of at most some fourteen seats, found by trying every set of them.
class PlainLadder : private PlainHouse
{
public:
    PlainLadder(const SmallHouse &house, const BestRequest &request)
        : PlainHouse(house, request)
        , m_size(request.partySize)
        , m_together(request.together)
        , m_pieces(pieces())
    {
        tryAll();
    }

    [[nodiscard]] QString rung() const
    {
        if (m_cleanBest)
            return u"together"_s;
        if (m_leavingBest)
            return u"leaving single"_s;
        if (m_together == Together::Must || !m_apartBest)
            return u"sold_out"_s;
        return m_rows ? u"rows"_s : u"apart"_s;
    }

    /// Nothing to say when the pick is as good as the ladder's rung asks, else what is wrong with it.
    [[nodiscard]] QString fault(const BestPick &pick) const
    {
        if (static_cast<int>(pick.seats.size()) != m_size)
            return u"not the party's size"_s;
        for (const int seat : pick.seats) {
            if (!isWanted(seat))
                return u"seat %1 may not be had"_s.arg(seat);
        }
        const auto groups = groupsOf(pick.seats);
        if (pick.rung == BestRung::Together && (groups.size() != 1 || strands(pick.seats)))
            return u"not together, or leaving a seat alone"_s;
        if (pick.rung == BestRung::LeavingSingle && groups.size() != 1)
            return u"not together"_s;
        const auto nearest = pick.rung == BestRung::Together ? m_cleanBest : m_leavingBest;
        if (groups.size() == 1 && distance(pick.seats) > *nearest + 2 * pitch() * m_size + m_size)
            return u"much farther than need be"_s;
        if (pick.rung == BestRung::RowsTogether && peopleAlone(groups) > 0)
            return u"somebody is alone"_s;
        if (pick.rung == BestRung::Apart &&
            std::pair(peopleAlone(groups), static_cast<int>(groups.size())) != *m_apartBest)
            return u"more people alone or more groups than need be"_s;
        return {};
    }

private:
    /// The seats around `seat` that may be had side by side.
    [[nodiscard]] const std::vector<int> &pieceOf(int seat) const
    {
        return *std::ranges::find_if(
            m_pieces, [seat](const auto &piece) { return piece.front() <= seat && seat <= piece.back(); });
    }

    void tryAll()
    {
        std::vector<int> wanted;
        for (const auto &piece : m_pieces)
            wanted.insert(wanted.end(), piece.begin(), piece.end());
        for (int mask = 0; mask < (1 << wanted.size()); ++mask) {
            if (static_cast<int>(qPopulationCount(static_cast<uint>(mask))) != m_size)
                continue;
            std::vector<int> seats;
            for (const int i : seatsOfMask(mask))
                seats.push_back(wanted[static_cast<size_t>(i)]);
            consider(seats);
        }
    }

    void consider(const std::vector<int> &seats)
    {
        const Groups groups = groupsOf(seats);
        if (groups.size() == 1) {
            auto &best = strands(seats) ? m_leavingBest : m_cleanBest;
            best = best ? std::min(*best, distance(seats)) : distance(seats);
        }
        const std::pair key(peopleAlone(groups), static_cast<int>(groups.size()));
        m_apartBest = m_apartBest ? std::min(*m_apartBest, key) : key;
        m_rows = m_rows || (key.first == 0 && std::ranges::any_of(groups, [&](const auto &anchor) {
                                return std::ranges::all_of(groups, [&](const auto &group) {
                                    return near(pieceOf(anchor[0]), pieceOf(group[0]));
                                });
                            }));
    }

    int m_size;
    Together m_together;
    Groups m_pieces;
    std::optional<double> m_cleanBest;
    std::optional<double> m_leavingBest;
    std::optional<std::pair<int, int>> m_apartBest;
    bool m_rows = false;
};

/// Empty when pickBest() does what the plain ladder says.
QString difference(const SmallHouse &house, const BestRequest &request, quint64 seed)
{
    const PlainLadder plain(house, request);
    const auto pick = pickBest(house.runs(), {.seats = house.states}, request, seed);
    if (rungName(pick) != plain.rung())
        return u"%1 instead of %2"_s.arg(rungName(pick), plain.rung());
    if (!pick)
        return {};
    if (pick->alone != seatsLeftAlone(house.runs(), house.states, pick->seats))
        return u"it says %1 are left alone"_s.arg(shown(pick->alone));
    const QString fault = plain.fault(*pick);
    return fault.isEmpty() ? fault : u"%1 (%2): %3"_s.arg(rungName(pick), shown(pick->seats), fault);
}

} // namespace

/// The ladder of design section 5.
class TestBestAvailable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePickIsWhatTheHouseSays_data();
    void thePickIsWhatTheHouseSays();
    void everySmallRowIsClimbedInPlainWords();
    void smallHousesAreClimbedInPlainWords();
    void thePartyIsNearTheStage();
    void aHerdSpreads();
    void oneSeedGivesOnePick();
    void thePriceIsALimit();
    void theZoneAndTheSectionAreLimits();
    void standingIsTheLastRung();
    void aGeneralPartyNeverGetsAnAccessibleSeat();
    void aPartyThatCannotBeIsRefused_data();
    void aPartyThatCannotBeIsRefused();
    void aRefusalSaysWhatIsLeft();
    void aStadiumSellsOutWithoutASeatSoldTwice();
};

void TestBestAvailable::thePickIsWhatTheHouseSays_data()
{
    QTest::addColumn<QStringList>("rows");
    QTest::addColumn<int>("size");
    QTest::addColumn<Together>("together");
    QTest::addColumn<QString>("rung");
    QTest::addColumn<QString>("seats");
    const auto row = [](const char *name, const QStringList &rows, int size, Together together, const QString &rung,
                        const QString &seats) { QTest::newRow(name) << rows << size << together << rung << seats; };
    const auto must = Together::Must;
    const auto split = Together::MaySplit;
    row("the only pair", {u"x..xxx"_s}, 2, must, u"together"_s, u"1 2"_s);
    row("in a run of one seat more", {u"xx....xx"_s}, 3, must, u"leaving single"_s, {});
    row("an exact run before one that leaves a seat alone", {u"...xx..xx..."_s}, 2, must, u"together"_s, u"5 6"_s);
    row("a clean pair far away before an unclean one near", {u"xxxxx...xxxxx"_s, u"..xxxxxxxxxxx"_s}, 2, must,
        u"together"_s, u"13 14"_s);
    row("with a seat left alone when there is nothing else", {u"xxx...xxx"_s}, 2, must, u"leaving single"_s, {});
    row("not across an aisle", {u"x..|..x"_s}, 4, must, u"sold_out"_s, {});
    row("across an aisle when they may sit apart", {u"x..|..x"_s}, 4, split, u"rows"_s, u"1 2 3 4"_s);
    row("one behind the other", {u"x..xxx"_s, u"x..xxx"_s}, 4, split, u"rows"_s, u"1 2 7 8"_s);
    row("three cannot part without one alone", {u"x..xxx"_s, u"x..xxx"_s}, 3, split, u"apart"_s, {});
    row("five: two and three", {u"x..xxx"_s, u"x...xx"_s}, 5, split, u"rows"_s, u"1 2 7 8 9"_s);
    row("five of six leave nobody alone", {u"x...xx"_s, u"x...xx"_s}, 5, split, u"rows"_s, {});
    row("far apart in one row", {u"..xxxxxx.."_s}, 4, split, u"apart"_s, u"0 1 8 9"_s);
    row("across sections", {u"..x"_s, u"/..x"_s}, 4, split, u"apart"_s, u"0 1 3 4"_s);
    row("one section before two", {u"..x"_s, u"/..xxxxx.."_s}, 4, split, u"apart"_s, u"3 4 10 11"_s);
    row("alone only as a last resort", {u".x.x.x."_s}, 3, split, u"apart"_s, {});
    row("company before nearness", {u"xx.x..x.x.."_s}, 4, split, u"apart"_s, u"4 5 9 10"_s);
    row("everything that is left", {u".x.x"_s}, 2, split, u"apart"_s, u"0 2"_s);
    row("too few", {u".x.x"_s}, 3, split, u"sold_out"_s, {});
}

void TestBestAvailable::thePickIsWhatTheHouseSays()
{
    QFETCH(QStringList, rows);
    QFETCH(int, size);
    QFETCH(Together, together);
    QFETCH(QString, rung);
    QFETCH(QString, seats);
    const SmallHouse house({rows.begin(), rows.end()});
    for (quint64 seed = 0; seed < 20; ++seed) {
        const auto pick =
            pickBest(house.runs(), {.seats = house.states}, {.partySize = size, .together = together}, seed);
        QCOMPARE(rungName(pick), rung);
        if (!seats.isEmpty())
            QCOMPARE(shown(pick->seats), seats);
    }
}

/// All rows of up to eleven seats, all that may be free of them, all parties.
void TestBestAvailable::everySmallRowIsClimbedInPlainWords()
{
    for (int count = 1; count <= 11; ++count) {
        SmallHouse house({rowOfMask(count, (1 << count) - 1)});
        for (int free = 0; free < (1 << count); ++free) {
            for (int seat = 0; seat < count; ++seat)
                house.states[static_cast<size_t>(seat)] = (free >> seat) & 1 ? SeatState::Available : SeatState::Held;
            for (int size = 1; size <= count; ++size) {
                const BestRequest request{.partySize = size,
                                          .together = (free + size) % 2 ? Together::Must : Together::MaySplit};
                const QString wrong = difference(house, request, static_cast<quint64>(free));
                QVERIFY2(wrong.isEmpty(),
                         qPrintable(u"%1 for %2: %3"_s.arg(rowOfMask(count, free)).arg(size).arg(wrong)));
            }
        }
    }
}

/// Houses of one to three rows with aisles, price zones, accessible seats and a second section.
void TestBestAvailable::smallHousesAreClimbedInPlainWords()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 3'000; ++round) {
        std::vector<QString> rows;
        int seats = 0;
        for (int r = random.bounded(1, 4); r > 0; --r) {
            QString row = !rows.empty() && random.bounded(4) == 0 ? u"/"_s : QString();
            for (int i = random.bounded(2, 8); i > 0 && seats < 14; --i, ++seats)
                row.append(u"AAAAABBBabx|s"_s.at(random.bounded(13)));
            if (row.contains(QRegularExpression(u"[^/|]"_s)))
                rows.push_back(row);
        }
        if (rows.empty())
            continue;
        const SmallHouse house(rows);
        BestRequest request{.partySize = random.bounded(1, 8),
                            .together = random.bounded(3) == 0 ? Together::Must : Together::MaySplit};
        if (random.bounded(3) == 0)
            request.categories.set(static_cast<size_t>(random.bounded(2)));
        if (random.bounded(6) == 0)
            request.sections = {0};
        const QString wrong = difference(house, request, random.generate64());
        QVERIFY2(wrong.isEmpty(),
                 qPrintable(u"%1 for %2 (%3): %4"_s.arg(QStringList(rows.begin(), rows.end()).join(u' '))
                                .arg(request.partySize)
                                .arg(QString::fromStdString(request.categories.to_string()).right(2))
                                .arg(wrong)));
    }
}

void TestBestAvailable::thePartyIsNearTheStage()
{
    const LayoutIndex index(blockPlan(40, 30));
    const SeatRuns runs(index);
    const std::vector<SeatState> states(static_cast<size_t>(index.seatCount()), SeatState::Available);
    for (quint64 seed = 0; seed < 50; ++seed) {
        const auto pick = pickBest(runs, {.seats = states}, {.partySize = 4}, seed);
        QVERIFY(pick);
        QCOMPARE(pick->rung, BestRung::Together);
        const PlacedSeat &first = index.seats()[static_cast<size_t>(pick->seats.front())];
        QVERIFY2(first.row < 3, qPrintable(QString::number(first.row)));
        QVERIFY2(first.seat > 8 && first.seat + 3 < 21, qPrintable(QString::number(first.seat)));
    }
}

void TestBestAvailable::aHerdSpreads()
{
    const LayoutIndex index(blockPlan(40, 30));
    const SeatRuns runs(index);
    const std::vector<SeatState> states(static_cast<size_t>(index.seatCount()), SeatState::Available);
    std::map<int, int> picks;
    for (quint64 seed = 0; seed < 300; ++seed)
        ++picks[pickBest(runs, {.seats = states}, {.partySize = 2}, seed)->seats.front()];
    QVERIFY2(picks.size() >= 10, qPrintable(QString::number(picks.size())));
    for (const auto &[first, times] : picks)
        QVERIFY2(times < 90, qPrintable(u"%1 of 300 were sent to seat %2"_s.arg(times).arg(first)));
}

void TestBestAvailable::oneSeedGivesOnePick()
{
    const LayoutIndex index(theatrePlan());
    const SeatRuns runs(index);
    const MapSnapshot snapshot = mixedStates(index, 5);
    for (quint64 seed = 0; seed < 20; ++seed) {
        const auto one = pickBest(runs, {.seats = snapshot.seats}, {.partySize = 3}, seed);
        QCOMPARE(one->seats, pickBest(runs, {.seats = snapshot.seats}, {.partySize = 3}, seed)->seats);
    }
}

void TestBestAvailable::thePriceIsALimit()
{
    const SmallHouse house({u"AAAA"_s, u"BBBB"_s, u"CCCC"_s});
    const std::vector<qint64> prices{5'000, 3'000, -1};
    const auto categoryFor = [&](std::optional<qint64> priceMax) -> QString {
        const auto pick = pickBest(house.runs(), {.seats = house.states, .priceByCategory = prices},
                                   {.partySize = 2, .priceMax = priceMax}, 1);
        return pick ? QString::number(house.runs().category(pick->seats.front())) : errorCodeName(pick.error().code);
    };
    QCOMPARE(categoryFor(std::nullopt), u"0"_s);
    QCOMPARE(categoryFor(5'000), u"0"_s);
    QCOMPARE(categoryFor(4'999), u"1"_s);
    QCOMPARE(categoryFor(2'999), u"sold_out"_s); // The third zone is not for sale.
}

void TestBestAvailable::theZoneAndTheSectionAreLimits()
{
    const SmallHouse house({u"AAAABB"_s, u"AAAABB"_s, u"/AABBBB"_s});
    CategorySet second;
    second.set(1);
    const auto inZone = pickBest(house.runs(), {.seats = house.states}, {.partySize = 2, .categories = second}, 1);
    QVERIFY(inZone && house.runs().category(inZone->seats[0]) == 1 && house.runs().category(inZone->seats[1]) == 1);
    const auto inSection =
        pickBest(house.runs(), {.seats = house.states}, {.partySize = 2, .categories = second, .sections = {1}}, 1);
    QVERIFY(inSection && house.runs().section(inSection->seats[0]) == 1);
    const auto both = pickBest(house.runs(), {.seats = house.states},
                               {.partySize = 6, .categories = second, .sections = {1}, .together = Together::Must}, 1);
    QCOMPARE(rungName(both), u"sold_out"_s);
}

void TestBestAvailable::standingIsTheLastRung()
{
    const LayoutIndex index(theatrePlan());
    const SeatRuns runs(index);
    std::vector<SeatState> states(static_cast<size_t>(index.seatCount()), SeatState::Sold);
    const std::vector<AreaOffer> areas{{.available = 12}};
    const BestHouse house{.seats = states, .areas = areas};
    const auto standing = pickBest(runs, house, {.partySize = 12, .together = Together::Must}, 1);
    QCOMPARE(rungName(standing), u"standing"_s);
    QCOMPARE(standing->area, 0);
    QVERIFY(standing->seats.empty());
    QCOMPARE(rungName(pickBest(runs, house, {.partySize = 13}, 1)), u"sold_out"_s);
    QCOMPARE(rungName(pickBest(runs, {.seats = states}, {.partySize = 1}, 1)), u"sold_out"_s);
    QCOMPARE(rungName(pickBest(runs, house, {.partySize = 2, .wheelchairs = 1}, 1)), u"sold_out"_s);
    states[100] = states[200] = SeatState::Available;
    QCOMPARE(rungName(pickBest(runs, house, {.partySize = 2}, 1)), u"apart"_s);
    QCOMPARE(rungName(pickBest(runs, house, {.partySize = 2, .together = Together::Must}, 1)), u"standing"_s);
}

void TestBestAvailable::aGeneralPartyNeverGetsAnAccessibleSeat()
{
    const SmallHouse house({u"wmsw.ms"_s});
    QCOMPARE(rungName(pickBest(house.runs(), {.seats = house.states}, {.partySize = 2}, 1)), u"sold_out"_s);
    QCOMPARE(pickBest(house.runs(), {.seats = house.states}, {.partySize = 1}, 1)->seats, std::vector{4});
}

void TestBestAvailable::aPartyThatCannotBeIsRefused_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("wheelchairs");
    QTest::addColumn<int>("stepFree");
    QTest::addColumn<QString>("field");
    QTest::newRow("nobody") << 0 << 0 << 0 << u"/size"_s;
    QTest::newRow("more than a party") << 21 << 0 << 0 << u"/size"_s;
    QTest::newRow("less than nobody") << -1 << 0 << 0 << u"/size"_s;
    QTest::newRow("more wheelchairs than people") << 2 << 3 << 0 << u"/wheelchairs"_s;
    QTest::newRow("fewer than none") << 2 << -1 << 0 << u"/wheelchairs"_s;
    QTest::newRow("both kinds") << 4 << 1 << 1 << u"/step_free"_s;
}

void TestBestAvailable::aPartyThatCannotBeIsRefused()
{
    QFETCH(int, size);
    QFETCH(int, wheelchairs);
    QFETCH(int, stepFree);
    QFETCH(QString, field);
    const SmallHouse house({u"...."_s});
    const auto refused = pickBest(house.runs(), {.seats = house.states},
                                  {.partySize = size, .wheelchairs = wheelchairs, .stepFree = stepFree}, 1);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
    QCOMPARE(refused.error().field, field);
}

void TestBestAvailable::aRefusalSaysWhatIsLeft()
{
    const SmallHouse house({u"..x..w"_s});
    const auto refused =
        pickBest(house.runs(), {.seats = house.states}, {.partySize = 3, .together = Together::Must}, 1);
    QVERIFY(!refused);
    QCOMPARE(refused.error().details, (QJsonObject{{u"available"_s, 4}}));
}

/// Parties until nothing is left: every pick is free, every rung is kept to, and the house is sold to the last seat.
void TestBestAvailable::aStadiumSellsOutWithoutASeatSoldTwice()
{
    QRandomGenerator random(testSeed());
    const LayoutIndex index(theatrePlan());
    const SeatRuns runs(index);
    std::vector<SeatState> states(static_cast<size_t>(index.seatCount()), SeatState::Available);
    int sold = 0;
    std::map<QString, int> rungs;
    for (int largest = 6; largest > 0;) {
        const int size = random.bounded(1, largest + 1);
        const auto pick = pickBest(runs, {.seats = states}, {.partySize = size}, random.generate64());
        ++rungs[rungName(pick)];
        if (!pick) {
            largest = size - 1;
            continue;
        }
        for (const int seat : pick->seats) {
            QCOMPARE(states[static_cast<size_t>(seat)], SeatState::Available);
            QVERIFY(!runs.isAccessible(seat));
            states[static_cast<size_t>(seat)] = SeatState::Sold;
            ++sold;
        }
    }
    int accessible = 0;
    for (int seat = 0; seat < runs.seatCount(); ++seat)
        accessible += runs.isAccessible(seat) ? 1 : 0;
    for (const auto &[rung, times] : rungs)
        qInfo("%s: %d", qPrintable(rung), times);
    QCOMPARE(sold + accessible, runs.seatCount());
}

QTEST_APPLESS_MAIN(TestBestAvailable)
#include "tst_bestavailable.moc"
