#include "benchcheck/trials.h"

using namespace parterre;
using namespace parterre::tests;

namespace {

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

} // namespace

/// The rules of a house: what parties are given, house seats, purchase limits and who would sit alone.
class TestJudgeParties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHistoryIsJudged_data();
    void aHistoryIsJudged() { QCOMPARE(brokenInRow(), rulesOfRow()); }

private:
    static void parties();
    static void granted();
    static void wheelchairs();
    static void houseSeats();
    static void purchaseLimits();
    static void leftAlone();
};

void TestJudgeParties::aHistoryIsJudged_data()
{
    addRowColumns();
    parties();
    granted();
    wheelchairs();
    houseSeats();
    purchaseLimits();
    leftAlone();
}

void TestJudgeParties::parties()
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

void TestJudgeParties::granted()
{
    row(
        "a place too few",
        [](TrialBuilder &t) {
            chosen(t, 1, {0, 1}, 0, 10), t.last().partySize = 3;
        },
        "wrong_party");
    row(
        "one seat twice",
        [](TrialBuilder &t) {
            chosen(t, 1, {0}, 0, 10), t.last().seats = {0, 0}, t.last().partySize = 2;
        },
        "wrong_party");
    row(
        "apart, and has to be together",
        [](TrialBuilder &t) {
            chosen(t, 1, {0, 2}, 0, 10);
        },
        "wrong_party");
    row("apart, and may be", [](TrialBuilder &t) { chosen(t, 1, {0, 2}, 0, 10), t.last().maySplit = true; });
    row(
        "in two rows, side by side in neither",
        [](TrialBuilder &t) {
            chosen(t, 1, {3, 4}, 0, 10);
        },
        "wrong_party");
    row("where it asked for", [](TrialBuilder &t) { chosen(t, 1, {4, 5}, 0, 10), wants(t, 0, {1}); });
    row(
        "in another price zone",
        [](TrialBuilder &t) {
            chosen(t, 1, {0, 1}, 0, 10), wants(t, 0, {1});
        },
        "wrong_party");
    row(
        "in another section",
        [](TrialBuilder &t) {
            chosen(t, 1, {0, 1}, 0, 10), wants(t, 1, {});
        },
        "wrong_party");
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
}

void TestJudgeParties::wheelchairs()
{
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

void TestJudgeParties::houseSeats()
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

void TestJudgeParties::purchaseLimits()
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
        "one more",
        [](TrialBuilder &t) {
            limit(t), t.take(1, {0, 1, 2, 3}, 0, 10);
        },
        "over_limit");
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
        "enough are refused",
        [](TrialBuilder &t) {
            limit(t), tooMany(t, 1, {0, 1}, 0, 10);
        },
        "false_refusal");
    row(
        "enough, since some went back",
        [](TrialBuilder &t) {
            limit(t), t.take(1, {0, 1}, 0, 10).release(1, 20, 30), tooMany(t, 2, {0, 1}, 40, 50);
        },
        "false_refusal");
    row(
        "without a limit",
        [](TrialBuilder &t) {
            tooMany(t, 1, {0, 1}, 0, 10);
        },
        "false_refusal");
}

void TestJudgeParties::leftAlone()
{
    const auto refused = [](TrialBuilder &t, const std::vector<int> &seats, int alone) {
        t.performance().hasOrphanRule = true;
        t.refuse(2, seats, 20, 30, u"seat_left_alone"_s);
        t.last().taken = {alone};
    };
    static const auto alone = refused;
    row("the one beside it", [](TrialBuilder &t) { alone(t, {1, 2}, 0); });
    row(
        "one that is not beside it",
        [](TrialBuilder &t) {
            alone(t, {0, 1}, 3);
        },
        "false_refusal");
    row(
        "one of the next row",
        [](TrialBuilder &t) {
            alone(t, {2, 3}, 4);
        },
        "false_refusal");
    row(
        "one that is another's",
        [](TrialBuilder &t) {
            t.take(1, {3}, 0, 10), alone(t, {1, 2}, 3);
        },
        "false_refusal");
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

QTEST_APPLESS_MAIN(TestJudgeParties)
#include "tst_judgeparties.moc"
