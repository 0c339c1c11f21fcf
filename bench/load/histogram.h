#pragma once

#include <QtGlobal>

#include <vector>

namespace parterre::bench {

/// Latencies in buckets whose width grows with the value (as Gil Tene's HdrHistogram, which Debian 12 does not have for
/// C++): any value from a microsecond to an hour is kept to within 1 %, in constant memory, without sorting.
class Histogram
{
public:
    Histogram();

    /// Negative values count as zero, and values above an hour as an hour.
    void record(qint64 nanoseconds);
    void add(const Histogram &other);

    [[nodiscard]] qint64 count() const { return m_count; }
    [[nodiscard]] qint64 largest() const { return m_largest; } ///< Nanoseconds, exact.
    /// Nanoseconds; the value that `percent` of all are at most. 0 of an empty histogram. `percent` is 0 to 100.
    [[nodiscard]] qint64 percentile(double percent) const;
    [[nodiscard]] double milliseconds(double percent) const { return static_cast<double>(percentile(percent)) / 1e6; }

private:
    std::vector<qint64> m_buckets;
    qint64 m_count = 0;
    qint64 m_largest = 0;
};

} // namespace parterre::bench
