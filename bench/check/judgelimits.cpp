#include "check/trial.h"

#include <algorithm>
#include <map>
#include <unordered_map>

/// Purchase limits: nobody has more places of a performance than one customer may, and nobody is told so who has less.
namespace parterre::check {

using namespace Qt::StringLiterals;

namespace {

class LimitJudge
{
public:
    LimitJudge(Trial &trial, int performance, const Possessions &possessions)
        : m_trial(trial)
        , m_performance(performance)
        , m_limit(trial.history.header.performances[static_cast<size_t>(performance)].purchaseLimit)
    {
        if (m_limit > 0)
            gather(possessions);
    }

    void judgeCertain();
    void judgeRefusals();

private:
    /// What one customer had, seat by seat and pool by pool.
    struct Had
    {
        std::map<int, std::vector<Span>> certainSeats{};
        std::vector<std::pair<Span, int>> certain{};  ///< Of pools, with how many.
        std::vector<std::pair<Span, int>> possible{}; ///< Of both.
    };

    [[nodiscard]] int customerOf(const Event &event) const { return m_trial.history.header.customerOf(event.client); }
    void gather(const Possessions &possessions);
    void addTo(Had &had, const Possession &one, bool isArea);
    [[nodiscard]] std::pair<qint64, qint64> mostOf(const Had &had) const;

    Trial &m_trial;
    int m_performance;
    int m_limit;
    std::map<int, Had> m_had; ///< By customer.
};

void LimitJudge::gather(const Possessions &possessions)
{
    std::unordered_map<HoldId, int> customers;
    for (const Event &event : m_trial.history.events) {
        if (event.performance == m_performance && event.isTake() && !event.isAtDesk)
            customers.try_emplace(event.hold, customerOf(event));
    }
    for (const auto *lists : {&possessions.seats, &possessions.areas}) {
        for (const auto &list : *lists) {
            for (const Possession &one : list) {
                if (const auto found = customers.find(one.hold); found != customers.end())
                    addTo(m_had[found->second], one, lists == &possessions.areas);
            }
        }
    }
}

void LimitJudge::addTo(Had &had, const Possession &one, bool isArea)
{
    had.possible.emplace_back(one.possible, one.quantity);
    for (const Span &span : certainSpansOf(one)) {
        if (isArea)
            had.certain.emplace_back(span, one.quantity);
        else
            had.certainSeats[one.place].push_back(span);
    }
}

/// The most places at one moment, and that moment.
std::pair<qint64, qint64> LimitJudge::mostOf(const Had &had) const
{
    std::vector<std::pair<qint64, qint64>> steps; // Ends sort before beginnings of the same moment.
    for (const auto &[span, quantity] : had.certain) {
        steps.emplace_back(span.from, quantity);
        steps.emplace_back(span.to, -quantity);
    }
    for (auto [seat, spans] : had.certainSeats) {
        // A seat that was taken twice by one customer is one place.
        std::ranges::sort(spans, {}, &Span::from);
        for (size_t i = 0; i < spans.size();) {
            Span whole = spans[i];
            for (++i; i < spans.size() && spans[i].from <= whole.to; ++i)
                whole.to = std::max(whole.to, spans[i].to);
            steps.emplace_back(whole.from, 1);
            steps.emplace_back(whole.to, -1);
        }
    }
    std::ranges::sort(steps);
    qint64 has = 0;
    std::pair<qint64, qint64> most{0, 0};
    for (const auto &[moment, change] : steps) {
        has += change;
        if (has > most.first)
            most = {has, moment};
    }
    return most;
}

void LimitJudge::judgeCertain()
{
    for (const auto &[customer, had] : m_had) {
        const auto [most, moment] = mostOf(had);
        if (most > m_limit) {
            m_trial.accuse(
                Rule::OverLimit,
                u"Customer %1 had %2 places of performance %3 at %4, and one may have %5."_s.arg(customer)
                    .arg(most)
                    .arg(m_trial.final.performances[static_cast<size_t>(m_performance)].id.text(), m_trial.time(moment))
                    .arg(m_limit));
        }
    }
}

/// Everything that the customer can have had during the request counts, with what was asked for.
void LimitJudge::judgeRefusals()
{
    for (const Event &event : m_trial.history.events) {
        if (event.performance != m_performance || !event.isTake() || event.code != u"purchase_limit")
            continue;
        qint64 places = static_cast<qint64>(event.seats.size()) + event.partySize;
        for (const AreaPlaces &area : event.areas)
            places += area.quantity;
        if (const auto found = m_had.find(customerOf(event)); found != m_had.end()) {
            for (const auto &[span, quantity] : found->second.possible)
                places += span.meets({event.start, event.end}) ? quantity : 0;
        }
        if (m_limit == 0 || places <= m_limit || event.isAtDesk) {
            m_trial.accuse(
                Rule::FalseRefusal,
                u"Hold %1 was refused between %2 and %3 as too much for one customer, who had %4 places with it."_s.arg(
                    event.hold.text(), m_trial.time(event.start), m_trial.time(event.end), QString::number(places)));
        }
    }
}

} // namespace

void judgeLimits(Trial &trial, int performance, const Possessions &possessions)
{
    LimitJudge judge(trial, performance, possessions);
    judge.judgeCertain();
    judge.judgeRefusals();
}

} // namespace parterre::check
