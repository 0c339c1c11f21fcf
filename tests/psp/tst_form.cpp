#include "model/form.h"
#include "model/limits.h"
#include "support/randomness.h"

#include <QJsonArray>
#include <QTest>

#include <map>

using namespace Qt::StringLiterals;
using namespace parterre::psp;
using namespace parterre::tests;

namespace {

using Leaves = std::map<QString, QString>;

/// A word that needs escaping more often than not.
QString oddWord(QRandomGenerator &random, int charactersMax)
{
    static const QString alphabet = u"ab0[]&=+% %\"é€\n/_"_s;
    QString word;
    for (int i = random.bounded(1, charactersMax); i > 0; --i)
        word += alphabet.at(random.bounded(static_cast<int>(alphabet.size())));
    return word;
}

/// Letters only, so that a name may stand in brackets.
QString plainName(QRandomGenerator &random)
{
    QString name;
    for (int i = random.bounded(1, 6); i > 0; --i)
        name += QChar(u'a' + random.bounded(26));
    return name;
}

QByteArray written(const QString &name, const QString &value)
{
    // The official SDK leaves brackets as they are; other clients escape them.
    return name.toUtf8().toPercentEncoding("[]") + '=' + value.toUtf8().toPercentEncoding();
}

void collect(const QJsonObject &group, const QString &prefix, Leaves &leaves)
{
    for (auto it = group.begin(); it != group.end(); ++it) {
        const QString name = prefix.isEmpty() ? it.key() : u"%1[%2]"_s.arg(prefix, it.key());
        if (it.value().isObject())
            collect(it.value().toObject(), name, leaves);
        else
            leaves[name] = it.value().toString();
    }
}

Leaves leavesOf(const QJsonObject &form)
{
    Leaves leaves;
    collect(form, {}, leaves);
    return leaves;
}

} // namespace

class FormTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void namesInBracketsBecomeGroups()
    {
        const auto form = parseForm("amount=1000&metadata[order]=A-1&metadata[desk]=2&expand[0]=x&a[b][c]=d");
        QVERIFY(form.has_value());
        QCOMPARE(form->value(u"amount"_s).toString(), u"1000"_s);
        QCOMPARE(form->value(u"metadata"_s).toObject(), (QJsonObject{{u"order"_s, u"A-1"_s}, {u"desk"_s, u"2"_s}}));
        QCOMPARE(form->value(u"expand"_s).toObject().value(u"0"_s).toString(), u"x"_s);
        QCOMPARE(leavesOf(*form).at(u"a[b][c]"_s), u"d"_s);
    }
    void emptyBracketsCountOn()
    {
        const auto form = parseForm("types[]=card&types[]=cash&types[7]=x&types[]=y");
        QVERIFY(form.has_value());
        QCOMPARE(leavesOf(*form), (Leaves{{u"types[0]"_s, u"card"_s},
                                          {u"types[1]"_s, u"cash"_s},
                                          {u"types[7]"_s, u"x"_s},
                                          {u"types[8]"_s, u"y"_s}}));
    }
    void theLastOfARepeatedNameCounts() { QCOMPARE(parseForm("a=1&a=2")->value(u"a"_s).toString(), u"2"_s); }
    void plusIsASpaceAndEscapesAreUtf8()
    {
        const auto form = parseForm("note=Jos%C3%A9+M.&empty=&bare");
        QVERIFY(form.has_value());
        QCOMPARE(form->value(u"note"_s).toString(), u"José M."_s);
        QVERIFY(form->value(u"empty"_s).isString());
        QVERIFY(form->value(u"bare"_s).isString());
    }
    void brokenBodiesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("an escape that ends early") << QByteArray("a=%4");
        QTest::newRow("an escape without digits") << QByteArray("a=%zz");
        QTest::newRow("bytes that are no UTF-8") << QByteArray("a=%ff%fe");
        QTest::newRow("a zero") << QByteArray("a=%00");
        QTest::newRow("a text and a group") << QByteArray("a=1&a[b]=2");
        QTest::newRow("a group and a text") << QByteArray("a[b]=2&a=1");
        QTest::newRow("a bracket that stays open") << QByteArray("a[b=2");
        QTest::newRow("a bracket in a bracket") << QByteArray("a[b[c]]=2");
        QTest::newRow("a bracket that was not opened") << QByteArray("a]=2");
        QTest::newRow("text behind a bracket") << QByteArray("a[b]c=2");
        QTest::newRow("no name") << QByteArray("=2");
        QTest::newRow("a group without a name") << QByteArray("[a]=2");
    }
    void brokenBodiesAreRefused()
    {
        QFETCH(const QByteArray, body);
        const auto form = parseForm(body);
        QVERIFY(!form.has_value());
        QCOMPARE(form.error().status, 400);
        QVERIFY(!form.error().message.isEmpty());
        QVERIFY(!form.error().began);
    }
    void limitsHoldToTheByte()
    {
        const QByteArray full = "a=" + QByteArray(limits::formBytesMax - 2, 'x');
        QVERIFY(parseForm(full).has_value());
        QVERIFY(!parseForm(full + 'x').has_value());

        const auto fields = [](int count) {
            QByteArray body;
            for (int i = 0; i < count; ++i)
                body += "f" + QByteArray::number(i) + "=1&";
            return body;
        };
        QVERIFY(parseForm(fields(limits::formFieldsMax)).has_value());
        QVERIFY(!parseForm(fields(limits::formFieldsMax + 1)).has_value());

        const auto deep = [](int levels) { return "a" + QByteArray("[b]").repeated(levels - 1) + "=1"; };
        QVERIFY(parseForm(deep(limits::formDepthMax)).has_value());
        QVERIFY(!parseForm(deep(limits::formDepthMax + 1)).has_value());

        QVERIFY(parseForm(QByteArray(limits::formNameCharactersMax, 'n') + "=1").has_value());
        QVERIFY(!parseForm(QByteArray(limits::formNameCharactersMax + 1, 'n') + "=1").has_value());
    }
    void whatIsWrittenIsReadBack()
    {
        QRandomGenerator random(testSeed());
        for (int round = 0; round < 2'000; ++round) {
            Leaves leaves;
            QByteArray body;
            for (int field = random.bounded(1, 12); field > 0; --field) {
                // A first part of one letter keeps texts and groups apart: `t` for texts, `g` for groups of one depth.
                const bool isGroup = random.bounded(2) == 0;
                const QString name =
                    isGroup ? u"g%1[%2]"_s.arg(plainName(random), plainName(random)) : u"t"_s + plainName(random);
                const QString value = oddWord(random, 20);
                leaves[name] = value;
                body += (body.isEmpty() ? "" : "&") + written(name, value);
            }
            const auto form = parseForm(body);
            QVERIFY2(form.has_value(), body.constData());
            QCOMPARE(leavesOf(*form), leaves);
        }
    }
    void anyBytesAreReadOrRefused()
    {
        QRandomGenerator random(testSeed());
        const QByteArray good =
            "amount=1000&currency=eur&payment_method_types[0]=card&metadata[order]=A%2D1&expand[]=x";
        int refused = 0;
        for (int round = 0; round < 20'000; ++round) {
            const auto form = parseForm(spoiled(good, random));
            if (!form) {
                ++refused;
                QCOMPARE(form.error().status, 400);
                continue;
            }
            for (const auto &[name, value] : leavesOf(*form)) {
                QVERIFY(!name.contains(QChar(0)) && !value.contains(QChar(0)));
                QVERIFY(name.count(u'[') < limits::formDepthMax);
            }
        }
        QVERIFY(refused > 100); // Else the bytes were never really broken.
    }
};

QTEST_APPLESS_MAIN(FormTest)
#include "tst_form.moc"
