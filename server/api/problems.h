#pragma once

#include "base/result.h"
#include "edge/http.h"

namespace parterre::server {

/// The answer for a refusal: status, title and type of its code from the one table, the sentence as `detail`, the field
/// as `errors`, the facts as `details`. Where waiting helps there is a Retry-After, of one second at least.
[[nodiscard]] HttpResponse problemResponse(const Error &error);

/// As above, and what is our own fault is logged under the request's id.
[[nodiscard]] HttpResponse refusal(const Error &error, const HttpRequest &request);

} // namespace parterre::server
