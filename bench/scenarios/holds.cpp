#include "scenarios/scenario.h"
#include "scenarios/seatpicker.h"

/// Many buyers, many seats: holds of one to four neighbouring seats anywhere in a large house. When most of a house is
/// taken the next performance is sold, so that what is measured is holding and not looking for the last seats.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int seatsDefault = 80'000;
constexpr int partyMax = 4;
constexpr double takenShareMax = 0.7;

WorldOptions plan(const ScenarioOptions &options)
{
    const int seats = options.seats > 0 ? options.seats : seatsDefault;
    return {.season = {{{.seats = seats, .performances = options.isQuick ? 9 : 18}}},
            .sessions = 1'000,
            .seed = options.seed};
}

class Holds
{
public:
    explicit Holds(World &world)
        : m_world(world)
        , m_stepper(world, [this](qint64 intended) { arrive(intended); })
        , m_oldMap(world.hall(0).seats, world.hall(0).seatsPerRow)
        , m_maps(static_cast<size_t>(world.performanceCount()), m_oldMap)
    {}

    [[nodiscard]] Stepper &stepper() { return m_stepper; }

private:
    /// Most look at a map of this moment; one in twenty has a very old one before him, and is often refused.
    [[nodiscard]] std::vector<int> choose(SeatPicker &map)
    {
        QRandomGenerator &random = m_world.random();
        const int count = random.bounded(1, partyMax + 1);
        auto seats = (random.bounded(20) == 0 ? m_oldMap : map).pick(random, count);
        map.setTaken(seats, true);
        return seats;
    }
    void arrive(qint64 intended)
    {
        if (m_maps[m_current].takenShare() > takenShareMax && m_current + 1 < m_maps.size())
            ++m_current;
        check::Event event{.operation = check::Operation::Take,
                           .client = m_nextClient++,
                           .intended = intended,
                           .performance = static_cast<int>(m_current),
                           .hold = HoldId::create(),
                           .seats = choose(m_maps[m_current])};
        if (event.seats.empty())
            return; // The house is full; the step shows it as load that was not offered.
        m_world.take(std::move(event), [this](const check::Event &answered) { m_stepper.answered(answered); });
    }

    World &m_world;
    Stepper m_stepper;
    SeatPicker m_oldMap; ///< Of an empty house.
    std::vector<SeatPicker> m_maps;
    size_t m_current = 0;
    int m_nextClient = 0;
};

/// For a pair of builds, and for a profile: the same load for both, for long enough to look at it.
Result<Findings> atOneRate(Holds &holds, const ScenarioOptions &options)
{
    constexpr double warmUpSeconds = 1;
    PT_TRY(const Step step, holds.stepper().run(options.rate, options.isQuick ? 6 : 20, warmUpSeconds));
    return findingsOf(step);
}

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    Holds holds(world);
    if (options.rate > 0)
        return atOneRate(holds, options);
    const PeakPlan peakPlan = options.isQuick
                                  ? PeakPlan{.firstRate = 2'000, .searchSeconds = 1, .peakSeconds = 3, .calmSeconds = 5}
                                  : PeakPlan{.firstRate = 1'000, .searchSeconds = 2, .peakSeconds = 8, .calmSeconds = 15};
    PT_TRY(const Peak peak, searchPeak(holds.stepper(), peakPlan));
    return findingsOf(peak);
}

} // namespace

Scenario holdsScenario()
{
    return {.name = "holds",
            .unit = "holds of 1-4 seats a second",
            .help = "Holds of one to four seats anywhere in houses of 80,000.",
            .plan = plan,
            .run = run};
}

} // namespace parterre::bench
