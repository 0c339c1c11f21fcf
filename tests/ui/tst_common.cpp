#include "common/countdownlabel.h"
#include "common/emptystate.h"
#include "common/icons.h"
#include "common/moneyedit.h"
#include "common/moneytext.h"
#include "common/noticebar.h"
#include "common/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace parterre;
using namespace parterre::ui;
using namespace Qt::StringLiterals;

class TestCommon : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textReadsOnItsGround_data();
    void textReadsOnItsGround();
    void zonesStandOutFromTheDarkFloor();
    void everyIconDrawsSomething();
    void moneyIsWrittenAsTheLocaleWritesIt_data();
    void moneyIsWrittenAsTheLocaleWritesIt();
    void theFieldHoldsOnlySoundAmounts();
    void theNoticeSaysWhatWasClosed();
    void theLastMinuteWarnsOnce();
    void zeroExpiresOnce();
    void anEmptyPageOffersItsAction();
};

void TestCommon::textReadsOnItsGround_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestCommon::textReadsOnItsGround()
{
    QFETCH(bool, dark);
    const Theme &theme = dark ? Theme::darkTheme() : Theme::light();
    for (const QColor &ground : {theme.window, theme.surface, theme.raised}) {
        for (const QColor &ink :
             {theme.text, theme.textMuted, theme.accent, theme.info, theme.success, theme.warning, theme.danger})
            QVERIFY2(contrastRatio(ink, ground) >= 4.5, qPrintable(ink.name() + u" on "_s + ground.name()));
    }
    QVERIFY(contrastRatio(theme.onAccent, theme.accent) >= 4.5);
    QVERIFY(contrastRatio(theme.mapText, theme.mapFloor) >= 4.5);
}

void TestCommon::zonesStandOutFromTheDarkFloor()
{
    for (int hue = 0; hue < 360; hue += 15) {
        for (const int value : {0, 60, 120, 255}) {
            const QColor shown = Theme::darkTheme().zoneOnMap(QColor::fromHsv(hue, 255, value));
            QVERIFY2(contrastRatio(shown, Theme::darkTheme().mapFloor) >= 3.0, qPrintable(shown.name()));
        }
    }
    const QColor bright(0xe0, 0x7b, 0x5c);
    QCOMPARE(Theme::darkTheme().zoneOnMap(bright), bright); // What is seen anyway keeps its colour.
    QCOMPARE(Theme::light().zoneOnMap(QColor(0x10, 0x20, 0x30)), QColor(0x10, 0x20, 0x30));
}

void TestCommon::everyIconDrawsSomething()
{
    const QStringList names = iconNames();
    QVERIFY(names.size() > 30);
    for (const QString &name : names) {
        const QImage image = iconPixmap(name, Qt::red, 24, 2.0).toImage();
        QCOMPARE(image.width(), 48);
        int inked = 0;
        for (int y = 0; y < 48; ++y) {
            for (int x = 0; x < 48; ++x)
                inked += qAlpha(image.pixel(x, y)) > 128 ? 1 : 0;
        }
        QVERIFY2(inked > 20, qPrintable(name));
    }
}

void TestCommon::moneyIsWrittenAsTheLocaleWritesIt_data()
{
    QTest::addColumn<QString>("locale");
    QTest::addColumn<QString>("currency");
    QTest::addColumn<qint64>("minorUnits");
    QTest::addColumn<QString>("text");
    QTest::newRow("pounds in Britain") << u"en_GB"_s << u"GBP"_s << qint64{125050} << u"£1,250.50"_s;
    QTest::newRow("euros in Germany") << u"de_DE"_s << u"EUR"_s << qint64{125050} << u"1.250,50\u00a0€"_s;
    QTest::newRow("francs in Britain") << u"en_GB"_s << u"CHF"_s << qint64{2500} << u"CHF\u00a025.00"_s;
    QTest::newRow("yen in Britain") << u"en_GB"_s << u"JPY"_s << qint64{2500} << u"JPY\u00a02,500"_s;
    QTest::newRow("below nothing") << u"en_GB"_s << u"GBP"_s << qint64{-5} << u"\u2212£0.05"_s;
}

void TestCommon::moneyIsWrittenAsTheLocaleWritesIt()
{
    QFETCH(QString, locale);
    QFETCH(QString, currency);
    QFETCH(qint64, minorUnits);
    QTEST(moneyText(Money(minorUnits, *Currency::fromCode(currency)), QLocale(locale)), "text");
}

void TestCommon::theFieldHoldsOnlySoundAmounts()
{
    MoneyEdit edit;
    edit.setCurrency(*Currency::fromCode(u"GBP"_s));
    QSignalSpy changed(&edit, &MoneyEdit::moneyChanged);
    QTest::keyClicks(&edit, u"20,5"_s);
    QCOMPARE(edit.money(), Money(2050, *Currency::fromCode(u"GBP"_s)));
    QVERIFY(edit.problem().isEmpty());
    QTest::keyClicks(&edit, u"x"_s);
    QVERIFY(!edit.money());
    QVERIFY(!edit.problem().isEmpty());
    QVERIFY(edit.property("invalid").toBool());
    edit.clear();
    QVERIFY(!edit.money());
    QVERIFY(edit.problem().isEmpty());
    QVERIFY(changed.count() >= 2);
}

void TestCommon::theNoticeSaysWhatWasClosed()
{
    NoticeBar bar;
    QSignalSpy closed(&bar, &NoticeBar::closed);
    QSignalSpy acted(&bar, &NoticeBar::actionTriggered);
    bar.showNotice(NoticeKind::Error, u"Row <b>B</b> is taken."_s, u"Refresh"_s);
    QVERIFY(bar.isVisible());
    QCOMPARE(bar.text(), u"Row <b>B</b> is taken."_s);
    bar.findChild<QPushButton *>(u"noticeAction"_s)->click();
    bar.findChild<QToolButton *>(u"noticeClose"_s)->click();
    QCOMPARE(acted.count(), 1);
    QCOMPARE(closed.count(), 1);
    QVERIFY(!bar.isVisible());
}

void TestCommon::theLastMinuteWarnsOnce()
{
    CountdownLabel label;
    QSignalSpy warned(&label, &CountdownLabel::warned);
    label.start(600);
    QCOMPARE(label.text(), u"10:00"_s);
    QVERIFY(!label.isWarning());
    label.start(60);
    QCOMPARE(label.text(), u"1:00"_s);
    QVERIFY(label.isWarning());
    QTest::qWait(600);
    QCOMPARE(warned.count(), 1);
}

void TestCommon::zeroExpiresOnce()
{
    CountdownLabel label;
    QSignalSpy expired(&label, &CountdownLabel::expired);
    label.start(1);
    QTRY_COMPARE(expired.count(), 1);
    QCOMPARE(label.text(), u"0:00"_s);
    QVERIFY(!label.isRunning());
    QTest::qWait(600);
    QCOMPARE(expired.count(), 1);
}

void TestCommon::anEmptyPageOffersItsAction()
{
    EmptyState empty;
    empty.setContent(u"calendar"_s, u"No performances"_s, u"Nothing is on sale."_s, u"Refresh"_s);
    QSignalSpy acted(&empty, &EmptyState::actionTriggered);
    empty.findChild<QPushButton *>(u"emptyAction"_s)->click();
    QCOMPARE(acted.count(), 1);
    QCOMPARE(empty.findChild<QLabel *>(u"emptyTitle"_s)->text(), u"No performances"_s);
}

QTEST_MAIN(TestCommon)
#include "tst_common.moc"
