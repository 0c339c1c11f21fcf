#include "domain/giftcards/tender.h"
#include "support/randomness.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

Money pounds(qint64 pence)
{
    return {pence, *Currency::fromCode(u"GBP"_s)};
}

const Instant now = *instantFromText(u"2026-11-28T19:30:00Z"_s);

GiftCardFacts aCard(qint64 balance)
{
    return {.state = GiftCardState::Active,
            .lastFour = u"EFGH"_s,
            .balance = pounds(balance),
            .reserved = pounds(0),
            .expiresAt = now + std::chrono::days(1)};
}

struct Case
{
    std::vector<qint64> balances{};
    std::vector<qint64> wanted{}; ///< Of each card; none or 0 for as much as it has.
    qint64 cash = 0;
    bool terminal = false;
    bool token = false;
};

} // namespace

/// How an order is paid in several ways (docs/giftcards.md).
class TestTender : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoPaysWhat_data()
    {
        QTest::addColumn<Case>("given");
        QTest::addColumn<QString>("outcome"); ///< Gift cards, method and amount of the rest, cash beside it, change.
        QTest::newRow("a gift card pays all") << Case{.balances = {6'000}} << u"5000 | gift_card 0 + 0 - 0"_s;
        QTest::newRow("and no card is asked")
            << Case{.balances = {6'000}, .token = true} << u"5000 | gift_card 0 + 0 - 0"_s;
        QTest::newRow("two gift cards") << Case{.balances = {2'000, 4'000}} << u"2000 3000 | gift_card 0 + 0 - 0"_s;
        QTest::newRow("the rest by card") << Case{.balances = {2'000}, .token = true} << u"2000 | card 3000 + 0 - 0"_s;
        QTest::newRow("the rest at a terminal")
            << Case{.balances = {2'000}, .terminal = true} << u"2000 | terminal 3000 + 0 - 0"_s;
        QTest::newRow("the rest in cash")
            << Case{.balances = {2'000}, .cash = 4'000} << u"2000 | cash 3000 + 0 - 1000"_s;
        QTest::newRow("as much as is wanted")
            << Case{.balances = {6'000}, .wanted = {1'500}, .token = true} << u"1500 | card 3500 + 0 - 0"_s;
        QTest::newRow("cash and a terminal")
            << Case{.cash = 1'000, .terminal = true} << u" | terminal 4000 + 1000 - 0"_s;
        QTest::newRow("all three") << Case{.balances = {2'000}, .cash = 500, .terminal = true}
                                   << u"2000 | terminal 2500 + 500 - 0"_s;
        QTest::newRow("nothing for the rest") << Case{.balances = {2'000}} << u"amount_mismatch /gift_cards"_s;
        QTest::newRow("nothing at all") << Case{} << u"amount_mismatch /cash"_s;
        QTest::newRow("too little cash") << Case{.balances = {2'000}, .cash = 2'999}
                                         << u"amount_mismatch /cash/amount"_s;
        QTest::newRow("cash for all beside a terminal")
            << Case{.cash = 5'000, .terminal = true} << u"amount_mismatch /cash/amount"_s;
        QTest::newRow("a gift card too many") << Case{.balances = {5'000, 1'000}} << u"invalid_input /gift_cards/1"_s;
        QTest::newRow("an empty gift card")
            << Case{.balances = {0}, .token = true} << u"amount_mismatch /gift_cards/0"_s;
        QTest::newRow("two cards for the rest")
            << Case{.terminal = true, .token = true} << u"invalid_input /card_token"_s;
    }
    void whoPaysWhat()
    {
        QFETCH(Case, given);
        QFETCH(QString, outcome);
        QCOMPARE(textOf(decide(given, 5'000)), outcome);
    }

    void whatIsLeftIsToldToPrograms()
    {
        const auto refused = decide({.balances = {2'000}}, 5'000);
        QCOMPARE(refused.error().details.value(u"due"_s).toObject().value(u"amount"_s).toInt(), 3'000);
    }

    void onlyCashIsRounded()
    {
        PayInParts command{.payment = PaymentId::create(), .order = OrderId::create(), .giftCards = {{.code = u"x"_s}}};
        command.cash = pounds(4'000);
        const auto cash = decideTender(pounds(5'002), {aCard(2'000)}, command, now, 5);
        QCOMPARE(cash.value().rest, pounds(3'002));
        QCOMPARE(cash.value().rounding, pounds(-2));
        QCOMPARE(cash.value().change, pounds(1'000));
        command.cash.reset();
        command.cardToken = u"pm_card_visa"_s;
        QCOMPARE(decideTender(pounds(5'002), {aCard(2'000)}, command, now, 5).value().rounding, pounds(0));
    }

    /// Whatever is given, the parts are the total, and no card pays more than it has.
    void thePartsAreTheWhole()
    {
        QRandomGenerator random(tests::testSeed());
        int planned = 0;
        for (int i = 0; i < 20'000; ++i) {
            Case given{.cash = random.bounded(3) == 0 ? random.bounded(1, 9'000) : 0,
                       .terminal = random.bounded(2) == 0,
                       .token = random.bounded(4) == 0};
            for (int cards = random.bounded(limits::giftCardsPerPaymentMax + 1); cards > 0; --cards) {
                given.balances.push_back(random.bounded(4'000));
                given.wanted.push_back(random.bounded(2) == 0 ? random.bounded(4'000) : 0);
            }
            const qint64 total = random.bounded(8'000);
            const auto plan = decide(given, total);
            if (!plan)
                continue;
            ++planned;
            Money sum = plan->rest + plan->cash;
            for (size_t card = 0; card < plan->giftCards.size(); ++card) {
                QVERIFY(plan->giftCards[card] > pounds(0));
                QVERIFY(plan->giftCards[card].minorUnits() <= given.balances[card]);
                sum += plan->giftCards[card];
            }
            QCOMPARE(sum, pounds(total));
            QVERIFY(!plan->rest.isNegative() && !plan->cash.isNegative() && !plan->change.isNegative());
            if (plan->lead == PaymentMethod::Cash)
                QCOMPARE(plan->tendered - plan->change, plan->rest);
        }
        QVERIFY2(planned > 1'000, "the dice must make payments too");
    }

private:
    static Result<TenderPlan> decide(const Case &given, qint64 total)
    {
        PayInParts command{.payment = PaymentId::create(), .order = OrderId::create()};
        std::vector<GiftCardFacts> cards;
        for (size_t i = 0; i < given.balances.size(); ++i) {
            cards.push_back(aCard(given.balances[i]));
            GiftCardTender tender{.code = u"x"_s};
            if (i < given.wanted.size() && given.wanted[i] > 0)
                tender.amount = pounds(given.wanted[i]);
            command.giftCards.push_back(tender);
        }
        if (given.cash > 0)
            command.cash = pounds(given.cash);
        if (given.terminal)
            command.terminal = u"left"_s;
        if (given.token)
            command.cardToken = u"pm_card_visa"_s;
        return decideTender(pounds(total), cards, command, now);
    }
    static QString textOf(const Result<TenderPlan> &plan)
    {
        if (!plan)
            return errorCodeName(plan.error().code) + u' ' + plan.error().field;
        QStringList cards;
        for (const Money &share : plan->giftCards)
            cards += QString::number(share.minorUnits());
        return u"%1 | %2 %3 + %4 - %5"_s.arg(cards.join(u' '), enumName(plan->lead))
            .arg(plan->rest.minorUnits())
            .arg(plan->cash.minorUnits())
            .arg(plan->change.minorUnits());
    }
};

QTEST_APPLESS_MAIN(TestTender)
#include "tst_tender.moc"
