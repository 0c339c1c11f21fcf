#include "edge/edge.h"
#include "runtime/workerpool.h"
#include "service/webhooks.h"
#include "support/fakeclock.h"

#include <QElapsedTimer>
#include <QMessageAuthenticationCode>
#include <QTest>
#include <QUrl>

#include <mutex>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::psp;
using namespace parterre::test;

namespace {

struct Letter
{
    QByteArray body;
    QByteArray signature;
};

/// A real HTTP server that keeps what it is sent and refuses as many letters first as it is told.
class Mailbox
{
public:
    explicit Mailbox(int refuses = 0, std::chrono::milliseconds idleTimeout = 60s, quint16 port = 0)
        : m_refuses(refuses)
    {
        m_config.idleTimeout = idleTimeout;
        m_router.add("POST", u"/hook"_s, [this](const server::HttpRequest &request, const server::HttpReply &reply) {
            const std::scoped_lock lock(m_mutex);
            m_letters.push_back({request.body, request.header("stripe-signature")});
            reply.send(server::HttpResponse::empty(m_refuses-- > 0 ? 500 : 204));
        });
        m_config.port = port;
        m_edge = std::make_unique<server::Edge>(m_config, m_router, m_workers);
        if (!m_edge->listen())
            qFatal("no port is free");
    }
    ~Mailbox()
    {
        m_edge->shutDown(100ms);
        m_workers.stop();
    }

    [[nodiscard]] WebhookEndpoint endpoint() const
    {
        WebhookEndpoint endpoint;
        endpoint.id = u"we_1"_s;
        endpoint.url = u"http://127.0.0.1:%1/hook"_s.arg(m_edge->port());
        endpoint.secret = u"whsec_true"_s;
        return endpoint;
    }
    [[nodiscard]] qint64 connections() const { return m_edge->counts().accepted; }
    [[nodiscard]] std::vector<Letter> letters() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_letters;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<Letter> m_letters;
    int m_refuses;
    server::Router m_router;
    server::WorkerPool m_workers{1, 100};
    server::EdgeConfig m_config;
    std::unique_ptr<server::Edge> m_edge;
};

/// Takes connections, and says nothing on them.
class SilentDoor
{
public:
    SilentDoor()
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *generic = reinterpret_cast<sockaddr *>(&address);
        if (::bind(m_socket, generic, size) != 0 || ::listen(m_socket, 16) != 0 ||
            ::getsockname(m_socket, generic, &size) != 0)
            qFatal("no port is free");
        m_port = ntohs(address.sin_port);
    }
    ~SilentDoor() { ::close(m_socket); }
    SilentDoor(const SilentDoor &) = delete;
    SilentDoor &operator=(const SilentDoor &) = delete;

    [[nodiscard]] int port() const { return m_port; }

private:
    const int m_socket = ::socket(AF_INET, SOCK_STREAM, 0);
    int m_port = 0;
};

QByteArray codeOf(const QByteArray &text, const QByteArray &secret)
{
    return QMessageAuthenticationCode::hash(text, secret, QCryptographicHash::Sha256).toHex();
}

/// What sends letters, and counts those that were taken.
struct Office
{
    ~Office() { stop(); }
    void stop()
    {
        timetable.stop();
        webhooks.stop();
    }

    const FakeClock clock{};
    std::atomic<int> taken = 0;
    Timetable timetable{};
    Webhooks webhooks{clock, timetable, [this](const QString &, const QString &) { ++taken; }};
};

} // namespace

class WebhooksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theSignatureIsStripes()
    {
        const Instant then{std::chrono::seconds(1'700'000'000)};
        const QByteArray body = R"({"id":"evt_1"})";
        QCOMPARE(signatureHeader(body, u"whsec_test"_s, then),
                 "t=1700000000,v1=" + codeOf("1700000000." + body, "whsec_test"));
        QVERIFY(signatureHeader(body, u"whsec_test"_s, then) != signatureHeader(body, u"whsec_tesT"_s, then));
        QVERIFY(signatureHeader(body, u"whsec_test"_s, then) != signatureHeader(body, u"whsec_test"_s, then + 1s));
    }
    void aLetterIsSentUntilItIsTaken()
    {
        const Mailbox box(2);
        Office office;
        office.webhooks.send(u"evt_1"_s, "{\"id\":\"evt_1\"}", box.endpoint(), {.retry = 20ms});
        QTRY_COMPARE(office.taken.load(), 1);
        QCOMPARE(box.letters().size(), 3U);
    }
    void aMissingLetterIsNeverSentAndADoubleOneTwice()
    {
        const Mailbox box;
        Office office;
        office.webhooks.send(u"evt_lost"_s, "lost", box.endpoint(), {.isMissing = true});
        office.webhooks.send(u"evt_2"_s, "twice", box.endpoint(), {.isDouble = true});
        QTRY_COMPARE(office.taken.load(), 2);
        for (const Letter &letter : box.letters())
            QCOMPARE(letter.body, QByteArray("twice"));
    }
    void forgedAndStaleLettersCannotBeTakenForTrueOnes()
    {
        const Mailbox box;
        Office office;
        const QByteArray body = "{\"id\":\"evt_3\"}";
        office.webhooks.send(u"evt_3"_s, body, box.endpoint(), {.isForgedFirst = true, .isStaleFirst = true});
        QTRY_COMPARE(box.letters().size(), 3U);
        QTRY_COMPARE(office.taken.load(), 1);
        int genuine = 0;
        for (const Letter &letter : box.letters())
            genuine +=
                letter.signature == signatureHeader(body, u"whsec_true"_s, office.clock.now()) && letter.body == body;
        QCOMPARE(genuine, 1);
    }
    void manyLettersShareAFewConnections()
    {
        const Mailbox box;
        Office office;
        for (int i = 0; i < 200; ++i)
            office.webhooks.send(u"evt_%1"_s.arg(i), QByteArray(2000, 'x'), box.endpoint(), {});
        QTRY_COMPARE(office.taken.load(), 200);
        QCOMPARE(box.letters().size(), 200U);
        QVERIFY2(box.connections() <= 4, qPrintable(QString::number(box.connections())));
    }
    void aConnectionThatWasClosedMeanwhileCostsNoTry()
    {
        const Mailbox box(0, 20ms);
        Office office;
        for (int i = 1; i <= 3; ++i) {
            // A second try would come an hour later.
            office.webhooks.send(u"evt_%1"_s.arg(i), "{}", box.endpoint(), {.retry = std::chrono::hours(1)});
            QTRY_COMPARE(office.taken.load(), i);
            QTest::qWait(120);
        }
        QCOMPARE(box.connections(), 3);
    }
    void aReceiverMayHaveAName()
    {
        const Mailbox box;
        Office office;
        WebhookEndpoint endpoint = box.endpoint();
        endpoint.url.replace(u"127.0.0.1"_s, u"localhost"_s);
        office.webhooks.send(u"evt_1"_s, "{}", endpoint, {});
        QTRY_COMPARE(office.taken.load(), 1);
    }
    void aSilentReceiverHoldsUpNobodyElseAndNoEnd()
    {
        const SilentDoor silent;
        const Mailbox box;
        Office office;
        WebhookEndpoint deaf = box.endpoint();
        deaf.url = u"http://127.0.0.1:%1/hook"_s.arg(silent.port());
        for (int i = 0; i < 20; ++i)
            office.webhooks.send(u"evt_deaf"_s, "{}", deaf, {});
        office.webhooks.send(u"evt_1"_s, "{}", box.endpoint(), {});
        QTRY_COMPARE(office.taken.load(), 1);
        QElapsedTimer ending;
        ending.start();
        office.stop();
        QVERIFY2(!ending.hasExpired(Webhooks::answerTimeout.count()), "it waited until nobody had answered");
    }
    void whoListensLaterIsToldThen()
    {
        WebhookEndpoint endpoint;
        {
            const Mailbox gone;
            endpoint = gone.endpoint();
        }
        Office office;
        office.webhooks.send(u"evt_1"_s, "{}", endpoint, {.retry = 40ms});
        QTest::qWait(20);
        const Mailbox box(0, 60s, static_cast<quint16>(QUrl(endpoint.url).port()));
        QTRY_COMPARE(office.taken.load(), 1);
        QCOMPARE(box.letters().size(), 1U);
    }
    void chancesDecideWhatAWayComesTo()
    {
        Misfortune misfortune(3);
        misfortune.setKnobs({.webhookDelayMs = 70,
                             .webhookDuplicatePerMille = 1000,
                             .webhookForgePerMille = 1000,
                             .webhookMissingPerMille = 1000,
                             .webhookStalePerMille = 1000});
        const Webhooks::Way way = Webhooks::draw(misfortune);
        QCOMPARE(way.delay, 70ms);
        QVERIFY(way.isDouble && way.isForgedFirst && way.isMissing && way.isStaleFirst);
        misfortune.setKnobs({});
        const Webhooks::Way plain = Webhooks::draw(misfortune);
        QVERIFY(!plain.isDouble && !plain.isForgedFirst && !plain.isMissing && !plain.isStaleFirst);
        QCOMPARE(plain.delay, 0ms);
    }
};

QTEST_GUILESS_MAIN(WebhooksTest)
#include "tst_webhooks.moc"
