#pragma once

#include "scenarios/drilltrade.h"

namespace parterre::bench {

/// The box office of a drill: clerks sell for cash what buyers want as well, house seats among it, take some back, and
/// pay out what no card takes back.
class DrillDesk
{
public:
    DrillDesk(World &world, DrillTrade &trade)
        : m_world(world)
        , m_trade(trade)
    {}

    void start() { tick(); }
    /// Nobody is served any more; who holds places still buys them.
    void stop() { m_isOpen = false; }
    /// Orders that were paid since the last time that this was asked.
    [[nodiscard]] int takeSold() { return std::exchange(m_sold, 0); }

private:
    void tick();
    void sell();
    void order(const check::Event &held);
    void pay(const check::Event &order);
    [[nodiscard]] bool isUnder(int percent) { return m_world.random().bounded(100) < percent; }

    World &m_world;
    DrillTrade &m_trade;
    int m_customers = 0;
    int m_waiting = 0; ///< Customers at the windows.
    int m_ticks = 0;
    int m_sold = 0;
    bool m_isOpen = true;
};

} // namespace parterre::bench
