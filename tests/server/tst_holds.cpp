#include "support/saleworld.h"

#include <QJsonArray>
#include <QtTest>

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
        keys.append(place.isArea ? u"%1 x %2"_s.arg(place.quantity).arg(place.key) : place.key);
    return keys;
}

} // namespace

class TestHolds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<SaleWorld>(); }
    void cleanup() { m_world.reset(); }

    // Taking.

    void takingSeatsMakesAHoldOfTenMinutes()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        QCOMPARE(hold.state, HoldState::Live);
        QCOMPARE(keysOf(hold), QStringList({a(1), a(2)}));
        QCOMPARE(hold.places.front().name, u"Stalls, row A, seat 1"_s);
        QCOMPARE(hold.places.front().category, u"Stalls"_s);
        QVERIFY2(hold.secondsLeft > 590 && hold.secondsLeft <= 600, qPrintable(QString::number(hold.secondsLeft)));
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->changes(), 1);
    }

    void takingStandingPlacesCountsThem()
    {
        const HoldView hold = need(m_world->takeYard(m_world->buyer(), 3));
        QCOMPARE(keysOf(hold), QStringList(u"3 x yard"_s));
        QCOMPARE(m_world->yardCounts(), u"3 0"_s);
    }

    void aSecondTakeAddsToTheHold()
    {
        const HoldView first = need(m_world->takeSeats(m_world->buyer(), {a(5)}));
        need(m_world->takeYard(m_world->buyer(), 2, first.id));
        need(m_world->takeYard(m_world->buyer(), 1, first.id));
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(4)}, first.id));
        QCOMPARE(keysOf(hold), QStringList({a(4), a(5), u"3 x yard"_s}));
        QCOMPARE(m_world->yardCounts(), u"3 0"_s);
    }

    void allPlacesOfAHoldEndTogether()
    {
        const HoldView first = need(m_world->takeSeats(m_world->buyer(), {a(5)}));
        need(m_world->takeYard(m_world->buyer(), 2, first.id));
        need(m_world->takeSeats(m_world->buyer(), {a(6)}, first.id));
        QCOMPARE(m_world->sqlNumber(u"select count(distinct held_until) from (select held_until from seat_inventory "
                                    "union all select held_until from area_hold union all select held_until from hold) "
                                    "x where held_until is not null"_s),
                 1);
    }

    void aTakeIsAllOrNothing()
    {
        need(m_world->takeSeats(m_world->otherBuyer(), {a(3)}));
        const auto refused = m_world->take(m_world->buyer(), {.hold = HoldId::create(),
                                                              .performance = m_world->performance(),
                                                              .seats = {a(1), a(2), a(3)},
                                                              .areas = {{SaleWorld::yard(), 2}}});
        QCOMPARE(refusal(refused), u"seat_taken"_s);
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from hold"_s), 1);
    }

    void aFullPoolLeavesTheSeatsAlone()
    {
        need(m_world->takeYard(m_world->otherBuyer(), 19));
        const auto refused = m_world->take(m_world->buyer(), {.hold = HoldId::create(),
                                                              .performance = m_world->performance(),
                                                              .seats = {a(1)},
                                                              .areas = {{SaleWorld::yard(), 2}}});
        QCOMPARE(refusal(refused), u"sold_out"_s);
        QCOMPARE(refused.error().message, u"Yard: Only one place is left there."_s);
        QCOMPARE(refused.error().details.value(u"available"_s).toInt(), 1);
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"19 0"_s);
    }

    void aTakenSeatIsRefusedWithItsName()
    {
        need(m_world->takeSeats(m_world->otherBuyer(), {a(3)}));
        const auto refused = m_world->takeSeats(m_world->buyer(), {a(2), a(3)});
        QCOMPARE(refused.error().message, u"Stalls, row A, seat 3 is taken. Choose another seat."_s);
        const QJsonArray seats = refused.error().details.value(u"seats"_s).toArray();
        QCOMPARE(seats.size(), 1);
        QCOMPARE(seats.first().toObject(), QJsonObject({{u"key"_s, a(3)}, {u"name"_s, u"Stalls, row A, seat 3"_s}}));
    }

    void severalTakenSeatsAreAllNamed()
    {
        need(m_world->takeSeats(m_world->otherBuyer(), {a(3), a(5)}));
        const auto refused = m_world->takeSeats(m_world->buyer(), {a(3), a(4), a(5)});
        QCOMPARE(refused.error().message,
                 u"These seats are taken: Stalls, row A, seat 3; Stalls, row A, seat 5. Choose others."_s);
    }

    void ownSeatsCanBeTakenAgain()
    {
        const HoldView first = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const HoldView again = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}, first.id));
        QCOMPARE(keysOf(again), QStringList({a(1), a(2)}));
        const qint64 seq = m_world->sqlNumber(u"select seq from map_clock"_s);
        need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}, first.id));
        QCOMPARE(m_world->sqlNumber(u"select seq from map_clock"_s), seq);
    }

    void theHoldOfAnotherIsNotAddedTo()
    {
        const HoldView theirs = need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(2)}, theirs.id)), u"hold_gone"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
    }

    void aTakeThatCannotBeReadIsRefusedByField_data()
    {
        QTest::addColumn<QStringList>("seats");
        QTest::addColumn<QString>("area");
        QTest::addColumn<QString>("field");
        QTest::newRow("nothing named") << QStringList() << QString() << u"/seats"_s;
        QTest::newRow("no such seat") << QStringList({a(1), u"Stalls-Z-1"_s}) << QString() << u"/seats/1"_s;
        QTest::newRow("no such area") << QStringList() << u"lawn"_s << u"/areas/0/area"_s;
        QTest::newRow("an area as a seat") << QStringList(SaleWorld::yard()) << QString() << u"/seats/0"_s;
    }

    void aTakeThatCannotBeReadIsRefusedByField()
    {
        QFETCH(QStringList, seats);
        QFETCH(QString, area);
        QFETCH(QString, field);
        TakeHold command{.hold = HoldId::create(),
                         .performance = m_world->performance(),
                         .seats = {seats.begin(), seats.end()},
                         .areas = {}};
        if (!area.isEmpty())
            command.areas = {{area, 1}};
        const auto refused = m_world->take(m_world->buyer(), command);
        QCOMPARE(refusal(refused), u"invalid_input"_s);
        QCOMPARE(refused.error().field, field);
    }

    void aPausedPerformanceSellsNothing()
    {
        need(m_world->catalog().setState(m_world->performance(), PerformanceState::Paused));
        const auto refused = m_world->takeSeats(m_world->buyer(), {a(1)});
        QCOMPARE(refusal(refused), u"not_on_sale"_s);
        QCOMPARE(refused.error().message, u"Twelfth Night is not on sale now."_s);
    }

    void anUnknownPerformanceIsNotFound()
    {
        const auto refused = m_world->take(
            m_world->buyer(),
            {.hold = HoldId::create(), .performance = PerformanceId::create(), .seats = {a(1)}, .areas = {}});
        QCOMPARE(refusal(refused), u"not_found"_s);
    }

    void aHoldHasNoMorePlacesThanAnOrder()
    {
        const HoldView hold = need(m_world->takeYard(m_world->buyer(), 20));
        const auto refused = m_world->takeYard(m_world->buyer(), limits::orderLinesMax, hold.id);
        QCOMPARE(refusal(refused), u"too_large"_s);
        QCOMPARE(refused.error().field, u"/areas"_s);
    }

    // Renewing and releasing.

    void renewingMovesTheEnd()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        need(m_world->takeYard(m_world->buyer(), 1, hold.id));
        endIn(hold.id, 60);
        QVERIFY(m_world->holds().find(m_world->buyer(), hold.id)->secondsLeft <= 60);
        const HoldView renewed = need(m_world->renew(m_world->buyer(), hold.id));
        QVERIFY(renewed.secondsLeft > 590);
        QCOMPARE(m_world->sqlNumber(u"select count(*) from seat_inventory s join hold h on h.id = s.hold_id "
                                    "join area_hold a on a.hold_id = h.id where s.held_until = h.held_until "
                                    "and a.held_until = h.held_until"_s),
                 1);
    }

    void aHoldIsNeverLongerThanHalfAnHour()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        m_world->sql(u"update hold set created_at = now() - interval '25 minutes'"_s);
        endIn(hold.id, 60);
        const HoldView renewed = need(m_world->renew(m_world->buyer(), hold.id));
        QVERIFY2(renewed.secondsLeft > 290 && renewed.secondsLeft <= 300,
                 qPrintable(QString::number(renewed.secondsLeft)));
        QCOMPARE(renewed.secondsLeftMax, renewed.secondsLeft);
    }

    void releasingGivesAllBack()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        need(m_world->takeYard(m_world->buyer(), 4, hold.id));
        const HoldView released = need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {}, .areas = {}}));
        QCOMPARE(released.state, HoldState::Released);
        QCOMPARE(keysOf(released), QStringList());
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1), a(2)}));
    }

    void releasingSomeKeepsTheRest()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2), a(3)}));
        need(m_world->takeYard(m_world->buyer(), 4, hold.id));
        const HoldView left = need(
            m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {a(2)}, .areas = {{SaleWorld::yard(), 3}}}));
        QCOMPARE(left.state, HoldState::Live);
        QCOMPARE(keysOf(left), QStringList({a(1), a(3), u"1 x yard"_s}));
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"1 0"_s);
    }

    void releasingTheLastPlaceEndsTheHold()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const HoldView released =
            need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {a(1)}, .areas = {}}));
        QCOMPARE(released.state, HoldState::Released);
    }

    void releasingWhatOneDoesNotHaveChangesNothing()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        need(m_world->takeSeats(m_world->otherBuyer(), {a(2)}));
        need(m_world->takeYard(m_world->otherBuyer(), 2));
        const HoldView left = need(m_world->release(
            m_world->buyer(), {.hold = hold.id, .seats = {a(2), a(7)}, .areas = {{SaleWorld::yard(), 2}}}));
        QCOMPARE(left.state, HoldState::Live);
        QCOMPARE(keysOf(left), QStringList(a(1)));
        QCOMPARE(m_world->seatState(a(2)), u"held"_s);
        QCOMPARE(m_world->yardCounts(), u"2 0"_s);
    }

    void releasingTwiceIsTheSame()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {}, .areas = {}}));
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        const HoldView again = need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {}, .areas = {}}));
        QCOMPARE(again.state, HoldState::Released);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    }

    void aReleasedHoldCannotBeUsed()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        need(m_world->release(m_world->buyer(), {.hold = hold.id, .seats = {}, .areas = {}}));
        QCOMPARE(refusal(m_world->renew(m_world->buyer(), hold.id)), u"hold_gone"_s);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(1)}, hold.id)), u"hold_gone"_s);
    }

    void theHoldOfAnotherLooksAsIfThereWereNone()
    {
        const HoldView hold = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const auto none = m_world->holds().find(m_world->otherBuyer(), HoldId::create());
        const auto theirs = m_world->holds().find(m_world->otherBuyer(), hold.id);
        QCOMPARE(theirs.error(), none.error());
        QCOMPARE(m_world->renew(m_world->otherBuyer(), hold.id).error(), none.error());
        QCOMPARE(m_world->release(m_world->otherBuyer(), {.hold = hold.id, .seats = {}, .areas = {}}).error(),
                 none.error());
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
    }

    // Running out.

    void aSeatPastItsTimeIsFreeBeforeAnySweeper()
    {
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        m_world->letHoldRunOut(old.id);
        const HoldView next = need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        QCOMPARE(keysOf(next), QStringList(a(1)));
        QCOMPARE(refusal(m_world->renew(m_world->buyer(), old.id)), u"hold_gone"_s);
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(3)}, old.id)), u"hold_gone"_s);
    }

    void theSweeperLeavesASeatThatWasTakenOver()
    {
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        m_world->letHoldRunOut(old.id);
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        QCOMPARE(need(m_world->holds().expireDue()), 1);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(need(m_world->holds().find(m_world->buyer(), old.id)).state, HoldState::Expired);
    }

    void releasingPastTheTimeLeavesASeatThatWasTakenOver()
    {
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        need(m_world->takeYard(m_world->buyer(), 3, old.id));
        m_world->letHoldRunOut(old.id);
        need(m_world->takeSeats(m_world->otherBuyer(), {a(1)}));
        const HoldView ended = need(m_world->release(m_world->buyer(), {.hold = old.id, .seats = {}, .areas = {}}));
        QCOMPARE(ended.state, HoldState::Expired);
        QCOMPARE(m_world->seatState(a(1)), u"held"_s);
        QCOMPARE(m_world->seatState(a(2)), u"available"_s);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
    }

    void standingPlacesPastTheirTimeCountAsFree()
    {
        const HoldView old = need(m_world->takeYard(m_world->buyer(), 18));
        m_world->letHoldRunOut(old.id);
        need(m_world->takeYard(m_world->otherBuyer(), 20));
        QCOMPARE(m_world->yardCounts(), u"20 0"_s);
        QCOMPARE(refusal(m_world->renew(m_world->buyer(), old.id)), u"hold_gone"_s);
        QCOMPARE(need(m_world->holds().expireDue()), 1);
        QCOMPARE(m_world->yardCounts(), u"20 0"_s);
    }

    void aRefusalWritesNothingOfWhatRanOut()
    {
        const HoldView old = need(m_world->takeYard(m_world->buyer(), 2));
        need(m_world->takeYard(m_world->otherBuyer(), 18));
        m_world->letHoldRunOut(old.id);
        const qint64 seq = m_world->sqlNumber(u"select seq from map_clock"_s);
        QCOMPARE(refusal(m_world->takeYard(m_world->otherBuyer(), 3)), u"sold_out"_s);
        QCOMPARE(m_world->yardCounts(), u"20 0"_s);
        QCOMPARE(m_world->sqlNumber(u"select seq from map_clock"_s), seq);
        need(m_world->takeYard(m_world->otherBuyer(), 2));
        QCOMPARE(m_world->yardCounts(), u"20 0"_s);
    }

    void aSaleThatAnotherNodeHasJustOpenedIsOpen()
    {
        need(m_world->catalog().setState(m_world->performance(), PerformanceState::Paused));
        SaleNode other(m_world->dsn());
        QCOMPARE(refusal(other.takeSeats(m_world->buyer(), {a(1)})), u"not_on_sale"_s);
        need(m_world->catalog().setState(m_world->performance(), PerformanceState::OnSale));
        QCOMPARE(refusal(other.takeSeats(m_world->buyer(), {a(1)})), u"ok"_s);
    }

    void theSweeperShowsWhatTheClockHasEnded()
    {
        const HoldView first = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        const HoldView second = need(m_world->takeYard(m_world->otherBuyer(), 5));
        need(m_world->takeSeats(m_world->otherBuyer(), {a(9)}));
        m_world->letHoldRunOut(first.id);
        m_world->letHoldRunOut(second.id);
        const int changes = m_world->changes();
        QCOMPARE(need(m_world->holds().expireDue()), 2);
        QCOMPARE(m_world->changes(), changes + 1);
        QCOMPARE(m_world->seatState(a(1)), u"available"_s);
        QCOMPARE(m_world->seatState(a(9)), u"held"_s);
        QCOMPARE(m_world->yardCounts(), u"0 0"_s);
        QCOMPARE(need(m_world->holds().expireDue()), 0);
    }

    void onePerformanceWhoseHoldsCannotEndKeepsNoOtherWaiting()
    {
        m_world = std::make_unique<SaleWorld>(SaleWorldOptions{.performances = 2});
        const PerformanceId both[]{m_world->performance(), need(m_world->catalog().performances(true)).at(1).id};
        const auto left = [this] {
            need(m_world->holds().expireDue());
            return m_world->sqlText(u"select performance_id from hold where state = 'live'"_s);
        };
        for (const PerformanceId &failing : both) { // Either is the first that is looked at.
            for (const PerformanceId &performance : both) {
                const HoldView hold = need(m_world->take(
                    m_world->buyer(),
                    {.hold = HoldId::create(), .performance = performance, .seats = {a(1)}, .areas = {}}));
                m_world->letHoldRunOut(hold.id);
            }
            m_world->sql(u"create function refuse_write() returns trigger language plpgsql as "
                         "$$begin raise exception 'a row that cannot be written'; end$$"_s);
            m_world->sql(u"create trigger refuse_write before update on seat_inventory for each row "
                         "when (old.performance_id = '%1') execute function refuse_write()"_s.arg(failing.text()));
            QCOMPARE(need(m_world->holds().expireDue()), 1);
            QCOMPARE(left(), failing.text());
            m_world->sql(u"drop function refuse_write() cascade"_s);
            QCOMPARE(left(), failing.text()); // It is left out for some seconds.
            QTRY_COMPARE(left(), QString());
        }
    }

    void theOrdersOfAHoldEndWithIt()
    {
        const HoldView expired = need(m_world->takeSeats(m_world->buyer(), {a(1)}));
        const HoldView released = need(m_world->takeSeats(m_world->buyer(), {a(2)}));
        const OrderView first = need(m_world->order(m_world->buyer(), expired));
        const OrderView second = need(m_world->order(m_world->buyer(), released));
        m_world->letHoldRunOut(expired.id);
        need(m_world->holds().expireDue());
        need(m_world->release(m_world->buyer(), {.hold = released.id, .seats = {}, .areas = {}}));
        for (const OrderView &order : {first, second}) {
            QCOMPARE(need(m_world->checkout().find(m_world->buyer(), order.id)).state, OrderState::Expired);
            QCOMPARE(refusal(m_world->payCard(m_world->buyer(), order)), u"hold_gone"_s);
        }
    }

    // Purchase limits.

    void thePurchaseLimitCountsEveryHoldAndOrder()
    {
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.purchaseLimit = 4});
        need(m_world->sell(m_world->buyer(), {a(1)}));
        const HoldView second = need(m_world->takeSeats(m_world->buyer(), {a(2)}));
        need(m_world->takeYard(m_world->buyer(), 1));
        QCOMPARE(refusal(m_world->takeSeats(m_world->buyer(), {a(3), a(4)})), u"purchase_limit"_s);
        QCOMPARE(refusal(m_world->takeYard(m_world->buyer(), 2, second.id)), u"purchase_limit"_s);
        need(m_world->takeSeats(m_world->buyer(), {a(3)}, second.id));
        const auto refused = m_world->takeYard(m_world->buyer(), 1);
        QCOMPARE(refused.error().message, u"At most 4 places are sold to one customer."_s);
        QCOMPARE(refused.error().details.value(u"limit"_s).toInt(), 4);
    }

    void whatRanOutDoesNotCountAgainstTheLimit()
    {
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.purchaseLimit = 2});
        const HoldView old = need(m_world->takeSeats(m_world->buyer(), {a(1), a(2)}));
        m_world->letHoldRunOut(old.id);
        need(m_world->takeSeats(m_world->buyer(), {a(3), a(4)}));
    }

    void theDeskHasNoPurchaseLimit()
    {
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.purchaseLimit = 2});
        need(m_world->takeSeats(m_world->desk(), {a(1), a(2), a(3)}));
    }

    void twoHoldsAtOnceCannotPassThePurchaseLimit()
    {
        m_world = std::make_unique<SaleWorld>(test::SaleWorldOptions{.purchaseLimit = 3});
        for (int round = 1; round <= 4; ++round) {
            std::vector<std::jthread> buyers;
            std::atomic<int> won = 0;
            for (const QString &row : {u"A"_s, u"B"_s}) {
                buyers.emplace_back([&, row] {
                    const auto taken =
                        m_world->takeSeats(m_world->buyer(), SaleWorld::seatKeys(u"Stalls"_s, row, 1, 2));
                    won += taken ? 1 : 0;
                    if (!taken)
                        QCOMPARE(refusal(taken), u"purchase_limit"_s);
                });
            }
            buyers.clear();
            QCOMPARE(won, 1);
            const QString hold = m_world->sqlText(u"select id from hold where state = 'live'"_s);
            need(m_world->release(m_world->buyer(), {.hold = *HoldId::fromText(hold), .seats = {}, .areas = {}}));
        }
    }

private:
    void endIn(const HoldId &hold, int seconds)
    {
        m_world->sql(u"update hold set held_until = now() + interval '%1 seconds' where id = '%2'"_s.arg(seconds).arg(
            hold.text()));
        m_world->sql(u"update seat_inventory set held_until = (select held_until from hold where id = hold_id) "
                     "where hold_id is not null"_s);
        m_world->sql(u"update area_hold set held_until = (select held_until from hold where id = hold_id)"_s);
    }

    std::unique_ptr<SaleWorld> m_world;
};

QTEST_GUILESS_MAIN(TestHolds)
#include "tst_holds.moc"
