#pragma once

#include <functional>
#include <memory>

namespace parterre::server {

/// Threads that may block, on the database above all. The queue is bounded: when it is full work is refused at once,
/// before it has cost anything, and the caller answers 503 (design: overload is said early, never after the effect).
class WorkerPool
{
public:
    WorkerPool(int threads, int queueMax);
    ~WorkerPool();
    WorkerPool(const WorkerPool &) = delete;
    WorkerPool &operator=(const WorkerPool &) = delete;

    /// False when the queue is full or the pool is stopping; `work` is not called then.
    [[nodiscard]] bool tryRun(std::function<void()> work);
    /// For what must not be lost, such as the end of a connection: enters the queue even when it is full.
    void run(std::function<void()> work);
    [[nodiscard]] int waiting() const;
    /// Finishes what is queued, then ends the threads. Idempotent.
    void stop();

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
