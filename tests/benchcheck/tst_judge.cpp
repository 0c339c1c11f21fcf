#include "benchcheck/trials.h"

using namespace parterre;
using namespace parterre::tests;

namespace {

using Write = void (*)(TrialBuilder &trial);

constexpr qint64 holdMilliseconds = trialHoldSeconds * 1'000;

/// An acknowledged choice of the server.
void chosen(TrialBuilder &trial, int hold, const std::vector<int> &seats, qint64 start, qint64 end)
{
    trial.take(hold, seats, start, end);
    trial.last().operation = Operation::TakeBest;
    trial.last().partySize = static_cast<int>(seats.size());
}

void partyRefused(TrialBuilder &trial, int hold, int size, bool maySplit, qint64 start, qint64 end)
{
    trial.refuse(hold, {}, start, end, u"sold_out"_s);
    trial.last().operation = Operation::TakeBest;
    trial.last().partySize = size;
    trial.last().maySplit = maySplit;
}

/// Until the end of the trial nobody can be told to stand.
void fillYard(TrialBuilder &trial)
{
    trial.takeYard(9, trialCapacity, 0, 1);
}

/// Both kinds of what a party of one may want, as the last event.
void wants(TrialBuilder &trial, std::optional<int> section, const std::vector<int> &categories)
{
    trial.last().section = section;
    trial.last().categories = categories;
}

void setHouseSeat(TrialBuilder &trial, int seat)
{
    trial.seat(seat).house = 1;
    if (trial.seat(seat).state == SeatState::Available)
        trial.seat(seat).state = SeatState::House;
}

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
    void aHistoryIsJudged();
    void sentencesNameSeatsAndTimes();
    void whatIsOverIsCountedOnly();
    void aStrangerIsRefused();

private:
    static void owners();
    static void refusals();
    static void parties();
    static void granted();
    static void houseSeats();
    static void purchaseLimits();
    static void leftAlone();
    static void acknowledgements();
    static void refunds();
    static void whatWasRefused();
    static void whatNobodyAskedFor();
    static void times();
    static void longestTimes();
    static void pools();
    static void screens();
    static void numbers();
};

void row(const char *name, Write write, const char *rules = "ok")
{
    QTest::newRow(name) << write << QString::fromLatin1(rules);
}


void TestJudge::aHistoryIsJudged_data()
{
    QTest::addColumn<Write>("write");
    QTest::addColumn<QString>("rules");
    owners();
    refusals();
    parties();
    granted();
    houseSeats();
    purchaseLimits();
    leftAlone();
    acknowledgements();
    refunds();
    whatWasRefused();
    whatNobodyAskedFor();
    times();
    longestTimes();
    pools();
    screens();
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

void TestJudge::parties()
{
    row("a party of four is given row A", [](TrialBuilder &t) { chosen(t, 1, {0, 1, 2, 3}, 0, 10); });
    row("no four are left together", [](TrialBuilder &t) {
        fillYard(t);
        t.take(1, {1}, 0, 10);
        partyRefused(t, 2, 4, false, 20, 30);
    });
    row(
        "two are left together",
        [](TrialBuilder &t) {
            t.take(1, {1}, 0, 10);
            partyRefused(t, 2, 2, false, 20, 30);
        },
        "false_refusal");
    row(
        "four are left apart, and may be",
        [](TrialBuilder &t) {
            t.take(1, {1}, 0, 10);
            partyRefused(t, 2, 4, true, 20, 30);
        },
        "false_refusal");
    row("they came back while it was asked for", [](TrialBuilder &t) {
        fillYard(t);
        chosen(t, 1, {0, 1, 2, 3}, 0, 10);
        t.take(3, {4, 5}, 0, 10).release(1, 25, 28);
        partyRefused(t, 2, 2, false, 20, 30);
    });
    row(
        "there was room to stand",
        [](TrialBuilder &t) {
            t.takeYard(9, 6, 0, 1).take(1, {1}, 0, 10);
            partyRefused(t, 2, 4, false, 20, 30);
        },
        "false_refusal");
    row("the room to stand was for three", [](TrialBuilder &t) {
        t.takeYard(9, 7, 0, 1).take(1, {1}, 0, 10);
        partyRefused(t, 2, 4, false, 20, 30);
    });
    row("somebody without an answer may stand there", [](TrialBuilder &t) {
        t.takeYard(9, 7, 0, 1).take(1, {1}, 0, 10);
        t.history().events[0].operation = Operation::TakeBest;
        t.history().events[0].partySize = 7;
        t.history().events[0].outcome = Outcome::Unknown;
        t.history().events[0].areas.clear();
        partyRefused(t, 2, 4, false, 20, 30);
    });
    row("what it asked for is gone", [](TrialBuilder &t) {
        t.take(1, {4, 5}, 0, 10);
        partyRefused(t, 2, 1, true, 20, 30);
        wants(t, 0, {1});
    });
    row(
        "what it asked for is there",
        [](TrialBuilder &t) {
            t.take(1, {0, 1, 2, 3}, 0, 10);
            partyRefused(t, 2, 2, false, 20, 30);
            wants(t, 0, {1});
        },
        "false_refusal");
    row(
        "it may stand where it asked for",
        [](TrialBuilder &t) {
            t.take(1, {0, 1, 2, 3, 4, 5}, 0, 10);
            partyRefused(t, 2, 2, false, 20, 30);
            wants(t, 1, {});
        },
        "false_refusal");
}

void TestJudge::granted()
{
    row(
        "a place too few", [](TrialBuilder &t) { chosen(t, 1, {0, 1}, 0, 10), t.last().partySize = 3; }, "wrong_party");
    row(
        "one seat twice",
        [](TrialBuilder &t) { chosen(t, 1, {0}, 0, 10), t.last().seats = {0, 0}, t.last().partySize = 2; },
        "wrong_party");
    row(
        "apart, and has to be together", [](TrialBuilder &t) { chosen(t, 1, {0, 2}, 0, 10); }, "wrong_party");
    row("apart, and may be", [](TrialBuilder &t) { chosen(t, 1, {0, 2}, 0, 10), t.last().maySplit = true; });
    row(
        "in two rows, side by side in neither", [](TrialBuilder &t) { chosen(t, 1, {3, 4}, 0, 10); }, "wrong_party");
    row("where it asked for", [](TrialBuilder &t) { chosen(t, 1, {4, 5}, 0, 10), wants(t, 0, {1}); });
    row(
        "in another price zone", [](TrialBuilder &t) { chosen(t, 1, {0, 1}, 0, 10), wants(t, 0, {1}); }, "wrong_party");
    row(
        "in another section", [](TrialBuilder &t) { chosen(t, 1, {0, 1}, 0, 10), wants(t, 1, {}); }, "wrong_party");
    row("standing", [](TrialBuilder &t) {
        t.takeYard(1, 3, 0, 10);
        t.last().operation = Operation::TakeBest;
        t.last().partySize = 3;
    });
    row(
        "standing, and partly seated",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 5).takeYard(1, 2, 0, 10);
            t.last().operation = Operation::TakeBest;
            t.last().seats = {0};
            t.last().partySize = 3;
        },
        "wrong_party");
    row(
        "a space for a wheelchair that nobody needs",
        [](TrialBuilder &t) { t.database().layout = trialLayout(true), chosen(t, 1, {5}, 0, 10); }, "wrong_party");
    row("a space for a wheelchair", [](TrialBuilder &t) {
        t.database().layout = trialLayout(true);
        chosen(t, 1, {3, 5}, 0, 10);
        t.last().wheelchairs = 1;
    });
    row(
        "no space for a wheelchair",
        [](TrialBuilder &t) {
            t.database().layout = trialLayout(true);
            chosen(t, 1, {3, 4}, 0, 10);
            t.last().maySplit = true;
            t.last().wheelchairs = 1;
        },
        "wrong_party");
    row(
        "a space was free",
        [](TrialBuilder &t) {
            t.database().layout = trialLayout(true);
            t.take(1, {0, 1, 2}, 0, 10);
            partyRefused(t, 2, 2, true, 20, 30);
            t.last().wheelchairs = 1;
        },
        "false_refusal");
    row("no space was free", [](TrialBuilder &t) {
        t.database().layout = trialLayout(true);
        t.take(1, {5}, 0, 10);
        partyRefused(t, 2, 2, true, 20, 30);
        t.last().wheelchairs = 1;
    });
}

void TestJudge::houseSeats()
{
    row("who names the code has it", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10), t.last().namesCode = true;
        setHouseSeat(t, 0);
    });
    row(
        "who does not has it", [](TrialBuilder &t) { t.take(1, {0}, 0, 10), setHouseSeat(t, 0); }, "wrong_party");
    row("who does not is refused", [](TrialBuilder &t) { t.refuse(1, {0}, 0, 10), setHouseSeat(t, 0); });
    row(
        "who names the code is refused",
        [](TrialBuilder &t) {
            t.refuse(1, {0}, 0, 10), t.last().namesCode = true;
            setHouseSeat(t, 0);
        },
        "false_refusal");
    row(
        "a party is given others for its code",
        [](TrialBuilder &t) {
            chosen(t, 1, {0, 1}, 0, 10), t.last().namesCode = true;
            setHouseSeat(t, 0);
        },
        "wrong_party");
    row("it goes back to its code", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10), t.last().namesCode = true;
        t.pay(1, 20, 30).refund(1, {}, 40, 50);
        setHouseSeat(t, 0);
    });
    row(
        "it goes back to everybody",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10), t.last().namesCode = true;
            t.pay(1, 20, 30).refund(1, {}, 40, 50);
            t.seat(0).house = 1;
        },
        "wrong_party");
}

void TestJudge::purchaseLimits()
{
    const auto limited = [](TrialBuilder &t) { t.performance().purchaseLimit = 3; };
    static const auto limit = limited;
    const auto refused = [](TrialBuilder &t, int hold, const std::vector<int> &seats, qint64 start, qint64 end) {
        t.refuse(hold, seats, start, end, u"purchase_limit"_s);
        t.last().client = 1;
    };
    static const auto tooMany = refused;
    row("as many as one may", [](TrialBuilder &t) { limit(t), t.take(1, {0, 1, 2}, 0, 10); });
    row(
        "one more", [](TrialBuilder &t) { limit(t), t.take(1, {0, 1, 2, 3}, 0, 10); }, "over_limit");
    row(
        "one more in another hold",
        [](TrialBuilder &t) {
            limit(t), t.take(1, {0, 1}, 0, 10).take(2, {2}, 0, 10).takeYard(2, 1, 20, 30);
            for (Event &event : t.history().events)
                event.client = 1;
        },
        "over_limit");
    row(
        "the client is a customer again",
        [](TrialBuilder &t) {
            limit(t), t.take(1, {0, 1}, 0, 10).take(3, {2, 3}, 0, 10);
            t.history().header.customers = 2;
        },
        "over_limit");
    row(
        "one more once some were sold",
        [](TrialBuilder &t) {
            limit(t), t.takeYard(1, 2, 0, 10).pay(1, 20, 30).take(2, {0, 1}, 40, 50);
            t.last().client = 1;
        },
        "over_limit");
    row("the same seats again", [](TrialBuilder &t) { limit(t), t.take(1, {0, 1}, 0, 10).take(1, {0, 1}, 20, 30); });
    row("more at a desk", [](TrialBuilder &t) { limit(t), t.take(1, {0, 1, 2, 3}, 0, 10), t.last().isAtDesk = true; });
    row("others when some went back", [](TrialBuilder &t) {
        limit(t), t.take(1, {0, 1}, 0, 10).pay(1, 20, 30).refund(1, {}, 40, 50).take(2, {2, 3}, 60, 70);
        t.last().client = 1;
    });
    row("too many are refused", [](TrialBuilder &t) { limit(t), tooMany(t, 1, {0, 1, 2, 3}, 0, 10); });
    row("too many with what there is", [](TrialBuilder &t) {
        limit(t), t.takeYard(1, 2, 0, 10), tooMany(t, 2, {0, 1}, 20, 30);
    });
    row(
        "enough are refused", [](TrialBuilder &t) { limit(t), tooMany(t, 1, {0, 1}, 0, 10); }, "false_refusal");
    row(
        "enough, since some went back",
        [](TrialBuilder &t) {
            limit(t), t.take(1, {0, 1}, 0, 10).release(1, 20, 30), tooMany(t, 2, {0, 1}, 40, 50);
        },
        "false_refusal");
    row(
        "without a limit", [](TrialBuilder &t) { tooMany(t, 1, {0, 1}, 0, 10); }, "false_refusal");
}

void TestJudge::leftAlone()
{
    const auto refused = [](TrialBuilder &t, const std::vector<int> &seats, int alone) {
        t.performance().hasOrphanRule = true;
        t.refuse(2, seats, 20, 30, u"seat_left_alone"_s);
        t.last().taken = {alone};
    };
    static const auto alone = refused;
    row("the one beside it", [](TrialBuilder &t) { alone(t, {1, 2}, 0); });
    row(
        "one that is not beside it", [](TrialBuilder &t) { alone(t, {0, 1}, 3); }, "false_refusal");
    row(
        "one of the next row", [](TrialBuilder &t) { alone(t, {2, 3}, 4); }, "false_refusal");
    row(
        "one that is another's", [](TrialBuilder &t) { t.take(1, {3}, 0, 10), alone(t, {1, 2}, 3); }, "false_refusal");
    row("one that comes back meanwhile", [](TrialBuilder &t) {
        t.take(1, {3}, 0, 10).release(1, 24, 28);
        alone(t, {1, 2}, 3);
    });
    row(
        "where nobody minds",
        [](TrialBuilder &t) {
            alone(t, {1, 2}, 0);
            t.performance().hasOrphanRule = false;
        },
        "false_refusal");
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

void TestJudge::whatWasRefused()
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

void TestJudge::whatNobodyAskedFor()
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
    row("standing places that were paid for are sold",
        [](TrialBuilder &t) { t.takeYard(1, 3, 0, 10).pay(1, 20, 30); });
    row(
        "fewer standing places are sold than were paid for",
        [](TrialBuilder &t) {
            t.takeYard(1, 3, 0, 10).pay(1, 20, 30);
            t.database().orders.at(orderOf(1)).areas = {{0, 2}};
            t.database().areas[0].sold = 2;
        },
        "lost_acknowledgement");
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

void TestJudge::aHistoryIsJudged()
{
    QFETCH(Write, write);
    QFETCH(QString, rules);
    TrialBuilder trial;
    write(trial);
    const Verdict verdict = trial.verdict();
    QStringList sentences;
    for (const Violation &violation : verdict.sentences)
        sentences.append(violation.sentence);
    QVERIFY2(broken(verdict) == rules, qPrintable(broken(verdict) + u'\n' + sentences.join(u'\n')));
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
