#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

/// HTTP as the rest of the server sees it. Nothing here knows Boost; server/edge is the only place that does.
namespace parterre::server {

/// A request that was read whole and is within the limits of its route.
struct HttpRequest
{
    QByteArray method;                                      ///< `GET`, in capitals.
    QString path;                                           ///< Decoded, without the query.
    QHash<QString, QString> pathValues;                     ///< `{id}` of the route's pattern, decoded.
    QHash<QString, QString> query;                          ///< Decoded; of a repeated name the last.
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< In the order of arrival; names in lower case.
    QByteArray body;
    QString peer;         ///< Address of the caller, after trusted proxies.
    QByteArray requestId; ///< Ours, or the caller's X-Request-Id where it is well formed.

    /// The value of a header by its lower-case name, or an empty array.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    /// The token of `Authorization: Bearer ...`, or an empty array.
    [[nodiscard]] QByteArray bearerToken() const;
};

struct HttpResponse
{
    int status = 200;
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;

    [[nodiscard]] static HttpResponse json(int status, const QJsonObject &object);
    [[nodiscard]] static HttpResponse bytes(int status, const QByteArray &contentType, QByteArray body);
    [[nodiscard]] static HttpResponse empty(int status);
    HttpResponse &with(QByteArray name, QByteArray value);
};

/// A strong validator for these bytes, in quotes.
[[nodiscard]] QByteArray etagOf(const QByteArray &content);
/// Whether If-None-Match names this validator, so that 304 answers the request (RFC 9110 section 13.1.2).
[[nodiscard]] bool etagMatches(const QByteArray &ifNoneMatch, const QByteArray &etag);

/// Answers one request, once, from any thread. A copy shares the same answer; a second call is ignored. When every
/// copy is gone without an answer the edge sends 500, so that no caller waits for ever.
class HttpReply
{
public:
    class Target
    {
    public:
        virtual ~Target() = default;
        virtual void deliver(HttpResponse response) = 0;
    };
    explicit HttpReply(std::shared_ptr<Target> target)
        : m_target(std::move(target))
    {}

    void send(HttpResponse response) const { m_target->deliver(std::move(response)); }

private:
    std::shared_ptr<Target> m_target;
};

/// Bytes that are encoded once and written to many viewers.
using SharedBytes = std::shared_ptr<const QByteArray>;

/// A Server-Sent-Events response that stays open. Thread safe. A viewer whose unsent bytes pass
/// EdgeConfig::streamPendingBytesMax is closed: it comes back with Last-Event-ID and catches up (design D6).
class EventStream
{
public:
    virtual ~EventStream() = default;
    /// False when the viewer is gone or was dropped as too slow; the caller forgets it then.
    virtual bool write(const SharedBytes &bytes) = 0;
    virtual void close() = 0;
    [[nodiscard]] virtual bool isOpen() const = 0;
};

/// Streams that are told the same, such as the viewers of one map. Thread safe; write() costs one wake-up for each edge
/// thread, which then goes through its viewers and sends the shared bytes to each, without a queue, an allocation or a
/// hand-over for those whose socket takes them at once.
class EventGroup
{
public:
    [[nodiscard]] static std::shared_ptr<EventGroup> make();
    virtual ~EventGroup() = default;
    /// From the next write() on, after all that was written to the stream itself before. It leaves by closing.
    virtual void add(const std::shared_ptr<EventStream> &stream) = 0;
    virtual void write(const SharedBytes &bytes) = 0;
    [[nodiscard]] virtual int size() const = 0;
    /// A thread has not gone through all its viewers yet. Who can should wait and write more at once.
    [[nodiscard]] virtual bool isBusy() const = 0;
    /// How long the last write() took until every thread had gone through its viewers.
    [[nodiscard]] virtual std::chrono::nanoseconds lastPass() const = 0;
};

/// One desk's WebSocket. Thread safe. Incoming messages of one peer are handled one after the other.
class WebSocketPeer
{
public:
    virtual ~WebSocketPeer() = default;
    virtual bool sendText(const SharedBytes &text) = 0;
    /// What it was sent and has not taken yet.
    [[nodiscard]] virtual qsizetype unsentBytes() const = 0;
    /// `code` as RFC 6455 section 7.4.1, e.g. 1001 going away, 1008 policy.
    virtual void close(int code, const QByteArray &reason) = 0;
    [[nodiscard]] virtual bool isOpen() const = 0;
    [[nodiscard]] virtual QString peerAddress() const = 0;
};

/// What the edge tells about one accepted WebSocket. Calls come from worker threads, in order, never two at once.
class WebSocketHandler
{
public:
    virtual ~WebSocketHandler() = default;
    virtual void onText(const QByteArray &text) = 0;
    virtual void onClosed() = 0;
};

} // namespace parterre::server
