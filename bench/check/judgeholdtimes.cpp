#include "check/trial.h"

#include "base/limits.h"

#include <algorithm>

/// Holds last as long as they were promised: never shorter, never longer.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 secondsToNanoseconds = 1'000'000'000;

class TimeJudge
{
public:
    TimeJudge(Trial &trial, const HoldId &id, const HoldStory &story)
        : m_trial(trial)
        , m_id(id)
        , m_story(story)
        , m_holdNanoseconds(trial.history.header.performances[static_cast<size_t>(story.performance)].holdSeconds *
                            secondsToNanoseconds)
    {}

    void judge()
    {
        for (const Event *event : m_story.events) {
            const bool isExtending = event->isTake() || event->operation == Operation::Renew;
            if (event->outcome == Outcome::Refused && event->code == u"hold_gone")
                judgeGone(*event);
            if (isExtending && event->outcome == Outcome::Refused)
                m_wasRefused = true;
            if (isExtending && event->outcome != Outcome::Refused && !event->heldUntil)
                m_isSure = false;
            if (isExtending && event->outcome == Outcome::Ok && event->heldUntil)
                judgeExtension(*event);
        }
        const FinalHold *final = m_trial.finalHold(m_story.performance, m_id);
        if (m_isSure && m_first && final)
            judgeEnd(*final);
    }

private:
    void accuse(Rule rule, const QString &what) { m_trial.accuse(rule, u"Hold %1 %2"_s.arg(m_id.text(), what)); }
    void judgeExtension(const Event &event);
    void judgeEnd(const FinalHold &hold);
    void judgeGone(const Event &event);

    Trial &m_trial;
    HoldId m_id;
    const HoldStory &m_story;
    qint64 m_holdNanoseconds;
    const Event *m_first = nullptr; ///< The take that made it.
    Instant m_until{};              ///< As acknowledged so far.
    bool m_isSure = true;           ///< No extension went without an answer that has a time.
    bool m_wasRefused = false;      ///< An extension was.
};

void TimeJudge::judgeExtension(const Event &event)
{
    const qint64 absolute = limits::holdSecondsAbsoluteMax * secondsToNanoseconds;
    const Instant until = *event.heldUntil;
    if (!m_first)
        m_first = &event;
    else if (m_isSure && event.start > m_trial.clock.latest(m_until))
        accuse(Rule::OutlivedBound, u"was extended at %1, after its time was over at %2."_s.arg(
                                        m_trial.time(event.start), m_trial.time(m_trial.clock.latest(m_until))));
    // Decided at some moment between start and end; what it had before it keeps.
    const qint64 shortest = std::min(event.start + m_holdNanoseconds, m_first->start + absolute);
    const qint64 longest = std::min(event.end + m_holdNanoseconds, m_first->end + absolute);
    if (m_isSure && m_trial.clock.latest(until) < shortest) {
        accuse(Rule::EndedEarly, u"was given until %1, and its performance promises until %2 at least."_s.arg(
                                     m_trial.time(m_trial.clock.latest(until)), m_trial.time(shortest)));
    }
    if (m_isSure && until > m_until && m_trial.clock.earliest(until) > longest) {
        accuse(Rule::OutlivedBound, u"was given until %1, and its performance allows until %2 at most."_s.arg(
                                        m_trial.time(m_trial.clock.earliest(until)), m_trial.time(longest)));
    }
    m_until = std::max(m_until, until);
}

/// The database has the time that was told last. A payment moves it, in vain as well, and so does a cancellation.
void TimeJudge::judgeEnd(const FinalHold &hold)
{
    const bool isMoved = m_trial.cancelledAt(m_story.performance) != never ||
                         std::ranges::any_of(m_story.events, [](const Event *event) { return event->isSale(); });
    if (isMoved || hold.heldUntil == m_until)
        return;
    const QString times = u"%1 in the database, and was told until %2"_s.arg(
        m_trial.time(m_trial.clock.latest(hold.heldUntil)), m_trial.time(m_trial.clock.latest(m_until)));
    if (hold.heldUntil < m_until)
        accuse(Rule::EndedEarly, u"is until %1."_s.arg(times));
    else if (m_wasRefused)
        accuse(Rule::RefusedTookEffect, u"is until %1; what would have made it longer was refused."_s.arg(times));
    else
        accuse(Rule::OutlivedBound, u"is until %1."_s.arg(times));
}

/// Somebody was told that his hold is over. Was it?
void TimeJudge::judgeGone(const Event &event)
{
    const bool wasHis = m_first && m_first->end <= event.start;
    const bool mayHaveEnded = std::ranges::any_of(m_story.events, [&](const Event *other) {
        const bool ends = other->operation == Operation::Release || other->isSale();
        return ends && other->outcome != Outcome::Refused && other->start <= event.end;
    });
    const bool isCancelled = m_trial.cancelledAt(m_story.performance) <= event.end;
    if (wasHis && !mayHaveEnded && !isCancelled && event.end < m_trial.clock.earliest(m_until)) {
        accuse(Rule::EndedEarly, u"was said to be gone at %1, while it had until %2."_s.arg(
                                     m_trial.time(event.end), m_trial.time(m_trial.clock.earliest(m_until))));
    }
}

/// Whatever it was given, and by whom, a declined card included. While it is paid and after, the payment's deadline
/// stands there instead.
void judgeLongest(Trial &trial, const HoldId &id, const FinalHold &hold)
{
    const bool isPaid = hold.state == HoldState::Frozen || hold.state == HoldState::Converted;
    const Instant latest = hold.createdAt + Seconds(limits::holdSecondsAbsoluteMax);
    if (!isPaid && hold.heldUntil > latest)
        trial.accuse(Rule::OutlivedBound,
                     u"Hold %1 has in the database %2 s more than the longest that any may last."_s.arg(id.text()).arg(
                         std::chrono::ceil<Seconds>(hold.heldUntil - latest).count()));
}

} // namespace

void judgeHoldTimes(Trial &trial)
{
    for (const auto &[id, story] : trial.stories)
        TimeJudge(trial, id, story).judge();
    // What the sweeper should have made visible by now.
    for (const FinalPerformance &performance : trial.final.performances) {
        const Instant bound = trial.final.readAt - trial.options.sweepBound;
        for (const auto &[id, hold] : performance.holds) {
            judgeLongest(trial, id, hold);
            if (hold.state == HoldState::Live && hold.heldUntil < bound)
                trial.accuse(Rule::OutlivedBound,
                             u"Hold %1 is live in the database %2 s after its time."_s.arg(id.text()).arg(
                                 std::chrono::duration_cast<Seconds>(trial.final.readAt - hold.heldUntil).count()));
        }
        for (const SeatRecord &seat : performance.seats) {
            if (seat.state == SeatState::Held && seat.heldUntil < bound)
                trial.accuse(Rule::OutlivedBound, u"%1 is held in the database after its hold's time."_s.arg(
                                                      performance.layout->seatName(seat.number)));
        }
    }
}

} // namespace parterre::check
