#pragma once

#include "realtime/livemap.h"

#include <condition_variable>
#include <mutex>
#include <vector>

namespace parterre::server {

/// The map that a desk has open, between the thread of the live maps and the worker that answers the desk.
///
/// The answer to open_map may be a stadium's layout, so it is encoded on the worker. What is pushed meanwhile is kept
/// and goes out after it: a desk never sees a delta before the map that it belongs to.
class OpenedMap : public std::enable_shared_from_this<OpenedMap>
{
public:
    static constexpr std::chrono::seconds startWait{10};
    static constexpr size_t earlyPushesMax = 1'000;
    /// A desk that has so much to take still is pushed nothing more: fifty that do not read would keep gigabytes. What
    /// it missed is less than what would be pushed, since places that changed often are told once.
    static constexpr qsizetype unsentBytesMax = 4 * 1024 * 1024;

    OpenedMap(LiveMap &liveMap, const PerformanceId &performance, std::shared_ptr<WebSocketPeer> peer);
    ~OpenedMap();
    OpenedMap(const OpenedMap &) = delete;
    OpenedMap &operator=(const OpenedMap &) = delete;

    [[nodiscard]] const PerformanceId &performance() const { return m_performance; }

    /// Joins and waits for where to start; Overloaded when that takes too long.
    [[nodiscard]] Result<LiveMap::Start> begin(std::optional<qint64> since);
    /// The answer is on its way: sends what came meanwhile, and from here on what comes.
    void answered();
    /// Nothing is pushed any more. Idempotent.
    void end();

private:
    void started(const Result<LiveMap::Start> &start);
    [[nodiscard]] SharedBytes resetText() const;
    bool pushed(const SharedBytes &bytes);

    LiveMap &m_liveMap;
    const PerformanceId m_performance;
    const std::shared_ptr<WebSocketPeer> m_peer;
    LiveMap::ViewerId m_viewer = 0;

    std::mutex m_mutex; ///< Guards the rest.
    std::condition_variable m_changed;
    std::optional<Result<LiveMap::Start>> m_start;
    std::vector<SharedBytes> m_early;
    bool m_isAnswered = false;
    bool m_hasEnded = false;
};

} // namespace parterre::server
