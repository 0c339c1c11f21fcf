#pragma once

#include "domain/realtime/mapstate.h"
#include "edge/http.h"

#include "base/ids.h"

#include <functional>
#include <memory>
#include <optional>

namespace parterre::server {

class SeatMirror;

/// Who looks: the public must not see house codes, kills or running payments (publicSeatState()).
enum class MapAudience { Public, Desk };

/// The live maps of all performances with viewers (design D6).
///
/// Each coalesceMilliseconds one thread compares the maps that the viewers have with the mirror's, encodes the
/// difference once for each audience, and hands the same bytes to every viewer. How changes come into the mirror, and
/// that none is missed, is the mirror's.
class LiveMap
{
public:
    static constexpr int coalesceMilliseconds = 75;

    /// The mirror must outlive it.
    explicit LiveMap(SeatMirror &mirror);
    ~LiveMap();
    LiveMap(const LiveMap &) = delete;
    LiveMap &operator=(const LiveMap &) = delete;

    void start();
    /// Idempotent; viewers are forgotten, not closed.
    void stop();

    /// The map of `performance` may have changed in a way that the mirror was not told. Cheap, from any thread.
    void changed(const PerformanceId &performance);

    /// What a viewer starts from: a delta from its `since` where the mirror remembers it and it is the shorter, else a
    /// snapshot.
    struct Start
    {
        std::shared_ptr<const MapSnapshot> snapshot;
        std::optional<MapDelta> delta;
        /// For the public the same as ready text, `event: snapshot` or `event: delta`; one buffer for all who start
        /// from the same number. Null for desks, whose start is part of MapOpened.
        SharedBytes event{};
    };
    struct Viewer
    {
        MapAudience audience = MapAudience::Public;
        std::optional<qint64> since;
        /// A stream of the edge is told directly, and nothing is remembered of its viewer: it leaves by closing. One
        /// that cannot start is told `event: reset` and closed. Public only, and instead of the two below.
        std::shared_ptr<EventStream> stream{};
        /// Called once, before any delta; a refusal ends the viewer. Never called from within join(). It is called on
        /// the thread that serves all viewers, as onDelta is: hand long work to another thread.
        std::function<void(const Result<Start> &)> onStart{};
        /// Called with each push: `event: delta` text for the public, a map_changed envelope for desks, and its seq.
        /// False ends the viewer. Deltas overlap or touch, they never leave a gap. Should the database ever come back
        /// with lower numbers, as a restored backup would, it is `event: reset` or map_reset: load the map anew.
        std::function<bool(const SharedBytes &bytes, qint64 seq)> onDelta{};
    };
    using ViewerId = quint64;
    /// Reads the database, and blocks, where the map is not in memory yet or `since` is ahead of it.
    [[nodiscard]] ViewerId join(const PerformanceId &performance, Viewer viewer);
    /// No call begins after this; one that has begun on the live thread may still end.
    void leave(ViewerId viewer);

    /// The public map now as ready text of JSON, encoded once for all who ask until it changes; for GET .../map.
    struct PublicMap
    {
        QByteArray json;
        QByteArray etag; ///< By number and content: numbers come again where a backup is restored.
    };
    [[nodiscard]] Result<PublicMap> publicMap(const PerformanceId &performance);

    struct Counts
    {
        int performances = 0;
        int viewers = 0;
        qint64 pushes = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
