#include "benchcheck/trials.h"

using namespace parterre;
using namespace parterre::tests;

namespace {

using Trade = void (*)(TrialBuilder &trial);

GiftCardId cardOf(int number)
{
    return GiftCardId(QUuid(0x91f7, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, static_cast<uchar>(number)));
}

TicketId ticketOf(int number)
{
    return TicketId(QUuid(0x71c4, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, static_cast<uchar>(number)));
}

/// All of the old hold's order for what the new one has. Both events; the database has it.
void exchange(TrialBuilder &trial, int from, int to, qint64 start, qint64 end)
{
    trial.refund(from, {}, start, end);
    trial.last().operation = Operation::ExchangeFrom;
    trial.last().otherOrder = orderOf(to);
    trial.pay(to, start, end);
    trial.last().operation = Operation::Exchange;
    trial.last().otherOrder = orderOf(from);
    FinalOrder &sold = trial.database().orders.at(orderOf(to));
    sold.wasSold = true;
    sold.exchangedFrom = orderOf(from);
    trial.database().orders.at(orderOf(from)).isExchanged = true;
}

FinalOrder &order(TrialBuilder &trial, int hold)
{
    return trial.database().orders.at(orderOf(hold));
}

void outcomes(TrialBuilder &trial, Outcome outcome)
{
    for (size_t i = trial.history().events.size() - 2; i < trial.history().events.size(); ++i)
        trial.history().events[i].outcome = outcome;
}

void issue(TrialBuilder &trial, int card, qint64 amount, Outcome outcome = Outcome::Ok)
{
    trial.event(Operation::IssueGiftCard, 0, 0, 5, outcome);
    trial.last().hold = HoldId();
    trial.last().giftCard = cardOf(card);
    trial.last().amount = amount;
    if (outcome == Outcome::Ok)
        trial.giftCards()[cardOf(card)] = {.isGood = true, .amount = amount};
}

/// A seat that a gift card has paid for.
void payBy(TrialBuilder &trial, int card, int hold)
{
    trial.take(hold, {0}, 10, 20).pay(hold, 30, 40);
    trial.last().giftCard = cardOf(card);
    trial.giftCards()[cardOf(card)].paid.push_back(orderOf(hold));
}

/// Ticket 1 of the sold hold becomes ticket 2.
void replace(TrialBuilder &trial, int hold, const QString &holder, qint64 start, qint64 end)
{
    trial.event(holder.isEmpty() ? Operation::Reissue : Operation::Transfer, hold, start, end);
    trial.last().order = orderOf(hold);
    trial.last().ticket = ticketOf(1);
    trial.last().holder = holder;
    order(trial, hold).tickets = {{.id = ticketOf(1), .isValid = false, .isSold = true, .holder = {}},
                                  {.id = ticketOf(2), .isValid = true, .isSold = true, .holder = holder}};
}

/// Everything is over in the database.
void cancel(TrialBuilder &trial, qint64 start, qint64 end)
{
    trial.event(Operation::Cancel, 0, start, end);
    trial.last().hold = HoldId();
    FinalPerformance &database = trial.database();
    database.isCancelled = true;
    database.soldPlaces.clear();
    for (auto &[id, one] : database.orders)
        one.isConfirmed = false;
    for (auto &[id, hold] : database.holds)
        hold.state = hold.state == HoldState::Live ? HoldState::Expired : hold.state;
    for (auto &[id, hold] : database.holds)
        hold.heldUntil = std::min(hold.heldUntil, databaseAt(end));
    for (SeatRecord &seat : database.seats)
        seat = {.number = seat.number};
}

void trade(const char *name, Trade write, const char *rules = "ok")
{
    QTest::newRow(name) << write << QString::fromLatin1(rules);
}

} // namespace

/// The rules about what comes after the sale: histories that pass, and one that is caught for each way to break them.
class TestJudgeTrade : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHistoryIsJudged_data();
    void aHistoryIsJudged();

private:
    static void exchanges();
    static void halves();
    static void giftCards();
    static void tickets();
    static void cancellations();
};

void TestJudgeTrade::aHistoryIsJudged_data()
{
    QTest::addColumn<Trade>("write");
    QTest::addColumn<QString>("rules");
    exchanges();
    halves();
    giftCards();
    tickets();
    cancellations();
}

void TestJudgeTrade::exchanges()
{
    trade("an exchange, and the old seat is sold again", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
        exchange(t, 1, 2, 60, 70);
        t.take(3, {0}, 80, 90);
    });
    trade("one that was refused", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
        t.event(Operation::ExchangeFrom, 1, 60, 70, Outcome::Refused);
        t.last().order = orderOf(1);
        t.last().otherOrder = orderOf(2);
        t.event(Operation::Exchange, 2, 60, 70, Outcome::Refused);
        t.last().order = orderOf(2);
        t.last().otherOrder = orderOf(1);
    });
    trade("one without an answer, which was done", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
        exchange(t, 1, 2, 60, 70);
        outcomes(t, Outcome::Unknown);
    });
    trade(
        "the old seat had another owner before",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
            exchange(t, 1, 2, 60, 70);
            t.take(3, {0}, 32, 58);
        },
        "two_owners");
    trade(
        "refused, and done",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
            exchange(t, 1, 2, 60, 70);
            outcomes(t, Outcome::Refused);
        },
        "lost_acknowledgement refused_took_effect");
}

void TestJudgeTrade::halves()
{
    trade(
        "the new order alone",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
            exchange(t, 1, 2, 60, 70);
            outcomes(t, Outcome::Unknown);
            order(t, 1).isExchanged = false;
        },
        "exchange_halved");
    trade(
        "the old order alone",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
            exchange(t, 1, 2, 60, 70);
            outcomes(t, Outcome::Unknown);
            order(t, 2).wasSold = false;
        },
        "exchange_halved");
    trade(
        "two new orders for one",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50).take(3, {2}, 40, 50);
            exchange(t, 1, 2, 60, 70);
            exchange(t, 1, 3, 80, 90);
        },
        "exchange_halved");
    trade(
        "done, and not in the database",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
            exchange(t, 1, 2, 60, 70);
            order(t, 1).isExchanged = order(t, 2).wasSold = false;
        },
        "exchange_halved");
}

void TestJudgeTrade::giftCards()
{
    trade("issued, and paid with", [](TrialBuilder &t) {
        issue(t, 1, 5'000);
        payBy(t, 1, 1);
    });
    trade(
        "issued, and not there",
        [](TrialBuilder &t) {
            issue(t, 1, 5'000);
            t.giftCards().clear();
        },
        "gift_card_wrong");
    trade(
        "issued, and with less on it",
        [](TrialBuilder &t) {
            issue(t, 1, 5'000);
            t.giftCards()[cardOf(1)].amount = 4'000;
        },
        "gift_card_wrong");
    trade(
        "refused, and good",
        [](TrialBuilder &t) {
            issue(t, 1, 5'000, Outcome::Refused);
            t.giftCards()[cardOf(1)] = {.isGood = true, .amount = 5'000};
        },
        "gift_card_wrong");
    trade(
        "said to have paid, and has not",
        [](TrialBuilder &t) {
            issue(t, 1, 5'000);
            payBy(t, 1, 1);
            t.giftCards()[cardOf(1)].paid.clear();
        },
        "gift_card_wrong");
    trade(
        "refused as tender, and has paid",
        [](TrialBuilder &t) {
            issue(t, 1, 5'000);
            t.take(1, {0}, 10, 20).event(Operation::Pay, 1, 30, 40, Outcome::Refused);
            t.last().order = orderOf(1);
            t.last().giftCard = cardOf(1);
            t.giftCards()[cardOf(1)].paid.push_back(orderOf(1));
        },
        "gift_card_wrong");
}

void TestJudgeTrade::tickets()
{
    trade("passed on", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30);
        replace(t, 1, u"Sebastian"_s, 40, 50);
    });
    trade("another code", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30);
        replace(t, 1, {}, 40, 50);
    });
    trade(
        "the old one is good",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            replace(t, 1, {}, 40, 50);
            order(t, 1).tickets[0].isValid = true;
        },
        "ticket_wrong");
    trade(
        "nobody has the new one",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            replace(t, 1, u"Sebastian"_s, 40, 50);
            order(t, 1).tickets[1].holder.clear();
        },
        "ticket_wrong");
    trade(
        "the new one is void",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            replace(t, 1, u"Sebastian"_s, 40, 50);
            order(t, 1).tickets[1].isValid = false;
        },
        "ticket_wrong");
    trade(
        "refused, and passed on",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            replace(t, 1, u"Sebastian"_s, 40, 50);
            t.last().outcome = Outcome::Refused;
        },
        "ticket_wrong");
}

void TestJudgeTrade::cancellations()
{
    trade("sold and held, then cancelled", [](TrialBuilder &t) {
        t.take(1, {0}, 0, 10).pay(1, 20, 30).take(2, {1}, 40, 50);
        cancel(t, 60, 70);
    });
    trade(
        "said to be, and is not",
        [](TrialBuilder &t) {
            cancel(t, 60, 70);
            t.database().isCancelled = false;
        },
        "lost_acknowledgement");
    trade(
        "refused, and is",
        [](TrialBuilder &t) {
            cancel(t, 60, 70);
            t.last().outcome = Outcome::Refused;
        },
        "refused_took_effect");
    trade(
        "an order stands",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            cancel(t, 60, 70);
            order(t, 1).isConfirmed = true;
        },
        "cancelled_stands");
    trade(
        "a place stands",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10).pay(1, 20, 30);
            cancel(t, 60, 70);
            t.database().soldPlaces[0] = orderOf(1);
        },
        "cancelled_stands");
    trade(
        "a hold stands",
        [](TrialBuilder &t) {
            t.take(1, {0}, 0, 10);
            cancel(t, 60, 70);
            t.database().holds.at(holdOf(1)).state = HoldState::Frozen;
        },
        "cancelled_stands");
}

void TestJudgeTrade::aHistoryIsJudged()
{
    QFETCH(Trade, write);
    QFETCH(QString, rules);
    TrialBuilder trial;
    write(trial);
    const Verdict verdict = trial.verdict({.isSettled = true});
    QStringList sentences;
    for (const Violation &violation : verdict.sentences)
        sentences.append(violation.sentence);
    QVERIFY2(broken(verdict) == rules, qPrintable(broken(verdict) + u'\n' + sentences.join(u'\n')));
}

QTEST_APPLESS_MAIN(TestJudgeTrade)
#include "tst_judgetrade.moc"
