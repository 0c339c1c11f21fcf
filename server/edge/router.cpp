#include "edge/router.h"

#include "edge/wire.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QMimeDatabase>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parterre::server {

namespace {

constexpr qint64 staticFileBytesMax = 32 * 1024 * 1024; ///< They stay in memory; a shop's page has nothing larger.

QStringList segmentsOf(const QString &path)
{
    return path.mid(path.startsWith(u'/') ? 1 : 0).split(u'/');
}

bool isPlaceholder(const QString &segment)
{
    return segment.size() > 2 && segment.startsWith(u'{') && segment.endsWith(u'}');
}

bool fits(const Router::Route &route, const QStringList &path)
{
    if (route.segments.size() != path.size())
        return false;
    for (qsizetype i = 0; i < path.size(); ++i) {
        const bool same = isPlaceholder(route.segments[i]) ? !path[i].isEmpty() : route.segments[i] == path[i];
        if (!same)
            return false;
    }
    return true;
}

/// A literal segment says more than a placeholder, the earlier the more: `/seats/free` wins over `/seats/{id}`.
bool saysMore(const Router::Route &a, const Router::Route &b)
{
    for (qsizetype i = 0; i < a.segments.size(); ++i) {
        const bool literalA = !isPlaceholder(a.segments[i]);
        const bool literalB = !isPlaceholder(b.segments[i]);
        if (literalA != literalB)
            return literalA;
    }
    return false;
}

bool methodFits(const Router::Route &route, const QByteArray &method)
{
    return route.method == method || (method == "HEAD" && route.method == "GET" && route.http);
}

QByteArray contentTypeOf(const QString &name)
{
    static const QHash<QString, QByteArray> known{{u"html"_s, "text/html; charset=utf-8"},
                                                  {u"css"_s, "text/css; charset=utf-8"},
                                                  {u"js"_s, "text/javascript; charset=utf-8"},
                                                  {u"mjs"_s, "text/javascript; charset=utf-8"},
                                                  {u"json"_s, "application/json; charset=utf-8"},
                                                  {u"svg"_s, "image/svg+xml; charset=utf-8"},
                                                  {u"txt"_s, "text/plain; charset=utf-8"},
                                                  {u"webmanifest"_s, "application/manifest+json"},
                                                  {u"png"_s, "image/png"},
                                                  {u"ico"_s, "image/x-icon"},
                                                  {u"woff2"_s, "font/woff2"}};
    const auto found = known.constFind(name.section(u'.', -1).toLower());
    return found != known.cend()
               ? *found
               : QMimeDatabase().mimeTypeForFile(name, QMimeDatabase::MatchExtension).name().toLatin1();
}

HttpHandler fileHandler(const QString &name, const QByteArray &content)
{
    const QByteArray etag = etagOf(content);
    const QByteArray type = contentTypeOf(name);
    const bool isPage = type.startsWith("text/html");
    return [=](const HttpRequest &request, const HttpReply &reply) {
        auto response = etagMatches(request.header("if-none-match"), etag) ? HttpResponse::empty(304)
                                                                           : HttpResponse::bytes(200, type, content);
        response.with("ETag", etag);
        response.with("Cache-Control", isPage ? "no-cache" : "public, max-age=300, must-revalidate");
        if (isPage) {
            response.with("Content-Security-Policy",
                          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
                          "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
            response.with("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        }
        reply.send(std::move(response));
    };
}

} // namespace

void Router::add(const QByteArray &method, const QString &pattern, HttpHandler handler, RouteOptions options)
{
    m_routes.push_back({.method = method,
                        .segments = segmentsOf(pattern),
                        .http = std::move(handler),
                        .stream = {},
                        .webSocket = {},
                        .options = options});
    index(pattern);
}

void Router::addEventStream(const QString &pattern, EventStreamHandler handler)
{
    m_routes.push_back({.method = "GET",
                        .segments = segmentsOf(pattern),
                        .http = {},
                        .stream = std::move(handler),
                        .webSocket = {},
                        .options = {}});
    index(pattern);
}

void Router::addWebSocket(const QString &pattern, WebSocketFactory factory)
{
    m_routes.push_back({.method = "GET",
                        .segments = segmentsOf(pattern),
                        .http = {},
                        .stream = {},
                        .webSocket = std::move(factory),
                        .options = {}});
    index(pattern);
}

void Router::index(const QString &pattern)
{
    const auto &segments = m_routes.back().segments;
    const bool literal = std::none_of(segments.begin(), segments.end(), isPlaceholder);
    if (literal)
        m_literals[pattern.startsWith(u'/') ? pattern : u'/' + pattern].append(m_routes.size() - 1);
    else
        m_patterns.push_back(m_routes.size() - 1);
}

Status Router::addStaticFiles(const QString &prefix, const QString &folder)
{
    const QDir root(folder);
    if (!root.exists())
        return refuse(ErrorCode::NotFound,
                      u"The folder %1 with the web pages is missing; install it again."_s.arg(folder));
    const QString base = prefix.endsWith(u'/') ? prefix : prefix + u'/';
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = files.next();
        QFile source(file);
        if (!source.open(QIODevice::ReadOnly))
            return refuse(ErrorCode::Unavailable, u"The file %1 cannot be read: %2."_s.arg(file, source.errorString()));
        if (source.size() > staticFileBytesMax)
            return refuse(ErrorCode::TooLarge, u"The file %1 is too large to be served from memory."_s.arg(file));
        const QString relative = root.relativeFilePath(file);
        const HttpHandler handler = fileHandler(relative, source.readAll());
        add("GET", base + relative, handler);
        if (relative == u"index.html"_s || relative.endsWith(u"/index.html"_s))
            add("GET", base + relative.chopped(10), handler);
        if (relative == u"index.html"_s && base != u"/"_s)
            add("GET", base.chopped(1), handler);
    }
    return {};
}

Router::Match Router::match(const QByteArray &method, const QString &path) const
{
    Match match;
    QByteArrayList allowed;
    const auto consider = [&](const Route &route) {
        if (!methodFits(route, method)) {
            if (!allowed.contains(route.method))
                allowed.append(route.method);
            if (route.method == "GET" && route.http && !allowed.contains("HEAD"))
                allowed.append("HEAD");
        } else if (match.route == nullptr || saysMore(route, *match.route)) {
            match.route = &route;
        }
    };
    if (const auto literals = m_literals.constFind(path); literals != m_literals.cend()) {
        for (const auto i : *literals)
            consider(m_routes[i]);
    }
    if (match.route) // Nothing says more than a path without placeholders.
        return match;
    const QStringList segments = segmentsOf(path);
    for (const auto i : m_patterns) {
        if (fits(m_routes[i], segments))
            consider(m_routes[i]);
    }
    if (match.route == nullptr) {
        match.allowedMethods = allowed.join(", ");
        return match;
    }
    for (qsizetype i = 0; i < segments.size(); ++i) {
        const QString &name = match.route->segments[i];
        if (isPlaceholder(name))
            match.pathValues.insert(name.mid(1, name.size() - 2), segments[i]);
    }
    return match;
}

} // namespace parterre::server
