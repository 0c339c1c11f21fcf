#include "domain/layoutfixtures.h"
#include "domain/plansamples.h"

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// Parterre's own form: it loses nothing, and what it refuses it names.
class TestLayoutJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBackExactly();
    void whatIsWrittenIsValidAgainstOurSchema();
    void aFaultNamesItsPlace_data();
    void aFaultNamesItsPlace();
    void changedBytesAreReadOrRefusedWithWords();
    void changedAnnotationsAreTakenOrRefusedWithWords();
    void annotationsAreLaidOn();
    void anAnnotationThatFitsNothingNamesItsPlace_data();
    void anAnnotationThatFitsNothingNamesItsPlace();
};

namespace {

QByteArray bytesOf(const Layout &layout)
{
    return QJsonDocument(layoutToJson(layout)).toJson();
}

/// A layout of one row of three seats with one drawn area.
Layout smallHouse()
{
    const QJsonObject area{
        {u"shape"_s, u"circle"_s}, {u"uuid"_s, u"u-1"_s}, {u"circle"_s, QJsonObject{{u"radius"_s, 4}}}};
    return importPretixPlan(SamplePlan{.zone = {{u"areas"_s, QJsonArray{area}}}, .seats = 3}.bytes())->layout;
}

/// Every member that annotations may have, fitting smallHouse().
QJsonObject allNotes()
{
    const QJsonObject standing{{u"key"_s, u"LAWN"_s},        {u"name"_s, u"Lawn"_s}, {u"section"_s, u"Stalls"_s},
                               {u"category"_s, u"Stalls"_s}, {u"capacity"_s, 80},    {u"shape_uuid"_s, u"u-1"_s}};
    return {
        {u"focal_point"_s, QJsonObject{{u"x"_s, 10}, {u"y"_s, 20}}},
        {u"floors"_s, QJsonArray{QJsonObject{{u"name"_s, u"Ground"_s}, {u"sections"_s, QJsonArray{u"Stalls"_s}}}}},
        {u"accessibility"_s, QJsonArray{QJsonObject{{u"keys"_s, QJsonArray{u"A-1"_s}}, {u"kind"_s, u"wheelchair"_s}}}},
        {u"companions"_s, QJsonArray{QJsonObject{{u"key"_s, u"A-2"_s}, {u"of"_s, u"A-1"_s}}}},
        {u"restricted_view"_s,
         QJsonArray{QJsonObject{{u"keys"_s, QJsonArray{u"A-3"_s}}, {u"note"_s, u"behind a pillar"_s}}}},
        {u"standing_areas"_s, QJsonArray{standing}}};
}

} // namespace

void TestLayoutJson::whatIsWrittenIsReadBackExactly()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 500; ++round) {
        const quint32 seed = random.generate();
        const Layout layout = RandomLayout(seed).make();
        const auto faults = validateLayout(layout);
        QVERIFY2(faults.empty(), faults.empty() ? "" : qPrintable(u"%1: %2"_s.arg(seed).arg(faults[0].message)));
        const auto again = layoutFromJsonBytes(bytesOf(layout));
        QVERIFY2(again.has_value(), again ? "" : qPrintable(u"%1: %2"_s.arg(seed).arg(again.error().message)));
        QCOMPARE(bytesOf(*again), bytesOf(layout));
        const LayoutIndex before(layout);
        const LayoutIndex after(*again);
        QCOMPARE(keysOf(after.layout()), keysOf(before.layout()));
        for (int i = 0; i < before.seatCount(); ++i) { // Beside the text: the numbers themselves, bit by bit.
            QCOMPARE(after.seat(i).position.x(), before.seat(i).position.x());
            QCOMPARE(after.seat(i).radius, before.seat(i).radius);
            QCOMPARE(after.seat(i).companionOf, before.seat(i).companionOf);
            QCOMPARE(after.seat(i).extra, before.seat(i).extra);
        }
    }
}

void TestLayoutJson::whatIsWrittenIsValidAgainstOurSchema()
{
    const QByteArray schema = fileBytes(QStringLiteral(PARTERRE_SOURCE_DIR "/resources/schemas/layout.schema.json"));
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 50; ++round) {
        const quint32 seed = random.generate();
        const QString faults = schemaFaults(schema, bytesOf(RandomLayout(seed).make()));
        QVERIFY2(faults.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(faults)));
    }
}

void TestLayoutJson::aFaultNamesItsPlace_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("place");
    QTest::newRow("same key twice") << QByteArray("\"A-2\"") << QByteArray("\"A-1\"")
                                    << u"/sections/0/rows/0/seats/1/key"_s;
    QTest::newRow("empty key") << QByteArray("\"A-2\"") << QByteArray("\"\"") << u"/sections/0/rows/0/seats/1/key"_s;
    QTest::newRow("unknown member") << QByteArray("\"label\": \"3\"") << QByteArray("\"lable\": \"3\"")
                                    << u"/sections/0/rows/0/seats/2/label"_s;
    QTest::newRow("category") << QByteArray("\"category\": 0") << QByteArray("\"category\": 7")
                              << u"/sections/0/rows/0/seats/0/category"_s;
    QTest::newRow("kind") << QByteArray("\"ellipse\"") << QByteArray("\"heart\"")
                          << u"/sections/0/decorations/0/kind"_s;
    QTest::newRow("floors") << QByteArray("\"floors\"") << QByteArray("\"storeys\"") << u"/floors"_s;
    QTest::newRow("too far") << QByteArray("\"x\": 150") << QByteArray("\"x\": 1e9")
                             << u"/sections/0/rows/0/seats/2/position/x"_s;
}

void TestLayoutJson::aFaultNamesItsPlace()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, place);
    QByteArray bytes = bytesOf(smallHouse());
    QVERIFY(bytes.contains(from));
    const auto refused = layoutFromJsonBytes(bytes.replace(from, to));
    QVERIFY(!refused);
    QCOMPARE(refused.error().field, place);
}

void TestLayoutJson::changedBytesAreReadOrRefusedWithWords()
{
    QRandomGenerator random(testSeed());
    const QByteArray original = bytesOf(*applyLayoutAnnotations(smallHouse(), allNotes()));
    for (int round = 0; round < 20'000; ++round) {
        const auto result = layoutFromJsonBytes(spoiled(original, random));
        if (!result)
            QVERIFY(!result.error().message.isEmpty());
        else
            QVERIFY(validateLayout(*result).empty());
    }
}

void TestLayoutJson::changedAnnotationsAreTakenOrRefusedWithWords()
{
    QRandomGenerator random(testSeed());
    const Layout house = smallHouse();
    const QByteArray original = QJsonDocument(allNotes()).toJson();
    int taken = 0;
    for (int round = 0; round < 20'000; ++round) {
        const QJsonDocument document = QJsonDocument::fromJson(spoiled(original, random));
        if (!document.isObject())
            continue;
        const auto result = applyLayoutAnnotations(house, document.object());
        taken += result ? 1 : 0;
        if (!result)
            QVERIFY(!result.error().message.isEmpty());
        else
            QVERIFY(validateLayout(*result).empty());
    }
    QVERIFY2(taken > 0, "no changed text was taken, so the far side was never reached");
}

void TestLayoutJson::annotationsAreLaidOn()
{
    const auto house = applyLayoutAnnotations(smallHouse(), allNotes());
    QVERIFY2(house.has_value(), house ? "" : qPrintable(house.error().message));
    const LayoutIndex index(*house);
    QCOMPARE(house->focalPoint, std::optional(QPointF(10, 20)));
    QCOMPARE(house->floors, std::vector{u"Ground"_s});
    QCOMPARE(index.seat(0).accessibility, Accessibility::Wheelchair);
    QCOMPARE(index.seat(1).accessibility, Accessibility::Companion);
    QCOMPARE(index.seat(1).companionOf, u"A-1"_s);
    QVERIFY(index.seat(2).restrictedView);
    QCOMPARE(index.seat(2).note, u"behind a pillar"_s);
    QCOMPARE(index.area(0).capacity, 80);
    QVERIFY(index.sectionOfArea(0).decorations.empty());
}

void TestLayoutJson::anAnnotationThatFitsNothingNamesItsPlace_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("place");
    QTest::newRow("unknown member") << QByteArray("focal_point") << QByteArray("focus") << u"/focus"_s;
    QTest::newRow("section of a floor") << QByteArray("[\"Stalls\"]") << QByteArray("[\"Pit\"]")
                                        << u"/floors/0/sections/0"_s;
    QTest::newRow("kind") << QByteArray("\"wheelchair\"") << QByteArray("\"throne\"") << u"/accessibility/0/kind"_s;
    QTest::newRow("companion of no space")
        << QByteArray("\"of\":\"A-1\"") << QByteArray("\"of\":\"A-3\"") << u"/companions/0/of"_s;
    QTest::newRow("seat") << QByteArray("[\"A-3\"]") << QByteArray("[\"A-9\"]") << u"/restricted_view/0/keys/0"_s;
    QTest::newRow("capacity") << QByteArray("80") << QByteArray("0") << u"/standing_areas/0/capacity"_s;
    QTest::newRow("uuid") << QByteArray("u-1") << QByteArray("u-2") << u"/standing_areas/0/shape_uuid"_s;
    QTest::newRow("category") << QByteArray("\"category\":\"Stalls\"") << QByteArray("\"category\":\"Pit\"")
                              << u"/standing_areas/0/category"_s;
}

void TestLayoutJson::anAnnotationThatFitsNothingNamesItsPlace()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, place);
    QByteArray bytes = QJsonDocument(allNotes()).toJson(QJsonDocument::Compact);
    QVERIFY(bytes.contains(from));
    const auto refused =
        applyLayoutAnnotations(smallHouse(), QJsonDocument::fromJson(bytes.replace(from, to)).object());
    QVERIFY(!refused);
    QCOMPARE(refused.error().field, place);
}

QTEST_APPLESS_MAIN(TestLayoutJson)
#include "tst_layoutjson.moc"
