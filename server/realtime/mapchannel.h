#pragma once

#include "realtime/livemap.h"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

namespace parterre::server {

/// Differences of two maps of the same places, from the number of the first to that of the second.
[[nodiscard]] MapDelta differenceOf(const MapSnapshot &before, const MapSnapshot &after);
/// What the public may know of a map.
[[nodiscard]] MapSnapshot publicMap(MapSnapshot map);
/// The public's part of `delta`, which is about to be applied to `before`: what looks the same to it is left out.
[[nodiscard]] MapDelta publicPart(const MapDelta &delta, const MapSnapshot &before);
/// What mapSnapshotToJson() says of publicMap(map), as text. Written directly: it is a letter a seat.
[[nodiscard]] QByteArray publicMapJson(const MapSnapshot &map);

/// One viewer; shared by the live thread and whoever may make it leave.
struct MapMember
{
    LiveMap::ViewerId id = 0;
    LiveMap::Viewer viewer;
    std::atomic<bool> hasLeft = false;
};

/// The map of one performance as its viewers have been told it, and these viewers. Belongs to the live thread.
///
/// Invariant: every desk viewer has exactly state(), and every public viewer a map that looks the same to it under a
/// number from `m_publicSeq` on. So a push that starts there leaves no gap, whoever joined when, and may leave out what
/// looks unchanged to the public.
class MapChannel
{
public:
    using Moment = std::chrono::steady_clock::time_point;
    using Version = std::shared_ptr<const MapSnapshot>;

    MapChannel(PerformanceId performance, Version state);

    [[nodiscard]] const Version &state() const { return m_state; }
    [[nodiscard]] bool isEmpty() const { return m_members.empty(); }
    [[nodiscard]] size_t memberCount() const { return m_members.size(); }

    /// The present map for who starts without one; encoded once for each audience and number.
    [[nodiscard]] const LiveMap::Start &snapshotStart(MapAudience audience);
    /// The same for who has the map of `missed.from`. Only the places of `missed` matter: they may have changed once
    /// more by the time it was read, and the viewer must have what all others have.
    [[nodiscard]] LiveMap::Start deltaStart(const MapDelta &missed, MapAudience audience) const;

    /// Calls onStart; the viewer gets every push from here on.
    void admit(std::shared_ptr<MapMember> member, const LiveMap::Start &start);
    /// Moves on to `now`, and tells all what is different there; where that is no later map of the same places they are
    /// told to load it anew. Returns how often something was pushed.
    int moveTo(Version now);
    /// Takes out those who left and gives them, so that others can forget them too.
    [[nodiscard]] std::vector<std::shared_ptr<MapMember>> takeLeft();

private:
    int reset(Version now);
    int deliver(MapAudience audience, const SharedBytes &bytes, qint64 seq);
    [[nodiscard]] bool hasAny(MapAudience audience) const;

    PerformanceId m_performance;
    Version m_state; ///< Shared with the mirror where it has not moved on.
    qint64 m_publicSeq = 0;
    std::array<std::unique_ptr<LiveMap::Start>, 2> m_starts; ///< By audience; emptied when the map moves.
    std::vector<std::shared_ptr<MapMember>> m_members;
};

} // namespace parterre::server
