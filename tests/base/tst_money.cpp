#include "base/limits.h"
#include "base/money.h"

#include <QTest>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

Currency currency(const QString &code)
{
    return *Currency::fromCode(code);
}

} // namespace

class tst_money : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsTypedBecomesMinorUnits_data();
    void whatIsTypedBecomesMinorUnits();
    void whatIsNoAmountIsRefused_data();
    void whatIsNoAmountIsRefused();
    void aCurrencyIsThreeCapitalLetters_data();
    void aCurrencyIsThreeCapitalLetters();
    void theTextHasTheDecimalsOfTheCurrency_data();
    void theTextHasTheDecimalsOfTheCurrency();
};

void tst_money::whatIsTypedBecomesMinorUnits_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("code");
    QTest::addColumn<qint64>("minorUnits");
    QTest::newRow("whole") << u"20"_s << u"EUR"_s << qint64(2000);
    QTest::newRow("point") << u"20.5"_s << u"EUR"_s << qint64(2050);
    QTest::newRow("comma") << u"20,50"_s << u"EUR"_s << qint64(2050);
    QTest::newRow("open point") << u"7."_s << u"EUR"_s << qint64(700);
    QTest::newRow("spaces around") << u" 0.05 "_s << u"EUR"_s << qint64(5);
    QTest::newRow("no decimals") << u"1500"_s << u"JPY"_s << qint64(1500);
    QTest::newRow("three decimals") << u"1.5"_s << u"KWD"_s << qint64(1500);
    QTest::newRow("the most") << u"1000000000"_s << u"EUR"_s << limits::moneyMinorUnitsMax;
}

void tst_money::whatIsTypedBecomesMinorUnits()
{
    QFETCH(QString, typed);
    QFETCH(QString, code);
    QFETCH(qint64, minorUnits);
    const auto money = moneyFromTypedText(typed, currency(code));
    QVERIFY2(money.has_value(), qPrintable(money ? QString() : money.error().message));
    QCOMPARE(money->minorUnits(), minorUnits);
}

void tst_money::whatIsNoAmountIsRefused_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("code");
    QTest::newRow("empty") << QString() << u"EUR"_s;
    QTest::newRow("sign") << u"-1"_s << u"EUR"_s;
    QTest::newRow("too many decimals") << u"1.234"_s << u"EUR"_s;
    QTest::newRow("decimals of a currency without") << u"1.5"_s << u"JPY"_s;
    QTest::newRow("thousands") << u"1,000.00"_s << u"EUR"_s;
    QTest::newRow("exponent") << u"1e3"_s << u"EUR"_s;
    QTest::newRow("one too much") << u"1000000000.01"_s << u"EUR"_s;
    QTest::newRow("thirteen digits") << u"9999999999999"_s << u"EUR"_s;
}

void tst_money::whatIsNoAmountIsRefused()
{
    QFETCH(QString, typed);
    QFETCH(QString, code);
    const auto money = moneyFromTypedText(typed, currency(code));
    QVERIFY(!money.has_value());
    QVERIFY(!money.error().message.isEmpty());
}

void tst_money::aCurrencyIsThreeCapitalLetters_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("valid");
    QTest::newRow("euro") << u"EUR"_s << true;
    QTest::newRow("lower case") << u"eur"_s << false;
    QTest::newRow("two") << u"EU"_s << false;
    QTest::newRow("four") << u"EURO"_s << false;
    QTest::newRow("umlaut") << u"EÜR"_s << false;
}

void tst_money::aCurrencyIsThreeCapitalLetters()
{
    QFETCH(QString, code);
    QFETCH(bool, valid);
    QCOMPARE(Currency::fromCode(code).has_value(), valid);
}

void tst_money::theTextHasTheDecimalsOfTheCurrency_data()
{
    QTest::addColumn<qint64>("minorUnits");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("text");
    QTest::newRow("cents") << qint64(5) << u"EUR"_s << u"0.05 EUR"_s;
    QTest::newRow("negative") << qint64(-2050) << u"EUR"_s << u"-20.50 EUR"_s;
    QTest::newRow("yen") << qint64(1500) << u"JPY"_s << u"1500 JPY"_s;
    QTest::newRow("dinar") << qint64(1) << u"KWD"_s << u"0.001 KWD"_s;
}

void tst_money::theTextHasTheDecimalsOfTheCurrency()
{
    QFETCH(qint64, minorUnits);
    QFETCH(QString, code);
    QFETCH(QString, text);
    QCOMPARE(Money(minorUnits, currency(code)).plainText(), text);
}

QTEST_APPLESS_MAIN(tst_money)
#include "tst_money.moc"
