#include "load/viewers.h"
#include "load/barepush.h"
#include "load/maprepository.h"
#include "load/openloop.h"
#include "scenarios/scenario.h"
#include "scenarios/seatpicker.h"

#include "check/clockbounds.h"

#include <algorithm>

/// Thousands of browsers follow the map while places are held. How long does a change take to the last screen, and what
/// does a push cost against a bare loop of send()? The same holds run first without viewers, so that what they cost is
/// not counted as the viewers'.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int viewersDefault = 15'000;
constexpr int seatsDefault = 5'000;
constexpr int readers = 20;
constexpr double holdsPerSecond = 100;
constexpr qint64 keptFor = 2 * second;
constexpr std::chrono::seconds openTime{60};
constexpr std::chrono::seconds settleTime{5};

WorldOptions plan(const ScenarioOptions &options)
{
    return {.season = {{{.seats = options.seats > 0 ? options.seats : seatsDefault}}},
            .sessions = 200,
            .connections = 32, // The sockets of viewers and of the bare loop need nearly all files that there are.
            .seed = options.seed};
}

/// A calm sale: holds that are given back a little later, for as long as one wants.
class CalmSale
{
public:
    explicit CalmSale(World &world)
        : m_world(world)
        , m_picker(world.hall(0).seats, world.hall(0).seatsPerRow)
    {}

    /// Processor time that the server spent meanwhile, in nanoseconds.
    [[nodiscard]] Result<qint64> run(double seconds)
    {
        const qint64 begin = m_world.node().cpuNanoseconds();
        OpenLoop arrivals(m_world.loop(), holdsPerSecond, m_world.random().generate(),
                          [this](qint64 intended) { arrive(intended); });
        arrivals.start();
        PT_CHECK(m_world.loop().runFor(std::chrono::nanoseconds(static_cast<qint64>(seconds * second))));
        arrivals.stop();
        PT_CHECK(m_world.loop().runFor(std::chrono::nanoseconds(keptFor)));
        PT_CHECK(m_world.drain(std::chrono::seconds(10)));
        return m_world.node().cpuNanoseconds() - begin;
    }
    [[nodiscard]] const Histogram &latency() const { return m_latency; }

private:
    void arrive(qint64 intended)
    {
        check::Event event{.client = m_nextClient++,
                           .intended = intended,
                           .hold = HoldId::create(),
                           .seats = m_picker.pick(m_world.random(), m_world.random().bounded(1, 5))};
        if (event.seats.empty())
            return;
        m_world.take(std::move(event), [this](const check::Event &answered) {
            m_latency.record(answered.end - answered.intended);
            if (answered.outcome != check::Outcome::Ok)
                return;
            m_picker.setTaken(answered.seats, true);
            const qint64 moment = Loop::now() + keptFor;
            m_world.loop().at(
                moment, [this, client = answered.client, hold = answered.hold, seats = answered.seats, moment] {
                    m_world.release({.client = client, .intended = moment, .hold = hold},
                                    [this, seats](const check::Event &) { m_picker.setTaken(seats, false); });
                });
        });
    }

    World &m_world;
    SeatPicker m_picker;
    Histogram m_latency;
    int m_nextClient = 0;
};

/// From the change in the database to each screen.
Result<Histogram> screenLatency(World &world, const Viewers &viewers, qint64 since)
{
    PT_TRY(const auto times, changeTimes(world.node().dsn(), world.performance(0), since));
    const check::ClockBounds clock(world.clockSamples());
    Histogram latency;
    for (const auto &[seq, push] : viewers.pushes()) {
        // The oldest change that the push carries waited longest.
        const auto oldest = times.upper_bound(push.from);
        if (oldest == times.end())
            continue;
        const qint64 changed = clock.earliest(oldest->second);
        for (const quint32 after : push.afterFirst)
            latency.record(push.first + after * qint64(1'000) - changed);
    }
    return latency;
}

struct Measured
{
    int viewers = 0;
    double openSeconds = 0;
    qint64 baseNanoseconds = 0; ///< The server's, for the holds alone.
    qint64 nanoseconds = 0;     ///< With viewers.
    qint64 deliveries = 0;
    qint64 bytesPerPush = 0;
    size_t pushes = 0;
    qint64 reconnects = 0;
    Histogram screens{};
    Histogram holds{};
    BarePush bare{};

    [[nodiscard]] double microsecondsPerPush() const
    {
        const auto spent = static_cast<double>(std::max<qint64>(nanoseconds - baseNanoseconds, 1));
        return spent / 1'000 / static_cast<double>(std::max<qint64>(deliveries, 1));
    }
};

Findings findingsFrom(const Measured &measured)
{
    const double cost = measured.microsecondsPerPush();
    const double bare = measured.bare.microsecondsPerSend;
    const auto row = [](const QString &what, const QString &value) { return QStringList{what, value}; };
    return {.perSecond = 1e6 / cost,
            .reference = 1e6 / bare,
            .referenceName = u"a bare loop of send()"_s,
            .p50Milliseconds = measured.screens.milliseconds(50),
            .p99Milliseconds = measured.screens.milliseconds(99),
            .columns = {u"what"_s, u"figure"_s},
            .table = {row(u"viewers"_s, rateText(measured.viewers)),
                      row(u"opened in, s"_s, QString::number(measured.openSeconds, 'f', 1)),
                      row(u"pushes"_s, rateText(static_cast<double>(measured.pushes))),
                      row(u"deliveries"_s, rateText(static_cast<double>(measured.deliveries))),
                      row(u"bytes a push"_s, rateText(static_cast<double>(measured.bytesPerPush))),
                      row(u"reconnects"_s, rateText(static_cast<double>(measured.reconnects))),
                      row(u"change to screen, p50 ms"_s, millisecondsText(measured.screens.milliseconds(50))),
                      row(u"change to screen, p99 ms"_s, millisecondsText(measured.screens.milliseconds(99))),
                      row(u"change to screen, most ms"_s, millisecondsText(measured.screens.milliseconds(100))),
                      row(u"hold beside it, p99 ms"_s, millisecondsText(measured.holds.milliseconds(99))),
                      row(u"server, us a push and viewer"_s, QString::number(cost, 'f', 2)),
                      row(u"bare send(), us"_s, QString::number(bare, 'f', 2)),
                      row(u"cost against bare"_s, QString::number(cost / bare, 'f', 2))},
            .more = {{u"viewers"_s, measured.viewers},
                     {u"deliveries"_s, measured.deliveries},
                     {u"push_microseconds"_s, cost},
                     {u"bare_send_microseconds"_s, bare},
                     {u"push_cost_ratio"_s, cost / bare},
                     {u"hold_p99_ms"_s, measured.holds.milliseconds(99)},
                     {u"reconnects"_s, measured.reconnects}}};
}

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    const double seconds = options.isQuick ? 6 : 20;
    Measured measured{.viewers = options.viewers > 0 ? options.viewers : viewersDefault};
    CalmSale sale(world);
    PT_TRY(measured.baseNanoseconds, sale.run(seconds));

    Viewers viewers(
        world.loop(),
        {.port = world.port(0), .performance = world.performance(0), .count = measured.viewers, .readers = readers});
    const qint64 opened = Loop::now();
    PT_CHECK(viewers.open(openTime));
    measured.openSeconds = static_cast<double>(Loop::now() - opened) / second;
    PT_TRY(const qint64 since, mapNumber(world.node().dsn(), world.performance(0)));
    CalmSale watched(world);
    PT_TRY(measured.nanoseconds, watched.run(seconds));
    measured.holds = watched.latency();
    PT_CHECK(world.loop().runFor(settleTime));
    for (check::Event &event : viewers.maps())
        world.recorder().record(std::move(event));
    PT_CHECK(world.sampleClock());
    PT_TRY(measured.screens, screenLatency(world, viewers, since));
    measured.deliveries = viewers.deliveries();
    measured.pushes = viewers.pushes().size();
    measured.reconnects = viewers.reconnects();
    measured.bytesPerPush = viewers.bytes() / std::max<qint64>(viewers.deliveries(), 1);
    viewers.close();
    PT_TRY(measured.bare,
           measureBarePush(measured.viewers, static_cast<int>(std::max<qint64>(measured.bytesPerPush, 1)), 20));
    return findingsFrom(measured);
}

} // namespace

Scenario viewersScenario()
{
    return {.name = "viewers",
            .unit = "pushes to a viewer in a second of the server's processor time",
            .help = "15,000 browsers follow a map by Server-Sent Events while places are held.",
            .plan = plan,
            .run = run};
}

} // namespace parterre::bench
