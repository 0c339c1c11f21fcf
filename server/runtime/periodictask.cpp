#include "runtime/periodictask.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace parterre::server {

class PeriodicTask::Private
{
public:
    QString name;
    std::chrono::milliseconds interval;
    std::function<void()> work;
    std::mutex mutex;
    std::condition_variable changed;
    bool woken = false;
    bool stopping = false;
    std::thread thread;

    void loop()
    {
        std::unique_lock lock(mutex);
        while (!stopping) {
            changed.wait_for(lock, interval, [this] { return woken || stopping; });
            if (stopping)
                return;
            woken = false;
            lock.unlock();
            work();
            lock.lock();
        }
    }
};

PeriodicTask::PeriodicTask(QString name, std::chrono::milliseconds interval, std::function<void()> work)
    : m_private(std::make_unique<Private>())
{
    m_private->name = std::move(name);
    m_private->interval = interval;
    m_private->work = std::move(work);
}

PeriodicTask::~PeriodicTask()
{
    stop();
}

void PeriodicTask::start()
{
    m_private->thread = std::thread([this] { m_private->loop(); });
    pthread_setname_np(m_private->thread.native_handle(), m_private->name.left(15).toLatin1().constData());
}

void PeriodicTask::wake()
{
    {
        const std::lock_guard lock(m_private->mutex);
        m_private->woken = true;
    }
    m_private->changed.notify_one();
}

void PeriodicTask::stop()
{
    {
        const std::lock_guard lock(m_private->mutex);
        m_private->stopping = true;
    }
    m_private->changed.notify_one();
    if (m_private->thread.joinable())
        m_private->thread.join();
}

} // namespace parterre::server
