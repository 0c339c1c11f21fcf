#include "runtime/workerpool.h"

#include <QLoggingCategory>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace parterre::server {

namespace {
Q_LOGGING_CATEGORY(logWorkers, "parterre.workers")

void runGuarded(const std::function<void()> &work)
{
    // One piece of work that throws must not take the server down with it; its owner sees that it never answered.
    try {
        work();
    } catch (const std::exception &error) {
        qCCritical(logWorkers) << "Work ended with an exception:" << error.what();
    } catch (...) {
        qCCritical(logWorkers) << "Work ended with an unknown exception.";
    }
}
} // namespace

class WorkerPool::Private
{
public:
    explicit Private(int max)
        : queueMax(max)
    {}

    void work()
    {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return stopping || !queue.empty(); });
            if (queue.empty())
                return;
            auto next = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            runGuarded(next);
            next = nullptr; // What the work owns is let go outside the lock.
            lock.lock();
        }
    }

    const int queueMax;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> queue;
    bool stopping = false;
    std::vector<std::jthread> threads;
};

WorkerPool::WorkerPool(int threads, int queueMax)
    : m_private(std::make_unique<Private>(queueMax))
{
    for (int i = 0; i < threads; ++i)
        m_private->threads.emplace_back([p = m_private.get()] { p->work(); });
}

WorkerPool::~WorkerPool()
{
    stop();
}

bool WorkerPool::tryRun(std::function<void()> work)
{
    {
        const std::lock_guard lock(m_private->mutex);
        if (m_private->stopping || static_cast<int>(m_private->queue.size()) >= m_private->queueMax)
            return false;
        m_private->queue.push_back(std::move(work));
    }
    m_private->changed.notify_one();
    return true;
}

void WorkerPool::run(std::function<void()> work)
{
    {
        const std::lock_guard lock(m_private->mutex);
        if (!m_private->stopping) {
            m_private->queue.push_back(std::move(work));
            m_private->changed.notify_one();
            return;
        }
    }
    // The pool is ending and no thread may look at the queue again. It must not be lost, so the caller carries it out.
    runGuarded(work);
}

int WorkerPool::waiting() const
{
    const std::lock_guard lock(m_private->mutex);
    return static_cast<int>(m_private->queue.size());
}

void WorkerPool::stop()
{
    {
        const std::lock_guard lock(m_private->mutex);
        m_private->stopping = true;
    }
    m_private->changed.notify_all();
    m_private->threads.clear(); // jthread joins.
}

} // namespace parterre::server
