#pragma once

#include "check/clockbounds.h"
#include "check/judge.h"
#include "check/possession.h"

namespace parterre::check {

class SeatOwners;

/// What the parts of the judge share while one history is judged.
struct Trial
{
    const History &history;
    const FinalState &final;
    const JudgeOptions &options;
    ClockBounds clock;
    HoldStories stories;
    std::map<int, qint64> cancelled{}; ///< Performances that may be, and the first moment at which.
    qint64 begin = 0;                  ///< The first start: times in sentences are counted from here.
    Verdict verdict{};

    void accuse(Rule rule, const QString &sentence)
    {
        ++verdict.violations;
        ++verdict.byRule[rule];
        if (verdict.sentences.size() < static_cast<size_t>(options.sentencesMax))
            verdict.sentences.push_back({rule, sentence});
    }
    /// `2.041 s`, counted from the begin.
    [[nodiscard]] QString time(qint64 moment) const
    {
        if (moment == never)
            return QStringLiteral("for ever");
        return QString::number(static_cast<double>(moment - begin) / 1e9, 'f', 6) + QStringLiteral(" s");
    }
    /// `never` where nobody may have done that.
    [[nodiscard]] qint64 cancelledAt(int performance) const
    {
        const auto found = cancelled.find(performance);
        return found == cancelled.end() ? never : found->second;
    }
    [[nodiscard]] const FinalOrder *finalOrder(int performance, const OrderId &order) const
    {
        const auto &orders = final.performances[static_cast<size_t>(performance)].orders;
        const auto found = orders.find(order);
        return found == orders.end() ? nullptr : &found->second;
    }
    [[nodiscard]] const FinalHold *finalHold(int performance, const HoldId &hold) const
    {
        const auto &holds = final.performances[static_cast<size_t>(performance)].holds;
        const auto found = holds.find(hold);
        return found == holds.end() ? nullptr : &found->second;
    }
};

void judgeSeats(Trial &trial, int performance, const Possessions &possessions, const SeatOwners &owners);
void judgeAreas(Trial &trial, int performance, const Possessions &possessions);
void judgeParties(Trial &trial, int performance, const Possessions &possessions, const SeatOwners &owners);
void judgeLimits(Trial &trial, int performance, const Possessions &possessions);
void judgeHolds(Trial &trial);
void judgeUnasked(Trial &trial);
void judgeHoldTimes(Trial &trial);
void judgeExchanges(Trial &trial);
void judgeGiftCards(Trial &trial);
void judgeTickets(Trial &trial);
void judgeCancellations(Trial &trial);
void judgeMaps(Trial &trial);

} // namespace parterre::check
