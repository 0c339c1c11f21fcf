#include "load/loop.h"

#include "load/asio.h"

#include <algorithm>
#include <csignal>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

std::chrono::steady_clock::time_point timePoint(qint64 moment)
{
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::nanoseconds(moment)));
}

} // namespace

class Loop::Private
{
public:
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
    asio::signal_set signals{context, SIGINT, SIGTERM};
    bool isInterrupted = false;
};

Loop::Loop()
    : m_private(std::make_unique<Private>())
{
    m_private->signals.async_wait([this](const boost::system::error_code &error, int) {
        m_private->isInterrupted = m_private->isInterrupted || !error;
    });
}

Loop::~Loop() = default;

qint64 Loop::now()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void Loop::at(qint64 moment, std::function<void()> work)
{
    auto timer = std::make_shared<asio::steady_timer>(m_private->context, timePoint(moment));
    timer->async_wait([timer, work = std::move(work)](const boost::system::error_code &error) {
        if (!error)
            work();
    });
}

Result<bool> Loop::run(const std::function<bool()> &isDone, qint64 until)
{
    while (!isDone()) {
        if (m_private->isInterrupted)
            return refuse(ErrorCode::WrongState, u"The bench was told to stop."_s);
        if (now() >= until)
            return false;
        // Short enough to see that it is done where nothing else happens.
        m_private->context.run_one_until(timePoint(std::min(until, now() + 20 * millisecond)));
    }
    return true;
}

Status Loop::runFor(std::chrono::nanoseconds time)
{
    PT_CHECK(run([] { return false; }, now() + time.count()));
    return {};
}

asio::io_context &Loop::context()
{
    return m_private->context;
}

} // namespace parterre::bench
