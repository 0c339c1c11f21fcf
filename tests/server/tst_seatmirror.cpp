#include "inventory/inventoryrepository.h"
#include "inventory/seatmirror.h"
#include "support/saleworld.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;
using namespace std::chrono_literals;

namespace {

const QString a1 = SaleWorld::seatKey(u"Stalls"_s, u"A"_s, 1);
const QString a2 = SaleWorld::seatKey(u"Stalls"_s, u"A"_s, 2);

/// A mirror of another node: it hears of nothing and learns everything from the database.
struct OtherNode
{
    explicit OtherNode(SaleWorld &world, const SeatMirror::Options &options = {})
        : database({.dsn = world.dsn()})
        , mirror(database, options)
    {
        mirror.start();
    }
    Database database;
    SeatMirror mirror;
};

/// Raises the map's number under `count` changes of seat 40 to `state`, as writers do, past every service.
void writeChanges(SaleWorld &world, int count, SeatState state, const QString &name)
{
    world.setSeatState(40, name);
    world.sql(
        u"with clock as (update map_clock set seq = seq + %1 returning performance_id, seq) "
        "insert into map_change (performance_id, seq, seats, areas) "
        "select performance_id, n, '{\"%2\": [40]}', '[]' from clock, generate_series(seq - %1 + 1, seq) n"_s.arg(count)
            .arg(QLatin1Char(seatStateLetter(state))));
}

PlaceCounts countedIn(const MapSnapshot &map)
{
    PlaceCounts counts;
    for (const SeatState state : map.seats) {
        counts.capacity += state == SeatState::Killed ? 0 : 1;
        counts.available += state == SeatState::Available ? 1 : 0;
        counts.held += state == SeatState::Held || state == SeatState::PaymentPending ? 1 : 0;
        counts.sold += state == SeatState::Sold ? 1 : 0;
    }
    for (const AreaCounts &area : map.areas) {
        counts.capacity += area.capacity;
        counts.available += area.available();
        counts.held += area.held;
        counts.sold += area.sold;
    }
    return counts;
}

/// A map of `seats` free ones with a number from which on everything is known.
MirroredMap aMap(int seats)
{
    MapSnapshot map{.seq = 100, .seats = std::vector(static_cast<size_t>(seats), SeatState::Available), .areas = {}};
    map.areas.push_back({.number = 0, .capacity = 20, .held = 0, .sold = 0});
    return MirroredMap(std::move(map), {.since = 100, .seats = {}, .areas = {}});
}

MapDelta aDelta(qint64 seq, int seat, SeatState state)
{
    return {.from = seq - 1, .seq = seq, .seats = {{seat, state}}, .areas = {}};
}

/// One who holds, renews nothing, gives back and buys, at random, for a while.
void sellAtRandom(SaleWorld &world, const SaleParty &party, quint32 seed, const std::atomic<bool> &isOver)
{
    QRandomGenerator random(seed);
    while (!isOver) {
        const int seat = 1 + static_cast<int>(random.bounded(10U));
        const QString key = SaleWorld::seatKey(u"Circle"_s, random.bounded(2U) == 0 ? u"A"_s : u"B"_s, seat);
        const auto hold = random.bounded(4U) == 0 ? world.takeYard(party, 1) : world.takeSeats(party, {key});
        if (!hold)
            continue;
        if (random.bounded(8U) != 0) {
            (void)world.release(party, {.hold = hold->id, .seats = {}, .areas = {}});
        } else if (const auto order = world.order(party, *hold)) {
            (void)world.payCash(party, *order, order->total);
        }
    }
}

} // namespace

class SeatMirrorTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aWarmMapIsReadWithoutTheDatabase();
    void whatWasCommittedHereIsThereBeforeItIsAnswered();
    void whatAnotherNodeCommittedIsCaughtUpWith();
    void aVersionNeverChangesUnderItsReader();
    void changesInAnotherOrderThanTheirNumbersAreApplied();
    void aMissingChangeIsReadFromTheRows();
    void trimmedRowsAreReplacedByTheMap();
    void aNumberThatWentBackIsBelieved();
    void aRestartKnowsWhatChangedLately();
    void holesInTheRowsAreNotTakenForKnowledge();
    void changedSinceNamesExactlyWhatChanged();
    void whatDoesNotFitIsReadAnew();
    void anUnknownPerformanceIsNotKept();
    void manyWhoAskAtOnceReadItOnce();
    void whatNobodyAsksForIsDropped();
    void tooManyMapsAreDroppedByHowLongTheyWereNotRead();
    void aReaderWorksOnOneMoment();
    void afterRandomSalesOfTwoNodesBothMirrorsAreTheDatabase();
    void aSeatCostsFewBytes();
};

void SeatMirrorTest::aWarmMapIsReadWithoutTheDatabase()
{
    SaleWorld world;
    world.mirror().stop(); // So that no query but ours is counted.
    (void)need(world.mirror().map(world.performance()));
    const qint64 before = world.database().counts().transactions;
    for (int i = 0; i < 100; ++i) {
        (void)need(world.mirror().map(world.performance()));
        (void)need(world.mirror().counts(world.performance()));
        (void)world.mirror().changedSince(world.performance(), 0);
    }
    QCOMPARE(world.database().counts().transactions, before);
}

void SeatMirrorTest::whatWasCommittedHereIsThereBeforeItIsAnswered()
{
    SaleWorld world;
    world.mirror().stop();
    const int seat = *world.layout().seatNumber(a1);
    QCOMPARE(need(world.mirror().map(world.performance()))->seats.at(static_cast<size_t>(seat)), SeatState::Available);
    const auto hold = need(world.takeSeats(world.desk(), {a1}));
    QCOMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
    (void)need(world.release(world.desk(), {.hold = hold.id, .seats = {}, .areas = {}}));
    (void)need(world.sell(world.desk(), {a2}, 3));
    QCOMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
    QCOMPARE(need(world.mirror().counts(world.performance())), countedIn(world.storedMap()));
    QVERIFY(world.mirror().figures().applied >= 4);
    QCOMPARE(world.mirror().figures().caughtUp, 0);
}

void SeatMirrorTest::whatAnotherNodeCommittedIsCaughtUpWith()
{
    SaleWorld world;
    OtherNode node(world);
    (void)need(node.mirror.map(world.performance()));
    (void)need(world.takeSeats(world.desk(), {a1}));
    (void)need(world.sell(world.desk(), {a2}, 2));
    QTRY_COMPARE(*need(node.mirror.map(world.performance())), world.storedMap());
    QCOMPARE(need(node.mirror.counts(world.performance())), countedIn(world.storedMap()));
    QVERIFY(node.mirror.figures().caughtUp > 0);
    QCOMPARE(node.mirror.figures().rebuilt, 0);
}

void SeatMirrorTest::aVersionNeverChangesUnderItsReader()
{
    SaleWorld world;
    const auto before = need(world.mirror().map(world.performance()));
    QCOMPARE(need(world.mirror().map(world.performance())), before); // The same object while nothing changes.
    const MapSnapshot copy = *before;
    (void)need(world.takeSeats(world.desk(), {a1}));
    QCOMPARE(*before, copy);
    QVERIFY(*need(world.mirror().map(world.performance())) != copy);
}

void SeatMirrorTest::changesInAnotherOrderThanTheirNumbersAreApplied()
{
    MirroredMap map = aMap(10);
    QCOMPARE(map.take(aDelta(102, 1, SeatState::Sold)), DeltaOutcome::Gap);
    QCOMPARE(map.take(aDelta(103, 2, SeatState::Held)), DeltaOutcome::Gap);
    QVERIFY(map.isMissingChanges());
    QCOMPARE(map.seq(), 100);
    QCOMPARE(map.take(aDelta(101, 1, SeatState::Held)), DeltaOutcome::Applied);
    QVERIFY(!map.isMissingChanges());
    QCOMPARE(map.seq(), 103);
    QCOMPARE(map.version()->seats.at(1), SeatState::Sold);
    QCOMPARE(map.version()->seats.at(2), SeatState::Held);
    QCOMPARE(map.take(aDelta(101, 1, SeatState::Held)), DeltaOutcome::Old);
    QCOMPARE(map.counts(), countedIn(*map.version()));
}

void SeatMirrorTest::aMissingChangeIsReadFromTheRows()
{
    SaleWorld world;
    (void)need(world.mirror().map(world.performance()));
    OtherNode node(world);
    const qint64 caughtUp = world.mirror().figures().caughtUp;
    writeChanges(world, 3, SeatState::House, u"house"_s); // Of another node, and then one of ours.
    (void)need(world.takeSeats(world.desk(), {a2}));
    QTRY_COMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
    QVERIFY(world.mirror().figures().caughtUp > caughtUp);
}

void SeatMirrorTest::trimmedRowsAreReplacedByTheMap()
{
    SaleWorld world;
    (void)need(world.mirror().map(world.performance()));
    world.sql(u"update seat_inventory set state = 'killed' where seat_no = 5; update area_inventory set held = 4; "
              "update map_clock set seq = 40"_s);
    QTRY_COMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
    QCOMPARE(world.mirror().figures().rebuilt, 1);
    QCOMPARE(need(world.mirror().counts(world.performance())), countedIn(world.storedMap()));
    (void)need(world.takeSeats(world.desk(), {a2}));
    QCOMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
}

void SeatMirrorTest::aNumberThatWentBackIsBelieved()
{
    SaleWorld world;
    (void)need(world.takeSeats(world.desk(), {a1}));
    writeChanges(world, 5, SeatState::Killed, u"killed"_s);
    QTRY_COMPARE(need(world.mirror().map(world.performance()))->seq, 6);
    world.sql(u"delete from map_change; update map_clock set seq = 0; update seat_inventory set state = 'available', "
              "hold_id = null, held_until = null"_s);
    QTRY_COMPARE(need(world.mirror().map(world.performance()))->seq, 0);
    QCOMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
}

void SeatMirrorTest::aRestartKnowsWhatChangedLately()
{
    SaleWorld world;
    (void)need(world.takeSeats(world.desk(), {a1}));
    const qint64 between = world.storedMap().seq;
    (void)need(world.takeSeats(world.desk(), {a2}));
    (void)need(world.takeYard(world.desk(), 2));
    OtherNode fresh(world);
    (void)need(fresh.mirror.map(world.performance()));
    const auto missed = fresh.mirror.changedSince(world.performance(), between);
    QVERIFY(missed.has_value());
    QCOMPARE(missed->seats, (std::vector<SeatChange>{{*world.layout().seatNumber(a2), SeatState::Held}}));
    QCOMPARE(missed->areas.size(), 1U);
    QVERIFY(fresh.mirror.changedSince(world.performance(), 0).has_value());
    QVERIFY(!fresh.mirror.changedSince(world.performance(), 99).has_value());
}

void SeatMirrorTest::holesInTheRowsAreNotTakenForKnowledge()
{
    SaleWorld world;
    writeChanges(world, 9, SeatState::House, u"house"_s);
    world.sql(u"delete from map_change where seq in (3, 4)"_s);
    OtherNode fresh(world);
    QCOMPARE(need(fresh.mirror.map(world.performance()))->seq, 9);
    QVERIFY(!fresh.mirror.changedSince(world.performance(), 2).has_value());
    QVERIFY(fresh.mirror.changedSince(world.performance(), 9).has_value());
}

void SeatMirrorTest::changedSinceNamesExactlyWhatChanged()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo() << "seed" << seed;
    QRandomGenerator random(seed);
    MirroredMap map = aMap(200);
    std::vector<MirroredMap::Version> versions{map.version()};
    for (qint64 seq = 101; seq <= 160; ++seq) {
        MapDelta delta = aDelta(seq, static_cast<int>(random.bounded(200U)), SeatState(random.bounded(6U)));
        if (random.bounded(3U) == 0)
            delta.areas.push_back(
                {.number = 0, .capacity = 20, .held = static_cast<int>(random.bounded(20U)), .sold = 0});
        QCOMPARE(map.take(delta), DeltaOutcome::Applied);
        versions.push_back(map.version());
    }
    for (const auto &old : versions) {
        MapSnapshot caughtUp = *old;
        const auto missed = map.changedSince(old->seq);
        QVERIFY(missed.has_value());
        (void)applyDelta(caughtUp, *missed);
        QCOMPARE(caughtUp, *map.version());
        QVERIFY(missed->seats.size() <= static_cast<size_t>(map.seq() - old->seq));
    }
    QVERIFY(!map.changedSince(99).has_value());
    QVERIFY(!map.changedSince(161).has_value());
}

void SeatMirrorTest::whatDoesNotFitIsReadAnew()
{
    SaleWorld world;
    (void)need(world.mirror().map(world.performance()));
    writeChanges(world, 1, SeatState::House, u"house"_s);
    world.mirror().committed(world.performance(), aDelta(1, 100'000, SeatState::Sold));
    QTRY_COMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
}

void SeatMirrorTest::anUnknownPerformanceIsNotKept()
{
    SaleWorld world;
    OtherNode node(world);
    SeatMirror &mirror = node.mirror;
    QCOMPARE(refusal(mirror.map(PerformanceId::create())), u"not_found"_s);
    QCOMPARE(refusal(mirror.counts(PerformanceId::create())), u"not_found"_s);
    QVERIFY(!mirror.known(world.performance()));
    QCOMPARE(mirror.figures().performances, 0);
}

void SeatMirrorTest::manyWhoAskAtOnceReadItOnce()
{
    SaleWorld world;
    Database database({.dsn = world.dsn()});
    SeatMirror mirror(database);
    std::vector<std::jthread> readers;
    for (int i = 0; i < 16; ++i)
        readers.emplace_back([&] { (void)need(mirror.map(world.performance())); });
    readers.clear();
    QCOMPARE(database.counts().transactions, 1);
}

void SeatMirrorTest::whatNobodyAsksForIsDropped()
{
    SaleWorld world;
    OtherNode node(world, {.unreadKept = 0s});
    (void)need(node.mirror.map(world.performance()));
    QTRY_COMPARE(node.mirror.figures().performances, 0);
    QCOMPARE(*need(node.mirror.map(world.performance())), world.storedMap());
}

void SeatMirrorTest::tooManyMapsAreDroppedByHowLongTheyWereNotRead()
{
    SaleWorld world;
    OtherNode node(world, {.bytesMax = 0});
    (void)need(node.mirror.map(world.performance()));
    // It was read just now: dropping it would read it again at once.
    QTest::qWait(1'500);
    QVERIFY(node.mirror.known(world.performance()));
}

void SeatMirrorTest::aReaderWorksOnOneMoment()
{
    SaleWorld world;
    (void)need(world.takeYard(world.desk(), 3));
    const auto free = need(world.mirror().with(
        world.performance(),
        [](std::span<const SeatState> seats, std::span<const AreaCounts> areas, qint64 seq) -> Result<qint64> {
            return std::ranges::count(seats, SeatState::Available) * 1'000 + areas[0].held * 10 + seq;
        }));
    QCOMPARE(free, SaleWorld::seatCount * 1'000 + 31);
}

void SeatMirrorTest::afterRandomSalesOfTwoNodesBothMirrorsAreTheDatabase()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo() << "seed" << seed;
    SaleWorld world;
    OtherNode node(world);
    std::atomic<bool> isOver = false;
    {
        std::vector<std::jthread> sellers;
        for (quint32 seller = 0; seller < 4; ++seller)
            sellers.emplace_back([&, seller] { sellAtRandom(world, world.desk(), seed + seller, isOver); });
        qint64 lastHere = 0;
        qint64 lastThere = 0;
        // Longer where the machine is so busy that little is sold.
        for (int i = 0; i < 150 || (lastHere <= 50 && i < 6'000); ++i) {
            const auto here = need(world.mirror().map(world.performance()));
            const auto there = need(node.mirror.map(world.performance()));
            QVERIFY(here->seq >= lastHere && there->seq >= lastThere);
            lastHere = here->seq;
            lastThere = there->seq;
            QTest::qWait(10);
        }
        isOver = true;
    }
    QVERIFY(world.storedMap().seq > 50);
    QCOMPARE(*need(world.mirror().map(world.performance())), world.storedMap());
    QTRY_COMPARE(*need(node.mirror.map(world.performance())), world.storedMap());
    QCOMPARE(need(node.mirror.counts(world.performance())), countedIn(world.storedMap()));
    QCOMPARE(world.mirror().figures().rebuilt + node.mirror.figures().rebuilt, 0);
    qInfo() << "changes" << world.storedMap().seq << "taken over" << world.mirror().figures().applied << "read"
            << node.mirror.figures().caughtUp << "times";
}

void SeatMirrorTest::aSeatCostsFewBytes()
{
    MirroredMap stadium = aMap(80'000);
    (void)stadium.version();
    const double perSeat = static_cast<double>(stadium.bytes()) / stadium.seatCount();
    qInfo() << "bytes a seat" << perSeat;
    QVERIFY(perSeat < 8.0);
}

QTEST_GUILESS_MAIN(SeatMirrorTest)
#include "tst_seatmirror.moc"
