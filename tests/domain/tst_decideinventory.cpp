#include "domain/inventory/decideinventory.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>

#include <array>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

const HoldId mine = HoldId::create();
const HoldId theirs = HoldId::create();
const OrderId order = OrderId::create();
const Instant now = *instantFromText(u"2026-11-24T19:30:00Z"_s);
const Instant later = now + 600s;

SeatRecord seat(SeatState state, const HoldId &hold = {}, Instant until = {})
{
    return {.number = 7, .state = state, .hold = hold, .heldUntil = until, .order = state == SeatState::Sold ? order : OrderId()};
}

/// Every record that may stand in the database, by owner and time left.
const std::array allSeats{
    seat(SeatState::Available),
    seat(SeatState::Held, mine, now + 1s),
    seat(SeatState::Held, mine, now),
    seat(SeatState::Held, theirs, now + 1s),
    seat(SeatState::Held, theirs, now),
    seat(SeatState::PaymentPending, mine, now + 1s),
    seat(SeatState::PaymentPending, mine, now - 1s),
    seat(SeatState::PaymentPending, theirs, now - 1s),
    seat(SeatState::Sold),
    seat(SeatState::House),
    seat(SeatState::Killed),
};

} // namespace

class tst_decideinventory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachTransitionTakesJustItsSeats_data();
    void eachTransitionTakesJustItsSeats();
    void aPaymentPendingSeatNeverEndsByTime();
    void takingIsAllOrNothingAndNamesTheTaken();
    void freezingNeedsTimeLeft();
    void aSoldSeatForgetsItsHold();
    void anAreaIsRefusedAtItsCapacity_data();
    void anAreaIsRefusedAtItsCapacity();
    void noSequenceOfCommandsOverfillsAnArea();
};

void tst_decideinventory::eachTransitionTakesJustItsSeats_data()
{
    // One letter a record of allSeats: y where the transition takes it.
    QTest::addColumn<QString>("transition");
    QTest::addColumn<QString>("takes");
    QTest::newRow("take") << u"take"_s << u"yyynynnnnnn"_s;
    QTest::newRow("renew") << u"renew"_s << u"nynnnnnnnnn"_s;
    QTest::newRow("freeze") << u"freeze"_s << u"nynnnnnnnnn"_s;
    QTest::newRow("thaw") << u"thaw"_s << u"nnnnnyynnnn"_s;
    QTest::newRow("confirm") << u"confirm"_s << u"nnnnnyynnnn"_s;
    QTest::newRow("release") << u"release"_s << u"nyynnnnnnnn"_s;
    QTest::newRow("expire") << u"expire"_s << u"nnynnnnnnnn"_s;
}

void tst_decideinventory::eachTransitionTakesJustItsSeats()
{
    QFETCH(QString, transition);
    QFETCH(QString, takes);
    for (size_t i = 0; i < allSeats.size(); ++i) {
        const std::array one{allSeats[i]};
        bool taken = false;
        if (transition == u"take")
            taken = decideTake(one, mine, later, now).has_value();
        else if (transition == u"renew")
            taken = decideRenew(one, mine, later, now).has_value();
        else if (transition == u"freeze")
            taken = decideFreeze(one, mine, later, now).has_value();
        else if (transition == u"thaw")
            taken = decideThaw(one, mine, later).has_value();
        else if (transition == u"confirm")
            taken = decideConfirm(one, mine, order).has_value();
        else if (transition == u"release")
            taken = !decideRelease(one, mine).empty();
        else
            taken = !decideExpire(one, mine, now).empty();
        QVERIFY2(taken == (takes.at(static_cast<qsizetype>(i)) == u'y'), qPrintable(u"%1 of record %2"_s.arg(transition).arg(i)));
    }
}

void tst_decideinventory::aPaymentPendingSeatNeverEndsByTime()
{
    const std::array pending{seat(SeatState::PaymentPending, theirs, now - 3600s)};
    QVERIFY(!isFreeFor(pending[0], mine, now));
    QVERIFY(decideExpire(pending, theirs, now).empty());
}

void tst_decideinventory::takingIsAllOrNothingAndNamesTheTaken()
{
    SeatRecord free = seat(SeatState::Available);
    SeatRecord sold = seat(SeatState::Sold);
    sold.number = 8;
    const std::array both{free, sold};
    const auto taken = decideTake(both, mine, later, now);
    QVERIFY(!taken.has_value());
    QCOMPARE(taken.error().code, ErrorCode::SeatTaken);
    QCOMPARE(taken.error().details.value(u"numbers"_s).toArray(), QJsonArray{8});
}

void tst_decideinventory::freezingNeedsTimeLeft()
{
    const std::array ended{seat(SeatState::Held, mine, now)};
    const auto frozen = decideFreeze(ended, mine, later, now);
    QVERIFY(!frozen.has_value());
    QCOMPARE(frozen.error().code, ErrorCode::HoldGone);
}

void tst_decideinventory::aSoldSeatForgetsItsHold()
{
    const std::array pending{seat(SeatState::PaymentPending, mine, now)};
    const auto sold = decideConfirm(pending, mine, order);
    QVERIFY(sold.has_value());
    QCOMPARE(sold->front(), seat(SeatState::Sold));
}

void tst_decideinventory::anAreaIsRefusedAtItsCapacity_data()
{
    QTest::addColumn<int>("quantity");
    QTest::addColumn<bool>("fits");
    QTest::newRow("the last") << 2 << true;
    QTest::newRow("one too many") << 3 << false;
    QTest::newRow("given back") << -5 << true;
}

void tst_decideinventory::anAreaIsRefusedAtItsCapacity()
{
    QFETCH(int, quantity);
    QFETCH(bool, fits);
    const auto next = decideAreaHeld({.number = 0, .capacity = 10, .held = 5, .sold = 3}, quantity);
    QCOMPARE(next.has_value(), fits);
    if (!fits)
        QCOMPARE(next.error().details.value(u"available"_s).toInt(), 2);
}

void tst_decideinventory::noSequenceOfCommandsOverfillsAnArea()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    AreaRecord area{.number = 0, .capacity = 20, .held = 0, .sold = 0};
    for (int step = 0; step < 10'000; ++step) {
        const int quantity = random.bounded(1, 8);
        if (random.bounded(3) == 0 && area.held >= quantity)
            area = random.bounded(2) == 0 ? decideAreaSold(area, quantity) : *decideAreaHeld(area, -quantity);
        else if (const auto held = decideAreaHeld(area, quantity))
            area = *held;
        else
            QVERIFY(area.held + area.sold + quantity > area.capacity);
        if (area.sold == area.capacity)
            area = {.number = 0, .capacity = 20, .held = 0, .sold = 0};
        QVERIFY(area.held >= 0 && area.held + area.sold <= area.capacity);
    }
}

QTEST_APPLESS_MAIN(tst_decideinventory)
#include "tst_decideinventory.moc"
