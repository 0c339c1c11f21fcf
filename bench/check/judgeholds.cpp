#include "check/trial.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

/// What was acknowledged is in the database, and what was refused is not.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

/// What a driver knows of one hold from its answers alone.
struct Told
{
    bool wasTaken = false;   ///< At least one take was acknowledged.
    bool mayBeTaken = false; ///< Or has no answer.
    bool mayBeReleased = false;
    bool isReleased = false;           ///< Whole, acknowledged, and nothing was taken after it.
    bool wasKept = false;              ///< A release of all of it was refused,
    std::set<int> keptSeats{};         ///< or one of these.
    std::map<int, qint64> mayHave{};   ///< Seats that were not refused, until when each may have been taken.
    std::set<int> neverRefused{};      ///< The same with those that it gave back.
    std::set<int> areasNeverRefused{}; ///< Areas, by number.
    bool mayHaveAny = false;           ///< The server chose, and did not say what.
    bool mayBePaid = false;
    OrderId paid{}; ///< Not null where the payment was acknowledged.
    bool mayBeRefunded = false;
    bool isRefunded = false;   ///< All of it, acknowledged.
    std::set<int> givenBack{}; ///< Seats of acknowledged refunds.
    std::set<int> seats{};     ///< Acknowledged and certainly not given back.
    std::map<int, int> areas{};
    bool areAreasKnown = true; ///< No partial release of a pool, no take without an answer.
};

class HoldJudge
{
public:
    HoldJudge(Trial &trial, const HoldId &id, const HoldStory &story)
        : m_trial(trial)
        , m_id(id)
        , m_performance(trial.final.performances[static_cast<size_t>(story.performance)])
        , m_hold(trial.finalHold(story.performance, id))
    {
        for (const Event *event : story.events)
            hear(*event);
        if (trial.cancelledAt(story.performance) != never)
            hearCancellation();
    }

    void judge();

private:
    void hear(const Event &event);
    void hearTake(const Event &event);
    void hearRelease(const Event &event);
    void hearRefund(const Event &event);
    void hearCancellation();
    void judgeRefused();
    void judgeLive();
    void judgeAreas();
    void judgeSold();
    void judgeSoldAreas(const FinalOrder &order);
    /// It has lost the seat though nothing that would explain it was done.
    [[nodiscard]] Rule lostBy(int seat) const
    {
        const bool isRefusedRelease = m_told.wasKept || m_told.keptSeats.contains(seat);
        return isRefusedRelease ? Rule::RefusedTookEffect : Rule::LostAcknowledgement;
    }
    void accuse(Rule rule, const QString &what) { m_trial.accuse(rule, u"Hold %1 "_s.arg(m_id.text()) + what); }
    [[nodiscard]] QString name(int seat) const { return m_performance.layout->seatName(seat); }
    [[nodiscard]] const SeatRecord &record(int seat) const { return m_performance.seats[static_cast<size_t>(seat)]; }

    Trial &m_trial;
    HoldId m_id;
    const FinalPerformance &m_performance;
    const FinalHold *m_hold;
    Told m_told;
};

void HoldJudge::hear(const Event &event)
{
    switch (event.operation) {
    case Operation::Take:
    case Operation::TakeBest:
        return hearTake(event);
    case Operation::Release:
        return hearRelease(event);
    case Operation::Pay:
    case Operation::Exchange:
        m_told.mayBePaid = m_told.mayBePaid || event.outcome != Outcome::Refused;
        if (event.outcome == Outcome::Ok)
            m_told.paid = event.order;
        return;
    case Operation::Refund:
    case Operation::ExchangeFrom:
        return hearRefund(event);
    case Operation::Renew:
    case Operation::Order:
    case Operation::IssueGiftCard:
    case Operation::Transfer:
    case Operation::Reissue:
    case Operation::Cancel:
    case Operation::Map:
        return;
    }
}

void HoldJudge::hearTake(const Event &event)
{
    if (event.outcome == Outcome::Refused)
        return;
    const bool isDone = event.outcome == Outcome::Ok;
    m_told.mayBeTaken = true;
    m_told.mayHaveAny = m_told.mayHaveAny || (event.operation == Operation::TakeBest && !isDone);
    for (const int seat : event.seats)
        m_told.mayHave[seat] = std::max(m_told.mayHave[seat], isDone ? event.end : never);
    m_told.neverRefused.insert(event.seats.begin(), event.seats.end());
    for (const AreaPlaces &area : event.areas)
        m_told.areasNeverRefused.insert(area.area);
    if (!isDone) {
        m_told.areAreasKnown = false;
        return;
    }
    m_told.wasTaken = true;
    m_told.isReleased = false;
    m_told.seats.insert(event.seats.begin(), event.seats.end());
    for (const AreaPlaces &area : event.areas)
        m_told.areas[area.area] += area.quantity;
}

void HoldJudge::hearRelease(const Event &event)
{
    const bool isWhole = event.seats.empty() && event.areas.empty();
    if (event.outcome == Outcome::Refused) {
        m_told.wasKept = m_told.wasKept || isWhole;
        m_told.keptSeats.insert(event.seats.begin(), event.seats.end());
        return;
    }
    m_told.mayBeReleased = true;
    if (event.outcome == Outcome::Ok) {
        std::erase_if(m_told.mayHave, [&](const auto &one) {
            const auto &[seat, takenUntil] = one;
            return takenUntil <= event.start && (isWhole || std::ranges::find(event.seats, seat) != event.seats.end());
        });
    }
    if (isWhole) {
        m_told.isReleased = event.outcome == Outcome::Ok;
        m_told.seats.clear();
        m_told.areas.clear();
    }
    for (const int seat : event.seats)
        m_told.seats.erase(seat);
    if (!event.areas.empty())
        m_told.areAreasKnown = false;
}

void HoldJudge::hearRefund(const Event &event)
{
    if (event.outcome == Outcome::Refused)
        return;
    const bool isDone = event.outcome == Outcome::Ok;
    const bool isWhole = event.seats.empty();
    const std::set<int> seats = isWhole ? m_told.seats : std::set<int>(event.seats.begin(), event.seats.end());
    for (const int seat : seats)
        m_told.seats.erase(seat);
    if (isDone)
        m_told.givenBack.insert(seats.begin(), seats.end());
    m_told.mayBeRefunded = m_told.mayBeRefunded || isWhole;
    m_told.isRefunded = m_told.isRefunded || (isWhole && isDone);
}

/// What it had may have ended at any moment, by nobody's wish of those who had it.
void HoldJudge::hearCancellation()
{
    m_told.mayBeReleased = m_told.mayBeRefunded = true;
    m_told.areAreasKnown = false;
    m_told.seats.clear();
}

void HoldJudge::judge()
{
    if (!m_told.mayBeTaken) {
        if (m_hold)
            accuse(Rule::RefusedTookEffect, u"was refused, and is in the database all the same."_s);
        return;
    }
    if (m_hold)
        judgeRefused();
    if (!m_told.wasTaken)
        return;
    if (!m_hold)
        return accuse(Rule::LostAcknowledgement, u"was acknowledged, and is not in the database."_s);
    for (const int seat : m_told.seats) {
        if (!std::ranges::binary_search(m_hold->seats, seat))
            accuse(lostBy(seat), u"was given %1, and does not have it in the database."_s.arg(name(seat)));
    }
    if (!m_told.paid.isNull())
        judgeSold();
    else if (m_told.isReleased && m_hold->state != HoldState::Released && m_hold->state != HoldState::Expired)
        accuse(Rule::LostAcknowledgement, u"was given back, and is still there in the database."_s);
    else if (m_hold->state == HoldState::Released && !m_told.mayBeReleased)
        accuse(m_told.wasKept ? Rule::RefusedTookEffect : Rule::EndedEarly,
               u"is released in the database, and nobody could give it back."_s);
    else if (m_hold->state == HoldState::Expired && m_hold->heldUntil > m_trial.final.readAt)
        accuse(Rule::EndedEarly, u"is closed in the database as past its time, which it is not."_s);
    else if (m_hold->state == HoldState::Live && m_hold->heldUntil > m_trial.final.readAt)
        judgeLive();
}

/// It has nothing that was refused to it, and is not sold where each payment was refused.
void HoldJudge::judgeRefused()
{
    // One that is past its time keeps what it had, and whoever gives that back is told that it is well.
    const bool keepsAll = m_hold->state == HoldState::Expired;
    for (const int seat : m_hold->seats) {
        if (m_told.mayHaveAny)
            break;
        if (!m_told.neverRefused.contains(seat))
            accuse(Rule::RefusedTookEffect, u"has %1 in the database, and was never given it."_s.arg(name(seat)));
        else if (!keepsAll && !m_told.mayHave.contains(seat))
            accuse(Rule::LostAcknowledgement, u"has given %1 back, and has it in the database."_s.arg(name(seat)));
    }
    for (const FinalAreaHold &row : m_performance.areaHolds) {
        if (row.hold == m_id && !m_told.mayHaveAny && !m_told.areasNeverRefused.contains(row.area)) {
            accuse(Rule::RefusedTookEffect, u"has places in %1 in the database, and was never given any."_s.arg(
                                                m_performance.layout->area(row.area).name));
        }
    }
    if (m_hold->state == HoldState::Converted && !m_told.mayBePaid)
        accuse(Rule::RefusedTookEffect, u"is sold in the database, and every payment for it was refused."_s);
}

/// Its time is not over: each place must be its own.
void HoldJudge::judgeLive()
{
    for (const int seat : m_told.seats) {
        const SeatRecord &row = record(seat);
        if (row.state != SeatState::Held || row.hold != m_id)
            accuse(Rule::LostAcknowledgement,
                   u"has time left, and %1 is not its own in the database."_s.arg(name(seat)));
        else if (row.heldUntil < m_hold->heldUntil)
            accuse(Rule::EndedEarly, u"has time left, and %1 ends before it."_s.arg(name(seat)));
    }
    judgeAreas();
}

void HoldJudge::judgeAreas()
{
    if (!m_told.areAreasKnown)
        return;
    for (const auto &[area, quantity] : m_told.areas) {
        const auto row = std::ranges::find_if(m_performance.areaHolds, [&, number = area](const FinalAreaHold &one) {
            return one.hold == m_id && one.area == number;
        });
        const int has = row == m_performance.areaHolds.end() ? 0 : row->quantity;
        if (has != quantity) {
            accuse(has > quantity || m_told.wasKept ? Rule::RefusedTookEffect : Rule::LostAcknowledgement,
                   u"was given %1 places in %2, and has %3 in the database."_s.arg(quantity)
                       .arg(m_performance.layout->area(area).name)
                       .arg(has));
        }
    }
}

/// A sale is of all that the hold had.
void HoldJudge::judgeSoldAreas(const FinalOrder &order)
{
    if (!m_told.areAreasKnown || m_told.mayBeRefunded)
        return;
    for (const auto &[area, quantity] : m_told.areas) {
        const auto row = std::ranges::find(order.areas, area, &std::pair<int, int>::first);
        const int has = row == order.areas.end() ? 0 : row->second;
        if (has != quantity) {
            accuse(Rule::LostAcknowledgement,
                   u"was paid for with %1 places in %2, and %3 are sold to it in the database."_s.arg(quantity)
                       .arg(m_performance.layout->area(area).name)
                       .arg(has));
        }
    }
}

void HoldJudge::judgeSold()
{
    const auto order = m_performance.orders.find(m_told.paid);
    const bool stands = order != m_performance.orders.end() && order->second.isConfirmed;
    if (!stands && !m_told.mayBeRefunded)
        return accuse(Rule::LostAcknowledgement, u"was paid for, and its order is not confirmed in the database."_s);
    if (stands && m_told.isRefunded)
        accuse(Rule::LostAcknowledgement, u"was given back once it was paid, and its order stands in the database."_s);
    for (const int seat : m_told.givenBack) {
        const auto place = m_performance.soldPlaces.find(seat);
        if (record(seat).order == m_told.paid ||
            (place != m_performance.soldPlaces.end() && place->second == m_told.paid))
            accuse(Rule::LostAcknowledgement,
                   u"has given %1 back once it was paid, and it is sold to it in the database."_s.arg(name(seat)));
    }
    if (stands)
        judgeSoldAreas(order->second);
    if (m_hold->state != HoldState::Converted)
        accuse(Rule::LostAcknowledgement, u"was paid for, and is not closed as sold in the database."_s);
    for (const int seat : m_told.seats) {
        const SeatRecord &row = record(seat);
        const auto place = m_performance.soldPlaces.find(seat);
        if (row.state != SeatState::Sold || row.order != m_told.paid)
            accuse(Rule::LostAcknowledgement,
                   u"was paid for, and %1 is not sold to it in the database."_s.arg(name(seat)));
        else if (place == m_performance.soldPlaces.end() || place->second != m_told.paid)
            accuse(Rule::LostAcknowledgement, u"was paid for, and %1 is not among the sold places."_s.arg(name(seat)));
    }
}

} // namespace

void judgeHolds(Trial &trial)
{
    for (const auto &[id, story] : trial.stories)
        HoldJudge(trial, id, story).judge();
}

/// Nothing is in the database that nobody asked for, and nothing is sold of which every payment was refused.
void judgeUnasked(Trial &trial)
{
    std::unordered_set<OrderId> maySell;
    for (const Event &event : trial.history.events) {
        if (event.isSale() && event.outcome != Outcome::Refused)
            maySell.insert(event.order);
    }
    for (const FinalPerformance &performance : trial.final.performances) {
        for (const auto &[id, hold] : performance.holds) {
            if (!trial.stories.contains(id))
                trial.accuse(Rule::RefusedTookEffect,
                             u"Hold %1 is in the database, and nobody asked for it."_s.arg(id.text()));
        }
        for (const auto &[id, order] : performance.orders) {
            if ((order.isConfirmed || order.wasSold) && !maySell.contains(id))
                trial.accuse(
                    Rule::RefusedTookEffect,
                    u"Order %1 is sold in the database, and every payment for it was refused."_s.arg(id.text()));
        }
    }
}

} // namespace parterre::check
