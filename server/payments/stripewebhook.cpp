#include "payments/stripewebhook.h"

#include "runtime/sha256.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <optional>

#include <sodium.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype headerBytesMax = 4'096;

struct Signature
{
    std::optional<qint64> time;
    QByteArrayList codes; ///< Of scheme v1; others are for tests of Stripe's own.
};

Signature readSignature(const QByteArray &header)
{
    Signature signature;
    for (const QByteArray &part : header.split(',')) {
        const QByteArray name = part.left(part.indexOf('=')).trimmed();
        const QByteArray value = part.mid(part.indexOf('=') + 1).trimmed();
        bool isNumber = false;
        const qint64 number = value.toLongLong(&isNumber);
        if (name == "t" && isNumber)
            signature.time = number;
        else if (name == "v1")
            signature.codes.append(value);
    }
    return signature;
}

/// Takes as long for a wrong byte at the end as for one at the beginning.
bool isSame(const QByteArray &one, const QByteArray &other)
{
    return one.size() == other.size() &&
           sodium_memcmp(one.constData(), other.constData(), static_cast<size_t>(one.size())) == 0;
}

Error forged(const QString &why)
{
    return {.code = ErrorCode::Forbidden, .message = why};
}

} // namespace

Status checkStripeSignature(const QByteArray &header, const QByteArray &body, const QByteArrayList &secrets,
                            Instant now)
{
    if (header.isEmpty())
        return refuse(forged(u"There is no Stripe-Signature."_s));
    if (header.size() > headerBytesMax)
        return refuse(forged(u"Stripe-Signature is longer than %1 bytes."_s.arg(headerBytesMax)));
    const Signature signature = readSignature(header);
    if (!signature.time || signature.codes.isEmpty())
        return refuse(forged(u"Stripe-Signature names no time or no signature of scheme v1."_s));
    bool isGenuine = false;
    for (const QByteArray &secret : secrets) {
        const QByteArray code = hmacSha256(secret, QByteArray::number(*signature.time) + '.', body).toHex();
        for (const QByteArray &given : signature.codes)
            isGenuine = isSame(given, code) || isGenuine;
    }
    if (!isGenuine)
        return refuse(forged(u"The signature is not of this body by a secret that we share."_s));
    const Seconds age = std::chrono::floor<Seconds>(now).time_since_epoch() - Seconds(*signature.time);
    if (age > stripeSignatureTolerance || age < -stripeSignatureTolerance)
        return refuse(forged(u"The signature is %1 seconds old; up to %2 are taken, either way."_s.arg(age.count())
                                 .arg(stripeSignatureTolerance.count())));
    return {};
}

bool stripeRefundIsLost(const QString &status)
{
    return status == u"failed" || status == u"canceled";
}

ProviderNews::Kind stripeEventKind(const QString &type)
{
    using News = ProviderNews::Kind;
    if (type == u"payment_intent.amount_capturable_updated" || type == u"payment_intent.succeeded")
        return News::MoneyCame;
    if (type.startsWith(u"refund."_s) || type.startsWith(u"charge.dispute."_s) || type == u"charge.refunded")
        return News::MoneyReturned;
    const bool isPayment = type.startsWith(u"payment_intent."_s) || type.startsWith(u"charge."_s);
    return isPayment ? News::Progress : News::Other;
}

Result<ProviderNews> readStripeEvent(const QByteArray &body)
{
    const QJsonObject event = QJsonDocument::fromJson(body).object();
    const QJsonObject object = event.value(u"data"_s)[u"object"_s].toObject();
    ProviderNews news{.id = event.value(u"id"_s).toString(), .type = event.value(u"type"_s).toString()};
    if (news.id.isEmpty() || news.type.isEmpty() || news.id.size() > stripeIdCharactersMax ||
        news.type.size() > stripeIdCharactersMax)
        return refuse(ErrorCode::InvalidInput, u"This is no event: it needs an `id` and a `type` of up to 255 "
                                               "characters."_s);
    news.kind = stripeEventKind(news.type);
    const bool isIntent = object.value(u"object"_s).toString() == u"payment_intent";
    news.reference = object.value(isIntent ? u"id"_s : u"payment_intent"_s).toString().left(stripeIdCharactersMax);
    news.payment = PaymentId::fromText(object.value(u"metadata"_s)[u"payment"_s].toString());
    if (object.value(u"object"_s).toString() == u"refund") {
        news.refund = object.value(u"metadata"_s)[u"refund"_s].toString().left(stripeIdCharactersMax);
        if (const QString status = object.value(u"status"_s).toString(); stripeRefundIsLost(status))
            news.failure = u"The card did not take the refund: %1."_s.arg(
                object.value(u"failure_reason"_s).toString(status).left(stripeIdCharactersMax));
    }
    return news;
}

} // namespace parterre::server
