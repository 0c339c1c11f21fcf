#include "service/timetable.h"

#include <utility>

namespace parterre::psp {

Timetable::Timetable(int threads)
{
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { run(); });
}

Timetable::~Timetable()
{
    stop();
}

void Timetable::after(std::chrono::milliseconds delay, std::function<void()> work)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_waiting.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
    }
    m_changed.notify_one();
}

void Timetable::stop()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isStopping = true;
    }
    m_changed.notify_all();
    for (std::thread &thread : m_threads) {
        if (thread.joinable())
            thread.join();
    }
    std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> forgotten;
    const std::scoped_lock lock(m_mutex);
    std::swap(forgotten, m_waiting);
}

void Timetable::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        if (m_waiting.empty()) {
            m_changed.wait(lock);
        } else if (const auto due = m_waiting.begin()->first; due > std::chrono::steady_clock::now()) {
            m_changed.wait_until(lock, due);
        } else {
            const std::function<void()> work = std::move(m_waiting.begin()->second);
            m_waiting.erase(m_waiting.begin());
            lock.unlock();
            work();
            lock.lock();
        }
    }
}

} // namespace parterre::psp
