#include "service/timetable.h"

#include "edge/asio.h"

#include <map>
#include <mutex>
#include <thread>

namespace parterre::psp {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

class Timetable::Private
{
public:
    Private()
        : m_thread([this] { context.run(); })
    {}

    void add(std::chrono::milliseconds delay, std::function<void()> work);
    void stop();

    asio::io_context context{1};

private:
    void workOff();

    asio::executor_work_guard<asio::io_context::executor_type> m_guard{context.get_executor()};
    asio::steady_timer m_timer{context}; ///< Of the thread's.
    std::mutex m_mutex;
    std::multimap<Steady::time_point, std::function<void()>> m_waiting;
    bool m_isStopping = false;
    bool m_looksByItself = false; ///< The thread works, and looks at what waits before it sleeps.
    std::thread m_thread;
};

void Timetable::Private::add(std::chrono::milliseconds delay, std::function<void()> work)
{
    bool isToBeTold = false;
    {
        const std::scoped_lock lock(m_mutex);
        const auto added = m_waiting.emplace(Steady::now() + delay, std::move(work));
        isToBeTold = added == m_waiting.begin() && !m_looksByItself && !m_isStopping;
    }
    if (isToBeTold) // Else it wakes for something earlier.
        asio::post(context, [this] { workOff(); });
}

void Timetable::Private::workOff()
{
    std::unique_lock lock(m_mutex);
    m_looksByItself = true;
    // What is added meanwhile has to wait for the sockets of this thread.
    const auto now = Steady::now();
    while (!m_isStopping && !m_waiting.empty() && m_waiting.begin()->first <= now) {
        const std::function<void()> work = std::move(m_waiting.begin()->second);
        m_waiting.erase(m_waiting.begin());
        lock.unlock();
        work();
        lock.lock();
    }
    m_looksByItself = false;
    if (m_isStopping || m_waiting.empty())
        return;
    const auto next = m_waiting.begin()->first;
    lock.unlock();
    if (next <= Steady::now())
        return asio::post(context, [this] { workOff(); });
    m_timer.expires_at(next);
    m_timer.async_wait([this](const boost::system::error_code &error) {
        if (!error)
            workOff();
    });
}

void Timetable::Private::stop()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isStopping = true;
    }
    context.stop();
    if (m_thread.joinable())
        m_thread.join();
    std::multimap<Steady::time_point, std::function<void()>> forgotten;
    const std::scoped_lock lock(m_mutex);
    std::swap(forgotten, m_waiting);
}

Timetable::Timetable()
    : m_private(std::make_unique<Private>())
{}

Timetable::~Timetable()
{
    stop();
}

void Timetable::after(std::chrono::milliseconds delay, std::function<void()> work)
{
    m_private->add(delay, std::move(work));
}

void Timetable::stop()
{
    m_private->stop();
}

boost::asio::io_context &Timetable::context()
{
    return m_private->context;
}

} // namespace parterre::psp
