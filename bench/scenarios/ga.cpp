#include "scenarios/scenario.h"
#include "scenarios/seatpicker.h"

/// Standing areas: everybody wants the same row of the database. Most want a few places on the lawn, some with a seat
/// in the same request, and some the pit, which is soon full and from then on sold only as places come back.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int lawn = 0;
constexpr int pit = 1;
constexpr int pitCapacity = 400;
constexpr int seatsDefault = 20'000;
constexpr int quantityMax = 4;
constexpr qint64 pitKeptFor = 300 * millisecond;

WorldOptions plan(const ScenarioOptions &options)
{
    return {.season = {{{.seats = options.seats > 0 ? options.seats : seatsDefault,
                         .areaCapacities = {limits::areaCapacityMax, pitCapacity},
                         .performances = options.isQuick ? 3 : 6}}},
            .sessions = 500,
            .seed = options.seed};
}

class Crowd
{
public:
    explicit Crowd(World &world)
        : m_world(world)
        , m_stepper(world, [this](qint64 intended) { arrive(intended); })
        , m_picker(world.hall(0).seats, world.hall(0).seatsPerRow)
    {}

    [[nodiscard]] Stepper &stepper() { return m_stepper; }
    [[nodiscard]] qint64 soldOut() const { return m_soldOut; }

private:
    /// When a good part of the lawn is full the next performance is sold.
    void moveOn()
    {
        if (m_lawnTaken < limits::areaCapacityMax * 3 / 4 || m_performance + 1 == m_world.performanceCount())
            return;
        ++m_performance;
        m_lawnTaken = 0;
        m_picker = SeatPicker(m_world.hall(m_performance).seats, m_world.hall(m_performance).seatsPerRow);
    }
    void arrive(qint64 intended)
    {
        moveOn();
        QRandomGenerator &random = m_world.random();
        const int dice = random.bounded(10);
        check::Event event{
            .client = m_nextClient++, .intended = intended, .performance = m_performance, .hold = HoldId::create()};
        if (dice == 0)
            event.seats = m_picker.pick(random, 1);
        event.areas = {{.area = dice < 3 ? pit : lawn, .quantity = random.bounded(1, quantityMax + 1)}};
        m_world.take(std::move(event), [this](const check::Event &answered) { taken(answered); });
    }
    void taken(const check::Event &event)
    {
        m_stepper.answered(event);
        m_soldOut += event.code == u"sold_out";
        if (event.outcome != check::Outcome::Ok)
            return;
        m_picker.setTaken(event.seats, true);
        if (event.areas.front().area == lawn) {
            m_lawnTaken += event.areas.front().quantity;
            return;
        }
        const qint64 moment = Loop::now() + pitKeptFor;
        m_world.loop().at(
            moment, [this, client = event.client, hold = event.hold, performance = event.performance, moment] {
                m_world.release({.client = client, .intended = moment, .performance = performance, .hold = hold}, {});
            });
    }

    World &m_world;
    Stepper m_stepper;
    SeatPicker m_picker;
    int m_performance = 0;
    qint64 m_lawnTaken = 0;
    qint64 m_soldOut = 0;
    int m_nextClient = 0;
};

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    Crowd crowd(world);
    PT_TRY(const Peak peak, searchPeak(crowd.stepper(), {.firstRate = 1'000,
                                                         .searchSeconds = options.isQuick ? 1.0 : 2.0,
                                                         .peakSeconds = options.isQuick ? 3.0 : 8.0,
                                                         .calmSeconds = options.isQuick ? 5.0 : 15.0,
                                                         .refusalsCount = true}));
    PT_CHECK(world.loop().runFor(std::chrono::nanoseconds(2 * pitKeptFor)));
    PT_CHECK(world.drain(std::chrono::seconds(5)));
    Findings findings = findingsOf(peak);
    findings.more.insert(u"sold_out"_s, crowd.soldOut());
    findings.notes.append(u"%1 were told that the pit is full."_s.arg(crowd.soldOut()));
    return findings;
}

} // namespace

Scenario gaScenario()
{
    return {.name = "ga",
            .unit = "answers a second",
            .help = "Standing places on a lawn and in a pit that is soon full.",
            .plan = plan,
            .run = run};
}

} // namespace parterre::bench
