#include "domain/realtime/mapstate.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

/// The reducer against tests/golden/mapstate.json, which its twin in the shop is tested on as well.
class TestMapStateGolden : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachCaseEndsAsWritten_data()
    {
        QTest::addColumn<QJsonObject>("example");
        QFile file(QStringLiteral(PARTERRE_SOURCE_DIR "/tests/golden/mapstate.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray cases = QJsonDocument::fromJson(file.readAll()).array();
        QVERIFY(cases.size() >= 10);
        for (const auto &example : cases)
            QTest::newRow(qPrintable(example[u"name"].toString())) << example.toObject();
    }
    void eachCaseEndsAsWritten()
    {
        QFETCH(const QJsonObject, example);
        auto snapshot = mapSnapshotFromJson(example.value(u"snapshot"_s).toObject());
        QVERIFY(snapshot.has_value());
        static const QHash<QString, DeltaOutcome> outcomes{{u"applied"_s, DeltaOutcome::Applied},
                                                           {u"old"_s, DeltaOutcome::Old},
                                                           {u"gap"_s, DeltaOutcome::Gap},
                                                           {u"foreign"_s, DeltaOutcome::Foreign}};
        const QJsonArray deltas = example.value(u"deltas"_s).toArray();
        for (const auto &step : deltas) {
            const auto delta = mapDeltaFromJson(step[u"delta"].toObject());
            QVERIFY(delta.has_value());
            QVERIFY(outcomes.contains(step[u"outcome"].toString()));
            QCOMPARE(applyDelta(*snapshot, *delta), outcomes.value(step[u"outcome"].toString()));
            QCOMPARE(mapDeltaToJson(*delta), step[u"delta"].toObject());
        }
        QCOMPARE(mapSnapshotToJson(*snapshot), example.value(u"expected"_s).toObject());
    }
};

QTEST_GUILESS_MAIN(TestMapStateGolden)
#include "tst_mapstategolden.moc"
