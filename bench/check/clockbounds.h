#pragma once

#include "check/history.h"

#include <algorithm>
#include <limits>

namespace parterre::check {

/// Never: later than any moment of a history.
inline constexpr qint64 never = std::numeric_limits<qint64>::max();

/// Moments of the database on the driver's clock, as the earliest and the latest that they can have been. The two
/// clocks are one distance apart, which each sample bounds; all of them together are taken, so that what a wall clock
/// is slewed by during a run is inside the bounds.
class ClockBounds
{
public:
    explicit ClockBounds(const std::vector<ClockSample> &samples)
    {
        for (const ClockSample &sample : samples) {
            m_offsetMin = std::min(m_offsetMin, nanoseconds(sample.database) - sample.after);
            m_offsetMax = std::max(m_offsetMax, nanoseconds(sample.database) - sample.before);
        }
    }

    [[nodiscard]] qint64 earliest(Instant database) const { return nanoseconds(database) - m_offsetMax; }
    [[nodiscard]] qint64 latest(Instant database) const { return nanoseconds(database) - m_offsetMin; }
    /// How much is not known.
    [[nodiscard]] qint64 width() const { return m_offsetMax - m_offsetMin; }

private:
    [[nodiscard]] static qint64 nanoseconds(Instant instant)
    {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(instant.time_since_epoch()).count();
    }

    qint64 m_offsetMin = std::numeric_limits<qint64>::max();
    qint64 m_offsetMax = std::numeric_limits<qint64>::min();
};

} // namespace parterre::check
