#include "load/steps.h"

#include "load/openloop.h"
#include "load/processtimes.h"

#include <algorithm>

namespace parterre::bench {

namespace {

constexpr double keptUpShare = 0.92; ///< Below it the server does not keep up; the rest is the chance of arrivals.
constexpr double overload = 1.25;
constexpr double calmShare = 0.7;
constexpr int doublingsMax = 9;
constexpr std::chrono::seconds drainTime{20};

/// Of the card processor; 0 where there is none.
qint64 providerTime(World &world)
{
    return world.psp() ? processTimes(world.psp()->pid()).value_or(ProcessTimes()).nanoseconds : 0;
}

} // namespace

Stepper::Stepper(World &world, Arrival arrival)
    : m_world(world)
    , m_arrival(std::move(arrival))
    , m_disk(world.node().folder())
{}

Result<Step> Stepper::run(double perSecond, double seconds, double warmUpSeconds)
{
    m_step = Step();
    m_step.offeredPerSecond = perSecond;
    m_step.seconds = seconds;
    const Node &node = m_world.node();
    const qint64 serverBefore = node.cpuNanoseconds();
    const qint64 databaseBefore = node.databaseCpuNanoseconds();
    const qint64 providerBefore = providerTime(m_world);
    const qint64 driverBefore = ownNanoseconds();
    (void)m_disk.takeSlowest();
    OpenLoop arrivals(m_world.loop(), perSecond, m_world.random().generate(), [this](qint64 intended) {
        m_step.arrivals += intended >= m_begin ? 1 : 0;
        m_arrival(intended);
    });
    m_begin = Loop::now() + static_cast<qint64>(warmUpSeconds * second);
    m_end = m_begin + static_cast<qint64>(seconds * second);
    arrivals.start();
    PT_CHECK(m_world.loop().run([] { return false; }, m_end));
    arrivals.stop();
    PT_CHECK(m_world.drain(drainTime));
    m_step.serverNanoseconds = node.cpuNanoseconds() - serverBefore;
    m_step.databaseNanoseconds = node.databaseCpuNanoseconds() - databaseBefore;
    m_step.providerNanoseconds = providerTime(m_world) - providerBefore;
    m_step.driverNanoseconds = ownNanoseconds() - driverBefore;
    m_step.diskNanoseconds = m_disk.takeSlowest();
    return m_step;
}

void Stepper::answered(const check::Event &event)
{
    m_step.latency.record(event.end - event.intended);
    const bool isFailure = event.outcome == check::Outcome::Unknown || event.code == u"overloaded";
    if (isFailure)
        ++m_step.failed;
    else if (event.end >= m_begin && event.end <= m_end)
        ++(event.outcome == check::Outcome::Ok ? m_step.granted : m_step.refused);
}

Result<Peak> searchPeak(Stepper &stepper, const PeakPlan &plan)
{
    const auto rateOf = [&](const Step &step) {
        return plan.refusalsCount ? step.answeredPerSecond() : step.grantedPerSecond();
    };
    Peak peak;
    double best = 0;
    double rate = plan.firstRate;
    for (int i = 0; i < doublingsMax; ++i, rate *= 2) {
        PT_TRY(const Step step, stepper.run(rate, plan.searchSeconds, plan.warmUpSeconds));
        best = std::max(best, rateOf(step));
        const double kept = static_cast<double>(step.granted + step.refused) / static_cast<double>(step.arrivals);
        peak.search.push_back(step);
        if (kept < keptUpShare)
            break;
    }
    PT_TRY(peak.atPeak, stepper.run(best * overload, plan.peakSeconds, plan.warmUpSeconds));
    peak.perSecond = std::max(rateOf(peak.atPeak), 1.0);
    if (plan.calmSeconds > 0) {
        PT_TRY(peak.calm, stepper.run(peak.perSecond * calmShare, plan.calmSeconds, plan.warmUpSeconds));
    }
    return peak;
}

} // namespace parterre::bench
