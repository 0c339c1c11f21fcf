#pragma once

#include "load/histogram.h"
#include "load/openloop.h"
#include "load/world.h"
#include "scenarios/drilltrade.h"

#include <utility>

namespace parterre::bench {

/// People who buy for as long as one wants: seats by name, the best ones of a zone, a price or a section, with a
/// wheelchair, house seats by their code, standing places. Some have a promotion code. Some come again and meet the
/// purchase limit; who would leave a seat alone takes what the server chooses. Some renew, some give all
/// back, some leave without a word, some cards are declined, and some who have paid return places for their money or do
/// what DrillTrade has for them. They go from one performance to the next when it is nearly sold.
///
/// Who comes while many wait for an answer goes away again: as they ask until they are answered, they would be more and
/// more, and in the end nobody would get from a hold to a payment before its time.
class DrillBuyers
{
public:
    DrillBuyers(World &world, DrillTrade &trade, double perSecond);

    void start() { m_arrivals.start(); }
    /// Nobody comes any more, or returns what is paid; who holds places still buys them.
    void stop();
    /// Orders that were paid since the last time that this was asked.
    [[nodiscard]] int takeSold() { return std::exchange(m_sold, 0); }
    /// How long takes, orders, payments and refunds took to an answer that says what became of them, since the last
    /// time.
    [[nodiscard]] Histogram takeLatency() { return std::exchange(m_latency, Histogram()); }

private:
    void arrive(qint64 intended);
    void askForBest(check::Event event, int size);
    [[nodiscard]] std::vector<int> seatsToAskFor(const check::Event &event, int size);
    void take(check::Event event);
    void decide(const check::Event &held);
    void renew(const check::Event &next);
    void buy(const check::Event &next) { buy(next, promotion()); }
    void buy(const check::Event &next, const QByteArray &promotion);
    [[nodiscard]] QByteArray promotion(); ///< Mostly none.
    void pay(const check::Event &order);
    void refund(check::Event order);
    /// What comes after the sale, or nothing.
    void afterSale(const check::Event &order);
    void giveBack(check::Event next);
    void heard(const check::Event &answered) { m_latency.record(answered.end - answered.start); }
    /// `done` with the one who waits for it counted.
    [[nodiscard]] World::Done waiting(World::Done done);
    [[nodiscard]] bool isUnder(int percent) { return m_world.random().bounded(100) < percent; }

    World &m_world;
    DrillTrade &m_trade;
    OpenLoop m_arrivals;
    Histogram m_latency;
    int m_clients = 0;
    int m_waiting = 0;    ///< People whose command has no answer yet.
    int m_placesSold = 0; ///< Of the performance in front.
    int m_sold = 0;
    bool m_mayReturn = true;
};

} // namespace parterre::bench
