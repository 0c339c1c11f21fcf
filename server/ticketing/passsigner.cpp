#include "ticketing/passsigner.h"

#include <QDir>
#include <QFile>
#include <QLoggingCategory>
#include <QRegularExpression>
#include <QSaveFile>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.wallet")

constexpr qint64 keyFileBytesMax = 64 * 1024; ///< A certificate has two thousand bytes.
constexpr int developmentKeyBits = 2'048;
constexpr long developmentDays = 3'650;
constexpr auto developmentPassType = "pass.parterre.development";
constexpr auto developmentTeam = "DEVELOPMNT";
constexpr auto developmentName = "Parterre development certificate, no telephone takes its passes";

template <auto Free>
struct Freed
{
    template <class T>
    void operator()(T *object) const
    {
        Free(object);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Freed<CMS_ContentInfo_free>>;

std::unexpected<Error> refusal(const QString &setting, const QString &what)
{
    return refuse(ErrorCode::InvalidInput, setting + u' ' + what, setting);
}

/// OpenSSL's own words for what it did not like, and none of them left for the next who asks.
QString opensslError()
{
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char *reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason ? QString::fromLatin1(reason) : u"no reason was given"_s;
}

Result<QByteArray> readFile(const QString &setting, const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refusal(setting, u"names %1, which cannot be read: %2."_s.arg(path, file.errorString()));
    const QByteArray bytes = file.read(keyFileBytesMax + 1);
    if (bytes.size() > keyFileBytesMax)
        return refusal(setting, u"names %1, which is larger than 64 KiB."_s.arg(path));
    return bytes;
}

Bio over(const QByteArray &bytes)
{
    return Bio(BIO_new_mem_buf(bytes.constData(), static_cast<int>(bytes.size())));
}

Result<Certificate> readCertificate(const QString &setting, const QString &path)
{
    PT_TRY(const QByteArray bytes, readFile(setting, path));
    Certificate certificate(PEM_read_bio_X509(over(bytes).get(), nullptr, nullptr, nullptr));
    if (!certificate) // As Apple hands them out.
        certificate.reset(d2i_X509_bio(over(bytes).get(), nullptr));
    if (!certificate)
        return refusal(setting, u"names %1, which is no certificate (PEM or DER): %2."_s.arg(path, opensslError()));
    ERR_clear_error();
    return certificate;
}

Result<Key> readKey(const QString &setting, const QString &path)
{
    PT_TRY(const QByteArray bytes, readFile(setting, path));
    // Without this a key with a passphrase would ask for it on the terminal.
    const auto noPassphrase = [](char *, int, int, void *) { return 0; };
    Key key(PEM_read_bio_PrivateKey(over(bytes).get(), nullptr, noPassphrase, nullptr));
    if (!key) {
        return refusal(
            setting, u"names %1, which is no private key in PEM without a passphrase: %2."_s.arg(path, opensslError()));
    }
    return key;
}

QString subjectPart(const X509 *certificate, int part)
{
    char text[256]{};
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), part, text, sizeof text);
    return length > 0 ? QString::fromUtf8(text, length) : QString();
}

Instant endOf(const X509 *certificate)
{
    tm fields{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &fields) != 1)
        return Instant();
    return Instant(std::chrono::seconds(::timegm(&fields)));
}

QByteArray pemOf(X509 *certificate)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    char *bytes = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &bytes);
    return QByteArray(bytes, length);
}

QByteArray pemOf(EVP_PKEY *key)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    char *bytes = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &bytes);
    return QByteArray(bytes, length);
}

/// Certificate and key in one file: there is never one without the other.
Status makeDevelopmentFile(const QString &path)
{
    const Key key(EVP_RSA_gen(developmentKeyBits));
    const Certificate certificate(X509_new());
    if (!key || !certificate)
        return refuse(ErrorCode::Internal, u"No key for passes could be made: %1."_s.arg(opensslError()));
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3'600);
    X509_time_adj_ex(X509_getm_notAfter(certificate.get()), developmentDays, 0, nullptr);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME *name = X509_get_subject_name(certificate.get());
    const auto add = [&](const char *part, const char *text) {
        X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(text), -1, -1, 0);
    };
    add("UID", developmentPassType);
    add("CN", developmentName);
    add("OU", developmentTeam);
    X509_set_issuer_name(certificate.get(), name);
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0)
        return refuse(ErrorCode::Internal, u"No certificate for passes could be made: %1."_s.arg(opensslError()));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(pemOf(certificate.get()) + pemOf(key.get())) < 0 || !file.commit())
        return refuse(ErrorCode::Unavailable, u"The file %1 cannot be written: %2."_s.arg(path, file.errorString()));
    qCInfo(log).noquote() << "made a development certificate for passes, which no telephone takes:" << path;
    return {};
}

} // namespace

class PassSigner::Keys
{
public:
    Certificate certificate;
    Key key;
    Certificate wwdr; ///< Null with the development certificate, which signs itself.

    /// The setting that does not fit the others.
    [[nodiscard]] Status check(const PassSettings &settings) const
    {
        if (X509_check_private_key(certificate.get(), key.get()) != 1) {
            ERR_clear_error();
            return refusal(u"wallet-key-file"_s, u"is not the key of the certificate in wallet-certificate-file."_s);
        }
        if (X509_check_issued(wwdr.get(), certificate.get()) != X509_V_OK) {
            return refusal(
                u"wallet-wwdr-file"_s,
                u"did not sign the certificate in wallet-certificate-file; its issuer is \"%1\"."_s.arg(issuer()));
        }
        if (const QString named = subjectPart(certificate.get(), NID_userId); named != settings.passType) {
            return refusal(u"wallet-pass-type"_s,
                           u"is \"%1\", but the certificate is for \"%2\"."_s.arg(settings.passType, named));
        }
        if (const QString named = subjectPart(certificate.get(), NID_organizationalUnitName); named != settings.team)
            return refusal(u"wallet-team"_s,
                           u"is \"%1\", but the certificate is of \"%2\"."_s.arg(settings.team, named));
        return {};
    }

private:
    [[nodiscard]] QString issuer() const
    {
        char text[256]{};
        X509_NAME_get_text_by_NID(X509_get_issuer_name(certificate.get()), NID_commonName, text, sizeof text);
        return QString::fromUtf8(text);
    }
};

PassSigner::PassSigner(std::unique_ptr<Keys> keys)
    : m_keys(std::move(keys))
    , m_validUntil(endOf(m_keys->certificate.get()))
{}

PassSigner::~PassSigner() = default;
PassSigner::PassSigner(PassSigner &&) noexcept = default;
PassSigner &PassSigner::operator=(PassSigner &&) noexcept = default;

Result<PassSigner> PassSigner::open(const PassSettings &settings)
{
    struct Given
    {
        QString name;
        QString text;
    };
    const std::vector<Given> given{{u"wallet-certificate-file"_s, settings.certificateFile},
                                   {u"wallet-key-file"_s, settings.keyFile},
                                   {u"wallet-wwdr-file"_s, settings.wwdrFile},
                                   {u"wallet-pass-type"_s, settings.passType},
                                   {u"wallet-team"_s, settings.team}};
    const auto isEmpty = [](const Given &one) { return one.text.isEmpty(); };
    auto keys = std::make_unique<Keys>();
    if (std::ranges::all_of(given, isEmpty)) {
        const QString path = settings.folder + u"/development.pem"_s;
        if (!QDir().mkpath(settings.folder))
            return refuse(ErrorCode::Unavailable, u"The folder %1 cannot be made."_s.arg(settings.folder));
        if (!QFile::exists(path))
            PT_CHECK(makeDevelopmentFile(path));
        PT_TRY(keys->certificate, readCertificate(u"data-dir"_s, path));
        PT_TRY(keys->key, readKey(u"data-dir"_s, path));
        PassSigner signer(std::move(keys));
        signer.m_passType = QString::fromLatin1(developmentPassType);
        signer.m_team = QString::fromLatin1(developmentTeam);
        signer.m_isDevelopment = true;
        return signer;
    }
    if (const auto missing = std::ranges::find_if(given, isEmpty); missing != given.end()) {
        return refusal(missing->name,
                       u"is missing: passes need it beside the other settings of wallet, or none of them for a "
                       "development certificate."_s);
    }
    static const QRegularExpression passTypeForm(u"^pass\\.[A-Za-z0-9.-]{1,200}$"_s);
    static const QRegularExpression teamForm(u"^[A-Z0-9]{10}$"_s);
    if (!passTypeForm.match(settings.passType).hasMatch())
        return refusal(u"wallet-pass-type"_s,
                       u"is \"%1\", but must be like pass.org.example.tickets."_s.arg(settings.passType.left(100)));
    if (!teamForm.match(settings.team).hasMatch())
        return refusal(u"wallet-team"_s,
                       u"is \"%1\", but must be ten capital letters and digits."_s.arg(settings.team.left(100)));
    PT_TRY(keys->certificate, readCertificate(u"wallet-certificate-file"_s, settings.certificateFile));
    PT_TRY(keys->key, readKey(u"wallet-key-file"_s, settings.keyFile));
    PT_TRY(keys->wwdr, readCertificate(u"wallet-wwdr-file"_s, settings.wwdrFile));
    PT_CHECK(keys->check(settings));
    PassSigner signer(std::move(keys));
    signer.m_passType = settings.passType;
    signer.m_team = settings.team;
    return signer;
}

Result<QByteArray> PassSigner::sign(const QByteArray &manifest, Instant now) const
{
    if (now >= m_validUntil) {
        return refuse(ErrorCode::Unavailable,
                      u"Tickets for Apple Wallet cannot be made at the moment; the PDF has the same codes."_s);
    }
    const auto failed = [] {
        const QString reason = opensslError();
        qCCritical(log).noquote() << "a pass was not signed:" << reason;
        return refuse(ErrorCode::Internal, u"Something went wrong on our side; the log says what."_s);
    };
    STACK_OF(X509) *chain = sk_X509_new_null();
    const auto freeChain = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509) *)>(
        chain, [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
    if (!chain || (m_keys->wwdr && sk_X509_push(chain, m_keys->wwdr.get()) == 0))
        return failed();
    // The signing time and the digest are signed attributes unless they are forbidden.
    const Cms cms(CMS_sign(m_keys->certificate.get(), m_keys->key.get(), chain, over(manifest).get(),
                           CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP));
    if (!cms)
        return failed();
    const Bio bio(BIO_new(BIO_s_mem()));
    if (i2d_CMS_bio(bio.get(), cms.get()) != 1)
        return failed();
    char *bytes = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &bytes);
    return QByteArray(bytes, length);
}

} // namespace parterre::server
