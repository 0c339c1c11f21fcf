#include "api/openedmap.h"

#include "protocol/codec.h"

namespace parterre::server {

using namespace Qt::StringLiterals;

OpenedMap::OpenedMap(LiveMap &liveMap, const PerformanceId &performance, std::shared_ptr<WebSocketPeer> peer)
    : m_liveMap(liveMap)
    , m_performance(performance)
    , m_peer(std::move(peer))
{}

OpenedMap::~OpenedMap()
{
    end();
}

Result<LiveMap::Start> OpenedMap::begin(std::optional<qint64> since)
{
    // Weak, so that a desk which is gone is not kept by its map.
    m_viewer = m_liveMap.join(m_performance, {.audience = MapAudience::Desk,
                                              .since = since,
                                              .onStart =
                                                  [weak = weak_from_this()](const Result<LiveMap::Start> &start) {
                                                      if (const auto self = weak.lock())
                                                          self->started(start);
                                                  },
                                              .onDelta =
                                                  [weak = weak_from_this()](const SharedBytes &bytes, qint64) {
                                                      const auto self = weak.lock();
                                                      return self && self->pushed(bytes);
                                                  }});
    std::unique_lock lock(m_mutex);
    if (m_changed.wait_for(lock, startWait, [this] { return m_start.has_value(); }))
        return *std::exchange(m_start, std::nullopt);
    return refuse(Error{.code = ErrorCode::Overloaded,
                        .message = u"The map could not be read in time. Open it again in a moment."_s,
                        .retryAfterSeconds = 2});
}

void OpenedMap::started(const Result<LiveMap::Start> &start)
{
    {
        const std::lock_guard lock(m_mutex);
        m_start = start;
    }
    m_changed.notify_all();
}

bool OpenedMap::pushed(const SharedBytes &bytes)
{
    const std::lock_guard lock(m_mutex);
    if (m_hasEnded)
        return false;
    if (m_isAnswered) {
        if (m_peer->unsentBytes() <= unsentBytesMax)
            return m_peer->sendText(bytes);
        m_peer->sendText(resetText());
        return false;
    }
    m_early.push_back(bytes);
    if (m_early.size() <= earlyPushesMax)
        return true;
    m_early = {resetText()}; // What was kept would be a gap without its rest.
    return false;
}

/// The desk opens the map again when it has read this.
SharedBytes OpenedMap::resetText() const
{
    const auto reset =
        protocol::push(protocol::MessageType::MapReset, protocol::OnePerformance{.performance = m_performance});
    return std::make_shared<const QByteArray>(protocol::encode(reset));
}

void OpenedMap::answered()
{
    const std::lock_guard lock(m_mutex);
    m_isAnswered = true;
    if (m_hasEnded)
        return;
    for (const SharedBytes &bytes : std::exchange(m_early, {}))
        m_peer->sendText(bytes);
}

void OpenedMap::end()
{
    {
        const std::lock_guard lock(m_mutex);
        if (std::exchange(m_hasEnded, true))
            return;
    }
    m_liveMap.leave(m_viewer);
}

} // namespace parterre::server
