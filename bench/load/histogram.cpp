#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace parterre::bench {

namespace {

// Below 2^subBits microseconds each has its bucket; above, each power of two has half as many.
constexpr int subBits = 8;
constexpr qint64 subCount = 1 << subBits;
constexpr qint64 microsecondsMax = 3'600'000'000;

size_t bucketOf(qint64 microseconds)
{
    if (microseconds < subCount)
        return static_cast<size_t>(microseconds);
    const int shift = std::bit_width(static_cast<quint64>(microseconds)) - subBits;
    return static_cast<size_t>(shift * (subCount / 2) + (microseconds >> shift));
}

/// The middle of a bucket.
qint64 valueOf(size_t bucket)
{
    const auto index = static_cast<qint64>(bucket);
    if (index < subCount)
        return index;
    const qint64 shift = (index - subCount / 2) / (subCount / 2);
    const qint64 base = index - shift * (subCount / 2);
    return (base << shift) + ((qint64(1) << shift) / 2);
}

} // namespace

Histogram::Histogram()
    : m_buckets(bucketOf(microsecondsMax) + 1)
{}

void Histogram::record(qint64 nanoseconds)
{
    const qint64 microseconds = std::clamp<qint64>(nanoseconds / 1'000, 0, microsecondsMax);
    ++m_buckets[bucketOf(microseconds)];
    ++m_count;
    m_largest = std::max(m_largest, nanoseconds);
}

void Histogram::add(const Histogram &other)
{
    std::ranges::transform(m_buckets, other.m_buckets, m_buckets.begin(), std::plus());
    m_count += other.m_count;
    m_largest = std::max(m_largest, other.m_largest);
}

qint64 Histogram::percentile(double percent) const
{
    const auto wanted = static_cast<qint64>(std::ceil(static_cast<double>(m_count) * percent / 100.0));
    qint64 seen = 0;
    for (size_t i = 0; i < m_buckets.size(); ++i) {
        seen += m_buckets[i];
        if (seen >= std::max<qint64>(wanted, 1))
            return std::min(valueOf(i) * 1'000, m_largest);
    }
    return 0;
}

} // namespace parterre::bench
