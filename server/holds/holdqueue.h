#pragma once

#include "holds/holdrequest.h"

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace parterre::server {

struct HoldQueueConfig
{
    int threads = 3; ///< Batches that run at once, of all performances.
    /// Of one performance: while one commits, the next is read and decided. Two cores are kept busy by one batch with
    /// what is answered beside it, and two would only be ready later.
    int batchesAtOnce = std::thread::hardware_concurrency() > 2 ? 2 : 1;
    int worthAnother = 384; ///< So many must wait for that: a batch costs PostgreSQL as much as twenty of its requests.
    int requestsMax = 512;  ///< In one batch.
    int seatsMax = 2'048;   ///< In one batch, unless a single request has more: bounds how long its locks are held.
    int waitingMax = 20'000; ///< In all queues; more are refused at once.
    /// A request that has waited longer is refused, since its buyer has given up or asked again by then.
    std::chrono::milliseconds waitMax{3'000};
};

/// One queue for each performance, and a few threads that carry them out (design D2). There is no timer: a batch is
/// what came while the batches before it ran, so a request that comes alone runs alone and at once, and the more wait
/// the more each commit is worth. Performances take turns, so one that is rushed does not keep another waiting.
///
/// What is refused here has not reached the database: too many waiting, waited too long, or the queue has stopped. What
/// was accepted is answered, also by stop().
class HoldQueue
{
public:
    using Answer = std::function<void()>;
    /// Carries out the requests of one performance, in this order, and returns what answers them. The answer is called
    /// after the next batch of the performance may run, so that nobody waits for the writing of replies.
    using Run = std::function<Answer(const PerformanceId &, std::vector<HoldRequest>)>;

    HoldQueue(const HoldQueueConfig &config, Run run);
    ~HoldQueue();
    HoldQueue(const HoldQueue &) = delete;
    HoldQueue &operator=(const HoldQueue &) = delete;

    void add(const PerformanceId &performance, HoldRequest request);
    /// Carries out what waits, then ends the threads. Idempotent.
    void stop();

    [[nodiscard]] int waiting() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
