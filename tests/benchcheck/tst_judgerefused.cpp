#include "benchcheck/trials.h"

using namespace parterre;
using namespace parterre::tests;

/// What was refused, or never asked for, and is in the database all the same.
class TestJudgeRefused : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHistoryIsJudged_data();
    void aHistoryIsJudged() { QCOMPARE(brokenInRow(), rulesOfRow()); }

private:
    static void payments();
    static void takes();
    static void releases();
    static void times();
    static void whatNobodyAskedFor();
};

void TestJudgeRefused::aHistoryIsJudged_data()
{
    addRowColumns();
    payments();
    takes();
    releases();
    times();
    whatNobodyAskedFor();
}

void TestJudgeRefused::payments()
{
    row(
        "a payment was refused, and its places are sold",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            t.last().outcome = Outcome::Refused;
        },
        "refused_took_effect");
    row("the second payment of two", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).event(Operation::Pay, 1, 12, 15, Outcome::Refused);
        t.last().order = orderOf(1);
        t.pay(1, 20, 30);
    });
    row(
        "the order of another payment is sold",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).event(Operation::Pay, 1, 40, 50, Outcome::Refused);
            t.last().order = orderOf(9);
            t.database().orders[orderOf(9)] = {.hold = holdOf(1), .wasSold = true, .areas = {}};
        },
        "refused_took_effect");
    row("a payment without an answer may have sold it", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30);
        t.last().outcome = Outcome::Unknown;
    });
}

void TestJudgeRefused::takes()
{
    row(
        "a second seat was refused, and is in the hold",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).take(2, {1}, 0, 10).release(2, 12, 15).refuse(1, {1}, 14, 20);
            t.database().holds.at(holdOf(1)).seats = {0, 1};
        },
        "refused_took_effect");
    row(
        "standing places were refused, and are in the hold",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).takeYard(1, 2, 20, 30);
            t.last().outcome = Outcome::Refused;
            t.last().code = u"overloaded"_s;
            t.database().holds.at(holdOf(1)).heldUntil = *t.history().events[0].heldUntil;
        },
        "refused_took_effect");
    row(
        "more standing places were refused, and are in the hold",
        [](TrialBuilder &t) {
            t.takeYard(1, 2, 0, 10);
            t.database().areas[0].held = t.database().areaHolds[0].quantity = 3;
        },
        "refused_took_effect");
}

void TestJudgeRefused::releases()
{
    row(
        "a seat was to be given back in vain, and is gone",
        [](TrialBuilder &t) {
            t.take(1, {0, 1}, 0, 10).event(Operation::Release, 1, 20, 30, Outcome::Refused);
            t.last().seats = {1};
            t.database().holds.at(holdOf(1)).seats = {0};
            t.seat(1) = {.number = 1};
        },
        "lost_acknowledgement refused_took_effect");
    row(
        "all of it was to be given back in vain, and is gone",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).release(1, 20, 30);
            t.last().outcome = Outcome::Refused;
        },
        "refused_took_effect");
    row(
        "a seat was given back, and is in the hold",
        [](TrialBuilder &t) {
            t.take(1, {0, 1}, 0, 10).event(Operation::Release, 1, 20, 30);
            t.last().seats = {1};
        },
        "lost_acknowledgement");
    row("a seat was given back when the hold was over", [](TrialBuilder &t) {
        t.take(1, {0, 1}, 0, 10).expire(1).event(Operation::Release, 1, holdMilliseconds + 20, holdMilliseconds + 30);
        t.last().seats = {1};
        t.readDatabaseAt(holdMilliseconds + 60);
    });
    row("a seat was given back and taken again", [](TrialBuilder &t) {
        t.take(1, {0, 1}, 0, 10).event(Operation::Release, 1, 20, 30);
        t.last().seats = {1};
        t.take(1, {1}, 40, 50);
        t.database().holds.at(holdOf(1)).seats = {0, 1};
    });
}

void TestJudgeRefused::times()
{
    row(
        "an extension was refused, and the hold is longer",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).event(Operation::Renew, 1, 100'000, 100'010, Outcome::Refused);
            t.last().code = u"overloaded"_s;
            t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil =
                databaseAt(100'005) + Seconds(trialHoldSeconds);
            t.readDatabaseAt(110'000);
        },
        "refused_took_effect");
    row("a payment in vain moves the time", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).event(Operation::Pay, 1, 20, 30, Outcome::Refused);
        t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil = databaseAt(2 * holdMilliseconds);
    });
}

void TestJudgeRefused::whatNobodyAskedFor()
{
    row(
        "a hold", [](TrialBuilder &t) { t.take(1, {0}, 0, 10), t.history().events.pop_back(); }, "refused_took_effect");
    row(
        "a sale",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            t.history().events.pop_back();
        },
        "refused_took_effect");
    row(
        "a seat beside the one that was",
        [](TrialBuilder &t) {
            t.take(1, {0, 1}, 0, 10);
            t.last().seats = {0};
        },
        "refused_took_effect");
    row("what a server chose without an answer", [](TrialBuilder &t) {
        t.take(1, {0, 1}, 0, 10);
        t.last().operation = Operation::TakeBest;
        t.last().outcome = Outcome::Unknown;
        t.last().seats.clear();
    });
    row(
        "a longer time",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10);
            t.seat(0).heldUntil = t.database().holds.at(holdOf(1)).heldUntil = databaseAt(2 * holdMilliseconds);
        },
        "outlived_bound");
    row(
        "a shorter one",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).expire(1);
            t.database().holds.at(holdOf(1)).heldUntil = databaseAt(100);
        },
        "ended_early");
    row("standing places that were paid for are sold", [](TrialBuilder &t) { t.takeYard(1, 3, 0, 10).pay(1, 20, 30); });
    row(
        "fewer standing places are sold than were paid for",
        [](TrialBuilder &t) {
            t.takeYard(1, 3, 0, 10).pay(1, 20, 30);
            t.database().orders.at(orderOf(1)).areas = {{0, 2}};
            t.database().areas[0].sold = 2;
        },
        "lost_acknowledgement");
}

QTEST_APPLESS_MAIN(TestJudgeRefused)
#include "tst_judgerefused.moc"
