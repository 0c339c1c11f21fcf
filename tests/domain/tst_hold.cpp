#include "domain/holds/hold.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

/// How long a hold may last (design D3).
class TestHold : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHoldEndsWhenItShould_data();
    void aHoldEndsWhenItShould();
    void noRenewingKeepsAHoldForEver();
    void aCommandWithTooManySeatsIsRefused();
};

void TestHold::aHoldEndsWhenItShould_data()
{
    QTest::addColumn<int>("age");
    QTest::addColumn<int>("left");
    QTest::addColumn<int>("asked");
    QTest::addColumn<int>("expected"); // Seconds from now.
    QTest::newRow("new") << 0 << 0 << 600 << 600;
    QTest::newRow("renewed") << 300 << 300 << 600 << 600;
    QTest::newRow("renewing never shortens") << 10 << 590 << 60 << 590;
    QTest::newRow("just within the longest") << 1'200 << 0 << 600 << 600;
    QTest::newRow("cut at the longest") << 1'500 << 100 << 600 << 300;
    QTest::newRow("at its longest already") << 1'500 << 300 << 600 << 300;
    QTest::newRow("past the longest") << 1'900 << 0 << 600 << 0;
    QTest::newRow("more than the longest is asked") << 0 << 0 << 7'200 << 1'800;
}

void TestHold::aHoldEndsWhenItShould()
{
    QFETCH(int, age);
    QFETCH(int, left);
    QFETCH(int, asked);
    QFETCH(int, expected);
    const Instant now = *instantFromText(u"2026-11-24T19:30:00Z"_s);
    QCOMPARE(holdEnd(now - Seconds(age), now + Seconds(left), asked, now), now + Seconds(expected));
}

void TestHold::noRenewingKeepsAHoldForEver()
{
    const Instant made = *instantFromText(u"2026-11-24T19:30:00Z"_s);
    Instant end = made;
    Instant now = made;
    while (now <= end) {
        end = holdEnd(made, end, limits::holdSecondsDefault, now);
        now += Seconds(60);
    }
    QCOMPARE(end, made + Seconds(limits::holdSecondsAbsoluteMax));
}

void TestHold::aCommandWithTooManySeatsIsRefused()
{
    TakeHold command{.hold = HoldId::create(), .performance = PerformanceId::create(), .seats = {}, .areas = {}};
    command.seats.assign(static_cast<size_t>(limits::seatsPerHoldMax), u"A-1"_s);
    QVERIFY(fromJson<TakeHold>(toJson(command)).has_value());
    command.seats.push_back(u"A-2"_s);
    const auto refused = fromJson<TakeHold>(toJson(command));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::TooLarge);
    QCOMPARE(refused.error().field, u"/seats"_s);
}

QTEST_APPLESS_MAIN(TestHold)
#include "tst_hold.moc"
