#pragma once

#include <QString>

#include <chrono>
#include <functional>
#include <memory>

namespace parterre::server {

/// A thread that does one thing again and again: after each `interval`, or at once when it is woken. Runs never
/// overlap, and a wake during a run leads to one more run. An exception that escapes `work` ends the process: work
/// returns its refusals.
class PeriodicTask
{
public:
    PeriodicTask(QString name, std::chrono::milliseconds interval, std::function<void()> work);
    ~PeriodicTask();
    PeriodicTask(const PeriodicTask &) = delete;
    PeriodicTask &operator=(const PeriodicTask &) = delete;

    void start();
    void wake();
    /// Lets a run that has begun end. Idempotent.
    void stop();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
