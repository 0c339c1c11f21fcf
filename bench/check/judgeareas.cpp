#include "check/trial.h"
#include "check/usage.h"

#include <algorithm>

/// Standing areas: never more than there is room for, and never "sold out" while there was room.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

class AreaJudge
{
public:
    AreaJudge(Trial &trial, int performance, const Possessions &possessions)
        : m_trial(trial)
        , m_performance(performance)
        , m_final(trial.final.performances[static_cast<size_t>(performance)])
        , m_possessions(possessions)
    {}

    void judgeDatabase();
    void judgeCertain();
    void judgeRefusals();

private:
    [[nodiscard]] QString name(size_t area) const { return m_final.layout->area(static_cast<int>(area)).name; }

    Trial &m_trial;
    int m_performance;
    const FinalPerformance &m_final;
    const Possessions &m_possessions;
};

/// What the rows say of themselves: within the capacity, and the sum of the holds.
void AreaJudge::judgeDatabase()
{
    std::vector<int> held(m_final.areas.size());
    std::vector<int> sold(m_final.areas.size());
    for (const FinalAreaHold &hold : m_final.areaHolds)
        held.at(static_cast<size_t>(hold.area)) += hold.quantity;
    for (const auto &[id, order] : m_final.orders) {
        for (const auto &[area, quantity] : order.areas)
            sold.at(static_cast<size_t>(area)) += order.isConfirmed ? quantity : 0;
    }
    for (size_t i = 0; i < m_final.areas.size(); ++i) {
        const AreaRecord &area = m_final.areas[i];
        if (area.held + area.sold > area.capacity || area.held < 0 || area.sold < 0) {
            m_trial.accuse(Rule::OverCapacity,
                           u"%1 has room for %2, and in the database %3 are held and %4 sold."_s.arg(name(i))
                               .arg(area.capacity)
                               .arg(area.held)
                               .arg(area.sold));
        }
        if (area.held != held[i] || area.sold != sold[i]) {
            m_trial.accuse(Rule::OverCapacity,
                           u"%1 counts %2 held and %3 sold, while its holds have %4 and its orders %5."_s.arg(name(i))
                               .arg(area.held)
                               .arg(area.sold)
                               .arg(held[i])
                               .arg(sold[i]));
        }
    }
}

/// At no moment more places with a certain owner than there are.
void AreaJudge::judgeCertain()
{
    for (size_t i = 0; i < m_possessions.areas.size(); ++i) {
        std::vector<std::pair<qint64, int>> steps; // Ends come before beginnings of the same moment: they sort first.
        for (const Possession &one : m_possessions.areas[i]) {
            for (const Span &span : certainSpansOf(one)) {
                steps.emplace_back(span.from, one.quantity);
                steps.emplace_back(span.to, -one.quantity);
            }
        }
        std::ranges::sort(steps);
        qint64 used = 0;
        qint64 most = 0;
        qint64 when = 0;
        for (const auto &[moment, change] : steps) {
            used += change;
            if (used > most) {
                most = used;
                when = moment;
            }
        }
        if (most > m_final.areas[i].capacity) {
            m_trial.accuse(Rule::OverCapacity,
                           u"%1 has room for %2, and at %3 there were %4 places acknowledged in it."_s.arg(name(i))
                               .arg(m_final.areas[i].capacity)
                               .arg(m_trial.time(when))
                               .arg(most));
        }
    }
}

void AreaJudge::judgeRefusals()
{
    std::vector<Usage> usages;
    for (const auto &area : m_possessions.areas)
        usages.emplace_back(area);
    for (const Event &event : m_trial.history.events) {
        const bool isSoldOut = event.performance == m_performance && event.outcome == Outcome::Refused &&
                               event.operation == Operation::Take && event.code == u"sold_out";
        if (!isSoldOut)
            continue;
        const bool isTrue = std::ranges::any_of(event.areas, [&](const AreaPlaces &asked) {
            const auto area = static_cast<size_t>(asked.area);
            const qint64 gone = usages[area].largestDuring({event.start, event.end});
            return gone + asked.quantity > m_final.areas[area].capacity;
        });
        if (!isTrue) {
            m_trial.accuse(
                Rule::FalseRefusal,
                u"Hold %1 was told between %2 and %3 that %4 is sold out, when there was room."_s.arg(
                    event.hold.text(), m_trial.time(event.start), m_trial.time(event.end),
                    event.areas.empty() ? u"an area"_s : name(static_cast<size_t>(event.areas.front().area))));
        }
    }
}

} // namespace

void judgeAreas(Trial &trial, int performance, const Possessions &possessions)
{
    AreaJudge judge(trial, performance, possessions);
    judge.judgeDatabase();
    judge.judgeCertain();
    judge.judgeRefusals();
}

} // namespace parterre::check
