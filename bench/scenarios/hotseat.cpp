#include "scenarios/scenario.h"

/// Five hundred clients want one seat. Whoever has it gives it back a moment later, so that it goes from hand to hand
/// all the time and every refusal has to be right within the milliseconds of a handover.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int clients = 500;
constexpr int hotSeat = 7;
constexpr qint64 keptFor = 20 * millisecond;

WorldOptions plan(const ScenarioOptions &options)
{
    return {.season = {{{.seats = options.seats > 0 ? options.seats : 400}}},
            .sessions = clients,
            .seed = options.seed};
}

class HotSeat
{
public:
    explicit HotSeat(World &world)
        : m_world(world)
        , m_stepper(world, [this](qint64 intended) { arrive(intended); })
    {}

    [[nodiscard]] Stepper &stepper() { return m_stepper; }
    [[nodiscard]] qint64 handovers() const { return m_handovers; }

private:
    void arrive(qint64 intended)
    {
        check::Event event{.operation = check::Operation::Take,
                           .client = m_world.random().bounded(clients),
                           .intended = intended,
                           .hold = HoldId::create(),
                           .seats = {hotSeat}};
        m_world.take(std::move(event), [this](const check::Event &answered) {
            m_stepper.answered(answered);
            if (answered.outcome == check::Outcome::Ok)
                giveBack(answered.client, answered.hold);
        });
    }
    void giveBack(int client, const HoldId &hold)
    {
        ++m_handovers;
        const qint64 moment = Loop::now() + keptFor;
        m_world.loop().at(moment, [this, client, hold, moment] {
            m_world.release({.client = client, .intended = moment, .hold = hold}, {});
        });
    }

    World &m_world;
    Stepper m_stepper;
    qint64 m_handovers = 0;
};

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    HotSeat hotSeatLoad(world);
    PeakPlan peakPlan{.firstRate = 1'000,
                      .searchSeconds = options.isQuick ? 1.0 : 2.0,
                      .peakSeconds = options.isQuick ? 3.0 : 8.0,
                      .calmSeconds = options.isQuick ? 5.0 : 15.0,
                      .refusalsCount = true};
    PT_TRY(const Peak peak, searchPeak(hotSeatLoad.stepper(), peakPlan));
    // The last owner gives it back too.
    PT_CHECK(world.loop().runFor(std::chrono::nanoseconds(2 * keptFor)));
    PT_CHECK(world.drain(std::chrono::seconds(5)));
    Findings findings = findingsOf(peak);
    findings.more.insert(u"handovers"_s, hotSeatLoad.handovers());
    findings.notes.append(u"The seat changed hands %1 times."_s.arg(hotSeatLoad.handovers()));
    return findings;
}

} // namespace

Scenario hotseatScenario()
{
    return {.name = "hotseat",
            .unit = "answers a second",
            .help = "500 clients want one seat, which goes from hand to hand.",
            .plan = plan,
            .run = run};
}

} // namespace parterre::bench
