#pragma once

#include "check/history.h"
#include "load/loop.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace parterre::bench {

/// One push as it arrived at all who watch.
struct Push
{
    qint64 from = 0;                   ///< What the delta starts from.
    qint64 first = 0;                  ///< When the first viewer had it.
    std::vector<quint32> afterFirst{}; ///< Microseconds later that each one had it.
};

struct ViewersPlan
{
    quint16 port = 0;
    PerformanceId performance{};
    int performanceIndex = 0; ///< In the history.
    int count = 0;
    int readers =
        0; ///< So many of them keep the whole map, as a browser does; the others only see that nothing is missing.
};

/// Screens that follow one map by Server-Sent Events, as a browser does: they begin with a snapshot, apply deltas, and
/// come back with Last-Event-ID where the server closes the stream.
class Viewers
{
public:
    Viewers(Loop &loop, ViewersPlan plan);
    ~Viewers();
    Viewers(const Viewers &) = delete;
    Viewers &operator=(const Viewers &) = delete;

    /// Blocks until each has its snapshot; refuses where that takes longer than this.
    [[nodiscard]] Status open(std::chrono::seconds atMost);
    /// Blocks until all stand at this number; false where they do not by then.
    [[nodiscard]] Result<bool> waitFor(qint64 seq, std::chrono::seconds atMost);

    /// All go; what they saw stays.
    void close();
    [[nodiscard]] qint64 deliveries() const; ///< Deltas that arrived, over all viewers.
    [[nodiscard]] qint64 bytes() const;      ///< Of these.
    [[nodiscard]] qint64 reconnects() const;
    /// Pushes by their number.
    [[nodiscard]] const std::unordered_map<qint64, Push> &pushes() const;
    /// What each shows now.
    [[nodiscard]] std::vector<check::Event> maps() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::bench
