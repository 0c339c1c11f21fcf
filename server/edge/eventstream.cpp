#include "edge/connection.h"

#include "edge/wire.h"

using namespace Qt::StringLiterals;

/// The part of a connection that serves Server-Sent Events.
namespace parterre::server {

namespace {

constexpr size_t buffersPerWrite = 32; ///< One gather write; more than the kernel's fast path gains nothing.

class QueuedStream final : public EventStream
{
public:
    QueuedStream(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop, std::shared_ptr<OutQueue> queue,
                 std::weak_ptr<Connection> connection)
        : m_state(std::move(state))
        , m_loop(std::move(loop))
        , m_queue(std::move(queue))
        , m_connection(std::move(connection))
    {}
    ~QueuedStream() override { QueuedStream::close(); }

    bool write(const SharedBytes &bytes) override
    {
        switch (m_queue->push(bytes)) {
        case OutQueue::Push::Queued:
            return true;
        case OutQueue::Push::First:
            tell([](Connection &connection) { connection.wake(); });
            return true;
        case OutQueue::Push::Full:
            m_state->droppedSlowViewers++;
            tell([](Connection &connection) { connection.abort(); });
            return false;
        case OutQueue::Push::Closed:
            break;
        }
        return false;
    }
    void close() override
    {
        if (m_queue->close())
            tell([](Connection &connection) { connection.wake(); });
    }
    [[nodiscard]] bool isOpen() const override { return m_queue->isOpen(); }

private:
    void tell(void (*what)(Connection &))
    {
        m_loop->post([weak = m_connection, what] {
            if (const auto connection = weak.lock())
                what(*connection);
        });
    }
    const std::shared_ptr<EdgeState> m_state;
    const std::shared_ptr<EdgeLoop> m_loop;
    const std::shared_ptr<OutQueue> m_queue;
    const std::weak_ptr<Connection> m_connection;
};

} // namespace

asio::awaitable<Connection::Next> Connection::serveStream(const Router::Route &route,
                                                          std::shared_ptr<HttpRequest> request)
{
    m_queue = std::make_shared<OutQueue>(m_state->config.streamPendingBytesMax);
    std::shared_ptr<EventStream> stream = std::make_shared<QueuedStream>(m_state, m_loop, m_queue, weak_from_this());
    const bool taken =
        m_state->workers.tryRun([&route, request, stream, number = m_number, self = shared_from_this()]() mutable {
            std::optional<HttpResponse> refusal;
            try {
                refusal = route.stream(*request, stream);
            } catch (const std::exception &error) {
                qCCritical(logEdge) << "Opening an event stream failed:" << error.what();
                refusal = wire::problem(500, "internal", u"The server failed to answer. Try again."_s);
            }
            stream.reset();
            self->deliver(number, refusal ? std::move(*refusal) : HttpResponse::empty(200));
        });
    stream.reset();
    if (!taken) {
        m_state->refusedOverload++;
        m_response = overloaded();
    }
    HttpResponse response = co_await answer();
    if (response.status != 200 || m_aborted) {
        m_queue->close();
        m_queue.reset();
        co_return co_await write(std::move(response));
    }
    response.with("Content-Type", "text/event-stream; charset=utf-8");
    response.with("Cache-Control", "no-store");
    response.with("X-Accel-Buffering", "no");
    const QByteArray head =
        wire::responseHead(response, {.requestId = m_requestId, .keepAlive = false, .bodyFollows = false});
    m_stream.expires_after(m_state->config.writeTimeout);
    const auto [error, size] = co_await asio::async_write(
        m_stream, asio::buffer(head.constData(), static_cast<size_t>(head.size())), awaitTuple);
    if (!error) {
        m_state->eventStreams++;
        watchForEnd();
        co_await pumpStream();
        m_state->eventStreams--;
        endStream();
    }
    m_queue->close();
    co_return Next::Close;
}

asio::awaitable<void> Connection::pumpStream()
{
    static const auto heartbeat = std::make_shared<const QByteArray>(": ping\n\n");
    std::vector<asio::const_buffer> buffers;
    while (!m_aborted) {
        auto batch = m_queue->take(buffersPerWrite);
        const bool fromQueue = !batch.empty();
        if (!fromQueue) {
            if (!m_queue->isOpen())
                break;
            if (co_await m_signal.waitUntil(asio::steady_timer::clock_type::now() + m_state->config.pingInterval))
                continue;
            batch.push_back(heartbeat);
        }
        buffers.clear();
        qsizetype bytes = 0;
        for (const auto &one : batch) {
            buffers.emplace_back(one->constData(), static_cast<size_t>(one->size()));
            bytes += one->size();
        }
        m_stream.expires_after(m_state->config.writeTimeout);
        const auto [error, size] = co_await asio::async_write(m_stream, buffers, awaitTuple);
        if (error)
            break;
        if (fromQueue)
            m_queue->wrote(bytes);
    }
}

/// A viewer says nothing more. Reading goes on only to learn at once that it is gone.
void Connection::watchForEnd()
{
    m_stream.expires_never();
    m_stream.async_read_some(asio::buffer(m_discard), [self = shared_from_this()](beast::error_code error, size_t) {
        if (!error) {
            self->watchForEnd();
            return;
        }
        self->m_queue->close();
        self->m_aborted = true;
        self->m_stream.close();
        self->m_signal.notify();
    });
}

/// The socket is still being read by watchForEnd(), and two reads at once are not allowed: so this ends the connection
/// here, with an orderly end of what was sent, and nothing is left to be drained.
void Connection::endStream()
{
    if (m_aborted)
        return;
    m_aborted = true;
    beast::error_code ignored;
    m_stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    m_stream.close();
}

} // namespace parterre::server
