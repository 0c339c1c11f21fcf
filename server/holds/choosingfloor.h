#pragma once

#include <QtGlobal>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace parterre::server {

/// The places of one performance that batches of this server have chosen and not committed yet. Two batches that are
/// under way at once see the same map; without this the second would be sent to the seats of the first, and lose them
/// all. It is a courtesy only: the database decides. Thread-safe.
class ChoosingFloor
{
public:
    struct Places
    {
        std::vector<int> seats;
        std::vector<std::pair<int, int>> areas; ///< Number and quantity.
    };

    /// One batch, from before it chooses until its transaction is over; what it has chosen is kept out of the way of
    /// the others for so long.
    class Batch
    {
    public:
        explicit Batch(std::shared_ptr<ChoosingFloor> floor);
        ~Batch();
        Batch(const Batch &) = delete;
        Batch &operator=(const Batch &) = delete;

        /// While it is held no other batch chooses. Forgets what this one had chosen in an earlier attempt.
        [[nodiscard]] std::unique_lock<std::mutex> enter();
        /// What the others have chosen. Within enter(), as the next.
        [[nodiscard]] Places others() const;
        void addSeats(const std::vector<int> &seats);
        void addArea(int area, int quantity);

        /// Returns when another batch than this one has ended, or none is there, or the time is over.
        void waitForAnother(std::chrono::milliseconds timeMax);

    private:
        std::shared_ptr<ChoosingFloor> m_floor;
        Places m_chosen; ///< Guarded by the floor's mutex.
    };

private:
    std::mutex m_mutex;
    std::condition_variable m_ended;
    std::vector<const Batch *> m_batches;
    quint64 m_endedCount = 0;
};

} // namespace parterre::server
