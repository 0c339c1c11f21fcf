#include "support/mailworld.h"

#include <QGuiApplication>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

QByteArray bytesOf(const QJsonValue &part)
{
    return QByteArray::fromBase64(part[u"bytes"_s].toString().toLatin1());
}

std::vector<QString> seats(int first, int last)
{
    return SaleWorld::seatKeys(u"Stalls"_s, u"A"_s, first, last);
}

} // namespace

class TestMail : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? file.fileName() : QString();
    }
    /// Of each page, as both scanners read it; empty where they do not agree.
    QStringList scannedPages(const QString &pdf);

private Q_SLOTS:
    void aSaleIsOneMailWithEverythingInIt();
    void itsCodesAreReadByTwoScanners();
    void whoGaveNoAddressGetsNoMail();
    void theSameFactAgainIsNoSecondMail();
    void aServerThatWantsItLaterGetsItLater();
    void aRefusalForEverIsKeptWithTheServersWords_data();
    void aRefusalForEverIsKeptWithTheServersWords();
    void afterTwoDaysNobodyTriesAnyMore();
    void aServerThatIsAwayLosesNothing();
    void aSlowServerKeepsNobodyElseBack();
    void aServerThatSaysNothingDoesNotHoldUpTheStop();
    void aPasswordTravelsUnderTlsAlone();
    void aWrongPasswordIsNotTheBuyersFault();
    void withoutAServerMailsAreFilesAndARepeatIsTheSame();
    void ofTwoServersOneSendsEachMail();
    void ofManyAtOnceEachBringsItsOwn();
    void settingsThatCannotWorkAreRefused();
};

QStringList TestMail::scannedPages(const QString &pdf)
{
    const QString stem = m_folder.filePath(u"page"_s);
    if (runProgram(u"pdftoppm"_s, {u"-r"_s, u"150"_s, u"-png"_s, pdf, stem}).exitCode != 0)
        return {};
    QStringList read;
    const QDir folder(m_folder.path());
    for (const QString &page : folder.entryList({u"page*.png"_s}, QDir::Files, QDir::Name)) {
        const QStringList found = scannedByZbar(folder.filePath(page));
        if (found != scannedByZxing(folder.filePath(page)))
            return {};
        read += found;
        QFile::remove(folder.filePath(page));
    }
    read.sort();
    return read;
}

void TestMail::aSaleIsOneMailWithEverythingInIt()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 2));
    QTRY_COMPARE_WITH_TIMEOUT(sink.mails().size(), 1, 20'000);
    QTRY_COMPARE(house.count(order, u"sent"_s), 1);
    QCOMPARE(sink.envelopes().first()[u"from"_s].toString(), u"tickets@playhouse.example"_s);
    QCOMPARE(sink.envelopes().first()[u"to"_s].toArray(), QJsonArray{u"olivia@example.org"_s});

    const QJsonObject mail = readMail(sink.mails().first());
    QCOMPARE(mail[u"faults"_s].toArray(), QJsonArray());
    QCOMPARE(QJsonDocument(mail[u"tree"_s].toObject()).toJson(QJsonDocument::Compact),
             QByteArray("{\"multipart/mixed\":[{\"multipart/alternative\":[\"text/plain\",{\"multipart/related\":"
                        "[\"text/html\",\"image/png\",\"image/png\"]}]},\"application/pdf\",\"text/calendar\"]}"));
    const QString html = mail[u"parts"_s][1][u"text"_s].toString();
    const QString text = mail[u"parts"_s][0][u"text"_s].toString();
    const QString link =
        u"https://shop.example/#/orders/%1?key=%2"_s.arg(order.id.text(), house.world().tickets().orderKey(order.id));
    for (const QString &said :
         {order.eventTitle, order.number, order.venueName, u"Questions? Ring the box office."_s, link}) {
        QVERIFY2(text.contains(said), qPrintable(said + u" is not in\n"_s + text));
        QVERIFY2(html.contains(said.toHtmlEscaped()), qPrintable(said + u" is not in\n"_s + html));
    }
    const QString codes = house.world().sqlText(u"select string_agg(human_code, ' ') from ticket"_s);
    for (const QString &code : codes.split(u' ')) {
        QVERIFY(text.contains(code));
        QVERIFY(html.contains(code));
    }
    for (const int picture : {2, 3}) {
        const QString id = mail[u"parts"_s][picture][u"id"_s].toString();
        QVERIFY2(html.contains(u"cid:"_s + id.mid(1).chopped(1)), qPrintable(id));
    }
    const QByteArray calendar = bytesOf(mail[u"parts"_s][5]);
    QVERIFY2(calendar.contains("UID:" + order.id.text().toLatin1()), calendar.constData());
}

void TestMail::itsCodesAreReadByTwoScanners()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 3));
    QTRY_COMPARE_WITH_TIMEOUT(sink.mails().size(), 1, 20'000);
    const QJsonArray parts = readMail(sink.mails().first())[u"parts"_s].toArray();
    QStringList read;
    for (const int picture : {2, 3, 4}) {
        const QString path = write(u"inline.png"_s, bytesOf(parts[picture]));
        QCOMPARE(scannedByZbar(path), scannedByZxing(path));
        read += scannedByZbar(path);
    }
    read.sort();
    QCOMPARE(read, house.codes(order));
    const QString pdf = write(u"tickets.pdf"_s, bytesOf(parts[5]));
    QCOMPARE(runProgram(u"qpdf"_s, {u"--check"_s, pdf}).exitCode, 0);
    QCOMPARE(scannedPages(pdf), house.codes(order));
}

void TestMail::whoGaveNoAddressGetsNoMail()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView walkUp = need(house.world().sell(house.world().desk(), seats(1, 1)));
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(2, 2));
    QTRY_COMPARE_WITH_TIMEOUT(sink.mails().size(), 1, 20'000);
    QTRY_COMPARE(house.world().sqlNumber(u"select count(*) from outbox_delivery"_s), 0);
    QCOMPARE(house.world().sqlNumber(u"select count(*) from mail where order_id = '%1'"_s.arg(walkUp.id.text())), 0);
    QTRY_COMPARE(house.count(order, u"sent"_s), 1);
}

void TestMail::theSameFactAgainIsNoSecondMail()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 1));
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"sent"_s), 1, 20'000);
    QTRY_COMPARE(house.world().sqlNumber(u"select count(*) from outbox_delivery"_s), 0);
    house.world().sql(
        u"insert into outbox_delivery (consumer, fact_id, key, sequence) select 'notifications', id, key, "
        "sequence from outbox"_s);
    house.wake();
    QTRY_COMPARE(house.world().sqlNumber(u"select count(*) from outbox_delivery"_s), 0);
    QCOMPARE(house.world().sqlNumber(u"select count(*) from mail"_s), 1);
    QTest::qWait(300);
    QCOMPARE(sink.mails().size(), 1);
}

void TestMail::aServerThatWantsItLaterGetsItLater()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(u"later@example.org"_s, seats(1, 1));
    QTRY_VERIFY_WITH_TIMEOUT(house.error(order).contains(u"Greylisted, come back later"_s), 20'000);
    QCOMPARE(house.count(order, u"queued"_s), 1);
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"sent"_s), 1, 20'000);
    QCOMPARE(house.world().sqlNumber(u"select attempts from mail"_s), 3);
    QCOMPARE(house.error(order), QString());
    QCOMPARE(sink.mails().size(), 1);
}

void TestMail::aRefusalForEverIsKeptWithTheServersWords_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("words");
    QTest::newRow("the recipient") << u"never@example.org"_s << u"There is nobody 5.1.1 of this name here"_s;
    QTest::newRow("the content") << u"spam@example.org"_s << u"554 5.7.1 This looks like spam"_s;
    QTest::newRow("no envelope holds it") << u"\"zoe\"@example.org"_s << u"Mail cannot be sent to this address"_s;
}

void TestMail::aRefusalForEverIsKeptWithTheServersWords()
{
    QFETCH(const QString, address);
    QFETCH(const QString, words);
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(address, seats(1, 1));
    const OrderView other = house.sellTo(u"olivia@example.org"_s, seats(2, 2));
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"failed"_s), 1, 20'000);
    QVERIFY2(house.error(order).contains(words), qPrintable(house.error(order)));
    QTRY_COMPARE_WITH_TIMEOUT(house.count(other, u"sent"_s), 1, 20'000);
    QTest::qWait(1'500);
    QCOMPARE(house.world().sqlNumber(u"select max(attempts) from mail"_s), 1);
}

void TestMail::afterTwoDaysNobodyTriesAnyMore()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(u"full@example.org"_s, seats(1, 1));
    QTRY_VERIFY_WITH_TIMEOUT(house.error(order).contains(u"452 4.2.2 The mailbox is full"_s), 20'000);
    QCOMPARE(house.count(order, u"queued"_s), 1);
    house.world().sql(u"update mail set created_at = now() - interval '49 hours', due_at = now()"_s);
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"failed"_s), 1, 20'000);
    QVERIFY2(house.error(order).startsWith(u"Given up after 48 hours: 452"_s), qPrintable(house.error(order)));
}

void TestMail::aServerThatIsAwayLosesNothing()
{
    int port = 0;
    {
        const SmtpSink gone;
        port = QUrl(gone.url()).port();
    }
    MailWorld house({.smtpUrl = u"smtp://127.0.0.1:%1"_s.arg(port)});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 1));
    QTRY_VERIFY_WITH_TIMEOUT(!house.error(order).isEmpty(), 20'000);
    QCOMPARE(house.count(order, u"queued"_s), 1);
    QTRY_COMPARE(house.world().sqlNumber(u"select count(*) from outbox_delivery"_s), 0);
}

void TestMail::aSlowServerKeepsNobodyElseBack()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()}, 2);
    const OrderView slow = house.sellTo(u"slow@example.org"_s, seats(1, 1));
    QTRY_COMPARE_WITH_TIMEOUT(house.world().sqlNumber(u"select attempts from mail"_s), 1, 20'000);
    const OrderView quick = house.sellTo(u"olivia@example.org"_s, seats(2, 2));
    QTRY_COMPARE_WITH_TIMEOUT(house.count(quick, u"sent"_s), 1, 20'000);
    QCOMPARE(house.count(slow, u"queued"_s), 1);
}

void TestMail::aServerThatSaysNothingDoesNotHoldUpTheStop()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    const OrderView order = house.sellTo(u"silent@example.org"_s, seats(1, 1));
    QTRY_COMPARE_WITH_TIMEOUT(house.world().sqlNumber(u"select attempts from mail"_s), 1, 20'000);
    house.mails().stop();
    QCOMPARE(house.count(order, u"queued"_s), 1);
    QCOMPARE(house.error(order), u"We stopped before the mail server had answered."_s);

    // As after the next start, with a mail server that answers.
    const QTemporaryDir folder;
    MailService next = house.afterNextStart(folder);
    next.start();
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"sent"_s), 1, 20'000);
}

void TestMail::aPasswordTravelsUnderTlsAlone()
{
    const QString certificate = m_folder.filePath(u"cert.pem"_s);
    const QString key = m_folder.filePath(u"key.pem"_s);
    QCOMPARE(runProgram(u"openssl"_s,
                        {u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-days"_s, u"2"_s, u"-subj"_s,
                         u"/CN=localhost"_s, u"-addext"_s, u"subjectAltName=DNS:localhost,IP:127.0.0.1"_s, u"-keyout"_s,
                         key, u"-out"_s, certificate})
                 .exitCode,
             0);
    const SmtpSink sink(
        {u"--certificate"_s, certificate, u"--key"_s, key, u"--user"_s, u"house"_s, u"--password"_s, u"a secret"_s});
    MailWorld house({.smtpUrl = sink.url(u"localhost"_s),
                     .user = u"house"_s,
                     .passwordFile = write(u"password"_s, "a secret\n"),
                     .caFile = certificate});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 1));
    QTRY_COMPARE_WITH_TIMEOUT(sink.envelopes().size(), 1, 20'000);
    QCOMPARE(sink.envelopes().first()[u"tls"_s].toBool(), true);
    QTRY_COMPARE(house.count(order, u"sent"_s), 1);
}

void TestMail::aWrongPasswordIsNotTheBuyersFault()
{
    const SmtpSink sink({u"--user"_s, u"house"_s, u"--password"_s, u"a secret"_s});
    MailWorld house({.smtpUrl = sink.url(), .user = u"house"_s, .passwordFile = write(u"password"_s, "another\n")});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 1));
    QTRY_VERIFY_WITH_TIMEOUT(!house.error(order).isEmpty(), 20'000);
    QVERIFY2(house.error(order).startsWith(u"535"_s), qPrintable(house.error(order)));
    QVERIFY(!house.error(order).contains(u"another"_s));
    QCOMPARE(house.count(order, u"queued"_s), 1);
    QCOMPARE(sink.mails().size(), 0);
}

void TestMail::withoutAServerMailsAreFilesAndARepeatIsTheSame()
{
    const QString folder = m_folder.filePath(u"mails"_s);
    MailWorld house({.folder = folder});
    const OrderView order = house.sellTo(u"olivia@example.org"_s, seats(1, 1), u"Olivia\r\nBcc: all@example.org"_s);
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"sent"_s), 1, 20'000);
    const auto files = [&folder] { return QDir(folder).entryList(QDir::Files | QDir::Hidden); };
    QCOMPARE(files().size(), 1);
    QVERIFY(files().first().endsWith(u".eml"_s));
    const auto headers = [&] {
        QFile file(folder + u'/' + files().first());
        return file.open(QIODevice::ReadOnly) ? readMail(file.readAll())[u"headers"_s].toObject() : QJsonObject();
    };
    const QJsonObject first = headers();
    QVERIFY(!first.contains(u"bcc"_s));
    // As if the server had died before it wrote down that the mail was sent.
    house.world().sql(u"update mail set state = 'queued', ended_at = null, due_at = now()"_s);
    QTRY_COMPARE_WITH_TIMEOUT(house.count(order, u"sent"_s), 1, 20'000);
    QCOMPARE(files().size(), 1);
    QCOMPARE(headers()[u"message-id"_s], first[u"message-id"_s]);
    QCOMPARE(headers()[u"date"_s], first[u"date"_s]);
    QCOMPARE(house.world().sqlNumber(u"select attempts from mail"_s), 2);
}

void TestMail::ofTwoServersOneSendsEachMail()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    Database second(DatabaseConfig{.dsn = house.world().dsn()});
    MailService other(second, house.world().tickets(), need(setUpMail({.smtpUrl = sink.url()})),
                      {.from = u"tickets@playhouse.example"_s,
                       .support = {},
                       .shopUrl = [] { return u"https://shop.example"_s; },
                       .lookInterval = std::chrono::milliseconds(20)});
    other.start();
    for (int seat = 1; seat <= 8; ++seat)
        QVERIFY(!house.sellTo(u"olivia%1@example.org"_s.arg(seat), seats(seat, seat)).tickets.empty());
    QTRY_COMPARE_WITH_TIMEOUT(house.world().sqlNumber(u"select count(*) from mail where state = 'sent'"_s), 8, 30'000);
    QSet<QString> recipients;
    for (const QJsonObject &envelope : sink.envelopes())
        recipients.insert(envelope[u"to"_s][0].toString());
    QCOMPARE(recipients.size(), 8);
    QCOMPARE(sink.mails().size(), 8);
}

void TestMail::ofManyAtOnceEachBringsItsOwn()
{
    const SmtpSink sink;
    MailWorld house({.smtpUrl = sink.url()});
    house.mails().stop();
    std::vector<OrderView> orders;
    for (int i = 0; i < 4; ++i)
        orders.push_back(house.sellTo(u"olivia%1@example.org"_s.arg(i), seats(2 * i + 1, 2 * i + 2)));
    QTRY_COMPARE_WITH_TIMEOUT(house.world().sqlNumber(u"select count(*) from mail"_s), 4, 20'000);
    // One ticket belongs to somebody else by now, and is not the buyer's to be sent.
    house.world().sql(u"update ticket set holder_email = 'zoe@example.org' where line_no = 1 and order_id = '%1'"_s.arg(
        orders[2].id.text()));

    const QTemporaryDir folder;
    MailService next = house.afterNextStart(folder);
    next.start();
    QTRY_COMPARE_WITH_TIMEOUT(house.world().sqlNumber(u"select count(*) from mail where state = 'sent'"_s), 4, 20'000);
    const QStringList all = house.world().sqlText(u"select string_agg(human_code, ' ') from ticket"_s).split(u' ');
    for (const OrderView &order : orders) {
        QFile file(folder.filePath(
            house.world().sqlText(u"select id from mail where order_id = '%1'"_s.arg(order.id.text())) + u".eml"_s));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        const QString text = readMail(file.readAll())[u"parts"_s][0][u"text"_s].toString();
        QVERIFY(text.contains(order.number));
        const QString own = house.world().sqlText(
            u"select string_agg(human_code, ' ') from ticket where holder_email = '' and order_id = '%1'"_s.arg(
                order.id.text()));
        for (const QString &code : all)
            QCOMPARE(text.contains(code), own.contains(code));
    }
}

void TestMail::settingsThatCannotWorkAreRefused()
{
    QCOMPARE(refusal(setUpMail({.smtpUrl = u"smtp://127.0.0.1"_s, .user = u"house"_s})), u"invalid_input"_s);
    QCOMPARE(refusal(setUpMail(
                 {.smtpUrl = u"smtp://127.0.0.1"_s, .user = u"house"_s, .passwordFile = m_folder.filePath(u"none"_s)})),
             u"not_found"_s);
    QCOMPARE(refusal(setUpMail(
                 {.smtpUrl = u"smtp://127.0.0.1"_s, .user = u"house"_s, .passwordFile = write(u"empty"_s, "\n")})),
             u"invalid_input"_s);
    QCOMPARE(refusal(setUpMail({.folder = write(u"a-file"_s, "x") + u"/below"_s})), u"unavailable"_s);
}

QTEST_MAIN(TestMail)
#include "tst_mail.moc"
