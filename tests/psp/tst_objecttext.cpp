#include "model/objecttext.h"
#include "support/randomness.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre::psp;
using namespace parterre::tests;

namespace {

QJsonObject read(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).object();
}

} // namespace

class ObjectTextTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachKindOfFieldIsReadBackAsItWas()
    {
        const qint64 big = (qint64(1) << 52) + 1;
        const QByteArray text = ObjectText()
                                    .text("name", u"Anna"_s)
                                    .text("kind", "card")
                                    .textOrNull("given", u"x"_s)
                                    .textOrNull("missing", {})
                                    .number("most", big)
                                    .number("least", -1)
                                    .flag("yes", true)
                                    .flag("no", false)
                                    .null("nothing")
                                    .json("inner", ObjectText().take())
                                    .take();
        const QJsonObject expected{{u"name"_s, u"Anna"_s},
                                   {u"kind"_s, u"card"_s},
                                   {u"given"_s, u"x"_s},
                                   {u"missing"_s, QJsonValue()},
                                   {u"most"_s, big},
                                   {u"least"_s, -1},
                                   {u"yes"_s, true},
                                   {u"no"_s, false},
                                   {u"nothing"_s, QJsonValue()},
                                   {u"inner"_s, QJsonObject()}};
        QCOMPARE(read(text), expected);
        QCOMPARE(ObjectText().take(), QByteArray("{}"));
    }
    void anyTextIsReadBackAsItWas()
    {
        QRandomGenerator random(testSeed());
        const QString signs = u"aZ 09\"\\/\b\f\n\r\t\u0001\u001f\u007f\u0080\u00e4\u00df\u2028\u20ac\u4e2d<>&'%{}"_s;
        for (int i = 0; i < 2000; ++i) {
            QString value;
            for (int k = random.bounded(12); k > 0; --k) {
                if (random.bounded(8) == 0)
                    value += u"\U0001F3AD"_s;
                else
                    value += signs[random.bounded(static_cast<int>(signs.size()))];
            }
            QCOMPARE(read(ObjectText().text("a", value).text("b", u"after"_s).take()),
                     (QJsonObject{{u"a"_s, value}, {u"b"_s, u"after"_s}}));
        }
    }
};

QTEST_APPLESS_MAIN(ObjectTextTest)
#include "tst_objecttext.moc"
