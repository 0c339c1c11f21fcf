#pragma once

#include "load/diskprobe.h"
#include "load/histogram.h"
#include "load/world.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace parterre::bench {

/// What came of arrivals at one rate.
struct Step
{
    double offeredPerSecond = 0;
    double seconds = 0;
    qint64 arrivals = 0; ///< After the warm-up, as what follows.
    qint64 granted = 0;  ///< Answered with what was wanted, within the step.
    qint64 refused = 0;
    qint64 failed = 0;            ///< Without an answer, or too busy.
    qint64 serverNanoseconds = 0; ///< Processor time that it took, until everything was answered.
    qint64 databaseNanoseconds = 0;
    qint64 providerNanoseconds = 0; ///< Of the card processor, where there is one.
    qint64 driverNanoseconds = 0;   ///< Our own: the load shares the machine with what it measures.
    qint64 diskNanoseconds = 0;     ///< The slowest write to the database's disk of somebody who has nothing else to do.
    Histogram latency{};            ///< Of all answers, from the intended start; those before and after the step too.

    [[nodiscard]] double serverMicroseconds() const { return eachMicroseconds(serverNanoseconds); }
    [[nodiscard]] double databaseMicroseconds() const { return eachMicroseconds(databaseNanoseconds); }
    [[nodiscard]] double providerMicroseconds() const { return eachMicroseconds(providerNanoseconds); }
    [[nodiscard]] double driverMicroseconds() const { return eachMicroseconds(driverNanoseconds); }
    [[nodiscard]] double grantedPerSecond() const { return static_cast<double>(granted) / seconds; }
    [[nodiscard]] double answeredPerSecond() const { return static_cast<double>(granted + refused) / seconds; }

private:
    [[nodiscard]] double eachMicroseconds(qint64 nanoseconds) const
    {
        return static_cast<double>(nanoseconds) / 1'000 / static_cast<double>(std::max<qint64>(latency.count(), 1));
    }
};

/// Offers load at one rate after the other and counts what comes of it.
class Stepper
{
public:
    /// One arrival; it is to end with answered().
    using Arrival = std::function<void(qint64 intended)>;

    Stepper(World &world, Arrival arrival);

    /// Blocks for this long and until everything is answered. What takes long needs a warm-up: in a step of two seconds
    /// a quarter of what takes half a second would be answered after it, as if the server did not keep up.
    [[nodiscard]] Result<Step> run(double perSecond, double seconds, double warmUpSeconds = 0);
    void answered(const check::Event &event);

private:
    World &m_world;
    Arrival m_arrival;
    DiskProbe m_disk;
    Step m_step;
    qint64 m_begin = 0;
    qint64 m_end = 0;
};

struct PeakPlan
{
    double firstRate = 1'000;
    double warmUpSeconds = 0; ///< Before each step.
    double searchSeconds = 1;
    double peakSeconds = 3;
    double calmSeconds = 6;     ///< At 70 % of the peak.
    bool refusalsCount = false; ///< A refusal is what is measured as much as a grant.
};

struct Peak
{
    std::vector<Step> search;
    Step atPeak; ///< Offered more than can be had: what is granted is the most there is.
    Step calm;   ///< At 70 % of it.
    double perSecond = 0;
};

/// Doubles the rate until less comes out than goes in, measures there, and then what latency there is at 70 %.
[[nodiscard]] Result<Peak> searchPeak(Stepper &stepper, const PeakPlan &plan);

} // namespace parterre::bench
