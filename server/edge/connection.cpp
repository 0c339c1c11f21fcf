#include "edge/connection.h"

#include "edge/eventviewer.h"
#include "edge/handlerontheway.h"
#include "edge/hangup.h"
#include "edge/plainrequest.h"
#include "edge/wire.h"

#include "base/ids.h"

#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <QUrl>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace parterre::server {

Q_LOGGING_CATEGORY(logEdge, "parterre.edge")

namespace {

QByteArray toBytes(beast::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

/// The answer to one request as its handler holds it. Keeps the connection's memory, not its socket, alive.
class ReplyTarget final : public HttpReply::Target
{
public:
    ReplyTarget(std::shared_ptr<Connection> connection, quint64 number)
        : m_connection(std::move(connection))
        , m_number(number)
    {}
    ~ReplyTarget() override
    {
        if (!m_answered.exchange(true)) {
            qCCritical(logEdge) << "A handler let its request go without an answer.";
            m_connection->deliver(m_number,
                                  wire::problem(500, "internal", u"The server failed to answer. Try again."_s));
        }
    }
    void deliver(HttpResponse response) override
    {
        if (!m_answered.exchange(true))
            m_connection->deliver(m_number, std::move(response));
    }

private:
    const std::shared_ptr<Connection> m_connection;
    const quint64 m_number;
    std::atomic<bool> m_answered = false;
};

bool asksForWebSocket(const HttpRequest &request)
{
    return request.header("upgrade").toLower() == "websocket" &&
           request.header("connection").toLower().contains("upgrade");
}

} // namespace

Connection::Connection(std::shared_ptr<EdgeState> state, std::shared_ptr<EdgeLoop> loop, tcp::socket socket)
    : m_state(std::move(state))
    , m_loop(std::move(loop))
    , m_stream(std::move(socket))
    , m_buffer(static_cast<size_t>(m_state->config.headerBytesMax) + 64 * 1024)
    , m_signal(m_loop->context)
    , m_deadline(m_loop->context)
{
    beast::error_code error;
    const auto peer = m_stream.socket().remote_endpoint(error);
    if (!error)
        m_peer = QString::fromStdString(peer.address().to_string());
    m_stream.socket().non_blocking(true, error); // For what is sent without waiting; see write().
}

Connection::~Connection() = default;

void Connection::start()
{
    m_loop->connections.insert(this);
    asio::co_spawn(
        m_loop->context, [self = shared_from_this()] { return self->run(); },
        [self = shared_from_this()](const std::exception_ptr &failure) {
            if (failure)
                qCCritical(logEdge) << "A connection ended with an exception.";
            beast::error_code ignored;
            self->m_stream.socket().close(ignored);
            self->m_deadline.cancel();
            self->m_loop->connections.erase(self.get());
            self->m_state->open--;
        });
}

void Connection::deliver(quint64 number, HttpResponse response)
{
    m_loop->post([self = shared_from_this(), number, response = std::move(response)]() mutable {
        if (number == self->m_number && !self->m_response) {
            self->m_response = std::move(response);
            self->m_signal.notify();
        }
    });
}

void Connection::endSoon()
{
    m_keepAlive = false;
    if (m_webSocket)
        endWebSocketSoon(*m_webSocket);
    else if (m_viewer)
        m_viewer->close();
    else if (m_idle)
        m_stream.close();
}

void Connection::abort()
{
    m_aborted = true;
    if (m_webSocket)
        abortWebSocket(*m_webSocket);
    m_stream.close();
    m_signal.notify();
}

asio::awaitable<void> Connection::run()
{
    if (m_state->open > m_state->config.connectionsMax) {
        m_requestId = newUuidV7().toByteArray(QUuid::WithoutBraces);
        m_keepAlive = false;
        m_state->refusedOverload++;
        co_await write(overloaded());
        co_await drainAndClose();
        co_return;
    }
    for (;;) {
        if (!co_await waitForRequest())
            break;
        Next next = Next::Close;
        if (handOverPlain()) {
            while (!m_response && !m_aborted)
                co_await m_signal.wait();
            Outgoing rest;
            if (const auto sent = sendAtOnce(takeResponse(), rest))
                next = *sent;
            else
                next = co_await sendRest(std::move(rest));
        } else {
            next = co_await serveOne();
        }
        if (next == Next::Close || m_aborted)
            break;
    }
    co_await drainAndClose();
}

asio::awaitable<bool> Connection::waitForRequest()
{
    if (m_buffer.size() > 0)
        co_return !m_state->stopping;
    if (m_state->stopping)
        co_return false;
    m_idle = true;
    // Between requests an idle connection is closed without a word; before the first one the caller is told.
    armDeadline(m_answered ? m_state->config.idleTimeout : m_state->config.headerTimeout);
    const auto [error, size] = co_await m_stream.socket().async_read_some(m_buffer.prepare(4096), awaitTuple);
    m_idle = false;
    const bool late = disarmDeadline();
    if (error && late && !m_answered && !m_aborted)
        co_await refuseUnread(beast::error::timeout, false);
    if (error)
        co_return false;
    m_buffer.commit(size);
    co_return true;
}

void Connection::armDeadline(std::chrono::milliseconds time)
{
    m_timedOut = false;
    m_deadlineAt = std::chrono::steady_clock::now() + time;
    if (!m_deadlineRuns || m_deadline.expiry() > m_deadlineAt)
        runDeadline();
}

/// A timer that ends too early for its deadline is set again then: nearly every deadline is put off by the next request
/// before it comes, and setting a timer costs more than looking at the clock.
void Connection::runDeadline()
{
    m_deadlineRuns = true;
    m_deadline.expires_at(m_deadlineAt);
    m_deadline.async_wait([self = shared_from_this(), number = ++m_deadlineNumber](beast::error_code error) {
        if (error || number != self->m_deadlineNumber)
            return;
        self->m_deadlineRuns = false;
        if (self->m_deadlineAt == noDeadline)
            return;
        if (std::chrono::steady_clock::now() < self->m_deadlineAt)
            return self->runDeadline();
        self->m_timedOut = true;
        self->m_stream.cancel();
    });
}

/// True when the time had run out.
bool Connection::disarmDeadline()
{
    m_deadlineAt = noDeadline;
    return std::exchange(m_timedOut, false);
}

void Connection::beginRequest()
{
    m_requestId = newUuidV7().toByteArray(QUuid::WithoutBraces);
    m_isHead = false;
    m_number++;
    m_response.reset();
}

/// Says whose request it is and under which id it is told of.
void Connection::sign(HttpRequest &request)
{
    if (wire::isRequestId(request.header("x-request-id")))
        m_requestId = request.header("x-request-id");
    request.requestId = m_requestId;
    request.peer = wire::callerAddress(m_peer, request.header("x-forwarded-for"), m_state->config.trustedProxies);
}

/// Hands over a request that is whole in the buffer and plain, as nearly all are: without a coroutine for each step,
/// whose frames cost more than the steps. False for any other, of which nothing is read then: serveOne() has it.
bool Connection::handOverPlain()
{
    HttpRequest request;
    PlainRequestParser parser(request, m_state->config.headerBytesMax);
    beast::error_code error;
    size_t size = parser.put(m_buffer.data(), error);
    if (error || !parser.is_header_done() || !parser.isPlain() || request.method == "HEAD")
        return false;
    auto match = m_state->router.match(request.method, request.path);
    if (!match.route || !match.route->http)
        return false;
    if (!parser.is_done()) {
        const auto length = parser.content_length();
        if (!length || *length > m_buffer.size() - size ||
            *length > static_cast<std::uint64_t>(match.route->options.bodyBytesMax))
            return false;
        parser.eager(true);
        size += parser.put(m_buffer.data() + size, error);
        if (error || !parser.is_done())
            return false;
    }
    m_buffer.consume(size);
    beginRequest();
    m_state->requests++;
    m_answered = true;
    m_keepAlive = parser.keep_alive() && !m_state->stopping;
    request.pathValues = std::move(match.pathValues);
    sign(request);
    handOver(*match.route, std::move(request));
    return true;
}

asio::awaitable<Connection::Next> Connection::serveOne()
{
    const auto &config = m_state->config;
    beginRequest();

    auto parser = std::make_shared<Parser>();
    parser->header_limit(static_cast<std::uint32_t>(config.headerBytesMax));
    parser->body_limit(boost::none); // The route says it, once the target is known.
    parser->eager(false);
    if (const auto error = parseWhatIsHere(*parser))
        co_return co_await refuseUnread(error, false);
    if (!parser->is_header_done()) {
        armDeadline(config.headerTimeout);
        const auto [error, size] = co_await http::async_read_header(m_stream, m_buffer, *parser, awaitTuple);
        const bool late = disarmDeadline();
        if (error)
            co_return co_await refuseUnread(late ? beast::error_code(beast::error::timeout) : error, false);
    }
    m_state->requests++;
    m_answered = true;
    m_isHead = parser->get().method() == http::verb::head;
    m_keepAlive = parser->keep_alive() && !m_state->stopping;

    auto request = std::make_shared<HttpRequest>();
    if (auto refusal = headRefusal(*parser, *request)) {
        m_keepAlive = false; // What follows cannot be told from a next request with certainty.
        co_return co_await write(std::move(*refusal));
    }
    sign(*request);

    const auto match = m_state->router.match(request->method, request->path);
    const bool bodyIsNext = !parser->is_done();
    if (auto refusal = routeRefusal(match, asksForWebSocket(*request))) {
        m_keepAlive = m_keepAlive && !bodyIsNext;
        co_return co_await write(std::move(*refusal));
    }
    request->pathValues = match.pathValues;
    if (bodyIsNext) {
        const Next next = co_await readBody(*parser, match);
        if (next == Next::Close)
            co_return next;
        const auto &body = parser->get().body();
        request->body = QByteArray(body.data(), static_cast<qsizetype>(body.size()));
    }
    if (match.route->stream)
        co_return co_await serveStream(*match.route, std::move(request));
    if (match.route->webSocket)
        co_return co_await serveWebSocket(*match.route, std::move(request), parser->release());
    co_return co_await serveHttp(*match.route, std::move(request));
}

asio::awaitable<Connection::Next> Connection::refuseUnread(beast::error_code error, bool inBody)
{
    m_keepAlive = false;
    const bool malformed = error.category() == make_error_code(http::error::bad_method).category();
    if (error == beast::error::timeout && !m_aborted)
        co_return co_await write(
            wire::problem(408, "request_timeout", u"The request took too long to arrive. Send it again."_s));
    if (!malformed || error == http::error::end_of_stream || error == http::error::partial_message)
        co_return Next::Close;
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        co_return co_await write(wire::problem(
            431, "headers_too_large", u"The headers of the request are too large. Send fewer or shorter ones."_s));
    if (error == http::error::body_limit)
        co_return co_await write(
            wire::problem(413, "too_large", u"The body of the request is too large for this address."_s));
    if (error == http::error::bad_version)
        co_return co_await write(wire::problem(505, "version_not_supported", u"Use HTTP/1.1."_s));
    qCDebug(logEdge) << "Refused from" << m_peer << (inBody ? "in the body:" : "in the head:")
                     << error.message().c_str();
    co_return co_await write(wire::problem(400, "invalid_input", u"The request is not well-formed HTTP."_s));
}

std::optional<HttpResponse> Connection::headRefusal(const Parser &parser, HttpRequest &request) const
{
    const auto &head = parser.get();
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
    request.headers.reserve(16); // What browsers send.
    for (const auto &field : head) {
        request.headers.emplace_back(lowerName(field.name(), field.name_string()), toBytes(field.value()));
        hosts += field.name() == http::field::host ? 1 : 0;
        lengths += field.name() == http::field::content_length ? 1 : 0;
        encodings += field.name() == http::field::transfer_encoding ? 1 : 0;
    }
    if (head.version() != 11 && head.version() != 10)
        return wire::problem(505, "version_not_supported", u"Use HTTP/1.1."_s);
    // Two ways to say how long the body is are how requests are smuggled past a proxy (ASVS 4.2.1).
    if (encodings > 1 || lengths > 1 || (encodings > 0 && (lengths > 0 || head.version() == 10)))
        return wire::problem(400, "invalid_input", u"Say the length of the body once: Content-Length or chunked."_s);
    if (encodings == 1 && request.header("transfer-encoding").trimmed().toLower() != "chunked")
        return wire::problem(501, "not_implemented", u"Only the transfer coding chunked is understood."_s);
    if (hosts > 1 || (hosts == 0 && head.version() == 11))
        return wire::problem(400, "invalid_input", u"Send exactly one Host header."_s);
    if (head.method() == http::verb::unknown || head.method() == http::verb::connect ||
        head.method() == http::verb::trace)
        return wire::problem(501, "not_implemented", u"This method is not understood."_s);
    if (static_cast<qsizetype>(head.target().size()) > wire::targetBytesMax)
        return wire::problem(414, "too_large", u"The address is too long."_s);
    request.method = toBytes(head.method_string());
    if (!wire::readTarget(toBytes(head.target()), request))
        return wire::problem(400, "invalid_input", u"The address is not well formed. Check its percent-escapes."_s);
    return std::nullopt;
}

std::optional<HttpResponse> Connection::routeRefusal(const Router::Match &match, bool upgrade) const
{
    if (match.route == nullptr && match.allowedMethods.isEmpty())
        return wire::problem(404, "not_found", u"There is nothing at this address."_s);
    if (match.route == nullptr)
        return wire::problem(405, "method_not_allowed", u"This address does not take this method."_s)
            .with("Allow", match.allowedMethods);
    if (match.route->webSocket && !upgrade)
        return wire::problem(426, "upgrade_required", u"Connect to this address by WebSocket."_s)
            .with("Upgrade", "websocket");
    return std::nullopt;
}

asio::awaitable<Connection::Next> Connection::readBody(Parser &parser, const Router::Match &match)
{
    const auto limit = static_cast<std::uint64_t>(match.route->options.bodyBytesMax);
    const auto announced = parser.content_length();
    if (announced && *announced > limit) {
        m_keepAlive = false;
        co_return co_await write(
            wire::problem(413, "too_large", u"The body of the request is too large for this address."_s));
    }
    const auto expect = parser.get()[http::field::expect];
    if (!expect.empty() && !beast::iequals(expect, "100-continue")) {
        m_keepAlive = false;
        co_return co_await write(wire::problem(417, "expectation_failed", u"Only 100-continue can be expected."_s));
    }
    parser.body_limit(limit);
    if (!expect.empty()) {
        m_stream.expires_after(m_state->config.writeTimeout);
        static constexpr std::string_view goOn = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [error, size] = co_await asio::async_write(m_stream, asio::buffer(goOn), awaitTuple);
        m_stream.expires_never();
        if (error)
            co_return Next::Close;
    }
    parser.eager(true);
    auto error = parseWhatIsHere(parser);
    bool late = false;
    if (!error && !parser.is_done()) {
        armDeadline(m_state->config.bodyTimeout);
        error = std::get<0>(co_await http::async_read(m_stream, m_buffer, parser, awaitTuple));
        late = disarmDeadline();
    }
    if (error) {
        co_await refuseUnread(late ? beast::error_code(beast::error::timeout) : error, true);
        co_return Next::Close;
    }
    co_return Next::Request;
}

/// Most requests came whole with their first bytes: they need no second reading, and no clock for it. What is not whole
/// yet is no error.
beast::error_code Connection::parseWhatIsHere(Parser &parser)
{
    beast::error_code error;
    while (!error && m_buffer.size() > 0 && !parser.is_done()) {
        m_buffer.consume(parser.put(m_buffer.data(), error));
        if (parser.is_header_done() && !parser.eager())
            break;
    }
    return error == http::error::need_more ? beast::error_code() : error;
}

asio::awaitable<HttpResponse> Connection::answer()
{
    while (!m_response && !m_aborted)
        co_await m_signal.wait();
    co_return takeResponse();
}

HttpResponse Connection::takeResponse()
{
    HttpResponse response = m_response ? std::move(*m_response) : HttpResponse::empty(503);
    m_response.reset();
    return response;
}

HttpResponse Connection::overloaded() const
{
    return wire::problem(503, "overloaded", u"The server is busy. Nothing was done; try again in a moment."_s)
        .with("Retry-After", "1");
}

bool Connection::isTakenPromptly(const Router::Route &route, const HttpRequest &request, const HttpReply &reply) const
{
    if (!route.options.prompt)
        return false;
    try {
        return route.options.prompt(request, reply);
    } catch (const std::exception &error) {
        qCCritical(logEdge) << "A request ended with an exception:" << error.what();
        return true; // Answered by the reply, as every one that is let go.
    }
}

/// From here only the handler can answer: nothing of the reply stays with us.
void Connection::handOver(const Router::Route &route, HttpRequest request)
{
    const auto target = std::make_shared<ReplyTarget>(shared_from_this(), m_number);
    const HttpReply reply(target);
    if (isTakenPromptly(route, request, reply))
        return;
    const auto kept = std::make_shared<const HttpRequest>(std::move(request));
    if (m_state->workers.tryRun([&route, kept, reply] { route.http(*kept, reply); }))
        return;
    m_state->refusedOverload++;
    target->deliver(overloaded());
}

asio::awaitable<Connection::Next> Connection::serveHttp(const Router::Route &route,
                                                        std::shared_ptr<HttpRequest> request)
{
    handOver(route, std::move(*request)); // Its handler has it, if anybody.
    request.reset();
    HttpResponse response = co_await answer();
    co_return co_await write(std::move(response));
}

bool Connection::originAllowed(const HttpRequest &request) const
{
    const QByteArray origin = request.header("origin");
    if (origin.isEmpty())
        return true; // Not a browser: nobody's cookies are borrowed.
    const QString text = QString::fromLatin1(origin);
    if (!m_state->config.allowedOrigins.isEmpty())
        return m_state->config.allowedOrigins.contains(text);
    const QUrl url(text, QUrl::StrictMode);
    return url.isValid() && url.authority().toLatin1().toLower() == request.header("host").toLower();
}

asio::awaitable<Connection::Next> Connection::serveWebSocket(const Router::Route &route,
                                                             std::shared_ptr<HttpRequest> request,
                                                             http::request<http::string_body> upgrade)
{
    if (!originAllowed(*request))
        co_return co_await write(wire::problem(403, "forbidden", u"Connections from this web page are not allowed."_s));
    m_webSocket = makeWebSocketSession(m_state, m_loop, request->peer);
    auto way = std::make_shared<HandlerOnTheWay>(m_state->workers);
    const bool taken = m_state->workers.tryRun([&route, request, way, peer = webSocketPeer(m_webSocket),
                                                number = m_number, self = shared_from_this()] {
        try {
            way->handler = route.webSocket(*request, peer);
        } catch (const std::exception &error) {
            qCCritical(logEdge) << "Opening a WebSocket failed:" << error.what();
        }
        self->deliver(number, way->handler ? HttpResponse::empty(101)
                                           : wire::problem(403, "forbidden", u"This connection was not accepted."_s));
    });
    if (!taken) {
        m_state->refusedOverload++;
        m_response = overloaded();
    }
    HttpResponse response = co_await answer();
    if (response.status != 101) {
        m_webSocket.reset();
        co_return co_await write(std::move(response));
    }
    // The socket moves to the session; ours is closed from here on.
    co_await runWebSocket(m_webSocket, std::move(m_stream), std::move(upgrade), std::move(way->handler), m_requestId);
    m_aborted = true;
    co_return Next::Close;
}

/// Most answers fit into the socket at once, and then there is nothing to wait for. Nothing where some of it is left.
std::optional<Connection::Next> Connection::sendAtOnce(HttpResponse response, Outgoing &rest)
{
    if (m_aborted || response.status == statusHangUp)
        return Next::Close;
    m_keepAlive = m_keepAlive && !m_state->stopping;
    rest.head = wire::responseHead(response, {.requestId = m_requestId, .keepAlive = m_keepAlive, .bodyFollows = true});
    if (!m_isHead && response.status != 204 && response.status != 304)
        rest.body = std::move(response.body);
    beast::error_code error;
    rest.sent = m_stream.socket().send(rest.buffers(), 0, error);
    if (error == asio::error::would_block)
        error = {};
    if (!error && rest.sent < rest.size())
        return std::nullopt;
    return error || !m_keepAlive ? Next::Close : Next::Request;
}

asio::awaitable<Connection::Next> Connection::sendRest(Outgoing rest)
{
    m_stream.expires_after(m_state->config.writeTimeout);
    const auto error = std::get<0>(co_await asio::async_write(m_stream, rest.buffers(), awaitTuple));
    m_stream.expires_never();
    co_return error || !m_keepAlive ? Next::Close : Next::Request;
}

asio::awaitable<Connection::Next> Connection::write(HttpResponse response)
{
    Outgoing rest;
    if (const auto sent = sendAtOnce(std::move(response), rest))
        co_return *sent;
    co_return co_await sendRest(std::move(rest));
}

/// Closing with unread input makes the kernel reset the connection, and the peer may lose the answer that says why.
/// So the sending side is closed first, and what still arrives is thrown away for a moment.
asio::awaitable<void> Connection::drainAndClose()
{
    if (m_aborted || !m_stream.socket().is_open())
        co_return;
    beast::error_code ignored;
    m_stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    m_stream.expires_after(std::chrono::seconds(m_state->stopping ? 0 : 1));
    for (int reads = 0; reads < 2048; ++reads) {
        const auto [error, size] = co_await m_stream.async_read_some(asio::buffer(m_discard), awaitTuple);
        if (error)
            break;
    }
}

} // namespace parterre::server
