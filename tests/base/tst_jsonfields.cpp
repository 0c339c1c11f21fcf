#include "base/jsonfields.h"
#include "base/jsontext.h"
#include "base/sidenames.h"
#include "support/randomness.h"

#include <QJsonDocument>
#include <QTest>

#include <array>

using namespace parterre;
using parterre::test::Side;
using namespace Qt::StringLiterals;

namespace {

struct Inner
{
    int count = 0;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("count", count, {.min = 1, .max = 9});
    }
};

/// One member of each type that can travel.
struct Everything
{
    QString text;
    int small = 0;
    qint64 large = 0;
    bool flag = false;
    double fraction = 0;
    Money money;
    Instant time;
    QByteArray bytes;
    QJsonObject object;
    HoldId id;
    Side side{};
    Inner inner;
    std::vector<Inner> list;
    std::vector<QString> texts;
    std::optional<int> maybe;
    int preset = 7;

    template <class Fields>
    void describe(Fields &fields)
    {
        fields("text", text, {.charactersMax = 5, .charactersMin = 2});
        fields("small", small);
        fields("large", large, {.min = -10});
        fields("flag", flag);
        fields("fraction", fraction);
        fields("money", money, {.min = 0, .max = 1'000});
        fields("time", time);
        fields("bytes", bytes, {.max = 4});
        fields("object", object);
        fields("id", id);
        fields("side", side);
        fields("inner", inner);
        fields("list", list, {.countMax = 3, .countMin = 1});
        fields("texts", texts, {.charactersMax = 3, .countMax = 2});
        fields("maybe", maybe, {.min = 0});
        fields.optional("preset", preset);
    }
};

QJsonObject whole()
{
    return {{u"text"_s, u"hello"_s},
            {u"small"_s, -3},
            {u"large"_s, qint64(9'007'199'254'740'991)},
            {u"flag"_s, true},
            {u"fraction"_s, 0.1},
            {u"money"_s, QJsonObject{{u"amount"_s, 250}, {u"currency"_s, u"EUR"_s}}},
            {u"time"_s, u"2026-11-24T19:30:00.000001Z"_s},
            {u"bytes"_s, u"AAH/"_s},
            {u"object"_s, QJsonObject{{u"any"_s, QJsonArray{1}}}},
            {u"id"_s, u"0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d"_s},
            {u"side"_s, u"right"_s},
            {u"inner"_s, QJsonObject{{u"count"_s, 4}}},
            {u"list"_s, QJsonArray{QJsonObject{{u"count"_s, 1}}, QJsonObject{{u"count"_s, 2}}}},
            {u"texts"_s, QJsonArray{u"a"_s, u"b"_s}},
            {u"maybe"_s, 0},
            {u"preset"_s, 8}};
}

QJsonObject with(const QString &name, const QJsonValue &value)
{
    QJsonObject object = whole();
    object.insert(name, value);
    return object;
}

} // namespace

/// The one reader of what comes from outside: every fault names its place, and writing loses nothing.
class TestJsonFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsReadIsWrittenTheSame();
    void aFaultNamesItsPlace_data();
    void aFaultNamesItsPlace();
    void everyMemberIsRequiredUnlessItSaysSo_data();
    void everyMemberIsRequiredUnlessItSaysSo();
    void anOptionalMemberStaysAsItWas();
    void unknownMembersAreRefusedWhereThatIsAsked();
    void anUnknownMembersNameIsAPointer();
    void aBodyIsAnObjectWithinItsLimits_data();
    void aBodyIsAnObjectWithinItsLimits();
    void changedBytesAreReadOrRefusedWithWords();
    void whatIsWrittenStraightHasTheSameBytes();
    void anyTextIsWrittenAsQtDoes();
};

void TestJsonFields::whatIsReadIsWrittenTheSame()
{
    const auto read = fromJson<Everything>(whole(), UnknownFields::Refuse);
    QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().message));
    QCOMPARE(read->bytes, QByteArray("\x00\x01\xff", 3));
    QCOMPARE(read->side, Side::Right);
    QCOMPARE(read->list.at(1).count, 2);
    QCOMPARE(toJson(*read), whole());
}

void TestJsonFields::aFaultNamesItsPlace_data()
{
    QTest::addColumn<QString>("member");
    QTest::addColumn<QJsonValue>("value");
    QTest::addColumn<QString>("place");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char *name, const QString &member, const QJsonValue &value, const QString &below = {},
                        ErrorCode code = ErrorCode::InvalidInput) {
        QTest::newRow(name) << member << value << u'/' + member + below << code;
    };
    row("a number for a text", u"text"_s, 1);
    row("a text too long", u"text"_s, u"hello!"_s, {}, ErrorCode::TooLarge);
    row("a text too short", u"text"_s, u"h"_s);
    row("a null character", u"text"_s, u"a\0b"_s);
    row("half a character", u"text"_s, QString(u"ab"_s + QChar(0xD800)));
    row("a text for a number", u"small"_s, u"1"_s);
    row("a fraction for a whole number", u"small"_s, 1.5);
    row("a number too large for int", u"small"_s, qint64(2'147'483'648));
    row("a number that JSON does not keep", u"large"_s, 9'007'199'254'740'992.0);
    row("a number below the least", u"large"_s, -11);
    row("a number for a truth", u"flag"_s, 1);
    row("a text for a fraction", u"fraction"_s, u"0.1"_s);
    row("a number for money", u"money"_s, 250);
    row("money without an amount", u"money"_s, QJsonObject{{u"currency"_s, u"EUR"_s}}, u"/amount"_s);
    row("a fraction of a cent", u"money"_s, QJsonObject{{u"amount"_s, 2.5}, {u"currency"_s, u"EUR"_s}}, u"/amount"_s);
    row("negative money", u"money"_s, QJsonObject{{u"amount"_s, -1}, {u"currency"_s, u"EUR"_s}}, u"/amount"_s);
    row("too much money", u"money"_s, QJsonObject{{u"amount"_s, 1'001}, {u"currency"_s, u"EUR"_s}}, u"/amount"_s);
    row("no such currency", u"money"_s, QJsonObject{{u"amount"_s, 1}, {u"currency"_s, u"euro"_s}}, u"/currency"_s);
    row("no time", u"time"_s, u"tomorrow"_s);
    row("seconds for a time", u"time"_s, 1'795'000'000);
    row("no base64", u"bytes"_s, u"%%%"_s);
    row("too many bytes", u"bytes"_s, u"AAAAAAAA"_s, {}, ErrorCode::TooLarge);
    row("a list for an object", u"object"_s, QJsonArray());
    row("another spelling of an id", u"id"_s, u"0192F3A1-7c1e-7d44-9a51-3f1f2a6b8c9d"_s);
    row("no such name", u"side"_s, u"middle"_s);
    row("a number for a name", u"side"_s, 1);
    row("a fault inside", u"inner"_s, QJsonObject{{u"count"_s, 10}}, u"/count"_s);
    row("nothing inside", u"inner"_s, QJsonObject(), u"/count"_s);
    row("a text for what is inside", u"inner"_s, u"4"_s);
    row("an object for a list", u"list"_s, QJsonObject());
    row("too few in a list", u"list"_s, QJsonArray());
    row("too many in a list", u"list"_s, QJsonArray{1, 2, 3, 4}, {}, ErrorCode::TooLarge);
    row("a fault in a list", u"list"_s, QJsonArray{QJsonObject{{u"count"_s, 1}}, QJsonObject{{u"count"_s, 0}}},
        u"/1/count"_s);
    row("null in a list", u"list"_s, QJsonArray{QJsonValue()}, u"/0"_s);
    row("a text too long in a list", u"texts"_s, QJsonArray{u"a"_s, u"four"_s}, u"/1"_s, ErrorCode::TooLarge);
    row("a fault in what may be absent", u"maybe"_s, -1);
    row("a fault in what has a default", u"preset"_s, u"8"_s);
}

void TestJsonFields::aFaultNamesItsPlace()
{
    QFETCH(QString, member);
    QFETCH(QJsonValue, value);
    QFETCH(QString, place);
    QFETCH(ErrorCode, code);
    const auto read = fromJson<Everything>(with(member, value));
    QVERIFY(!read);
    QCOMPARE(read.error().field, place);
    QCOMPARE(read.error().code, code);
    QVERIFY2(read.error().message.startsWith(place), qPrintable(read.error().message));
}

void TestJsonFields::everyMemberIsRequiredUnlessItSaysSo_data()
{
    QTest::addColumn<QString>("member");
    const QStringList members = whole().keys();
    for (const QString &member : members) {
        if (member != u"maybe" && member != u"preset")
            QTest::newRow(qPrintable(member)) << member;
    }
}

void TestJsonFields::everyMemberIsRequiredUnlessItSaysSo()
{
    QFETCH(QString, member);
    QJsonObject object = whole();
    object.remove(member);
    for (const QJsonObject &each : {object, with(member, QJsonValue::Null)}) {
        const auto read = fromJson<Everything>(each);
        QVERIFY(!read);
        QCOMPARE(read.error().field, u'/' + member);
        QVERIFY(read.error().message.contains(u"is missing"_s));
    }
}

void TestJsonFields::anOptionalMemberStaysAsItWas()
{
    QJsonObject object = with(u"preset"_s, QJsonValue::Null);
    object.remove(u"maybe"_s);
    const auto read = fromJson<Everything>(object);
    QVERIFY(read.has_value());
    QCOMPARE(read->preset, 7);
    QVERIFY(!read->maybe.has_value());
}

void TestJsonFields::unknownMembersAreRefusedWhereThatIsAsked()
{
    const QJsonObject object = with(u"lable"_s, 1);
    QVERIFY(fromJson<Everything>(object, UnknownFields::Ignore).has_value());
    const auto refused = fromJson<Everything>(object, UnknownFields::Refuse);
    QVERIFY(!refused);
    QCOMPARE(refused.error().field, u"/lable"_s);
    const auto inside =
        fromJson<Everything>(with(u"inner"_s, QJsonObject{{u"count"_s, 1}, {u"more"_s, 1}}), UnknownFields::Refuse);
    QVERIFY(!inside);
    QCOMPARE(inside.error().field, u"/inner/more"_s);
}

void TestJsonFields::anUnknownMembersNameIsAPointer()
{
    const auto refused = fromJson<Everything>(with(u"a/b~c"_s, 1), UnknownFields::Refuse);
    QVERIFY(!refused);
    QCOMPARE(refused.error().field, u"/a~1b~0c"_s);
    const auto endless = fromJson<Everything>(with(QString(1'000, u'x'), 1), UnknownFields::Refuse);
    QVERIFY(endless.error().field.size() < 100);
}

void TestJsonFields::aBodyIsAnObjectWithinItsLimits_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isTaken");
    const auto nested = [](int depth) {
        return "{\"a\":" + QByteArray(depth - 1, '[') + QByteArray(depth - 1, ']') + "}";
    };
    QTest::newRow("object") << QByteArray("{\"a\":1}") << true;
    QTest::newRow("spaces around") << QByteArray(" \n{} ") << true;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("list") << QByteArray("[]") << false;
    QTest::newRow("text") << QByteArray("\"a\"") << false;
    QTest::newRow("two objects") << QByteArray("{}{}") << false;
    QTest::newRow("comma at the end") << QByteArray("{\"a\":1,}") << false;
    QTest::newRow("not a number") << QByteArray("{\"a\":NaN}") << false;
    QTest::newRow("bad UTF-8") << QByteArray("{\"a\":\"\xff\"}") << false;
    QTest::newRow("as deep as allowed") << nested(limits::jsonDepthMax) << true;
    QTest::newRow("one too deep") << nested(limits::jsonDepthMax + 1) << false;
    QTest::newRow("a million deep") << nested(1'000'000).left(600'000) << false;
    QTest::newRow("brackets in a text") << QByteArray("{\"a\":\"" + QByteArray(100, '[') + "\\\"[\"}") << true;
    QTest::newRow("as long as allowed") << QByteArray("{}" + QByteArray(1'048'574, ' ')) << true;
    QTest::newRow("one byte too long") << QByteArray("{}" + QByteArray(1'048'575, ' ')) << false;
}

void TestJsonFields::aBodyIsAnObjectWithinItsLimits()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, isTaken);
    const auto read = parseJsonObject(body, 1'048'576, u"The body"_s);
    QCOMPARE(read.has_value(), isTaken);
    if (!read)
        QVERIFY2(read.error().message.startsWith(u"The body "_s), qPrintable(read.error().message));
}

void TestJsonFields::changedBytesAreReadOrRefusedWithWords()
{
    QRandomGenerator random(tests::testSeed());
    const QByteArray original = QJsonDocument(whole()).toJson(QJsonDocument::Compact);
    int taken = 0;
    for (int round = 0; round < 50'000; ++round) {
        const auto object = parseJsonObject(tests::spoiled(original, random), 10'000, u"The body"_s);
        if (!object) {
            QVERIFY(!object.error().message.isEmpty());
            continue;
        }
        const auto read = fromJson<Everything>(*object, UnknownFields::Refuse);
        if (!read) {
            QVERIFY(read.error().field.startsWith(u'/'));
            continue;
        }
        ++taken;
        const auto again = fromJson<Everything>(toJson(*read), UnknownFields::Refuse);
        QVERIFY(again.has_value());
        QCOMPARE(toJson(*again), toJson(*read));
    }
    QVERIFY2(taken > 0, "no changed body was taken, so the far side was never reached");
}

void TestJsonFields::whatIsWrittenStraightHasTheSameBytes()
{
    Everything everything = fromJson<Everything>(whole()).value();
    const auto isSame = [&] {
        return JsonText::of(everything) == QJsonDocument(toJson(everything)).toJson(QJsonDocument::Compact);
    };
    QVERIFY(isSame());
    everything.maybe.reset();
    everything.list.clear();
    everything.fraction = 1e300;
    everything.large = -9'007'199'254'740'991;
    everything.money = Money(-1, everything.money.currency());
    QVERIFY(isSame());
}

void TestJsonFields::anyTextIsWrittenAsQtDoes()
{
    QRandomGenerator random(tests::testSeed());
    Everything everything = fromJson<Everything>(whole()).value();
    for (int round = 0; round < 20'000; ++round) {
        everything.text.clear();
        everything.texts = {u"x"_s};
        // Each kind about as often: controls, ASCII, the rest of the first plane, half characters.
        for (int i = random.bounded(12); i > 0; --i) {
            static constexpr std::array<std::pair<int, int>, 4> kinds{
                {{0, 0x20}, {0x20, 0x80}, {0x80, 0x10000}, {0xD800, 0xE000}}};
            const auto [from, to] = kinds[random.bounded(quint32(kinds.size()))];
            (random.bounded(2) == 0 ? everything.text : everything.texts.front()) += QChar(char16_t(random.bounded(from, to)));
        }
        QCOMPARE(JsonText::of(everything), QJsonDocument(toJson(everything)).toJson(QJsonDocument::Compact));
    }
}

QTEST_APPLESS_MAIN(TestJsonFields)
#include "tst_jsonfields.moc"
