#include "base/error.h"

#include <array>
#include <utility>

namespace parterre {

namespace {

using namespace Qt::StringLiterals;

constexpr std::array<std::pair<ErrorCode, const char *>, 23> errorNames{{
    {ErrorCode::InvalidInput, "invalid_input"},
    {ErrorCode::TooLarge, "too_large"},
    {ErrorCode::NotFound, "not_found"},
    {ErrorCode::Unauthenticated, "unauthenticated"},
    {ErrorCode::Forbidden, "forbidden"},
    {ErrorCode::RateLimited, "rate_limited"},
    {ErrorCode::NotOnSale, "not_on_sale"},
    {ErrorCode::SeatTaken, "seat_taken"},
    {ErrorCode::SeatLeftAlone, "seat_left_alone"},
    {ErrorCode::SoldOut, "sold_out"},
    {ErrorCode::PurchaseLimit, "purchase_limit"},
    {ErrorCode::HoldGone, "hold_gone"},
    {ErrorCode::WrongState, "wrong_state"},
    {ErrorCode::AmountMismatch, "amount_mismatch"},
    {ErrorCode::PaymentDeclined, "payment_declined"},
    {ErrorCode::PaymentInDoubt, "payment_in_doubt"},
    {ErrorCode::KeyReused, "key_reused"},
    {ErrorCode::InProgress, "in_progress"},
    {ErrorCode::VersionMismatch, "version_mismatch"},
    {ErrorCode::Overloaded, "overloaded"},
    {ErrorCode::Unavailable, "unavailable"},
    {ErrorCode::OutcomeUnknown, "outcome_unknown"},
    {ErrorCode::Internal, "internal"},
}};

} // namespace

QString errorCodeName(ErrorCode code)
{
    for (const auto &[known, name] : errorNames) {
        if (known == code)
            return QString::fromLatin1(name);
    }
    return u"internal"_s;
}

ErrorCode errorCodeFromName(const QString &name)
{
    for (const auto &[code, known] : errorNames) {
        if (name == QLatin1StringView(known))
            return code;
    }
    return ErrorCode::Internal;
}

QJsonObject errorToJson(const Error &error)
{
    QJsonObject object{{u"code"_s, errorCodeName(error.code)}, {u"message"_s, error.message}};
    if (!error.field.isEmpty())
        object.insert(u"field"_s, error.field);
    if (!error.details.isEmpty())
        object.insert(u"details"_s, error.details);
    if (error.retryAfterSeconds > 0)
        object.insert(u"retry_after"_s, error.retryAfterSeconds);
    return object;
}

Error errorFromJson(const QJsonObject &object)
{
    return Error{.code = errorCodeFromName(object.value(u"code"_s).toString()),
                 .message = object.value(u"message"_s).toString(),
                 .field = object.value(u"field"_s).toString(),
                 .details = object.value(u"details"_s).toObject(),
                 .retryAfterSeconds = object.value(u"retry_after"_s).toInt()};
}

} // namespace parterre
