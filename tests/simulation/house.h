#pragma once

#include "check/judge.h"
#include "simulation/actor.h"
#include "simulation/badline.h"
#include "support/saleworld.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace parterre::simulation {

struct Plan
{
    quint32 seed = 0;
    int actors = 16;                       ///< A thread each.
    int wishes = 40;                       ///< Of each actor at least,
    std::chrono::milliseconds time{3'000}; ///< and for so long at least,
    /// and, where it is not 0, until so many orders are paid and a hold has run out, but no longer than two minutes.
    int sales = 0;
    Actor::Taste taste{};
    QString meddling{}; ///< SQL that somebody runs on the database again and again meanwhile.
};

/// One box office with two nodes over one database, a card provider behind a bad line, and sixteen
/// people who want the same places. What they did and were told is kept for the judge.
class House
{
public:
    /// Seconds.
    explicit House(int holdSeconds);

    /// Blocks until everybody has gone home and every payment has its end.
    void run(const Plan &plan);

    /// By what the actors were told and the database has.
    [[nodiscard]] Result<check::Verdict> verdict();
    /// What was wrong with the books at any moment of the run, or is now.
    [[nodiscard]] QStringList faults() const;
    [[nodiscard]] const QStringList &surprises() const { return m_surprises; }
    [[nodiscard]] const check::History &history() const { return m_history; }
    [[nodiscard]] test::SaleWorld &world() { return *m_world; }
    /// `take ok 1234, take seat_taken 567, ...`
    [[nodiscard]] QString summary() const;
    [[nodiscard]] qint64 expiredHolds() const;

private:
    /// What servers do by themselves.
    void keepHouse(test::SaleNode &node);
    void watch(const Plan &plan);
    [[nodiscard]] bool isToGoOn(const Plan &plan, std::chrono::nanoseconds soFar) const;
    void endPayments();

    std::unique_ptr<BadLine> m_line;
    std::unique_ptr<test::SaleWorld> m_world;
    std::unique_ptr<test::SaleNode> m_second;
    int m_holdSeconds;
    std::atomic<bool> m_isOpen = false;
    std::atomic<int> m_sales = 0;           ///< Those that somebody was told of.
    std::atomic<bool> m_isEventful = false; ///< The sales that the plan asks for are made.
    check::History m_history;
    QStringList m_surprises;
    QStringList m_faults;
};

} // namespace parterre::simulation
