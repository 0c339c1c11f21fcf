#include "domain/aftersale/decideaftersale.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <numeric>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

constexpr std::array repaymentStates{RepaymentState::Created, RepaymentState::Repaid, RepaymentState::InDoubt,
                                     RepaymentState::Owed, RepaymentState::PaidOut};

Money euros(qint64 cents)
{
    return {cents, *Currency::fromCode(u"EUR"_s)};
}

const Instant sold = *instantFromText(u"2026-11-24T20:00:00Z"_s);
const RefundActor clerk{.principal = u"user:viola"_s, .right = RefundRight::OwnOfToday};
const RefundActor supervisor{.principal = u"user:orsino"_s, .right = RefundRight::Any};

/// Three places of 10.00, 20.00 and 0.00, paid by one payment.
SoldOrder order(PaymentMethod method = PaymentMethod::Card)
{
    SoldOrder made{.state = OrderState::Confirmed,
                   .owner = clerk.principal,
                   .timeZone = u"Europe/London"_s,
                   .confirmedAt = sold,
                   .lines = {},
                   .paid = {{.payment = PaymentId::create(), .method = method, .left = euros(3'000)}},
                   .currency = *Currency::fromCode(u"EUR"_s),
                   .fee = euros(0)};
    for (const qint64 amount : {1'000, 2'000, 0}) {
        made.lines.push_back({.number = static_cast<int>(made.lines.size()) + 1,
                              .place = {},
                              .placeName = u"Seat %1"_s.arg(made.lines.size() + 1),
                              .zoneName = {},
                              .priceType = {},
                              .priceTypeName = {},
                              .amount = euros(amount),
                              .note = {},
                              .total = euros(amount)});
    }
    return made;
}

RefundLines giveBack(const std::vector<int> &lines = {})
{
    return {.refund = RefundId::create(), .order = OrderId::create(), .lines = lines, .reason = u"ill"_s};
}

/// What a plan does to the order, as the server's rows would say afterwards.
void apply(SoldOrder &order, const RefundPlan &plan)
{
    for (OrderLine &line : order.lines) {
        if (std::ranges::find(plan.lines, line.number) != plan.lines.end())
            line.state = LineState::Refunded;
    }
    for (const PlannedRepayment &repayment : plan.repayments)
        std::ranges::find(order.paid, repayment.payment, &PaidPart::payment)->left -= repayment.amount;
    order.state = plan.after;
}

/// As above, of an exchange.
void apply(SoldOrder &order, const ExchangePlan &plan)
{
    apply(order, plan.given);
    for (const ExchangeCredit &credit : plan.credits)
        std::ranges::find(order.paid, credit.payment, &PaidPart::payment)->left -= credit.amount;
}

/// As order(), with a fee of 2.40 besides.
SoldOrder orderWithFee(PaymentMethod method = PaymentMethod::Card)
{
    SoldOrder made = order(method);
    made.fee = euros(240);
    made.paid[0].left += made.fee;
    return made;
}

ExchangeOrder exchangeOf(const std::vector<int> &lines)
{
    return {.order = OrderId::create(),
            .from = OrderId::create(),
            .lines = lines,
            .refund = RefundId::create(),
            .reason = u"ill"_s,
            .payment = {}};
}

qint64 sumOf(const std::vector<PlannedRepayment> &repayments)
{
    return std::accumulate(repayments.begin(), repayments.end(), qint64(0),
                           [](qint64 sum, const auto &repayment) { return sum + repayment.amount.minorUnits(); });
}

QString codeOf(const Result<RefundPlan> &plan)
{
    return plan ? u"ok"_s : errorCodeName(plan.error().code);
}

} // namespace

/// The decision table of docs/refunds.md, row by row.
class TestDecideAfterSale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRepaymentHasTheseArrowsAndNoOthers_data()
    {
        QTest::addColumn<RepaymentState>("from");
        QTest::addColumn<QString>("to"); // y by the order of `repaymentStates`.
        QTest::newRow("created") << RepaymentState::Created << u"yyy--"_s;
        QTest::newRow("repaid") << RepaymentState::Repaid << u"-yy--"_s;
        QTest::newRow("in doubt") << RepaymentState::InDoubt << u"y-y-y"_s;
        QTest::newRow("owed") << RepaymentState::Owed << u"---yy"_s;
        QTest::newRow("paid out") << RepaymentState::PaidOut << u"----y"_s;
    }
    void aRepaymentHasTheseArrowsAndNoOthers()
    {
        QFETCH(RepaymentState, from);
        QFETCH(QString, to);
        for (size_t i = 0; i < repaymentStates.size(); ++i) {
            const auto decided = decideRepayment(from, repaymentStates[i]);
            QVERIFY2(decided.has_value() == (to.at(static_cast<qsizetype>(i)) == u'y'),
                     qPrintable(enumName(repaymentStates[i])));
            if (!decided)
                QCOMPARE(decided.error().code, ErrorCode::WrongState);
        }
    }

    void whoMayRefundWhat_data()
    {
        QTest::addColumn<RefundRight>("right");
        QTest::addColumn<bool>("isOwn");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("outcome");
        const QString today = u"2026-11-24T23:59:59Z"_s;
        const QString tomorrow = u"2026-11-25T00:00:00Z"_s; // The same moment in London in winter.
        QTest::newRow("a clerk, own, today") << RefundRight::OwnOfToday << true << today << u"ok"_s;
        QTest::newRow("a clerk, own, tomorrow") << RefundRight::OwnOfToday << true << tomorrow << u"forbidden"_s;
        QTest::newRow("a clerk, another's, today") << RefundRight::OwnOfToday << false << today << u"forbidden"_s;
        QTest::newRow("a supervisor, another's, a year later")
            << RefundRight::Any << false << u"2027-11-24T12:00:00Z"_s << u"ok"_s;
        QTest::newRow("a buyer, own, today") << RefundRight::None << true << today << u"forbidden"_s;
    }
    void whoMayRefundWhat()
    {
        QFETCH(RefundRight, right);
        QFETCH(bool, isOwn);
        QFETCH(QString, now);
        QFETCH(QString, outcome);
        const RefundActor actor{.principal = isOwn ? clerk.principal : u"user:malvolio"_s, .right = right};
        QCOMPARE(codeOf(decideRefund(order(), giveBack(), actor, RefundCause::Desk, *instantFromText(now))), outcome);
    }
    void untilWhenABuyerMay_data()
    {
        QTest::addColumn<RefundRight>("right");
        QTest::addColumn<bool>("isOwn");
        QTest::addColumn<int>("secondsLeft");
        QTest::addColumn<QString>("outcome");
        using enum RefundRight;
        QTest::newRow("a buyer, in time") << OwnWhileRefundable << true << 1 << u"ok"_s;
        QTest::newRow("a buyer, at the end") << OwnWhileRefundable << true << 0 << u"forbidden"_s;
        QTest::newRow("a buyer, another's") << OwnWhileRefundable << false << 1 << u"forbidden"_s;
        QTest::newRow("a clerk for the buyer") << OwnOfToday << false << 1 << u"ok"_s;
        QTest::newRow("a clerk for the buyer, too late") << OwnOfToday << false << 0 << u"forbidden"_s;
        QTest::newRow("a clerk's own of today, too late") << OwnOfToday << true << -3'600 << u"ok"_s;
        QTest::newRow("a clerk's own of yesterday, too late") << OwnOfToday << true << -86'400 << u"forbidden"_s;
        QTest::newRow("a supervisor, too late") << Any << false << -86'400 << u"ok"_s;
    }
    void untilWhenABuyerMay()
    {
        QFETCH(RefundRight, right);
        QFETCH(bool, isOwn);
        QFETCH(int, secondsLeft);
        QFETCH(QString, outcome);
        SoldOrder asked = order();
        asked.refundableUntil = sold;
        const RefundActor actor{.principal = isOwn ? asked.owner : u"user:malvolio"_s, .right = right};
        const auto plan = decideRefund(asked, giveBack(), actor, RefundCause::Desk, sold - Seconds(secondsLeft));
        QCOMPARE(codeOf(plan), outcome);
        if (secondsLeft <= 0 && !plan) {
            QVERIFY2(plan.error().message.contains(u"24 November 2026, 20:00"), qPrintable(plan.error().message));
            QCOMPARE(plan.error().details.value(u"refundable_until"_s).toString(), instantToText(sold));
        }
        asked.refundableUntil.reset();
        if (right == RefundRight::OwnWhileRefundable)
            QCOMPARE(codeOf(decideRefund(asked, giveBack(), actor, RefundCause::Buyer, sold)), u"forbidden"_s);
    }
    void cashIsKeptForWhoStandsAtNoDesk()
    {
        SoldOrder asked = order(PaymentMethod::Cash);
        asked.refundableUntil = sold + Seconds(1);
        const RefundActor buyer{.principal = asked.owner, .right = RefundRight::OwnWhileRefundable, .isAtDesk = false};
        const auto plan = decideRefund(asked, giveBack(), buyer, RefundCause::Buyer, sold);
        QVERIFY(plan.has_value());
        QCOMPARE(plan->repayments.at(0).state, RepaymentState::Owed);
    }
    void theDayIsTheVenues()
    {
        SoldOrder late = order();
        late.timeZone = u"Australia/Sydney"_s; // 07:00 of the 25th when it was sold.
        const Instant after = *instantFromText(u"2026-11-25T12:00:00Z"_s);
        QCOMPARE(codeOf(decideRefund(late, giveBack(), clerk, RefundCause::Desk, after)), u"ok"_s);
        late.timeZone = u"Europe/London"_s;
        QCOMPARE(codeOf(decideRefund(late, giveBack(), clerk, RefundCause::Desk, after)), u"forbidden"_s);
    }
    void rolesHaveTheirRights()
    {
        QCOMPARE(refundRightOf(Role::Clerk), RefundRight::OwnOfToday);
        for (const Role role : {Role::Supervisor, Role::Manager, Role::Admin})
            QCOMPARE(refundRightOf(role), RefundRight::Any);
    }

    void whatMayBeGivenBack_data()
    {
        QTest::addColumn<OrderState>("state");
        QTest::addColumn<std::vector<int>>("lines");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<QString>("field");
        using Lines = std::vector<int>;
        QTest::newRow("all") << OrderState::Confirmed << Lines{} << u"ok"_s << QString();
        QTest::newRow("one") << OrderState::Confirmed << Lines{2} << u"ok"_s << QString();
        QTest::newRow("one of the rest") << OrderState::PartlyRefunded << Lines{2} << u"ok"_s << QString();
        QTest::newRow("one that it has not") << OrderState::Confirmed << Lines{1, 4} << u"not_found"_s << u"/lines/1"_s;
        QTest::newRow("one twice") << OrderState::Confirmed << Lines{2, 2} << u"invalid_input"_s << u"/lines/1"_s;
        QTest::newRow("one given back before")
            << OrderState::PartlyRefunded << Lines{2, 1} << u"wrong_state"_s << u"/lines/1"_s;
        for (const OrderState state : {OrderState::Open, OrderState::PaymentPending, OrderState::Expired,
                                       OrderState::Refunded, OrderState::Exchanged})
            QTest::newRow(qPrintable(enumName(state))) << state << Lines{} << u"wrong_state"_s << u"/order"_s;
    }
    void whatMayBeGivenBack()
    {
        QFETCH(OrderState, state);
        QFETCH(std::vector<int>, lines);
        QFETCH(QString, outcome);
        QFETCH(QString, field);
        SoldOrder asked = order();
        asked.state = state;
        if (state == OrderState::PartlyRefunded) {
            asked.lines[0].state = LineState::Refunded;
            asked.paid[0].left = euros(2'000);
        }
        const auto plan = decideRefund(asked, giveBack(lines), supervisor, RefundCause::Desk, sold);
        QCOMPARE(codeOf(plan), outcome);
        if (!plan)
            QCOMPARE(plan.error().field, field);
    }
    void aReasonIsNeeded()
    {
        RefundLines command = giveBack();
        command.reason = u"  "_s;
        const auto plan = decideRefund(order(), command, supervisor, RefundCause::Desk, sold);
        QCOMPARE(codeOf(plan), u"invalid_input"_s);
        QCOMPARE(plan.error().field, u"/reason"_s);
    }

    void theMoneyGoesBackAsItCame_data()
    {
        QTest::addColumn<PaymentMethod>("method");
        QTest::addColumn<RefundCause>("cause");
        QTest::addColumn<RepaymentState>("state");
        QTest::newRow("card") << PaymentMethod::Card << RefundCause::Desk << RepaymentState::Created;
        QTest::newRow("cash") << PaymentMethod::Cash << RefundCause::Desk << RepaymentState::Repaid;
        QTest::newRow("card, cancelled performance")
            << PaymentMethod::Card << RefundCause::PerformanceCancelled << RepaymentState::Created;
        QTest::newRow("cash, cancelled performance")
            << PaymentMethod::Cash << RefundCause::PerformanceCancelled << RepaymentState::Owed;
    }
    void theMoneyGoesBackAsItCame()
    {
        QFETCH(PaymentMethod, method);
        QFETCH(RefundCause, cause);
        QFETCH(RepaymentState, state);
        const auto plan = decideRefund(order(method), giveBack({2, 1}), supervisor, cause, sold);
        QVERIFY(plan.has_value());
        QCOMPARE(plan->lines, (std::vector<int>{1, 2}));
        QCOMPARE(plan->amount, euros(3'000));
        QCOMPARE(plan->after, OrderState::PartlyRefunded);
        QCOMPARE(plan->repayments.size(), size_t(1));
        QCOMPARE(plan->repayments[0].method, method);
        QCOMPARE(plan->repayments[0].state, state);
        QCOMPARE(plan->repayments[0].amount, euros(3'000));
    }
    void whatCostNothingGivesNothingBack()
    {
        const auto plan = decideRefund(order(), giveBack({3}), supervisor, RefundCause::Desk, sold);
        QVERIFY(plan.has_value());
        QVERIFY(plan->repayments.empty());
        QCOMPARE(plan->after, OrderState::PartlyRefunded);
    }
    void theNewestPaymentGoesBackFirst()
    {
        SoldOrder two = order();
        two.paid = {{.payment = PaymentId::create(), .method = PaymentMethod::Card, .left = euros(2'500)},
                    {.payment = PaymentId::create(), .method = PaymentMethod::Cash, .left = euros(500)}};
        const auto plan = decideRefund(two, giveBack({1}), supervisor, RefundCause::Desk, sold);
        QVERIFY(plan.has_value());
        QCOMPARE(plan->repayments.size(), size_t(2));
        QCOMPARE(plan->repayments[0].payment, two.paid[1].payment);
        QCOMPARE(plan->repayments[0].amount, euros(500));
        QCOMPARE(plan->repayments[1].amount, euros(500));
    }

    // Exchanges whose payment takes its time.

    void whatAnExchangeWasAgreedToCostStays_data()
    {
        QTest::addColumn<bool>("isLast");
        QTest::addColumn<PaymentMethod>("method");
        QTest::addColumn<qint64>("back");
        QTest::addColumn<RepaymentState>("state");
        QTest::newRow("nothing was given back meanwhile")
            << false << PaymentMethod::Card << qint64(0) << RepaymentState::Created;
        QTest::newRow("the rest was given back meanwhile")
            << true << PaymentMethod::Card << qint64(240) << RepaymentState::Created;
        QTest::newRow("the rest was given back meanwhile, and it was paid in cash")
            << true << PaymentMethod::Cash << qint64(240) << RepaymentState::Owed;
    }
    void whatAnExchangeWasAgreedToCostStays()
    {
        QFETCH(bool, isLast);
        QFETCH(PaymentMethod, method);
        QFETCH(qint64, back);
        QFETCH(RepaymentState, state);
        SoldOrder sale = orderWithFee(method);
        const auto agreed = decideExchange(sale, exchangeOf({1}), euros(1'500), supervisor, sold);
        QVERIFY(agreed.has_value());
        QCOMPARE(agreed->due, euros(500));
        sale.inExchange = {1};
        if (isLast) {
            const auto refund = decideRefund(sale, giveBack({2, 3}), supervisor, RefundCause::Desk, sold);
            QVERIFY(refund.has_value());
            QCOMPARE(refund->amount, euros(2'000)); // The fee stays: a place is sold still.
            apply(sale, *refund);
        }
        const ExchangePlan done =
            completeExchange(sale, agreed->given.lines, euros(1'500), agreed->due, RepaymentState::Owed);
        QCOMPARE(done.due, euros(500));
        QCOMPARE(done.credit, euros(1'000));
        QCOMPARE(done.given.amount, euros(1'000 + back));
        QCOMPARE(done.given.after, isLast ? OrderState::Exchanged : OrderState::PartlyRefunded);
        QCOMPARE(sumOf(done.given.repayments), back);
        for (const PlannedRepayment &repayment : done.given.repayments)
            QCOMPARE(repayment.state, state);
    }

    /// Refunds and exchanges of one order side by side, each of which is done or called off at any time: every line
    /// goes back once, its fee with the last, and who exchanges pays what they have agreed to.
    void whateverIsGivenBackBesideTheFeeGoesBackOnce()
    {
        const quint32 seed = QRandomGenerator::system()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        struct Waiting
        {
            ExchangePlan agreed;
            Money total;
        };
        for (int round = 0; round < 500; ++round) {
            SoldOrder sale = orderWithFee();
            std::vector<Waiting> waiting;
            qint64 back = 0;
            for (int step = 0; step < 200 && hasSoldPlaces(sale.state); ++step) {
                const std::vector<int> lines{random.bounded(1, 4)};
                const int what = random.bounded(4);
                if (what == 0) {
                    const auto plan = decideRefund(sale, giveBack(lines), supervisor, RefundCause::Desk, sold);
                    if (!plan)
                        continue;
                    apply(sale, *plan);
                    back += sumOf(plan->repayments);
                } else if (what == 1) {
                    const Money total = euros(random.bounded(0, 4'000));
                    const auto plan = decideExchange(sale, exchangeOf(lines), total, supervisor, sold);
                    if (!plan)
                        continue;
                    waiting.push_back({*plan, total});
                    sale.inExchange.push_back(lines.front());
                } else if (!waiting.empty()) {
                    const auto one = waiting.begin() + random.bounded(static_cast<int>(waiting.size()));
                    const auto [agreed, total] = *one;
                    waiting.erase(one);
                    std::erase(sale.inExchange, agreed.given.lines.front());
                    if (what == 3)
                        continue; // Called off.
                    const ExchangePlan done =
                        completeExchange(sale, agreed.given.lines, total, agreed.due, RepaymentState::Owed);
                    QCOMPARE(done.due, agreed.due);
                    QCOMPARE(done.credit, agreed.credit);
                    QVERIFY(done.given.amount == agreed.given.amount ||
                            done.given.amount == agreed.given.amount + sale.fee);
                    apply(sale, done);
                    back += sumOf(done.given.repayments) + done.credit.minorUnits();
                }
            }
            if (!hasSoldPlaces(sale.state)) {
                QCOMPARE(back, qint64(3'240));
                QVERIFY(sale.paid[0].left.isZero());
            }
        }
    }

    void whoMayPayOut_data()
    {
        QTest::addColumn<RepaymentState>("state");
        QTest::addColumn<QString>("clerk");
        QTest::addColumn<QString>("supervisor");
        QTest::addColumn<QString>("buyer");
        const QString ok = u"ok"_s;
        const QString state = u"wrong_state"_s;
        const QString no = u"forbidden"_s;
        QTest::newRow("created") << RepaymentState::Created << state << state << state;
        QTest::newRow("repaid") << RepaymentState::Repaid << state << state << state;
        QTest::newRow("in doubt") << RepaymentState::InDoubt << no << ok << no;
        QTest::newRow("owed") << RepaymentState::Owed << ok << ok << no;
        QTest::newRow("paid out") << RepaymentState::PaidOut << state << state << state;
    }
    void whoMayPayOut()
    {
        QFETCH(RepaymentState, state);
        const auto outcome = [&](RefundRight right) {
            const Status status = checkPayOut(state, {.principal = u"user:x"_s, .right = right});
            return status ? u"ok"_s : errorCodeName(status.error().code);
        };
        QTEST(outcome(RefundRight::OwnOfToday), "clerk");
        QTEST(outcome(RefundRight::Any), "supervisor");
        QTEST(outcome(RefundRight::None), "buyer");
    }

    void whoMayHaveTheCardAskedAgain_data()
    {
        QTest::addColumn<RepaymentState>("state");
        QTest::addColumn<QString>("clerk");
        QTest::addColumn<QString>("supervisor");
        const QString state = u"wrong_state"_s;
        QTest::newRow("created") << RepaymentState::Created << state << state;
        QTest::newRow("repaid") << RepaymentState::Repaid << state << state;
        QTest::newRow("in doubt") << RepaymentState::InDoubt << u"forbidden"_s << u"ok"_s;
        QTest::newRow("owed in cash") << RepaymentState::Owed << state << state;
        QTest::newRow("paid out in cash") << RepaymentState::PaidOut << state << state;
    }
    void whoMayHaveTheCardAskedAgain()
    {
        QFETCH(RepaymentState, state);
        const auto outcome = [&](RefundRight right) {
            const Status status = checkAskAgain(state, {.principal = u"user:x"_s, .right = right});
            return status ? u"ok"_s : errorCodeName(status.error().code);
        };
        QTEST(outcome(RefundRight::OwnOfToday), "clerk");
        QTEST(outcome(RefundRight::Any), "supervisor");
        if (outcome(RefundRight::Any) == u"ok"_s)
            QVERIFY(decideRepayment(state, RepaymentState::Created));
    }

    void theProviderIsAskedMoreAndMoreRarely()
    {
        std::vector<qint64> pauses;
        for (int attempts = 1; attempts <= 9; ++attempts)
            pauses.push_back(pauseBeforeAsking(attempts).count());
        QCOMPARE(pauses, (std::vector<qint64>{5, 10, 20, 40, 80, 160, 320, 600, 600}));
        QCOMPARE(pauseBeforeAsking(1'000'000).count(), qint64(600));
    }

    /// Whatever is given back in whatever order: each line once, each penny once, and the state says which.
    void noMoreGoesBackThanCame()
    {
        const quint32 seed = QRandomGenerator::system()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        for (int round = 0; round < 500; ++round) {
            SoldOrder asked = order();
            asked.lines.clear();
            qint64 total = 0;
            for (int i = 1, count = random.bounded(1, 12); i <= count; ++i) {
                const qint64 amount = random.bounded(0, 5'000);
                total += amount;
                asked.lines.push_back({.number = i,
                                       .place = {},
                                       .placeName = {},
                                       .zoneName = {},
                                       .priceType = {},
                                       .priceTypeName = {},
                                       .amount = euros(amount),
                                       .note = {},
                                       .total = euros(amount)});
            }
            const qint64 byCash = total == 0 ? 0 : random.bounded(static_cast<int>(total) + 1);
            asked.paid = {
                {.payment = PaymentId::create(), .method = PaymentMethod::Cash, .left = euros(byCash)},
                {.payment = PaymentId::create(), .method = PaymentMethod::Card, .left = euros(total - byCash)}};
            qint64 repaid = 0;
            size_t given = 0;
            for (int step = 0; step < 30; ++step) {
                std::vector<int> wanted;
                for (int i = random.bounded(1, 4); i > 0; --i)
                    wanted.push_back(random.bounded(1, 14));
                if (random.bounded(10) == 0)
                    wanted.clear();
                const SoldOrder before = asked;
                const auto plan = decideRefund(asked, giveBack(wanted), supervisor, RefundCause::Desk, sold);
                if (!plan)
                    continue;
                for (const int line : plan->lines)
                    QVERIFY(before.lines[static_cast<size_t>(line) - 1].state == LineState::Sold);
                qint64 back = 0;
                for (const PlannedRepayment &repayment : plan->repayments)
                    back += repayment.amount.minorUnits();
                QCOMPARE(back, plan->amount.minorUnits());
                repaid += back;
                given += plan->lines.size();
                apply(asked, *plan);
                for (const PaidPart &part : asked.paid)
                    QVERIFY(!part.left.isNegative());
                QCOMPARE(asked.state == OrderState::Refunded, given == asked.lines.size());
                QVERIFY(repaid <= total);
            }
            if (asked.state == OrderState::Refunded)
                QCOMPARE(repaid, total);
        }
    }
};

QTEST_APPLESS_MAIN(TestDecideAfterSale)
#include "tst_decideaftersale.moc"
