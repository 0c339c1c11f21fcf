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
    return {.number = 7,
            .state = state,
            .hold = hold,
            .heldUntil = until,
            .order = state == SeatState::Sold ? order : OrderId()};
}

/// A seat that belongs to house code 3.
SeatRecord ofCode(SeatState state, const HoldId &hold = {}, Instant until = {})
{
    SeatRecord record = seat(state, hold, until);
    record.house = 3;
    return record;
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
    ofCode(SeatState::House),
    seat(SeatState::Killed),
};

/// As allSeats, of a house code.
const std::array allHouseSeats{
    ofCode(SeatState::House),
    ofCode(SeatState::Held, mine, now + 1s),
    ofCode(SeatState::Held, mine, now),
    ofCode(SeatState::Held, theirs, now + 1s),
    ofCode(SeatState::Held, theirs, now),
    ofCode(SeatState::PaymentPending, mine, now + 1s),
    ofCode(SeatState::PaymentPending, theirs, now - 1s),
    ofCode(SeatState::Sold),
    ofCode(SeatState::Killed),
};

QString stateNames(const Result<std::vector<SeatRecord>> &seats)
{
    if (!seats)
        return errorCodeName(seats.error().code);
    QString text;
    for (const SeatRecord &record : *seats)
        text += QLatin1Char(seatStateLetter(record.state)) + QString::number(record.house);
    return text;
}

} // namespace

class tst_decideinventory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachTransitionTakesJustItsSeats_data();
    void eachTransitionTakesJustItsSeats();
    void aHouseSeatIsTakenByWhoHasOpenedItsCode_data();
    void aHouseSeatIsTakenByWhoHasOpenedItsCode();
    void aHouseSeatGoesBackToItsCode();
    void aMoveTakesJustItsSeats_data();
    void aMoveTakesJustItsSeats();
    void aMoveIsAllOrNothingAndNamesWhatIsInTheWay();
    void theReverseOfAMoveBringsEverySeatBack_data();
    void theReverseOfAMoveBringsEverySeatBack();
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
    QTest::newRow("end") << u"end"_s << u"nnnnnyynnnn"_s;
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
        else if (transition == u"end")
            taken = decideEnd(one, mine).has_value();
        else if (transition == u"confirm")
            taken = decideConfirm(one, mine, order).has_value();
        else if (transition == u"release")
            taken = !decideRelease(one, mine).empty();
        else
            taken = !decideExpire(one, mine, now).empty();
        QVERIFY2(taken == (takes.at(static_cast<qsizetype>(i)) == u'y'),
                 qPrintable(u"%1 of record %2"_s.arg(transition).arg(i)));
    }
}

void tst_decideinventory::aHouseSeatIsTakenByWhoHasOpenedItsCode_data()
{
    // One letter a record of allHouseSeats.
    QTest::addColumn<int>("opened");
    QTest::addColumn<QString>("takes");
    QTest::newRow("nobody's code") << 0 << u"nyynnnnnn"_s;
    QTest::newRow("another code") << 4 << u"nyynnnnnn"_s;
    QTest::newRow("its code") << 3 << u"yyynynnnn"_s;
}

void tst_decideinventory::aHouseSeatIsTakenByWhoHasOpenedItsCode()
{
    QFETCH(int, opened);
    QFETCH(QString, takes);
    for (size_t i = 0; i < allHouseSeats.size(); ++i) {
        const std::array one{allHouseSeats[i]};
        const auto taken = decideTake(one, mine, later, now, opened);
        QVERIFY2(taken.has_value() == (takes.at(static_cast<qsizetype>(i)) == u'y'), qPrintable(u"record %1"_s.arg(i)));
        if (taken)
            QCOMPARE(taken->front(), ofCode(SeatState::Held, mine, later));
    }
    const std::array general{seat(SeatState::Available)};
    QVERIFY(decideTake(general, mine, later, now, opened).has_value());
}

void tst_decideinventory::aHouseSeatGoesBackToItsCode()
{
    const std::array held{ofCode(SeatState::Held, mine, now)};
    QCOMPARE(decideRelease(held, mine), std::vector{ofCode(SeatState::House)});
    QCOMPARE(decideExpire(held, mine, now), std::vector{ofCode(SeatState::House)});
    const std::array pending{ofCode(SeatState::PaymentPending, mine, now)};
    QCOMPARE(decideConfirm(pending, mine, order)->front(), ofCode(SeatState::Sold));
    QCOMPARE(decideThaw(pending, mine, later)->front(), ofCode(SeatState::Held, mine, later));
    QCOMPARE(decideEnd(pending, mine)->front(), ofCode(SeatState::House));
    QCOMPARE(freed(ofCode(SeatState::Killed)), ofCode(SeatState::House));
}

void tst_decideinventory::aMoveTakesJustItsSeats_data()
{
    // What becomes of each record: its letter and code, `-` where it is so already, `x` where it may not be moved.
    QTest::addColumn<SeatMove>("move");
    QTest::addColumn<QStringList>("general");
    QTest::addColumn<QStringList>("ofTheHouse");
    const auto words = [](const QString &text) { return text.split(u' '); };
    QTest::newRow("set aside") << SeatMove::SetAside << words(u"o5 x o5 x o5 x x x x o5 x"_s)
                               << words(u"o5 x o5 x o5 x x x x"_s);
    QTest::newRow("release") << SeatMove::Release << words(u"- x a0 x a0 x x x x a0 x"_s)
                             << words(u"a0 x a0 x a0 x x x x"_s);
    QTest::newRow("kill") << SeatMove::Kill << words(u"k0 x k0 x k0 x x x x k3 -"_s)
                          << words(u"k3 x k3 x k3 x x x -"_s);
    QTest::newRow("restore") << SeatMove::Restore << words(u"- x a0 x a0 x x x x - a0"_s)
                             << words(u"- x o3 x o3 x x x o3"_s);
}

void tst_decideinventory::aMoveTakesJustItsSeats()
{
    QFETCH(SeatMove, move);
    QFETCH(QStringList, general);
    QFETCH(QStringList, ofTheHouse);
    const auto becomes = [&](const SeatRecord &record) {
        const auto moved = decideMove(std::array{record}, move, move == SeatMove::SetAside ? 5 : 0, now);
        if (!moved)
            return u"x"_s;
        return moved->empty() ? u"-"_s : stateNames(moved);
    };
    QStringList found;
    for (const SeatRecord &record : allSeats)
        found += becomes(record);
    QCOMPARE(found, general);
    found.clear();
    for (const SeatRecord &record : allHouseSeats)
        found += becomes(record);
    QCOMPARE(found, ofTheHouse);
    const std::array there{ofCode(SeatState::House)};
    QVERIFY(decideMove(there, SeatMove::SetAside, 3, now)->empty());
}

void tst_decideinventory::aMoveIsAllOrNothingAndNamesWhatIsInTheWay()
{
    SeatRecord free = seat(SeatState::Available);
    SeatRecord sold = seat(SeatState::Sold);
    SeatRecord killed = seat(SeatState::Killed);
    sold.number = 8;
    killed.number = 9;
    const auto moved = decideMove(std::array{free, sold, killed}, SeatMove::SetAside, 1, now);
    QCOMPARE(stateNames(moved), u"seat_taken"_s);
    QCOMPARE(moved.error().details.value(u"numbers"_s).toArray(), (QJsonArray{8, 9}));
    const auto off = decideMove(std::array{free, killed}, SeatMove::Release, 0, now);
    QCOMPARE(stateNames(off), u"wrong_state"_s);
    QCOMPARE(off.error().details.value(u"numbers"_s).toArray(), QJsonArray{9});
}

void tst_decideinventory::theReverseOfAMoveBringsEverySeatBack_data()
{
    QTest::addColumn<SeatMove>("move");
    QTest::newRow("set aside") << SeatMove::SetAside;
    QTest::newRow("release") << SeatMove::Release;
    QTest::newRow("kill") << SeatMove::Kill;
    QTest::newRow("restore") << SeatMove::Restore;
}

void tst_decideinventory::theReverseOfAMoveBringsEverySeatBack()
{
    QFETCH(SeatMove, move);
    const auto codeOf = [](const QString &name) { return name.isEmpty() ? 0 : name.toInt(); };
    std::vector<SeatRecord> seats{seat(SeatState::Available), ofCode(SeatState::House)};
    if (move == SeatMove::Restore)
        seats = {seat(SeatState::Killed), ofCode(SeatState::Killed)};
    seats[0].number = 1;
    seats[1].number = 2;
    const auto after = decideMove(seats, move, move == SeatMove::SetAside ? 5 : 0, now);
    QVERIFY(after.has_value());
    MovedSeats moved{.performance = {}, .move = move, .before = {}};
    for (const SeatRecord &record : *after) {
        const SeatRecord &was = seats.at(static_cast<size_t>(record.number) - 1);
        moved.before.push_back({.code = was.house > 0 ? QString::number(was.house) : QString(),
                                .seats = {QString::number(record.number)}});
    }
    std::vector<SeatRecord> current = seats;
    for (const SeatRecord &record : *after)
        current.at(static_cast<size_t>(record.number) - 1) = record;
    for (const MoveSeats &command : reverseOf(moved, u"a mistake"_s)) {
        QCOMPARE(command.reason, u"a mistake"_s);
        SeatRecord &record = current.at(command.seats.front().toULongLong() - 1);
        const auto back = decideMove(std::array{record}, command.move, codeOf(command.code), now);
        QVERIFY(back.has_value() && back->size() == 1);
        record = back->front();
    }
    QCOMPARE(current, seats);
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
