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
constexpr int exchangePercent = 30; ///< Of the others, and of those too now and then: both at once.
constexpr int bothPercent = 10;
constexpr int replacePercent = 25;
constexpr int againPercent = 40; ///< Of those who have exchanged.
constexpr double nextHouseShare = 0.6;
constexpr int waitingMax = 60;

} // namespace

DrillBuyers::DrillBuyers(World &world, DrillTrade &trade, double perSecond)
    : m_world(world)
    , m_trade(trade)
    , m_arrivals(world.loop(), perSecond, world.random().generate(), [this](qint64 intended) { arrive(intended); })
{}

void DrillBuyers::stop()
{
    m_arrivals.stop();
    m_mayReturn = false;
}

void DrillBuyers::arrive(qint64 intended)
{
    if (m_waiting >= waitingMax)
        return;
    if (m_placesSold > nextHouseShare * m_world.hall(m_trade.front()).seats) {
        m_trade.turnPage();
        m_placesSold = 0;
    }
    check::Event event{.client = m_clients++,
                       .intended = intended,
                       .performance = m_trade.performanceToBuy(),
                       .hold = HoldId::create()};
    const Hall &hall = m_world.hall(event.performance);
    const int size = m_world.random().bounded(1, 4);
    const auto done = waiting([this](const check::Event &answered) {
        heard(answered);
        if (answered.outcome == check::Outcome::Ok)
            decide(answered);
    });
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

World::Done DrillBuyers::waiting(World::Done done)
{
    ++m_waiting;
    return [this, done = std::move(done)](check::Event &answered) {
        --m_waiting;
        done(answered);
    };
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
    m_world.renew(std::move(renewal), waiting([this, next](const check::Event &renewed) {
                      if (renewed.outcome == check::Outcome::Ok)
                          buy(next);
                  }));
}

void DrillBuyers::buy(const check::Event &next)
{
    check::Event order = next;
    order.order = OrderId::create();
    order.intended = Loop::now();
    m_world.order(order, waiting([this, order](const check::Event &ordered) {
                      heard(ordered);
                      if (ordered.outcome == check::Outcome::Ok)
                          pay(order);
                  }));
}

void DrillBuyers::pay(const check::Event &order)
{
    const DrillTrade::Paying by = m_trade.paying(isUnder(declinedPercent));
    check::Event payment = order;
    payment.intended = Loop::now();
    payment.giftCard = by.giftCard;
    m_world.pay(payment, waiting([this, order](const check::Event &paid) {
                    heard(paid);
                    m_trade.hasPaid(paid);
                    if (paid.outcome != check::Outcome::Ok)
                        return giveBack(order);
                    ++m_sold;
                    if (paid.performance == m_trade.front())
                        m_placesSold += static_cast<int>(paid.seats.size());
                    afterSale(order);
                }),
                by.tender);
}

void DrillBuyers::afterSale(const check::Event &order)
{
    const bool isRefunded = isUnder(refundPercent);
    if (isRefunded)
        refund(order);
    const auto later = [this](std::function<void()> work) {
        m_world.loop().at(Loop::now() + m_world.random().bounded(20, 800) * millisecond, std::move(work));
    };
    if (isUnder(isRefunded ? bothPercent : exchangePercent)) {
        later([this, order] {
            m_trade.exchange(order, [this](const check::Event &exchanged) {
                if (isUnder(againPercent))
                    afterSale(exchanged);
            });
        });
    }
    if (isUnder(replacePercent))
        later([this, order] { m_trade.replaceTicket(order); });
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
        m_world.refund(next, waiting([this, order, isPart](const check::Event &refunded) {
                           heard(refunded);
                           check::Event rest = order;
                           rest.seats.clear(); // So that all that is left goes back.
                           if (isPart && refunded.outcome == check::Outcome::Ok && isUnder(50))
                               refund(rest);
                       }));
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
