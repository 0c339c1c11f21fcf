#include "scenarios/drilldesk.h"

#include <numeric>

namespace parterre::bench {

namespace {

constexpr qint64 tickEvery = 500 * millisecond;
constexpr int windows = 4;
constexpr int payOutEvery = 3; ///< Ticks.
constexpr int standPercent = 25;
constexpr int housePercent = 40; ///< Where there are house seats.
constexpr int refundPercent = 35;

} // namespace

void DrillDesk::tick()
{
    if (!m_isOpen)
        return;
    if (m_waiting < windows)
        sell();
    if (++m_ticks % payOutEvery == 0)
        m_world.payOutOne();
    m_world.loop().at(Loop::now() + tickEvery, [this] { tick(); });
}

void DrillDesk::sell()
{
    check::Event event{.client = drillStaff + m_customers++,
                       .intended = Loop::now(),
                       .performance = m_trade.performanceToBuy(),
                       .hold = HoldId::create()};
    const int size = m_world.random().bounded(1, 4);
    const int houseSeats = m_world.rules(event.performance).houseSeats;
    event.namesCode = houseSeats > size && isUnder(housePercent);
    if (!event.namesCode && isUnder(standPercent)) {
        event.areas = {{.area = 0, .quantity = size}};
    } else {
        const int seats = event.namesCode ? houseSeats : m_world.hall(event.performance).seats;
        event.seats.resize(static_cast<size_t>(size));
        std::iota(event.seats.begin(), event.seats.end(), m_world.random().bounded(seats - size));
    }
    ++m_waiting;
    m_world.takeAtDesk(std::move(event), [this](const check::Event &held) {
        if (held.outcome == check::Outcome::Ok)
            return order(held);
        --m_waiting;
    });
}

void DrillDesk::order(const check::Event &held)
{
    const check::Event wanted{.client = held.client,
                              .intended = Loop::now(),
                              .performance = held.performance,
                              .hold = held.hold,
                              .order = OrderId::create(),
                              .seats = held.seats,
                              .areas = held.areas};
    m_world.orderAtDesk(wanted, [this, wanted](const check::Event &ordered) {
        if (ordered.outcome == check::Outcome::Ok)
            return pay(wanted);
        --m_waiting;
    });
}

void DrillDesk::pay(const check::Event &order)
{
    check::Event payment = order;
    payment.intended = Loop::now();
    m_world.payCash(payment, [this, order](const check::Event &paid) {
        --m_waiting;
        if (paid.outcome != check::Outcome::Ok)
            return;
        ++m_sold;
        if (!isUnder(refundPercent))
            return;
        const qint64 moment = Loop::now() + m_world.random().bounded(20, 800) * millisecond;
        m_world.loop().at(moment, [this, order, moment] {
            check::Event refund{.client = order.client,
                                .intended = moment,
                                .performance = order.performance,
                                .hold = order.hold,
                                .order = order.order};
            if (m_isOpen)
                m_world.refundAtDesk(std::move(refund), {});
        });
    });
}

} // namespace parterre::bench
