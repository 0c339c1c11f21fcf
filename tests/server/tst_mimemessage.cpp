#include "notifications/mimemessage.h"

#include "support/need.h"
#include "support/randomness.h"
#include "support/readmail.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

MailMessage aMail()
{
    return {.messageId = u"0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b@example.org"_s,
            .date = *instantFromText(u"2026-11-24T09:00:05Z"_s),
            .from = {.name = u"Theater an der Straße"_s, .address = u"tickets@example.org"_s},
            .to = {.name = u"Zoë Müller"_s, .address = u"zoe@example.org"_s},
            .subject = u"Your tickets: Die Zauberflöte, Saturday 12 December 2026"_s,
            .text = u"Grüße,\n.\n..dots\nend "_s,
            .html = u"<p>Grüße</p>"_s,
            .pictures = {{.fileName = u"a.png"_s,
                          .contentType = "image/png",
                          .bytes = "picture",
                          .contentId = u"qr1@parterre"_s}},
            .attachments = {{.fileName = u"P-000123.pdf"_s, .contentType = "application/pdf", .bytes = "%PDF-"},
                            {.fileName = u"P-000123.ics"_s,
                             .contentType = "text/calendar; charset=utf-8; method=PUBLISH",
                             .bytes = "BEGIN:VCALENDAR\r\n"}}};
}

} // namespace

class TestMimeMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTreeIsThatOfAMailWithPicturesAndFiles()
    {
        const QJsonObject read = readMail(need(composeMail(aMail())));
        QCOMPARE(QJsonDocument(read[u"tree"_s].toObject()).toJson(QJsonDocument::Compact),
                 QByteArray("{\"multipart/mixed\":[{\"multipart/alternative\":[\"text/plain\",{\"multipart/related\":"
                            "[\"text/html\",\"image/png\"]}]},\"application/pdf\",\"text/calendar\"]}"));
        QCOMPARE(read[u"faults"_s].toArray(), QJsonArray());
    }

    void headersSayWhatTheMailIs()
    {
        const QJsonObject read = readMail(need(composeMail(aMail())));
        const QJsonObject headers = read[u"headers"_s].toObject();
        QCOMPARE(headers[u"subject"_s].toString(), aMail().subject);
        QCOMPARE(headers[u"date"_s].toString(), u"Tue, 24 Nov 2026 09:00:05 +0000"_s);
        QCOMPARE(headers[u"message-id"_s].toString(), u"<0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b@example.org>"_s);
        QCOMPARE(headers[u"auto-submitted"_s].toString(), u"auto-generated"_s);
        QCOMPARE(read[u"to"_s].toArray(), (QJsonArray{QJsonArray{u"Zoë Müller"_s, u"zoe@example.org"_s}}));
        QCOMPARE(read[u"from"_s].toArray(),
                 (QJsonArray{QJsonArray{u"Theater an der Straße"_s, u"tickets@example.org"_s}}));
    }

    void textsAndFilesComeBackAsTheyWere()
    {
        const QJsonArray parts = readMail(need(composeMail(aMail())))[u"parts"_s].toArray();
        QCOMPARE(parts.size(), 5);
        QCOMPARE(parts[0][u"text"_s].toString(), u"Grüße,\r\n.\r\n..dots\r\nend \r\n"_s);
        QCOMPARE(parts[1][u"text"_s].toString(), u"<p>Grüße</p>\r\n"_s);
        QCOMPARE(parts[2][u"id"_s].toString(), u"<qr1@parterre>"_s);
        QCOMPARE(parts[2][u"disposition"_s].toString(), u"inline"_s);
        QCOMPARE(parts[3][u"name"_s].toString(), u"P-000123.pdf"_s);
        QCOMPARE(parts[3][u"bytes"_s].toString(), QString::fromLatin1(QByteArray("%PDF-").toBase64()));
        QCOMPARE(parts[4][u"params"_s][u"method"_s].toString(), u"PUBLISH"_s);
    }

    void theSameMailIsTheSameBytes() { QCOMPARE(need(composeMail(aMail())), need(composeMail(aMail()))); }

    void noNameAddsAHeader_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("CRLF") << u"Zoe\r\nBcc: all@example.org"_s;
        QTest::newRow("a bare line feed") << u"Zoe\nX-Spam: no\n\nBody"_s;
        QTest::newRow("a bare carriage return") << u"Zoe\rBcc: all@example.org"_s;
        QTest::newRow("a line separator") << u"Zoe\u2028Bcc: all@example.org"_s;
        QTest::newRow("next line") << u"Zoe\u0085Bcc: all@example.org"_s;
        QTest::newRow("an encoded word") << u"=?utf-8?q?Zoe=0D=0ABcc:_all@example.org?="_s;
        QTest::newRow("an address") << u"\"Zoe\" <all@example.org>, more"_s;
        QTest::newRow("null") << u"Zoe"_s + QChar(0) + u"Bcc"_s;
    }
    void noNameAddsAHeader()
    {
        QFETCH(const QString, name);
        MailMessage mail = aMail();
        mail.from.name = mail.to.name = mail.subject = mail.messageId = name;
        mail.attachments.front().fileName = name;
        const QJsonObject read = readMail(need(composeMail(mail)));
        QCOMPARE(read[u"count"_s].toInt(), 8);
        QVERIFY(!read[u"headers"_s].toObject().contains(u"bcc"_s));
        QCOMPARE(read[u"to"_s].toArray().size(), 1);
        QCOMPARE(read[u"to"_s][0][1].toString(), u"zoe@example.org"_s);
        QCOMPARE(read[u"from"_s][0][1].toString(), u"tickets@example.org"_s);
        QCOMPARE(read[u"parts"_s].toArray().size(), 5);
    }

    void addressesThatNoEnvelopeHolds_data()
    {
        QTest::addColumn<QString>("address");
        for (const char *address :
             {"", "zoe", "@example.org", "zoe@", "zoe@example..org", "zoe@-example.org", "a@b>,<c@d",
              "zoe@example.org\r\nRCPT TO:<all@example.org>", "z oe@example.org", "\"zoe\"@example.org",
              ".zoe@example.org", "zoe.@example.org", "zoe@[127.0.0.1]", "zo\xC3\xAB@example.org"})
            QTest::newRow(address) << QString::fromUtf8(address);
        QTest::newRow("long") << QString(u'a').repeated(65) + u"@example.org"_s;
    }
    void addressesThatNoEnvelopeHolds()
    {
        QFETCH(const QString, address);
        const auto refused = envelopeAddress(address);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidInput);
        MailMessage mail = aMail();
        mail.to.address = address;
        QVERIFY(!composeMail(mail));
    }

    void aDomainWithUmlautsHasItsOtherName()
    {
        QCOMPARE(need(envelopeAddress(u"zoe@straße.example"_s)), u"zoe@xn--strae-oqa.example"_s);
        QCOMPARE(need(envelopeAddress(u"o'neil+tickets@example.org"_s)), u"o'neil+tickets@example.org"_s);
    }

    void anyTextsAreReadAsTheyWere()
    {
        QRandomGenerator random(tests::testSeed());
        static const QList<QString> pieces{u"a"_s,  u" "_s,  u"="_s, u"=?"_s,    u"?="_s,          u"."_s,  u"é"_s,
                                           u"漢"_s, u"\""_s, u","_s, u"<x@y>"_s, u"long words "_s, u";"_s,  u"\\"_s,
                                           u"("_s,  u")"_s,  u":"_s, u"\t"_s,    u"From "_s,       u"--"_s, u"🎭"_s};
        for (int round = 0; round < 25; ++round) {
            const auto words = [&] {
                QString text;
                for (int i = random.bounded(60); i > 0; --i)
                    text += pieces.at(random.bounded(static_cast<int>(pieces.size())));
                return text;
            };
            MailMessage mail = aMail();
            mail.subject = words();
            mail.to.name = words();
            mail.text = words();
            const QByteArray bytes = need(composeMail(mail));
            for (const QByteArray &line : bytes.split('\n')) {
                QVERIFY2(line.isEmpty() || (line.endsWith('\r') && line.size() <= 79), line.constData());
                QVERIFY(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0; }));
            }
            const QJsonObject read = readMail(bytes);
            QCOMPARE(read[u"headers"_s][u"subject"_s].toString().simplified(), mail.subject.simplified());
            // Python 3.11 puts a space between the encoded words of a phrase, against RFC 2047 section 6.2.
            QCOMPARE(read[u"to"_s][0][0].toString().remove(u' '), mail.to.name.simplified().remove(u' '));
            QCOMPARE(read[u"parts"_s][0][u"text"_s].toString(), mail.text + u"\r\n"_s);
        }
    }
};

QTEST_GUILESS_MAIN(TestMimeMessage)
#include "tst_mimemessage.moc"
