#pragma once

#include "edge/router.h"
#include "runtime/workerpool.h"

#include <QString>

#include <chrono>
#include <memory>

namespace parterre::server {

struct EdgeConfig
{
    QString address = QStringLiteral("127.0.0.1");
    quint16 port = 0; ///< 0 takes a free port; see Edge::port().
    int threads = 2;  ///< One io_context each, SO_REUSEPORT (design D7).
    int connectionsMax = 40'000;
    qsizetype headerBytesMax = limits::httpHeaderBytesMax;
    qsizetype streamPendingBytesMax = 1024 * 1024;         ///< A slow viewer costs no more than this.
    qsizetype webSocketPendingBytesMax = 80 * 1024 * 1024; ///< The longest answer; pushes of maps keep to less.
    qsizetype webSocketMessageBytesMax = limits::deskMessageBytesMax;
    std::chrono::milliseconds headerTimeout{
        10'000}; ///< From accept or the previous answer's first byte to the end of the headers.
    std::chrono::milliseconds bodyTimeout{20'000};
    std::chrono::milliseconds idleTimeout{60'000}; ///< Keep-alive between requests.
    std::chrono::milliseconds writeTimeout{30'000};
    std::chrono::milliseconds pingInterval{15'000}; ///< SSE comment and WebSocket ping.
    QStringList allowedOrigins; ///< For WebSocket handshakes that carry Origin; empty: same host only.
    QStringList trustedProxies; ///< Addresses whose X-Forwarded-For is believed.
};

/// The server's HTTP/1.1, WebSocket and SSE front on Boost.Beast (design D7).
class Edge
{
public:
    Edge(EdgeConfig config, const Router &router, WorkerPool &workers);
    ~Edge();
    Edge(const Edge &) = delete;
    Edge &operator=(const Edge &) = delete;

    /// Binds and accepts; refuses with the address and the reason.
    [[nodiscard]] Status listen();
    [[nodiscard]] quint16 port() const;
    /// Stops accepting, lets running requests end, closes streams and sockets with 1001 and everything else at the
    /// deadline. Returns when all connections are gone.
    void shutDown(std::chrono::milliseconds deadline);

    struct Counts
    {
        qint64 accepted = 0;
        qint64 open = 0;
        qint64 requests = 0;
        qint64 eventStreams = 0;
        qint64 webSockets = 0;
        qint64 droppedSlowViewers = 0;
        qint64 refusedOverload = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
