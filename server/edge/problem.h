#pragma once

#include "edge/http.h"

#include <QJsonObject>

namespace parterre::server {

/// What a refused request is told (RFC 9457). There is one writer for all of them: the edge refuses what is not HTTP or
/// has no route, and server/api what the services refuse.
struct Problem
{
    int status = 500;
    QString code;              ///< For programs, e.g. `seat_taken`; `type` is the URN of it.
    QString title;             ///< The same for every problem of one code; empty: the phrase of the status.
    QString detail;            ///< A sentence that says what to do; safe to show.
    QJsonObject more{};        ///< Further members: `errors`, `details`.
    int retryAfterSeconds = 0; ///< Above zero: `retry_after` and the header Retry-After.
};

[[nodiscard]] HttpResponse problemResponse(const Problem &problem);

/// The phrase that RFC 9110 gives to a status.
[[nodiscard]] const char *statusPhrase(int status);

} // namespace parterre::server
