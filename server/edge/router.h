#pragma once

#include "edge/http.h"

#include "base/limits.h"

#include <QStringList>

#include <optional>

namespace parterre::server {

using HttpHandler = std::function<void(HttpRequest request, HttpReply reply)>;
/// Refuse before anything is streamed by returning an error response; otherwise keep the stream and write to it.
using EventStreamHandler =
    std::function<std::optional<HttpResponse>(const HttpRequest &request, std::shared_ptr<EventStream> stream)>;
using WebSocketFactory =
    std::function<std::unique_ptr<WebSocketHandler>(const HttpRequest &request, std::shared_ptr<WebSocketPeer> peer)>;

/// Carries a request out on the network's own thread, which must never wait: true when it is answered, or will be.
/// False when nothing was done, and the handler is to have it.
using PromptHandler = std::function<bool(const HttpRequest &request, const HttpReply &reply)>;

struct RouteOptions
{
    qsizetype bodyBytesMax = limits::httpBodyBytesMax;
    PromptHandler prompt{}; ///< Asked before the handler, for what comes thousands of times a second.
};

/// Paths with `{name}` for one segment. Built once before the edge listens, then only read.
///
/// An unknown path is 404, a known path with another method 405 with Allow; HEAD is answered from GET. Handlers run on
/// the worker pool and may block on the database; when the pool's queue is full the edge answers 503 with Retry-After
/// and the handler is never called. A prompt handler goes before it, without the pool.
class Router
{
public:
    void add(const QByteArray &method, const QString &pattern, HttpHandler handler, RouteOptions options = {});
    void addEventStream(const QString &pattern, EventStreamHandler handler);
    void addWebSocket(const QString &pattern, WebSocketFactory factory);
    /// Serves the files below `folder` (or a Qt resource prefix) at `prefix`; `/` serves index.html. Read into memory
    /// once at start, with ETag, Content-Type, Content-Security-Policy and Cache-Control.
    Status addStaticFiles(const QString &prefix, const QString &folder);

    struct Route
    {
        QByteArray method;
        QStringList segments;
        HttpHandler http;
        EventStreamHandler stream;
        WebSocketFactory webSocket;
        RouteOptions options;
    };
    struct Match
    {
        const Route *route = nullptr;
        QHash<QString, QString> pathValues;
        QByteArray allowedMethods; ///< Where the path is known but not for this method.
    };
    [[nodiscard]] Match match(const QByteArray &method, const QString &path) const;

private:
    void index(const QString &pattern);

    std::vector<Route> m_routes;
    QHash<QString, QList<size_t>> m_literals; ///< Routes without placeholders by path: most requests end here.
    std::vector<size_t> m_patterns;
};

} // namespace parterre::server
