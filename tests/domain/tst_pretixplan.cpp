#include "domain/layoutfixtures.h"

#include <QRandomGenerator>
#include <QSet>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

/// A plan of one zone and one row with the given members laid over its only seat.
QByteArray planWithSeat(const QJsonObject &members, const QJsonObject &rowMembers = {}, int seats = 1)
{
    QJsonArray list;
    for (int i = 0; i < seats; ++i) {
        QJsonObject seat{{u"seat_guid"_s, u"A-%1"_s.arg(i + 1)},
                         {u"seat_number"_s, QString::number(i + 1)},
                         {u"position"_s, QJsonObject{{u"x"_s, 25 * i}, {u"y"_s, 0}}},
                         {u"category"_s, u"Stalls"_s}};
        for (auto it = members.constBegin(); it != members.constEnd(); ++it)
            seat.insert(it.key(), it.value());
        list.append(seat);
    }
    QJsonObject row{{u"row_number"_s, u"A"_s}, {u"seats"_s, list}};
    for (auto it = rowMembers.constBegin(); it != rowMembers.constEnd(); ++it)
        row.insert(it.key(), it.value());
    const QJsonObject zone{{u"name"_s, u"Stalls"_s},
                           {u"position"_s, QJsonObject{{u"x"_s, 100}, {u"y"_s, 100}}},
                           {u"rows"_s, QJsonArray{row}}};
    return QJsonDocument(QJsonObject{{u"name"_s, u"House"_s},
                                     {u"categories"_s, QJsonArray{QJsonObject{{u"name"_s, u"Stalls"_s}}}},
                                     {u"zones"_s, QJsonArray{zone}},
                                     {u"size"_s, QJsonObject{{u"width"_s, 500}, {u"height"_s, 500}}}})
        .toJson();
}

QStringList keysOf(const Layout &layout)
{
    const LayoutIndex index(layout);
    QStringList keys;
    for (const PlacedSeat &placed : index.seats())
        keys.append(index.seat(placed.number).key);
    return keys;
}

} // namespace

class TestPretixPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRealStadiumKeepsAllItsSeats()
    {
        const auto stadium = importPretixPlan(tests::sharedPretixFile(u"stadium.seatmap-canvas.json"_s));
        QVERIFY(stadium.has_value());
        QCOMPARE(stadium->report.seats, 738);
        QCOMPARE(stadium->report.renamedSeats, 420);
        QCOMPARE(stadium->report.repeatedGuids, 126);
        QVERIFY(stadium->report.text().contains(u"420 surplus seats were given new ids"_s));
        const QStringList keys = keysOf(stadium->layout);
        QCOMPARE(QSet<QString>(keys.begin(), keys.end()).size(), 738);
    }

    void theSameFileGivesTheSameIds()
    {
        const QByteArray bytes = tests::sharedPretixFile(u"stadium.seatmap-canvas.json"_s);
        QCOMPARE(keysOf(importPretixPlan(bytes)->layout), keysOf(importPretixPlan(bytes)->layout));
    }

    void aNewIdNeverTakesOneThatALaterSeatHas()
    {
        QByteArray bytes = planWithSeat({}, {}, 3);
        bytes.replace("\"A-2\"", "\"A-1\"").replace("\"A-3\"", "\"A-1~2\"");
        const auto imported = importPretixPlan(bytes);
        QVERIFY(imported.has_value());
        QCOMPARE(keysOf(imported->layout), QStringList({u"A-1"_s, u"A-1~3"_s, u"A-1~2"_s}));
    }

    void anExportIsStrictlyValidAndReadsBackTheSame_data()
    {
        QTest::addColumn<Layout>("layout");
        QTest::newRow("stadium") << importPretixPlan(tests::sharedPretixFile(u"stadium.seatmap-canvas.json"_s))->layout;
        QTest::newRow("globe") << tests::globe();
        QTest::newRow("editor's keys")
            << importPretixPlan(planWithSeat({{u"radius"_s, 9.6}, {u"selected"_s, true}}, {{u"curve"_s, 3}}))->layout;
    }
    void anExportIsStrictlyValidAndReadsBackTheSame()
    {
        QFETCH(Layout, layout);
        const PlanExport plan = exportPretixPlan(layout);
        QCOMPARE(tests::schemaFaults(tests::sharedPretixFile(u"seating-plan.schema.json"_s), plan.bytes), QString());
        const auto again = importPretixPlan(plan.bytes);
        QVERIFY(again.has_value());
        const LayoutIndex before(layout);
        const LayoutIndex after(again->layout);
        QCOMPARE(keysOf(after.layout()), keysOf(before.layout()));
        for (int i = 0; i < before.seatCount(); ++i) {
            QCOMPARE(after.seat(i).label, before.seat(i).label);
            QCOMPARE(after.seat(i).category, before.seat(i).category);
            const QPointF moved = after.seat(i).position - before.seat(i).position;
            QVERIFY(moved.manhattanLength() < 1e-6);
        }
    }

    void anUnknownFieldIsKept()
    {
        const auto imported = importPretixPlan(planWithSeat({{u"selected"_s, true}}));
        QCOMPARE(imported->layout.sections[0].rows[0].seats[0].extra.value(u"selected"_s), QJsonValue(true));
    }

    void aRowNumberWrittenAsANumberIsToldAndRead()
    {
        const auto imported = importPretixPlan(planWithSeat({}, {{u"row_number"_s, 7}}));
        QCOMPARE(imported->layout.sections[0].rows[0].label, u"7"_s);
        QCOMPARE(imported->report.repairs.size(), 1);
    }

    void boundsThatAreTooSmallGrowWithAWarning()
    {
        const auto imported =
            importPretixPlan(planWithSeat({}, {{u"position"_s, QJsonObject{{u"x"_s, 900}, {u"y"_s, 0}}}}));
        QCOMPARE(imported->layout.size.width(), 1010.0);
        QCOMPARE(imported->report.warnings.size(), 1);
    }

    void aByteOrderMarkIsPassedOver() { QVERIFY(importPretixPlan("\xEF\xBB\xBF" + planWithSeat({})).has_value()); }

    void whatCannotBeReadNamesItsPlace_data()
    {
        QTest::addColumn<QJsonObject>("members");
        QTest::addColumn<QString>("place");
        QTest::newRow("category") << QJsonObject{{u"category"_s, u"Balcony"_s}} << u"/category"_s;
        QTest::newRow("position") << QJsonObject{{u"position"_s, QJsonValue()}} << u"/position"_s;
        QTest::newRow("number") << QJsonObject{{u"seat_number"_s, QJsonValue()}} << u"/seat_number"_s;
        QTest::newRow("radius") << QJsonObject{{u"radius"_s, u"wide"_s}} << u"/radius"_s;
    }
    void whatCannotBeReadNamesItsPlace()
    {
        QFETCH(QJsonObject, members);
        QFETCH(QString, place);
        const auto refused = importPretixPlan(planWithSeat(members));
        QVERIFY(!refused);
        QCOMPARE(refused.error().field, u"/zones/0/rows/0/seats/0"_s + place);
    }

    void theOldRevisionIsRead()
    {
        const QByteArray bytes = R"({"name": "Old", "size": {"width": 400, "height": 300},
            "categories": [{"name": "All"}],
            "zones": [{"name": "Z", "displayed": true, "position": {"x": 50, "y": 50},
                       "rows": [{"row_number": "1", "number_of_seats": 3, "seats_spacing": 30}],
                       "areas": [{"shape": "rectangle", "position": {"x": 0, "y": 0}, "width": 40, "height": 20,
                                  "text": "Bar"}]}]})";
        const auto imported = importPretixPlan(bytes);
        QVERIFY2(imported.has_value(), imported ? "" : qPrintable(imported.error().message));
        QCOMPARE(imported->report.seats, 3);
        const LayoutShape &bar = imported->layout.sections[0].decorations[0];
        QCOMPARE(bar.text, u"Bar"_s);
        QCOMPARE(bar.size, QSizeF(40, 20));
    }

    void changedBytesAreReadOrRefusedWithWords()
    {
        const quint32 seed = QRandomGenerator::system()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QByteArray original = planWithSeat({{u"uuid"_s, u"u"_s}}, {{u"position"_s, QJsonValue()}}, 6);
        const QByteArrayList pieces{"null", "-1", "1e300", "\"\"", "[]", "{}", "true", "\"Stalls\"", ",", "}"};
        for (int round = 0; round < 20'000; ++round) {
            QByteArray bytes = original;
            for (int i = random.bounded(1, 4); i > 0; --i) {
                const int at = random.bounded(static_cast<int>(bytes.size()));
                if (random.bounded(2) == 0)
                    bytes[at] = static_cast<char>(random.bounded(256));
                else
                    bytes.replace(at, random.bounded(12), pieces.at(random.bounded(static_cast<int>(pieces.size()))));
            }
            const auto result = importPretixPlan(bytes);
            if (!result)
                QVERIFY(!result.error().message.isEmpty());
            else
                QVERIFY(validateLayout(result->layout).empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestPretixPlan)
#include "tst_pretixplan.moc"
