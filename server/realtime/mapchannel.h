#pragma once

#include "realtime/livemap.h"

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

/// The map of one performance as the viewers of one audience have been told it, and these viewers. Belongs to the live
/// thread.
///
/// Invariant: every viewer has a map that looks to it as state() does, under a number from `m_toldSeq` on. So a push
/// that starts there leaves no gap, whoever joined when, and may leave out what looks unchanged.
class MapChannel
{
public:
    using Moment = std::chrono::steady_clock::time_point;
    using Version = std::shared_ptr<const MapSnapshot>;

    MapChannel(PerformanceId performance, MapAudience audience, Version state);

    [[nodiscard]] const Version &state() const { return m_state; }
    [[nodiscard]] bool isEmpty() const { return viewerCount() == 0; }
    [[nodiscard]] int viewerCount() const;
    /// Of those whose streams the edge serves as a group; the others are counted by who lets them in.
    [[nodiscard]] int streamCount() const { return m_group ? m_group->size() : 0; }

    /// The present map for who starts without one; encoded once for each number.
    [[nodiscard]] const LiveMap::Start &snapshotStart();
    /// The same for who has the map of `missed.from`. Only the places of `missed` matter: they may have changed once
    /// more by the time it was read, and the viewer must have what all others have.
    [[nodiscard]] LiveMap::Start deltaStart(const MapDelta &missed) const;

    /// Tells the viewer where it starts; it gets every push from here on. False for one that need not be remembered,
    /// because it has left or is a stream.
    bool admit(std::shared_ptr<MapMember> member, const LiveMap::Start &start);
    /// Whether a push now would come on top of one that is still being handed out, or take more than its share of the
    /// edge: what changes meanwhile goes into the next one.
    [[nodiscard]] bool isResting(Moment now) const;
    /// Moves on to `now`, and tells all what is different there; where that is no later map of the same places they are
    /// told to load it anew. Returns how often something was pushed.
    int moveTo(Version now);
    /// Takes out those who left and gives them, so that others can forget them too.
    [[nodiscard]] std::vector<std::shared_ptr<MapMember>> takeLeft();

private:
    int reset(Version now);
    void become(Version now);
    int deliver(const SharedBytes &bytes);
    [[nodiscard]] SharedBytes pushText(const MapDelta &delta) const;

    const PerformanceId m_performance;
    const MapAudience m_audience;
    Version m_state;      ///< Shared with the mirror where it has not moved on.
    qint64 m_toldSeq = 0; ///< Up to where viewers were told; what came since looked the same to them.
    std::unique_ptr<LiveMap::Start> m_start; ///< Emptied when the map moves.
    std::vector<std::shared_ptr<MapMember>> m_members;
    std::shared_ptr<EventGroup> m_group; ///< Those with streams; made for the first.
    Moment m_pushedAt{};
};

} // namespace parterre::server
