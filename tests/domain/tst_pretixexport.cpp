#include "domain/layoutfixtures.h"
#include "domain/plansamples.h"

using namespace parterre;
using namespace parterre::tests;
using namespace Qt::StringLiterals;

/// Export is strictly valid for pretix, and nothing that a seat is sold by is lost on the way there and back.
class TestPretixExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anExportIsStrictlyValidAndReadsBackTheSame_data();
    void anExportIsStrictlyValidAndReadsBackTheSame();
    void anExportOfAnExportIsTheSame();
    void anyLayoutIsExportedStrictlyValid();
    void whatPretixCannotSayIsTold();
    void theSchemaIsStrict();

private:
    static void hold(const Layout &layout);
};

void TestPretixExport::hold(const Layout &layout)
{
    const PlanExport plan = exportPretixPlan(layout);
    const QString faults = schemaFaults(sharedPretixFile(u"seating-plan.schema.json"_s), plan.bytes);
    QVERIFY2(faults.isEmpty(), qPrintable(faults));
    const auto again = importPretixPlan(plan.bytes);
    QVERIFY2(again.has_value(), again ? "" : qPrintable(again.error().message));
    const LayoutIndex before(layout);
    const LayoutIndex after(again->layout);
    QCOMPARE(keysOf(after.layout()), keysOf(before.layout()));
    for (int i = 0; i < before.seatCount(); ++i) {
        QCOMPARE(after.seat(i).label, before.seat(i).label);
        QCOMPARE(after.rowOf(i).label, before.rowOf(i).label);
        QCOMPARE(after.layout().categories.at(static_cast<size_t>(after.seat(i).category)).name,
                 layout.categories.at(static_cast<size_t>(before.seat(i).category)).name);
        QVERIFY((after.seat(i).position - before.seat(i).position).manhattanLength() < 1e-3);
    }
}

void TestPretixExport::anExportIsStrictlyValidAndReadsBackTheSame_data()
{
    QTest::addColumn<Layout>("layout");
    QTest::newRow("stadium") << importPretixPlan(sharedPretixFile(u"stadium.seatmap-canvas.json"_s))->layout;
    QTest::newRow("globe") << globe();
    const QByteArray edited =
        SamplePlan{.row = {{u"curve"_s, 3}}, .seat = {{u"radius"_s, 9.6}, {u"selected"_s, true}}}.bytes();
    QTest::newRow("editor's keys") << importPretixPlan(edited)->layout;
    QTest::newRow("nothing in it") << Layout{};
}

void TestPretixExport::anExportIsStrictlyValidAndReadsBackTheSame()
{
    QFETCH(Layout, layout);
    hold(layout);
}

void TestPretixExport::anExportOfAnExportIsTheSame()
{
    const PlanExport once = exportPretixPlan(globe());
    const PlanExport twice = exportPretixPlan(importPretixPlan(once.bytes)->layout);
    QCOMPARE(twice.bytes, once.bytes);
    QCOMPARE(twice.dropped, QStringList());
}

void TestPretixExport::anyLayoutIsExportedStrictlyValid()
{
    QRandomGenerator random(testSeed());
    for (int round = 0; round < 200 && !QTest::currentTestFailed(); ++round) {
        const quint32 seed = random.generate();
        hold(RandomLayout(seed).make());
        if (QTest::currentTestFailed())
            qInfo("the layout of seed %u", seed);
    }
}

void TestPretixExport::whatPretixCannotSayIsTold()
{
    Layout layout = importPretixPlan(SamplePlan{.seats = 2}.bytes())->layout;
    LayoutSection &section = layout.sections.at(0);
    section.rows.at(0).seats.at(0).accessibility = Accessibility::Wheelchair;
    section.rows.at(0).seats.at(0).extra = {{u"selected"_s, true}};
    section.rows.at(0).seats.at(1).extra = {{u"selected"_s, true}};
    section.areas.push_back({.key = u"G"_s, .name = u"Lawn"_s, .capacity = 10, .category = 0, .shape = {}});
    section.tables.push_back({.label = u"T"_s, .rowLabel = u"A"_s, .shape = {}});
    section.rows.at(0).extra = {{u"row_number_position"_s, u"left"_s}, {u"row_label"_s, QJsonValue()}};
    section.extra = {{u"zone_id"_s, 7}, {u"position"_s, QJsonObject{{u"z"_s, 1}}}};
    layout.stage = LayoutShape();
    layout.focalPoint = QPointF(1, 2);
    const QString dropped = exportPretixPlan(layout).dropped.join(u'\n');
    for (const QString &part :
         {u"accessibility of a seat"_s, u"field \"selected\" of a seat (2 times)"_s, u"capacity"_s, u"table"_s,
          u"stage"_s, u"focal point"_s, u"\"row_number_position\" of a row"_s, u"\"zone_id\" of a zone"_s,
          u"a part of the field \"position\" of a zone"_s})
        QVERIFY2(dropped.contains(part), qPrintable(part + u" is not in\n"_s + dropped));
    QVERIFY(!dropped.contains(u"row_label"_s));
}

/// The control of all the above: a field that pretix does not know must be found.
void TestPretixExport::theSchemaIsStrict()
{
    const QByteArray schema = sharedPretixFile(u"seating-plan.schema.json"_s);
    QVERIFY(schemaFaults(schema, SamplePlan().bytes()).isEmpty());
    QVERIFY(!schemaFaults(schema, SamplePlan{.seat = {{u"selected"_s, true}}}.bytes()).isEmpty());
    QVERIFY(!schemaFaults(schema, SamplePlan{.seat = {{u"radius"_s, 9.5}}}.bytes()).isEmpty());
}

QTEST_APPLESS_MAIN(TestPretixExport)
#include "tst_pretixexport.moc"
