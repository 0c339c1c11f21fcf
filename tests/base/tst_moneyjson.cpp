#include "base/limits.h"
#include "base/moneyjson.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

class tst_moneyjson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAmountIsWrittenAndReadDigitByDigit_data();
    void anAmountIsWrittenAndReadDigitByDigit();
    void aNumberIsReadHoweverItIsWritten_data();
    void aNumberIsReadHoweverItIsWritten();
    void whatIsNoAmountIsNotRead_data();
    void whatIsNoAmountIsNotRead();
    void aNumberIsFoundByItsPath_data();
    void aNumberIsFoundByItsPath();
    void aTextThatIsCutAnywhereIsNotReadPastItsEnd();
};

namespace {

Currency currency(const QString &code)
{
    return Currency::fromCode(code).value();
}

} // namespace

void tst_moneyjson::anAmountIsWrittenAndReadDigitByDigit_data()
{
    QTest::addColumn<qint64>("minorUnits");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("pence") << qint64(1'250) << u"GBP"_s << QByteArray("{\"Amount\":12.50}");
    QTest::newRow("a penny") << qint64(1) << u"GBP"_s << QByteArray("{\"Amount\":0.01}");
    QTest::newRow("yen") << qint64(1'500) << u"JPY"_s << QByteArray("{\"Amount\":1500}");
    QTest::newRow("dinar") << qint64(1'001) << u"KWD"_s << QByteArray("{\"Amount\":1.001}");
    QTest::newRow("the most") << limits::moneyMinorUnitsMax << u"EUR"_s << QByteArray("{\"Amount\":1000000000.00}");
}

void tst_moneyjson::anAmountIsWrittenAndReadDigitByDigit()
{
    QFETCH(const qint64, minorUnits);
    QFETCH(const QString, code);
    QFETCH(const QByteArray, text);
    const Money amount(minorUnits, currency(code));
    const QByteArray written = jsonObject({{"Amount", jsonAmount(amount)}});
    QCOMPARE(written, text);
    QVERIFY(QJsonDocument::fromJson(written)[u"Amount"_s].isDouble());
    const auto read = moneyFromJsonNumber(jsonNumberAt(written, {"Amount"_L1}), currency(code));
    QVERIFY(read.has_value());
    QCOMPARE(*read, amount);
}

void tst_moneyjson::aNumberIsReadHoweverItIsWritten_data()
{
    QTest::addColumn<QByteArray>("number");
    QTest::addColumn<qint64>("pence");
    QTest::newRow("no decimals") << QByteArray("12") << qint64(1'200);
    QTest::newRow("one decimal") << QByteArray("12.5") << qint64(1'250);
    QTest::newRow("more zeros") << QByteArray("12.50000") << qint64(1'250);
    QTest::newRow("an exponent") << QByteArray("1.25e1") << qint64(1'250);
    QTest::newRow("a sign in it") << QByteArray("1.2E+3") << qint64(120'000);
    QTest::newRow("a negative one") << QByteArray("1250E-2") << qint64(1'250);
    QTest::newRow("nothing") << QByteArray("0.00") << qint64(0);
}

void tst_moneyjson::aNumberIsReadHoweverItIsWritten()
{
    QFETCH(const QByteArray, number);
    QFETCH(const qint64, pence);
    const auto money = moneyFromJsonNumber(number, currency(u"GBP"_s));
    QVERIFY(money.has_value());
    QCOMPARE(money->minorUnits(), pence);
}

void tst_moneyjson::whatIsNoAmountIsNotRead_data()
{
    QTest::addColumn<QByteArray>("number");
    for (const char *number : {"", "-1", "12.505", "1e", ".5", "5.", "1e-9", "1e15", "1000000000.01", "1e99",
                               "99999999999999999999", "0x1F", "1.2.3"})
        QTest::newRow(number) << QByteArray(number);
}

void tst_moneyjson::whatIsNoAmountIsNotRead()
{
    QFETCH(const QByteArray, number);
    QVERIFY(!moneyFromJsonNumber(number, currency(u"GBP"_s)));
}

void tst_moneyjson::aNumberIsFoundByItsPath_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("number");
    QTest::newRow("at once") << QByteArray("{\"a\":{\"b\":12.50}}") << QByteArray("12.50");
    QTest::newRow("behind others")
        << QByteArray("{\"x\":[1,{\"b\":2}],\"y\":\"}\\\"{\", \"z\" : null ,\"a\":{\"c\":{\"b\":3},\"b\":4}}")
        << QByteArray("4");
    QTest::newRow("with spaces") << QByteArray("{ \"a\" :\n{ \"b\" :\t7 } }") << QByteArray("7");
    QTest::newRow("a text") << QByteArray("{\"a\":{\"b\":\"12\"}}") << QByteArray();
    QTest::newRow("elsewhere") << QByteArray("{\"b\":1,\"a\":{\"c\":2}}") << QByteArray();
    QTest::newRow("in a list") << QByteArray("{\"a\":[{\"b\":2}]}") << QByteArray();
    QTest::newRow("nothing") << QByteArray("{}") << QByteArray();
    QTest::newRow("no object") << QByteArray("12") << QByteArray();
}

void tst_moneyjson::aNumberIsFoundByItsPath()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QByteArray, number);
    QCOMPARE(jsonNumberAt(json, {"a"_L1, "b"_L1}), number);
}

void tst_moneyjson::aTextThatIsCutAnywhereIsNotReadPastItsEnd()
{
    const QByteArray whole = "{\"x\":[1,{\"b\":\"\\\\\\\"\"}],\"a\":{\"c\":\"}\",\"b\":12.5}}";
    for (qsizetype size = 0; size < whole.size(); ++size)
        QVERIFY(QByteArray("12.5").startsWith(jsonNumberAt(whole.left(size), {"a"_L1, "b"_L1})));
    QCOMPARE(jsonNumberAt(whole, {"a"_L1, "b"_L1}), QByteArray("12.5"));
}

QTEST_APPLESS_MAIN(tst_moneyjson)
#include "tst_moneyjson.moc"
