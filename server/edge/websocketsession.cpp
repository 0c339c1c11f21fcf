#include "edge/connection.h"

#include "edge/wire.h"

#include <boost/beast/websocket/stream.hpp>

using namespace Qt::StringLiterals;

namespace parterre::server {

namespace websocket = beast::websocket;

namespace {
constexpr size_t inboxMessagesMax = 4; ///< Read ahead of the handler; the rest waits in the peer's own socket.
} // namespace

/// One desk. The socket and the two coroutines live on the loop's thread; the inbox is shared with the workers.
class WebSocketSession : public std::enable_shared_from_this<WebSocketSession>
{
public:
    using Stream = websocket::stream<beast::tcp_stream>;

    WebSocketSession(std::shared_ptr<EdgeState> edge, std::shared_ptr<EdgeLoop> ownLoop, QString address)
        : state(std::move(edge))
        , loop(std::move(ownLoop))
        , peerAddress(std::move(address))
        , outbox(state->config.webSocketPendingBytesMax)
        , writeSignal(loop->context)
        , readSignal(loop->context)
    {}

    asio::awaitable<void> run(beast::tcp_stream stream, http::request<http::string_body> upgrade,
                              std::unique_ptr<WebSocketHandler> owner, QByteArray requestId);
    void requestClose(int code, const QByteArray &reason);
    void drop();
    void abort();
    bool send(const SharedBytes &text);

    const std::shared_ptr<EdgeState> state;
    const std::shared_ptr<EdgeLoop> loop;
    const QString peerAddress;
    OutQueue outbox;

private:
    void setUp(const QByteArray &requestId);
    asio::awaitable<void> readAll();
    asio::awaitable<void> writeAll();
    void received(QByteArray text);
    void handleNext();
    void finish();

    Signal writeSignal;
    Signal readSignal;
    std::optional<Stream> m_stream; ///< Set once, on the loop's thread.
    websocket::close_reason m_reason{websocket::close_code::normal};
    bool m_aborted = false;
    bool m_writing = false;

    std::mutex m_inboxMutex;
    std::deque<QByteArray> m_inbox;
    bool m_handling = false;
    bool m_ended = false;
    std::shared_ptr<WebSocketHandler> m_handler;
};

namespace {

class SessionPeer final : public WebSocketPeer
{
public:
    explicit SessionPeer(std::shared_ptr<WebSocketSession> session)
        : m_session(std::move(session))
    {}
    bool sendText(const SharedBytes &text) override { return m_session->send(text); }
    [[nodiscard]] qsizetype unsentBytes() const override { return m_session->outbox.bytes(); }
    void close(int code, const QByteArray &reason) override
    {
        m_session->loop->post([session = m_session, code, reason] { session->requestClose(code, reason); });
    }
    [[nodiscard]] bool isOpen() const override { return m_session->outbox.isOpen(); }
    [[nodiscard]] QString peerAddress() const override { return m_session->peerAddress; }

private:
    const std::shared_ptr<WebSocketSession> m_session;
};

} // namespace

bool WebSocketSession::send(const SharedBytes &text)
{
    switch (outbox.push(text)) {
    case OutQueue::Push::Queued:
        return true;
    case OutQueue::Push::First:
        loop->post([self = shared_from_this()] { self->writeSignal.notify(); });
        return true;
    case OutQueue::Push::Full:
        state->droppedSlowViewers++;
        loop->post([self = shared_from_this()] { self->drop(); });
        return false;
    case OutQueue::Push::Closed:
        break;
    }
    return false;
}

void WebSocketSession::requestClose(int code, const QByteArray &reason)
{
    if (!outbox.close())
        return;
    m_reason.code = static_cast<std::uint16_t>(code);
    m_reason.reason =
        websocket::reason_string(reason.constData(), static_cast<size_t>(std::min<qsizetype>(reason.size(), 123)));
    writeSignal.notify();
}

/// The peer does not read as fast as we send. When a write is stuck in its full socket no close frame can pass either.
void WebSocketSession::drop()
{
    m_reason = websocket::close_reason(websocket::close_code::try_again_later);
    if (m_writing)
        abort();
    else
        writeSignal.notify();
}

void WebSocketSession::abort()
{
    m_aborted = true;
    outbox.close();
    if (m_stream)
        beast::get_lowest_layer(*m_stream).close();
    writeSignal.notify();
    readSignal.notify();
}

void WebSocketSession::setUp(const QByteArray &requestId)
{
    const auto &config = state->config;
    beast::get_lowest_layer(*m_stream).expires_never(); // The WebSocket has timers of its own.
    websocket::stream_base::timeout times{};
    times.handshake_timeout = config.headerTimeout;
    times.idle_timeout = config.pingInterval * 2; // Beast pings at half of it, and ends a peer that does not answer.
    times.keep_alive_pings = true;
    m_stream->set_option(times);
    m_stream->set_option(websocket::stream_base::decorator([requestId](websocket::response_type &response) {
        response.set(http::field::server, "Parterre");
        response.set("X-Request-Id", std::string_view(requestId.constData(), static_cast<size_t>(requestId.size())));
    }));
    m_stream->read_message_max(static_cast<size_t>(config.webSocketMessageBytesMax));
    m_stream->text(true);
    m_stream->auto_fragment(false);
}

asio::awaitable<void> WebSocketSession::run(beast::tcp_stream stream, http::request<http::string_body> upgrade,
                                            std::unique_ptr<WebSocketHandler> owner, QByteArray requestId)
{
    m_handler = std::move(owner);
    m_stream.emplace(std::move(stream));
    setUp(requestId);
    const auto [error] = co_await m_stream->async_accept(upgrade, awaitTuple);
    if (!error && !m_aborted) {
        state->webSockets++;
        bool writerEnded = false;
        asio::co_spawn(
            loop->context, [self = shared_from_this()] { return self->writeAll(); },
            [self = shared_from_this(), &writerEnded](const std::exception_ptr &) {
                writerEnded = true;
                self->readSignal.notify();
            });
        co_await readAll();
        outbox.close();
        writeSignal.notify();
        // What was queued may still go out, but a peer that takes nothing must not hold the connection.
        const auto end = asio::steady_timer::clock_type::now() + state->config.writeTimeout;
        while (!writerEnded) {
            if (!co_await readSignal.waitUntil(m_aborted ? asio::steady_timer::time_point::max() : end))
                abort();
        }
        state->webSockets--;
    }
    outbox.close();
    beast::get_lowest_layer(*m_stream).close();
    finish();
}

asio::awaitable<void> WebSocketSession::readAll()
{
    beast::flat_buffer buffer;
    while (!m_aborted) {
        const auto [error, size] = co_await m_stream->async_read(buffer, awaitTuple);
        if (error)
            break;
        if (!m_stream->got_text()) {
            requestClose(websocket::close_code::unknown_data, "Send text messages.");
            buffer.consume(buffer.size());
            continue;
        }
        const auto data = buffer.data();
        received(QByteArray(static_cast<const char *>(data.data()), static_cast<qsizetype>(data.size())));
        buffer.consume(buffer.size());
        while (!m_aborted) {
            {
                const std::lock_guard lock(m_inboxMutex);
                if (m_inbox.size() < inboxMessagesMax)
                    break;
            }
            co_await readSignal.wait();
        }
    }
}

asio::awaitable<void> WebSocketSession::writeAll()
{
    while (!m_aborted) {
        const auto next = outbox.take(1);
        if (!next.empty()) {
            m_writing = true;
            const auto &text = *next.front();
            const auto [error, size] = co_await m_stream->async_write(
                asio::buffer(text.constData(), static_cast<size_t>(text.size())), awaitTuple);
            m_writing = false;
            if (error)
                break;
            outbox.wrote(text.size());
        } else if (!outbox.isOpen()) {
            co_await m_stream->async_close(m_reason, awaitTuple);
            break;
        } else {
            co_await writeSignal.wait();
        }
    }
    outbox.close();
    beast::get_lowest_layer(*m_stream).close(); // Ends the reader too.
}

void WebSocketSession::received(QByteArray text)
{
    const std::lock_guard lock(m_inboxMutex);
    m_inbox.push_back(std::move(text));
    if (!std::exchange(m_handling, true))
        state->workers.run([self = shared_from_this()] { self->handleNext(); });
}

/// One message a turn, then back into the queue, so that a busy desk does not keep a worker from the others.
void WebSocketSession::handleNext()
{
    QByteArray text;
    bool closed = false;
    bool wasFull = false;
    {
        const std::lock_guard lock(m_inboxMutex);
        closed = m_inbox.empty();
        wasFull = m_inbox.size() >= inboxMessagesMax;
        if (!closed) {
            text = std::move(m_inbox.front());
            m_inbox.pop_front();
        }
    }
    if (wasFull)
        loop->post([self = shared_from_this()] { self->readSignal.notify(); });
    try {
        closed ? m_handler->onClosed() : m_handler->onText(text);
    } catch (const std::exception &error) {
        qCCritical(logEdge) << "Handling a message of a desk failed:" << error.what();
        loop->post([self = shared_from_this()] {
            self->requestClose(websocket::close_code::internal_error, "The server failed. Connect again.");
        });
    }
    if (closed) {
        m_handler.reset();
        return;
    }
    const std::lock_guard lock(m_inboxMutex);
    m_handling = m_ended || !m_inbox.empty();
    if (m_handling)
        state->workers.run([self = shared_from_this()] { self->handleNext(); });
}

/// The empty inbox after the end is what makes handleNext() call onClosed, once, after the last message.
void WebSocketSession::finish()
{
    const std::lock_guard lock(m_inboxMutex);
    m_ended = true;
    if (!std::exchange(m_handling, true))
        state->workers.run([self = shared_from_this()] { self->handleNext(); });
}

std::shared_ptr<WebSocketSession> makeWebSocketSession(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop,
                                                       QString peerAddress)
{
    return std::make_shared<WebSocketSession>(std::move(state), std::move(loop), std::move(peerAddress));
}

std::shared_ptr<WebSocketPeer> webSocketPeer(const std::shared_ptr<WebSocketSession> &session)
{
    return std::make_shared<SessionPeer>(session);
}

asio::awaitable<void> runWebSocket(std::shared_ptr<WebSocketSession> session, beast::tcp_stream stream,
                                   http::request<http::string_body> upgrade, std::unique_ptr<WebSocketHandler> handler,
                                   QByteArray requestId)
{
    return session->run(std::move(stream), std::move(upgrade), std::move(handler), std::move(requestId));
}

void endWebSocketSoon(WebSocketSession &session)
{
    session.requestClose(websocket::close_code::going_away, "The server is going away.");
}

void abortWebSocket(WebSocketSession &session)
{
    session.abort();
}

} // namespace parterre::server
