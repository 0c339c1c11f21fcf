#pragma once

#include "edge/http.h"

#include <QByteArrayView>
#include <QStringList>

#include <optional>

/// The text of HTTP that needs no socket: decoding of targets, heads of responses, problems. Pure functions.
namespace parterre::server::wire {

constexpr qsizetype targetBytesMax = 8 * 1024; ///< RFC 9110 section 4.1 asks for 8,000 at least.

/// Strict percent-decoding: bad escapes, control characters and invalid UTF-8 are nothing. `+` is a space in queries.
enum class Plus { Literal, Space };
[[nodiscard]] std::optional<QString> percentDecoded(QByteArrayView text, Plus plus);

/// Fills path and query from a request target in origin or absolute form; false when it is malformed. An escaped
/// slash is refused: it would move the borders of segments after routing has been decided upon.
[[nodiscard]] bool readTarget(QByteArrayView target, HttpRequest &request);

/// A refusal of the edge itself, by the one writer of edge/problem.h.
[[nodiscard]] HttpResponse problem(int status, const char *code, const QString &detail);

struct HeadFacts
{
    QByteArray requestId;
    bool keepAlive = true;
    bool bodyFollows = true; ///< False where the response has no length of its own, as an event stream.
};
/// Status line and headers with the blank line. Headers that we own (length, connection, date) or that hold line
/// breaks are left out, so that no handler can break the framing.
[[nodiscard]] QByteArray responseHead(const HttpResponse &response, const HeadFacts &facts);

/// 1 to 64 characters of `[A-Za-z0-9._-]`.
[[nodiscard]] bool isRequestId(QByteArrayView text);

/// The caller behind trusted proxies: of X-Forwarded-For the last address that no trusted proxy has.
[[nodiscard]] QString callerAddress(const QString &peer, const QByteArray &forwardedFor, const QStringList &trusted);

} // namespace parterre::server::wire
