#include "edge/edge.h"

#include "edge/connection.h"
#include "edge/eventviewer.h"

#include <sys/socket.h>

#include <thread>

using namespace Qt::StringLiterals;

namespace parterre::server {

namespace {

/// The pause after a failed accept, most often for want of file descriptors: others end meanwhile.
constexpr std::chrono::milliseconds acceptPause{100};

struct EdgeThread
{
    std::shared_ptr<EdgeLoop> loop = std::make_shared<EdgeLoop>();
    std::unique_ptr<tcp::acceptor> acceptor;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard;
    asio::steady_timer viewerTimer{loop->context};
    std::jthread thread;
};

asio::awaitable<void> acceptAll(std::shared_ptr<EdgeState> state, EdgeThread *own)
{
    asio::steady_timer pause(own->loop->context);
    while (own->acceptor->is_open()) {
        auto [error, socket] = co_await own->acceptor->async_accept(awaitTuple);
        if (state->stopping)
            break;
        if (error) {
            qCWarning(logEdge) << "Accepting a connection failed:" << error.message().c_str();
            pause.expires_after(acceptPause);
            co_await pause.async_wait(awaitTuple);
            continue;
        }
        beast::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        state->accepted++;
        state->open++;
        std::make_shared<Connection>(state, own->loop, std::move(socket))->start();
    }
}

enum class Sharing { Alone, WithOtherThreads };

beast::error_code bindAcceptor(tcp::acceptor &acceptor, const tcp::endpoint &endpoint, Sharing sharing)
{
    beast::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (error)
        return error;
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
    const int on = 1;
    if (sharing == Sharing::WithOtherThreads &&
        ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        return beast::error_code(errno, boost::system::system_category());
    acceptor.bind(endpoint, error);
    return error;
}

/// A port that is shared between threads is shared with any other server of this user too, which would then get half of
/// our connections without a word. So the port is first asked for alone.
beast::error_code checkThatNobodyListens(asio::io_context &context, const tcp::endpoint &endpoint)
{
    tcp::acceptor alone(context);
    return bindAcceptor(alone, endpoint, Sharing::Alone);
}

beast::error_code openAcceptor(tcp::acceptor &acceptor, const tcp::endpoint &endpoint)
{
    beast::error_code error = bindAcceptor(acceptor, endpoint, Sharing::WithOtherThreads);
    if (!error)
        acceptor.listen(4096, error);
    return error;
}

} // namespace

class Edge::Private
{
public:
    std::shared_ptr<EdgeState> state;
    std::vector<std::unique_ptr<EdgeThread>> threads;
    quint16 port = 0;

    void onAll(void (Connection::*toConnection)(), void (EventViewer::*toViewer)())
    {
        for (auto &one : threads) {
            one->loop->post([loop = one->loop.get(), toConnection, toViewer] {
                const std::vector<Connection *> all(loop->connections.begin(), loop->connections.end());
                for (Connection *connection : all)
                    (connection->*toConnection)();
                std::vector<std::shared_ptr<EventViewer>> viewers;
                for (EventViewer *viewer : loop->viewers)
                    viewers.push_back(viewer->shared_from_this());
                for (const auto &viewer : viewers)
                    (viewer.get()->*toViewer)();
            });
        }
    }
    bool waitUntilGone(std::chrono::steady_clock::time_point end) const
    {
        while (state->open > 0 && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return state->open <= 0;
    }
};

Edge::Edge(EdgeConfig config, const Router &router, WorkerPool &workers)
    : m_private(std::make_unique<Private>())
{
    m_private->state =
        std::shared_ptr<EdgeState>(new EdgeState{.config = std::move(config), .router = router, .workers = workers});
}

Edge::~Edge()
{
    shutDown(std::chrono::milliseconds(0));
}

Status Edge::listen()
{
    const auto &config = m_private->state->config;
    const auto refusal = [&](const beast::error_code &error) {
        m_private->threads.clear();
        return refuse(ErrorCode::Unavailable, u"The server cannot listen on %1 port %2: %3."_s.arg(config.address)
                                                  .arg(config.port)
                                                  .arg(QString::fromStdString(error.message())));
    };
    beast::error_code error;
    const auto address = asio::ip::make_address(config.address.toStdString(), error);
    if (error)
        return refusal(error);
    m_private->port = config.port;
    for (int i = 0; i < std::max(1, config.threads); ++i) {
        auto one = std::make_unique<EdgeThread>();
        one->acceptor = std::make_unique<tcp::acceptor>(one->loop->context);
        if (i == 0)
            error = checkThatNobodyListens(one->loop->context, tcp::endpoint(address, m_private->port));
        if (!error)
            error = openAcceptor(*one->acceptor, tcp::endpoint(address, m_private->port));
        if (error)
            return refusal(error);
        m_private->port = one->acceptor->local_endpoint().port();
        m_private->threads.push_back(std::move(one));
    }
    for (auto &one : m_private->threads) {
        one->guard.emplace(one->loop->context.get_executor());
        asio::co_spawn(one->loop->context, acceptAll(m_private->state, one.get()), [](const std::exception_ptr &) {});
        asio::co_spawn(one->loop->context, lookAfterViewers(m_private->state, *one->loop, one->viewerTimer),
                       [](const std::exception_ptr &) {});
        one->thread = std::jthread([loop = one->loop] { loop->run(); });
    }
    qCInfo(logEdge).noquote() << "Listening on" << config.address << "port" << m_private->port;
    return {};
}

quint16 Edge::port() const
{
    return m_private->port;
}

void Edge::shutDown(std::chrono::milliseconds deadline)
{
    auto &d = *m_private;
    const auto end = std::chrono::steady_clock::now() + deadline;
    d.state->stopping = true;
    for (auto &one : d.threads) {
        one->loop->post([acceptor = one->acceptor.get()] {
            beast::error_code ignored;
            acceptor->close(ignored);
        });
    }
    d.onAll(&Connection::endSoon, &EventViewer::close);
    while (!d.waitUntilGone(end)) {
        // Again and again: one may have been accepted, or have begun to wait, while the first word went round.
        d.onAll(&Connection::abort, &EventViewer::end);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    for (auto &one : d.threads) {
        one->loop->post([timer = &one->viewerTimer] { timer->cancel(); });
        one->guard.reset();
    }
    for (auto &one : d.threads) {
        if (one->thread.joinable())
            one->thread.join();
        one->loop->close();
    }
    d.threads.clear();
}

Edge::Counts Edge::counts() const
{
    const auto &state = *m_private->state;
    return {.accepted = state.accepted,
            .open = state.open,
            .requests = state.requests,
            .eventStreams = state.eventStreams,
            .webSockets = state.webSockets,
            .droppedSlowViewers = state.droppedSlowViewers,
            .refusedOverload = state.refusedOverload};
}

} // namespace parterre::server
