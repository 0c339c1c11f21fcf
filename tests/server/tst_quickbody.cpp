#include "api/quickbody.h"
#include "domain/holds/hold.h"
#include "support/randomness.h"

#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace parterre;
using namespace parterre::server::api;
using namespace Qt::StringLiterals;

namespace {

QByteArray body(const QByteArray &more = {})
{
    return "{\"hold\":\"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d\","
           "\"performance\":\"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9e\"" +
           more + "}";
}

/// As the API reads where the quick reader gives nothing.
Result<TakeHold> inFull(const QByteArray &bytes)
{
    PT_TRY(const QJsonObject object, parseJsonObject(bytes, limits::httpBodyBytesMax, u"The request body"_s));
    return fromJson<TakeHold>(object, UnknownFields::Refuse);
}

} // namespace

/// The quick reader has no words: it must take nothing that the other refuses, and read nothing otherwise than it does.
class TestQuickBody : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsUsualIsReadQuickly_data();
    void whatIsUsualIsReadQuickly();
    void whatIsWrongIsLeftToTheOther_data();
    void whatIsWrongIsLeftToTheOther();
    void noBodyIsReadOtherwise();
};

void TestQuickBody::whatIsUsualIsReadQuickly_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("bare") << body();
    QTest::newRow("seats") << body(",\"seats\":[\"A-1\",\"A-2\"]");
    QTest::newRow("areas") << body(",\"areas\":[{\"area\":\"lawn\",\"quantity\":3}]");
    QTest::newRow("best") << body(",\"best\":{\"size\":4,\"wheelchairs\":1,\"may_split\":false,\"section\":\"Stalls\"}");
    QTest::newRow("more to come") << body(",\"still_choosing\":true,\"seats\":[]");
    QTest::newRow("a code of other letters") << body(",\"access_code\":\"\\u00c4rzte \\ud83c\\udfad \\u00fc\"");
    QTest::newRow("nothing said of nothing") << body(" , \"best\" : null, \"house_code\":null }").chopped(1);
}

void TestQuickBody::whatIsUsualIsReadQuickly()
{
    QFETCH(QByteArray, bytes);
    const auto quick = readQuickly<TakeHold>(bytes);
    QVERIFY(quick.has_value());
    const auto full = inFull(bytes);
    QVERIFY2(full.has_value(), full ? "" : qPrintable(full.error().message));
    QCOMPARE(toJson(*quick), toJson(*full));
}

void TestQuickBody::whatIsWrongIsLeftToTheOther_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("two") << body() + body();
    QTest::newRow("without a hold") << QByteArray("{}");
    QTest::newRow("unknown field") << body(",\"seat\":[\"A-1\"]");
    QTest::newRow("a name twice") << body(",\"seats\":[\"A-1\"],\"seats\":[\"A-2\"]");
    QTest::newRow("a text for a list") << body(",\"seats\":\"A-1\"");
    QTest::newRow("an empty key") << body(",\"seats\":[\"\"]");
    QTest::newRow("too many seats") << body(",\"seats\":[\"A\"" + QByteArray(",\"A\"").repeated(1'000) + "]");
    QTest::newRow("a null character") << body(",\"access_code\":\"a\\u0000b\"");
    QTest::newRow("half a character") << body(",\"access_code\":\"\\ud83c\"");
    QTest::newRow("bad UTF-8") << body(",\"access_code\":\"\xff\"");
    QTest::newRow("half a party") << body(",\"best\":{\"size\":1.5}");
    QTest::newRow("nobody") << body(",\"best\":{\"size\":0}");
    QTest::newRow("nested deep") << body(",\"seats\":" + QByteArray(10'000, '['));
    QTest::newRow("long") << body(QByteArray(QuickDocument::bytesMax, ' '));
    QTest::newRow("an id in capitals") << body().toUpper().replace("HOLD", "hold").replace("PERFORMANCE", "performance");
}

void TestQuickBody::whatIsWrongIsLeftToTheOther()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(!readQuickly<TakeHold>(bytes));
}

void TestQuickBody::noBodyIsReadOtherwise()
{
    QRandomGenerator random(tests::testSeed());
    const QByteArrayList good{body(",\"seats\":[\"A-1\",\"A-2\"],\"areas\":[{\"area\":\"lawn\",\"quantity\":3}]"),
                              body(",\"best\":{\"size\":4,\"step_free\":1,\"section\":\"Stalls\"},\"still_choosing\":true"),
                              body(",\"access_code\":\"\\u00c4rzte\",\"house_code\":\"VIP\",\"seats\":[]")};
    int taken = 0;
    for (int round = 0; round < 60'000; ++round) {
        const QByteArray bytes = tests::spoiled(good.at(random.bounded(static_cast<int>(good.size()))), random);
        const auto quick = readQuickly<TakeHold>(bytes);
        if (!quick)
            continue;
        ++taken;
        const auto full = inFull(bytes);
        QVERIFY2(full.has_value(), bytes.constData());
        QVERIFY2(toJson(*quick) == toJson(*full), bytes.constData());
    }
    QVERIFY2(taken > 100, "hardly any changed body was taken, so nothing was compared");
}

QTEST_APPLESS_MAIN(TestQuickBody)
#include "tst_quickbody.moc"
