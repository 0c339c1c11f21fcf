#include "catalog/seasonfile.h"

#include <QFile>
#include <QRandomGenerator>
#include <QtTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;

namespace {

const QString demoSeason = QStringLiteral(PARTERRE_SOURCE_DIR "/resources/demo/season.json");

QByteArray demoBytes()
{
    QFile file(demoSeason);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestSeasonFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBadFileIsRefusedByPlace_data()
    {
        QTest::addColumn<QByteArray>("was");
        QTest::addColumn<QByteArray>("becomes");
        QTest::addColumn<QString>("field");
        QTest::newRow("zone") << QByteArray("Europe/London") << QByteArray("Europe/Illyria") << u"/venue/time_zone"_s;
        QTest::newRow("currency") << QByteArray("\"GBP\"") << QByteArray("\"gbp\"") << u"/venue/currency"_s;
        QTest::newRow("misspelt field") << QByteArray("\"currency\"") << QByteArray("\"curency\"")
                                        << u"/venue/currency"_s;
        QTest::newRow("price type") << QByteArray("\"type\": \"Press\"") << QByteArray("\"type\": \"Critic\"")
                                    << u"/price_lists/0/zones/0/prices/3/type"_s;
        QTest::newRow("amount") << QByteArray("6200") << QByteArray("62.5")
                                << u"/price_lists/0/zones/0/prices/0/amount"_s;
        QTest::newRow("hours") << QByteArray("\"refundable_hours_before\": 24")
                               << QByteArray("\"refundable_hours_before\": 8785")
                               << u"/events/0/performances/0/refundable_hours_before"_s;
        QTest::newRow("layout") << QByteArray("\"layout\": \"Globe Theatre\"") << QByteArray("\"layout\": \"Rose\"")
                                << u"/events/0/performances/0/layout"_s;
    }

    void aBadFileIsRefusedByPlace()
    {
        QFETCH(QByteArray, was);
        QFETCH(QByteArray, becomes);
        QFETCH(QString, field);
        QByteArray bytes = demoBytes();
        QVERIFY(bytes.contains(was));
        const auto read = season::read(bytes.replace(was, becomes));
        QVERIFY(!read);
        QCOMPARE(read.error().field, field);
    }

    void aTimeThatTheClocksSkipIsRefused()
    {
        season::Performance performance;
        performance.startsAt = u"2027-03-28T01:30"_s;
        QVERIFY(!season::startOf(performance, u"Europe/London"_s, Instant(), u""_s));
    }

    void brokenBytesAreRefusedAndNeverCrash()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QByteArray whole = demoBytes();
        for (int round = 0; round < 2'000; ++round) {
            QByteArray bytes = whole;
            for (int i = 0; i < 4; ++i)
                bytes[random.bounded(int(bytes.size()))] = char(random.bounded(256));
            if (random.bounded(4) == 0)
                bytes.truncate(random.bounded(int(bytes.size())));
            if (const auto read = season::read(bytes); !read)
                QVERIFY(!read.error().message.isEmpty());
        }
    }
};

QTEST_GUILESS_MAIN(TestSeasonFile)
#include "tst_seasonfile.moc"
