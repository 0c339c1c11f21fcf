#include "catalog/catalogservice.h"
#include "catalog/seasoncommand.h"
#include "db/database.h"
#include "inventory/seatmirror.h"
#include "support/testdatabase.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;

namespace {

const QString demoSeason = QStringLiteral(PARTERRE_SOURCE_DIR "/resources/demo/season.json");

} // namespace

class TestSeason : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void applyingTwiceChangesNothing()
    {
        Database database({.dsn = test::TestDatabase::instance().freshDsn()});
        const auto first = applySeason(demoSeason, database);
        QVERIFY2(first, first ? "" : qPrintable(first.error().message));
        QVERIFY(!first->isUnchanged());
        const auto second = applySeason(demoSeason, database);
        QVERIFY(second);
        QVERIFY2(second->isUnchanged(), qPrintable(second->text()));
    }

    void everyPlaceOfTheLayoutIsForSale()
    {
        Database database({.dsn = test::TestDatabase::instance().freshDsn()});
        QVERIFY(applySeason(demoSeason, database));
        SeatMirror mirror(database);
        CatalogService catalog(database, mirror);
        const auto list = catalog.performances(true);
        QVERIFY(list);
        QCOMPARE(list->size(), size_t(5));
        const auto detail = catalog.performance(list->front().id, true);
        QVERIFY(detail);
        const auto layout = catalog.layout(detail->layout);
        QVERIFY(layout);
        int capacity = (*layout)->seatCount();
        for (int i = 0; i < (*layout)->areaCount(); ++i)
            capacity += (*layout)->area(i).capacity;
        QCOMPARE(list->front().capacity, capacity);
        QCOMPARE(list->front().available, capacity);
        QCOMPARE(list->front().priceFrom.plainText(), u"5.00 GBP"_s);
    }

    void thePublicSeesNoClerksPrices()
    {
        Database database({.dsn = test::TestDatabase::instance().freshDsn()});
        QVERIFY(applySeason(demoSeason, database));
        SeatMirror mirror(database);
        CatalogService catalog(database, mirror);
        const PerformanceId id = catalog.performances(true)->front().id;
        QCOMPARE(catalog.performance(id, true)->types.size(), size_t(3));
        QCOMPARE(catalog.performance(id, false)->types.size(), size_t(4));
    }

    void untilWhenBuyersMayGiveBackCountsFromTheStart()
    {
        Database database({.dsn = test::TestDatabase::instance().freshDsn()});
        QVERIFY(applySeason(demoSeason, database));
        SeatMirror mirror(database);
        CatalogService catalog(database, mirror);
        const auto list = catalog.performances(true);
        const auto first = catalog.performance(list->front().id, true);
        QCOMPARE(first->refundableUntil, std::optional(first->summary.startsAt - std::chrono::hours(24)));
        QVERIFY(!catalog.performance(list->back().id, true)->refundableUntil);
    }

    void pausingShowsInTheList()
    {
        Database database({.dsn = test::TestDatabase::instance().freshDsn()});
        QVERIFY(applySeason(demoSeason, database));
        SeatMirror mirror(database);
        CatalogService catalog(database, mirror);
        const PerformanceId id = catalog.performances(true)->front().id;
        QVERIFY(catalog.setState(id, PerformanceState::Paused));
        QCOMPARE(catalog.performances(true)->front().state, PerformanceState::Paused);
    }
};

QTEST_GUILESS_MAIN(TestSeason)
#include "tst_season.moc"
