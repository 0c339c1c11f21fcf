#include "model/apierror.h"

namespace parterre::psp {

using namespace Qt::StringLiterals;

QJsonObject ApiError::body() const
{
    QJsonObject error{{u"type"_s, type}, {u"message"_s, message}};
    const auto put = [&error](const QString &name, const QString &value) {
        if (!value.isEmpty())
            error.insert(name, value);
    };
    put(u"code"_s, code);
    put(u"param"_s, param);
    put(u"decline_code"_s, declineCode);
    put(u"charge"_s, charge);
    if (!code.isEmpty())
        error.insert(u"doc_url"_s, u"https://stripe.com/docs/error-codes/"_s + QString(code).replace(u'_', u'-'));
    if (!paymentIntent.isEmpty())
        error.insert(u"payment_intent"_s, paymentIntent);
    return {{u"error"_s, error}};
}

ApiError badParameter(const QString &param, const QString &code, const QString &message)
{
    return {.code = code, .message = message, .param = param};
}

ApiError noSuchObject(const QString &kind, const QString &id, const QString &param)
{
    return {.status = 404,
            .code = u"resource_missing"_s,
            .message = u"No such %1: '%2'"_s.arg(kind, id.left(100)),
            .param = param};
}

ApiError idempotencyMismatch(const QString &key)
{
    return {.type = u"idempotency_error"_s,
            .message = u"Keys for idempotent requests can only be used with the same parameters they were first used "
                       "with. Try using a key other than '%1' if you meant to execute a different request."_s.arg(key)};
}

ApiError idempotencyKeyInUse(const QString &key)
{
    return {.status = 409,
            .type = u"idempotency_error"_s,
            .code = u"idempotency_key_in_use"_s,
            .message = u"There is currently another in-progress request using this Idempotent Key '%1' (that probably "
                       "means you submitted twice, and the other request is still going through)."_s.arg(key)};
}

ApiError lockTimeout()
{
    return {.status = 429,
            .code = u"lock_timeout"_s,
            .message = u"This object cannot be accessed right now because another API request or Stripe process is "
                       "currently accessing it. If you see this error intermittently, retry the request."_s};
}

ApiError invalidApiKey()
{
    return {.status = 401,
            .message = u"Invalid API Key provided. Use the secret key of this parterre-psp as a bearer token or as the "
                       "user of HTTP Basic."_s};
}

ApiError notPermitted()
{
    return {.status = 403, .message = u"The provided key does not have the required permissions for this endpoint."_s};
}

ApiError tooManyRequests()
{
    return {.status = 429,
            .code = u"rate_limit"_s,
            .message = u"Request rate limit exceeded. Retry with an exponential back-off."_s};
}

ApiError serverError()
{
    return {.status = 500,
            .type = u"api_error"_s,
            .message = u"An unknown error occurred. Whether the request was carried out is not known."_s,
            .began = true};
}

} // namespace parterre::psp
