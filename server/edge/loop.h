#pragma once

#include "edge/asio.h"

#include <functional>
#include <mutex>
#include <vector>

namespace parterre::server {

/// One io_context with its one thread, and the way in for all others.
///
/// Other threads hand work in through post(), which wakes the thread once for all that gathers meanwhile: a push to
/// 10,000 viewers costs one wake-up a thread. After close() nothing enters, so that work which holds a connection
/// cannot keep the loop that it lives on alive.
class Loop
{
public:
    void post(std::function<void()> work)
    {
        bool first = false;
        {
            const std::lock_guard lock(m_mutex);
            if (m_closed)
                return;
            first = m_queue.empty();
            m_queue.push_back(std::move(work));
        }
        if (first)
            asio::post(context, [this] { drain(); });
    }

    /// Runs until the guard is gone and no connection is left.
    void run() { context.run(); }

    void close()
    {
        std::vector<std::function<void()>> left;
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        left.swap(m_queue);
    }

    asio::io_context context{1};

private:
    void drain()
    {
        std::vector<std::function<void()>> work;
        {
            const std::lock_guard lock(m_mutex);
            work.swap(m_queue);
        }
        for (auto &one : work)
            one();
    }

    std::mutex m_mutex;
    std::vector<std::function<void()>> m_queue;
    bool m_closed = false;
};

/// Wakes one waiting coroutine; a call before the wait is not lost. Used on the loop's thread only.
class Signal
{
public:
    explicit Signal(asio::io_context &context)
        : m_timer(context)
    {}

    void notify()
    {
        m_set = true;
        m_timer.cancel();
    }
    /// False when the time passed without a call.
    asio::awaitable<bool> waitUntil(asio::steady_timer::time_point end)
    {
        if (!m_set) {
            m_timer.expires_at(end);
            co_await m_timer.async_wait(awaitTuple);
        }
        const bool woken = m_set;
        m_set = false;
        co_return woken;
    }
    asio::awaitable<bool> wait() { return waitUntil(asio::steady_timer::time_point::max()); }

private:
    asio::steady_timer m_timer;
    bool m_set = false;
};

} // namespace parterre::server
