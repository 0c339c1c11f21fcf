#pragma once

#include "base/result.h"
#include "inventory/mapcommits.h"
#include "inventory/mirroredmap.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

namespace parterre::server {

class Database;

/// The places of performances in this node's memory, fed by the numbered changes of their maps (design D6): lists,
/// maps, live viewers and the choice of places read here and not in the database. Thread-safe.
///
/// What is read may be old by what other nodes did within lookInterval; what this node committed is in it before its
/// caller is answered. So nothing is granted on its word, and nothing is refused: see the README.
class SeatMirror final : public MapCommits
{
public:
    using Version = MirroredMap::Version;

    struct Options
    {
        qint64 bytesMax = 64 * 1024 * 1024;          ///< Past it the longest unread go, unless read just now.
        std::chrono::seconds unreadKept{600};        ///< A performance that nobody asked for so long is dropped.
        std::chrono::milliseconds lookInterval{250}; ///< How soon the changes of other nodes are noticed.
        std::chrono::milliseconds pokeInterval{20};  ///< How soon one is looked at that was told to have changed.
    };

    explicit SeatMirror(Database &database);
    SeatMirror(Database &database, const Options &options);
    ~SeatMirror() override;
    SeatMirror(const SeatMirror &) = delete;
    SeatMirror &operator=(const SeatMirror &) = delete;

    /// From here on the mirror follows. Before it only what this node commits is learnt.
    void start();
    /// Idempotent.
    void stop();

    /// The map as known now. Reads the database, and blocks, only where it is not here yet; NotFound for an unknown
    /// performance. Never inside a transaction.
    [[nodiscard]] Result<Version> map(const PerformanceId &performance);
    /// The same without waiting; null where it is not here.
    [[nodiscard]] Version known(const PerformanceId &performance);
    /// Calls `work(std::span<const SeatState> seats, std::span<const AreaCounts> areas, qint64 seq) -> Result<T>` on
    /// one moment of the map, with nothing locked: seats by number, areas by number.
    template <class Work>
    auto with(const PerformanceId &performance, const Work &work)
        -> std::invoke_result_t<Work, std::span<const SeatState>, std::span<const AreaCounts>, qint64>
    {
        PT_TRY(const Version now, map(performance));
        return work(std::span(now->seats), std::span(now->areas), now->seq);
    }
    /// Costs no more than the pools; blocks as map() does.
    [[nodiscard]] Result<PlaceCounts> counts(const PerformanceId &performance);
    /// The last states of what changed after `since`; nothing where the mirror cannot tell, or has not got so far.
    [[nodiscard]] std::optional<MapDelta> changedSince(const PerformanceId &performance, qint64 since);

    void committed(const PerformanceId &performance, const MapDelta &delta) override;
    /// It may have changed, and nobody can say how; cheap. Looked at within pokeInterval.
    void changed(const PerformanceId &performance);
    /// Reads now what the mirror has not got of it. Blocks.
    [[nodiscard]] Status refresh(const PerformanceId &performance);

    struct Figures
    {
        int performances = 0;
        qint64 seats = 0;
        qint64 bytes = 0;    ///< Of the arrays and what belongs to them.
        qint64 applied = 0;  ///< Changes that this node committed and took over without a query.
        qint64 caughtUp = 0; ///< Times that changes were read.
        qint64 rebuilt = 0;  ///< Times that a map which was here had to be read anew.
    };
    [[nodiscard]] Figures figures() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
