#include "check/salebooks.h"
#include "runtime/faultpoint.h"
#include "support/saleworld.h"

#include <QJsonArray>
#include <QtTest>

#include <latch>
#include <thread>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::a;
using parterre::test::need;
using parterre::test::refusal;
using parterre::test::SaleNode;
using parterre::test::SaleWorld;
using parterre::test::SaleWorldOptions;

namespace {

QStringList keysOf(const HoldView &hold)
{
    QStringList keys;
    for (const HeldPlace &place : hold.places)
        keys.append(place.key);
    return keys;
}

QStringList namesIn(const Error &error)
{
    QStringList names;
    for (const auto &seat : error.details.value(u"seats"_s).toArray())
        names.append(seat.toObject().value(u"name"_s).toString());
    return names;
}

} // namespace

/// House codes, allocations and kills through the services of a sale, on a real database.
class TestHouseSeats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { open(); }
    void cleanup()
    {
        QVERIFY(armFaultPoints(""));
        if (m_world)
            QCOMPARE(m_world->books().faults(), QStringList());
        m_world.reset();
    }

    // Moving.

    void whatIsSetAsideIsNotOnGeneralSale()
    {
        putCode(u"CAST"_s);
        const int available = m_world->detail().summary.available;
        const MovedSeats moved = need(setAside({a(1), a(2)}, u"cast "_s));
        QCOMPARE(moved.count(), 2);
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
        QCOMPARE(m_world->detail().summary.available, available - 2);
        QCOMPARE(m_world->detail().summary.capacity, SaleWorld::seatCount + SaleWorld::yardCapacity);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1)})), u"seat_taken"_s);
        QCOMPARE(m_world->changes(), 1);
    }

    void aKilledSeatIsOutOfCapacityUntilItIsRestored()
    {
        const int capacity = m_world->detail().summary.capacity;
        need(move(SeatMove::Kill, {a(1), a(2)}, u"broken"_s));
        QCOMPARE(m_world->detail().summary.capacity, capacity - 2);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1)})), u"seat_taken"_s);
        const auto refused = m_world->takeSeats(m_world->desk(), {a(1)});
        QCOMPARE(refused.error().message, u"Off sale: Stalls, row A, seat 1. Choose others."_s);
        need(move(SeatMove::Restore, {a(1), a(2)}));
        QCOMPARE(m_world->detail().summary.capacity, capacity);
        need(m_world->takeSeats(m_world->buyer(), {a(1)}));
    }

    void aKilledHouseSeatIsRestoredToItsCode()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1)}, u"CAST"_s));
        need(move(SeatMove::Kill, {a(1)}, u"camera"_s));
        need(move(SeatMove::Restore, {a(1)}));
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
        need(takeOf({a(1)}, u"CAST"_s));
    }

    void aMoveIsAllOrNothingAndNamesTheSeatsInTheWay()
    {
        putCode(u"CAST"_s);
        need(m_world->takeSeats(m_world->buyer(), {a(2)}));
        need(m_world->sell(m_world->desk(), {a(3)}));
        const auto refused = setAside({a(1), a(2), a(3)}, u"CAST"_s);
        QCOMPARE(refusal(refused), u"seat_taken"_s);
        QCOMPARE(namesIn(refused.error()), QStringList({u"Stalls, row A, seat 2"_s, u"Stalls, row A, seat 3"_s}));
        QVERIFY2(refused.error().message.contains(u"Stalls, row A, seat 2"_s), qPrintable(refused.error().message));
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from house_change"_s), 0);
    }

    void aSeatPastItsHoldIsFreeToBeMoved()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        m_world->letHoldRunOut(hold.id);
        putCode(u"CAST"_s);
        need(setAside({a(1)}, u"CAST"_s));
        need(m_world->holds().expireDue());
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
    }

    void whatIsThereAlreadyStaysAndIsNoChange()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1)}, u"CAST"_s));
        const qint64 seq = m_world->storedMap().seq;
        QCOMPARE(need(setAside({a(1)}, u"CAST"_s)).count(), 0);
        QCOMPARE(m_world->storedMap().seq, seq);
        QCOMPARE(need(setAside({a(1), a(2)}, u"CAST"_s)).count(), 1);
    }

    void aRepeatIsAnsweredWithTheFirstOutcome()
    {
        putCode(u"CAST"_s);
        const CommandKey key = SaleNode::newKey(m_world->desk());
        const MoveSeats command{.performance = m_world->performance(), .seats = {a(1)}, .code = u"CAST"_s};
        QCOMPARE(need(m_world->houseSeats().move(key, command)).count(), 1);
        need(move(SeatMove::Release, {a(1)}));
        QCOMPARE(need(m_world->houseSeats().move(key, command)).count(), 1);
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
    }

    void everyMoveIsKeptWithWhoAndWhy()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1), a(2)}, u"CAST"_s));
        need(move(SeatMove::Kill, {a(3)}, u"broken"_s));
        const HouseSeats seats = need(m_world->houseSeats().seats(m_world->performance()));
        QCOMPARE(seats.changes.size(), 2U);
        QCOMPARE(seats.changes[0].by, u"Viola of Messaline"_s);
        QCOMPARE(seats.changes[0].reason, u"broken"_s);
        QCOMPARE(seats.changes[1].code, u"CAST"_s);
        QCOMPARE(seats.changes[1].places, 2);
        QCOMPARE(m_world->sqlRefusal(u"update house_change set reason = 'another'"_s), u"23001"_s);
    }

    void aMoveIsUndoneSeatBySeat()
    {
        putCode(u"CAST"_s);
        putCode(u"PRESS"_s);
        need(setAside({a(2)}, u"CAST"_s));
        const MovedSeats moved = need(setAside({a(1), a(2), a(3)}, u"PRESS"_s));
        for (const MoveSeats &back : reverseOf(moved, u"undo"_s))
            need(m_world->houseSeats().move(SaleNode::newKey(m_world->desk()), back));
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        need(takeOf({a(2)}, u"CAST"_s));
        need(m_world->takeSeats(m_world->buyer(), {a(3)}));
    }

    void aMoveThatCannotBeReadIsRefusedByField()
    {
        const auto fieldOf = [](const Result<MovedSeats> &moved) { return moved ? u"ok"_s : moved.error().field; };
        QCOMPARE(fieldOf(setAside({a(1)}, {})), u"/code"_s);
        QCOMPARE(fieldOf(setAside({a(1)}, u"NOBODY"_s)), u"/code"_s);
        QCOMPARE(fieldOf(move(SeatMove::Kill, {a(1)})), u"/reason"_s);
        QCOMPARE(fieldOf(move(SeatMove::Release, {a(1), u"Stalls-Z-9"_s})), u"/seats/1"_s);
    }

    // Codes.

    void aCodeIsMadeOnceAndChangedByItsName()
    {
        putCode(u"CAST"_s);
        need(m_world->houseSeats().putCode(SaleNode::newKey(m_world->desk()), {.performance = m_world->performance(),
                                                                               .code = u" cast"_s,
                                                                               .name = u"Cast and crew"_s,
                                                                               .color = u"#112233"_s}));
        const HouseSeats seats = need(m_world->houseSeats().seats(m_world->performance()));
        QCOMPARE(seats.codes.size(), 1U);
        QCOMPARE(seats.codes[0].code.name, u"Cast and crew"_s);
    }

    void aCodeThatCannotBeIsRefusedByField_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("color");
        QTest::addColumn<QString>("access");
        QTest::addColumn<bool>("isAllocation");
        QTest::addColumn<QString>("field");
        QTest::newRow("no code") << u" "_s << u"#112233"_s << QString() << false << u"/code"_s;
        QTest::newRow("no colour") << u"X"_s << u"red"_s << QString() << false << u"/color"_s;
        QTest::newRow("a short access code") << u"X"_s << u"#112233"_s << u"1-2-3"_s << true << u"/access_code"_s;
        QTest::newRow("access to a house code")
            << u"X"_s << u"#112233"_s << u"OPENSESAME"_s << false << u"/access_code"_s;
        QTest::newRow("of another kind") << u"CAST"_s << u"#112233"_s << QString() << true << u"/kind"_s;
        QTest::newRow("access that another has")
            << u"X"_s << u"#112233"_s << u"friends 26"_s << true << u"/access_code"_s;
    }
    void aCodeThatCannotBeIsRefusedByField()
    {
        QFETCH(QString, code);
        QFETCH(QString, color);
        QFETCH(QString, access);
        QFETCH(bool, isAllocation);
        QFETCH(QString, field);
        putCode(u"CAST"_s);
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        const auto made = m_world->houseSeats().putCode(
            SaleNode::newKey(m_world->desk()), {.performance = m_world->performance(),
                                                .code = code,
                                                .name = u"Name"_s,
                                                .kind = isAllocation ? HouseCodeKind::Allocation : HouseCodeKind::House,
                                                .color = color,
                                                .accessCode = access.isEmpty() ? std::nullopt : std::optional(access)});
        QVERIFY(!made);
        QCOMPARE(made.error().field, field);
    }

    // Selling.

    void aClerkSellsHouseSeatsByNamingTheCode()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1), a(2)}, u"CAST"_s));
        const auto refused = m_world->takeSeats(m_world->desk(), {a(1)});
        QCOMPARE(refusal(refused), u"seat_taken"_s);
        QCOMPARE(refused.error().message,
                 u"Set aside under a house code: Stalls, row A, seat 1. Choose that code to sell them."_s);
        const HoldView hold = need(takeOf({a(1), a(3)}, u"cast"_s)); // One of general sale beside it.
        const OrderView order = need(m_world->order(m_world->desk(), hold));
        need(m_world->payCash(m_world->desk(), order, order.total));
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from seat_inventory where state = 'sold' and house_no = 1"_s), 1);
        QCOMPARE(refusal(takeOf({a(2)}, u"NOBODY"_s)), u"invalid_input"_s);
    }

    void anotherCodeOpensNothing()
    {
        putCode(u"CAST"_s);
        putCode(u"PRESS"_s);
        need(setAside({a(1)}, u"CAST"_s));
        QCOMPARE(refusal(takeOf({a(1)}, u"PRESS"_s)), u"seat_taken"_s);
    }

    void thePublicCannotNameAHouseCode()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1)}, u"CAST"_s));
        TakeHold command = taking({a(1)});
        command.houseCode = u"CAST"_s;
        const auto refused = m_world->take(m_world->buyer(), command);
        QCOMPARE(refusal(refused), u"forbidden"_s);
        QCOMPARE(refused.error().field, u"/house_code"_s);
    }

    void anAllocationIsBoughtByItsAccessCode()
    {
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        need(setAside({a(1), a(2)}, u"FRIENDS"_s));
        QCOMPARE(refusal(withAccess({a(1)}, u"WRONG-CODE"_s)), u"forbidden"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from house_code where position('FRIENDS26' in "
                                    "encode(access_sha256, 'escape')) > 0"_s),
                 0);
        const HoldView hold = need(withAccess({a(1), a(3)}, u"friends 26"_s));
        need(m_world->payCard(m_world->buyer(), need(m_world->order(m_world->buyer(), hold))));
        QCOMPARE(m_world->seatState(a(1)), u"sold"_s);
        const Allocation left =
            need(m_world->houseSeats().allocation(m_world->performance(), u"Friends 26"_s, u"192.0.2.7"_s));
        QCOMPARE(left.seats, std::vector{*m_world->layout().seatNumber(a(2))});
    }

    void anAccessCodeOpensItsOwnSeatsAlone()
    {
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        putCode(u"CAST"_s);
        need(setAside({a(1)}, u"CAST"_s));
        const auto refused = withAccess({a(1)}, u"FRIENDS-26"_s);
        QCOMPARE(refusal(refused), u"seat_taken"_s);
        QCOMPARE(refused.error().message, u"Your access code does not open: Stalls, row A, seat 1. Choose others."_s);
    }

    void thePurchaseLimitHoldsForAllocationsToo()
    {
        open({.purchaseLimit = 2});
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        need(setAside(SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 3), u"FRIENDS"_s));
        QCOMPARE(refusal(withAccess(SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 3), u"FRIENDS-26"_s)),
                 u"purchase_limit"_s);
    }

    void guessingAnAccessCodeIsSlowedDown()
    {
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        const auto guess = [this](const QString &code, const QString &peer) {
            return refusal(m_world->houseSeats().allocation(m_world->performance(), code, peer));
        };
        for (int i = 0; i < FailureThrottle::failuresOfAddressMax; ++i)
            QCOMPARE(guess(u"GUESS-%1"_s.arg(i), u"192.0.2.7"_s), u"forbidden"_s);
        QCOMPARE(guess(u"FRIENDS-26"_s, u"192.0.2.7"_s), u"rate_limited"_s);
        QCOMPARE(guess(u"FRIENDS-26"_s, u"192.0.2.8"_s), u"ok"_s);
    }

    // Going back.

    void aHouseSeatThatIsGivenBackGoesToItsCode()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1), a(2)}, u"CAST"_s));
        const HoldView hold = need(takeOf({a(1), a(2), a(3)}, u"CAST"_s));
        need(m_world->release(m_world->desk(), {.hold = hold.id, .seats = {a(1)}, .areas = {}}));
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
        need(m_world->release(m_world->desk(), {.hold = hold.id, .seats = {}, .areas = {}}));
        QCOMPARE(m_world->seatState(a(2)), u"house"_s);
        QCOMPARE(m_world->seatState(a(3)), u"available"_s);
    }

    void aHouseSeatWhoseHoldEndsGoesToItsCode()
    {
        putCode(u"CAST"_s);
        need(setAside({a(1)}, u"CAST"_s));
        const HoldView hold = need(takeOf({a(1)}, u"CAST"_s));
        m_world->letHoldRunOut(hold.id);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1)})), u"seat_taken"_s); // Before the sweeper came.
        need(m_world->holds().expireDue());
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
        need(takeOf({a(1)}, u"CAST"_s));
    }

    void aDeclinedPaymentKeepsTheCode()
    {
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        need(setAside({a(1)}, u"FRIENDS"_s));
        const HoldView hold = need(withAccess({a(1)}, u"FRIENDS-26"_s));
        const OrderView order = need(m_world->order(m_world->buyer(), hold));
        QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order, u"pm_card_chargeDeclined"_s)),
                 u"payment_declined"_s);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {}, .areas = {}}));
        QCOMPARE(m_world->seatState(a(1)), u"house"_s);
    }

    // The best places, and who is left alone.

    void theBestPlacesAreNeverHouseSeats()
    {
        putCode(u"CAST"_s);
        need(setAside(SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 10), u"CAST"_s));
        need(move(SeatMove::Kill, SaleWorld::seatKeys(u"Stalls"_s, u"B"_s, 1, 10), u"flooded"_s));
        TakeHold command = taking({});
        command.best = BestPlaces{.size = 4};
        for (const QString &key : keysOf(need(m_world->take(m_world->buyer(), command))))
            QVERIFY2(!key.startsWith(u"Stalls-A"_s) && !key.startsWith(u"Stalls-B"_s), qPrintable(key));
    }

    void theBestOfACodeAreAmongItsSeatsAlone()
    {
        putCode(u"CAST"_s);
        const auto circle = SaleWorld::seatKeys(u"Circle"_s, u"C"_s, 1, 4);
        need(setAside(circle, u"CAST"_s));
        TakeHold command = taking({});
        command.best = BestPlaces{.size = 3};
        command.houseCode = u"CAST"_s;
        for (const QString &key : keysOf(need(m_world->take(m_world->desk(), command))))
            QVERIFY2(std::ranges::find(circle, key) != circle.end(), qPrintable(key));
        command.hold = HoldId::create();
        QCOMPARE(refusal(m_world->take(m_world->desk(), command)), u"sold_out"_s);
    }

    void aHouseSeatEndsARunForTheOrphanRule()
    {
        open({.orphanRule = OrphanRule::Strict});
        putCode(u"CAST"_s);
        need(setAside({a(4)}, u"CAST"_s));
        // 1 to 3 are a run by themselves: seat 3 would be left alone, as nobody of the public can sit at 4.
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1), a(2)})), u"seat_left_alone"_s);
        need(m_world->takeSeats(m_world->buyer(), {a(1), a(2), a(3)}));
    }

    void whoHasTheCodeIsJudgedWithItsSeatsAsFree()
    {
        open({.orphanRule = OrphanRule::Strict});
        putAllocation(u"FRIENDS"_s, u"FRIENDS-26"_s);
        need(setAside(SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, 1, 4), u"FRIENDS"_s));
        QCOMPARE(refusal(withAccess({a(2), a(3)}, u"FRIENDS-26"_s)), u"seat_left_alone"_s);
        const HoldView hold = need(withAccess({a(1), a(2)}, u"FRIENDS-26"_s));
        need(m_world->order(m_world->buyer(), hold));
    }

    // Races.

    void withoutTheRowLockSettingAsideTakesAwayWhatIsHeld()
    {
        putCode(u"CAST"_s);
        QVERIFY(armFaultPoints("inventory_seat_lock:skip,inventory_seats_read:sleep=60"));
        QVERIFY2(!raceFaults(12).isEmpty(), "the control must see the race");
        QVERIFY(armFaultPoints(""));
        open(); // Its books are broken.
    }

    void settingAsideAndHoldingAtOnceLeaveOneWinner()
    {
        putCode(u"CAST"_s);
        QVERIFY(armFaultPoints("inventory_seats_read:sleep=20"));
        QCOMPARE(raceFaults(12), QStringList());
    }

private:
    void open(const SaleWorldOptions &options = {}) { m_world = std::make_unique<SaleWorld>(options); }
    void putCode(const QString &code)
    {
        need(m_world->houseSeats().putCode(
            SaleNode::newKey(m_world->desk()),
            {.performance = m_world->performance(), .code = code, .name = code, .color = u"#7b5ea7"_s}));
    }
    void putAllocation(const QString &code, const QString &accessCode)
    {
        need(m_world->houseSeats().putCode(SaleNode::newKey(m_world->desk()), {.performance = m_world->performance(),
                                                                               .code = code,
                                                                               .name = code,
                                                                               .kind = HouseCodeKind::Allocation,
                                                                               .color = u"#7b5ea7"_s,
                                                                               .accessCode = accessCode}));
    }
    Result<MovedSeats> setAside(const std::vector<QString> &seats, const QString &code)
    {
        return m_world->houseSeats().move(SaleNode::newKey(m_world->desk()),
                                          {.performance = m_world->performance(), .seats = seats, .code = code});
    }
    Result<MovedSeats> move(SeatMove move, const std::vector<QString> &seats, const QString &reason = {})
    {
        return m_world->houseSeats().move(
            SaleNode::newKey(m_world->desk()),
            {.performance = m_world->performance(), .move = move, .seats = seats, .reason = reason});
    }
    TakeHold taking(const std::vector<QString> &seats) const
    {
        return {.hold = HoldId::create(), .performance = m_world->performance(), .seats = seats, .areas = {}};
    }
    Result<HoldView> takeOf(const std::vector<QString> &seats, const QString &code)
    {
        TakeHold command = taking(seats);
        command.houseCode = code;
        return m_world->take(m_world->desk(), command);
    }
    Result<HoldView> withAccess(const std::vector<QString> &seats, const QString &accessCode)
    {
        TakeHold command = taking(seats);
        command.accessCode = accessCode;
        return m_world->take(m_world->buyer(), command);
    }
    /// A manager sets a seat aside while somebody takes it, `rounds` times; what the books say afterwards, and where
    /// both were told that they have it.
    QStringList raceFaults(int rounds)
    {
        int bothWon = 0;
        for (int i = 0; i < rounds; ++i) {
            const QString seat = SaleWorld::seatKey(u"Circle"_s, i < 10 ? u"A"_s : u"B"_s, i % 10 + 1);
            std::latch start(2);
            bool isHeld = false;
            bool isSetAside = false;
            {
                std::jthread buyer([&] {
                    start.arrive_and_wait();
                    isHeld = m_world->takeSeats(m_world->buyer(), {seat}).has_value();
                });
                start.arrive_and_wait();
                isSetAside = setAside({seat}, u"CAST"_s).has_value();
            }
            bothWon += isHeld && isSetAside ? 1 : 0;
            if (!isHeld && !isSetAside)
                return {u"nobody has %1"_s.arg(seat)};
        }
        QStringList faults = m_world->books().faults();
        if (bothWon > 0)
            faults.append(u"both have a seat, %1 times"_s.arg(bothWon));
        return faults;
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestHouseSeats)
#include "tst_houseseats.moc"
