#include "load/season.h"

#include "catalog/seasonfile.h"
#include "domain/layout/adjacency.h"
#include "support/need.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace parterre;
using namespace parterre::bench;
using namespace Qt::StringLiterals;

class TestSeason : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHallIsALayoutThatMayBeUsed_data();
    void aHallIsALayoutThatMayBeUsed();
    void seatsAreKeyedByTheirNumber();
    void rowsAreUnbroken();
    void performancesAreNumberedThroughTheHalls();
    void rulesAreTakenInTurn();
    void theLastSeatsAreSpaces();
    void theFileSaysWhatWasPlanned();
};

void TestSeason::aHallIsALayoutThatMayBeUsed_data()
{
    QTest::addColumn<int>("seats");
    QTest::addColumn<int>("perRow");
    QTest::addColumn<int>("areas");
    QTest::newRow("four seats") << 4 << 40 << 0;
    QTest::newRow("a last row that is short") << 1'013 << 40 << 0;
    QTest::newRow("a stadium") << 80'000 << 40 << 0;
    QTest::newRow("with lawns") << 200 << 10 << 3;
}

void TestSeason::aHallIsALayoutThatMayBeUsed()
{
    QFETCH(int, seats);
    QFETCH(int, perRow);
    QFETCH(int, areas);
    const Layout layout = layoutOf(
        {.seats = seats, .seatsPerRow = perRow, .areaCapacities = std::vector<int>(static_cast<size_t>(areas), 50)});
    const auto faults = validateLayout(layout);
    QVERIFY2(faults.empty(), faults.empty() ? "" : qPrintable(faults.front().path + u' ' + faults.front().message));
    const LayoutIndex index(layout);
    QCOMPARE(index.seatCount(), seats);
    QCOMPARE(index.areaCount(), areas);
}

void TestSeason::seatsAreKeyedByTheirNumber()
{
    const LayoutIndex index(layoutOf({.seats = 2'500, .areaCapacities = {10, 20}}));
    for (int seat = 0; seat < index.seatCount(); ++seat)
        QCOMPARE(index.seat(seat).key, u"s%1"_s.arg(seat));
    QCOMPARE(index.area(1).key, u"a1"_s);
    QCOMPARE(index.area(1).capacity, 20);
}

void TestSeason::rowsAreUnbroken()
{
    const LayoutIndex index(layoutOf({.seats = 100, .seatsPerRow = 20}));
    QVERIFY(areAdjacent(index, {0, 1, 2, 19, 18, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}));
    QVERIFY(!areAdjacent(index, {19, 20}));
}

void TestSeason::performancesAreNumberedThroughTheHalls()
{
    const SeasonPlan plan{{{.seats = 10, .performances = 2}, {.seats = 20}, {.seats = 30, .performances = 3}}};
    QCOMPARE(plan.performanceCount(), 6);
    QCOMPARE(plan.hallOf(1).seats, 10);
    QCOMPARE(plan.hallOf(2).seats, 20);
    QCOMPARE(plan.hallOf(5).seats, 30);
}

void TestSeason::rulesAreTakenInTurn()
{
    const SeasonPlan plan{
        {{.seats = 10}, {.seats = 20, .performances = 3, .rules = {{.purchaseLimit = 1}, {.purchaseLimit = 2}}}}};
    QCOMPARE(plan.rulesOf(0).purchaseLimit, 0);
    QCOMPARE(plan.rulesOf(1).purchaseLimit, 1);
    QCOMPARE(plan.rulesOf(2).purchaseLimit, 2);
    QCOMPARE(plan.rulesOf(3).purchaseLimit, 1);
}

void TestSeason::theLastSeatsAreSpaces()
{
    const LayoutIndex index(layoutOf({.seats = 30, .seatsPerRow = 20, .wheelchairSpaces = 2}));
    QCOMPARE(index.seat(27).accessibility, Accessibility::None);
    QCOMPARE(index.seat(28).accessibility, Accessibility::Wheelchair);
    QCOMPARE(index.seat(29).accessibility, Accessibility::Wheelchair);
}

void TestSeason::theFileSaysWhatWasPlanned()
{
    const QTemporaryDir folder;
    const HouseRules plain{.purchaseLimit = 4, .orphanRule = OrphanRule::Strict};
    const HouseRules dear{.prices = Prices::WithFees};
    const QString path = test::need(writeSeason(
        {{{.seats = 10, .performances = 3, .rules = {plain, dear, {.prices = Prices::TaxesOnTop}}}}}, folder.path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto season = test::need(server::season::read(file.readAll()));
    const auto &played = season.events.at(0).performances;
    QCOMPARE(played.size(), 3U);
    QCOMPARE(played[0].purchaseLimit, 4);
    QCOMPARE(played[0].orphanRule, OrphanRule::Strict);
    QCOMPARE(played[1].purchaseLimit, 0);
    QCOMPARE(season.promotions.size(), 2U);
    for (size_t i = 0; i < played.size(); ++i) {
        const auto list = std::ranges::find(season.priceLists, played[i].prices, &server::season::Prices::name);
        QVERIFY(list != season.priceLists.end());
        QCOMPARE(list->fees.empty(), i == 0);
        QCOMPARE(list->types.at(0).tax.isEmpty(), i == 0);
        for (int category = 0; category < priceCategories; ++category)
            QCOMPARE(list->zones.at(static_cast<size_t>(category)).prices.at(0).amount, priceOf(category));
    }
}

QTEST_APPLESS_MAIN(TestSeason)
#include "tst_season.moc"
