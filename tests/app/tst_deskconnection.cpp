#include "connection/deskconnection.h"
#include "support/scriptedserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace parterre;
using namespace parterre::app;
using namespace parterre::protocol;
using namespace parterre::tests;
using namespace Qt::StringLiterals;
using ui::ConnectionState;

namespace {

Envelope done(const Envelope &request)
{
    return reply(MessageType::Done, *request.id, Nothing{});
}

} // namespace

/// The connection of a desk against a real socket whose other end says and breaks what the test wants.
class TestDeskConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void backOffDoublesUpToItsLimit_data();
    void backOffDoublesUpToItsLimit();
    void theHandshakeSaysTheVersionsAndGoesOnline();
    void aRefusedVersionIsNotTriedAgain();
    void aWelcomeInAVersionOfTheFutureIsRefused();
    void whatIsNoParterreServerIsRefused();
    void aCommandIsAnsweredOnce();
    void whatWasNotAnsweredIsSentAgainInOrderWithItsId();
    void aQuestionIsNotAskedAgain();
    void theSessionIsResumedBeforeAnythingIsRepeated();
    void aSessionThatEndedLeavesTheOutcomeOpen();
    void aCommandInProgressIsAskedForAgain();
    void theConnectionComesBackByItself();
    void tryNowDoesNotWait();
    void withoutAConnectionNothingIsSent();
    void closingAnswersWhatIsOpen();
    void whatANewerServerPushesIsPassedOver();
    void anAnswerToNothingIsPassedOver();
    void aMessageOverTheLimitEndsTheConnectionAndItComesBack();
    void aServerThatSaysNothingIsLeft();
    void aServerThatEndsTheSessionIsHeard();

private:
    void goOnline();
    void send(MessageType type, Replay replay);

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<DeskConnection> m_connection;
    QList<Result<Envelope>> m_answers;
};

void TestDeskConnection::init()
{
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->isListening());
    m_connection = std::make_unique<DeskConnection>();
    m_answers.clear();
}

void TestDeskConnection::cleanup()
{
    m_connection.reset();
    m_server.reset();
}

void TestDeskConnection::goOnline()
{
    m_connection->open(m_server->url());
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Online);
}

void TestDeskConnection::send(MessageType type, Replay replay)
{
    m_connection->send(type, Nothing{}, replay, [this](const Result<Envelope> &answer) { m_answers += answer; });
}

void TestDeskConnection::backOffDoublesUpToItsLimit_data()
{
    QTest::addColumn<int>("attempt");
    QTest::addColumn<double>("jitter");
    QTest::addColumn<int>("milliseconds");
    QTest::newRow("first") << 0 << 0.0 << 1000;
    QTest::newRow("first, half taken away") << 0 << 1.0 << 500;
    QTest::newRow("third") << 2 << 0.0 << 4000;
    QTest::newRow("limit") << 5 << 0.0 << 30'000;
    QTest::newRow("limit, half taken away") << 5 << 1.0 << 15'000;
    QTest::newRow("after a night") << 100'000 << 0.0 << 30'000;
    QTest::newRow("odd jitter") << 0 << 7.0 << 500;
}

void TestDeskConnection::backOffDoublesUpToItsLimit()
{
    QFETCH(const int, attempt);
    QFETCH(const double, jitter);
    QTEST(backoffMilliseconds(attempt, jitter), "milliseconds");
}

void TestDeskConnection::theHandshakeSaysTheVersionsAndGoesOnline()
{
    goOnline();
    QCOMPARE(m_server->all.size(), 1);
    const auto hello = fromJson<Hello>(m_server->all.first().body);
    QVERIFY(hello.has_value());
    QCOMPARE(hello->version, protocolVersion);
    QCOMPARE(hello->versionMin, protocolVersionMin);
    QVERIFY(hello->software.startsWith(u"parterre "_s));
    QCOMPARE(m_connection->welcome().house, u"Old Court Theatre"_s);
}

void TestDeskConnection::aRefusedVersionIsNotTriedAgain()
{
    m_server->on(MessageType::Hello, [](const Envelope &hello) {
        return refusal(hello.id, {.code = ErrorCode::VersionMismatch, .message = u"Update the desktop."_s});
    });
    m_connection->open(m_server->url());
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Refused);
    QCOMPARE(m_connection->status().message, u"Update the desktop."_s);
    QTest::qWait(backoffMilliseconds(0, 0.0) + 300);
    QCOMPARE(m_server->received(MessageType::Hello).size(), 1);
}

void TestDeskConnection::aWelcomeInAVersionOfTheFutureIsRefused()
{
    m_server->on(MessageType::Hello, [](const Envelope &hello) {
        return reply(MessageType::Welcome, *hello.id,
                     Welcome{.version = protocolVersion + 1, .software = {}, .house = {}, .serverTime = {}});
    });
    m_connection->open(m_server->url());
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Refused);
    QVERIFY(m_connection->status().message.contains(QString::number(protocolVersion + 1)));
}

void TestDeskConnection::whatIsNoParterreServerIsRefused()
{
    m_server->on(MessageType::Hello, done);
    m_connection->open(m_server->url());
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Refused);
}

void TestDeskConnection::aCommandIsAnsweredOnce()
{
    m_server->on(MessageType::ListPerformances, done);
    goOnline();
    send(MessageType::ListPerformances, Replay::SameId);
    QTRY_COMPARE(m_answers.size(), 1);
    QVERIFY(m_answers.first().has_value());
    m_server->push(reply(MessageType::Done, *m_server->all.last().id, Nothing{})); // The same answer again.
    QTest::qWait(50);
    QCOMPARE(m_answers.size(), 1);
    QCOMPARE(m_connection->pendingCount(), 0);
}

void TestDeskConnection::whatWasNotAnsweredIsSentAgainInOrderWithItsId()
{
    goOnline();
    m_connection->setToken(u"token"_s);
    send(MessageType::SignOut, Replay::SameId);
    send(MessageType::ListPerformances, Replay::SameId);
    QTRY_COMPARE(m_server->all.size(), 3);
    const CommandId first = *m_server->all.at(1).id;
    const CommandId second = *m_server->all.at(2).id;
    m_server->cut();
    m_server->on(MessageType::SignOut, done);
    m_server->on(MessageType::ListPerformances, done);
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    m_connection->tryNow();
    QTRY_COMPARE(m_answers.size(), 2);
    QVERIFY(m_answers.at(0) && m_answers.at(1));
    const QList<Envelope> again = m_server->all.mid(3);
    QCOMPARE(again.size(), 4); // hello, resume, and both commands
    QCOMPARE(again.at(2).id->text(), first.text());
    QCOMPARE(again.at(3).id->text(), second.text());
}

void TestDeskConnection::aQuestionIsNotAskedAgain()
{
    goOnline();
    send(MessageType::ListPerformances, Replay::Never);
    QTRY_COMPARE(m_server->received(MessageType::ListPerformances).size(), 1);
    m_server->cut();
    QTRY_COMPARE(m_answers.size(), 1);
    QCOMPARE(m_answers.first().error().code, ErrorCode::Unavailable);
    m_connection->tryNow();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Online);
    QTest::qWait(50);
    QCOMPARE(m_server->received(MessageType::ListPerformances).size(), 1);
}

void TestDeskConnection::theSessionIsResumedBeforeAnythingIsRepeated()
{
    goOnline();
    m_connection->setToken(u"token"_s);
    QSignalSpy resumed(m_connection.get(), &DeskConnection::resumed);
    send(MessageType::ListPerformances, Replay::SameId);
    QTRY_COMPARE(m_server->all.size(), 2);
    m_server->beSilentOn(MessageType::Resume);
    m_server->cut();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    m_connection->tryNow();
    QTRY_COMPARE(m_server->received(MessageType::Resume).size(), 1);
    QTest::qWait(50);
    QCOMPARE(m_server->received(MessageType::ListPerformances).size(), 1); // Not before the session is there.
    m_server->push(reply(MessageType::SignedIn, *m_server->all.last().id,
                         SignedIn{.token = u"another"_s, .user = m_server->user}));
    QTRY_COMPARE(m_server->received(MessageType::ListPerformances).size(), 2);
    QCOMPARE(resumed.count(), 1);
}

void TestDeskConnection::aSessionThatEndedLeavesTheOutcomeOpen()
{
    goOnline();
    m_connection->setToken(u"old"_s);
    QSignalSpy lost(m_connection.get(), &DeskConnection::sessionLost);
    send(MessageType::SignOut, Replay::SameId);
    QTRY_COMPARE(m_server->all.size(), 2);
    m_server->on(MessageType::Resume, [](const Envelope &resume) {
        return refusal(resume.id, {.code = ErrorCode::Unauthenticated, .message = u"Sign in."_s});
    });
    m_server->cut();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    m_connection->tryNow();
    QTRY_COMPARE(lost.count(), 1);
    QCOMPARE(m_answers.size(), 1);
    QCOMPARE(m_answers.first().error().code, ErrorCode::OutcomeUnknown); // It may have been carried out.
    QCOMPARE(m_connection->status().state, ConnectionState::Online);     // To sign in again.
    QCOMPARE(m_server->received(MessageType::SignOut).size(), 1);
}

void TestDeskConnection::aCommandInProgressIsAskedForAgain()
{
    int asked = 0;
    m_server->on(MessageType::SignOut, [&asked](const Envelope &request) {
        return ++asked == 1 ? refusal(request.id, {.code = ErrorCode::InProgress, .message = u"Wait."_s})
                            : done(request);
    });
    goOnline();
    send(MessageType::SignOut, Replay::SameId);
    QTRY_COMPARE(m_answers.size(), 1);
    QVERIFY(m_answers.first().has_value());
    const auto sent = m_server->received(MessageType::SignOut);
    QCOMPARE(sent.size(), 2);
    QCOMPARE(sent.at(0).id->text(), sent.at(1).id->text());
}

void TestDeskConnection::theConnectionComesBackByItself()
{
    goOnline();
    m_server->stop();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    QVERIFY(m_connection->status().secondsToRetry > 0);
    QVERIFY(!m_connection->status().message.isEmpty());
    m_server->listen();
    QTRY_COMPARE_WITH_TIMEOUT(m_connection->status().state, ConnectionState::Online, 10'000);
}

void TestDeskConnection::tryNowDoesNotWait()
{
    goOnline();
    m_server->cut();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    QVERIFY(m_connection->status().secondsToRetry > 0);
    m_connection->tryNow();
    QCOMPARE(m_connection->status().secondsToRetry, 0);
    QTRY_COMPARE(m_server->received(MessageType::Hello).size(), 2);
}

void TestDeskConnection::withoutAConnectionNothingIsSent()
{
    send(MessageType::SignOut, Replay::SameId);
    QCOMPARE(m_answers.size(), 1);
    QCOMPARE(m_answers.first().error().code, ErrorCode::Unavailable);
    goOnline();
    QTest::qWait(50);
    QVERIFY(m_server->received(MessageType::SignOut).isEmpty());
}

void TestDeskConnection::closingAnswersWhatIsOpen()
{
    goOnline();
    send(MessageType::SignOut, Replay::SameId);
    m_connection->close();
    QCOMPARE(m_answers.size(), 1);
    QCOMPARE(m_answers.first().error().code, ErrorCode::OutcomeUnknown);
    QCOMPARE(m_connection->status().state, ConnectionState::Closed);
    QTRY_VERIFY(!m_server->hasDesk());
}

void TestDeskConnection::whatANewerServerPushesIsPassedOver()
{
    goOnline();
    QSignalSpy pushed(m_connection.get(), &DeskConnection::pushed);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"passed over"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"passed over"_s));
    m_server->sendText(u"{\"type\":\"fire_alarm\",\"body\":{}}"_s);
    m_server->sendText(u"not even JSON"_s);
    m_server->push(push(MessageType::MapReset, OnePerformance{.performance = PerformanceId::create()}));
    QTRY_COMPARE(pushed.count(), 1);
    QCOMPARE(m_connection->status().state, ConnectionState::Online);
}

void TestDeskConnection::anAnswerToNothingIsPassedOver()
{
    goOnline();
    m_server->push(reply(MessageType::Done, CommandId::create(), Nothing{}));
    m_server->on(MessageType::ListPerformances, done);
    send(MessageType::ListPerformances, Replay::Never);
    QTRY_COMPARE(m_answers.size(), 1);
    QVERIFY(m_answers.first().has_value());
}

void TestDeskConnection::aMessageOverTheLimitEndsTheConnectionAndItComesBack()
{
    goOnline();
    QSignalSpy pushed(m_connection.get(), &DeskConnection::pushed);
    m_server->sendText(QString(limits::deskReplyBytesMax + 1, u' '));
    QTRY_COMPARE_WITH_TIMEOUT(m_connection->status().state, ConnectionState::Reconnecting, 30'000);
    QCOMPARE(pushed.count(), 0);
    m_connection->tryNow();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Online);
}

void TestDeskConnection::aServerThatSaysNothingIsLeft()
{
    m_server->beSilentOn(MessageType::Hello);
    m_connection->open(m_server->url());
    QTRY_COMPARE_WITH_TIMEOUT(m_connection->status().state, ConnectionState::Reconnecting,
                              DeskConnection::handshakeMillisecondsMax + 5'000);
    QCOMPARE(m_connection->status().message, u"The server does not answer."_s);
}

void TestDeskConnection::aServerThatEndsTheSessionIsHeard()
{
    goOnline();
    m_connection->setToken(u"token"_s);
    QSignalSpy lost(m_connection.get(), &DeskConnection::sessionLost);
    m_server->push(push(MessageType::SignedOut, Nothing{}));
    QTRY_COMPARE(lost.count(), 1);
    m_server->cut();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    m_connection->tryNow();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Online);
    QVERIFY(m_server->received(MessageType::Resume).isEmpty()); // That token is spent.
}

QTEST_GUILESS_MAIN(TestDeskConnection)
#include "tst_deskconnection.moc"
