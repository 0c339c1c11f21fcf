#include "check/possession.h"

#include <algorithm>

namespace parterre::check {

namespace {

bool extends(const Event &event)
{
    return event.isTake() || event.operation == Operation::Renew;
}

/// One that names nothing gives everything back.
bool isWhole(const Event &release)
{
    return release.seats.empty() && release.areas.empty();
}

/// Before the sale, or after it.
bool givesBack(const Event &event)
{
    return (event.operation == Operation::Release || event.operation == Operation::Refund ||
            event.operation == Operation::ExchangeFrom) &&
           event.outcome != Outcome::Refused;
}

bool releasesSeat(const Event &event, int seat)
{
    return givesBack(event) && (isWhole(event) || std::ranges::find(event.seats, seat) != event.seats.end());
}

bool releasesArea(const Event &event, int area)
{
    return givesBack(event) &&
           (isWhole(event) || std::ranges::find(event.areas, area, &AreaPlaces::area) != event.areas.end());
}

/// What is the same for every place of a hold.
struct Bounds
{
    Span end;                   ///< By its time alone.
    qint64 paid = never;        ///< When the payment was answered as done.
    qint64 latest = 0;          ///< The latest moment at which it can have had anything, releases aside.
    qint64 cancelledAt = never; ///< From then on its performance may be.
};

Bounds boundsOf(const HoldStory &story, const Span &end, qint64 cancelledAt)
{
    Bounds bounds{.end = end, .latest = end.to, .cancelledAt = cancelledAt};
    for (const Event *event : story.events) {
        if (!event->isSale())
            continue;
        if (event->outcome == Outcome::Ok)
            bounds.paid = std::min(bounds.paid, event->end);
        // A payment freezes the hold past its time; one without an answer may have sold it.
        bounds.latest = event->outcome == Outcome::Refused ? std::max(bounds.latest, event->end) : never;
    }
    return bounds;
}

/// `release` is asked for each event of the story; a partial release of a pool leaves the rest possible.
template <class IsRelease, class EndsAll>
Possession possessionOf(const Event &take, const HoldStory &story, const Bounds &bounds, IsRelease isRelease,
                        EndsAll endsAll)
{
    qint64 lossEarliest = bounds.cancelledAt;
    qint64 lossLatest = never;
    for (const Event *event : story.events) {
        if (!isRelease(*event))
            continue;
        if (event->end >= take.start) // It may have come after the take.
            lossEarliest = std::min(lossEarliest, event->start);
        if (event->outcome == Outcome::Ok && event->start >= take.end && endsAll(*event))
            lossLatest = std::min(lossLatest, event->end);
    }
    const bool isCertain = take.outcome == Outcome::Ok;
    Possession possession{.hold = take.hold,
                          .certain = {take.end, std::min(bounds.end.from, lossEarliest)},
                          .certainlySold = {bounds.paid, lossEarliest},
                          .possible = {take.start, std::min(bounds.latest, lossLatest)}};
    if (!isCertain)
        possession.certain = possession.certainlySold = {};
    return possession;
}

/// Which seats a server chose is not known where its answer was lost; what the hold has in the end is.
const std::vector<int> &seatsOf(const Event &take, const FinalHold *finalHold)
{
    const bool isUntold = take.operation == Operation::TakeBest && take.outcome == Outcome::Unknown;
    return isUntold && finalHold ? finalHold->seats : take.seats;
}

/// The same of standing places: a party without seats has them, in whichever area.
std::vector<AreaPlaces> areasOf(const Event &take, const FinalHold *finalHold, size_t areas)
{
    const bool isUntold = take.operation == Operation::TakeBest && take.outcome == Outcome::Unknown;
    if (!isUntold || !finalHold || !finalHold->seats.empty())
        return take.areas;
    std::vector<AreaPlaces> any;
    for (size_t area = 0; area < areas; ++area)
        any.push_back({.area = static_cast<int>(area), .quantity = take.partySize});
    return any;
}

} // namespace

std::map<int, qint64> cancellationsOf(const History &history)
{
    std::map<int, qint64> cancelled;
    for (const Event &event : history.events) {
        if (event.operation != Operation::Cancel || event.outcome == Outcome::Refused)
            continue;
        const auto [found, isFirst] = cancelled.try_emplace(event.performance, event.start);
        found->second = std::min(found->second, event.start);
    }
    return cancelled;
}

HoldStories storiesOf(const History &history)
{
    HoldStories stories;
    for (const Event &event : history.events) {
        if (event.hold.isNull())
            continue;
        HoldStory &story = stories[event.hold];
        story.performance = event.performance;
        story.events.push_back(&event);
    }
    for (auto &[hold, story] : stories)
        std::ranges::stable_sort(story.events, {}, &Event::start);
    return stories;
}

std::optional<Span> endOf(const HoldStory &story, const FinalHold *final, const ClockBounds &clock)
{
    std::optional<Instant> acknowledged;
    for (const Event *event : story.events) {
        if (extends(*event) && event->outcome == Outcome::Ok && event->heldUntil)
            acknowledged = std::max(acknowledged.value_or(*event->heldUntil), *event->heldUntil);
    }
    if (!acknowledged && !final)
        return std::nullopt;
    const Instant first = acknowledged ? *acknowledged : final->heldUntil;
    const Instant last = final ? std::max(first, final->heldUntil) : first;
    return Span{clock.earliest(first), clock.latest(last)};
}

std::vector<Span> certainSpansOf(const Possession &possession)
{
    const Span &held = possession.certain;
    const Span &sold = possession.certainlySold;
    if (!held.isEmpty() && !sold.isEmpty() && sold.from <= held.to)
        return {{held.from, sold.to}};
    std::vector<Span> spans;
    for (const Span &span : {held, sold}) {
        if (!span.isEmpty())
            spans.push_back(span);
    }
    return spans;
}

Possessions possessionsOf(const HoldStories &stories, int performance, const FinalPerformance &final,
                          const ClockBounds &clock, qint64 cancelledAt)
{
    Possessions all{.seats = std::vector<std::vector<Possession>>(final.seats.size()),
                    .areas = std::vector<std::vector<Possession>>(final.areas.size())};
    for (const auto &[id, story] : stories) {
        if (story.performance != performance)
            continue;
        const auto inDatabase = final.holds.find(id);
        const FinalHold *finalHold = inDatabase == final.holds.end() ? nullptr : &inDatabase->second;
        const auto end = endOf(story, finalHold, clock);
        if (!end)
            continue;
        const Bounds bounds = boundsOf(story, *end, cancelledAt);
        for (const Event *take : story.events) {
            const bool isPossible = take->outcome == Outcome::Ok || (take->outcome == Outcome::Unknown && finalHold);
            if (!take->isTake() || !isPossible)
                continue;
            for (const int seat : seatsOf(*take, finalHold)) {
                Possession one = possessionOf(
                    *take, story, bounds, [seat](const Event &event) { return releasesSeat(event, seat); },
                    [](const Event &) { return true; });
                one.place = seat;
                all.seats.at(static_cast<size_t>(seat)).push_back(std::move(one));
            }
            for (const AreaPlaces &area : areasOf(*take, finalHold, final.areas.size())) {
                Possession one = possessionOf(
                    *take, story, bounds, [&area](const Event &event) { return releasesArea(event, area.area); },
                    isWhole);
                one.place = area.area;
                one.quantity = area.quantity;
                all.areas.at(static_cast<size_t>(area.area)).push_back(std::move(one));
            }
        }
    }
    for (auto *lists : {&all.seats, &all.areas}) {
        for (auto &list : *lists)
            std::ranges::sort(list, {}, [](const Possession &one) { return one.possible.from; });
    }
    return all;
}

} // namespace parterre::check
