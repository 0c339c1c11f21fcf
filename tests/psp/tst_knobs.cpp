#include "service/knobs.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::psp;

class KnobsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyKnobIsTurnedByItsNameAndToldBack()
    {
        for (const Knob &knob : knobTable()) {
            const QString name = QString::fromLatin1(knob.name);
            const auto turned = withChanges({}, {{name, knob.most}});
            QVERIFY2(turned.has_value(), knob.name);
            QCOMPARE((*turned).*knob.member, knob.most);
            QCOMPARE(toJson(*turned).value(name).toInt(), knob.most);
        }
    }
    void whatIsNoValueOfAKnobIsRefusedByName_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("too much") << u"drop_per_mille"_s << QJsonValue(1001);
        QTest::newRow("negative") << u"delay_ms"_s << QJsonValue(-1);
        QTest::newRow("fraction") << u"delay_ms"_s << QJsonValue(0.5);
        QTest::newRow("text") << u"delay_ms"_s << QJsonValue(u"5"_s);
        QTest::newRow("unknown") << u"explode"_s << QJsonValue(1);
    }
    void whatIsNoValueOfAKnobIsRefusedByName()
    {
        QFETCH(const QString, name);
        QFETCH(const QJsonValue, value);
        const auto refused = withChanges({}, {{u"reply_delay_ms"_s, 5}, {name, value}});
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().field, name);
        QVERIFY(refused.error().message.contains(name));
    }
    void chancesComeTrueAboutAsOftenAsTheySay()
    {
        Misfortune misfortune(42);
        misfortune.setKnobs({.dropPerMille = 250});
        int dropped = 0;
        for (int i = 0; i < 4'000; ++i)
            dropped += misfortune.drawFor(u"create"_s).isDropped ? 1 : 0;
        QVERIFY2(dropped > 880 && dropped < 1'120, qPrintable(QString::number(dropped)));
    }
    void theSameSeedGivesTheSameFateWhateverTheOtherKnobsAre()
    {
        Misfortune one(7);
        Misfortune other(7);
        one.setKnobs({.dropPerMille = 300});
        other.setKnobs({.delayMs = 20, .dropPerMille = 300, .errorPerMille = 500});
        for (int i = 0; i < 500; ++i)
            QCOMPARE(one.drawFor(u"capture"_s).isDropped, other.drawFor(u"capture"_s).isDropped);
    }
    void anOrderedFaultMeetsTheNextCallsOfItsKindOnly()
    {
        Misfortune misfortune(1);
        QVERIFY(misfortune.order({{u"on"_s, u"capture"_s}, {u"what"_s, u"lost_error"_s}, {u"times"_s, 2}}));
        QCOMPARE(misfortune.drawFor(u"create"_s).fate.failure, Fate::Failure::None);
        QCOMPARE(misfortune.drawFor(u"capture"_s).fate.failure, Fate::Failure::ErrorAfterwards);
        QCOMPARE(misfortune.drawFor(u"capture"_s).fate.failure, Fate::Failure::ErrorAfterwards);
        QCOMPARE(misfortune.drawFor(u"capture"_s).fate.failure, Fate::Failure::None);
    }
    void everyFaultThatCanBeOrderedHappens_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what :
             {"drop", "error", "lost_error", "conflict", "decline", "lock_timeout", "rate_limit", "forbidden", "delay"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void everyFaultThatCanBeOrderedHappens()
    {
        QFETCH(const QString, what);
        Misfortune misfortune(1);
        QVERIFY(misfortune.order({{u"what"_s, what}, {u"delay_ms"_s, what == u"delay"_s ? 30 : 0}}));
        const Lot lot = misfortune.drawFor(u"read"_s);
        const bool happened = lot.isDropped || lot.fate.failure != Fate::Failure::None ||
                              !lot.fate.declineCode.isEmpty() || lot.delay.count() > 0;
        QVERIFY(happened);
        misfortune.forgetOrders();
        QVERIFY(!misfortune.order({{u"what"_s, what + u"x"_s}}));
    }
};

QTEST_APPLESS_MAIN(KnobsTest)
#include "tst_knobs.moc"
