#include "payments/circuitbreaker.h"

#include <QTest>

using namespace parterre::server;
using namespace std::chrono_literals;

namespace {

constexpr CircuitBreaker::Config config{.failuresMax = 3, .pause = 100ms, .pauseMax = 300ms};
const CircuitBreaker::Time start{};

void fail(CircuitBreaker &breaker, int times, CircuitBreaker::Time now = start)
{
    for (int i = 0; i < times; ++i)
        breaker.failed(now);
}

} // namespace

class CircuitBreakerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itOpensAfterFailuresInARowAndNotBefore()
    {
        CircuitBreaker breaker(config);
        fail(breaker, 2);
        QVERIFY(breaker.allows(start));
        breaker.succeeded();
        fail(breaker, 2);
        QVERIFY(!breaker.pauseLeft(start));
        fail(breaker, 1);
        QVERIFY(!breaker.allows(start));
        QCOMPARE(*breaker.pauseLeft(start + 40ms), 60ms);
    }
    void afterItsPauseOneCallTries()
    {
        CircuitBreaker breaker(config);
        fail(breaker, 3);
        QVERIFY(!breaker.allows(start + 99ms));
        QVERIFY(!breaker.pauseLeft(start + 100ms));
        QVERIFY(breaker.allows(start + 100ms));
        QVERIFY(!breaker.allows(start + 100ms));
        QVERIFY(breaker.pauseLeft(start + 100ms));
        breaker.succeeded();
        QVERIFY(breaker.allows(start + 100ms));
        QVERIFY(breaker.allows(start + 100ms));
    }
    void aFailedTryDoublesThePauseUpToItsLimit()
    {
        CircuitBreaker breaker(config);
        fail(breaker, 3);
        CircuitBreaker::Time now = start;
        for (const auto pause : {100ms, 200ms, 300ms, 300ms}) {
            QCOMPARE(*breaker.pauseLeft(now), pause);
            now += pause;
            QVERIFY(breaker.allows(now));
            breaker.failed(now);
        }
        now += 300ms;
        QVERIFY(breaker.allows(now));
        breaker.succeeded();
        fail(breaker, 3, now);
        QCOMPARE(*breaker.pauseLeft(now), 100ms);
    }
    void failuresOfCallsThatBeganBeforeItOpenedDoNotProlongIt()
    {
        CircuitBreaker breaker(config);
        fail(breaker, 3);
        fail(breaker, 5, start + 50ms);
        QVERIFY(breaker.allows(start + 100ms));
    }
};

QTEST_APPLESS_MAIN(CircuitBreakerTest)
#include "tst_circuitbreaker.moc"
