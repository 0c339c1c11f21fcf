#pragma once

#include "check/history.h"
#include "load/loop.h"

#include <QString>

#include <memory>
#include <vector>

namespace parterre::bench {

struct DeskViewersPlan
{
    quint16 port = 0;
    QString token{}; ///< Of a session of staff.
    PerformanceId performance{};
    int performanceIndex = 0; ///< In the history.
    int count = 0;
};

/// Desks that have one map open over a WebSocket, as Parterre's own does: they begin with a snapshot, apply what is
/// pushed, open the map again where they are told that they may have missed something, and come back after a lost line
/// with the number that they have.
class DeskViewers
{
public:
    DeskViewers(Loop &loop, DeskViewersPlan plan);
    ~DeskViewers();
    DeskViewers(const DeskViewers &) = delete;
    DeskViewers &operator=(const DeskViewers &) = delete;

    /// Blocks until each has its snapshot; refuses where that takes longer than this.
    [[nodiscard]] Status open(std::chrono::seconds atMost);
    /// Blocks until all stand at this number; false where they do not by then.
    [[nodiscard]] Result<bool> waitFor(qint64 seq, std::chrono::seconds atMost);
    /// What each shows now.
    [[nodiscard]] std::vector<check::Event> maps() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::bench
