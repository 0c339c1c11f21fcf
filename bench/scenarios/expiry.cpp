#include "load/maprepository.h"
#include "load/openloop.h"
#include "scenarios/scenario.h"
#include "scenarios/seatpicker.h"

#include <algorithm>

/// Sixty thousand holds that nobody came back for end within one minute. Others hold places all the time: does the
/// storm hold them up, and how long does a place that came back stay invisible?
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int stormDefault = 60'000;
constexpr int stormQuick = 6'000;
constexpr int othersSeats = 20'000;
constexpr double othersPerSecond = 150;

struct Timing
{
    int storm = 0;            ///< Holds that end.
    double windowSeconds = 0; ///< In which they are taken, and end.
    int holdSeconds = 0;
};

Timing timingOf(const ScenarioOptions &options)
{
    if (options.isQuick)
        return {.storm = stormQuick, .windowSeconds = 6, .holdSeconds = 10};
    return {.storm = options.seats > 0 ? options.seats : stormDefault, .windowSeconds = 60, .holdSeconds = 90};
}

WorldOptions plan(const ScenarioOptions &options)
{
    const Timing timing = timingOf(options);
    return {.season = {{{.seats = timing.storm + othersSeats, .holdSeconds = timing.holdSeconds}}},
            .sessions = 500,
            .seed = options.seed};
}

class Storm
{
public:
    Storm(World &world, const Timing &timing)
        : m_world(world)
        , m_timing(timing)
        , m_others(othersSeats, world.hall(0).seatsPerRow)
    {}

    /// Takes the places that are to come back, one a hold.
    [[nodiscard]] Status gather()
    {
        OpenLoop arrivals(m_world.loop(), m_timing.storm / m_timing.windowSeconds, m_world.random().generate(),
                          [this](qint64 intended) {
                              if (m_next < m_timing.storm)
                                  take(intended, {othersSeats + m_next++});
                          });
        arrivals.start();
        PT_TRY(const bool isDone,
               m_world.loop().run([this] { return m_next == m_timing.storm; },
                                  Loop::now() + static_cast<qint64>(3 * m_timing.windowSeconds * second)));
        (void)isDone; // What was not offered in time is not part of the storm.
        return m_world.drain(std::chrono::seconds(60));
    }
    /// Others hold places; what they waited.
    [[nodiscard]] Result<Histogram> others(double seconds)
    {
        auto latency = std::make_shared<Histogram>();
        OpenLoop arrivals(m_world.loop(), othersPerSecond, m_world.random().generate(),
                          [this, latency](qint64 intended) {
                              auto seats = m_others.pick(m_world.random(), m_world.random().bounded(1, 5));
                              if (seats.empty())
                                  return;
                              take(intended, std::move(seats), latency);
                          });
        arrivals.start();
        PT_CHECK(m_world.loop().runFor(std::chrono::nanoseconds(static_cast<qint64>(seconds * second))));
        arrivals.stop();
        PT_CHECK(m_world.drain(std::chrono::seconds(20)));
        return *latency;
    }

private:
    void take(qint64 intended, std::vector<int> seats, const std::shared_ptr<Histogram> &latency = {})
    {
        check::Event event{
            .client = m_nextClient++, .intended = intended, .hold = HoldId::create(), .seats = std::move(seats)};
        m_world.take(std::move(event), [this, latency](const check::Event &answered) {
            if (!latency)
                return;
            latency->record(answered.end - answered.intended);
            if (answered.outcome == check::Outcome::Ok)
                m_others.setTaken(answered.seats, true);
        });
    }

    World &m_world;
    const Timing m_timing;
    SeatPicker m_others;
    int m_next = 0;
    int m_nextClient = 0;
};

struct Freed
{
    qint64 count = 0;
    double seconds = 0; ///< From the first to the last.
    Histogram late{};   ///< After the hold's time.
};

/// When the places of the storm were seen to be free, against when their holds ended.
Result<Freed> freedPlaces(World &world)
{
    PT_TRY(const auto times, freedTimes(world.node().dsn(), world.performance(0)));
    Freed freed;
    Instant first = Instant::max();
    Instant last = Instant::min();
    for (const FreedSeat &seat : times) {
        if (seat.number < othersSeats)
            continue;
        ++freed.count;
        first = std::min(first, seat.at);
        last = std::max(last, seat.at);
        freed.late.record(std::chrono::duration_cast<std::chrono::nanoseconds>(seat.at - seat.heldUntil).count());
    }
    if (freed.count > 1)
        freed.seconds = std::chrono::duration<double>(last - first).count();
    return freed;
}

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    const Timing timing = timingOf(options);
    Storm storm(world, timing);
    PT_TRY(const Histogram before, storm.others(timing.windowSeconds / 2));
    const qint64 begin = Loop::now();
    PT_CHECK(storm.gather());
    const qint64 breaks = begin + timing.holdSeconds * second;
    PT_CHECK(world.loop().runFor(std::chrono::nanoseconds(std::max<qint64>(breaks - Loop::now(), 0))));
    PT_TRY(const Histogram during, storm.others(timing.windowSeconds + 1));
    PT_CHECK(world.loop().runFor(std::chrono::seconds(3))); // The sweeper's last turn.
    PT_TRY(const Freed freed, freedPlaces(world));
    const auto row = [](const QString &what, const Histogram &latency) {
        return QStringList{what, rateText(static_cast<double>(latency.count())),
                           millisecondsText(latency.milliseconds(50)), millisecondsText(latency.milliseconds(99)),
                           millisecondsText(latency.milliseconds(100))};
    };
    Findings findings{.perSecond = static_cast<double>(freed.count) / std::max(freed.seconds, 0.001),
                      .p50Milliseconds = during.milliseconds(50),
                      .p99Milliseconds = during.milliseconds(99),
                      .columns = {u"what"_s, u"count"_s, u"p50 ms"_s, u"p99 ms"_s, u"most ms"_s}};
    findings.table = {row(u"holds before the storm"_s, before), row(u"holds during the storm"_s, during),
                      row(u"place seen free after its time"_s, freed.late)};
    findings.notes.append(u"%1 holds ended in %2 s."_s.arg(rateText(static_cast<double>(freed.count)))
                              .arg(QString::number(freed.seconds, 'f', 1)));
    findings.more = {{u"expired"_s, freed.count},
                     {u"before_p99_ms"_s, before.milliseconds(99)},
                     {u"freed_late_p99_ms"_s, freed.late.milliseconds(99)}};
    return findings;
}

} // namespace

Scenario expiryScenario()
{
    return {.name = "expiry",
            .unit = "holds ended a second",
            .help = "60,000 holds end within a minute while others hold places.",
            .plan = plan,
            .run = run};
}

} // namespace parterre::bench
