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
    bool isNext = false;
    bool isWatched = false;
    {
        const std::scoped_lock lock(m_mutex);
        const auto added = m_waiting.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
        isNext = added == m_waiting.begin();
        isWatched = m_isWatched;
    }
    // Else whoever waits does so for something earlier.
    if (isNext)
        (isWatched ? m_comes : m_needed).notify_one();
}

void Timetable::stop()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_isStopping = true;
    }
    m_comes.notify_all();
    m_needed.notify_all();
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
        const bool isDue = !m_waiting.empty() && m_waiting.begin()->first <= std::chrono::steady_clock::now();
        if (!isDue && (m_waiting.empty() || m_isWatched)) {
            m_needed.wait(lock);
        } else if (!isDue) {
            m_isWatched = true;
            m_comes.wait_until(lock, m_waiting.begin()->first);
            m_isWatched = false;
        } else {
            const std::function<void()> work = std::move(m_waiting.begin()->second);
            m_waiting.erase(m_waiting.begin());
            const bool needsAnother = !m_waiting.empty() && !m_isWatched;
            lock.unlock();
            if (needsAnother)
                m_needed.notify_one();
            work();
            lock.lock();
        }
    }
}

} // namespace parterre::psp
