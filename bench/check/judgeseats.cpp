#include "check/trial.h"

#include "domain/layout/adjacency.h"

#include <algorithm>
#include <set>

/// Promises 1 and 3 for seats: never two owners, never a refusal without an owner.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

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

class SeatJudge
{
public:
    SeatJudge(Trial &trial, int performance, const Possessions &possessions)
        : m_trial(trial)
        , m_performance(performance)
        , m_final(trial.final.performances[static_cast<size_t>(performance)])
        , m_possessions(possessions)
    {
        for (const auto &seat : possessions.seats)
            m_owners.emplace_back(seat);
    }

    void judgeOwners();
    void judgeRefusals();

private:
    [[nodiscard]] QString name(int seat) const { return m_final.layout->seatName(seat); }
    [[nodiscard]] bool isOffSale(int seat) const
    {
        const SeatState state = m_final.seats[static_cast<size_t>(seat)].state;
        return state == SeatState::House || state == SeatState::Killed;
    }
    [[nodiscard]] bool mayHaveBeenTaken(int seat, const Event &event) const
    {
        return isOffSale(seat) || m_owners[static_cast<size_t>(seat)].mayHaveHad({event.start, event.end}, event.hold);
    }
    void judgeNamed(const Event &event);
    void judgeBest(const Event &event);
    [[nodiscard]] std::vector<int> freeThroughout(const Event &event);
    [[nodiscard]] const std::vector<std::vector<int>> &runs();

    Trial &m_trial;
    int m_performance;
    const FinalPerformance &m_final;
    const Possessions &m_possessions;
    std::vector<Owners> m_owners;
    std::vector<std::vector<int>> m_runs; ///< Seats side by side that the public is offered.
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
        else if (event.operation == Operation::TakeBest && (event.code == u"sold_out" || event.code == u"seat_taken"))
            judgeBest(event);
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

/// A party is refused only when the house has no such seats. Seats that were free during the whole of the request
/// prove the contrary.
void SeatJudge::judgeBest(const Event &event)
{
    const std::vector<int> free = freeThroughout(event);
    if (free.empty())
        return;
    m_trial.accuse(
        Rule::FalseRefusal,
        u"A party of %1 was told between %2 and %3 that there is nothing left, while %4 and %5 beside it were "
        "free all the time."_s.arg(event.partySize)
            .arg(m_trial.time(event.start), m_trial.time(event.end), name(free.front()))
            .arg(free.size() - 1));
}

/// The first seats that would have served the party, or none.
std::vector<int> SeatJudge::freeThroughout(const Event &event)
{
    const auto wanted = static_cast<size_t>(event.partySize);
    std::vector<int> found;
    for (const auto &run : runs()) {
        if (!event.maySplit)
            found.clear();
        for (const int seat : run) {
            if (mayHaveBeenTaken(seat, event)) {
                if (!event.maySplit)
                    found.clear();
                continue;
            }
            found.push_back(seat);
            if (found.size() == wanted)
                return found;
        }
    }
    return {};
}

const std::vector<std::vector<int>> &SeatJudge::runs()
{
    if (!m_runs.empty())
        return m_runs;
    const LayoutIndex &layout = *m_final.layout;
    const std::vector<int> next = nextNeighbours(layout);
    std::vector<int> run;
    const auto close = [&] {
        if (!run.empty())
            m_runs.push_back(std::move(run));
        run.clear();
    };
    // A run follows the neighbours from each seat that nobody has on its left. Accessible seats are kept for those who
    // ask for them.
    std::set<int> hasLeft(next.begin(), next.end());
    for (int first = 0; first < layout.seatCount(); ++first) {
        if (hasLeft.contains(first))
            continue;
        for (int seat = first; seat >= 0; seat = next[static_cast<size_t>(seat)]) {
            if (layout.seat(seat).accessibility == Accessibility::None)
                run.push_back(seat);
            else
                close();
        }
        close();
    }
    return m_runs;
}

} // namespace

void judgeSeats(Trial &trial, int performance, const Possessions &possessions)
{
    SeatJudge judge(trial, performance, possessions);
    judge.judgeOwners();
    judge.judgeRefusals();
}

} // namespace parterre::check
