#include "scenarios/drillbuyers.h"

namespace parterre::bench {

namespace {

constexpr int standPercent = 20; ///< Of those who come.
constexpr int bestPercent = 25;
constexpr int leavePercent = 15; ///< Of those who hold places: without a word.
constexpr int giveBackPercent = 20;
constexpr int renewPercent = 15;
constexpr int declinedPercent = 12; ///< Of the cards.
constexpr int refundPercent = 30;   ///< Of those who have paid.
constexpr double nextHouseShare = 0.6;

} // namespace

DrillBuyers::DrillBuyers(World &world, double perSecond)
    : m_world(world)
    , m_arrivals(world.loop(), perSecond, world.random().generate(), [this](qint64 intended) { arrive(intended); })
{}

void DrillBuyers::stop()
{
    m_arrivals.stop();
    m_mayReturn = false;
}

void DrillBuyers::arrive(qint64 intended)
{
    const Hall &hall = m_world.hall(m_performance);
    if (m_placesSold > nextHouseShare * hall.seats && m_performance + 1 < m_world.performanceCount()) {
        ++m_performance;
        m_placesSold = 0;
    }
    check::Event event{
        .client = m_clients++, .intended = intended, .performance = m_performance, .hold = HoldId::create()};
    const int size = m_world.random().bounded(1, 4);
    const auto done = [this](const check::Event &answered) {
        heard(answered);
        if (answered.outcome == check::Outcome::Ok)
            decide(answered);
    };
    if (isUnder(standPercent)) {
        event.areas = {{.area = 0, .quantity = size}};
    } else if (isUnder(bestPercent)) {
        event.partySize = size;
        event.maySplit = isUnder(50);
        return m_world.takeBest(std::move(event), done);
    } else {
        // Where others look as well: rivals for a seat are what is wanted.
        const int first = m_world.random().bounded(hall.seats - size);
        for (int i = 0; i < size; ++i)
            event.seats.push_back(first + i);
    }
    m_world.take(std::move(event), done);
}

void DrillBuyers::decide(const check::Event &held)
{
    if (isUnder(leavePercent))
        return;
    check::Event next{.client = held.client,
                      .intended = Loop::now() + m_world.random().bounded(20, 600) * millisecond,
                      .performance = held.performance,
                      .hold = held.hold,
                      .seats = held.seats,
                      .areas = held.areas};
    m_world.loop().at(next.intended, [this, next] {
        if (isUnder(giveBackPercent))
            giveBack(next);
        else if (isUnder(renewPercent))
            renew(next);
        else
            buy(next);
    });
}

void DrillBuyers::renew(const check::Event &next)
{
    check::Event renewal = next;
    renewal.seats.clear();
    renewal.areas.clear();
    m_world.renew(std::move(renewal), [this, next](const check::Event &renewed) {
        if (renewed.outcome == check::Outcome::Ok)
            buy(next);
    });
}

void DrillBuyers::buy(const check::Event &next)
{
    check::Event order = next;
    order.order = OrderId::create();
    order.intended = Loop::now();
    m_world.order(order, [this, order](const check::Event &ordered) {
        heard(ordered);
        if (ordered.outcome != check::Outcome::Ok)
            return;
        const bool isDeclined = isUnder(declinedPercent);
        check::Event payment = order;
        payment.intended = Loop::now();
        m_world.pay(
            payment,
            [this, order](const check::Event &paid) {
                heard(paid);
                if (paid.outcome != check::Outcome::Ok)
                    return giveBack(order);
                ++m_sold;
                if (paid.performance == m_performance)
                    m_placesSold += static_cast<int>(paid.seats.size());
                if (isUnder(refundPercent))
                    refund(order);
            },
            isDeclined ? "pm_card_visa_chargeDeclined" : "pm_card_visa");
    });
}

/// One of several seats now and the rest later, or all at once.
void DrillBuyers::refund(check::Event order)
{
    const bool isPart = order.seats.size() > 1 && isUnder(50);
    check::Event next = order;
    next.seats = isPart ? std::vector{order.seats.front()} : std::vector<int>();
    next.areas.clear();
    next.intended = Loop::now() + m_world.random().bounded(20, 800) * millisecond;
    m_world.loop().at(next.intended, [this, next, order, isPart] {
        if (!m_mayReturn)
            return;
        m_world.refund(next, [this, order, isPart](const check::Event &refunded) {
            heard(refunded);
            check::Event rest = order;
            rest.seats.clear(); // So that all that is left goes back.
            if (isPart && refunded.outcome == check::Outcome::Ok && isUnder(50))
                refund(rest);
        });
    });
}

void DrillBuyers::giveBack(check::Event next)
{
    next.order = {};
    next.seats.clear(); // All of it.
    next.areas.clear();
    next.intended = Loop::now();
    m_world.release(std::move(next), {});
}

} // namespace parterre::bench
