#pragma once

#include "edge/asio.h"
#include "edge/edge.h"
#include "edge/loop.h"
#include "edge/outgoing.h"
#include "edge/outqueue.h"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <QLoggingCategory>

#include <array>
#include <atomic>
#include <unordered_set>

namespace parterre::server {

Q_DECLARE_LOGGING_CATEGORY(logEdge)

namespace http = beast::http;
class Connection;
class EventViewer;
class WebSocketSession;

/// What all connections of an edge share. Router and pool outlive it.
struct EdgeState
{
    EdgeConfig config;
    const Router &router;
    WorkerPool &workers;
    std::atomic<bool> stopping = false;
    std::atomic<qint64> accepted = 0;
    std::atomic<qint64> open = 0;
    std::atomic<qint64> requests = 0;
    std::atomic<qint64> eventStreams = 0;
    std::atomic<qint64> webSockets = 0;
    std::atomic<qint64> droppedSlowViewers = 0;
    std::atomic<qint64> refusedOverload = 0;
};

/// A loop of this edge with what lives on it; touched on the loop's thread only.
struct EdgeLoop : Loop
{
    std::unordered_set<Connection *> connections;
    std::vector<EventViewer *> viewers; ///< Each knows its index.
};

/// Looks after the viewers of a loop, a share of them at a time, until `timer` is cancelled.
asio::awaitable<void> lookAfterViewers(std::shared_ptr<EdgeState> state, EdgeLoop &loop, asio::steady_timer &timer);

/// One accepted socket. Everything but deliver() happens on its loop's thread.
///
/// run() owns the connection: it reads a request, has it answered, writes the answer and starts again, so pipelined
/// requests are answered in order and nothing is read ahead of what is being answered.
class Connection : public std::enable_shared_from_this<Connection>
{
public:
    Connection(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop, tcp::socket socket);
    ~Connection();

    void start();
    /// An answer to request `number`, from any thread; one for an earlier request is dropped.
    void deliver(quint64 number, HttpResponse response);
    /// Ends when the running request is answered; at once when none is running.
    void endSoon();
    void abort();
    void wake() { m_signal.notify(); }

private:
    using Parser = http::request_parser<http::string_body>;
    enum class Next { Request, Close };
    static constexpr auto noDeadline = asio::steady_timer::time_point::max();

    asio::awaitable<void> run();
    void beginRequest();
    void sign(HttpRequest &request);
    [[nodiscard]] bool handOverPlain();
    asio::awaitable<Next> serveOne();
    asio::awaitable<bool> waitForRequest();
    void armDeadline(std::chrono::milliseconds time);
    void runDeadline();
    [[nodiscard]] bool disarmDeadline();
    asio::awaitable<Next> refuseUnread(beast::error_code error, bool inBody);
    [[nodiscard]] std::optional<HttpResponse> headRefusal(const Parser &parser, HttpRequest &request) const;
    [[nodiscard]] std::optional<HttpResponse> routeRefusal(const Router::Match &match, bool upgrade) const;
    [[nodiscard]] bool originAllowed(const HttpRequest &request) const;
    asio::awaitable<Next> readBody(Parser &parser, const Router::Match &match);
    beast::error_code parseWhatIsHere(Parser &parser);
    [[nodiscard]] bool isTakenPromptly(const Router::Route &route, const HttpRequest &request,
                                       const HttpReply &reply) const;
    void handOver(const Router::Route &route, HttpRequest request);
    asio::awaitable<Next> serveHttp(const Router::Route &route, std::shared_ptr<HttpRequest> request);
    asio::awaitable<Next> serveStream(const Router::Route &route, std::shared_ptr<HttpRequest> request);
    asio::awaitable<Next> serveWebSocket(const Router::Route &route, std::shared_ptr<HttpRequest> request,
                                         http::request<http::string_body> upgrade);
    asio::awaitable<HttpResponse> answer();
    [[nodiscard]] HttpResponse takeResponse();
    [[nodiscard]] std::optional<Next> sendAtOnce(HttpResponse response, Outgoing &rest);
    asio::awaitable<Next> sendRest(Outgoing rest);
    asio::awaitable<Next> write(HttpResponse response);
    asio::awaitable<void> drainAndClose();
    [[nodiscard]] HttpResponse overloaded() const;

    const std::shared_ptr<EdgeState> m_state;
    const std::shared_ptr<EdgeLoop> m_loop; ///< Outlives the socket, whose executor it is.
    beast::tcp_stream m_stream;
    beast::flat_buffer m_buffer;
    Signal m_signal;
    asio::steady_timer m_deadline; ///< Of reading; unlike the stream's own it leaves the socket open for a 408.
    asio::steady_timer::time_point m_deadlineAt = noDeadline;
    QString m_peer;
    QByteArray m_requestId;
    quint64 m_number = 0;
    std::optional<HttpResponse> m_response;
    std::shared_ptr<EventViewer> m_viewer; ///< While its handler decides; then it has the socket.
    std::shared_ptr<WebSocketSession> m_webSocket;
    bool m_idle = false; ///< Waits for the first byte of a request.
    bool m_keepAlive = true;
    bool m_isHead = false;
    bool m_aborted = false;
    bool m_timedOut = false;
    bool m_deadlineRuns = false;
    quint64 m_deadlineNumber = 0;
    bool m_answered = false; ///< A request was answered on this connection.
    std::array<char, 512> m_discard{};
};

/// `run` ends when the peer is gone; then the handler's onClosed is under way.
std::shared_ptr<WebSocketSession> makeWebSocketSession(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop,
                                                       QString peerAddress);
std::shared_ptr<WebSocketPeer> webSocketPeer(const std::shared_ptr<WebSocketSession> &session);
asio::awaitable<void> runWebSocket(std::shared_ptr<WebSocketSession> session, beast::tcp_stream stream,
                                   http::request<http::string_body> upgrade, std::unique_ptr<WebSocketHandler> handler,
                                   QByteArray requestId);
void endWebSocketSoon(WebSocketSession &session);
void abortWebSocket(WebSocketSession &session);

} // namespace parterre::server
