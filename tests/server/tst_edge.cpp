#include "edge/edge.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>

#include <atomic>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace std::chrono_literals;

namespace {

/// Collects what handlers of a WebSocket are told, in order.
struct Heard
{
    std::mutex mutex;
    QByteArrayList texts;
    std::atomic<int> closed = 0;
    std::atomic<int> atOnce = 0;
    std::atomic<bool> overlapped = false;
};

class EchoHandler final : public WebSocketHandler
{
public:
    EchoHandler(std::shared_ptr<Heard> heard, std::shared_ptr<WebSocketPeer> peer)
        : m_heard(std::move(heard))
        , m_peer(std::move(peer))
    {}
    void onText(const QByteArray &text) override
    {
        m_heard->overlapped = m_heard->overlapped || m_heard->atOnce++ > 0;
        {
            const std::lock_guard lock(m_heard->mutex);
            m_heard->texts.append(text);
        }
        m_peer->sendText(std::make_shared<const QByteArray>(text));
        m_heard->atOnce--;
    }
    void onClosed() override { m_heard->closed++; }

private:
    std::shared_ptr<Heard> m_heard;
    std::shared_ptr<WebSocketPeer> m_peer;
};

/// An edge on a free port with short times, and handlers for each way to answer.
struct Server
{
    explicit Server(EdgeConfig config = {}, int threads = 2, int queueMax = 100)
        : workers(threads, queueMax)
    {
        router.add("GET", u"/hello/{name}"_s, [](const HttpRequest &request, const HttpReply &reply) {
            reply.send(HttpResponse::bytes(200, "text/plain", request.pathValues[u"name"_s].toUtf8()));
        });
        router.add("POST", u"/echo"_s,
                   [](const HttpRequest &request, const HttpReply &reply) {
                       reply.send(HttpResponse::bytes(200, "text/plain", request.body));
                   },
                   {.bodyBytesMax = 1000});
        router.add("GET", u"/forget"_s, [](const HttpRequest &, const HttpReply &) {});
        router.add("GET", u"/slow"_s, [this](const HttpRequest &, const HttpReply &reply) {
            slowCalls++;
            while (!release)
                std::this_thread::sleep_for(1ms);
            reply.send(HttpResponse::bytes(200, "text/plain", "done"));
        });
        router.add("GET", u"/prompt/{what}"_s,
                   [](const HttpRequest &, const HttpReply &reply) {
                       reply.send(HttpResponse::bytes(200, "text/plain", "by a worker"));
                   },
                   {.prompt = [](const HttpRequest &request, const HttpReply &reply) {
                       const QString what = request.pathValues[u"what"_s];
                       if (what == u"broken"_s)
                           throw std::runtime_error("broken");
                       if (what == u"known"_s)
                           reply.send(HttpResponse::bytes(200, "text/plain", "by the network"));
                       return what != u"unknown"_s;
                   }});
        router.addEventStream(u"/live"_s, [this](const HttpRequest &, std::shared_ptr<EventStream> stream) {
            const std::lock_guard lock(mutex);
            streams.push_back(std::move(stream));
            return std::optional<HttpResponse>();
        });
        router.addWebSocket(u"/desk"_s, [this](const HttpRequest &, std::shared_ptr<WebSocketPeer> peer) {
            return std::make_unique<EchoHandler>(heard, std::move(peer));
        });
        config.headerTimeout = std::min(config.headerTimeout, 500ms);
        config.bodyTimeout = 500ms;
        edge = std::make_unique<Edge>(config, router, workers);
        const auto status = edge->listen();
        if (!status)
            qFatal("%s", qPrintable(status.error().message));
    }
    ~Server()
    {
        release = true;
        edge->shutDown(2000ms);
        {
            const std::lock_guard lock(mutex);
            streams.clear();
        }
        workers.stop();
    }
    size_t streamCount()
    {
        const std::lock_guard lock(mutex);
        return streams.size();
    }
    void closeStreams()
    {
        const std::lock_guard lock(mutex);
        for (const auto &stream : streams)
            stream->close();
    }
    void push(const SharedBytes &bytes)
    {
        const std::lock_guard lock(mutex);
        for (const auto &stream : streams)
            stream->write(bytes);
    }

    std::atomic<bool> release = false;
    std::atomic<int> slowCalls = 0;
    std::mutex mutex;
    std::vector<std::shared_ptr<EventStream>> streams;
    std::shared_ptr<Heard> heard = std::make_shared<Heard>();
    Router router;
    WorkerPool workers;
    std::unique_ptr<Edge> edge;
};

std::unique_ptr<QTcpSocket> connected(const Server &server)
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(u"127.0.0.1"_s, server.edge->port());
    if (!socket->waitForConnected(5000))
        qFatal("The edge does not accept.");
    return socket;
}

QByteArray readUntil(QTcpSocket &socket, const QByteArray &mark, int milliseconds = 5000)
{
    QByteArray all;
    QElapsedTimer clock;
    clock.start();
    while (!all.contains(mark) && clock.elapsed() < milliseconds) {
        if (socket.bytesAvailable() == 0 && !socket.waitForReadyRead(100) &&
            socket.state() != QAbstractSocket::ConnectedState)
            break;
        all += socket.readAll();
    }
    return all;
}

/// Sends and reads until the edge closes.
QByteArray talk(const Server &server, const QByteArray &bytes)
{
    const auto socket = connected(server);
    socket->write(bytes);
    return readUntil(*socket, "\n-never-");
}

} // namespace

class EdgeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aRequestIsAnsweredWithTheHeadersOfTheHouse()
    {
        Server server;
        const auto text = talk(
            server, "GET /hello/J%C3%BCrgen HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc\r\nConnection: close\r\n\r\n");
        QVERIFY2(text.startsWith("HTTP/1.1 200 OK\r\n"), text.constData());
        for (const char *header : {"Date: ", "Server: Parterre", "X-Request-Id: abc", "X-Content-Type-Options: nosniff",
                                   "Referrer-Policy: ", "Cross-Origin-Opener-Policy: ", "Connection: close"})
            QVERIFY2(text.contains(header), header);
        QVERIFY(text.endsWith("\r\n\r\nJürgen"));
    }
    void whatIsWrongIsRefusedWithItsStatus_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, const QByteArray &request, int status) {
            QTest::newRow(name) << request << status;
        };
        row("not HTTP", "hello\r\n\r\n", 400);
        row("no host", "GET /hello/a HTTP/1.1\r\n\r\n", 400);
        row("bad escape", "GET /hello/%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400);
        row("NUL", "GET /hello/%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
        row("not UTF-8", "GET /hello/%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400);
        row("length twice told",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
        row("chunked first",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400);
        row("unknown", "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404);
        row("dots", "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404);
        row("method", "DELETE /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405);
        row("late head", "GET /hello/a HTTP/1.1\r\n", 408);
        row("late body", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na", 408);
        row("body", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413);
        row("chunked body",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + QByteArray(1001, 'a') +
                "\r\n0\r\n\r\n",
            413);
        row("target", "GET /" + QByteArray(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
        row("expectation", "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417);
        row("no upgrade", "GET /desk HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 426);
        row("headers", "GET /hello/a HTTP/1.1\r\nHost: a\r\nX-A: " + QByteArray(17000, 'a') + "\r\n\r\n", 431);
        row("forgotten", "GET /forget HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 500);
        row("coding", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501);
        row("foreign page",
            "GET /desk HTTP/1.1\r\nHost: a\r\nOrigin: http://evil\r\nConnection: Upgrade, close\r\nUpgrade: "
            "websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            403);
    }
    void whatIsWrongIsRefusedWithItsStatus()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        Server server;
        const auto text = talk(server, request);
        QVERIFY2(text.startsWith("HTTP/1.1 " + QByteArray::number(status) + ' '), text.left(400).constData());
        QVERIFY(text.contains("application/problem+json"));
        const auto body = QJsonDocument::fromJson(text.mid(text.indexOf("\r\n\r\n") + 4)).object();
        QCOMPARE(body[u"status"_s].toInt(), status);
        QVERIFY(!body[u"code"_s].toString().isEmpty());
        QCOMPARE(text.count("HTTP/1.1 "), 1);
    }
    void pipelinedRequestsAreAnsweredInOrder()
    {
        Server server;
        QByteArray requests;
        for (int i = 0; i < 50; ++i)
            requests += "GET /hello/n" + QByteArray::number(i) + "n HTTP/1.1\r\nHost: a\r\n" +
                        (i == 49 ? "Connection: close\r\n" : "") + "\r\n";
        const auto text = talk(server, requests);
        qsizetype at = 0;
        for (int i = 0; i < 50; ++i) {
            at = text.indexOf("\r\n\r\nn" + QByteArray::number(i) + 'n', at + 1);
            QVERIFY2(at > 0, qPrintable(QString::number(i)));
        }
    }
    void aRequestIsReadAlikeWholeAndInPieces_data()
    {
        QTest::addColumn<QByteArray>("request");
        const auto row = [](const char *name, const QByteArray &request) { QTest::newRow(name) << request; };
        row("no body", "GET /hello/J%C3%BCrgen?a=b HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\n\r\n");
        row("body", "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nContent-Length: 5\r\n\r\nabcde");
        row("empty body", "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nContent-Length: 0\r\n\r\n");
        row("largest body", "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nContent-Length: 1000\r\n\r\n" +
                                QByteArray(1000, 'a'));
        row("the end", "GET /hello/a HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\nConnection: close\r\n\r\n");
        row("old", "GET /hello/a HTTP/1.0\r\nX-Request-Id: r\r\n\r\n");
    }
    void aRequestIsReadAlikeWholeAndInPieces()
    {
        QFETCH(QByteArray, request);
        Server server;
        const auto answerTo = [&](const QByteArrayList &pieces) {
            const auto socket = connected(server);
            for (const QByteArray &piece : pieces) {
                socket->write(piece);
                socket->waitForBytesWritten();
                QTest::qWait(pieces.size() > 1 ? 20 : 0);
            }
            QByteArray answer = readUntil(*socket, "\n-never-", 300);
            const auto date = answer.indexOf("Date: ");
            return answer.remove(date, answer.indexOf('\n', date) - date);
        };
        const QByteArray whole = answerTo({request});
        QVERIFY2(whole.startsWith("HTTP/1.1 200 "), whole.constData());
        for (const qsizetype at : {qsizetype(1), request.indexOf('\n') + 1, request.size() - 3, request.size() - 1})
            QCOMPARE(answerTo({request.first(at), request.sliced(at)}), whole);
    }
    void aChunkedBodyAfterContinueArrivesWhole()
    {
        Server server;
        const auto socket = connected(server);
        socket->write("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
        QVERIFY(readUntil(*socket, "100 Continue\r\n\r\n").startsWith("HTTP/1.1 100"));
        socket->write("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        QVERIFY(readUntil(*socket, "abcde").contains("Content-Length: 5"));
    }
    void headHasTheLengthAndNoBody()
    {
        Server server;
        const auto text = talk(server, "HEAD /hello/abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        QVERIFY(text.contains("Content-Length: 3\r\n"));
        QVERIFY(text.endsWith("\r\n\r\n"));
    }
    void aFullQueueRefusesWithoutCallingTheHandler()
    {
        Server server({}, 1, 1);
        const auto first = connected(server);
        first->write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        first->flush();
        QTRY_COMPARE(server.slowCalls.load(), 1);
        const auto second = connected(server);
        second->write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        second->flush();
        QTRY_COMPARE(server.workers.waiting(), 1);
        const auto text = talk(server, "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        QVERIFY2(text.startsWith("HTTP/1.1 503 "), text.constData());
        QVERIFY(text.contains("Retry-After: "));
        QCOMPARE(server.slowCalls.load(), 1);
        QCOMPARE(server.edge->counts().refusedOverload, 1);
    }
    void aPromptHandlerNeedsNoWorkerAndMayLeaveARequestToOne()
    {
        Server server({}, 1, 0); // A queue that takes nothing.
        const auto ask = [&](const QByteArray &what) {
            return talk(server, "GET /prompt/" + what + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        };
        QVERIFY(ask("known").endsWith("by the network"));
        QVERIFY(ask("unknown").startsWith("HTTP/1.1 503 "));
        QVERIFY(ask("broken").startsWith("HTTP/1.1 500 "));
        QVERIFY(ask("forgotten").startsWith("HTTP/1.1 500 "));
        Server withWorkers;
        QVERIFY(talk(withWorkers, "GET /prompt/unknown HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .endsWith("by a worker"));
    }
    void aRunningRequestEndsBeforeTheShutDown()
    {
        Server server;
        const auto socket = connected(server);
        socket->write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        socket->flush();
        QTRY_COMPARE(server.slowCalls.load(), 1);
        std::jthread ending([&] { server.edge->shutDown(5000ms); });
        std::this_thread::sleep_for(50ms);
        server.release = true;
        QVERIFY(readUntil(*socket, "done").startsWith("HTTP/1.1 200"));
    }
    void anAnswerToACallerWhoLeftIsDropped()
    {
        Server server;
        {
            const auto socket = connected(server);
            socket->write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
            socket->flush();
            QTRY_COMPARE(server.slowCalls.load(), 1);
            socket->abort();
        }
        server.release = true;
        QTRY_COMPARE(server.edge->counts().open, 0);
        QVERIFY(talk(server, "GET /hello/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endsWith('a'));
    }
    void slowSendersAreEndedWhileOthersAreServed()
    {
        Server server;
        std::vector<std::unique_ptr<QTcpSocket>> slow;
        for (int i = 0; i < 50; ++i) {
            slow.push_back(connected(server));
            slow.back()->write("GET /hello/a HT");
            slow.back()->flush();
        }
        QVERIFY(talk(server, "GET /hello/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endsWith('a'));
        for (auto &socket : slow)
            QVERIFY(readUntil(*socket, "\r\n\r\n").startsWith("HTTP/1.1 408"));
    }
    void manyViewersGetOnePush()
    {
        Server server;
        std::vector<std::unique_ptr<QTcpSocket>> viewers;
        for (int i = 0; i < 300; ++i) {
            viewers.push_back(connected(server));
            viewers.back()->write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
            viewers.back()->flush();
        }
        QTRY_COMPARE(server.edge->counts().eventStreams, 300);
        server.push(std::make_shared<const QByteArray>("data: pushed\n\n"));
        for (auto &viewer : viewers)
            QVERIFY(readUntil(*viewer, "data: pushed\n\n").contains("text/event-stream"));
    }
    void aSlowViewerIsDroppedAndAQuickOneGetsAll()
    {
        EdgeConfig config;
        config.streamPendingBytesMax = 256 * 1024;
        Server server(config);
        const auto slow = connected(server);
        slow->setReadBufferSize(1024);
        slow->write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
        slow->flush();
        const auto quick = connected(server);
        quick->write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(server.edge->counts().eventStreams, 2);
        const auto block = std::make_shared<const QByteArray>("data: " + QByteArray(64 * 1024, 'x') + "\n\n");
        qsizetype sent = 0;
        qsizetype got = 0;
        while (sent < 64 * 1024 * 1024 && server.edge->counts().droppedSlowViewers == 0) {
            server.push(block);
            sent += block->size();
            QElapsedTimer clock;
            clock.start();
            while (got < sent && clock.elapsed() < 3000) {
                quick->waitForReadyRead(50);
                got += quick->readAll().size();
            }
        }
        QCOMPARE(server.edge->counts().droppedSlowViewers, 1);
        QVERIFY(got >= sent);
        QTRY_COMPARE(server.edge->counts().eventStreams, 1);
    }
    void aStreamThatItsHandlerClosesEndsAfterAllThatWasWritten()
    {
        Server server;
        const auto viewer = connected(server);
        viewer->write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_COMPARE(server.edge->counts().eventStreams, 1);
        QTRY_COMPARE(server.streamCount(), size_t(1));
        server.push(std::make_shared<const QByteArray>("data: last\n\n"));
        server.closeStreams();
        QVERIFY(readUntil(*viewer, "\n-never-").endsWith("data: last\n\n"));
        QCOMPARE(viewer->state(), QAbstractSocket::UnconnectedState);
        QTRY_COMPARE(server.edge->counts().eventStreams, 0);
        QVERIFY(talk(server, "GET /hello/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endsWith("a"));
    }
    void shuttingDownEndsTheStreamsOfAllViewers()
    {
        Server server;
        std::vector<std::unique_ptr<QTcpSocket>> viewers;
        for (int i = 0; i < 20; ++i) {
            viewers.push_back(connected(server));
            viewers.back()->write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
            viewers.back()->flush();
        }
        QTRY_COMPARE(server.edge->counts().eventStreams, 20);
        server.edge->shutDown(2000ms);
        QCOMPARE(server.edge->counts().open, 0);
        for (auto &viewer : viewers)
            QVERIFY(readUntil(*viewer, "\n-never-").startsWith("HTTP/1.1 200"));
    }
    void messagesOfADeskAreHandledInOrderAndItsEndIsToldOnce()
    {
        Server server({}, 4);
        QWebSocket desk;
        QByteArrayList echoed;
        connect(&desk, &QWebSocket::textMessageReceived, [&](const QString &text) { echoed.append(text.toUtf8()); });
        QSignalSpy open(&desk, &QWebSocket::connected);
        desk.open(QUrl(u"ws://127.0.0.1:%1/desk"_s.arg(server.edge->port())));
        QTRY_COMPARE(open.size(), 1);
        QByteArrayList sent;
        for (int i = 0; i < 500; ++i) {
            sent.append("m" + QByteArray::number(i));
            desk.sendTextMessage(QString::fromLatin1(sent.last()));
        }
        QTRY_COMPARE(echoed.size(), 500);
        QCOMPARE(echoed, sent);
        QCOMPARE(server.heard->texts, sent);
        QVERIFY(!server.heard->overlapped);
        desk.close();
        QTRY_COMPARE(server.heard->closed.load(), 1);
        QTRY_COMPARE(server.edge->counts().open, 0);
        QCOMPARE(server.heard->closed.load(), 1);
    }
    void aMessageThatIsTooLargeClosesWith1009()
    {
        EdgeConfig config;
        config.webSocketMessageBytesMax = 1000;
        Server server(config);
        QWebSocket desk;
        QSignalSpy open(&desk, &QWebSocket::connected);
        QSignalSpy closed(&desk, &QWebSocket::disconnected);
        desk.open(QUrl(u"ws://127.0.0.1:%1/desk"_s.arg(server.edge->port())));
        QTRY_COMPARE(open.size(), 1);
        desk.sendTextMessage(QString(2000, u'a'));
        QTRY_COMPARE(closed.size(), 1);
        QCOMPARE(static_cast<int>(desk.closeCode()), 1009);
        QTRY_COMPARE(server.heard->closed.load(), 1);
    }
    void aShutDownTellsDesksThatTheServerGoesAway()
    {
        Server server;
        QWebSocket desk;
        QSignalSpy open(&desk, &QWebSocket::connected);
        QSignalSpy closed(&desk, &QWebSocket::disconnected);
        desk.open(QUrl(u"ws://127.0.0.1:%1/desk"_s.arg(server.edge->port())));
        QTRY_COMPARE(open.size(), 1);
        std::jthread ending([&] { server.edge->shutDown(3000ms); });
        QTRY_COMPARE(closed.size(), 1);
        QCOMPARE(static_cast<int>(desk.closeCode()), 1001);
    }
    void tooManyConnectionsAreRefused()
    {
        EdgeConfig config;
        config.connectionsMax = 1;
        Server server(config);
        const auto first = connected(server);
        QTRY_COMPARE(server.edge->counts().open, 1);
        QVERIFY(talk(server, "GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n").startsWith("HTTP/1.1 503 "));
    }
    void randomBytesNeitherCrashItNorStopIt()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo() << "seed" << seed;
        QRandomGenerator random(seed);
        Server server;
        const QByteArray good =
            "POST /echo?a=%20b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        for (int round = 0; round < 300; ++round) {
            QByteArray bytes = good;
            for (quint32 i = 0, count = 1 + random.bounded(8U); i < count; ++i) {
                const auto at = static_cast<qsizetype>(random.bounded(static_cast<quint32>(bytes.size())));
                const char byte = static_cast<char>(random.bounded(256U));
                random.bounded(2U) != 0 ? bytes.insert(at, byte) : bytes.replace(at, 1, QByteArray(1, byte));
            }
            const auto socket = connected(server);
            socket->write(bytes);
            socket->flush();
            socket->waitForReadyRead(2);
            socket->abort();
        }
        QVERIFY(talk(server, "GET /hello/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endsWith('a'));
        QTRY_COMPARE(server.edge->counts().open, 0);
    }
};

QTEST_GUILESS_MAIN(EdgeTest)
#include "tst_edge.moc"
