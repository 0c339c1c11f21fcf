#include "load/recorder.h"

#include <QtTest>

using namespace parterre;
using namespace parterre::bench;
using namespace Qt::StringLiterals;
using check::Event;
using check::Operation;
using check::Outcome;

namespace {

HttpAnswer answer(int status, const QByteArray &body = {})
{
    return {.status = status, .body = body, .start = 10, .end = 20};
}

QByteArray problem(const char *code)
{
    return QByteArray("{\"code\":\"") + code + "\"}";
}

} // namespace

/// What an answer means for the judge: above all, that nothing is taken for done or not done that may be the other.
class TestRecorder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAnswerSaysWhetherItWasDone_data();
    void anAnswerSaysWhetherItWasDone();
    void aHoldHasItsTime();
    void aChoiceHasItsPlaces();
    void aRefusalHasItsSeats();
};

void TestRecorder::anAnswerSaysWhetherItWasDone_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<Outcome>("outcome");
    QTest::newRow("held") << 201 << QByteArray("{}") << Outcome::Ok;
    QTest::newRow("taken") << 409 << problem("seat_taken") << Outcome::Refused;
    QTest::newRow("not signed in") << 401 << problem("unauthenticated") << Outcome::Refused;
    QTest::newRow("still being carried out") << 409 << problem("in_progress") << Outcome::Unknown;
    QTest::newRow("the provider does not know") << 409 << problem("payment_in_doubt") << Outcome::Unknown;
    QTest::newRow("too busy") << 503 << problem("overloaded") << Outcome::Refused;
    QTest::newRow("the database is away") << 503 << problem("unavailable") << Outcome::Refused;
    QTest::newRow("lost while committing") << 503 << problem("outcome_unknown") << Outcome::Unknown;
    QTest::newRow("an error of the server") << 500 << problem("internal") << Outcome::Unknown;
    QTest::newRow("a gateway gave up") << 504 << QByteArray("<html>") << Outcome::Unknown;
    QTest::newRow("no answer") << 0 << QByteArray() << Outcome::Unknown;
}

void TestRecorder::anAnswerSaysWhetherItWasDone()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(Outcome, outcome);
    Recorder recorder;
    const Event &event = recorder.record({.intended = 5, .hold = HoldId::create()}, answer(status, body));
    QCOMPARE(event.outcome, outcome);
    QCOMPARE(event.start, 10);
    QCOMPARE(event.end, 20);
}

void TestRecorder::aHoldHasItsTime()
{
    Recorder recorder;
    recorder.record({.hold = HoldId::create(), .seats = {3}},
                    answer(201, R"({"held_until":"2026-11-24T09:10:00.5Z","places":[{"key":"s4"}]})"));
    const auto events = recorder.take();
    QCOMPARE(events.at(0).heldUntil, instantFromText(u"2026-11-24T09:10:00.5Z"_s));
    QCOMPARE(events.at(0).seats, std::vector<int>{3}); // As asked for: what is in the database the judge finds there.
    QCOMPARE(recorder.count(), 0U);
}

void TestRecorder::aChoiceHasItsPlaces()
{
    Recorder recorder;
    Event &event = recorder.record(
        {.operation = Operation::TakeBest, .hold = HoldId::create(), .partySize = 3},
        answer(201, R"({"places":[{"key":"s17"},{"key":"s18"},{"key":"a1","is_area":true,"quantity":2}]})"));
    recorder.decode(event);
    QCOMPARE(event.seats, (std::vector<int>{17, 18}));
    QCOMPARE(event.areas, (std::vector<check::AreaPlaces>{{.area = 1, .quantity = 2}}));
}

void TestRecorder::aRefusalHasItsSeats()
{
    Recorder recorder;
    recorder.record({.hold = HoldId::create(), .seats = {1, 2}},
                    answer(409, R"({"code":"seat_taken","details":{"seats":[{"key":"s2","name":"A 3"}]}})"));
    const auto events = recorder.take();
    QCOMPARE(events.at(0).code, u"seat_taken"_s);
    QCOMPARE(events.at(0).taken, std::vector<int>{2});
}

QTEST_APPLESS_MAIN(TestRecorder)
#include "tst_recorder.moc"
