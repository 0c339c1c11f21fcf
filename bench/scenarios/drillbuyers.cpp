#include "scenarios/drillbuyers.h"

#include "scenarios/partywish.h"

#include <numeric>

namespace parterre::bench {

namespace {

constexpr int standPercent = 20; ///< Of those who come.
constexpr int bestPercent = 25;
constexpr int housePercent = 12;      ///< Of the others, where there are house seats.
constexpr int againComesPercent = 25; ///< Of those who come: they have been here a moment ago.
constexpr int lately = 60;            ///< Clients.
constexpr int promotionPercent = 30;
constexpr int wishPercent = 17; ///< Each of three.
constexpr int wheelchairPercent = 15;
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
    const bool isKnown = m_clients > lately && isUnder(againComesPercent);
    check::Event event{.client = isKnown ? m_clients - m_world.random().bounded(1, lately) : m_clients++,
                       .intended = intended,
                       .performance = m_trade.performanceToBuy(),
                       .hold = HoldId::create()};
    const int size = m_world.random().bounded(1, 4);
    if (isUnder(standPercent)) {
        event.areas = {{.area = 0, .quantity = size}};
    } else if (isUnder(bestPercent)) {
        return askForBest(std::move(event), size);
    } else {
        event.namesCode = m_world.rules(event.performance).houseSeats > size && isUnder(housePercent);
        event.seats = seatsToAskFor(event, size);
    }
    take(std::move(event));
}

/// Where others look as well: rivals for a seat are what is wanted.
std::vector<int> DrillBuyers::seatsToAskFor(const check::Event &event, int size)
{
    const int there =
        event.namesCode ? m_world.rules(event.performance).houseSeats : m_world.hall(event.performance).seats;
    std::vector<int> seats(static_cast<size_t>(size));
    std::iota(seats.begin(), seats.end(), m_world.random().bounded(there - size));
    return seats;
}

void DrillBuyers::take(check::Event event)
{
    m_world.take(std::move(event), waiting([this](const check::Event &answered) {
                     heard(answered);
                     if (answered.outcome == check::Outcome::Ok)
                         return decide(answered);
                     if (answered.code != u"seat_left_alone")
                         return; // A limit or another's luck: they go home.
                     askForBest({.client = answered.client,
                                 .intended = Loop::now(),
                                 .performance = answered.performance,
                                 .hold = HoldId::create()},
                                static_cast<int>(answered.seats.size()));
                 }));
}

/// The best seats of the house, or of what one can pay, or of where one likes to sit.
void DrillBuyers::askForBest(check::Event event, int size)
{
    event.partySize = size;
    event.maySplit = isUnder(50);
    const Hall &hall = m_world.hall(event.performance);
    addWish(event, hall, m_world.random(), wishPercent);
    if (hall.wheelchairSpaces > 0 && isUnder(wheelchairPercent))
        event.wheelchairs = 1;
    m_world.takeBest(std::move(event), waiting([this](const check::Event &answered) {
                         heard(answered);
                         if (answered.outcome == check::Outcome::Ok)
                             decide(answered);
                     }));
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

QByteArray DrillBuyers::promotion()
{
    if (!isUnder(promotionPercent))
        return {};
    return isUnder(50) ? promotionForAll : promotionForFew;
}

void DrillBuyers::buy(const check::Event &next, const QByteArray &promotion)
{
    check::Event order = next;
    order.order = OrderId::create();
    order.intended = Loop::now();
    m_world.order(order, waiting([this, order, promotion](const check::Event &ordered) {
                      heard(ordered);
                      if (ordered.outcome == check::Outcome::Ok)
                          pay(order);
                      else if (ordered.outcome == check::Outcome::Refused && !promotion.isEmpty())
                          buy(order, {}); // It is used up, mostly.
                  }),
                  promotion);
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
