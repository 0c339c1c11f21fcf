#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace parterre::psp {

/// Work for later, done by a few threads in the order in which it is due. What is not due yet costs no thread, so
/// thousands of calls may wait at once.
class Timetable
{
public:
    explicit Timetable(int threads);
    ~Timetable();
    Timetable(const Timetable &) = delete;
    Timetable &operator=(const Timetable &) = delete;

    void after(std::chrono::milliseconds delay, std::function<void()> work);
    /// Ends what runs and forgets what waits. Idempotent.
    void stop();

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_comes;  ///< What is due next has changed, for the one who waits for it.
    std::condition_variable m_needed; ///< For the others.
    std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> m_waiting;
    bool m_isStopping = false;
    bool m_isWatched = false; ///< One thread waits for what is due next.
    std::vector<std::thread> m_threads;
};

} // namespace parterre::psp
