#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace parterre::psp {

/// Work for later, done by one thread in the order in which it is due, and the thread of whatever else waits without
/// blocking. What is not due yet costs no thread, so thousands of calls may wait at once; none of it may block.
class Timetable
{
public:
    Timetable();
    ~Timetable();
    Timetable(const Timetable &) = delete;
    Timetable &operator=(const Timetable &) = delete;

    void after(std::chrono::milliseconds delay, std::function<void()> work);
    /// Ends what runs and forgets what waits. Idempotent.
    void stop();
    /// Which that thread runs.
    [[nodiscard]] boost::asio::io_context &context();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::psp
