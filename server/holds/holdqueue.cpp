#include "holds/holdqueue.h"

#include "base/assert.h"

#include <QHash>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

using Moment = std::chrono::steady_clock::time_point;

/// Requests past their time are looked for this often while all threads are busy.
constexpr std::chrono::milliseconds lookInterval{100};

Error overloaded()
{
    return {.code = ErrorCode::Overloaded,
            .message = u"Too many people are choosing places right now; nothing was done. Try again in a moment."_s,
            .retryAfterSeconds = 2};
}

Error stopping()
{
    return {.code = ErrorCode::Unavailable,
            .message = u"The server is being stopped; nothing was done. Try again in a moment."_s,
            .retryAfterSeconds = 5};
}

void refuseAll(std::vector<HoldRequest> &requests)
{
    for (HoldRequest &request : requests)
        request.done(refuse(overloaded()));
    requests.clear();
}

} // namespace

class HoldQueue::Private
{
public:
    Private(const HoldQueueConfig &wanted, Run carryOut)
        : config(wanted)
        , run(std::move(carryOut))
    {
        PT_ASSERT(config.threads > 0 && config.batchesAtOnce > 0 && config.requestsMax > 0,
                  "somebody must do the work");
    }

    struct Line
    {
        std::deque<HoldRequest> waiting;
        int running = 0;
        bool hasTurn = false; ///< Stands in `turns`.
    };

    void work();
    void watch();
    /// Gives the performance a turn if it may have one. Under the lock.
    void offer(const PerformanceId &performance, Line &line);
    [[nodiscard]] std::vector<HoldRequest> takeBatch(Line &line);
    /// Takes out what has waited too long. Under the lock.
    [[nodiscard]] std::vector<HoldRequest> takeOverdue(Line &line, Moment now);
    void leave(const PerformanceId &performance);

    const HoldQueueConfig config;
    const Run run;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::condition_variable watched;
    QHash<PerformanceId, std::shared_ptr<Line>> lines; ///< Those with something to do.
    std::deque<PerformanceId> turns;
    int waiting = 0;
    bool watcherSleeps = false;
    bool isStopping = false;
    std::vector<std::jthread> threads;
    std::jthread watcher;
};

void HoldQueue::Private::offer(const PerformanceId &performance, Line &line)
{
    if (line.hasTurn || line.waiting.empty() || line.running >= config.batchesAtOnce)
        return;
    if (line.running > 0 && static_cast<int>(line.waiting.size()) < std::min(config.worthAnother, config.requestsMax))
        return; // They go with the next one, which is soon: leave() comes by here.
    line.hasTurn = true;
    turns.push_back(performance);
    changed.notify_one();
}

std::vector<HoldRequest> HoldQueue::Private::takeBatch(Line &line)
{
    std::vector<HoldRequest> batch;
    batch.reserve(std::min(line.waiting.size(), static_cast<size_t>(config.requestsMax)));
    int seats = 0;
    while (!line.waiting.empty() && static_cast<int>(batch.size()) < config.requestsMax) {
        seats += line.waiting.front().seatCount();
        if (!batch.empty() && seats > config.seatsMax)
            break;
        batch.push_back(std::move(line.waiting.front()));
        line.waiting.pop_front();
    }
    waiting -= static_cast<int>(batch.size());
    return batch;
}

std::vector<HoldRequest> HoldQueue::Private::takeOverdue(Line &line, Moment now)
{
    std::vector<HoldRequest> overdue;
    while (!line.waiting.empty() && now - line.waiting.front().since > config.waitMax) {
        overdue.push_back(std::move(line.waiting.front()));
        line.waiting.pop_front();
    }
    waiting -= static_cast<int>(overdue.size());
    return overdue;
}

void HoldQueue::Private::leave(const PerformanceId &performance)
{
    const auto line = lines.value(performance);
    --line->running;
    offer(performance, *line);
    if (line->running == 0 && line->waiting.empty() && !line->hasTurn)
        lines.remove(performance);
    if (isStopping && waiting == 0)
        changed.notify_all();
}

void HoldQueue::Private::work()
{
    std::unique_lock lock(mutex);
    for (;;) {
        changed.wait(lock, [this] { return !turns.empty() || (isStopping && waiting == 0); });
        if (turns.empty())
            return;
        const PerformanceId performance = turns.front();
        turns.pop_front();
        const auto line = lines.value(performance);
        line->hasTurn = false;
        ++line->running;
        auto overdue = takeOverdue(*line, std::chrono::steady_clock::now());
        auto batch = takeBatch(*line);
        offer(performance, *line);
        lock.unlock();
        refuseAll(overdue);
        Answer answer = batch.empty() ? Answer() : run(performance, std::move(batch));
        lock.lock();
        leave(performance);
        lock.unlock();
        if (answer)
            answer();
        answer = nullptr; // What it owns is let go outside the lock.
        lock.lock();
    }
}

void HoldQueue::Private::watch()
{
    std::unique_lock lock(mutex);
    while (!isStopping) {
        if (waiting == 0) {
            watcherSleeps = true;
            watched.wait(lock, [this] { return waiting > 0 || isStopping; });
            watcherSleeps = false;
        }
        // Nobody waits too long before that, and being woken for each batch would cost as much as a request.
        watched.wait_for(lock, lookInterval, [this] { return isStopping; });
        std::vector<HoldRequest> overdue;
        const auto now = std::chrono::steady_clock::now();
        for (const auto &line : std::as_const(lines))
            std::ranges::move(takeOverdue(*line, now), std::back_inserter(overdue));
        lock.unlock();
        refuseAll(overdue);
        lock.lock();
    }
}

HoldQueue::HoldQueue(const HoldQueueConfig &config, Run run)
    : m_private(std::make_unique<Private>(config, std::move(run)))
{
    for (int i = 0; i < config.threads; ++i)
        m_private->threads.emplace_back([p = m_private.get()] { p->work(); });
    m_private->watcher = std::jthread([p = m_private.get()] { p->watch(); });
}

HoldQueue::~HoldQueue()
{
    stop();
}

void HoldQueue::add(const PerformanceId &performance, HoldRequest request)
{
    Error refusal;
    {
        const std::lock_guard lock(m_private->mutex);
        if (!m_private->isStopping && m_private->waiting < m_private->config.waitingMax) {
            if (request.since == Moment()) // Else it has waited already, to learn its performance.
                request.since = std::chrono::steady_clock::now();
            auto &line = m_private->lines[performance];
            if (!line)
                line = std::make_shared<Private::Line>();
            line->waiting.push_back(std::move(request));
            if (m_private->waiting++ == 0 && m_private->watcherSleeps)
                m_private->watched.notify_one();
            m_private->offer(performance, *line);
            return;
        }
        refusal = m_private->isStopping ? stopping() : overloaded();
    }
    request.done(refuse(refusal));
}

void HoldQueue::stop()
{
    {
        const std::lock_guard lock(m_private->mutex);
        m_private->isStopping = true;
    }
    m_private->changed.notify_all();
    m_private->watched.notify_all();
    m_private->threads.clear(); // jthread joins.
    if (m_private->watcher.joinable())
        m_private->watcher.join();
}

int HoldQueue::waiting() const
{
    const std::lock_guard lock(m_private->mutex);
    return m_private->waiting;
}

} // namespace parterre::server
