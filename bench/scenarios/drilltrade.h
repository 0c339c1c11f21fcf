#pragma once

#include "load/world.h"

#include <functional>
#include <vector>

namespace parterre::bench {

/// Their number as a client, past all buyers.
inline constexpr int drillStaff = 1'000'000;

/// What people do in a drill beside buying and giving back: at the box office gift cards are sold and given and a
/// performance is cancelled while it is sold; buyers exchange what they have for places anywhere in the season, pay by
/// gift cards that others use at the same time, pass tickets on and have lost ones replaced.
class DrillTrade
{
public:
    explicit DrillTrade(World &world);

    /// From now on there are gift cards.
    void start();
    /// Nobody begins anything any more.
    void stop() { m_isOpen = false; }
    /// Cancels a performance that is sold, unless that was done a moment ago or too few are left.
    void cancelOne();

    /// Where the next one buys: mostly what is in front, and some for the one after it.
    [[nodiscard]] int performanceToBuy();
    /// The one in front is nearly sold.
    void turnPage();
    [[nodiscard]] int front() const { return m_front; }

    /// How somebody pays: now and then by one of the gift cards.
    struct Paying
    {
        Tender tender{};
        GiftCardId giftCard{};
    };
    [[nodiscard]] Paying paying(bool isDeclined);
    /// What became of it.
    void hasPaid(const check::Event &event);

    /// New places for all that is left of the order. `done` is told of the new order once it is sold.
    void exchange(const check::Event &order, std::function<void(const check::Event &order)> done);
    /// One ticket of the order: to somebody else, or with another code.
    void replaceTicket(const check::Event &order);

private:
    struct Card
    {
        GiftCardId id;
        QString code;
        int uses = 0;
    };
    void tick();
    void issue();
    [[nodiscard]] int next(int performance) const;
    [[nodiscard]] bool isUnder(int percent) { return m_world.random().bounded(100) < percent; }
    void giveBack(const check::Event &hold);
    void orderAndExchange(const check::Event &held, const check::Event &from,
                          const std::function<void(const check::Event &order)> &done);

    World &m_world;
    std::vector<Card> m_cards;
    std::vector<bool> m_isCancelled; ///< Or is about to be; by performance.
    int m_front = 0;
    int m_issuing = 0;
    int m_names = 0;
    qint64 m_cancelledAt = 0;
    bool m_isOpen = true;
};

} // namespace parterre::bench
