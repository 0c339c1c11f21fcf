#include "domain/realtime/mapstate.h"
#include "support/randomness.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>
#include <map>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

/// The map as the server has it, with every change under its number, as map_change rows keep them.
class Server
{
public:
    Server(QRandomGenerator &random, int seats, int areas)
        : m_random(random)
    {
        for (int i = 0; i < seats; ++i)
            m_map.seats.push_back(anyState());
        for (int i = 0; i < areas; ++i)
            m_map.areas.push_back({.number = i, .capacity = 700, .held = 0, .sold = 0});
    }

    void change()
    {
        MapDelta delta{.from = m_map.seq, .seq = m_map.seq + 1, .seats = {}, .areas = {}};
        std::map<int, SeatState> seats;
        for (int i = m_random.bounded(4); i > 0; --i)
            seats[m_random.bounded(static_cast<int>(m_map.seats.size()))] = anyState();
        for (const auto &[number, state] : seats)
            delta.seats.push_back({number, state});
        if (!m_map.areas.empty() && m_random.bounded(3) == 0) {
            AreaCounts area =
                m_map.areas.at(static_cast<size_t>(m_random.bounded(static_cast<int>(m_map.areas.size()))));
            area.held = m_random.bounded(300);
            area.sold = m_random.bounded(300);
            delta.areas.push_back(area);
        }
        if (applyDelta(m_map, delta) != DeltaOutcome::Applied)
            qFatal("the server's own change does not fit");
        m_changes.push_back(delta);
    }

    /// Everything after `from` up to and with `to` as last values, which is what a push or an answer carries.
    [[nodiscard]] MapDelta between(qint64 from, qint64 to) const
    {
        MapDelta joined{.from = from, .seq = to, .seats = {}, .areas = {}};
        std::map<int, SeatState> seats;
        std::map<int, AreaCounts> areas;
        for (const MapDelta &change : m_changes) {
            if (change.seq <= from || change.seq > to)
                continue;
            for (const SeatChange &seat : change.seats)
                seats[seat.number] = seat.state;
            for (const AreaCounts &area : change.areas)
                areas[area.number] = area;
        }
        for (const auto &[number, state] : seats)
            joined.seats.push_back({number, state});
        for (const auto &[number, area] : areas)
            joined.areas.push_back(area);
        return joined;
    }

    [[nodiscard]] const MapSnapshot &map() const { return m_map; }

private:
    [[nodiscard]] SeatState anyState() { return static_cast<SeatState>(m_random.bounded(6)); }

    QRandomGenerator &m_random;
    MapSnapshot m_map;
    std::vector<MapDelta> m_changes;
};

MapDelta overTheWire(const MapDelta &delta)
{
    const auto bytes = QJsonDocument(mapDeltaToJson(delta)).toJson(QJsonDocument::Compact);
    const auto read = mapDeltaFromJson(QJsonDocument::fromJson(bytes).object());
    if (!read)
        qFatal("a delta of our own was refused: %s", qPrintable(read.error().message));
    return *read;
}

} // namespace

/// Whatever a network does to the deltas, a screen ends with the server's map or knows that it must ask (design D6).
class TestMapState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aScreenEndsWithTheServersMap();
    void whatIsWrittenIsReadBackTheSame();
    void whatIsNotAppliedChangesNothing_data();
    void whatIsNotAppliedChangesNothing();
    void whatIsNoMapIsRefused_data();
    void whatIsNoMapIsRefused();
    void whatIsNoDeltaIsRefused_data();
    void whatIsNoDeltaIsRefused();
    void changedBytesAreReadOrRefusedWithWords();
};

/// Deltas are joined at random, arrive late, twice, or never; what is missing is asked for with the screen's number.
void TestMapState::aScreenEndsWithTheServersMap()
{
    QRandomGenerator random(tests::testSeed());
    int gaps = 0;
    int overlaps = 0;
    for (int round = 0; round < 200; ++round) {
        Server server(random, random.bounded(1, 60), random.bounded(3));
        MapSnapshot screen = server.map();
        std::vector<MapDelta> underWay;
        qint64 sent = screen.seq;
        for (int step = 0; step < 100; ++step) {
            server.change();
            if (random.bounded(3) == 0) {
                const qint64 from = std::max<qint64>(0, sent - random.bounded(4)); // A push may reach back.
                underWay.push_back(server.between(from, server.map().seq));
                sent = server.map().seq;
            }
            if (random.bounded(10) == 0 && !underWay.empty())
                underWay.erase(underWay.begin()); // Lost.
            if (random.bounded(2) == 0 && !underWay.empty()) {
                const auto at = random.bounded(static_cast<int>(underWay.size()));
                const MapDelta arrived = overTheWire(underWay.at(static_cast<size_t>(at)));
                if (random.bounded(4) > 0) // Else it will arrive once more.
                    underWay.erase(underWay.begin() + at);
                overlaps += arrived.from < screen.seq && arrived.seq > screen.seq ? 1 : 0;
                if (applyDelta(screen, arrived) == DeltaOutcome::Gap) {
                    ++gaps;
                    QCOMPARE(applyDelta(screen, overTheWire(server.between(screen.seq, server.map().seq))),
                             DeltaOutcome::Applied);
                }
                QCOMPARE(screen.seats.size(), server.map().seats.size());
            }
        }
        const DeltaOutcome last = applyDelta(screen, server.between(screen.seq, server.map().seq));
        QVERIFY(last == DeltaOutcome::Applied || last == DeltaOutcome::Old);
        QCOMPARE(screen, server.map());
    }
    QVERIFY2(gaps > 0 && overlaps > 0, "the dice never made a gap or an overlap");
}

void TestMapState::whatIsWrittenIsReadBackTheSame()
{
    QRandomGenerator random(tests::testSeed());
    for (int round = 0; round < 200; ++round) {
        Server server(random, random.bounded(1, 500), random.bounded(5));
        for (int i = 0; i < 5; ++i)
            server.change();
        const auto map = mapSnapshotFromJson(mapSnapshotToJson(server.map()));
        QVERIFY(map.has_value());
        QCOMPARE(*map, server.map());
        QCOMPARE(overTheWire(server.between(2, 5)), server.between(2, 5));
    }
}

void TestMapState::whatIsNotAppliedChangesNothing_data()
{
    QTest::addColumn<MapDelta>("delta");
    QTest::addColumn<DeltaOutcome>("outcome");
    const auto row = [](const char *name, const MapDelta &delta, DeltaOutcome outcome) {
        QTest::newRow(name) << delta << outcome;
    };
    const std::vector<SeatChange> sold{{0, SeatState::Sold}};
    row("older", {.from = 1, .seq = 4, .seats = sold, .areas = {}}, DeltaOutcome::Old);
    row("as old", {.from = 3, .seq = 5, .seats = sold, .areas = {}}, DeltaOutcome::Old);
    row("too new", {.from = 6, .seq = 7, .seats = sold, .areas = {}}, DeltaOutcome::Gap);
    row("another seat", {.from = 5, .seq = 6, .seats = {{0, SeatState::Sold}, {2, SeatState::Sold}}, .areas = {}},
        DeltaOutcome::Foreign);
    row("a seat below the first", {.from = 5, .seq = 6, .seats = {{-1, SeatState::Sold}}, .areas = {}},
        DeltaOutcome::Foreign);
    row("another area", {.from = 5, .seq = 6, .seats = sold, .areas = {{9, 10, 0, 0}}}, DeltaOutcome::Foreign);
}

void TestMapState::whatIsNotAppliedChangesNothing()
{
    QFETCH(MapDelta, delta);
    QFETCH(DeltaOutcome, outcome);
    const MapSnapshot before{
        .seq = 5, .seats = {SeatState::Available, SeatState::Held}, .areas = {{.number = 0, .capacity = 10}}};
    MapSnapshot map = before;
    QCOMPARE(applyDelta(map, delta), outcome);
    QCOMPARE(map, before);
}

void TestMapState::whatIsNoMapIsRefused_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    QTest::newRow("no number") << QByteArray(R"({"seats": "a"})") << u"/seq"_s;
    QTest::newRow("a number below zero") << QByteArray(R"({"seq": -1, "seats": "a"})") << u"/seq"_s;
    QTest::newRow("half a number") << QByteArray(R"({"seq": 1.5, "seats": "a"})") << u"/seq"_s;
    QTest::newRow("no seats") << QByteArray(R"({"seq": 1})") << u"/seats"_s;
    QTest::newRow("a list of seats") << QByteArray(R"({"seq": 1, "seats": ["a"]})") << u"/seats"_s;
    QTest::newRow("another letter") << QByteArray(R"({"seq": 1, "seats": "ax"})") << u"/seats"_s;
    QTest::newRow("a letter beyond Latin") << QByteArray(R"({"seq": 1, "seats": "š"})") << u"/seats"_s;
    QTest::newRow("an area of three numbers")
        << QByteArray(R"({"seq": 1, "seats": "", "areas": [[0, 1, 2]]})") << u"/areas/0"_s;
    QTest::newRow("half a place") << QByteArray(R"({"seq": 1, "seats": "", "areas": [[0, 1, 0.5, 0]]})")
                                  << u"/areas/0"_s;
    QTest::newRow("areas in words") << QByteArray(R"({"seq": 1, "seats": "", "areas": "none"})") << u"/areas"_s;
}

void TestMapState::whatIsNoMapIsRefused()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, place);
    const auto map = mapSnapshotFromJson(QJsonDocument::fromJson(json).object());
    QVERIFY(!map);
    QCOMPARE(map.error().field, place);
}

void TestMapState::whatIsNoDeltaIsRefused_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("place");
    QTest::newRow("backwards") << QByteArray(R"({"from": 5, "seq": 4})") << u"/seq"_s;
    QTest::newRow("no numbers") << QByteArray("{}") << u"/seq"_s;
    QTest::newRow("another letter") << QByteArray(R"({"from": 1, "seq": 2, "seats": {"x": [1]}})") << u"/seats"_s;
    QTest::newRow("two letters") << QByteArray(R"({"from": 1, "seq": 2, "seats": {"aa": [1]}})") << u"/seats"_s;
    QTest::newRow("no list") << QByteArray(R"({"from": 1, "seq": 2, "seats": {"a": 1}})") << u"/seats"_s;
    QTest::newRow("a list of seats") << QByteArray(R"({"from": 1, "seq": 2, "seats": [1]})") << u"/seats"_s;
    QTest::newRow("a seat below zero") << QByteArray(R"({"from": 1, "seq": 2, "seats": {"a": [-1]}})") << u"/seats"_s;
    QTest::newRow("a seat in two states")
        << QByteArray(R"({"from": 1, "seq": 2, "seats": {"a": [1], "h": [1]}})") << u"/seats"_s;
}

void TestMapState::whatIsNoDeltaIsRefused()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, place);
    const auto delta = mapDeltaFromJson(QJsonDocument::fromJson(json).object());
    QVERIFY(!delta);
    QCOMPARE(delta.error().field, place);
}

void TestMapState::changedBytesAreReadOrRefusedWithWords()
{
    QRandomGenerator random(tests::testSeed());
    const MapSnapshot start{
        .seq = 1, .seats = {9, SeatState::Available}, .areas = {{.number = 0, .capacity = 10, .held = 1, .sold = 2}}};
    const QByteArray original = R"({"from":1,"seq":3,"seats":{"a":[4,5],"h":[7]},"areas":[[0,10,2,3]]})";
    for (int round = 0; round < 20'000; ++round) {
        const auto delta = mapDeltaFromJson(QJsonDocument::fromJson(tests::spoiled(original, random)).object());
        if (!delta) {
            QVERIFY(!delta.error().message.isEmpty());
            continue;
        }
        MapSnapshot map = start;
        if (applyDelta(map, *delta) != DeltaOutcome::Applied)
            QCOMPARE(map, start);
        else
            QCOMPARE(map.seq, delta->seq);
    }
}

QTEST_APPLESS_MAIN(TestMapState)
#include "tst_mapstate.moc"
