#pragma once

#include "domain/realtime/mapstate.h"
#include "edge/http.h"

#include "base/ids.h"

#include <functional>
#include <memory>
#include <optional>

namespace parterre::server {

class Database;

/// Who looks: the public must not see house codes, kills or running payments (publicSeatState()).
enum class MapAudience { Public, Desk };

/// The live maps of all performances with viewers (design D6).
///
/// A writer that has committed calls changed(); up to coalesceMilliseconds later one thread reads the change rows since
/// the last push, encodes them once for each audience, and hands the same bytes to every viewer. The rows carry the
/// order, not the calls, so a call that is lost on the way costs latency at most: every performance with viewers is
/// looked at again each second, which is also how changes of other nodes arrive.
class LiveMap
{
public:
    static constexpr int coalesceMilliseconds = 75;

    explicit LiveMap(Database &database);
    ~LiveMap();
    LiveMap(const LiveMap &) = delete;
    LiveMap &operator=(const LiveMap &) = delete;

    void start();
    /// Idempotent; viewers are forgotten, not closed.
    void stop();

    /// The map of `performance` may have changed. Cheap, from any thread, after the commit.
    void changed(const PerformanceId &performance);

    /// What a viewer starts from: a delta from its `since` where the change rows still reach back to it, else a
    /// snapshot.
    struct Start
    {
        std::optional<MapSnapshot> snapshot;
        std::optional<MapDelta> delta;
        /// For the public the same as ready text, `event: snapshot` or `event: delta`; one buffer for all who start
        /// from the same number. Null for desks, whose start is part of MapOpened.
        SharedBytes event{};
    };
    struct Viewer
    {
        MapAudience audience = MapAudience::Public;
        std::optional<qint64> since;
        /// Called once, before any delta; a refusal ends the viewer. Never called from within join(). It is called on
        /// the thread that serves all viewers, as onDelta is: hand long work to another thread.
        std::function<void(const Result<Start> &)> onStart;
        /// Called with each push: `event: delta` text for the public, a map_changed envelope for desks, and its seq.
        /// False ends the viewer. Deltas overlap or touch, they never leave a gap. Should the database ever come back
        /// with lower numbers, as a restored backup would, it is `event: reset` or map_reset: load the map anew.
        std::function<bool(const SharedBytes &bytes, qint64 seq)> onDelta;
    };
    using ViewerId = quint64;
    [[nodiscard]] ViewerId join(const PerformanceId &performance, Viewer viewer);
    /// No call begins after this; one that has begun on the live thread may still end.
    void leave(ViewerId viewer);

    /// The map now, without joining, e.g. for GET .../map; reads the database.
    [[nodiscard]] Result<MapSnapshot> snapshot(const PerformanceId &performance, MapAudience audience);

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
