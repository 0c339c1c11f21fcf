#pragma once

#include "check/clockbounds.h"
#include "check/finalstate.h"
#include "check/history.h"

#include <map>
#include <unordered_map>
#include <vector>

/// Who had which place when, as far as answers can tell.
///
/// A take that was answered happened at some moment between its start and its end. So there is a span in which its
/// owner had the place for certain (from the answer until the first moment at which it can have been lost) and a wider
/// one outside of which it certainly had not. Two certain spans of one place must never overlap; a refusal is true when
/// it meets a possible span of somebody else.
namespace parterre::check {

struct Span
{
    qint64 from = 0;
    qint64 to = 0; ///< `never` where there is no end.

    [[nodiscard]] bool isEmpty() const { return from >= to; }
    [[nodiscard]] bool meets(const Span &other) const { return from <= other.to && other.from <= to; }
};

/// Everything that was done with one hold, in the order of the events' start.
struct HoldStory
{
    int performance = 0;
    std::vector<const Event *> events{};
};

using HoldStories = std::unordered_map<HoldId, HoldStory>;

[[nodiscard]] HoldStories storiesOf(const History &history);

/// When each performance can have been cancelled at the earliest; only those that somebody wanted to.
[[nodiscard]] std::map<int, qint64> cancellationsOf(const History &history);

/// A place, or a quantity of a pool, that a hold had.
struct Possession
{
    HoldId hold{};
    int place = 0; ///< Seat number, or area number.
    int quantity = 1;
    Span certain{};       ///< May be empty.
    Span certainlySold{}; ///< From the payment's answer on; empty where nothing was paid.
    Span possible{};
};

/// When it was certainly the hold's: one span where it was sold without a moment between. Between the end of its time
/// and the payment's answer a sold place is not lost, only less certain.
[[nodiscard]] std::vector<Span> certainSpansOf(const Possession &possession);

struct Possessions
{
    std::vector<std::vector<Possession>> seats{}; ///< By seat number; each in the order of `possible.from`.
    std::vector<std::vector<Possession>> areas{};
};

/// Of one performance. What the database has in the end tells which unanswered takes were carried out.
[[nodiscard]] Possessions possessionsOf(const HoldStories &stories, int performance, const FinalPerformance &final,
                                        const ClockBounds &clock, qint64 cancelledAt = never);

/// The latest moment at which the hold can have ended by its time alone; nothing for one that was never acknowledged
/// and is not in the database.
[[nodiscard]] std::optional<Span> endOf(const HoldStory &story, const FinalHold *final, const ClockBounds &clock);

} // namespace parterre::check
