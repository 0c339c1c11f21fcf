#pragma once

#include "check/possession.h"

#include <algorithm>
#include <vector>

namespace parterre::check {

/// Answers whether anyone but one hold can have had a seat during a span, in the time of a binary search: a single
/// seat that everybody wants has as many possessions and refusals as the history has lines.
class Owners
{
public:
    explicit Owners(const std::vector<Possession> &possessions)
    {
        Latest best;
        Latest other; // Of another hold than `best`.
        for (const Possession &one : possessions) {
            const Latest now{one.hold, one.possible.to};
            if (now.hold == best.hold) {
                best.to = std::max(best.to, now.to);
            } else if (best.hold.isNull() || now.to > best.to) {
                other = best;
                best = now;
            } else if (other.hold.isNull() || now.to > other.to) {
                other = now;
            }
            m_from.push_back(one.possible.from);
            m_best.push_back(best);
            m_other.push_back(other);
        }
    }

    [[nodiscard]] bool mayHaveHad(const Span &span, const HoldId &except) const
    {
        const auto after = std::ranges::upper_bound(m_from, span.to);
        if (after == m_from.begin())
            return false;
        const auto last = static_cast<size_t>(after - m_from.begin()) - 1;
        const Latest &latest = m_best[last].hold == except ? m_other[last] : m_best[last];
        return !latest.hold.isNull() && latest.to >= span.from;
    }

private:
    struct Latest
    {
        HoldId hold;
        qint64 to = 0;
    };
    std::vector<qint64> m_from;
    std::vector<Latest> m_best;  ///< The possession that ends last of those that begin until here,
    std::vector<Latest> m_other; ///< and the one of any other hold that does.
};

/// Whether a seat that somebody was refused can have been another's, or not for sale to them.
class SeatOwners
{
public:
    SeatOwners(const FinalPerformance &final, const Possessions &possessions)
        : m_final(final)
    {
        for (const auto &seat : possessions.seats)
            m_owners.emplace_back(seat);
    }

    /// Seats are set aside and killed before anybody comes; what belongs to a code is for sale to who names it.
    [[nodiscard]] bool isForSale(int seat, const Event &event) const
    {
        const SeatRecord &record = m_final.seats[static_cast<size_t>(seat)];
        const bool isHouse = record.house > 0 || record.state == SeatState::House;
        return record.state != SeatState::Killed && (event.namesCode || !isHouse);
    }
    [[nodiscard]] bool mayHaveBeenTaken(int seat, const Event &event) const
    {
        return !isForSale(seat, event) ||
               m_owners[static_cast<size_t>(seat)].mayHaveHad({event.start, event.end}, event.hold);
    }

private:
    const FinalPerformance &m_final;
    std::vector<Owners> m_owners;
};

} // namespace parterre::check
