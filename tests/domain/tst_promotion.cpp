#include "domain/pricing/promotion.h"

#include <QRandomGenerator>
#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

Money pence(qint64 amount)
{
    return Money(amount, *Currency::fromCode(u"GBP"_s));
}

} // namespace

class TestPromotion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCodeIsReadHoweverItIsTyped() { QCOMPARE(promotionCode(u" Summer-26 "_s), u"SUMMER-26"_s); }

    void aRateIsTakenOfEveryPrice()
    {
        const Promotion promotion{.code = u"X"_s, .name = u"X"_s, .rateBasisPoints = 1'250};
        const auto discounts = discountsOf(promotion, {pence(5'000), pence(999)});
        QCOMPARE(discounts[0], pence(625));
        QCOMPARE(discounts[1], pence(125)); // 124.875, half up.
    }

    void anAmountOffATicketIsNeverMoreThanItsPrice()
    {
        const Promotion promotion{.code = u"X"_s, .name = u"X"_s, .amount = pence(1'000)};
        const auto discounts = discountsOf(promotion, {pence(5'000), pence(800)});
        QCOMPARE(discounts[0], pence(1'000));
        QCOMPARE(discounts[1], pence(800));
    }

    void anAmountOffTheOrderIsSharedOutExactly()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        for (int round = 0; round < 5'000; ++round) {
            const Promotion promotion{
                .code = u"X"_s, .name = u"X"_s, .per = DiscountPer::Order, .amount = pence(1 + random.bounded(30'000))};
            std::vector<Money> prices;
            Money sum = pence(0);
            for (int i = 0; i <= static_cast<int>(random.bounded(6)); ++i) {
                prices.push_back(pence(1 + random.bounded(9'000)));
                sum += prices.back();
            }
            Money discounted = pence(0);
            const auto discounts = discountsOf(promotion, prices);
            for (size_t i = 0; i < prices.size(); ++i) {
                QVERIFY(!discounts[i].isNegative() && discounts[i] <= prices[i]);
                discounted += discounts[i];
            }
            QCOMPARE(discounted, std::min(promotion.amount, sum));
        }
    }

    void itIsGoodWithinItsTime()
    {
        const Instant noon = *instantFromText(u"2026-12-01T12:00:00Z"_s);
        Promotion promotion{.code = u"X"_s, .name = u"X"_s, .rateBasisPoints = 1'000, .from = noon, .until = noon};
        QVERIFY(!checkPromotion(promotion, PerformanceId::create(), noon)); // Its end is not within it.
        promotion.until = noon + Seconds(1);
        QVERIFY(checkPromotion(promotion, PerformanceId::create(), noon));
        QVERIFY(!checkPromotion(promotion, PerformanceId::create(), noon - Seconds(1)));
    }

    void itIsGoodForItsPerformances()
    {
        const PerformanceId performance = PerformanceId::create();
        Promotion promotion{.code = u"X"_s, .name = u"X"_s, .rateBasisPoints = 1'000};
        QVERIFY(checkPromotion(promotion, performance, Instant()));
        promotion.performances = {PerformanceId::create()};
        QVERIFY(!checkPromotion(promotion, performance, Instant()));
        promotion.performances.push_back(performance);
        QVERIFY(checkPromotion(promotion, performance, Instant()));
    }
};

QTEST_APPLESS_MAIN(TestPromotion)
#include "tst_promotion.moc"
