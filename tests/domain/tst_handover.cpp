#include "domain/holds/handover.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

/// Codes as people type them, and which holds may go to another owner.
class TestHandover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCodeIsReadHoweverItIsTyped_data();
    void aCodeIsReadHoweverItIsTyped();
    void whatCannotBeACodeIsRefused_data();
    void whatCannotBeACodeIsRefused();
    void aHoldMayGoWhileItLives_data();
    void aHoldMayGoWhileItLives();
    void whoHandedItOverIsToldToWhom();
    void aHoldThatMerelyEndedWentToNobody();
};

void TestHandover::aCodeIsReadHoweverItIsTyped_data()
{
    QTest::addColumn<QString>("typed");
    QTest::newRow("as it is shown") << u"K7PM-3XQT"_s;
    QTest::newRow("small letters") << u"k7pm-3xqt"_s;
    QTest::newRow("without the hyphen") << u"k7pm3xqt"_s;
    QTest::newRow("with spaces") << u" K7PM  3XQT "_s;
}

void TestHandover::aCodeIsReadHoweverItIsTyped()
{
    QFETCH(const QString, typed);
    QCOMPARE(readHandoverCode(typed).value(), u"k7pm3xqt"_s);
    QCOMPARE(handoverCodeText(readHandoverCode(typed).value()), u"K7PM-3XQT"_s);
}

void TestHandover::whatCannotBeACodeIsRefused_data()
{
    QTest::addColumn<QString>("typed");
    QTest::newRow("nothing") << QString();
    QTest::newRow("a letter too few") << u"K7PM-3XQ"_s;
    QTest::newRow("a letter too many") << u"K7PM-3XQTA"_s;
    QTest::newRow("another sign") << u"K7PM-3XQ!"_s;
    QTest::newRow("a letter that is not ASCII") << u"K7PM-3XQÄ"_s;
}

void TestHandover::whatCannotBeACodeIsRefused()
{
    QFETCH(const QString, typed);
    const auto refused = readHandoverCode(typed);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
    QCOMPARE(refused.error().field, u"/code"_s);
}

void TestHandover::aHoldMayGoWhileItLives_data()
{
    QTest::addColumn<HoldState>("state");
    QTest::addColumn<int>("secondsLeft");
    QTest::addColumn<int>("placesOfTaker");
    QTest::addColumn<int>("placesMax");
    QTest::addColumn<QString>("refused");
    const QString none;
    QTest::newRow("live") << HoldState::Live << 1 << 0 << 0 << none;
    QTest::newRow("at its end") << HoldState::Live << 0 << 0 << 0 << u"hold_gone"_s;
    QTest::newRow("being paid") << HoldState::Frozen << 60 << 0 << 0 << u"wrong_state"_s;
    QTest::newRow("being paid past its end") << HoldState::Frozen << -60 << 0 << 0 << u"wrong_state"_s;
    QTest::newRow("sold") << HoldState::Converted << 60 << 0 << 0 << u"hold_gone"_s;
    QTest::newRow("given back") << HoldState::Released << 60 << 0 << 0 << u"hold_gone"_s;
    QTest::newRow("expired") << HoldState::Expired << 60 << 0 << 0 << u"hold_gone"_s;
    QTest::newRow("just within the limit") << HoldState::Live << 60 << 2 << 5 << none;
    QTest::newRow("past the limit") << HoldState::Live << 60 << 3 << 5 << u"purchase_limit"_s;
    QTest::newRow("without a limit") << HoldState::Live << 60 << 300 << 0 << none;
}

void TestHandover::aHoldMayGoWhileItLives()
{
    QFETCH(const HoldState, state);
    QFETCH(const int, secondsLeft);
    QFETCH(const int, placesOfTaker);
    QFETCH(const int, placesMax);
    QFETCH(const QString, refused);
    const Instant now = *instantFromText(u"2026-11-24T19:30:00Z"_s);
    const Status decided = decideHandover({.state = state,
                                           .heldUntil = now + Seconds(secondsLeft),
                                           .places = 3,
                                           .placesOfTaker = placesOfTaker,
                                           .placesMax = placesMax},
                                          now);
    QCOMPARE(decided ? QString() : errorCodeName(decided.error().code), refused);
}

void TestHandover::whoHandedItOverIsToldToWhom()
{
    for (const SalesChannel channel : {SalesChannel::Desk, SalesChannel::Web, SalesChannel::Api}) {
        const Error error = handedOver(channel);
        QCOMPARE(handedOverTo(errorFromJson(errorToJson(error))), channel);
    }
}

void TestHandover::aHoldThatMerelyEndedWentToNobody()
{
    QVERIFY(!handedOverTo({.code = ErrorCode::HoldGone, .message = u"The hold has ended."_s}));
}

QTEST_GUILESS_MAIN(TestHandover)
#include "tst_handover.moc"
