#include "realtime/livemap.h"

#include "api/openedmap.h"
#include "protocol/codec.h"
#include "realtime/mapchannel.h"
#include "support/saleworld.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

#include <atomic>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

/// A screen: keeps its map from the bytes that it is sent, with the reducer that every screen has.
class Screen
{
public:
    explicit Screen(MapAudience audience, std::optional<MapSnapshot> kept = std::nullopt)
        : m_audience(audience)
        , m_map(std::move(kept))
    {}

    LiveMap::Viewer viewer()
    {
        return {.audience = m_audience,
                .since = m_map ? std::optional(m_map->seq) : std::nullopt,
                .onStart = [this](const Result<LiveMap::Start> &start) { begin(start); },
                .onDelta = [this](const SharedBytes &bytes, qint64 seq) { return take(bytes, seq); }};
    }

    std::optional<MapSnapshot> map()
    {
        const std::lock_guard lock(m_mutex);
        return m_map;
    }
    qint64 seq()
    {
        const std::lock_guard lock(m_mutex);
        return m_map ? m_map->seq : -1;
    }
    SeatState seat(int number) { return map()->seats.at(static_cast<size_t>(number)); }
    std::vector<SharedBytes> pushes()
    {
        const std::lock_guard lock(m_mutex);
        return m_pushes;
    }

    std::atomic<int> starts = 0;
    std::atomic<int> snapshots = 0;
    std::atomic<int> gaps = 0; ///< Deltas that did not fit; there must be none.
    std::atomic<int> resets = 0;
    std::atomic<bool> wantsMore = true;
    std::optional<Error> refusal;
    QByteArray startEvent;

private:
    void begin(const Result<LiveMap::Start> &start)
    {
        const std::lock_guard lock(m_mutex);
        if (!start) {
            refusal = start.error();
        } else if (start->snapshot) {
            m_map = *start->snapshot;
            snapshots++;
        } else {
            fit(*start->delta);
        }
        if (start && start->event)
            startEvent = *start->event;
        starts++;
    }
    bool take(const SharedBytes &bytes, qint64 seq)
    {
        const std::lock_guard lock(m_mutex);
        m_pushes.push_back(bytes);
        const QJsonObject json = m_audience == MapAudience::Desk ? ofDesk(*bytes) : ofPublic(*bytes, seq);
        if (!json.isEmpty())
            fit(need(mapDeltaFromJson(json)));
        return wantsMore;
    }
    QJsonObject ofDesk(const QByteArray &bytes)
    {
        const auto envelope = need(protocol::decode(bytes, limits::deskReplyBytesMax));
        if (envelope.type == protocol::MessageType::MapReset) {
            resets++;
            return {};
        }
        return need(fromJson<protocol::MapChanged>(envelope.body)).delta;
    }
    QJsonObject ofPublic(const QByteArray &bytes, qint64 seq)
    {
        const QList<QByteArray> lines = bytes.split('\n');
        if (lines.size() != 5 || lines[0] != "id: " + QByteArray::number(seq) || !bytes.endsWith("\n\n"))
            qFatal("not an event: %s", bytes.constData());
        if (lines[1] == "event: reset") {
            resets++;
            return {};
        }
        if (lines[1] != "event: delta" || !lines[2].startsWith("data: "))
            qFatal("not a delta: %s", bytes.constData());
        return QJsonDocument::fromJson(lines[2].mid(6)).object();
    }
    void fit(const MapDelta &delta)
    {
        const DeltaOutcome outcome = applyDelta(*m_map, delta);
        if (outcome != DeltaOutcome::Applied && outcome != DeltaOutcome::Old)
            gaps++;
    }

    const MapAudience m_audience;
    std::mutex m_mutex;
    std::optional<MapSnapshot> m_map;
    std::vector<SharedBytes> m_pushes;
};

/// A playhouse with its live maps.
struct LiveHouse
{
    LiveHouse()
        : live(world.mirror())
    {
        live.start();
    }
    /// Joins and waits until the screen has its map.
    LiveMap::ViewerId open(Screen &screen)
    {
        const int before = screen.starts;
        const auto viewer = live.join(world.performance(), screen.viewer());
        if (!QTest::qWaitFor([&] { return screen.starts > before; }))
            qFatal("nobody answers who joins");
        return viewer;
    }
    void tellOfChanges()
    {
        world.whenChanged([this](const PerformanceId &performance) { live.changed(performance); });
    }
    Screen &screen(MapAudience audience, std::optional<MapSnapshot> kept = std::nullopt)
    {
        return screens.emplace_back(audience, std::move(kept));
    }
    MapSnapshot stored(MapAudience audience)
    {
        return audience == MapAudience::Public ? publicMap(world.storedMap()) : world.storedMap();
    }
    int number(const QString &key) { return *world.layout().seatNumber(key); }
    /// Sets a seat's state as no service does yet, numbered as every change is.
    void setSeat(int seat, SeatState state, const QString &name)
    {
        world.setSeatState(seat, name);
        world.sql(
            u"with clock as (update map_clock set seq = seq + 1 returning performance_id, seq) "
            "insert into map_change (performance_id, seq, seats, areas) "
            "select performance_id, seq, '{\"%1\": [%2]}', '[]' from clock"_s.arg(QLatin1Char(seatStateLetter(state)))
                .arg(seat));
        if (!world.mirror().refresh(world.performance()))
            qFatal("the mirror cannot read what was changed");
    }

    SaleWorld world;
    std::deque<Screen> screens; ///< Outlive the thread that calls them.
    LiveMap live;
};

/// A desk's connection that says how much it has still to take.
class SlowDesk final : public WebSocketPeer
{
public:
    bool sendText(const SharedBytes &text) override
    {
        const std::lock_guard lock(m_mutex);
        m_types.push_back(need(protocol::decode(*text, limits::deskReplyBytesMax)).type);
        return true;
    }
    [[nodiscard]] qsizetype unsentBytes() const override { return unsent; }
    void close(int, const QByteArray &) override {}
    [[nodiscard]] bool isOpen() const override { return true; }
    [[nodiscard]] QString peerAddress() const override { return {}; }

    [[nodiscard]] std::vector<protocol::MessageType> types()
    {
        const std::lock_guard lock(m_mutex);
        return m_types;
    }
    std::atomic<qsizetype> unsent = 0;

private:
    std::mutex m_mutex;
    std::vector<protocol::MessageType> m_types;
};

const QString a1 = SaleWorld::seatKey(u"Stalls"_s, u"A"_s, 1);

} // namespace

class LiveMapTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aViewerStartsWithTheMapAsItIs();
    void aChangeReachesEveryDeskAsTheSameBytes();
    void aChangeThatNobodyToldIsFoundAllTheSame();
    void thePublicSeesNeitherHouseNorKilledNorPayments();
    void whatLooksTheSameToThePublicIsNotPushedAndLeavesNoGap();
    void whoComesBackIsGivenWhatItMissed();
    void whoComesBackTooLateGetsTheMap();
    void trimmedChangesLeaveNoGapForThoseWhoWatch();
    void aMapThatWentBackIsLoadedAnew();
    void aViewerThatRefusesIsForgotten();
    void aViewerThatLeftHearsNothing();
    void anUnknownPerformanceIsRefused();
    void aStartIsEncodedOnceForAllWhoJoinTogether();
    void aDeskThatDoesNotReadIsToldToOpenItsMapAgain();
    void nobodyMissesAnythingWhileManySellAndManyJoin();
};

void LiveMapTest::aViewerStartsWithTheMapAsItIs()
{
    LiveHouse house;
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    (void)need(house.world.takeYard(house.world.desk(), 3));
    Screen &screen = house.screen(MapAudience::Desk);
    house.open(screen);
    QCOMPARE(*screen.map(), house.world.storedMap());
    QCOMPARE(screen.seat(house.number(a1)), SeatState::Held);
    QCOMPARE(screen.map()->areas.at(0).held, 3);
    QCOMPARE(house.live.counts().viewers, 1);
    QCOMPARE(house.live.counts().performances, 1);
}

void LiveMapTest::aChangeReachesEveryDeskAsTheSameBytes()
{
    LiveHouse house;
    house.tellOfChanges();
    Screen &one = house.screen(MapAudience::Desk);
    Screen &other = house.screen(MapAudience::Desk);
    Screen &shop = house.screen(MapAudience::Public);
    house.open(one);
    house.open(other);
    house.open(shop);
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    QTRY_COMPARE(one.seat(house.number(a1)), SeatState::Held);
    QTRY_COMPARE(other.seat(house.number(a1)), SeatState::Held);
    QTRY_COMPARE(shop.seat(house.number(a1)), SeatState::Held);
    QCOMPARE(one.pushes().at(0).get(), other.pushes().at(0).get());
}

void LiveMapTest::aChangeThatNobodyToldIsFoundAllTheSame()
{
    LiveHouse house;
    Screen &screen = house.screen(MapAudience::Desk);
    house.open(screen);
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    QTRY_COMPARE(screen.seat(house.number(a1)), SeatState::Held);
}

void LiveMapTest::thePublicSeesNeitherHouseNorKilledNorPayments()
{
    LiveHouse house;
    house.setSeat(0, SeatState::Killed, u"killed"_s);
    house.setSeat(1, SeatState::House, u"house"_s);
    Screen &shop = house.screen(MapAudience::Public);
    house.open(shop);
    QCOMPARE(shop.seat(0), SeatState::Sold);
    QCOMPARE(shop.seat(1), SeatState::Sold);
    QCOMPARE(publicMap(house.world.storedMap()), *shop.map());
    QVERIFY2(shop.startEvent.startsWith("id: 2\nevent: snapshot\ndata: {"), shop.startEvent.constData());
    house.setSeat(2, SeatState::House, u"house"_s);
    house.live.changed(house.world.performance());
    QTRY_COMPARE(shop.seat(2), SeatState::Sold);
}

void LiveMapTest::whatLooksTheSameToThePublicIsNotPushedAndLeavesNoGap()
{
    LiveHouse house;
    house.setSeat(0, SeatState::Killed, u"killed"_s);
    Screen &desk = house.screen(MapAudience::Desk);
    Screen &shop = house.screen(MapAudience::Public);
    house.open(desk);
    house.open(shop);
    house.setSeat(0, SeatState::House, u"house"_s);
    QTRY_COMPARE(desk.seat(0), SeatState::House);
    house.setSeat(0, SeatState::Killed, u"killed"_s);
    QTRY_COMPARE(desk.seat(0), SeatState::Killed);
    QVERIFY(shop.pushes().empty());
    house.setSeat(1, SeatState::House, u"house"_s);
    QTRY_COMPARE(shop.seat(1), SeatState::Sold);
    QCOMPARE(shop.pushes().size(), 1U);
    QCOMPARE(shop.gaps.load(), 0);
    QCOMPARE(shop.seq(), desk.seq());
}

void LiveMapTest::whoComesBackIsGivenWhatItMissed()
{
    LiveHouse house;
    Screen &before = house.screen(MapAudience::Desk);
    const auto viewer = house.open(before);
    house.live.leave(viewer);
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    (void)need(house.world.takeYard(house.world.desk(), 2));
    Screen &after = house.screen(MapAudience::Desk, before.map());
    house.open(after);
    QCOMPARE(after.snapshots.load(), 0);
    QTRY_COMPARE(*after.map(), house.world.storedMap());
}

void LiveMapTest::whoComesBackTooLateGetsTheMap()
{
    LiveHouse house;
    Screen &before = house.screen(MapAudience::Desk);
    house.open(before);
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    (void)need(house.world.takeYard(house.world.desk(), 2));
    QTRY_COMPARE(before.seq(), 2);
    // Another node, which never saw the first change, and whose rows do not tell it any more.
    house.world.sql(u"delete from map_change where seq = 1"_s);
    Database database({.dsn = house.world.dsn()});
    SeatMirror mirror(database);
    LiveMap elsewhere(mirror);
    elsewhere.start();
    Screen &after = house.screen(MapAudience::Desk, MapSnapshot{.seq = 0, .seats = before.map()->seats, .areas = {}});
    (void)elsewhere.join(house.world.performance(), after.viewer());
    QTRY_COMPARE(after.starts.load(), 1);
    QCOMPARE(after.snapshots.load(), 1);
    QCOMPARE(*after.map(), *before.map());
}

void LiveMapTest::trimmedChangesLeaveNoGapForThoseWhoWatch()
{
    LiveHouse house;
    Screen &desk = house.screen(MapAudience::Desk);
    Screen &shop = house.screen(MapAudience::Public);
    house.open(desk);
    house.open(shop);
    house.world.sql(u"update seat_inventory set state = 'killed' where seat_no = 5; "
                    "update area_inventory set held = 4; update map_clock set seq = 40"_s);
    QTRY_COMPARE(desk.seq(), 40);
    QTRY_COMPARE(shop.seq(), 40);
    QCOMPARE(desk.seat(5), SeatState::Killed);
    QCOMPARE(shop.seat(5), SeatState::Sold);
    QCOMPARE(desk.map()->areas.at(0).held, 4);
    QCOMPARE(desk.gaps + shop.gaps, 0);
}

void LiveMapTest::aMapThatWentBackIsLoadedAnew()
{
    LiveHouse house;
    house.setSeat(0, SeatState::Killed, u"killed"_s);
    Screen &desk = house.screen(MapAudience::Desk);
    Screen &shop = house.screen(MapAudience::Public);
    house.open(desk);
    house.open(shop);
    house.world.sql(u"delete from map_change; update map_clock set seq = 0; "
                    "update seat_inventory set state = 'available' where seat_no = 0"_s);
    QTRY_COMPARE(desk.resets.load(), 1);
    QTRY_COMPARE(shop.resets.load(), 1);
    Screen &again = house.screen(MapAudience::Desk, desk.map());
    house.open(again);
    QCOMPARE(again.snapshots.load(), 1);
    QCOMPARE(again.seq(), 0);
}

void LiveMapTest::aViewerThatRefusesIsForgotten()
{
    LiveHouse house;
    house.tellOfChanges();
    Screen &gone = house.screen(MapAudience::Desk);
    gone.wantsMore = false;
    Screen &stays = house.screen(MapAudience::Desk);
    house.open(gone);
    house.open(stays);
    const auto hold = need(house.world.takeSeats(house.world.desk(), {a1}));
    QTRY_COMPARE(stays.seq(), 1);
    QTRY_COMPARE(house.live.counts().viewers, 1);
    (void)need(house.world.release(house.world.desk(), {.hold = hold.id, .seats = {}, .areas = {}}));
    QTRY_COMPARE(stays.seq(), 2);
    QCOMPARE(gone.pushes().size(), 1U);
}

void LiveMapTest::aViewerThatLeftHearsNothing()
{
    LiveHouse house;
    house.tellOfChanges();
    Screen &left = house.screen(MapAudience::Desk);
    Screen &stays = house.screen(MapAudience::Desk);
    const auto viewer = house.open(left);
    house.open(stays);
    house.live.leave(viewer);
    (void)need(house.world.takeSeats(house.world.desk(), {a1}));
    QTRY_COMPARE(stays.seq(), 1);
    QVERIFY(left.pushes().empty());
    QCOMPARE(house.live.counts().viewers, 1);
}

void LiveMapTest::anUnknownPerformanceIsRefused()
{
    LiveHouse house;
    Screen &screen = house.screen(MapAudience::Public);
    (void)house.live.join(PerformanceId::create(), screen.viewer());
    QTRY_COMPARE(screen.starts.load(), 1);
    QCOMPARE(screen.refusal->code, ErrorCode::NotFound);
    QTRY_COMPARE(house.live.counts().viewers, 0);
    QCOMPARE(refusal(house.live.publicMap(PerformanceId::create())), u"not_found"_s);
}

void LiveMapTest::aStartIsEncodedOnceForAllWhoJoinTogether()
{
    SaleWorld world;
    LiveMap live(world.mirror());
    std::atomic<int> started = 0;
    std::mutex mutex;
    std::set<const QByteArray *> buffers;
    const qint64 before = world.database().counts().transactions;
    for (int i = 0; i < 500; ++i) {
        (void)live.join(world.performance(), {.audience = MapAudience::Public,
                                              .since = std::nullopt,
                                              .onStart =
                                                  [&](const Result<LiveMap::Start> &start) {
                                                      const std::lock_guard lock(mutex);
                                                      buffers.insert(start->event.get());
                                                      started++;
                                                  },
                                              .onDelta = [](const SharedBytes &, qint64) { return true; }});
    }
    live.start();
    QTRY_COMPARE(started.load(), 500);
    QCOMPARE(buffers.size(), 1U);
    QVERIFY(world.database().counts().transactions - before < 10);
    live.stop();
    QCOMPARE(live.counts().viewers, 0);
}

void LiveMapTest::aDeskThatDoesNotReadIsToldToOpenItsMapAgain()
{
    using enum protocol::MessageType;
    LiveHouse house;
    Screen &other = house.screen(MapAudience::Desk);
    house.open(other);
    const auto desk = std::make_shared<SlowDesk>();
    const auto open = [&](std::optional<qint64> since) {
        const auto map = std::make_shared<OpenedMap>(house.live, house.world.performance(), desk);
        const auto start = need(map->begin(since));
        map->answered();
        return std::pair(map, start);
    };
    const auto change = [&](int seat, SeatState state, const QString &name) {
        const qint64 before = other.seq();
        house.setSeat(seat, state, name);
        QTRY_VERIFY(other.seq() > before);
    };
    const auto first = open(std::nullopt);
    change(1, SeatState::Killed, u"killed"_s);
    QTRY_COMPARE(desk->types(), (std::vector{MapChanged}));
    desk->unsent = OpenedMap::unsentBytesMax + 1;
    change(2, SeatState::Killed, u"killed"_s);
    QTRY_COMPARE(desk->types(), (std::vector{MapChanged, MapReset}));
    change(3, SeatState::Killed, u"killed"_s);
    desk->unsent = 0; // It has read all, and asks.
    const auto [map, start] = open(other.seq() - 2);
    QVERIFY(start.delta);
    QCOMPARE(start.delta->seq, other.seq());
    change(3, SeatState::Available, u"available"_s);
    QTRY_COMPARE(desk->types(), (std::vector{MapChanged, MapReset, MapChanged}));
}

void LiveMapTest::nobodyMissesAnythingWhileManySellAndManyJoin()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo() << "seed" << seed;
    LiveHouse house;
    house.tellOfChanges();
    std::atomic<bool> isOver = false;
    std::vector<std::jthread> sellers;
    for (quint32 seller = 0; seller < 3; ++seller) {
        sellers.emplace_back([&, seller] {
            QRandomGenerator random(seed + seller);
            while (!isOver) {
                const int seat = 1 + static_cast<int>(random.bounded(10U));
                const auto hold =
                    house.world.takeSeats(house.world.desk(), {SaleWorld::seatKey(u"Circle"_s, u"A"_s, seat)});
                if (hold)
                    (void)house.world.release(house.world.desk(), {.hold = hold->id, .seats = {}, .areas = {}});
            }
        });
    }
    QRandomGenerator random(seed + 100);
    for (int i = 0; i < 40; ++i) {
        const auto audience = random.bounded(2U) == 0 ? MapAudience::Desk : MapAudience::Public;
        std::optional<MapSnapshot> kept;
        if (random.bounded(2U) == 0)
            kept = house.stored(audience);
        (void)house.live.join(house.world.performance(), house.screen(audience, std::move(kept)).viewer());
        QTest::qWait(static_cast<int>(random.bounded(40U)));
    }
    // Longer where the machine is so busy that little is sold.
    for (int i = 0; i < 600 && house.world.storedMap().seq <= 40; ++i)
        QTest::qWait(50);
    isOver = true;
    sellers.clear();
    const auto desk = house.world.storedMap();
    const auto shop = publicMap(house.world.storedMap());
    QVERIFY(desk.seq > 40);
    for (Screen &screen : house.screens) {
        const bool isDesk = screen.viewer().audience == MapAudience::Desk;
        QTRY_COMPARE(screen.map()->seats, isDesk ? desk.seats : shop.seats);
        QCOMPARE(screen.gaps.load(), 0);
    }
    QVERIFY(house.live.counts().pushes < desk.seq * 2);
}

QTEST_GUILESS_MAIN(LiveMapTest)
#include "tst_livemap.moc"
