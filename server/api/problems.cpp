#include "api/problems.h"

#include "base/assert.h"
#include "edge/problem.h"

#include <QJsonArray>
#include <QLoggingCategory>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace parterre::server {

namespace {

Q_LOGGING_CATEGORY(logApi, "parterre.api")

struct Kind
{
    ErrorCode code;
    int status;
    const char *title;
    int retryAfterSeconds = 0; ///< For a refusal that does not say itself how long to wait.
};

/// By what the caller can do about it: 4xx changes the request or gives up, 503 sends the same request again. In
/// progress and unknown outcomes are asked again with the same key, which never does a thing twice (design D5).
constexpr std::array<Kind, 23> kinds{{
    {ErrorCode::InvalidInput, 400, "The request cannot be read"},
    {ErrorCode::TooLarge, 413, "Too much at once"},
    {ErrorCode::NotFound, 404, "Not found"},
    {ErrorCode::Unauthenticated, 401, "No valid session"},
    {ErrorCode::Forbidden, 403, "Not allowed"},
    {ErrorCode::RateLimited, 429, "Too many requests", 1},
    {ErrorCode::NotOnSale, 409, "Not on sale"},
    {ErrorCode::SeatTaken, 409, "Place taken"},
    {ErrorCode::SeatLeftAlone, 409, "A seat would be left alone"},
    {ErrorCode::SoldOut, 409, "Sold out"},
    {ErrorCode::PurchaseLimit, 409, "Purchase limit"},
    {ErrorCode::HoldGone, 409, "Hold ended"},
    {ErrorCode::WrongState, 409, "Not possible now"},
    {ErrorCode::AmountMismatch, 409, "Wrong amount"},
    {ErrorCode::PaymentDeclined, 402, "Payment declined"},
    {ErrorCode::PaymentInDoubt, 503, "Payment in doubt", 2},
    {ErrorCode::KeyReused, 422, "Key used before"},
    {ErrorCode::InProgress, 409, "In progress", 1},
    {ErrorCode::VersionMismatch, 400, "Unknown protocol version"},
    {ErrorCode::Overloaded, 503, "Overloaded", 1},
    {ErrorCode::Unavailable, 503, "Unavailable", 2},
    {ErrorCode::OutcomeUnknown, 503, "Outcome unknown", 1},
    {ErrorCode::Internal, 500, "Internal error"},
}};

const Kind &kindOf(ErrorCode code)
{
    const auto *found =
        std::find_if(kinds.begin(), kinds.end(), [code](const Kind &kind) { return kind.code == code; });
    PT_ASSERT(found != kinds.end(), "every code has its line in the table");
    return *found;
}

} // namespace

HttpResponse problemResponse(const Error &error)
{
    const Kind &kind = kindOf(error.code);
    QJsonObject more;
    if (!error.field.isEmpty())
        more.insert(u"errors"_s, QJsonArray{QJsonObject{{u"pointer"_s, error.field}, {u"detail"_s, error.message}}});
    if (!error.details.isEmpty())
        more.insert(u"details"_s, error.details);
    auto response = problemResponse(
        {.status = kind.status,
         .code = errorCodeName(error.code),
         .title = QString::fromLatin1(kind.title),
         .detail = error.message,
         .more = more,
         .retryAfterSeconds = error.retryAfterSeconds > 0 ? error.retryAfterSeconds : kind.retryAfterSeconds});
    if (error.code == ErrorCode::Unauthenticated) // RFC 9110 section 11.6.1 wants the scheme named.
        response.with("WWW-Authenticate", "Bearer");
    return response;
}

HttpResponse refusal(const Error &error, const HttpRequest &request)
{
    if (error.code == ErrorCode::Internal)
        qCWarning(logApi).noquote() << request.requestId << request.method << request.path << error.message;
    return problemResponse(error);
}

} // namespace parterre::server
