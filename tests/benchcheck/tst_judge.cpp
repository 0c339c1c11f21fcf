#include "benchcheck/trials.h"

using namespace parterre;
using namespace parterre::tests;

namespace {

void screen(TrialBuilder &trial, qint64 seq, const QString &seats, int yardHeld, qint64 end)
{
    Event event{.operation = Operation::Map, .intended = 0, .start = 0, .end = at(end)};
    event.map = ViewerMap{.seq = seq, .seats = seats, .areas = {{0, trialCapacity, yardHeld, 0}}};
    trial.history().events.push_back(event);
}

/// The hold 1 has so much more than any may.
void outlast(TrialBuilder &trial, Seconds more)
{
    FinalHold &hold = trial.database().holds.at(holdOf(1));
    hold.createdAt = hold.heldUntil - Seconds(limits::holdSecondsAbsoluteMax) - more;
}

void change(TrialBuilder &trial, qint64 seq, int seat, SeatState state, qint64 when)
{
    trial.database().changes.push_back(
        {.delta = {.from = seq - 1, .seq = seq, .seats = {{seat, state}}, .areas = {}}, .at = databaseAt(when)});
    trial.database().seq = seq;
}

} // namespace

/// Each rule has histories that pass and histories that are caught.
class TestJudge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHistoryIsJudged_data();
    void aHistoryIsJudged() { QCOMPARE(brokenInRow(), rulesOfRow()); }
    void sentencesNameSeatsAndTimes();
    void whatIsOverIsCountedOnly();
    void aStrangerIsRefused();

private:
    static void owners();
    static void refusals();
    static void acknowledgements();
    static void refunds();
    static void times();
    static void longestTimes();
    static void pools();
    static void screens();
    static void desks();
    static void numbers();
};

void TestJudge::aHistoryIsJudged_data()
{
    addRowColumns();
    owners();
    refusals();
    acknowledgements();
    refunds();
    times();
    longestTimes();
    pools();
    screens();
    desks();
    numbers();
}

void TestJudge::owners()
{
    row("nothing happened", [](TrialBuilder &) {});
    row("one takes", [](TrialBuilder &t) { t.take(1, {0, 1}, 0, 10); });
    row("two take different seats at once", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).take(2, {1}, 0, 10); });
    row("one after the other gave it back",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).release(1, 20, 30).take(2, {0}, 25, 35); });
    row("one twice", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).take(1, {0}, 20, 30); });
    row("one after the other's time", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).expire(1).take(2, {0}, holdMilliseconds + 5, holdMilliseconds + 20);
        t.readDatabaseAt(holdMilliseconds + 30);
    });
    row(
        "two are given one seat at once",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).take(2, {0}, 0, 10);
            t.database().holds.erase(holdOf(1)); // So that this is all that is wrong with it.
            t.history().events[0].hold = holdOf(3);
            t.database().holds[holdOf(3)] = {.state = HoldState::Expired,
                                             .seats = {0},
                                             .heldUntil = databaseAt(holdMilliseconds + 10),
                                             .createdAt = databaseAt(10)};
            t.readDatabaseAt(holdMilliseconds + 60);
        },
        "two_owners");
    row(
        "the second does not know of the first", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).take(2, {0}, 100, 110); },
        "two_owners lost_acknowledgement");
    row(
        "taken again before it was given back",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).release(1, 200, 210).take(2, {0}, 20, 30); }, "two_owners");
    row(
        "sold, and held by another", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {0}, 40, 50); },
        "two_owners lost_acknowledgement");
    row("a payment without an answer may not have sold it", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).event(Operation::Pay, 1, 20, 30, Outcome::Unknown);
        t.expire(1).take(2, {0}, holdMilliseconds + 5, holdMilliseconds + 20);
        t.readDatabaseAt(holdMilliseconds + 30);
    });
}

void TestJudge::refusals()
{
    row("taken by another", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).refuse(2, {0}, 20, 30); });
    row("taken by another at the same time", [](TrialBuilder &t) { t.take(1, {0}, 0, 40).refuse(2, {0}, 20, 30); });
    row("given back while it was asked for",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).release(1, 20, 30).refuse(2, {0}, 25, 35); });
    row("off sale", [](TrialBuilder &t) { t.seat(0).state = SeatState::Killed, t.refuse(2, {0}, 20, 30); });
    row("perhaps taken by one without an answer", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).refuse(2, {0}, 20, 30);
        t.history().events[0].outcome = Outcome::Unknown;
    });
    row(
        "nobody's", [](TrialBuilder &t) { t.refuse(2, {0}, 20, 30); }, "false_refusal");
    row(
        "given back before it was asked for",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).release(1, 20, 30).refuse(2, {0}, 31, 40); }, "false_refusal");
    row(
        "past its time before it was asked for",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).expire(1).refuse(2, {0}, holdMilliseconds + 20, holdMilliseconds + 30);
            t.readDatabaseAt(holdMilliseconds + 60);
        },
        "false_refusal");
    row(
        "taken only later", [](TrialBuilder &t) { t.refuse(2, {0}, 20, 30).take(1, {0}, 40, 50); }, "false_refusal");
    row(
        "its own", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).refuse(1, {0}, 20, 30); }, "false_refusal");
    row(
        "one of two named is nobody's",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).refuse(2, {0, 1}, 20, 30);
            t.last().taken = {0, 1};
        },
        "false_refusal");
    row("one of two asked for is taken", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).refuse(2, {0, 1}, 20, 30); });
    row(
        "by one whose transaction was lost",
        [](TrialBuilder &t) {
            t.event(Operation::Take, 1, 0, 10, Outcome::Unknown).refuse(2, {0}, 20, 30);
            t.history().events[0].seats = {0};
        },
        "false_refusal");
    row("too busy", [](TrialBuilder &t) { t.refuse(2, {0}, 20, 30, u"overloaded"_s); });
    row(
        "refused, and done",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).take(2, {1}, 20, 30);
            t.last().outcome = Outcome::Refused;
            t.last().code = u"overloaded"_s;
        },
        "refused_took_effect");
}

void TestJudge::acknowledgements()
{
    row(
        "the database lost a hold",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).expire(1);
            t.database().holds.clear();
        },
        "lost_acknowledgement");
    row(
        "the database lost a seat of it",
        [](TrialBuilder &t) {
            t.take(1, {0, 1}, 0, 10), t.seat(1) = {.number = 1};
        },
        "lost_acknowledgement");
    row(
        "the hold forgot a seat",
        [](TrialBuilder &t) {
            t.take(1, {0, 1}, 0, 10);
            t.database().holds.at(holdOf(1)).seats = {0};
        },
        "lost_acknowledgement");
    row(
        "given back, and still there",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).event(Operation::Release, 1, 20, 30); }, "lost_acknowledgement");
    row("sold", [](TrialBuilder &t) { t.take(1, {0, 1}, 0, 10).pay(1, 20, 30); });
    row(
        "sold, and not among the sold places",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).pay(1, 20, 30), t.database().soldPlaces.clear(); },
        "lost_acknowledgement");
    row(
        "sold, and the seat is another's",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).pay(1, 20, 30), t.seat(0).order = orderOf(9); },
        "lost_acknowledgement");
    row(
        "sold, and the order is open",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            t.database().orders.at(orderOf(1)).isConfirmed = false;
        },
        "lost_acknowledgement");
    row("no answer, and not done", [](TrialBuilder &t) { t.event(Operation::Take, 1, 0, 10, Outcome::Unknown); });
}

void TestJudge::refunds()
{
    row("given back once it was paid, and sold again", [](TrialBuilder &t) {
        t.take(1, {0, 1}, 0, 10).pay(1, 20, 30).refund(1, {0}, 40, 50).take(2, {0}, 45, 60).pay(2, 70, 80);
        t.refund(1, {}, 90, 100).take(3, {1}, 110, 120);
    });
    row(
        "taken by another before it was given back",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).refund(1, {}, 40, 50);
            t.take(2, {0}, 32, 38);
        },
        "two_owners");
    row(
        "refused as taken long after it was given back",
        [](TrialBuilder &t) { t.take(1, {0}, 0, 10).pay(1, 20, 30).refund(1, {}, 40, 50).refuse(2, {0}, 60, 70); },
        "false_refusal");
    row(
        "given back once it was paid, and its order stands",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).refund(1, {}, 40, 50);
            t.database().orders.at(orderOf(1)).isConfirmed = true;
        },
        "lost_acknowledgement");
    row(
        "one of two seats given back, and still sold",
        [](TrialBuilder &t) {
            t.take(1, {0, 1}, 0, 10).pay(1, 20, 30).event(Operation::Refund, 1, 40, 50);
            t.last().seats = {0};
        },
        "lost_acknowledgement");
    row(
        "a refund was refused, and done",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).refund(1, {}, 40, 50);
            t.last().outcome = Outcome::Refused;
        },
        "lost_acknowledgement");
    row("a refund without an answer may be done or not", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30).refund(1, {}, 40, 50);
        t.last().outcome = Outcome::Unknown;
        t.take(2, {1}, 0, 10).pay(2, 20, 30).event(Operation::Refund, 2, 40, 50, Outcome::Unknown);
    });
}

void TestJudge::times()
{
    row("renewed", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).event(Operation::Renew, 1, 100'000, 100'010);
        const Instant until = databaseAt(100'005) + Seconds(trialHoldSeconds);
        t.last().heldUntil = t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil = until;
    });
    row(
        "shorter than promised",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10);
            t.last().heldUntil = t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil =
                databaseAt(holdMilliseconds - 50);
        },
        "ended_early");
    row(
        "longer than allowed",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10);
            t.last().heldUntil = t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil =
                databaseAt(holdMilliseconds + 50);
        },
        "outlived_bound");
    row(
        "renewed past its end",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).event(Operation::Renew, 1, holdMilliseconds + 100, holdMilliseconds + 110);
            const Instant until = databaseAt(2 * holdMilliseconds + 105);
            t.last().heldUntil = t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil = until;
        },
        "outlived_bound");
    row(
        "gone before its end",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).event(Operation::Renew, 1, 20, 30, Outcome::Refused);
            t.last().code = u"hold_gone"_s;
        },
        "ended_early");
    row("gone after its end", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10)
            .expire(1)
            .event(Operation::Renew, 1, holdMilliseconds, holdMilliseconds + 30, Outcome::Refused);
        t.last().code = u"hold_gone"_s;
        t.readDatabaseAt(holdMilliseconds + 60);
    });
    row(
        "closed before its end", [](TrialBuilder &t) { t.take(1, {0}, 0, 10).expire(1); }, "ended_early");
    row(
        "given back by nobody",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).release(1, 20, 30);
            t.history().events.pop_back();
            t.database().holds.at(holdOf(1)).seats = {0};
        },
        "ended_early");
    row(
        "not swept for a minute",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10);
            t.readDatabaseAt(holdMilliseconds + 60'000);
        },
        "outlived_bound");
}

void TestJudge::longestTimes()
{
    row(
        "past the longest that any may last",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10);
            outlast(t, Seconds(1));
        },
        "outlived_bound");
    row(
        "closed, and was past the longest",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).expire(1).readDatabaseAt(holdMilliseconds + 60);
            outlast(t, Seconds(1));
        },
        "outlived_bound");
    row("at the longest that any may last", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10);
        outlast(t, Seconds(0));
    });
    row("paid, which has a time of its own", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30);
        outlast(t, Seconds(600));
    });
}

void TestJudge::pools()
{
    row("the yard is filled", [](TrialBuilder &t) { t.takeYard(1, 6, 0, 10).takeYard(2, 4, 0, 10); });
    row(
        "one more than there is room for", [](TrialBuilder &t) { t.takeYard(1, 6, 0, 10).takeYard(2, 5, 20, 30); },
        "over_capacity");
    row(
        "one more than the database knows of",
        [](TrialBuilder &t) {
            t.takeYard(1, 6, 0, 10).takeYard(2, 5, 20, 30);
            t.database().areas[0].held = 10;
            t.database().areaHolds[1].quantity = 4;
        },
        "lost_acknowledgement over_capacity");
    row(
        "counted wrong",
        [](TrialBuilder &t) {
            t.takeYard(1, 6, 0, 10);
            t.database().areas[0].held = 5;
        },
        "over_capacity");
    const auto refused = [](TrialBuilder &t, int hold, int quantity, qint64 start, qint64 end) {
        t.refuse(hold, {}, start, end, u"sold_out"_s);
        t.last().areas = {{.area = 0, .quantity = quantity}};
    };
    static const auto soldOut = refused;
    row("sold out", [](TrialBuilder &t) { t.takeYard(1, 6, 0, 10), soldOut(t, 2, 5, 20, 30); });
    row(
        "sold out with room", [](TrialBuilder &t) { t.takeYard(1, 6, 0, 10), soldOut(t, 2, 4, 20, 30); },
        "false_refusal");
    row(
        "sold out before anyone came", [](TrialBuilder &t) { soldOut(t, 2, 5, 0, 10), t.takeYard(1, 6, 20, 30); },
        "false_refusal");
    row("sold out by one who came at the same time",
        [](TrialBuilder &t) { soldOut(t, 2, 5, 0, 25), t.takeYard(1, 6, 20, 30); });
}

void TestJudge::screens()
{
    row("shows what there is", [](TrialBuilder &t) {
        t.take(1, {2}, 0, 10);
        change(t, 1, 2, SeatState::Held, 10);
        screen(t, 1, u"aahaaa"_s, 0, 50'000);
    });
    row("a change is on its way", [](TrialBuilder &t) {
        t.take(1, {2}, 0, 10);
        change(t, 1, 2, SeatState::Held, 10);
        screen(t, 0, u"aaaaaa"_s, 0, 1'000);
    });
    row(
        "a change never came",
        [](TrialBuilder &t) {
            t.take(1, {2}, 0, 10);
            change(t, 1, 2, SeatState::Held, 10);
            screen(t, 0, u"aaaaaa"_s, 0, 50'000);
        },
        "map_diverged");
    row(
        "a place is wrong",
        [](TrialBuilder &t) {
            t.take(1, {2}, 0, 10);
            change(t, 1, 2, SeatState::Held, 10);
            screen(t, 1, u"ahaaaa"_s, 0, 50'000);
        },
        "map_diverged");
    row(
        "an area is wrong",
        [](TrialBuilder &t) {
            t.takeYard(1, 2, 0, 10);
            t.database().seq = 1;
            screen(t, 1, u"aaaaaa"_s, 1, 50'000);
        },
        "map_diverged");
    row(
        "it had a gap",
        [](TrialBuilder &t) {
            screen(t, 0, u"aaaaaa"_s, 0, 50'000);
            t.last().map->gaps = 1;
        },
        "map_diverged");
    row("a change that looks the same is not sent", [](TrialBuilder &t) {
        t.take(1, {2}, 0, 10);
        change(t, 1, 2, SeatState::Held, 10);
        change(t, 2, 2, SeatState::PaymentPending, 20);
        t.seat(2).state = SeatState::PaymentPending;
        t.database().holds.at(holdOf(1)).state = HoldState::Frozen;
        screen(t, 1, u"aahaaa"_s, 0, 50'000);
    });
    row(
        "the database forgot a change",
        [](TrialBuilder &t) {
            t.take(1, {2}, 0, 10);
            change(t, 2, 2, SeatState::Held, 10);
            screen(t, 0, u"aaaaaa"_s, 0, 50'000);
        },
        "map_diverged");
    row("house seats look sold, payments held", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10);
        t.seat(0).state = SeatState::PaymentPending;
        t.database().holds.at(holdOf(1)).state = HoldState::Frozen;
        t.seat(5).state = SeatState::House;
        screen(t, 0, u"haaaas"_s, 0, 50'000);
    });
}

void TestJudge::desks()
{
    row("a desk is told what they are", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10);
        t.seat(0).state = SeatState::PaymentPending;
        t.database().holds.at(holdOf(1)).state = HoldState::Frozen;
        setHouseSeat(t, 5);
        screen(t, 0, u"paaaao"_s, 0, 50'000);
        t.last().map->isDesk = true;
    });
    row(
        "a desk is told no more than the public",
        [](TrialBuilder &t) {
            setHouseSeat(t, 5);
            screen(t, 0, u"aaaaas"_s, 0, 50'000);
            t.last().map->isDesk = true;
        },
        "map_diverged");
    row(
        "a desk has missed what the public does not see",
        [](TrialBuilder &t) {
            t.take(1, {2}, 0, 10);
            change(t, 1, 2, SeatState::Held, 10);
            change(t, 2, 2, SeatState::PaymentPending, 20);
            t.seat(2).state = SeatState::PaymentPending;
            t.database().holds.at(holdOf(1)).state = HoldState::Frozen;
            screen(t, 1, u"aahaaa"_s, 0, 50'000);
            t.last().map->isDesk = true;
        },
        "map_diverged");
}

void TestJudge::numbers()
{
    row("one that kept only the number is where the others are", [](TrialBuilder &t) {
        t.take(1, {2}, 0, 10);
        change(t, 1, 2, SeatState::Held, 10);
        screen(t, 1, u"aahaaa"_s, 0, 50'000);
        screen(t, 1, {}, 0, 50'000);
        t.last().map->areas.clear();
    });
    row(
        "one that kept only the number stands behind the others",
        [](TrialBuilder &t) {
            t.take(1, {2}, 0, 10);
            change(t, 1, 2, SeatState::Held, 10);
            screen(t, 1, u"aahaaa"_s, 0, 50'000);
            screen(t, 0, {}, 0, 50'000);
            t.last().map->areas.clear();
        },
        "map_diverged");
}

void TestJudge::sentencesNameSeatsAndTimes()
{
    TrialBuilder trial;
    trial.take(1, {0}, 1'000, 1'010).refuse(2, {1}, 1'100, 1'110);
    QCOMPARE(
        trial.verdict().sentences.at(0).sentence,
        u"Hold %1 was refused Stalls, row A, seat 2 as taken between 0.100000 s and 0.110000 s, when nobody else had "
        "it."_s.arg(holdOf(2).text()));
}

void TestJudge::whatIsOverIsCountedOnly()
{
    TrialBuilder trial;
    for (int i = 0; i < 50; ++i)
        trial.refuse(2, {0}, i, i + 1);
    const auto verdict =
        judge(trial.history(), {.readAt = databaseAt(0), .performances = {trial.database()}}, {.sentencesMax = 20});
    QVERIFY(verdict.has_value());
    QCOMPARE(verdict->violations, 50);
    QCOMPARE(verdict->sentences.size(), 20U);
}

void TestJudge::aStrangerIsRefused()
{
    TrialBuilder trial;
    trial.database().seats.pop_back();
    QVERIFY(!judge(trial.history(), {.readAt = databaseAt(0), .performances = {trial.database()}}).has_value());
}

QTEST_APPLESS_MAIN(TestJudge)
#include "tst_judge.moc"
