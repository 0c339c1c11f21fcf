#pragma once

#include "base/ids.h"

#include <QHash>

#include <mutex>
#include <optional>

namespace parterre::server {

/// In which performance a hold is, which never changes: so that a renewal finds its queue without asking the database.
/// Bounded: the older half is forgotten when the younger is full, and asked for again if somebody comes for it.
class HoldRoutes
{
public:
    explicit HoldRoutes(int countMax)
        : m_halfMax(countMax / 2)
    {}

    void learn(const HoldId &hold, const PerformanceId &performance)
    {
        const std::lock_guard lock(m_mutex);
        if (m_young.size() >= m_halfMax)
            m_old = std::exchange(m_young, {});
        m_young.insert(hold, performance);
    }
    [[nodiscard]] std::optional<PerformanceId> find(const HoldId &hold) const
    {
        const std::lock_guard lock(m_mutex);
        for (const auto *half : {&m_young, &m_old}) {
            if (const auto found = half->constFind(hold); found != half->cend())
                return *found;
        }
        return std::nullopt;
    }

private:
    const qsizetype m_halfMax;
    mutable std::mutex m_mutex;
    QHash<HoldId, PerformanceId> m_young;
    QHash<HoldId, PerformanceId> m_old;
};

} // namespace parterre::server
