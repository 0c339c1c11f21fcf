#include "gateways/cataloggateway.h"
#include "gateways/mapgateway.h"
#include "gateways/salesgateway.h"
#include "gateways/sessiongateway.h"
#include "protocol/messagesamples.h"
#include "support/scriptedserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace parterre;
using namespace parterre::app;
using namespace parterre::protocol;
using namespace parterre::tests;
using ui::ConnectionState;

/// The ports of the desktop over a real socket: what is repaired, what is refused, what is asked again. The house has
/// two seats; its map starts at seq 10 with both free.
class TestGateways : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void openingAMapTellsLayoutAndStates();
    void aDeltaChangesTheMap();
    void whatIsKnownAlreadyIsPassedOver();
    void aGapAsksForWhatCameAfter();
    void deltasThatComeDuringTheQuestionAreLaidOnItsAnswer();
    void aDeltaOfAnotherMapAsksForEverything();
    void aResetAsksAgain();
    void theMapIsReopenedAfterAReconnect();
    void aSnapshotThatDoesNotFitIsTold();
    void anotherPerformancesChangesAreNotOurs();
    void anAnswerThatComesTooLateIsNotShown();
    void aPasswordThatIsRefusedIsToldInTheServersWords();
    void signingInWhereNobodyListensIsTold();
    void signingOutForgetsTheTokenAtOnce();
    void aPaymentIsRepeatedWithTheSameCommandAfterALoss();
    void anAnswerOfAnotherTypeIsNotTakenForTheRight();
    void ticketsThatAreNoPdfAreRefused();
    void salesElsewhereAreTold();

private:
    void openMap();
    void sendDelta(qint64 from, qint64 seq, int seat, SeatState state);
    [[nodiscard]] MapOpened answerTo(const Envelope &request) const;
    [[nodiscard]] SeatState stateOf(int seat) const { return m_map->snapshot().seats[static_cast<size_t>(seat)]; }
    [[nodiscard]] OpenMap lastQuestion() const
    {
        return *fromJson<OpenMap>(m_server->received(MessageType::OpenMap).last().body);
    }
    [[nodiscard]] int questions() const { return static_cast<int>(m_server->received(MessageType::OpenMap).size()); }
    void loseAndComeBack();

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<DeskConnection> m_connection;
    std::unique_ptr<SessionGateway> m_session;
    std::unique_ptr<MapGateway> m_map;
    const PerformanceId m_performance = sampleSummary().id;
    MapSnapshot m_serverMap{.seq = 10, .seats = {SeatState::Available, SeatState::Available}, .areas = {}};
};

void TestGateways::init()
{
    m_serverMap = {.seq = 10, .seats = {SeatState::Available, SeatState::Available}, .areas = {}};
    m_server = std::make_unique<ScriptedServer>();
    m_server->on(MessageType::OpenMap, [this](const Envelope &request) {
        return reply(MessageType::MapOpened, *request.id, answerTo(request));
    });
    m_connection = std::make_unique<DeskConnection>();
    m_session = std::make_unique<SessionGateway>(*m_connection);
    m_map = std::make_unique<MapGateway>(*m_connection);
    bool isIn = false;
    m_session->signIn(m_server->url(), u"clara"_s, u"a password"_s,
                      [&isIn](const Result<UserView> &who) { isIn = who.has_value(); });
    QTRY_VERIFY(isIn);
}

void TestGateways::cleanup()
{
    m_map.reset();
    m_session.reset();
    m_connection.reset();
    m_server.reset();
}

/// As the server does: the layout where the desk lacks it, and the whole map or what came after.
MapOpened TestGateways::answerTo(const Envelope &request) const
{
    const auto question = fromJson<OpenMap>(request.body);
    MapOpened opened{.detail = sampleDetail(), .layout = {}, .snapshot = {}, .delta = {}};
    if (!question->haveLayout)
        opened.layout = sampleLayout();
    if (!question->since) {
        opened.snapshot = mapSnapshotToJson(m_serverMap);
        return opened;
    }
    MapDelta delta{.from = *question->since, .seq = m_serverMap.seq, .seats = {}, .areas = {}};
    for (int seat = 0; seat < 2; ++seat)
        delta.seats.push_back({seat, m_serverMap.seats[static_cast<size_t>(seat)]});
    opened.delta = mapDeltaToJson(delta);
    return opened;
}

void TestGateways::openMap()
{
    QSignalSpy opened(m_map.get(), &ui::MapPort::opened);
    m_map->open(m_performance);
    QTRY_COMPARE(opened.count(), 1);
}

void TestGateways::sendDelta(qint64 from, qint64 seq, int seat, SeatState state)
{
    const MapDelta delta{.from = from, .seq = seq, .seats = {{seat, state}}, .areas = {}};
    m_server->push(push(MessageType::MapChanged,
                        protocol::MapChanged{.performance = m_performance, .delta = mapDeltaToJson(delta)}));
}

void TestGateways::loseAndComeBack()
{
    m_server->cut();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Reconnecting);
    m_connection->tryNow();
    QTRY_COMPARE(m_connection->status().state, ConnectionState::Online);
}

void TestGateways::openingAMapTellsLayoutAndStates()
{
    openMap();
    QCOMPARE(m_map->layout()->seatCount(), 2);
    QCOMPARE(m_map->snapshot().seq, 10);
    QCOMPARE(m_map->detail().summary.eventTitle, u"Twelfth Night"_s);
    QVERIFY(!lastQuestion().since);
    QVERIFY(!lastQuestion().haveLayout);
}

void TestGateways::aDeltaChangesTheMap()
{
    openMap();
    QSignalSpy changed(m_map.get(), &ui::MapPort::changed);
    sendDelta(10, 11, 1, SeatState::Sold);
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(stateOf(1), SeatState::Sold);
    QCOMPARE(m_map->snapshot().seq, 11);
}

void TestGateways::whatIsKnownAlreadyIsPassedOver()
{
    openMap();
    QSignalSpy changed(m_map.get(), &ui::MapPort::changed);
    sendDelta(8, 10, 1, SeatState::Sold);
    sendDelta(10, 11, 0, SeatState::Held);
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(stateOf(1), SeatState::Available);
    QCOMPARE(questions(), 1);
}

void TestGateways::aGapAsksForWhatCameAfter()
{
    openMap();
    QSignalSpy reset(m_map.get(), &ui::MapPort::snapshotReset);
    m_serverMap = {.seq = 14, .seats = {SeatState::Held, SeatState::Sold}, .areas = {}};
    sendDelta(13, 14, 1, SeatState::Sold);
    QTRY_COMPARE(reset.count(), 1);
    QCOMPARE(questions(), 2);
    QCOMPARE(lastQuestion().since, std::optional<qint64>(10));
    QVERIFY(lastQuestion().haveLayout.has_value());
    QCOMPARE(m_map->snapshot(), m_serverMap);
}

void TestGateways::deltasThatComeDuringTheQuestionAreLaidOnItsAnswer()
{
    openMap();
    m_serverMap = {.seq = 14, .seats = {SeatState::Held, SeatState::Available}, .areas = {}};
    m_server->beSilentOn(MessageType::OpenMap);
    sendDelta(13, 14, 0, SeatState::Held);
    QTRY_COMPARE(questions(), 2);
    sendDelta(14, 15, 1, SeatState::Sold); // Before the answer.
    const Envelope question = m_server->received(MessageType::OpenMap).last();
    QSignalSpy reset(m_map.get(), &ui::MapPort::snapshotReset);
    m_server->push(reply(MessageType::MapOpened, *question.id, answerTo(question)));
    QTRY_COMPARE(reset.count(), 1);
    QCOMPARE(m_map->snapshot().seq, 15);
    QCOMPARE(stateOf(0), SeatState::Held);
    QCOMPARE(stateOf(1), SeatState::Sold);
    QCOMPARE(questions(), 2);
}

void TestGateways::aDeltaOfAnotherMapAsksForEverything()
{
    openMap();
    QSignalSpy reset(m_map.get(), &ui::MapPort::snapshotReset);
    sendDelta(10, 11, 7, SeatState::Sold); // There is no seat 7.
    QTRY_COMPARE(reset.count(), 1);
    QVERIFY(!lastQuestion().since);
}

void TestGateways::aResetAsksAgain()
{
    openMap();
    QSignalSpy reset(m_map.get(), &ui::MapPort::snapshotReset);
    m_server->push(push(MessageType::MapReset, OnePerformance{.performance = m_performance}));
    QTRY_COMPARE(reset.count(), 1);
    QCOMPARE(lastQuestion().since, std::optional<qint64>(10));
}

void TestGateways::theMapIsReopenedAfterAReconnect()
{
    openMap();
    QSignalSpy reset(m_map.get(), &ui::MapPort::snapshotReset);
    m_serverMap = {.seq = 30, .seats = {SeatState::Sold, SeatState::Sold}, .areas = {}};
    loseAndComeBack();
    QTRY_COMPARE(reset.count(), 1);
    QCOMPARE(m_map->snapshot(), m_serverMap);
    QCOMPARE(m_server->received(MessageType::Resume).size(), 1);
    QCOMPARE(lastQuestion().since, std::optional<qint64>(10));
}

void TestGateways::aSnapshotThatDoesNotFitIsTold()
{
    QSignalSpy failed(m_map.get(), &ui::MapPort::failed);
    m_serverMap.seats.push_back(SeatState::Sold);
    m_map->open(m_performance);
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(questions(), 1);
}

void TestGateways::anotherPerformancesChangesAreNotOurs()
{
    openMap();
    QSignalSpy changed(m_map.get(), &ui::MapPort::changed);
    const MapDelta delta{.from = 10, .seq = 11, .seats = {{1, SeatState::Sold}}, .areas = {}};
    m_server->push(push(MessageType::MapChanged,
                        protocol::MapChanged{.performance = PerformanceId::create(), .delta = mapDeltaToJson(delta)}));
    sendDelta(10, 11, 0, SeatState::Held);
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(stateOf(1), SeatState::Available);
}

void TestGateways::anAnswerThatComesTooLateIsNotShown()
{
    QSignalSpy opened(m_map.get(), &ui::MapPort::opened);
    m_server->beSilentOn(MessageType::OpenMap);
    m_map->open(m_performance);
    QTRY_COMPARE(questions(), 1);
    const Envelope first = m_server->received(MessageType::OpenMap).first();
    m_map->open(PerformanceId::create());
    QTRY_COMPARE(questions(), 2);
    m_server->push(reply(MessageType::MapOpened, *first.id, answerTo(first)));
    QTest::qWait(50);
    QCOMPARE(opened.count(), 0);
}

void TestGateways::aPasswordThatIsRefusedIsToldInTheServersWords()
{
    m_server->on(MessageType::SignIn, [](const Envelope &request) {
        return refusal(request.id, {.code = ErrorCode::Unauthenticated, .message = u"Wrong. Try again."_s});
    });
    std::optional<Error> told;
    m_session->signOut();
    m_session->signIn(m_server->url(), u"clara"_s, u"wrong"_s, [&told](const Result<UserView> &who) {
        if (!who)
            told = who.error();
    });
    QTRY_VERIFY(told);
    QCOMPARE(told->message, u"Wrong. Try again."_s);
    QVERIFY(!m_session->user());
}

void TestGateways::signingInWhereNobodyListensIsTold()
{
    const QUrl url = m_server->url();
    m_server->stop();
    std::optional<Error> told;
    DeskConnection connection;
    SessionGateway session(connection);
    session.signIn(url, u"clara"_s, u"a password"_s, [&told](const Result<UserView> &who) {
        if (!who)
            told = who.error();
    });
    QTRY_VERIFY(told);
    QCOMPARE(told->code, ErrorCode::Unavailable);
    QVERIFY2(told->message.contains(url.host()), qPrintable(told->message));
    QCOMPARE(connection.status().state, ConnectionState::Closed); // The clerk decides when to try again.
}

void TestGateways::signingOutForgetsTheTokenAtOnce()
{
    QSignalSpy out(m_session.get(), &ui::SessionPort::signedOut);
    m_session->signOut();
    QCOMPARE(out.count(), 1);
    QVERIFY(!m_session->user());
    loseAndComeBack();
    QVERIFY(m_server->received(MessageType::Resume).isEmpty());
}

void TestGateways::aPaymentIsRepeatedWithTheSameCommandAfterALoss()
{
    SalesGateway sales(*m_connection);
    int paid = 0;
    sales.payCash({.payment = PaymentId::create(), .order = OrderId::create(), .tendered = pounds(6000)},
                  [&paid](const Result<OrderView> &order) { paid += order ? 1 : 100; });
    QTRY_COMPARE(m_server->received(MessageType::PayCash).size(), 1);
    m_server->on(MessageType::PayCash,
                 [](const Envelope &request) { return reply(MessageType::Order, *request.id, sampleOrder()); });
    loseAndComeBack();
    QTRY_COMPARE(paid, 1);
    const auto sent = m_server->received(MessageType::PayCash);
    QCOMPARE(sent.size(), 2);
    QCOMPARE(sent.at(0).id->text(), sent.at(1).id->text());
    QCOMPARE(sent.at(0).body, sent.at(1).body);
}

void TestGateways::anAnswerOfAnotherTypeIsNotTakenForTheRight()
{
    m_server->on(MessageType::GetHold,
                 [](const Envelope &request) { return reply(MessageType::Order, *request.id, sampleOrder()); });
    SalesGateway sales(*m_connection);
    std::optional<Error> told;
    sales.getHold(HoldId::create(), [&told](const Result<HoldView> &hold) {
        if (!hold)
            told = hold.error();
    });
    QTRY_VERIFY(told);
    QCOMPARE(told->code, ErrorCode::Internal);
}

void TestGateways::ticketsThatAreNoPdfAreRefused()
{
    m_server->on(MessageType::GetTickets, [](const Envelope &request) {
        return reply(MessageType::Document, *request.id,
                     Document{.fileName = u"P-1.pdf"_s, .contentType = u"application/pdf"_s, .bytes = "<script>"});
    });
    SalesGateway sales(*m_connection);
    std::optional<Error> told;
    sales.fetchTickets(OrderId::create(), [&told](const Result<ui::TicketDocument> &tickets) {
        if (!tickets)
            told = tickets.error();
    });
    QTRY_VERIFY(told);
    QVERIFY(told->message.contains(u"cannot be read"_s));
}

void TestGateways::salesElsewhereAreTold()
{
    CatalogGateway catalog(*m_connection);
    QSignalSpy sold(&catalog, &ui::CatalogPort::saleRecorded);
    QSignalSpy changed(&catalog, &ui::CatalogPort::performanceChanged);
    for (const MessageSample &sample : answerSamples()) {
        if (sample.envelope.type == MessageType::SaleRecorded ||
            sample.envelope.type == MessageType::PerformanceChanged)
            m_server->push(sample.envelope);
    }
    QTRY_COMPARE(sold.count(), 1);
    QTRY_COMPARE(changed.count(), 1);
}

QTEST_GUILESS_MAIN(TestGateways)
#include "tst_gateways.moc"
