// Microseconds for a pick of "best available" and a judgement of the orphan rule in a house of 80,000 seats, from empty
// to sold out. Prints; asserts nothing.

#include "support/sampleplan.h"

#include "domain/inventory/bestavailable.h"
#include "domain/inventory/orphanrule.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

#include <algorithm>
#include <cstdio>
#include <functional>

using namespace parterre;
using namespace Qt::StringLiterals;

namespace {

/// A bowl: 40 sections about the pitch, each of 50 rows of 40 seats in three price zones.
Layout bowl()
{
    Layout layout;
    layout.name = u"Bowl"_s;
    layout.categories = {{u"Best"_s, {}}, {u"Middle"_s, {}}, {u"Back"_s, {}}};
    layout.focalPoint = QPointF(5'500, 0);
    for (int block = 0; block < 40; ++block) {
        LayoutSection section;
        section.name = QString::number(block + 1);
        const QPointF start((block % 10) * 1'100.0, 200 + (block / 10) * 1'700.0);
        for (int row = 0; row < 50; ++row) {
            section.rows.push_back(tests::straightRow(section.name, QString::number(row + 1),
                                                      start + QPointF(0, 32.0 * row), 40, std::min(block / 10, 2)));
        }
        layout.sections.push_back(section);
    }
    return layout;
}

struct Times
{
    std::vector<double> microseconds;
    int found = 0;

    void print(const char *name)
    {
        std::ranges::sort(microseconds);
        const auto at = [this](double part) {
            return microseconds[static_cast<size_t>(part * static_cast<double>(microseconds.size() - 1))];
        };
        std::printf("%-62s median %8.1f us   p99 %8.1f us   max %8.1f us   found %d of %zu\n", name, at(0.5), at(0.99),
                    microseconds.back(), found, microseconds.size());
    }
};

Times measure(int rounds, const std::function<bool(quint64)> &work)
{
    Times times;
    for (int round = 0; round < rounds; ++round) {
        QElapsedTimer timer;
        timer.start();
        times.found += work(static_cast<quint64>(round)) ? 1 : 0;
        times.microseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e3);
    }
    return times;
}

} // namespace

int main()
{
    const LayoutIndex index(bowl());
    QElapsedTimer timer;
    timer.start();
    const SeatRuns runs(index);
    std::printf("%d seats; built in %lld ms; %.1f bytes a seat\n", runs.seatCount(),
                static_cast<long long>(timer.elapsed()), static_cast<double>(runs.bytes()) / runs.seatCount());

    const auto seats = static_cast<size_t>(runs.seatCount());
    std::vector<SeatState> states(seats, SeatState::Available);
    const auto picking = [&](const BestRequest &request) {
        return [&states, &runs, request](quint64 seed) {
            return pickBest(runs, {.seats = states}, request, seed).has_value();
        };
    };
    CategorySet back;
    back.set(2);
    measure(2'000, picking({.partySize = 2})).print("empty house, 2");
    measure(2'000, picking({.partySize = 20})).print("empty house, 20");
    measure(2'000, picking({.partySize = 4, .categories = back})).print("empty house, 4 in the cheapest zone");

    QRandomGenerator random(7);
    Times selling;
    int sold = 0;
    while (sold < runs.seatCount() * 95 / 100) {
        timer.start();
        const auto pick = pickBest(runs, {.seats = states}, {.partySize = random.bounded(1, 7)}, random.generate64());
        selling.microseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e3);
        if (!pick)
            break;
        ++selling.found;
        sold += static_cast<int>(pick->seats.size());
        for (const int seat : pick->seats)
            states[static_cast<size_t>(seat)] = SeatState::Sold;
    }
    selling.print("selling 95 % of the house to parties of 1 to 6");
    measure(500, picking({.partySize = 20})).print("95 % sold, 20 who may sit apart");
    std::ranges::fill(states, SeatState::Sold);
    measure(500, picking({.partySize = 2})).print("sold out, 2");
    const auto pattern = [&](size_t period, size_t free) {
        for (size_t seat = 0; seat < seats; ++seat)
            states[seat] = seat % period < free ? SeatState::Available : SeatState::Sold;
    };
    pattern(2, 1);
    measure(500, picking({.partySize = 4})).print("every second seat free, 4 who may sit apart");
    pattern(3, 2);
    measure(500, picking({.partySize = 19})).print("pairs free everywhere, 19 who may sit apart");
    measure(500, picking({.partySize = 3, .together = Together::Must}))
        .print("pairs free everywhere, 3 together: refused");
    pattern(4, 3);
    measure(500, picking({.partySize = 2})).print("threes free everywhere, 2: each place leaves a seat alone");
    measure(500, [&](quint64 seed) {
        const int first = static_cast<int>(seed % 20'000) * 4;
        const std::vector<int> take{first, first + 1};
        return judgeTake(runs, states, take, OrphanRule::Strict).has_value();
    }).print("threes free everywhere, strict rule on 2 of 3");
    return 0;
}
