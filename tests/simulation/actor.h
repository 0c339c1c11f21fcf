#pragma once

#include "check/history.h"
#include "support/saleworld.h"

#include <QRandomGenerator>
#include <QStringList>

#include <array>
#include <utility>
#include <vector>

namespace parterre::simulation {

using Nodes = std::array<test::SaleNode *, 2>;

/// Somebody who wants places. Throws dice for what to do next, does it through one node or the other, and writes down
/// what was asked and answered, as the judge wants it. To be used by one thread at a time.
class Actor
{
public:
    struct Taste
    {
        bool sells = true; ///< Orders and pays now and then; else places are only held and given back.
        int seats = test::SaleWorld::seatCount; ///< Wants seats with a lower number.
        int standingPercent = 20;               ///< How often it is standing places alone.
        bool givesBack = true;                  ///< Else whatever was taken is kept until its time is over.
    };

    /// Every fourth is a clerk who takes cash; the others are buyers with cards.
    Actor(const Nodes &nodes, int number, quint32 seed, const Taste &taste);

    /// One wish, which may be several commands.
    void act();

    /// How many orders it was told are paid.
    [[nodiscard]] int sales() const;
    [[nodiscard]] std::vector<check::Event> takeEvents() { return std::exchange(m_events, {}); }
    /// What a sound server never does and the judge does not look for: errors of ours, and repeats that come out
    /// differently.
    [[nodiscard]] const QStringList &surprises() const { return m_surprises; }

private:
    struct Held
    {
        HoldId id{};
        std::vector<int> seats{};
        int standing = 0;
    };

    void takeNew();
    void takeMore(Held &held);
    /// The same command through both nodes at once, as a client does that has lost patience.
    Result<HoldView> takeTwice(const QString &id, const TakeHold &command);
    void renew(const Held &held);
    void releaseSome(Held &held);
    void releaseAll(const Held &held);
    /// Orders and pays. Some give the places back in another tab at the same moment; at most one of the two may be
    /// done.
    void buy(const Held &held);
    void pay(const Held &held, const OrderView &order, const QString &cardToken);
    void forget(const HoldId &hold);

    /// Runs `ask() -> Result<View>` and writes the event down with what came out.
    template <class View, class Ask>
    Result<View> told(check::Event event, const Ask &ask);
    [[nodiscard]] check::Event eventOf(check::Operation operation, const HoldId &hold) const;
    [[nodiscard]] TakeHold wish(const HoldId &hold);
    [[nodiscard]] std::vector<int> numbersOf(const std::vector<QString> &keys) const;
    [[nodiscard]] test::SaleNode &anyNode() { return *m_nodes[static_cast<size_t>(m_dice.bounded(2))]; }
    [[nodiscard]] bool happens(int percent) { return m_dice.bounded(100) < percent; }

    Nodes m_nodes;
    int m_number;
    Taste m_taste;
    QRandomGenerator m_dice;
    server::SaleParty m_party;
    std::vector<Held> m_holds;
    std::vector<check::Event> m_events;
    QStringList m_surprises;
};

} // namespace parterre::simulation
