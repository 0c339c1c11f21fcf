#include "domain/ticketing/base45.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;

class TestBase45 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theVectorsOfTheRfcAreMet_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("4.3 example 1") << QByteArray("AB") << u"BB8"_s;
        QTest::newRow("4.3 example 2") << QByteArray("Hello!!") << u"%69 VD92EX0"_s;
        QTest::newRow("4.3 example 3") << QByteArray("base-45") << u"UJCLQE7W581"_s;
        QTest::newRow("4.4 example 1") << QByteArray("ietf!") << u"QED8WEX0"_s;
        QTest::newRow("nothing") << QByteArray() << QString();
    }
    void theVectorsOfTheRfcAreMet()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QString, text);
        QCOMPARE(base45Encode(bytes), text);
        const auto back = base45Decode(text);
        QVERIFY(back.has_value());
        QCOMPARE(*back, bytes);
    }

    void whatIsNotBase45IsRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("one character over") << u"BB8B"_s;
        QTest::newRow("lower case") << u"bb8"_s;
        QTest::newRow("outside ASCII") << u"B\u00C48"_s;
        QTest::newRow("above 65535") << u"GGW"_s;
        QTest::newRow("largest group") << u":::"_s;
        QTest::newRow("last byte above 255") << u"::"_s;
        QTest::newRow("null character") << QString(3, QChar(0));
    }
    void whatIsNotBase45IsRefused()
    {
        QFETCH(const QString, text);
        const auto bytes = base45Decode(text);
        QVERIFY(!bytes.has_value());
        QCOMPARE(bytes.error().code, ErrorCode::InvalidInput);
    }

    void anyBytesComeBack()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        for (int round = 0; round < 5000; ++round) {
            QByteArray bytes(random.bounded(200), '\0');
            for (char &byte : bytes)
                byte = static_cast<char>(random.bounded(256));
            const auto back = base45Decode(base45Encode(bytes));
            QVERIFY(back.has_value());
            QCOMPARE(*back, bytes);
        }
    }

    void anyTextIsRefusedOrIsTheOnlySpelling()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const QString alphabet = u"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a\u00DF"_s;
        for (int round = 0; round < 20000; ++round) {
            QString text;
            for (int i = random.bounded(9); i > 0; --i)
                text.append(alphabet[random.bounded(static_cast<int>(alphabet.size()))]);
            if (const auto bytes = base45Decode(text))
                QCOMPARE(base45Encode(*bytes), text);
        }
    }
};

QTEST_APPLESS_MAIN(TestBase45)
#include "tst_base45.moc"
