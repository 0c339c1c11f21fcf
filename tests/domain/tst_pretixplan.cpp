#include "domain/layoutfixtures.h"
#include "domain/plansamples.h"

#include "domain/layout/plancolors.h"

#include <QSet>

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

namespace {

const LayoutSeat &firstSeat(const PlanImport &imported)
{
    return imported.layout.sections.at(0).rows.at(0).seats.at(0);
}

const LayoutShape &firstShape(const PlanImport &imported)
{
    return imported.layout.sections.at(0).decorations.at(0);
}

PlanImport imported(const QByteArray &bytes)
{
    auto result = importPretixPlan(bytes);
    if (!result)
        qFatal("the plan was refused: %s", qPrintable(result.error().message));
    return *std::move(result);
}

} // namespace

/// Import of foreign plans: what is read, what is repaired and told, what is refused and where.
class TestPretixPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRealStadiumKeepsAllItsSeats();
    void theSameFileGivesTheSameIds();
    void aNewIdNeverTakesOneThatALaterSeatHas();
    void aSeatWithoutAnIdIsNamedAfterItsPlace();
    void anIdThatCannotBeStoredIsReplacedAndKept_data();
    void anIdThatCannotBeStoredIsReplacedAndKept();

    void whatIsNotAsAskedIsRepairedAndTold_data();
    void whatIsNotAsAskedIsRepairedAndTold();
    void aRepairedValueIsTheRightOne();
    void seatsWithoutAnyCategoryGetOne();
    void anAreaIsRepairedAndTold_data();
    void anAreaIsRepairedAndTold();
    void anAreaOfEachKindIsRead();
    void coloursOfEditorsAreRead_data();
    void coloursOfEditorsAreRead();
    void anUnknownColourIsKeptAndNotUsed();
    void unknownFieldsAreKept();

    void boundsThatAreTooSmallGrowWithAWarning();
    void aPlanLeftOfTheOriginStaysWhereItIs();
    void theOldRevisionIsRead();
    void aByteOrderMarkIsPassedOver();
    void anAnswerOfPretixsApiIsUnwrapped();
    void aPlanAsTheFormatAsksHasNothingToTell();

    void whatCannotBeReadNamesItsPlace_data();
    void whatCannotBeReadNamesItsPlace();
    void oneSeatTooManyIsRefusedWithTheLimit();
    void changedBytesAreReadOrRefusedWithWords();
};

void TestPretixPlan::aRealStadiumKeepsAllItsSeats()
{
    const PlanImport stadium = imported(sharedPretixFile(u"stadium.seatmap-canvas.json"_s));
    QCOMPARE(stadium.report.seats, 738);
    QCOMPARE(stadium.report.renamedSeats, 420);
    QCOMPARE(stadium.report.repeatedGuids, 126);
    QVERIFY(stadium.report.text().contains(u"420 surplus seats were given new ids"_s));
    const QStringList keys = keysOf(stadium.layout);
    QCOMPARE(QSet<QString>(keys.begin(), keys.end()).size(), 738);
}

void TestPretixPlan::theSameFileGivesTheSameIds()
{
    const QByteArray bytes = sharedPretixFile(u"stadium.seatmap-canvas.json"_s);
    QCOMPARE(keysOf(imported(bytes).layout), keysOf(imported(bytes).layout));
}

void TestPretixPlan::aNewIdNeverTakesOneThatALaterSeatHas()
{
    QByteArray bytes = SamplePlan{.seats = 3}.bytes();
    bytes.replace("\"A-2\"", "\"A-1\"").replace("\"A-3\"", "\"A-1~2\"");
    QCOMPARE(keysOf(imported(bytes).layout), QStringList({u"A-1"_s, u"A-1~3"_s, u"A-1~2"_s}));
}

void TestPretixPlan::aSeatWithoutAnIdIsNamedAfterItsPlace()
{
    const PlanImport plan = imported(SamplePlan{.seat = {{u"seat_guid"_s, QJsonValue()}}, .seats = 2}.bytes());
    QCOMPARE(keysOf(plan.layout), QStringList({u"zones-0-rows-0-seats-0"_s, u"zones-0-rows-0-seats-1"_s}));
    QCOMPARE(plan.report.repairs.size(), 2);
    QCOMPARE(plan.report.renamedSeats, 0);
}

void TestPretixPlan::anIdThatCannotBeStoredIsReplacedAndKept_data()
{
    QTest::addColumn<QJsonValue>("guid");
    QTest::newRow("too long") << QJsonValue(QString(200, u'x'));
    QTest::newRow("null character") << QJsonValue(QString(u"A-1\0"_s));
    QTest::newRow("half a character") << QJsonValue(QString(QChar(0xD800)));
    QTest::newRow("truth") << QJsonValue(true);
    QTest::newRow("object") << QJsonValue(QJsonObject{{u"id"_s, 1}});
}

void TestPretixPlan::anIdThatCannotBeStoredIsReplacedAndKept()
{
    QFETCH(QJsonValue, guid);
    const PlanImport plan = imported(SamplePlan{.seat = {{u"seat_guid"_s, guid}}}.bytes());
    QVERIFY(validateLayout(plan.layout).empty());
    QVERIFY(plan.report.repairs.at(0).contains(u"cannot be stored"_s));
    QVERIFY(firstSeat(plan).extra.contains(u"seat_guid"_s));
}

void TestPretixPlan::whatIsNotAsAskedIsRepairedAndTold_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("place");
    const auto row = [](const char *name, const SamplePlan &plan, const QString &place) {
        QTest::newRow(name) << plan.bytes() << place;
    };
    const QString seat = u"/zones/0/rows/0/seats/0"_s;
    row("guid as number", {.seat = {{u"seat_guid"_s, 7}}}, seat + u"/seat_guid"_s);
    row("seat number as number", {.seat = {{u"seat_number"_s, 12}}}, seat + u"/seat_number"_s);
    row("seat number too long", {.seat = {{u"seat_number"_s, QString(60, u'9')}}}, seat + u"/seat_number"_s);
    row("seat number with null", {.seat = {{u"seat_number"_s, u"1\0"_s}}}, seat + u"/seat_number"_s);
    row("radius as text", {.seat = {{u"radius"_s, u"9.5"_s}}}, seat + u"/radius"_s);
    row("radius zero", {.seat = {{u"radius"_s, 0}}}, seat + u"/radius"_s);
    row("radius negative", {.seat = {{u"radius"_s, -4}}}, seat + u"/radius"_s);
    row("x as text", {.seat = {{u"position"_s, QJsonObject{{u"x"_s, u" 12.5 "_s}, {u"y"_s, 0}}}}},
        seat + u"/position/x"_s);
    row("no category but only one", {.seat = {{u"category"_s, QJsonValue()}}}, seat + u"/category"_s);
    row("row number as number", {.row = {{u"row_number"_s, 7}}}, u"/zones/0/rows/0/row_number"_s);
    row("row number null", {.row = {{u"row_number"_s, QJsonValue()}}}, u"/zones/0/rows/0/row_number"_s);
    row("row number too long", {.row = {{u"row_number"_s, QString(41, u'A')}}}, u"/zones/0/rows/0/row_number"_s);
    row("row without seats", {.row = {{u"seats"_s, QJsonValue()}}}, u"/zones/0/rows/0/seats"_s);
    row("zone without name", {.zone = {{u"name"_s, QJsonValue()}, {u"zone_id"_s, u"Z1"_s}}}, u"/zones/0/name"_s);
    row("zone without position", {.zone = {{u"position"_s, QJsonValue()}}}, u"/zones/0/position"_s);
    row("zone without rows", {.zone = {{u"rows"_s, QJsonValue()}}}, u"/zones/0/rows"_s);
    row("plan without name", {.plan = {{u"name"_s, QJsonValue()}}}, u"/name"_s);
    row("plan without size", {.plan = {{u"size"_s, QJsonValue()}}}, u"/size"_s);
    row("width as text", {.plan = {{u"size"_s, QJsonObject{{u"width"_s, u"500"_s}, {u"height"_s, 500}}}}},
        u"/size/width"_s);
    row("category twice",
        {.plan = {{u"categories"_s,
                   QJsonArray{QJsonObject{{u"name"_s, u"Stalls"_s}}, QJsonObject{{u"name"_s, u"Stalls"_s}}}}}},
        u"/categories/1"_s);
}

void TestPretixPlan::whatIsNotAsAskedIsRepairedAndTold()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, place);
    const PlanImport plan = imported(bytes);
    QVERIFY(validateLayout(plan.layout).empty());
    QVERIFY2(plan.report.repairs.size() == 1, qPrintable(plan.report.repairs.join(u'\n')));
    QVERIFY2(plan.report.repairs.at(0).startsWith(place + u": "_s), qPrintable(plan.report.repairs.at(0)));
    QVERIFY(plan.report.text().contains(plan.report.repairs.at(0)));
}

void TestPretixPlan::aRepairedValueIsTheRightOne()
{
    const PlanImport plan =
        imported(SamplePlan{.zone = {{u"name"_s, QJsonValue()}, {u"zone_id"_s, u"Z1"_s}},
                            .row = {{u"row_number"_s, 7}},
                            .seat = {{u"seat_number"_s, 12},
                                     {u"radius"_s, u"9.5"_s},
                                     {u"position"_s, QJsonObject{{u"x"_s, u" 12.5 "_s}, {u"y"_s, 1.25}}}}}
                     .bytes());
    QCOMPARE(plan.layout.sections.at(0).name, u"Z1"_s);
    QCOMPARE(plan.layout.sections.at(0).rows.at(0).label, u"7"_s);
    QCOMPARE(firstSeat(plan).label, u"12"_s);
    QCOMPARE(firstSeat(plan).radius, 9.5);
    QCOMPARE(firstSeat(plan).position, QPointF(112.5, 101.25));
}

/// A generator of beer benches writes its plans so, and pretix's schema takes them.
void TestPretixPlan::seatsWithoutAnyCategoryGetOne()
{
    const PlanImport plan =
        imported(SamplePlan{.plan = {{u"categories"_s, QJsonArray()}}, .seat = {{u"category"_s, QString()}}, .seats = 2}
                     .bytes());
    QCOMPARE(plan.layout.categories.size(), size_t(1));
    QCOMPARE(firstSeat(plan).category, 0);
    QCOMPARE(plan.report.repairs.size(), 3); // The new category, and each seat that was put into it.
    QVERIFY(plan.report.repairs.at(0).startsWith(u"/categories: "_s));
}

void TestPretixPlan::anAreaIsRepairedAndTold_data()
{
    QTest::addColumn<QJsonObject>("area");
    QTest::addColumn<QString>("place");
    const QJsonObject box{{u"width"_s, 40}, {u"height"_s, 20}};
    QTest::newRow("no shape") << QJsonObject{{u"rectangle"_s, box}} << u"/shape"_s;
    QTest::newRow("text alone") << QJsonObject{{u"text"_s, u"Bar"_s}} << u"/shape"_s;
    QTest::newRow("no width") << QJsonObject{{u"shape"_s, u"rectangle"_s},
                                             {u"rectangle"_s, QJsonObject{{u"height"_s, 20}}}}
                              << u"/rectangle/width"_s;
    QTest::newRow("negative height") << QJsonObject{{u"shape"_s, u"rectangle"_s},
                                                    {u"rectangle"_s, merged(box, {{u"height"_s, -20}})}}
                                     << u"/rectangle/height"_s;
    QTest::newRow("width as text") << QJsonObject{{u"shape"_s, u"rectangle"_s},
                                                  {u"rectangle"_s, merged(box, {{u"width"_s, u"40"_s}})}}
                                   << u"/rectangle/width"_s;
    QTest::newRow("circle without radius") << QJsonObject{{u"shape"_s, u"circle"_s}} << u"/circle/radius"_s;
    QTest::newRow("ellipse without x") << QJsonObject{{u"shape"_s, u"ellipse"_s},
                                                      {u"ellipse"_s,
                                                       QJsonObject{{u"radius"_s, QJsonObject{{u"y"_s, 5}}}}}}
                                       << u"/ellipse/radius/x"_s;
    QTest::newRow("polygon without points") << QJsonObject{{u"shape"_s, u"polygon"_s}} << u"/polygon/points"_s;
    QTest::newRow("rotation as text") << QJsonObject{{u"shape"_s, u"rectangle"_s},
                                                     {u"rectangle"_s, box},
                                                     {u"rotation"_s, u"90"_s}}
                                      << u"/rotation"_s;
    QTest::newRow("colour by name") << QJsonObject{{u"shape"_s, u"rectangle"_s},
                                                   {u"rectangle"_s, box},
                                                   {u"color"_s, u"red"_s}}
                                    << u"/color"_s;
    const QJsonObject words{{u"text"_s, u"Bar"_s}, {u"position"_s, QJsonObject{{u"x"_s, 0}, {u"y"_s, 0}}}};
    QTest::newRow("half a text size") << QJsonObject{{u"shape"_s, u"text"_s},
                                                     {u"text"_s, merged(words, {{u"size"_s, 12.5}})}}
                                      << u"/text/size"_s;
    QTest::newRow("text size as text") << QJsonObject{{u"shape"_s, u"text"_s},
                                                      {u"text"_s, merged(words, {{u"size"_s, u"12"_s}})}}
                                       << u"/text/size"_s;
}

void TestPretixPlan::anAreaIsRepairedAndTold()
{
    QFETCH(QJsonObject, area);
    QFETCH(QString, place);
    const PlanImport plan = imported(planWithArea(area));
    QVERIFY2(plan.report.repairs.size() == 1, qPrintable(plan.report.repairs.join(u'\n')));
    QVERIFY2(plan.report.repairs.at(0).startsWith(u"/zones/0/areas/0"_s + place),
             qPrintable(plan.report.repairs.at(0)));
    QVERIFY(validateLayout(plan.layout).empty());
}

void TestPretixPlan::anAreaOfEachKindIsRead()
{
    const QJsonObject at{{u"x"_s, 10}, {u"y"_s, 20}};
    const auto shape = [&](const QString &kind, const QJsonObject &figure) {
        return firstShape(
            imported(planWithArea({{u"shape"_s, kind}, {u"position"_s, at}, {u"rotation"_s, 30}, {kind, figure}})));
    };
    const LayoutShape box = shape(u"rectangle"_s, {{u"width"_s, 40}, {u"height"_s, 20.5}});
    QCOMPARE(box.kind, ShapeKind::Rectangle);
    QCOMPARE(box.size, QSizeF(40, 20.5));
    QCOMPARE(box.position, QPointF(110, 120));
    QCOMPARE(box.rotation, 30.0);
    const LayoutShape circle = shape(u"circle"_s, {{u"radius"_s, 7}});
    QCOMPARE(circle.kind, ShapeKind::Ellipse);
    QCOMPARE(circle.size, QSizeF(14, 14));
    const LayoutShape ellipse = shape(u"ellipse"_s, {{u"radius"_s, QJsonObject{{u"x"_s, 7}, {u"y"_s, 3}}}});
    QCOMPARE(ellipse.kind, ShapeKind::Ellipse);
    QCOMPARE(ellipse.size, QSizeF(14, 6));
    const LayoutShape polygon = shape(u"polygon"_s, {{u"points"_s, QJsonArray{at, at, at}}});
    QCOMPARE(polygon.kind, ShapeKind::Polygon);
    QCOMPARE(polygon.points, QVector<QPointF>(3, QPointF(10, 20)));
    const LayoutShape text = shape(u"text"_s, {{u"text"_s, u"Bar"_s}, {u"position"_s, at}, {u"size"_s, 24}});
    QCOMPARE(text.kind, ShapeKind::Text);
    QCOMPARE(text.text, u"Bar"_s);
    QCOMPARE(text.textPosition, QPointF(10, 20));
    QCOMPARE(text.textSize, 24);
}

void TestPretixPlan::coloursOfEditorsAreRead_data()
{
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("read");
    QTest::newRow("short") << u"#abc"_s << u"#aabbcc"_s;
    QTest::newRow("with alpha") << u"#11223344"_s << u"#112233"_s;
    QTest::newRow("rgb") << u"rgb(1, 2, 255)"_s << u"#0102FF"_s;
    QTest::newRow("rgba") << u"rgba(16 32 48 / 50%)"_s << u"#102030"_s;
    QTest::newRow("too much red") << u"rgb(999,0,0)"_s << u"#FF0000"_s;
    QTest::newRow("name") << u"SteelBlue"_s << u"#4682B4"_s;
    QTest::newRow("none") << u"transparent"_s << QString();
}

void TestPretixPlan::coloursOfEditorsAreRead()
{
    QFETCH(QString, written);
    QFETCH(QString, read);
    QCOMPARE(planColor(written), std::optional(read));
}

void TestPretixPlan::anUnknownColourIsKeptAndNotUsed()
{
    const PlanImport plan = imported(planWithArea({{u"shape"_s, u"text"_s}, {u"color"_s, u"var(--brand)"_s}}));
    QCOMPARE(firstShape(plan).fillColor, QString());
    QCOMPARE(firstShape(plan).extra.value(u"color"_s), QJsonValue(u"var(--brand)"_s));
    QCOMPARE(plan.report.warnings.size(), 1);
}

void TestPretixPlan::unknownFieldsAreKept()
{
    const QJsonObject point{{u"x"_s, 1}, {u"y"_s, 2}, {u"z"_s, 3}};
    const QJsonObject area{{u"shape"_s, u"polygon"_s},
                           {u"locked"_s, true},
                           {u"position"_s, point},
                           {u"polygon"_s, QJsonObject{{u"points"_s, QJsonArray{point}}, {u"nodes"_s, 4}}},
                           {u"circle"_s, QJsonObject{{u"radius"_s, 1}}}};
    const PlanImport plan = imported(SamplePlan{
        .plan = {{u"editor"_s, u"svg-builder"_s}},
        .zone = {{u"areas"_s, QJsonArray{area}}, {u"displayed"_s, false}},
        .row = {{u"curve"_s, 3}},
        .seat = {{u"selected"_s, true},
                 {u"position"_s, point}}}.bytes());
    QCOMPARE(plan.layout.extra.value(u"editor"_s), QJsonValue(u"svg-builder"_s));
    const LayoutSection &section = plan.layout.sections.at(0);
    QCOMPARE(section.extra, QJsonObject({{u"displayed"_s, false}}));
    QCOMPARE(section.rows.at(0).extra, QJsonObject({{u"curve"_s, 3}}));
    const QJsonObject third{{u"z"_s, 3}};
    QCOMPARE(firstSeat(plan).extra, QJsonObject({{u"selected"_s, true}, {u"position"_s, third}}));
    const QJsonObject polygon{{u"nodes"_s, 4}, {u"points"_s, QJsonObject{{u"0"_s, third}}}};
    QCOMPARE(firstShape(plan).extra, QJsonObject({{u"locked"_s, true},
                                                  {u"position"_s, third},
                                                  {u"circle"_s, area.value(u"circle"_s)},
                                                  {u"polygon"_s, polygon}}));
    const auto again = layoutFromJsonBytes(QJsonDocument(layoutToJson(plan.layout)).toJson());
    QVERIFY(again.has_value());
    QCOMPARE(again->sections.at(0).decorations.at(0).extra, firstShape(plan).extra);
}

void TestPretixPlan::boundsThatAreTooSmallGrowWithAWarning()
{
    const PlanImport plan =
        imported(SamplePlan{.row = {{u"position"_s, QJsonObject{{u"x"_s, 900}, {u"y"_s, 0}}}}}.bytes());
    QCOMPARE(plan.layout.size, QSizeF(1010, 500));
    QCOMPARE(plan.report.warnings.size(), 1);
}

void TestPretixPlan::aPlanLeftOfTheOriginStaysWhereItIs()
{
    const PlanImport plan =
        imported(SamplePlan{.zone = {{u"position"_s, QJsonObject{{u"x"_s, -300.5}, {u"y"_s, -20}}}}}.bytes());
    QCOMPARE(firstSeat(plan).position, QPointF(-300.5, -20));
    QVERIFY(plan.report.warnings.at(0).contains(u"left of or above the origin"_s));
    QVERIFY(validateLayout(plan.layout).empty());
}

void TestPretixPlan::theOldRevisionIsRead()
{
    const PlanImport plan = imported(R"({"name": "Old", "size": {"width": 400, "height": 300},
        "categories": [{"name": "All"}],
        "zones": [{"name": "Z", "displayed": true, "position": {"x": 50, "y": 50},
                   "rows": [{"row_number": "1", "number_of_seats": 3, "seats_spacing": 30, "seats": null}],
                   "areas": [{"shape": "rectangle", "position": {"x": 0, "y": 0}, "width": 40, "height": 20,
                              "text": "Bar"}]}]})");
    QCOMPARE(plan.report.seats, 3);
    const auto &seats = plan.layout.sections.at(0).rows.at(0).seats;
    QCOMPARE(seats.at(2).position, QPointF(110, 50));
    QCOMPARE(seats.at(2).label, u"3"_s);
    QCOMPARE(firstShape(plan).text, u"Bar"_s);
    QCOMPARE(firstShape(plan).size, QSizeF(40, 20));
    QCOMPARE(plan.layout.sections.at(0).extra, QJsonObject({{u"displayed"_s, true}}));
}

void TestPretixPlan::aByteOrderMarkIsPassedOver()
{
    const PlanImport plan = imported("\xEF\xBB\xBF" + SamplePlan().bytes());
    QCOMPARE(plan.report.warnings.size(), 1);
}

void TestPretixPlan::anAnswerOfPretixsApiIsUnwrapped()
{
    const QByteArray bytes = R"({"id": 3, "name": "House", "layout": )" + SamplePlan().bytes() + "}";
    QCOMPARE(imported(bytes).report.seats, 1);
}

void TestPretixPlan::aPlanAsTheFormatAsksHasNothingToTell()
{
    const PlanImportReport report = imported(SamplePlan().bytes()).report;
    QVERIFY2(report.repairs.isEmpty() && report.warnings.isEmpty(), qPrintable(report.text()));
}

void TestPretixPlan::whatCannotBeReadNamesItsPlace_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("place");
    const auto row = [](const char *name, const SamplePlan &plan, const QString &place) {
        QTest::newRow(name) << plan.bytes() << place;
    };
    const QString seat = u"/zones/0/rows/0/seats/0"_s;
    row("unknown category", {.seat = {{u"category"_s, u"Balcony"_s}}}, seat + u"/category"_s);
    row("no position", {.seat = {{u"position"_s, QJsonValue()}}}, seat + u"/position"_s);
    row("position as list", {.seat = {{u"position"_s, QJsonArray{1, 2}}}}, seat + u"/position"_s);
    row("no y", {.seat = {{u"position"_s, QJsonObject{{u"x"_s, 1}}}}}, seat + u"/position/y"_s);
    row("x is no number", {.seat = {{u"position"_s, QJsonObject{{u"x"_s, u"left"_s}, {u"y"_s, 0}}}}},
        seat + u"/position/x"_s);
    row("x is not a number of this world", {.seat = {{u"position"_s, QJsonObject{{u"x"_s, u"nan"_s}, {u"y"_s, 0}}}}},
        seat + u"/position/x"_s);
    row("x is too far", {.seat = {{u"position"_s, QJsonObject{{u"x"_s, 1e7}, {u"y"_s, 0}}}}}, seat + u"/position/x"_s);
    row("sum is too far",
        {.zone = {{u"position"_s, QJsonObject{{u"x"_s, 1e6}, {u"y"_s, 0}}}},
         .row = {{u"position"_s, QJsonObject{{u"x"_s, 1e6}, {u"y"_s, 0}}}}},
        u"/zones/0/rows/0/position/x"_s);
    row("no number", {.seat = {{u"seat_number"_s, QJsonValue()}}}, seat + u"/seat_number"_s);
    row("number as list", {.seat = {{u"seat_number"_s, QJsonArray()}}}, seat + u"/seat_number"_s);
    row("radius in words", {.seat = {{u"radius"_s, u"wide"_s}}}, seat + u"/radius"_s);
    row("seats as object", {.row = {{u"seats"_s, QJsonObject()}}}, u"/zones/0/rows/0/seats"_s);
    row("seat as text", {.row = {{u"seats"_s, QJsonArray{u"A1"_s}}}}, seat);
    row("half a seat", {.row = {{u"seats"_s, QJsonValue()}, {u"number_of_seats"_s, 2.5}}},
        u"/zones/0/rows/0/number_of_seats"_s);
    row("a billion seats", {.row = {{u"seats"_s, QJsonValue()}, {u"number_of_seats"_s, 999'999}}},
        u"/zones/0/rows/0/number_of_seats"_s);
    row("row number as truth", {.row = {{u"row_number"_s, true}}}, u"/zones/0/rows/0/row_number"_s);
    row("no zones", {.plan = {{u"zones"_s, QJsonValue()}}}, u"/zones"_s);
    row("zones as object", {.plan = {{u"zones"_s, QJsonObject()}}}, u"/zones"_s);
    row("no categories", {.plan = {{u"categories"_s, QJsonValue()}}}, seat + u"/category"_s);
    row("categories in words", {.plan = {{u"categories"_s, u"Stalls"_s}}}, u"/categories"_s);
    const QJsonObject stalls{{u"name"_s, u"Stalls"_s}};
    row("no category of two",
        {.plan = {{u"categories"_s, QJsonArray{stalls, QJsonObject{{u"name"_s, u"Circle"_s}}}}},
         .seat = {{u"category"_s, QString()}}},
        seat + u"/category"_s);
    row("category without name", {.plan = {{u"categories"_s, QJsonArray{QJsonObject{{u"color"_s, u"red"_s}}}}}},
        u"/categories/0/name"_s);
    row("too many categories", {.plan = {{u"categories"_s, QJsonArray::fromVariantList(QVariantList(201, 1))}}},
        u"/categories"_s);
}

void TestPretixPlan::whatCannotBeReadNamesItsPlace()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, place);
    const auto refused = importPretixPlan(bytes);
    QVERIFY(!refused);
    QCOMPARE(refused.error().field, place);
    QVERIFY2(refused.error().message.startsWith(place), qPrintable(refused.error().message));
}

void TestPretixPlan::oneSeatTooManyIsRefusedWithTheLimit()
{
    const auto refused = importPretixPlan(SamplePlan{.seats = 150'001}.bytes());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::TooLarge);
    QCOMPARE(refused.error().field, u"/zones/0/rows/0/seats/150000"_s);
    QVERIFY2(refused.error().message.contains(u"150000 that are taken"_s), qPrintable(refused.error().message));
}

void TestPretixPlan::changedBytesAreReadOrRefusedWithWords()
{
    QRandomGenerator random(testSeed());
    const QJsonObject area{
        {u"shape"_s, u"circle"_s}, {u"circle"_s, QJsonObject{{u"radius"_s, 4}}}, {u"text"_s, u"x"_s}};
    const QByteArray original = SamplePlan{.zone = {{u"areas"_s, QJsonArray{area}}},
                                           .row = {{u"position"_s, QJsonValue()}},
                                           .seat = {{u"uuid"_s, u"u"_s}},
                                           .seats = 6}
                                    .bytes();
    for (int round = 0; round < 20'000; ++round) {
        const auto result = importPretixPlan(spoiled(original, random));
        if (!result)
            QVERIFY(!result.error().message.isEmpty());
        else
            QVERIFY(validateLayout(result->layout).empty());
    }
}

QTEST_APPLESS_MAIN(TestPretixPlan)
#include "tst_pretixplan.moc"
