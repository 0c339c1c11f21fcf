#pragma once

#include "check/possession.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace parterre::check {

/// How much of a pool can have been gone at each moment, with the largest of any stretch in constant time.
class Usage
{
public:
    explicit Usage(const std::vector<Possession> &possessions)
    {
        std::vector<std::pair<qint64, int>> steps;
        for (const Possession &one : possessions) {
            steps.emplace_back(one.possible.from, one.quantity);
            if (one.possible.to != never)
                steps.emplace_back(one.possible.to + 1, -one.quantity);
        }
        std::ranges::sort(steps);
        std::vector<qint64> values;
        qint64 used = 0;
        for (const auto &[moment, change] : steps) {
            used += change;
            if (!m_moments.empty() && m_moments.back() == moment) {
                values.back() = used;
            } else {
                m_moments.push_back(moment);
                values.push_back(used);
            }
        }
        m_largest.push_back(std::move(values));
        for (size_t width = 2; width <= m_moments.size(); width *= 2) {
            const auto &half = m_largest.back();
            std::vector<qint64> level;
            for (size_t i = 0; i + width <= m_moments.size(); ++i)
                level.push_back(std::max(half[i], half[i + width / 2]));
            m_largest.push_back(std::move(level));
        }
    }

    [[nodiscard]] qint64 largestDuring(const Span &span) const
    {
        // The value at the begin was set by the last step before it.
        auto first = std::ranges::upper_bound(m_moments, span.from) - m_moments.begin();
        const auto after = std::ranges::upper_bound(m_moments, span.to) - m_moments.begin();
        const qint64 before = first == 0 ? 0 : m_largest[0][static_cast<size_t>(first) - 1];
        if (first == after)
            return before;
        const auto count = static_cast<size_t>(after - first);
        const auto level = static_cast<size_t>(std::bit_width(count)) - 1;
        const size_t width = size_t(1) << level;
        const auto &largest = m_largest[level];
        return std::max({before, largest[static_cast<size_t>(first)], largest[static_cast<size_t>(after) - width]});
    }

private:
    std::vector<qint64> m_moments;
    std::vector<std::vector<qint64>> m_largest; ///< By power of two: of so many values from each on.
};

} // namespace parterre::check
