#include "check/owners.h"
#include "check/trial.h"
#include "check/usage.h"

#include "domain/layout/adjacency.h"

#include <algorithm>
#include <set>

/// Parties for whom the server chooses: they get what they asked for, and hear "sold out" only where nothing would do.
/// And seats that are set aside: they go to who names their code alone, and back there.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

class PartyJudge
{
public:
    PartyJudge(Trial &trial, int performance, const Possessions &possessions, const SeatOwners &owners)
        : m_trial(trial)
        , m_performance(performance)
        , m_final(trial.final.performances[static_cast<size_t>(performance)])
        , m_layout(*m_final.layout)
        , m_possessions(possessions)
        , m_owners(owners)
    {}

    void judge();

private:
    /// Seats of one run of free neighbours that may be chosen, with what may not be between them left out.
    using Run = std::vector<int>;

    [[nodiscard]] QString name(int seat) const { return m_layout.seatName(seat); }
    [[nodiscard]] const LayoutSection &section(const Event &event) const
    {
        return m_layout.layout().sections[static_cast<size_t>(*event.section)];
    }
    [[nodiscard]] bool hasCategory(int category, const Event &event) const
    {
        return event.categories.empty() || std::ranges::find(event.categories, category) != event.categories.end();
    }
    [[nodiscard]] bool isInScope(int seat, const Event &event) const
    {
        return hasCategory(m_layout.seat(seat).category, event) &&
               (!event.section || &m_layout.sectionOf(seat) == &section(event));
    }
    [[nodiscard]] bool isAreaInScope(int area, const Event &event) const
    {
        return hasCategory(m_layout.area(area).category, event) &&
               (!event.section || &m_layout.sectionOfArea(area) == &section(event));
    }
    void accuseOfGiving(const Event &event, const QString &what);
    void judgeGranted(const Event &event);
    void judgeGrantedSeats(const Event &event);
    void judgeCode(const Event &event);
    void judgeRefused(const Event &event);
    void accuseOfRefusing(const Event &refusal, const QString &free);
    [[nodiscard]] std::vector<int> freeThroughout(const Event &event);
    [[nodiscard]] std::vector<int> spacesThroughout(const Event &event) const;
    [[nodiscard]] bool isFreeThroughout(int seat, const Event &event) const
    {
        return isInScope(seat, event) && !m_owners.mayHaveBeenTaken(seat, event);
    }
    [[nodiscard]] const std::vector<Run> &runs();
    [[nodiscard]] qint64 goneDuring(int area, const Event &event);

    Trial &m_trial;
    int m_performance;
    const FinalPerformance &m_final;
    const LayoutIndex &m_layout;
    const Possessions &m_possessions;
    const SeatOwners &m_owners;
    std::vector<Run> m_runs;
    std::vector<Usage> m_usages; ///< By area.
};

void PartyJudge::judge()
{
    for (const SeatRecord &seat : m_final.seats) {
        if (seat.house > 0 && seat.state == SeatState::Available)
            m_trial.accuse(Rule::WrongParty,
                           u"%1 is set aside, and is free for everybody in the database."_s.arg(name(seat.number)));
    }
    for (const Event &event : m_trial.history.events) {
        if (event.performance != m_performance || !event.isTake())
            continue;
        const bool isBest = event.operation == Operation::TakeBest;
        if (event.outcome == Outcome::Ok)
            judgeCode(event);
        if (isBest && event.outcome == Outcome::Ok)
            judgeGranted(event);
        else if (isBest && event.outcome == Outcome::Refused &&
                 (event.code == u"sold_out" || event.code == u"seat_taken"))
            judgeRefused(event);
    }
}

void PartyJudge::judgeCode(const Event &event)
{
    for (const int seat : event.seats) {
        if (!event.namesCode && m_final.seats[static_cast<size_t>(seat)].house > 0) {
            m_trial.accuse(Rule::WrongParty,
                           u"Hold %1 was given %2, which is set aside, and has not named its code."_s.arg(
                               event.hold.text(), name(seat)));
        }
    }
}

void PartyJudge::accuseOfGiving(const Event &event, const QString &what)
{
    m_trial.accuse(Rule::WrongParty,
                   u"Hold %1 of a party of %2 was given %3."_s.arg(event.hold.text()).arg(event.partySize).arg(what));
}

/// As many places as people, once each; seats, or one standing area.
void PartyJudge::judgeGranted(const Event &event)
{
    int standing = 0;
    for (const AreaPlaces &area : event.areas)
        standing += area.quantity;
    const std::set<int> distinct(event.seats.begin(), event.seats.end());
    if (static_cast<int>(distinct.size()) + standing != event.partySize || distinct.size() != event.seats.size())
        accuseOfGiving(event, u"%1 seats and %2 standing places"_s.arg(event.seats.size()).arg(standing));
    if (event.areas.size() > 1 || (standing > 0 && (!event.seats.empty() || event.namesCode || event.wheelchairs > 0)))
        accuseOfGiving(event, u"places that are not together, or of another kind than it asked for"_s);
    for (const AreaPlaces &area : event.areas) {
        if (!isAreaInScope(area.area, event))
            accuseOfGiving(event, u"places in %1, which it did not ask for"_s.arg(m_layout.area(area.area).name));
    }
    if (!event.seats.empty())
        judgeGrantedSeats(event);
}

void PartyJudge::judgeGrantedSeats(const Event &event)
{
    int spaces = 0;
    for (const int seat : event.seats) {
        const Accessibility access = m_layout.seat(seat).accessibility;
        spaces += access == Accessibility::Wheelchair;
        const bool isCompanion = access == Accessibility::Companion && event.wheelchairs > 0;
        if (access != Accessibility::None && access != Accessibility::Wheelchair && !isCompanion)
            accuseOfGiving(event, u"%1, which is kept for others"_s.arg(name(seat)));
        if (!isInScope(seat, event))
            accuseOfGiving(event, u"%1, which it did not ask for"_s.arg(name(seat)));
        if (event.namesCode && m_final.seats[static_cast<size_t>(seat)].house == 0)
            accuseOfGiving(event, u"%1, which its code does not open"_s.arg(name(seat)));
    }
    if (spaces != event.wheelchairs)
        accuseOfGiving(event, u"%1 wheelchair spaces for %2 who need one"_s.arg(spaces).arg(event.wheelchairs));
    // Who brings a wheelchair sits where the spaces are, with companions before and behind.
    if (!event.maySplit && event.wheelchairs == 0 && !areAdjacent(m_layout, event.seats))
        accuseOfGiving(event, u"seats that are not side by side, and has to sit together"_s);
}

/// A party is refused only when the house has no such places. Those that were free during the whole of the request
/// prove the contrary.
void PartyJudge::judgeRefused(const Event &event)
{
    const std::vector<int> free = event.wheelchairs > 0 ? spacesThroughout(event) : freeThroughout(event);
    if (!free.empty())
        return accuseOfRefusing(event, u"%1 and %2 beside it were"_s.arg(name(free.front())).arg(free.size() - 1));
    if (event.wheelchairs > 0 || event.namesCode)
        return; // Nobody of these is told to stand.
    for (int area = 0; area < m_layout.areaCount(); ++area) {
        const int capacity = m_final.areas[static_cast<size_t>(area)].capacity;
        if (isAreaInScope(area, event) && goneDuring(area, event) + event.partySize <= capacity)
            return accuseOfRefusing(event,
                                    u"%1 places in %2 were"_s.arg(event.partySize).arg(m_layout.area(area).name));
    }
}

void PartyJudge::accuseOfRefusing(const Event &refusal, const QString &free)
{
    m_trial.accuse(
        Rule::FalseRefusal,
        u"A party of %1 was told between %2 and %3 that there is nothing left, while %4 free all the time."_s.arg(
            QString::number(refusal.partySize), m_trial.time(refusal.start), m_trial.time(refusal.end), free));
}

/// The first seats that would have served the party, or none.
std::vector<int> PartyJudge::freeThroughout(const Event &event)
{
    const auto wanted = static_cast<size_t>(event.partySize);
    std::vector<int> found;
    for (const Run &run : runs()) {
        if (!event.maySplit)
            found.clear();
        for (const int seat : run) {
            if (!isFreeThroughout(seat, event)) {
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

/// Wheelchair spaces of one section, and enough ordinary seats anywhere; nothing where the party has to be together,
/// which may mean many things.
std::vector<int> PartyJudge::spacesThroughout(const Event &event) const
{
    if (!event.maySplit)
        return {};
    std::map<const LayoutSection *, std::vector<int>> spaces;
    int others = 0;
    for (int seat = 0; seat < m_layout.seatCount(); ++seat) {
        const Accessibility access = m_layout.seat(seat).accessibility;
        const bool isEither = access == Accessibility::Wheelchair || access == Accessibility::None;
        if (!isEither || !isFreeThroughout(seat, event))
            continue;
        others += access == Accessibility::None;
        if (access == Accessibility::Wheelchair)
            spaces[&m_layout.sectionOf(seat)].push_back(seat);
    }
    const auto enough = std::ranges::find_if(
        spaces, [&](const auto &one) { return static_cast<int>(one.second.size()) >= event.wheelchairs; });
    return enough == spaces.end() || others < event.partySize - event.wheelchairs ? std::vector<int>() : enough->second;
}

qint64 PartyJudge::goneDuring(int area, const Event &event)
{
    if (m_usages.empty()) {
        for (const auto &possessions : m_possessions.areas)
            m_usages.emplace_back(possessions);
    }
    return m_usages[static_cast<size_t>(area)].largestDuring({event.start, event.end});
}

const std::vector<PartyJudge::Run> &PartyJudge::runs()
{
    if (!m_runs.empty())
        return m_runs;
    const std::vector<int> next = nextNeighbours(m_layout);
    Run run;
    const auto close = [&] {
        if (!run.empty())
            m_runs.push_back(std::move(run));
        run.clear();
    };
    // A run follows the neighbours from each seat that nobody has on its left. Accessible seats are kept for those who
    // ask for them.
    std::set<int> hasLeft(next.begin(), next.end());
    for (int first = 0; first < m_layout.seatCount(); ++first) {
        if (hasLeft.contains(first))
            continue;
        for (int seat = first; seat >= 0; seat = next[static_cast<size_t>(seat)]) {
            if (m_layout.seat(seat).accessibility == Accessibility::None)
                run.push_back(seat);
            else
                close();
        }
        close();
    }
    return m_runs;
}

} // namespace

void judgeParties(Trial &trial, int performance, const Possessions &possessions, const SeatOwners &owners)
{
    PartyJudge(trial, performance, possessions, owners).judge();
}

} // namespace parterre::check
