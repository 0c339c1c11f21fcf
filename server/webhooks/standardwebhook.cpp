#include "webhooks/standardwebhook.h"

#include "base/assert.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>

#include <sodium.h>

namespace parterre::server::standardwebhook {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype secretBytes = 32; // The rules ask for 24 to 64.
constexpr qsizetype bodyBytesMax = 20'000;
constexpr QLatin1StringView prefix("whsec_");

} // namespace

QString createSecret()
{
    PT_ASSERT(sodium_init() >= 0, "libsodium can be initialised");
    QByteArray bytes(secretBytes, Qt::Uninitialized);
    randombytes_buf(bytes.data(), static_cast<size_t>(bytes.size()));
    return prefix + QString::fromLatin1(bytes.toBase64());
}

QByteArray signature(const QString &secret, const QString &id, qint64 unixSeconds, const QByteArray &body)
{
    const QByteArray key = QByteArray::fromBase64(secret.mid(prefix.size()).toLatin1());
    const QByteArray text = id.toUtf8() + '.' + QByteArray::number(unixSeconds) + '.' + body;
    return "v1," + QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256).toBase64();
}

Result<QByteArray> body(const OutboxFact &fact)
{
    const QJsonObject object{
        {u"type"_s, fact.topic}, {u"timestamp"_s, instantToText(fact.at)}, {u"data"_s, fact.payload}};
    QByteArray text = QJsonDocument(object).toJson(QJsonDocument::Compact);
    if (text.size() > bodyBytesMax)
        return refuse(
            ErrorCode::TooLarge,
            u"A webhook has at most %1 bytes, and this fact would have %2."_s.arg(bodyBytesMax).arg(text.size()));
    return text;
}

} // namespace parterre::server::standardwebhook
