#include "realtime/mapchannel.h"
#include "support/apiserver.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QTest>

#include <deque>

using namespace Qt::StringLiterals;
using namespace parterre;
using parterre::test::a;
using parterre::test::ApiServer;
using parterre::test::EventReader;
using parterre::test::need;
using parterre::test::SaleWorld;

namespace {

/// What a shop does with the events.
struct Shop
{
    explicit Shop(const EventReader::Event &first)
        : map(need(mapSnapshotFromJson(first.data)))
    {}
    DeltaOutcome apply(const EventReader::Event &event) { return applyDelta(map, need(mapDeltaFromJson(event.data))); }
    MapSnapshot map;
};

} // namespace

class HttpApiLiveTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_shared = std::make_unique<ApiServer>(); }
    void cleanupTestCase() { m_shared.reset(); }
    void aViewerStartsWithTheWholeMap();
    void aHoldIsSeenAtOnce();
    void whoComesBackGetsWhatItMissed();
    void aNumberThatIsNoneStartsAnew_data();
    void aNumberThatIsNoneStartsAnew();
    void shopsSeeAWholeSale();
    void viewersWhoLeftAreForgotten();

private:
    std::unique_ptr<ApiServer> m_shared; ///< For rows that change nothing.
};

void HttpApiLiveTest::aViewerStartsWithTheWholeMap()
{
    ApiServer server;
    (void)need(server.world().takeSeats(server.world().desk(), {a(2)}));
    EventReader viewer(server, server.world().performance());
    const QByteArray head = viewer.head();
    QVERIFY2(head.startsWith("HTTP/1.1 200"), head.constData());
    QVERIFY(head.contains("Content-Type: text/event-stream"));
    QVERIFY(head.contains("Cache-Control: no-store"));
    const auto event = viewer.next();
    QCOMPARE(event.name, "snapshot");
    QCOMPARE(event.id, 1);
    QCOMPARE(event.data.value(u"seq"_s).toInteger(), event.id);
    QCOMPARE(event.data.value(u"seats"_s).toString().left(3), u"aha"_s);
}

void HttpApiLiveTest::aHoldIsSeenAtOnce()
{
    ApiServer server;
    EventReader viewer(server, server.world().performance());
    Shop shop(viewer.next());
    QCOMPARE(server.post(u"/v1/holds"_s, server.takeBody({a(1)})).status, 201);
    QElapsedTimer clock;
    clock.start();
    const auto event = viewer.next();
    qInfo("seen %lld ms after the answer", static_cast<long long>(clock.elapsed()));
    QCOMPARE(event.name, "delta");
    QCOMPARE(shop.apply(event), DeltaOutcome::Applied);
    QCOMPARE(shop.map.seats.at(0), SeatState::Held);
    QCOMPARE(shop.map.seq, event.id);
}

void HttpApiLiveTest::whoComesBackGetsWhatItMissed()
{
    ApiServer server;
    auto &world = server.world();
    EventReader first(server, world.performance());
    Shop shop(first.next());
    first.leave();
    (void)need(world.takeSeats(world.desk(), {a(1)}));
    (void)need(world.takeSeats(world.desk(), {a(2)}));
    EventReader again(server, world.performance(), QByteArray::number(shop.map.seq));
    const MapSnapshot now = server::publicMap(world.storedMap());
    while (shop.map.seq < now.seq) {
        const auto event = again.next();
        QCOMPARE(event.name, "delta");
        (void)shop.apply(event); // The first may say nothing new: then the change has still to be pushed.
    }
    QCOMPARE(shop.map, now);
}

void HttpApiLiveTest::aNumberThatIsNoneStartsAnew_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("text") << QByteArray("x");
    QTest::newRow("below zero") << QByteArray("-1");
    QTest::newRow("exponent") << QByteArray("1e3");
    QTest::newRow("too large") << QByteArray("99999999999999999999");
    QTest::newRow("no ASCII") << QByteArray("\xff");
}

void HttpApiLiveTest::aNumberThatIsNoneStartsAnew()
{
    QFETCH(QByteArray, id);
    ApiServer &server = *m_shared;
    EventReader viewer(server, server.world().performance(), id);
    QCOMPARE(viewer.next().name, "snapshot");
}

void HttpApiLiveTest::shopsSeeAWholeSale()
{
    ApiServer server;
    auto &world = server.world();
    EventReader viewer(server, world.performance());
    Shop shop(viewer.next());
    const QJsonObject order = server.openOrder({a(1), a(2)});
    QCOMPARE(server.post(u"/v1/orders/%1/payments"_s.arg(order.value(u"id"_s).toString()), ApiServer::payBody()).status,
             201);
    while (shop.map.seats.at(0) != SeatState::Sold) {
        const auto event = viewer.next();
        QCOMPARE(event.name, "delta");
        QCOMPARE(shop.apply(event), DeltaOutcome::Applied);
    }
    QCOMPARE(shop.map.seats, server::publicMap(world.storedMap()).seats);
}

void HttpApiLiveTest::viewersWhoLeftAreForgotten()
{
    ApiServer server;
    auto &world = server.world();
    const auto visit = [&] {
        EventReader viewer(server, world.performance());
        QCOMPARE(viewer.next().name, "snapshot");
        viewer.leave();
    };
    // Nothing changes meanwhile, so that no push finds out that they left.
    for (int i = 0; i < 200; ++i)
        visit();
    QTRY_VERIFY(server.edge().counts().eventStreams == 0);
    const int kept = server.liveMap().counts().viewers;
    QVERIFY2(kept < 150, qPrintable(QString::number(kept)));
}

QTEST_MAIN(HttpApiLiveTest)
#include "tst_httpapilive.moc"
