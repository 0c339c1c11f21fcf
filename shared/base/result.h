#pragma once

#include "base/error.h"

#include <expected>
#include <utility>

namespace parterre {

/// A value, or the refusal that stands in its place.
template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return refuse(ErrorCode::NotFound, tr("..."))` reads as what it does.
[[nodiscard]] inline std::unexpected<Error> refuse(ErrorCode code, QString message, QString field = {})
{
    return std::unexpected(Error{.code = code, .message = std::move(message), .field = std::move(field)});
}

[[nodiscard]] inline std::unexpected<Error> refuse(Error error)
{
    return std::unexpected(std::move(error));
}

} // namespace parterre

#define PT_CONCAT_INNER(a, b) a##b
#define PT_CONCAT(a, b) PT_CONCAT_INNER(a, b)

/// `PT_TRY(auto hold, findHold(id));` declares `hold`, or hands the refusal on to our caller.
#define PT_TRY(declaration, expression)                                                                                \
    auto PT_CONCAT(ptTry, __LINE__) = (expression);                                                                    \
    if (!PT_CONCAT(ptTry, __LINE__))                                                                                   \
        return std::unexpected(std::move(PT_CONCAT(ptTry, __LINE__)).error());                                         \
    declaration = *std::move(PT_CONCAT(ptTry, __LINE__))

/// `PT_CHECK(validate(command));` hands a refusal on to our caller and keeps nothing.
#define PT_CHECK(expression)                                                                                           \
    do {                                                                                                               \
        if (auto ptChecked = (expression); !ptChecked)                                                                 \
            return std::unexpected(std::move(ptChecked).error());                                                      \
    } while (false)
