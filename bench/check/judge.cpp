#include "check/judge.h"

#include "check/owners.h"
#include "check/trial.h"

#include <algorithm>

namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> strangers(const QString &why)
{
    return refuse(ErrorCode::InvalidInput, u"The history is not of this database: %1"_s.arg(why));
}

Status checkBelongTogether(const History &history, const FinalState &final)
{
    if (history.header.performances.size() != final.performances.size())
        return strangers(u"it has other performances."_s);
    for (size_t i = 0; i < final.performances.size(); ++i) {
        const HistoryPerformance &told = history.header.performances[i];
        if (told.id != final.performances[i].id)
            return strangers(u"it has other performances."_s);
        if (static_cast<size_t>(told.seats) != final.performances[i].seats.size())
            return strangers(u"performance %1 has %2 seats in it."_s.arg(told.id.text()).arg(told.seats));
    }
    for (const Event &event : history.events) {
        const FinalPerformance &performance = final.performances[static_cast<size_t>(event.performance)];
        const size_t areas = performance.areas.size();
        const bool allKnown = std::ranges::all_of(
            event.areas, [areas](const AreaPlaces &one) { return static_cast<size_t>(one.area) < areas; });
        if (!allKnown)
            return strangers(u"it names an area that the performance does not have."_s);
        const auto sections = static_cast<int>(performance.layout->layout().sections.size());
        if (event.section && *event.section >= sections)
            return strangers(u"it names a section that the performance does not have."_s);
    }
    return {};
}

void count(Trial &trial)
{
    Verdict &verdict = trial.verdict;
    verdict.events = static_cast<qint64>(trial.history.events.size());
    for (const Event &event : trial.history.events) {
        verdict.acknowledged += event.isTake() && event.outcome == Outcome::Ok;
        verdict.refused += event.isTake() && event.outcome == Outcome::Refused;
        verdict.unknown += event.isTake() && event.outcome == Outcome::Unknown;
        const bool isDone = event.outcome == Outcome::Ok;
        verdict.sold += event.operation == Operation::Pay && isDone;
        verdict.givenBack += event.operation == Operation::Refund && isDone;
        verdict.exchanged += event.operation == Operation::Exchange && isDone;
        verdict.giftCards += event.operation == Operation::IssueGiftCard && isDone;
        verdict.byGiftCard += event.isSale() && isDone && !event.giftCard.isNull();
        verdict.replaced += !event.ticket.isNull() && isDone;
        verdict.cancelled += event.operation == Operation::Cancel && isDone;
        verdict.atDesk += event.isSale() && isDone && event.isAtDesk;
        verdict.lawful += event.isTake() && (event.code == u"purchase_limit" || event.code == u"seat_left_alone");
        verdict.houseSeats += isDone && event.namesCode;
        verdict.screens += event.operation == Operation::Map;
    }
}

} // namespace

Result<Verdict> judge(const History &history, const FinalState &final, const JudgeOptions &options)
{
    PT_CHECK(checkBelongTogether(history, final));
    Trial trial{.history = history,
                .final = final,
                .options = options,
                .clock = ClockBounds(history.header.clock),
                .stories = storiesOf(history),
                .cancelled = cancellationsOf(history),
                .begin = never};
    for (const Event &event : history.events)
        trial.begin = std::min(trial.begin, event.start);
    count(trial);
    for (size_t i = 0; i < final.performances.size(); ++i) {
        const auto performance = static_cast<int>(i);
        const auto possessions = possessionsOf(trial.stories, performance, final.performances[i], trial.clock,
                                               trial.cancelledAt(performance));
        const SeatOwners owners(final.performances[i], possessions);
        judgeSeats(trial, performance, possessions, owners);
        judgeAreas(trial, performance, possessions);
        judgeParties(trial, performance, possessions, owners);
        judgeLimits(trial, performance, possessions);
    }
    judgeHolds(trial);
    judgeUnasked(trial);
    judgeHoldTimes(trial);
    judgeExchanges(trial);
    judgeGiftCards(trial);
    judgeTickets(trial);
    judgeCancellations(trial);
    judgeMaps(trial);
    return trial.verdict;
}

} // namespace parterre::check
