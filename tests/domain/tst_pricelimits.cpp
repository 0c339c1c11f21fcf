#include "domain/catalog/pricelimits.h"

#include <QtTest>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

struct ZonePrices
{
    qint64 adult = 0;
    qint64 child = 0;
    bool isPublic = true;
};

/// One zone each, in which the press comes in for nothing. Where nothing is public only clerks sell.
PerformanceDetail withZones(const std::vector<ZonePrices> &zones)
{
    PerformanceDetail detail;
    const auto type = [&](const QString &name, bool isPublic) {
        detail.types.push_back({.id = PriceTypeId::create(), .name = name, .isPublic = isPublic});
        return detail.types.back().id;
    };
    const PriceTypeId adult = type(u"Adult"_s, true);
    const PriceTypeId child = type(u"Child"_s, true);
    const PriceTypeId patron = type(u"Patron"_s, false);
    const PriceTypeId press = type(u"Press"_s, false);
    for (const ZonePrices &prices : zones) {
        const PriceZoneId zone = PriceZoneId::create();
        detail.zones.push_back({.id = zone, .category = {}, .name = {}, .color = {}});
        const auto add = [&](const PriceTypeId &id, qint64 cents) {
            detail.prices.push_back({.zone = zone, .type = id, .amount = Money(cents, Currency())});
        };
        if (prices.isPublic) {
            add(adult, prices.adult);
            add(child, prices.child);
            add(press, 0);
        } else {
            add(patron, prices.adult);
        }
    }
    return detail;
}

} // namespace

/// "No dearer than": what is compared and what is read.
class TestPriceLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePressMakesNoZoneCheap()
    {
        const PerformanceDetail detail = withZones({{5'000, 4'000}});
        QCOMPARE(limitPrice(detail, detail.zones[0].id), Money(4'000, Currency()));
        QCOMPARE(firstPrice(detail, detail.zones[0].id), Money(5'000, Currency()));
    }
    void whatOnlyClerksSellHasItsOwnPrice()
    {
        const PerformanceDetail detail = withZones({{7'000, 0, false}});
        QCOMPARE(limitPrice(detail, detail.zones[0].id), Money(7'000, Currency()));
        QVERIFY(!limitPrice(detail, PriceZoneId::create()));
    }

    void aLimitShowsTheDearestThatItLetsThrough_data()
    {
        QTest::addColumn<std::vector<ZonePrices>>("zones");
        QTest::addColumn<QString>("limits");
        QTest::newRow("cheapest first") << std::vector<ZonePrices>{{5'000, 4'000}, {2'500, 1'900}, {3'000, 2'800}}
                                        << u"1900 shows 2500, 2800 shows 3000"_s;
        QTest::newRow("a dear zone with cheap children")
            << std::vector<ZonePrices>{{6'000, 500}, {2'500, 1'900}, {7'000, 7'000}} << u"1900 shows 6000"_s;
        QTest::newRow("two zones of one price") << std::vector<ZonePrices>{{2'500, 1'900}, {2'500, 1'900}} << QString();
        QTest::newRow("nothing on sale") << std::vector<ZonePrices>{} << QString();
    }
    void aLimitShowsTheDearestThatItLetsThrough()
    {
        QFETCH(std::vector<ZonePrices>, zones);
        QFETCH(QString, limits);
        QStringList texts;
        for (const PriceLimit &limit : priceLimits(withZones(zones)))
            texts.append(u"%1 shows %2"_s.arg(limit.most.minorUnits()).arg(limit.shown.minorUnits()));
        QCOMPARE(texts.join(u", "_s), limits);
    }
};

QTEST_APPLESS_MAIN(TestPriceLimits)
#include "tst_pricelimits.moc"
