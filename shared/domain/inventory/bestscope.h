#pragma once

#include "domain/inventory/bestavailable.h"

#include <algorithm>
#include <limits>

/// What the rungs of pickBest() share. Not for others.
namespace parterre::best {

/// A request with everything that says which seats and areas it may have.
struct Scope
{
    const SeatRuns &runs;
    const BestHouse &house;
    const BestRequest &request;
    CategorySet categories; ///< Asked for, for sale and within the price.
    FreeSeats free;         ///< Of the whole house: zones and sections do not end a run.

    [[nodiscard]] bool has(const SeatRuns::Row &row) const
    {
        return (row.categories & categories).any() && hasSection(row.section);
    }
    [[nodiscard]] bool has(const SeatRuns::Area &area) const
    {
        return categories.test(static_cast<size_t>(area.category)) && hasSection(area.section);
    }
    [[nodiscard]] bool hasSection(int section) const
    {
        return request.sections.empty() || std::ranges::find(request.sections, section) != request.sections.end();
    }
    /// How far from the best a pick may be, to be as good: two pitches for each person.
    [[nodiscard]] qint64 tolerance() const { return 2LL * runs.pitch() * request.partySize; }
    /// Calls `visit(part, run)` for each longest run of seats in `row` that the request may have, and the free run that
    /// it is part of.
    template <class Visit>
    void forEachPart(const SeatRuns::Row &row, Visit visit) const
    {
        const bool all = (row.categories & ~categories).none();
        free.forEachRun(row.seats, [&](SeatRuns::Range run) {
            if (all)
                return visit(run, run);
            forEachPartOf(runs, run, categories, [&](SeatRuns::Range part) { visit(part, run); });
        });
    }
};

/// Numbers by chance that are the same for the same seed on every machine (splitmix64).
class Chance
{
public:
    explicit Chance(quint64 seed)
        : m_state(seed)
    {}

    [[nodiscard]] size_t below(size_t end)
    {
        m_state += 0x9e3779b97f4a7c15;
        quint64 z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<size_t>((z ^ (z >> 31)) % end);
    }

private:
    quint64 m_state;
};

/// Keeps what is within the tolerance of the best seen so far, so that one of them can be drawn.
template <class T>
class NearTies
{
public:
    explicit NearTies(qint64 tolerance)
        : m_tolerance(tolerance)
    {}

    [[nodiscard]] bool isEmpty() const { return m_kept.empty(); }
    /// Nothing from here on can be drawn.
    [[nodiscard]] qint64 limit() const
    {
        return m_kept.empty() ? std::numeric_limits<qint64>::max() : m_best + m_tolerance;
    }
    void offer(qint64 score, const T &candidate)
    {
        if (score > limit())
            return;
        m_best = m_kept.empty() ? score : std::min(m_best, score);
        if (m_kept.size() ==
            m_kept.capacity()) // What the new best has left behind goes before there must be more room.
            std::erase_if(m_kept, [this](const Kept &kept) { return kept.score > limit(); });
        m_kept.push_back({score, candidate});
    }
    [[nodiscard]] T draw(Chance &chance)
    {
        std::erase_if(m_kept, [this](const Kept &kept) { return kept.score > limit(); });
        return m_kept[chance.below(m_kept.size())].candidate;
    }

private:
    struct Kept
    {
        qint64 score = 0;
        T candidate;
    };

    qint64 m_tolerance;
    qint64 m_best = 0;
    std::vector<Kept> m_kept;
};

/// The rungs RowsTogether and Apart.
[[nodiscard]] std::optional<BestPick> pickSplit(const Scope &scope, Chance &chance);
/// A party that needs wheelchair spaces or step-free seats.
[[nodiscard]] std::optional<BestPick> pickAccessible(const Scope &scope, Chance &chance);

} // namespace parterre::best
