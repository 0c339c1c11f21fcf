#include "check/owners.h"
#include "check/trial.h"

#include "domain/layout/adjacency.h"

#include <algorithm>

/// Promises 1 and 3 for seats: never two owners, never a refusal without an owner.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

class SeatJudge
{
public:
    SeatJudge(Trial &trial, int performance, const Possessions &possessions, const SeatOwners &owners)
        : m_trial(trial)
        , m_performance(performance)
        , m_final(trial.final.performances[static_cast<size_t>(performance)])
        , m_possessions(possessions)
        , m_owners(owners)
    {}

    void judgeOwners();
    void judgeRefusals();

private:
    [[nodiscard]] QString name(int seat) const { return m_final.layout->seatName(seat); }
    [[nodiscard]] bool mayHaveBeenTaken(int seat, const Event &event) const
    {
        return m_owners.mayHaveBeenTaken(seat, event);
    }
    void judgeNamed(const Event &event);
    void judgeLeftAlone(const Event &event);
    [[nodiscard]] bool isBeside(int seat, const Event &event);
    [[nodiscard]] bool wasAnothers(int seat, const Event &event) const;

    Trial &m_trial;
    int m_performance;
    const FinalPerformance &m_final;
    const Possessions &m_possessions;
    const SeatOwners &m_owners;
    std::vector<int> m_next; ///< Right-hand neighbours, once they were asked for.
};

/// Two spans of certainty of one seat and two holds that meet.
void SeatJudge::judgeOwners()
{
    struct Certain
    {
        HoldId hold;
        Span span;
    };
    for (size_t seat = 0; seat < m_possessions.seats.size(); ++seat) {
        std::vector<Certain> spans;
        for (const Possession &one : m_possessions.seats[seat]) {
            for (const Span &span : {one.certain, one.certainlySold}) {
                if (!span.isEmpty())
                    spans.push_back({one.hold, span});
            }
        }
        std::ranges::sort(spans, {}, [](const Certain &one) { return one.span.from; });
        const Certain *owner = nullptr;
        for (const Certain &next : spans) {
            if (owner && owner->hold != next.hold && next.span.from < owner->span.to) {
                m_trial.accuse(Rule::TwoOwners,
                               u"%1 had two owners at once: hold %2 from %3 to %4, and hold %5 from %6."_s.arg(
                                   name(static_cast<int>(seat)), owner->hold.text(), m_trial.time(owner->span.from),
                                   m_trial.time(owner->span.to), next.hold.text(), m_trial.time(next.span.from)));
            }
            if (!owner || next.span.to > owner->span.to)
                owner = &next;
        }
    }
}

void SeatJudge::judgeRefusals()
{
    for (const Event &event : m_trial.history.events) {
        if (event.performance != m_performance || event.outcome != Outcome::Refused)
            continue;
        if (event.operation == Operation::Take && event.code == u"seat_taken")
            judgeNamed(event);
        else if (event.isTake() && event.code == u"seat_left_alone")
            judgeLeftAlone(event);
    }
}

/// Every seat that the refusal names was somebody's; where it names none, one of those asked for was.
void SeatJudge::judgeNamed(const Event &event)
{
    const auto accuse = [&](const QString &seats) {
        m_trial.accuse(Rule::FalseRefusal,
                       u"Hold %1 was refused %2 as taken between %3 and %4, when nobody else had it."_s.arg(
                           event.hold.text(), seats, m_trial.time(event.start), m_trial.time(event.end)));
    };
    for (const int seat : event.taken) {
        if (!mayHaveBeenTaken(seat, event))
            accuse(name(seat));
    }
    const bool anyTaken = std::ranges::any_of(event.seats, [&](int seat) { return mayHaveBeenTaken(seat, event); });
    if (event.taken.empty() && !anyTaken) {
        QStringList names;
        for (const int seat : event.seats)
            names.append(name(seat));
        accuse(names.join(u"; "_s));
    }
}

/// Where there is such a rule, it names seats beside those that were asked for, which were not another's all the time.
void SeatJudge::judgeLeftAlone(const Event &event)
{
    const auto accuse = [&](const QString &why) {
        m_trial.accuse(Rule::FalseRefusal,
                       u"Hold %1 was refused between %2 and %3 for who would sit alone, %4."_s.arg(
                           event.hold.text(), m_trial.time(event.start), m_trial.time(event.end), why));
    };
    if (!m_trial.history.header.performances[static_cast<size_t>(m_performance)].hasOrphanRule)
        return accuse(u"where nobody minds"_s);
    for (const int seat : event.taken) {
        if (!isBeside(seat, event))
            accuse(u"and %1 is not beside it"_s.arg(name(seat)));
        else if (wasAnothers(seat, event))
            accuse(u"and %1 was another's all the time"_s.arg(name(seat)));
    }
}

bool SeatJudge::isBeside(int seat, const Event &event)
{
    if (m_next.empty())
        m_next = nextNeighbours(*m_final.layout);
    // The hold is judged as it would be, with the seats that it has.
    return std::ranges::any_of(m_trial.stories.at(event.hold).events, [&](const Event *take) {
        return take->isTake() && std::ranges::any_of(take->seats, [&](int taken) {
                   return m_next[static_cast<size_t>(taken)] == seat || m_next[static_cast<size_t>(seat)] == taken;
               });
    });
}

bool SeatJudge::wasAnothers(int seat, const Event &event) const
{
    return std::ranges::any_of(m_possessions.seats[static_cast<size_t>(seat)], [&](const Possession &one) {
        const auto covers = [&](const Span &span) { return span.from <= event.start && span.to >= event.end; };
        return one.hold != event.hold && (covers(one.certain) || covers(one.certainlySold));
    });
}

} // namespace

void judgeSeats(Trial &trial, int performance, const Possessions &possessions, const SeatOwners &owners)
{
    SeatJudge judge(trial, performance, possessions, owners);
    judge.judgeOwners();
    judge.judgeRefusals();
}

} // namespace parterre::check
