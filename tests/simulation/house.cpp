#include "simulation/house.h"

#include "check/finalstaterepository.h"
#include "check/salebooks.h"
#include "load/referencerepository.h"

#include <algorithm>
#include <map>
#include <thread>

namespace parterre::simulation {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using test::need;
using test::SaleNode;
using test::SaleWorld;

namespace {

constexpr Seconds paymentDeadline{1}; // Payments overtake their own deadline now and then.
constexpr std::chrono::minutes longestEvening{2};

} // namespace

House::House(int holdSeconds)
    : m_line(std::make_unique<BadLine>())
    , m_world(std::make_unique<SaleWorld>(test::SaleWorldOptions{
          .holdSeconds = holdSeconds, .provider = m_line.get(), .paymentDeadline = paymentDeadline}))
    , m_second(std::make_unique<SaleNode>(
          m_world->dsn(), test::SaleNodeOptions{.provider = m_line.get(), .paymentDeadline = paymentDeadline}))
    , m_holdSeconds(holdSeconds)
{
    m_line->setProvider(m_world->testProvider());
}

void House::keepHouse(SaleNode &node)
{
    while (m_isOpen) {
        (void)node.holds().expireDue();
        (void)node.checkout().settleOverdue();
        std::this_thread::sleep_for(50ms);
    }
}

void House::watch(const Plan &plan)
{
    while (m_isOpen) {
        std::this_thread::sleep_for(150ms);
        m_faults += m_world->books().faults();
        m_isEventful = plan.sales == 0 || (m_sales >= plan.sales && expiredHolds() > 0);
        if (plan.meddling.isEmpty())
            continue;
        try {
            m_world->books().sql(plan.meddling);
        } catch (const std::exception &error) {
            qInfo("meddling in vain: %s", error.what()); // A victim of a deadlock tries again.
        }
    }
}

bool House::isToGoOn(const Plan &plan, std::chrono::nanoseconds soFar) const
{
    return soFar < plan.time || (!m_isEventful && soFar < longestEvening);
}

void House::run(const Plan &plan)
{
    m_history.header.scenario = u"two nodes"_s;
    m_history.header.seed = plan.seed;
    m_history.header.performances = {
        {.id = m_world->performance(), .seats = SaleWorld::seatCount, .holdSeconds = m_holdSeconds}};
    m_history.header.clock.push_back(need(bench::sampleClock(m_world->dsn())));
    const Nodes nodes{m_world.get(), m_second.get()};
    QRandomGenerator dice(plan.seed);
    std::vector<Actor> actors;
    for (int i = 0; i < plan.actors; ++i)
        actors.emplace_back(nodes, i, dice.generate(), plan.taste);
    m_isOpen = true;
    {
        std::vector<std::jthread> staff;
        for (SaleNode *node : nodes)
            staff.emplace_back([this, node] { keepHouse(*node); });
        staff.emplace_back([this, &plan] { watch(plan); });
        const auto start = std::chrono::steady_clock::now();
        {
            std::vector<std::jthread> people;
            for (Actor &actor : actors) {
                people.emplace_back([this, &actor, &plan, start] {
                    for (int i = 0; i < plan.wishes || isToGoOn(plan, std::chrono::steady_clock::now() - start); ++i) {
                        const int before = actor.sales();
                        actor.act();
                        m_sales += actor.sales() - before;
                    }
                });
            }
        }
        m_isOpen = false;
    }
    endPayments();
    m_history.header.clock.push_back(need(bench::sampleClock(m_world->dsn())));
    for (Actor &actor : actors) {
        std::ranges::move(actor.takeEvents(), std::back_inserter(m_history.events));
        m_surprises += actor.surprises();
    }
    std::ranges::sort(m_history.events, {}, &check::Event::start);
}

/// The line is good again and the time of every payment is over: the servers settle by themselves.
void House::endPayments()
{
    m_line->repair();
    for (int round = 0; round < 20 && !m_world->books().unfinished().isEmpty(); ++round) {
        m_world->books().sql(
            u"update payment_attempt set deadline = now() - interval '1 second' "
            "where state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt')"_s);
        (void)need(m_world->checkout().settleOverdue());
    }
    (void)need(m_world->holds().expireDue());
}

Result<check::Verdict> House::verdict()
{
    PT_TRY(const check::FinalState final, check::readFinalState(m_world->dsn(), m_history));
    return check::judge(m_history, final);
}

QStringList House::faults() const
{
    return m_faults + m_world->books().faults() + m_world->books().unfinished();
}

qint64 House::expiredHolds() const
{
    return m_world->books().number(u"select count(*) from hold where state = 'expired'"_s);
}

QString House::summary() const
{
    std::map<QString, int> counts;
    for (const check::Event &event : m_history.events)
        ++counts[enumName(event.operation) + u' ' + (event.code.isEmpty() ? u"ok"_s : event.code)];
    QStringList texts;
    for (const auto &[what, count] : counts)
        texts.append(u"%1 %2"_s.arg(what).arg(count));
    return texts.join(u", "_s);
}

} // namespace parterre::simulation
