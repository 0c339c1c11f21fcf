#include "support/apiserver.h"
#include "support/readmail.h"
#include "ticketing/walletpass.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QImage>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using namespace parterre::test;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString passPath(const OrderView &order, const TicketId &ticket)
{
    return u"/v1/orders/%1/tickets/%2/pass.pkpass"_s.arg(order.id.text(), ticket.text());
}

/// A pass that others have unpacked: Python the ZIP, openssl the signature.
class OpenedPass
{
public:
    explicit OpenedPass(const QByteArray &bytes)
    {
        QFile file(m_folder.filePath(u"pass.pkpass"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("no room for a pass");
        file.close();
        m_isZip =
            runProgram(u"python3"_s, {u"-m"_s, u"zipfile"_s, u"-e"_s, file.fileName(), path(u"in"_s)}).exitCode == 0;
    }
    [[nodiscard]] bool isZip() const { return m_isZip; }
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] QStringList names() const { return QDir(path(u"in"_s)).entryList(QDir::Files, QDir::Name); }
    [[nodiscard]] QByteArray file(const QString &name) const { return contentOf(path(u"in/"_s + name)); }
    [[nodiscard]] QJsonObject json(const QString &name) const { return QJsonDocument::fromJson(file(name)).object(); }
    /// Whether the signature is of this manifest, by a certificate that `authority` vouches for.
    [[nodiscard]] bool isSigned(const QString &authority, const QString &manifest) const
    {
        return runProgram(u"openssl"_s, {u"cms"_s, u"-verify"_s, u"-binary"_s, u"-inform"_s, u"DER"_s, u"-in"_s,
                                         path(u"in/signature"_s), u"-content"_s, manifest, u"-CAfile"_s, authority,
                                         u"-purpose"_s, u"any"_s, u"-out"_s, u"/dev/null"_s})
                   .exitCode == 0;
    }
    [[nodiscard]] QByteArray signatureInWords() const
    {
        return runProgram(u"openssl"_s, {u"cms"_s, u"-cmsout"_s, u"-print"_s, u"-inform"_s, u"DER"_s, u"-in"_s,
                                         path(u"in/signature"_s)})
            .output;
    }

private:
    QTemporaryDir m_folder;
    bool m_isZip = false;
};

/// What Apple gives to who sells tickets, by an authority of our own.
class Certificates
{
public:
    Certificates()
    {
        const bool areMade =
            openssl({u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-days"_s, u"2"_s, u"-subj"_s,
                     u"/CN=Test WWDR"_s, u"-keyout"_s, path(u"wwdr.key"_s), u"-out"_s, path(u"wwdr.pem"_s)}) &&
            openssl({u"req"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-subj"_s,
                     u"/UID=pass.org.example.tickets/CN=Pass Type ID/OU=A1B2C3D4E5"_s, u"-keyout"_s, path(u"key.pem"_s),
                     u"-out"_s, path(u"request.pem"_s)}) &&
            openssl({u"x509"_s, u"-req"_s, u"-days"_s, u"1"_s, u"-in"_s, path(u"request.pem"_s), u"-CA"_s,
                     path(u"wwdr.pem"_s), u"-CAkey"_s, path(u"wwdr.key"_s), u"-CAcreateserial"_s, u"-out"_s,
                     path(u"certificate.pem"_s)}) &&
            openssl(
                {u"x509"_s, u"-in"_s, path(u"wwdr.pem"_s), u"-outform"_s, u"DER"_s, u"-out"_s, path(u"wwdr.cer"_s)}) &&
            openssl({u"rsa"_s, u"-aes256"_s, u"-passout"_s, u"pass:secret"_s, u"-in"_s, path(u"key.pem"_s), u"-out"_s,
                     path(u"locked.pem"_s)});
        if (!areMade)
            qFatal("openssl has made no certificates");
    }
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] PassSettings settings() const
    {
        return {.certificateFile = path(u"certificate.pem"_s),
                .keyFile = path(u"key.pem"_s),
                .wwdrFile = path(u"wwdr.cer"_s),
                .passType = u"pass.org.example.tickets"_s,
                .team = u"A1B2C3D4E5"_s,
                .folder = {}};
    }

private:
    static bool openssl(const QStringList &arguments) { return runProgram(u"openssl"_s, arguments).exitCode == 0; }
    QTemporaryDir m_folder;
};

} // namespace

class TestWalletPass : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPassSaysWhatItsTicketSays();
    void itsFilesAreSignedAndNothingElse();
    void whatIsNoTicketAnyMoreHasNoPass();
    void whoGotATicketPassedOnHasItsPassByTheKeyOfTheMail();
    void ourCertificateSignsByItsAuthority();
    void settingsThatDoNotFitTogetherAreNamed_data();
    void settingsThatDoNotFitTogetherAreNamed();
    void anEndedCertificateSignsNothing();

private:
    const Certificates m_certificates;
};

void TestWalletPass::aPassSaysWhatItsTicketSays()
{
    ApiServer server;
    const OrderView order = need(server.world().sell(server.world().buyer(), {a(1), a(2)}));
    const Answer answer = server.get(passPath(order, order.tickets.at(1)), server.token());
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.headers["content-type"], QByteArray("application/vnd.apple.pkpass"));
    QVERIFY(answer.headers["content-disposition"].contains((order.number + u"-2.pkpass"_s).toLatin1()));
    const OpenedPass pass(answer.body);
    QVERIFY(pass.isZip());
    const QJsonObject json = pass.json(u"pass.json"_s);
    QCOMPARE(json[u"formatVersion"_s].toInt(), 1);
    QCOMPARE(json[u"serialNumber"_s].toString(), order.tickets.at(1).text());
    QCOMPARE(json[u"organizationName"_s].toString(), order.venueName);
    QCOMPARE(json[u"relevantDate"_s].toString(), instantToText(order.startsAt));
    QVERIFY(json[u"description"_s].toString().contains(order.eventTitle));
    const QJsonObject code = json[u"barcodes"_s][0].toObject();
    QCOMPARE(code[u"format"_s].toString(), u"PKBarcodeFormatQR"_s);
    QCOMPARE(code[u"messageEncoding"_s].toString(), u"iso-8859-1"_s);
    QCOMPARE(code[u"message"_s].toString(), server.world().sqlText(u"select code from ticket where line_no = 2"_s));
    QCOMPARE(code[u"altText"_s].toString(),
             server.world().sqlText(u"select human_code from ticket where line_no = 2"_s));
    const QJsonObject ticket = json[u"eventTicket"_s].toObject();
    QCOMPARE(ticket[u"primaryFields"_s][0][u"value"_s].toString(), order.eventTitle);
    QStringList place;
    for (const auto &field : ticket[u"auxiliaryFields"_s].toArray())
        place.append(field[u"key"_s].toString() + u'=' + field[u"value"_s].toString());
    QCOMPARE(place, (QStringList{u"section=Stalls"_s, u"row=A"_s, u"seat=2"_s}));
    QCOMPARE(QJsonDocument(json[u"semantics"_s][u"seats"_s].toArray()).toJson(QJsonDocument::Compact),
             QByteArray("[{\"seatNumber\":\"2\",\"seatRow\":\"A\",\"seatSection\":\"Stalls\"}]"));
}

void TestWalletPass::itsFilesAreSignedAndNothingElse()
{
    const QTemporaryDir folder;
    const PassSigner signer = need(PassSigner::open({.folder = folder.filePath(u"wallet"_s)}));
    QVERIFY(signer.isDevelopment());
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const TicketSheet sheet = need(world.tickets().sheetOfOwner(order.id, world.buyer().owner)).sheet;
    const OpenedPass pass(need(makeWalletPass(sheet, signer, SystemClock().now())));
    QStringList names = pass.names();
    QVERIFY(names.removeOne(u"signature"_s) && names.removeOne(u"manifest.json"_s));
    const QJsonObject manifest = pass.json(u"manifest.json"_s);
    QCOMPARE(QStringList(manifest.keys()), names);
    for (const QString &name : names)
        QCOMPARE(manifest[name].toString().toLatin1(),
                 QCryptographicHash::hash(pass.file(name), QCryptographicHash::Sha1).toHex());
    QCOMPARE(QImage::fromData(pass.file(u"icon.png"_s)).size(), QSize(29, 29));
    QCOMPARE(QImage::fromData(pass.file(u"icon@2x.png"_s)).size(), QSize(58, 58));
    QCOMPARE(QImage::fromData(pass.file(u"logo.png"_s)).size(), QSize(50, 50));

    const QString authority = folder.filePath(u"wallet/development.pem"_s);
    QVERIFY(pass.isSigned(authority, pass.path(u"in/manifest.json"_s)));
    QVERIFY(pass.signatureInWords().contains("signingTime"));
    QFile forged(folder.filePath(u"forged.json"_s));
    QVERIFY(forged.open(QIODevice::WriteOnly));
    forged.write(pass.file(u"manifest.json"_s).replace("icon.png", "icon.gif"));
    forged.close();
    QVERIFY(!pass.isSigned(authority, forged.fileName()));
    QVERIFY(!pass.isSigned(m_certificates.path(u"wwdr.pem"_s), pass.path(u"in/manifest.json"_s)));
    // The next start has the same one, and nobody else can read its key.
    const PassSigner again = need(PassSigner::open({.folder = folder.filePath(u"wallet"_s)}));
    QCOMPARE(again.validUntil(), signer.validUntil());
    QCOMPARE(QFile::permissions(authority) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
}

void TestWalletPass::whatIsNoTicketAnyMoreHasNoPass()
{
    ApiServer server;
    SaleWorld &world = server.world();
    const OrderView order = need(world.sell(world.buyer(), {a(1), a(2)}));
    const OrderView other = need(world.sell(world.desk(), {a(3)}));
    const TicketId first = order.tickets.at(0);
    const auto status = [&](const OrderView &of, const TicketId &ticket) {
        return server.get(passPath(of, ticket), server.token()).status;
    };
    QCOMPARE(status(order, first), 200);
    QCOMPARE(status(other, other.tickets.front()), 404);
    QCOMPARE(status(order, other.tickets.front()), 409);
    QCOMPARE(server.get(passPath(order, first)).status, 401);
    const QByteArray key = world.tickets().orderKey(order.id).toLatin1();
    QCOMPARE(server.send("GET", passPath(order, first), {.headers = {{"Order-Key", key}}}).status, 200);

    const TicketAsker buyer{.owner = world.buyer().owner};
    need(world.fulfilment().reissue(buyer, SaleNode::newKey(world.buyer()), {.ticket = first}));
    QCOMPARE(status(order, first), 409);
    const auto fresh =
        TicketId::fromText(world.sqlText(u"select id from ticket where line_no = 1 and state = 'valid'"_s));
    QVERIFY(fresh && *fresh != first);
    const OpenedPass pass(server.get(passPath(order, *fresh), server.token()).body);
    QCOMPARE(pass.json(u"pass.json"_s)[u"serialNumber"_s].toString(), fresh->text());

    const TicketId second = order.tickets.at(1);
    need(world.fulfilment().transfer(buyer, SaleNode::newKey(world.buyer()),
                                     {.ticket = second, .name = u"Viola"_s, .email = u"viola@example.org"_s}));
    QCOMPARE(status(order, second), 409);
    const auto hers =
        TicketId::fromText(world.sqlText(u"select id from ticket where line_no = 2 and state = 'valid'"_s));
    QVERIFY(hers.has_value());
    QCOMPARE(status(order, *hers), 409);
}

void TestWalletPass::whoGotATicketPassedOnHasItsPassByTheKeyOfTheMail()
{
    ApiServer server;
    SaleWorld &world = server.world();
    const OrderView order = need(world.sell(world.buyer(), {a(1), a(2)}));
    const TicketAsker buyer{.owner = world.buyer().owner};
    const auto passOn = [&](const TicketId &ticket, const QString &name) {
        need(world.fulfilment().transfer(buyer, SaleNode::newKey(world.buyer()),
                                         {.ticket = ticket, .name = name, .email = u"viola@example.org"_s}));
        return *TicketId::fromText(world.sqlText(u"select id from ticket where line_no = 1 and state = 'valid'"_s));
    };
    const TicketId hers = passOn(order.tickets.at(0), u"Viola"_s);
    const auto keyOf = [&](const TicketId &ticket) {
        const QString url = world.tickets().ticketUrl(u"https://shop.example"_s, ticket);
        return url.section(u"?key="_s, 1).toLatin1();
    };
    const auto get = [&](const TicketId &ticket, const QString &below, const QByteArray &key) {
        return server.send("GET", u"/v1/tickets/%1%2"_s.arg(ticket.text(), below), {.headers = {{"Ticket-Key", key}}});
    };
    const Answer view = get(hers, {}, keyOf(hers));
    QCOMPARE(view.status, 200);
    QCOMPARE(view.headers.value("cache-control"), "no-store");
    QCOMPARE(view.json().value(u"holder_name"_s).toString(), u"Viola"_s);
    QCOMPARE(view.json().value(u"place_name"_s).toString(), u"Stalls, row A, seat 1"_s);
    QVERIFY(get(hers, u"/ticket.pdf"_s, keyOf(hers)).body.startsWith("%PDF-"));
    const OpenedPass pass(get(hers, u"/pass.pkpass"_s, keyOf(hers)).body);
    QCOMPARE(pass.json(u"pass.json"_s)[u"serialNumber"_s].toString(), hers.text());

    // Another ticket's key, the order's, half of one, and none.
    const QByteArray orders = world.tickets().orderKey(order.id).toLatin1();
    for (const QByteArray &key :
         {keyOf(order.tickets.at(1)), orders, keyOf(hers).left(13), keyOf(hers) + 'x', QByteArray()}) {
        for (const QString &below : {QString(), u"/ticket.pdf"_s, u"/pass.pkpass"_s})
            QCOMPARE(get(hers, below, key).status, 404);
    }
    QCOMPARE(server.send("GET", passPath(order, hers), {.headers = {{"Order-Key", keyOf(hers)}}}).status, 404);
    QCOMPARE(get(TicketId::create(), {}, keyOf(hers)).status, 404);

    // Void is void, also by its own key.
    world.sql(u"update ticket set state = 'void' where id = '%1'"_s.arg(hers.text()));
    QCOMPARE(get(hers, u"/pass.pkpass"_s, keyOf(hers)).status, 409);
    QCOMPARE(get(hers, {}, keyOf(hers)).code(), u"wrong_state"_s);
}

void TestWalletPass::ourCertificateSignsByItsAuthority()
{
    const PassSigner signer = need(PassSigner::open(m_certificates.settings()));
    QVERIFY(!signer.isDevelopment());
    SaleWorld world;
    const OrderView order = need(world.sell(world.buyer(), {a(1)}));
    const TicketSheet sheet = need(world.tickets().sheetOfOwner(order.id, world.buyer().owner)).sheet;
    const OpenedPass pass(need(makeWalletPass(sheet, signer, SystemClock().now())));
    QVERIFY(pass.isSigned(m_certificates.path(u"wwdr.pem"_s), pass.path(u"in/manifest.json"_s)));
    const QJsonObject json = pass.json(u"pass.json"_s);
    QCOMPARE(json[u"passTypeIdentifier"_s].toString(), u"pass.org.example.tickets"_s);
    QCOMPARE(json[u"teamIdentifier"_s].toString(), u"A1B2C3D4E5"_s);
    // Telephones have Apple's root alone: what is between has to come along.
    QVERIFY(pass.signatureInWords().contains("Test WWDR"));
    QCOMPARE(pass.signatureInWords().count("d.certificate:"), 2);
}

void TestWalletPass::settingsThatDoNotFitTogetherAreNamed_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("named");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const QString &setting, const QString &value, const QString &says,
                        const QString &named = {}) {
        QTest::newRow(name) << setting << value << (named.isEmpty() ? setting : named) << says;
    };
    const auto file = [this](const QString &name) { return m_certificates.path(name); };
    row("no certificate", u"wallet-certificate-file"_s, {}, u"is missing"_s);
    row("no key", u"wallet-key-file"_s, {}, u"is missing"_s);
    row("no team", u"wallet-team"_s, {}, u"is missing"_s);
    row("a file that is not there", u"wallet-certificate-file"_s, file(u"none"_s), u"cannot be read"_s);
    row("a file that is none", u"wallet-certificate-file"_s, file(u"key.pem"_s), u"no certificate"_s);
    row("a key that is none", u"wallet-key-file"_s, file(u"wwdr.pem"_s), u"no private key"_s);
    row("a key with a passphrase", u"wallet-key-file"_s, file(u"locked.pem"_s), u"passphrase"_s);
    row("another's key", u"wallet-key-file"_s, file(u"wwdr.key"_s), u"not the key"_s);
    row("another authority", u"wallet-wwdr-file"_s, file(u"certificate.pem"_s), u"did not sign"_s);
    row("too large", u"wallet-wwdr-file"_s, u"/dev/zero"_s, u"larger than 64 KiB"_s);
    row("another pass type", u"wallet-pass-type"_s, u"pass.org.example.other"_s, u"certificate is for"_s);
    row("no pass type", u"wallet-pass-type"_s, u"org.example"_s, u"must be like"_s);
    row("another team", u"wallet-team"_s, u"ZZZZZZZZZZ"_s, u"certificate is of"_s);
    row("no team at all", u"wallet-team"_s, u"team"_s, u"ten capital letters"_s);
}

void TestWalletPass::settingsThatDoNotFitTogetherAreNamed()
{
    QFETCH(QString, setting);
    QFETCH(QString, value);
    QFETCH(QString, named);
    QFETCH(QString, says);
    PassSettings settings = m_certificates.settings();
    QString *const member = setting == u"wallet-certificate-file" ? &settings.certificateFile
                            : setting == u"wallet-key-file"       ? &settings.keyFile
                            : setting == u"wallet-wwdr-file"      ? &settings.wwdrFile
                            : setting == u"wallet-pass-type"      ? &settings.passType
                                                                  : &settings.team;
    *member = value;
    const auto opened = PassSigner::open(settings);
    QVERIFY(!opened);
    QCOMPARE(opened.error().field, named);
    QVERIFY2(opened.error().message.startsWith(named) && opened.error().message.contains(says),
             qPrintable(opened.error().message));
}

void TestWalletPass::anEndedCertificateSignsNothing()
{
    const PassSigner signer = need(PassSigner::open(m_certificates.settings()));
    QVERIFY(signer.sign("{}", signer.validUntil() - 1s).has_value());
    QCOMPARE(signer.sign("{}", signer.validUntil()).error().code, ErrorCode::Unavailable);
}

QTEST_MAIN(TestWalletPass)
#include "tst_walletpass.moc"
