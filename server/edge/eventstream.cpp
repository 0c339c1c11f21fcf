#include "edge/connection.h"

#include "edge/eventviewer.h"
#include "edge/wire.h"

#include <algorithm>

using namespace Qt::StringLiterals;

/// The part of a connection that serves Server-Sent Events: it ends where the viewer begins.
namespace parterre::server {

asio::awaitable<Connection::Next> Connection::serveStream(const Router::Route &route,
                                                          std::shared_ptr<HttpRequest> request)
{
    m_viewer = std::make_shared<EventViewer>(m_state, m_loop);
    std::shared_ptr<EventStream> stream = std::make_shared<ViewerHandle>(m_viewer);
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
    const auto viewer = std::exchange(m_viewer, nullptr);
    if (response.status != 200 || m_aborted) {
        viewer->end();
        co_return co_await write(std::move(response));
    }
    response.with("Content-Type", "text/event-stream; charset=utf-8");
    response.with("Cache-Control", "no-store");
    response.with("X-Accel-Buffering", "no");
    viewer->open(m_stream.release_socket(),
                 wire::responseHead(response, {.requestId = m_requestId, .keepAlive = false, .bodyFollows = false}));
    m_aborted = true; // Nothing more is to be done with the socket here.
    co_return Next::Close;
}

asio::awaitable<void> lookAfterViewers(std::shared_ptr<EdgeState> state, EdgeLoop &loop, asio::steady_timer &timer)
{
    // Each is looked at once in `round`, so the work is spread and an idle viewer costs no timer of its own.
    const auto round = std::min(state->config.pingInterval, state->config.writeTimeout) / 2;
    const auto turn = std::clamp(round / 16, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
    const auto turns = static_cast<size_t>(std::max<std::int64_t>(round / turn, 1));
    size_t next = 0;
    for (;;) {
        timer.expires_after(turn);
        if (const auto [error] = co_await timer.async_wait(awaitTuple); error || state->stopping)
            co_return;
        const auto now = std::chrono::steady_clock::now();
        for (size_t left = loop.viewers.size() / turns + 1; left > 0 && !loop.viewers.empty(); --left) {
            next = next < loop.viewers.size() ? next : 0;
            // Kept: who ends itself in look() is let go by its socket.
            loop.viewers[next++]->shared_from_this()->look(now);
        }
    }
}

} // namespace parterre::server
