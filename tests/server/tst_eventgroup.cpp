#include "edge/edge.h"
#include "support/randomness.h"

#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>
#include <deque>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre::server;
using namespace std::chrono_literals;

namespace {

SharedBytes event(int number)
{
    return std::make_shared<const QByteArray>("data: " + QByteArray::number(number) + "\n\n");
}

/// An edge whose `/live` lets every stream into one group, after a first event of its own.
struct Server
{
    explicit Server(EdgeConfig config = {})
        : workers(4, 10'000)
    {
        router.addEventStream(u"/live"_s, [this](const HttpRequest &, const std::shared_ptr<EventStream> &stream) {
            const std::lock_guard lock(mutex);
            stream->write(event(last));
            group->add(stream);
            return std::optional<HttpResponse>();
        });
        router.addEventStream(u"/forgotten"_s, [](const HttpRequest &, const std::shared_ptr<EventStream> &) {
            return std::optional<HttpResponse>();
        });
        edge = std::make_unique<Edge>(std::move(config), router, workers);
        if (const auto listening = edge->listen(); !listening)
            qFatal("%s", qPrintable(listening.error().message));
    }
    ~Server()
    {
        edge->shutDown(2s);
        workers.stop();
    }
    /// The next number to all.
    void push()
    {
        const std::lock_guard lock(mutex);
        group->write(event(++last));
    }

    std::mutex mutex; ///< A stream starts with the number before the first that its group is told.
    int last = 0;
    std::shared_ptr<EventGroup> group = EventGroup::make();
    Router router;
    WorkerPool workers;
    std::unique_ptr<Edge> edge;
};

/// One who follows `/live` and holds what it is told against what must come.
class Viewer
{
public:
    explicit Viewer(const Server &server, const QByteArray &path = "/live")
    {
        m_socket.connectToHost(u"127.0.0.1"_s, server.edge->port());
        if (!m_socket.waitForConnected(10'000))
            qFatal("The edge does not accept.");
        m_socket.write("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        m_socket.flush();
    }
    void read(int milliseconds = 0)
    {
        if (m_socket.bytesAvailable() == 0 && milliseconds > 0)
            m_socket.waitForReadyRead(milliseconds);
        m_text += m_socket.readAll();
    }
    /// Reads until the event `number` is there.
    bool readUntil(int number)
    {
        QElapsedTimer clock;
        clock.start();
        while (!m_text.endsWith("data: " + QByteArray::number(number) + "\n\n") && clock.elapsed() < 20'000)
            read(50);
        return m_text.endsWith("data: " + QByteArray::number(number) + "\n\n");
    }
    /// Every number that it was told, in the order of arrival.
    [[nodiscard]] std::vector<int> numbers() const
    {
        std::vector<int> numbers;
        for (const QByteArray &line : m_text.split('\n')) {
            if (line.startsWith("data: "))
                numbers.push_back(line.mid(6).toInt());
        }
        return numbers;
    }
    [[nodiscard]] bool isInOrder() const
    {
        const auto all = numbers();
        return std::ranges::adjacent_find(all, [](int a, int b) { return b != a + 1; }) == all.end();
    }
    [[nodiscard]] const QByteArray &text() const { return m_text; }
    QTcpSocket &socket() { return m_socket; }

private:
    QTcpSocket m_socket;
    QByteArray m_text;
};

} // namespace

class EventGroupTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void allAreToldTheSameInOrder();
    void whoJoinsWhilePushesRunMissesNothing();
    void viewersWhoLeaveWhilePushesRunHurtNobody();
    void aViewerThatTakesNothingIsDroppedAndTheOthersAreNot();
    void aViewerThatReadsSlowlyGetsEveryByte();
    void aQuietStreamGivesSignsOfLife();
    void aStreamThatItsHandlerForgetsIsClosed();
    void aGroupThatIsGoneLetsItsViewersGoOn();
    void aPassThatNobodyEndsIsNotWaitedFor();
};

void EventGroupTest::allAreToldTheSameInOrder()
{
    EdgeConfig config;
    config.threads = 2;
    Server server(config);
    std::deque<Viewer> viewers;
    for (int i = 0; i < 300; ++i)
        viewers.emplace_back(server);
    QTRY_COMPARE(server.group->size(), 300);
    for (int i = 0; i < 40; ++i)
        server.push();
    for (Viewer &viewer : viewers) {
        QVERIFY(viewer.readUntil(40));
        QVERIFY(viewer.isInOrder());
        QVERIFY(viewer.text().contains("text/event-stream"));
    }
    QTRY_VERIFY(!server.group->isBusy());
    QVERIFY(server.group->lastPass() > 0ns);
}

void EventGroupTest::whoJoinsWhilePushesRunMissesNothing()
{
    Server server;
    // As the live map pushes: never while a push is on its way, or a slow machine never gets to the joiners.
    std::jthread pushing([&](const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            if (!server.group->isBusy())
                server.push();
            std::this_thread::sleep_for(1ms);
        }
    });
    std::deque<Viewer> viewers;
    for (int i = 0; i < 150; ++i)
        viewers.emplace_back(server);
    QTRY_COMPARE_WITH_TIMEOUT(server.group->size(), 150, 20'000);
    pushing.request_stop();
    pushing.join();
    server.push();
    for (Viewer &viewer : viewers) {
        QVERIFY(viewer.readUntil(server.last));
        QVERIFY(viewer.isInOrder());
    }
}

void EventGroupTest::viewersWhoLeaveWhilePushesRunHurtNobody()
{
    QRandomGenerator random(parterre::tests::testSeed());
    Server server;
    std::deque<Viewer> viewers;
    for (int i = 0; i < 200; ++i)
        viewers.emplace_back(server);
    QTRY_COMPARE(server.group->size(), 200);
    for (int round = 0; round < 150; ++round) {
        server.push();
        Viewer &one = viewers.at(random.bounded(static_cast<quint32>(viewers.size())));
        if (one.socket().state() != QAbstractSocket::ConnectedState)
            continue;
        if (random.bounded(3U) == 0)
            one.socket().abort();
        else
            one.read();
    }
    int left = 0;
    for (Viewer &viewer : viewers) {
        if (viewer.socket().state() != QAbstractSocket::ConnectedState)
            continue;
        QVERIFY(viewer.readUntil(150));
        QVERIFY(viewer.isInOrder());
        ++left;
    }
    QTRY_COMPARE(server.group->size(), left);
    QCOMPARE(server.edge->counts().eventStreams, left);
    QCOMPARE(server.edge->counts().droppedSlowViewers, 0);
}

void EventGroupTest::aViewerThatTakesNothingIsDroppedAndTheOthersAreNot()
{
    EdgeConfig config;
    config.streamPendingBytesMax = 256 * 1024;
    Server server(config);
    Viewer stuck(server);
    stuck.socket().setReadBufferSize(1024);
    Viewer quick(server);
    QTRY_COMPARE(server.group->size(), 2);
    const auto block = std::make_shared<const QByteArray>(": " + QByteArray(64 * 1024, 'x') + "\n\n");
    for (int i = 0; i < 2'000 && server.edge->counts().droppedSlowViewers == 0; ++i) {
        server.group->write(block);
        QElapsedTimer clock;
        clock.start();
        while (server.group->isBusy() && clock.elapsed() < 5'000)
            quick.read(1);
        quick.read(1);
    }
    QCOMPARE(server.edge->counts().droppedSlowViewers, 1);
    QTRY_COMPARE(server.group->size(), 1);
    server.push();
    QVERIFY(quick.readUntil(1));
    QTRY_COMPARE(server.edge->counts().eventStreams, 1);
}

void EventGroupTest::aViewerThatReadsSlowlyGetsEveryByte()
{
    EdgeConfig config;
    config.streamPendingBytesMax = 64 * 1024 * 1024;
    Server server(config);
    Viewer slow(server);
    slow.socket().setReadBufferSize(16 * 1024);
    QTRY_COMPARE(server.group->size(), 1);
    const auto block = std::make_shared<const QByteArray>(": " + QByteArray(256 * 1024, 'x') + "\n\n");
    constexpr int blocks = 60; // More than the sockets take by themselves.
    for (int i = 0; i < blocks; ++i) {
        server.group->write(block);
        server.push();
    }
    QVERIFY(slow.readUntil(blocks));
    QVERIFY(slow.isInOrder());
    QCOMPARE(slow.text().count(*block), blocks);
}

void EventGroupTest::aQuietStreamGivesSignsOfLife()
{
    EdgeConfig config;
    config.pingInterval = 100ms;
    Server server(config);
    Viewer viewer(server);
    QTRY_VERIFY((viewer.read(20), viewer.text().count(": ping\n\n") >= 3));
}

void EventGroupTest::aStreamThatItsHandlerForgetsIsClosed()
{
    Server server;
    Viewer viewer(server, "/forgotten");
    QTRY_COMPARE(viewer.socket().state(), QAbstractSocket::UnconnectedState);
    QTRY_COMPARE(server.edge->counts().open, 0);
    viewer.read();
    QVERIFY(viewer.text().startsWith("HTTP/1.1 200"));
}

void EventGroupTest::aGroupThatIsGoneLetsItsViewersGoOn()
{
    Server server;
    Viewer viewer(server);
    QTRY_COMPARE(server.group->size(), 1);
    server.push();
    server.group = EventGroup::make();
    QVERIFY(viewer.readUntil(1));
    QCOMPARE(server.edge->counts().eventStreams, 1);
    viewer.socket().abort();
    QTRY_COMPARE(server.edge->counts().eventStreams, 0);
}

void EventGroupTest::aPassThatNobodyEndsIsNotWaitedFor()
{
    Server server;
    Viewer viewer(server);
    QTRY_COMPARE(server.group->size(), 1);
    server.edge->shutDown(2s);
    server.push(); // Its threads are gone.
    QVERIFY(!server.group->isBusy());
    QCOMPARE(server.group->size(), 0);
}

QTEST_GUILESS_MAIN(EventGroupTest)
#include "tst_eventgroup.moc"
