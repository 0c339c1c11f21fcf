#include "base/clock.h"
#include "support/randomness.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

/// Times on the wire (RFC 3339).
class TestClock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTimeIsReadWithAnyOffset_data();
    void aTimeIsReadWithAnyOffset();
    void whatIsNoTimeIsRefused_data();
    void whatIsNoTimeIsRefused();
    void microsecondsAreWrittenOnlyWhereThereAreAny();
    void everyTimeIsReadBackAsItWasWritten();
    void theMachinesClockIsNearItsOwnTime();
};

void TestClock::aTimeIsReadWithAnyOffset_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("written");
    QTest::newRow("UTC") << u"2026-11-24T19:30:00Z"_s << u"2026-11-24T19:30:00Z"_s;
    QTest::newRow("lower case") << u"2026-11-24t19:30:00z"_s << u"2026-11-24T19:30:00Z"_s;
    QTest::newRow("with a space") << u"2026-11-24 19:30:00Z"_s << u"2026-11-24T19:30:00Z"_s;
    QTest::newRow("east") << u"2026-11-25T01:00:00+05:30"_s << u"2026-11-24T19:30:00Z"_s;
    QTest::newRow("west") << u"2026-11-24T11:30:00-08:00"_s << u"2026-11-24T19:30:00Z"_s;
    QTest::newRow("unknown offset") << u"2026-11-24T19:30:00-00:00"_s << u"2026-11-24T19:30:00Z"_s;
    QTest::newRow("into the next year") << u"2026-12-31T23:30:00-01:00"_s << u"2027-01-01T00:30:00Z"_s;
    QTest::newRow("leap day") << u"2028-02-29T12:00:00Z"_s << u"2028-02-29T12:00:00Z"_s;
    QTest::newRow("tenths") << u"2026-11-24T19:30:00.5Z"_s << u"2026-11-24T19:30:00.500000Z"_s;
    QTest::newRow("nanoseconds") << u"2026-11-24T19:30:00.123456789Z"_s << u"2026-11-24T19:30:00.123456Z"_s;
    QTest::newRow("before 1970") << u"1969-12-31T23:59:59.25Z"_s << u"1969-12-31T23:59:59.250000Z"_s;
    QTest::newRow("first") << u"0001-01-01T00:00:00Z"_s << u"0001-01-01T00:00:00Z"_s;
    QTest::newRow("last") << u"9999-12-31T23:59:59.999999Z"_s << u"9999-12-31T23:59:59.999999Z"_s;
}

void TestClock::aTimeIsReadWithAnyOffset()
{
    QFETCH(QString, text);
    QFETCH(QString, written);
    const auto instant = instantFromText(text);
    QVERIFY(instant.has_value());
    QCOMPARE(instantToText(*instant), written);
}

void TestClock::whatIsNoTimeIsRefused_data()
{
    QTest::addColumn<QString>("text");
    for (const QString &text : {u""_s,
                                u"2026-11-24"_s,
                                u"19:30:00Z"_s,
                                u"2026-11-24T19:30Z"_s,
                                u"2026-11-24T19:30:00"_s,
                                u"2026-13-01T00:00:00Z"_s,
                                u"2026-02-29T00:00:00Z"_s,
                                u"2026-11-31T00:00:00Z"_s,
                                u"2026-11-24T24:00:00Z"_s,
                                u"2026-11-24T19:60:00Z"_s,
                                u"2026-11-24T19:30:61Z"_s,
                                u"2026-11-24T19:30:00.Z"_s,
                                u"2026-11-24T19:30:00+24:00"_s,
                                u"2026-11-24T19:30:00+01:60"_s,
                                u"2026-11-24T19:30:00+0100"_s,
                                u"2026-11-24T19:30:00+1"_s,
                                u" 2026-11-24T19:30:00Z"_s,
                                u"2026-11-24T19:30:00Z\n"_s,
                                u"26-11-24T19:30:00Z"_s,
                                u"0000-01-01T00:00:00Z"_s,
                                u"0001-01-01T00:00:00+00:01"_s,
                                u"9999-12-31T23:59:59-00:01"_s,
                                u"2026-11-24T19:30:00Europe/Berlin"_s,
                                u"٢٠٢٦-11-24T19:30:00Z"_s,
                                u"2026-11-24T19:30:00.1234567890123456789012345Z"_s})
        QTest::newRow(qPrintable(text.isEmpty() ? u"empty"_s : text)) << text;
}

void TestClock::whatIsNoTimeIsRefused()
{
    QFETCH(QString, text);
    QVERIFY(!instantFromText(text));
}

void TestClock::microsecondsAreWrittenOnlyWhereThereAreAny()
{
    QCOMPARE(instantToText(Instant()), u"1970-01-01T00:00:00Z"_s);
    QCOMPARE(instantToText(Instant() + 1us), u"1970-01-01T00:00:00.000001Z"_s);
    QCOMPARE(instantToText(Instant() - 1us), u"1969-12-31T23:59:59.999999Z"_s);
}

void TestClock::everyTimeIsReadBackAsItWasWritten()
{
    QRandomGenerator random(tests::testSeed());
    const qint64 first = instantFromText(u"0001-01-01T00:00:00Z"_s)->time_since_epoch().count();
    const qint64 last = instantFromText(u"9999-12-31T23:59:59.999999Z"_s)->time_since_epoch().count();
    const auto span = static_cast<quint64>(last - first);
    for (int round = 0; round < 20'000; ++round) {
        const Instant instant(std::chrono::microseconds(first + static_cast<qint64>(random.generate64() % span)));
        QCOMPARE(instantFromText(instantToText(instant)), std::optional(instant));
    }
}

void TestClock::theMachinesClockIsNearItsOwnTime()
{
    const SystemClock clock;
    const Instant before = clock.now();
    const Instant after = clock.now();
    QVERIFY(before <= after);
    QVERIFY(before > *instantFromText(u"2024-01-01T00:00:00Z"_s));
}

QTEST_APPLESS_MAIN(TestClock)
#include "tst_clock.moc"
