#include "db/embeddedpostgres.h"
#include "runtime/serverapplication.h"
#include "support/clusterwatch.h"

#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

/// The whole server in this process, over real sockets.
class TestOfServerApplication : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theFirstStartMakesAnAdminAndServesTheShop();
    void theSecondStartMakesNoAdmin();
    void aKilledPostgresIsBackByItself();
    void aPortThatIsTakenIsRefusedByName();
    void aCommandUsesTheDatabaseOfTheRunningServer();
    void aDatabaseThatComesLateIsWaitedFor();
    void whoIsToldToStopWaitsNoLonger();
    void aConnectionStringThatIsNoneIsRefusedAtOnce();

private:
    [[nodiscard]] ServerConfig config() const
    {
        ServerConfig result;
        result.port = 0;
        result.dataDirectory = m_folder.filePath(u"data"_s);
        return result;
    }
    /// On a port that is free now, for a server that has none yet.
    [[nodiscard]] ServerConfig configWith(const QString &dsn) const
    {
        QTcpServer probe;
        (void)probe.listen(QHostAddress::LocalHost);
        ServerConfig result = config();
        result.port = probe.serverPort();
        result.databaseDsn = dsn;
        return result;
    }
    int statusOf(const QString &url);
    [[nodiscard]] pid_t processOfPostgres() const;
    QTemporaryDir m_folder;
    test::ClusterWatch m_watch{m_folder.path()};
    QNetworkAccessManager m_network;
    QByteArray m_body;
};

#define VERIFY_STATUS(expression)                                                                                      \
    do {                                                                                                               \
        const Status status = (expression);                                                                            \
        QVERIFY2(status.has_value(), status ? "" : qPrintable(status.error().message));                                \
    } while (false)

void TestOfServerApplication::initTestCase()
{
    // A temporary folder is closed to the user that PostgreSQL runs as when the tests run as root.
    if (geteuid() == 0)
        QCOMPARE(::chmod(QFile::encodeName(m_folder.path()).constData(), 0711), 0);
}

int TestOfServerApplication::statusOf(const QString &url)
{
    QNetworkReply *reply = m_network.get(QNetworkRequest(QUrl(url)));
    QSignalSpy finished(reply, &QNetworkReply::finished);
    if (!reply->isFinished())
        finished.wait(30'000);
    m_body = reply->readAll();
    reply->deleteLater();
    return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

pid_t TestOfServerApplication::processOfPostgres() const
{
    QFile file(config().dataDirectory + u"/postgres/cluster/postmaster.pid"_s);
    return file.open(QIODevice::ReadOnly) ? static_cast<pid_t>(file.readLine().trimmed().toInt()) : 0;
}

void TestOfServerApplication::theFirstStartMakesAnAdminAndServesTheShop()
{
    ServerApplication server(config());
    VERIFY_STATUS(server.start());
    QVERIFY(server.firstAdmin().has_value());
    QCOMPARE(server.firstAdmin()->user, u"admin"_s);
    QVERIFY(server.firstAdmin()->oneTimePassword.size() >= 12);
    QCOMPARE(statusOf(server.url() + u"/"_s), 200);
    QVERIFY(m_body.contains("<title>"));
    QCOMPARE(statusOf(server.url() + u"/v1/openapi.json"_s), 200);
    QCOMPARE(statusOf(server.url() + u"/readyz"_s), 200);
}

void TestOfServerApplication::theSecondStartMakesNoAdmin()
{
    ServerApplication server(config());
    VERIFY_STATUS(server.start());
    QVERIFY(!server.firstAdmin().has_value());
}

void TestOfServerApplication::aKilledPostgresIsBackByItself()
{
    ServerApplication server(config());
    VERIFY_STATUS(server.start());
    const pid_t postgres = processOfPostgres();
    QVERIFY(postgres > 1);
    QCOMPARE(::kill(postgres, SIGKILL), 0);
    QCOMPARE(statusOf(server.url() + u"/healthz"_s), 200);
    QTRY_VERIFY_WITH_TIMEOUT(processOfPostgres() > 1 && processOfPostgres() != postgres, 120'000);
    QTRY_COMPARE_WITH_TIMEOUT(statusOf(server.url() + u"/readyz"_s), 200, 60'000);
    QCOMPARE(statusOf(server.url() + u"/v1/performances"_s), 200);
}

void TestOfServerApplication::aPortThatIsTakenIsRefusedByName()
{
    ServerApplication server(config());
    VERIFY_STATUS(server.start());
    ServerConfig second = config();
    second.dataDirectory = m_folder.filePath(u"second"_s);
    second.port = QUrl(server.url()).port();
    ServerApplication other(second);
    const Status refused = other.start();
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(QString::number(second.port)), qPrintable(refused.error().message));
}

void TestOfServerApplication::aCommandUsesTheDatabaseOfTheRunningServer()
{
    ServerApplication server(config());
    VERIFY_STATUS(server.start());
    {
        const auto command = CommandDatabase::open(config());
        QVERIFY2(command.has_value(), command ? "" : qPrintable(command.error().message));
    }
    QCOMPARE(statusOf(server.url() + u"/readyz"_s), 200);
}

/// A real PostgreSQL that starts some seconds after the server.
void TestOfServerApplication::aDatabaseThatComesLateIsWaitedFor()
{
    EmbeddedPostgres late({.directory = m_folder.filePath(u"late"_s), .isDurable = false});
    VERIFY_STATUS(late.start()); // Makes the cluster and its database, which is the part that takes long.
    late.stop();
    const ServerConfig wanted = configWith(late.dsn());
    const QString url = u"http://127.0.0.1:%1"_s.arg(wanted.port);
    ServerApplication server(wanted);
    Status started = refuse(ErrorCode::Internal, u"not yet"_s);
    std::atomic<bool> hasStarted = false;
    {
        std::jthread starter([&] {
            started = server.start();
            hasStarted = true;
        });
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(url + u"/healthz"_s), 503, 30'000);
        QVERIFY2(m_body.contains("waits for its database"), m_body.constData());
        QCOMPARE(statusOf(url + u"/readyz"_s), 503);
        QCOMPARE(statusOf(url + u"/"_s), 503);
        QCOMPARE(statusOf(url + u"/v1/performances/x/map"_s), 503);
        QVERIFY(!hasStarted);
        VERIFY_STATUS(late.start());
        QTRY_VERIFY_WITH_TIMEOUT(hasStarted.load(), 60'000);
    }
    VERIFY_STATUS(started);
    QCOMPARE(server.url(), url);
    QCOMPARE(statusOf(url + u"/readyz"_s), 200);
    QCOMPARE(statusOf(url + u"/v1/performances"_s), 200);
    server.stop();
}

void TestOfServerApplication::whoIsToldToStopWaitsNoLonger()
{
    ServerApplication server(configWith(u"host=%1 dbname=parterre"_s.arg(m_folder.filePath(u"nowhere"_s))));
    int asked = 0;
    const Status refused = server.start([&asked] { return ++asked >= 3; });
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unavailable);
    QCOMPARE(asked, 3);
}

void TestOfServerApplication::aConnectionStringThatIsNoneIsRefusedAtOnce()
{
    ServerApplication server(configWith(u"hostt=nowhere"_s));
    bool isWaiting = false;
    QVERIFY(!server.start([&isWaiting] { return isWaiting = true; }));
    QVERIFY(!isWaiting);
}

QTEST_GUILESS_MAIN(TestOfServerApplication)
#include "tst_serverapplication.moc"
