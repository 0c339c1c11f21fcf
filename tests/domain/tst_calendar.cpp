#include "domain/ticketing/calendar.h"
#include "support/randomness.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;

namespace {

CalendarEntry anEvening()
{
    return {.uid = u"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"_s,
            .stamp = *instantFromText(u"2026-11-24T09:00:00Z"_s),
            .sequence = 2,
            .startsAt = *instantFromText(u"2026-12-12T19:30:00+01:00"_s),
            .summary = u"Die Zauberflöte; or, \"The Magic Flute\""_s,
            .location = u"Theater an der Straße, Königsplatz 3, 1060 Wien"_s,
            .description = u"Doors open 18:45\nLower Gallery, row B, seat 12 (K7QM-2XWD)\nOrder P-000123"_s,
            .url = u"https://tickets.example.org/#/orders/0190a1b2"_s};
}

/// As a reader unfolds it (RFC 5545 section 3.1).
QByteArray unfolded(QByteArray file)
{
    return file.replace("\r\n ", "");
}

QString valueOf(const QByteArray &file, const QByteArray &name)
{
    for (const QByteArray &line : unfolded(file).split('\n')) {
        if (line.startsWith(name + ':'))
            return QString::fromUtf8(line.mid(name.size() + 1).chopped(1)); // The carriage return.
    }
    return {};
}

/// RFC 5545 section 3.3.11, read from the left.
QString unescaped(const QString &text)
{
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) == u'\\' && i + 1 < text.size()) {
            const QChar next = text.at(++i);
            plain += next == u'n' ? QChar(u'\n') : next;
        } else {
            plain += text.at(i);
        }
    }
    return plain;
}

/// What Python's icalendar reads, a judge that is not ours.
QJsonObject judged(const QByteArray &file)
{
    QProcess judge;
    judge.start(u"/usr/bin/python3"_s, {QStringLiteral(PARTERRE_SOURCE_DIR "/tests/support/readcalendar.py")});
    judge.write(file);
    judge.closeWriteChannel();
    judge.waitForFinished(60'000);
    const QByteArray errors = judge.readAllStandardError();
    if (!errors.isEmpty())
        qWarning("%s", errors.constData());
    return QJsonDocument::fromJson(judge.readAllStandardOutput()).object();
}

} // namespace

class TestCalendar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aJudgeReadsWhatWasWritten()
    {
        const QJsonObject read = judged(calendarFile(anEvening()));
        QCOMPARE(read[u"summary"_s].toString(), anEvening().summary);
        QCOMPARE(read[u"location"_s].toString(), anEvening().location);
        QCOMPARE(read[u"description"_s].toString(), anEvening().description);
        QCOMPARE(read[u"url"_s].toString(), anEvening().url);
        QCOMPARE(read[u"uid"_s].toString(), anEvening().uid);
        QCOMPARE(read[u"dtstart"_s].toString(), u"2026-12-12T18:30:00+00:00"_s);
        QCOMPARE(read[u"dtend"_s].toString(), u"2026-12-12T21:00:00+00:00"_s);
        QCOMPARE(read[u"sequence"_s].toInt(), 2);
        QCOMPARE(read[u"method"_s].toString(), u"PUBLISH"_s);
        QCOMPARE(read[u"status"_s].toString(), u"CONFIRMED"_s);
        QCOMPARE(read[u"alarms"_s].toInt(), 1);
    }

    void aCancelledEveningRingsNoBell()
    {
        CalendarEntry entry = anEvening();
        entry.isCancelled = true;
        const QJsonObject read = judged(calendarFile(entry));
        QCOMPARE(read[u"status"_s].toString(), u"CANCELLED"_s);
        QCOMPARE(read[u"method"_s].toString(), u"CANCEL"_s);
        QCOMPARE(read[u"alarms"_s].toInt(), 0);
    }

    void whoSendsItIsItsOrganizer()
    {
        CalendarEntry entry = anEvening();
        QVERIFY(!judged(calendarFile(entry)).contains(u"organizer"_s));
        entry.organizerName = u"The \"Globe\":\r\nSTATUS:CANCELLED; Süd"_s;
        entry.organizerAddress = u"tickets@example.org"_s;
        const QJsonObject read = judged(calendarFile(entry));
        QCOMPARE(read[u"organizer"_s].toString(), u"mailto:tickets@example.org"_s);
        QCOMPARE(read[u"organizer_name"_s].toString(), u"The 'Globe': STATUS:CANCELLED; Süd"_s);
        QCOMPARE(read[u"status"_s].toString(), u"CONFIRMED"_s);
    }

    void anEndThatIsKnownIsSaid()
    {
        CalendarEntry entry = anEvening();
        entry.endsAt = entry.startsAt + 3h;
        QCOMPARE(valueOf(calendarFile(entry), "DTEND"), u"20261212T213000Z"_s);
        entry.endsAt = entry.startsAt; // Nonsense; the usual length instead.
        QCOMPARE(valueOf(calendarFile(entry), "DTEND"), u"20261212T210000Z"_s);
    }

    void noTextLeavesItsLine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("a property of its own") << u"Nice\r\nATTENDEE:mailto:x@example.org"_s;
        QTest::newRow("a bare carriage return") << u"Nice\rSTATUS:CANCELLED"_s;
        QTest::newRow("the end") << u"Nice\nEND:VEVENT\nEND:VCALENDAR"_s;
        QTest::newRow("controls") << u"Ni\x01\x7F\x85ce"_s;
    }
    void noTextLeavesItsLine()
    {
        QFETCH(const QString, text);
        CalendarEntry entry = anEvening();
        entry.uid = entry.summary = entry.location = entry.description = entry.url = text;
        const auto lines = calendarFile(entry).split('\n').size();
        CalendarEntry plain = anEvening();
        plain.uid = plain.summary = plain.location = plain.description = plain.url = u"N"_s;
        QVERIFY(lines - calendarFile(plain).split('\n').size() <= 3); // Folds alone.
        const QJsonObject read = judged(calendarFile(entry));
        QCOMPARE(read[u"events"_s].toInt(), 1);
        QVERIFY(!read.contains(u"attendee"_s));
        QCOMPARE(read[u"status"_s].toString(), u"CONFIRMED"_s);
    }

    void anyTextComesBackInLinesThatFit()
    {
        QRandomGenerator random(tests::testSeed());
        static const QString letters = u"aZ 0;,\\\n:\"=äßé€漢"_s + QString::fromUcs4(U"\U0001F3AD", 1);
        for (int round = 0; round < 500; ++round) {
            QString text;
            for (int i = random.bounded(300); i > 0; --i) {
                const int at = random.bounded(static_cast<int>(letters.size()));
                if (!letters.at(at).isSurrogate())
                    text += letters.at(at);
                else
                    text += letters.right(2);
            }
            CalendarEntry entry = anEvening();
            entry.summary = text;
            const QByteArray file = calendarFile(entry);
            QCOMPARE(unescaped(valueOf(file, "SUMMARY")), text);
            QVERIFY(file.endsWith("\r\n"));
            for (const QByteArray &line : file.split('\n')) {
                QVERIFY2(line.isEmpty() || line.endsWith('\r'), line.constData());
                QVERIFY2(line.size() <= calendarLineOctetsMax + 1, line.constData());
                QVERIFY2(QString::fromUtf8(line).toUtf8() == line, "a fold is within a character");
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCalendar)
#include "tst_calendar.moc"
