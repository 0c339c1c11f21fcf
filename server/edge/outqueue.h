#pragma once

#include "edge/http.h"

#include <deque>
#include <mutex>
#include <vector>

namespace parterre::server {

/// What is still to be sent to one viewer: shared buffers, bounded in bytes (what is being written counts until it is
/// written). Thread safe.
class OutQueue
{
public:
    explicit OutQueue(qsizetype bytesMax)
        : m_bytesMax(bytesMax)
    {}

    enum class Push {
        Queued, ///< The writer has been told already.
        First,  ///< The writer sleeps; wake it.
        Full,   ///< The queue closed itself just now; end the connection.
        Closed, ///< It was closed before.
    };
    Push push(SharedBytes bytes)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_open)
            return Push::Closed;
        if (m_bytes + bytes->size() > m_bytesMax) {
            m_open = false;
            m_pending.clear();
            return Push::Full;
        }
        m_bytes += bytes->size();
        const bool first = m_pending.empty();
        m_pending.push_back(std::move(bytes));
        return first ? Push::First : Push::Queued;
    }
    [[nodiscard]] std::vector<SharedBytes> take(size_t countMax)
    {
        const std::lock_guard lock(m_mutex);
        std::vector<SharedBytes> taken;
        while (!m_pending.empty() && taken.size() < countMax) {
            taken.push_back(std::move(m_pending.front()));
            m_pending.pop_front();
        }
        return taken;
    }
    void wrote(qsizetype bytes)
    {
        const std::lock_guard lock(m_mutex);
        m_bytes -= bytes;
    }
    [[nodiscard]] qsizetype bytes() const
    {
        const std::lock_guard lock(m_mutex);
        return m_bytes;
    }
    /// What is queued can still be taken. True on the first call.
    bool close()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_open, false);
    }
    [[nodiscard]] bool isOpen() const
    {
        const std::lock_guard lock(m_mutex);
        return m_open;
    }

private:
    const qsizetype m_bytesMax;
    mutable std::mutex m_mutex;
    std::deque<SharedBytes> m_pending;
    qsizetype m_bytes = 0;
    bool m_open = true;
};

} // namespace parterre::server
