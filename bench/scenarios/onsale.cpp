#include "load/openloop.h"
#include "scenarios/partywish.h"
#include "scenarios/scenario.h"
#include "scenarios/seatpicker.h"

#include <algorithm>
#include <array>

/// An on-sale. First the rates in a house of 80,000: plain holds, and parties for whom the server chooses. Then a hall
/// is sold out by parties who want the best that is left. Four in ten go away, half of them without a word, so that
/// their places come back late; nobody may be told that there is nothing left while something is. Every house has its
/// orphan rule and its purchase limit, as an on-sale has; some parties have a price, a zone or a section in mind.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int seatsDefault = 80'000;
constexpr int plainPerformances = 2;
constexpr int partyPerformances = 3;
constexpr int hallPerformance = plainPerformances + partyPerformances;
constexpr std::array partySizes{1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6}; ///< As often as they come.
constexpr int abandonPercent = 40;
constexpr int silentPercent = 50;                   ///< Of those who go away: without giving back.
constexpr qint64 comeBackAfter = 500 * millisecond; ///< Who was told that there is nothing left tries again.
constexpr int triesMax = 12;
constexpr int wishPercent = 8; ///< Each of three.
constexpr int hallLimit = 8;   ///< Places of one customer.
/// So many buyers as there are take forty places each of a large house: its limit is looked at and not met.
constexpr int houseLimit = 200;

struct HallPlan
{
    int seats = 0;
    int holdSeconds = 0;
    double partiesPerSecond = 0;
    double secondsMax = 0;
};

HallPlan hallPlan(const ScenarioOptions &options)
{
    if (options.isQuick)
        return {.seats = 400, .holdSeconds = 3, .partiesPerSecond = 60, .secondsMax = 8};
    return {.seats = 5'000, .holdSeconds = 10, .partiesPerSecond = 150, .secondsMax = 90};
}

WorldOptions plan(const ScenarioOptions &options)
{
    const HallPlan hall = hallPlan(options);
    const int seats = options.seats > 0 ? options.seats : seatsDefault;
    return {.season = {{{.seats = seats,
                         .performances = plainPerformances + partyPerformances,
                         .rules = {{.purchaseLimit = houseLimit, .orphanRule = OrphanRule::Strict}}},
                        {.seats = hall.seats,
                         .seatsPerRow = 25,
                         .holdSeconds = hall.holdSeconds,
                         .rules = {{.purchaseLimit = hallLimit, .orphanRule = OrphanRule::Strict}}}}},
            .sessions = 1'000,
            .seed = options.seed};
}

int partySize(QRandomGenerator &random)
{
    return partySizes[static_cast<size_t>(random.bounded(static_cast<int>(partySizes.size())))];
}

/// Holds of one to four named seats in one house after the other, as in `holds`.
class PlainHolds
{
public:
    explicit PlainHolds(World &world)
        : m_world(world)
        , m_stepper(world, [this](qint64 intended) { arrive(intended); })
        , m_picker(world.hall(0).seats, world.hall(0).seatsPerRow)
    {}
    [[nodiscard]] Stepper &stepper() { return m_stepper; }

private:
    void arrive(qint64 intended)
    {
        if (m_picker.takenShare() > 0.5 && m_performance + 1 < plainPerformances) {
            ++m_performance;
            m_picker = SeatPicker(m_world.hall(0).seats, m_world.hall(0).seatsPerRow);
        }
        check::Event event{.client = m_nextClient++,
                           .intended = intended,
                           .performance = m_performance,
                           .hold = HoldId::create(),
                           .seats = m_picker.pick(m_world.random(), m_world.random().bounded(1, 5))};
        if (event.seats.empty())
            return;
        m_world.take(std::move(event), [this](const check::Event &answered) {
            if (answered.outcome == check::Outcome::Ok && answered.performance == m_performance)
                m_picker.setTaken(answered.seats, true);
            m_stepper.answered(answered);
        });
    }

    World &m_world;
    Stepper m_stepper;
    SeatPicker m_picker;
    int m_performance = 0;
    int m_nextClient = 0;
};

/// Parties of one to six for whom the server chooses.
class Parties
{
public:
    explicit Parties(World &world)
        : m_world(world)
        , m_stepper(world, [this](qint64 intended) { arrive(intended); })
    {}
    [[nodiscard]] Stepper &stepper() { return m_stepper; }
    [[nodiscard]] const QString &refusal() const { return m_refusal; }

private:
    void arrive(qint64 intended)
    {
        const bool isHalfFull = m_seatsTaken > m_world.hall(m_performance).seats / 2;
        if (isHalfFull && m_performance + 1 < hallPerformance) {
            ++m_performance;
            m_seatsTaken = 0;
        }
        check::Event event{.client = m_nextClient++,
                           .intended = intended,
                           .performance = m_performance,
                           .hold = HoldId::create(),
                           .partySize = partySize(m_world.random()),
                           .maySplit = m_world.random().bounded(4) == 0};
        addWish(event, m_world.hall(m_performance), m_world.random(), wishPercent);
        m_world.takeBest(std::move(event), [this](const check::Event &answered) {
            if (answered.performance == m_performance)
                m_seatsTaken += static_cast<int>(answered.seats.size());
            if (answered.outcome != check::Outcome::Ok)
                m_refusal = answered.code;
            m_stepper.answered(answered);
        });
    }

    World &m_world;
    Stepper m_stepper;
    int m_performance = plainPerformances;
    int m_seatsTaken = 0;
    int m_nextClient = 0;
    QString m_refusal;
};

/// The hall that is sold out.
class SoldOutHall
{
public:
    SoldOutHall(World &world, const HallPlan &plan)
        : m_world(world)
        , m_plan(plan)
    {}

    [[nodiscard]] Status run()
    {
        const qint64 begin = Loop::now();
        OpenLoop arrivals(m_world.loop(), m_plan.partiesPerSecond, m_world.random().generate(),
                          [this](qint64 intended) { arrive(intended); });
        arrivals.start();
        PT_TRY(const bool isSoldOut, m_world.loop().run([this] { return m_sold == m_plan.seats; },
                                                        begin + static_cast<qint64>(m_plan.secondsMax * second)));
        arrivals.stop();
        m_isClosed = true;
        m_seconds = static_cast<double>(Loop::now() - begin) / second;
        m_isSoldOut = isSoldOut;
        return m_world.drain(std::chrono::seconds(20));
    }
    [[nodiscard]] QString sentence() const
    {
        const QString begin =
            m_isSoldOut ? u"The hall was sold out"_s : u"%1 seats of the hall were sold"_s.arg(m_sold);
        return begin +
               u" in %1 s by %2 of %3 parties; %4 went away, half of them without a word; %5 answers were that "
               "nothing is left, %6 that it is too much for one customer."_s.arg(QString::number(m_seconds, 'f', 1))
                   .arg(m_buyers)
                   .arg(m_parties)
                   .arg(m_abandoned)
                   .arg(m_refused)
                   .arg(m_limited);
    }
    [[nodiscard]] QJsonObject json() const
    {
        return {{u"hall_seats"_s, m_plan.seats},   {u"hall_sold"_s, m_sold},      {u"hall_seconds"_s, m_seconds},
                {u"parties"_s, m_parties},         {u"abandoned"_s, m_abandoned}, {u"told_nothing_left"_s, m_refused},
                {u"over_their_limit"_s, m_limited}};
    }

private:
    void arrive(qint64 intended)
    {
        ++m_parties;
        check::Event party{.client = m_parties,
                           .intended = intended,
                           .performance = hallPerformance,
                           .partySize = partySize(m_world.random()),
                           .maySplit = m_world.random().bounded(4) == 0};
        addWish(party, m_world.hall(hallPerformance), m_world.random(), wishPercent);
        ask(std::move(party), 1);
    }
    void ask(check::Event event, int tries)
    {
        event.hold = HoldId::create();
        m_world.takeBest(event, [this, event, tries](const check::Event &answered) {
            if (answered.outcome == check::Outcome::Ok)
                return decide(answered);
            m_refused += answered.code == u"sold_out";
            m_limited += answered.code == u"purchase_limit";
            if (m_isClosed || tries == triesMax || answered.code == u"purchase_limit")
                return;
            // Late returns are for who is still there; who came with friends may go without them in the end.
            check::Event again = event;
            dropWish(again);
            again.partySize = std::max(1, again.partySize - tries / 3);
            again.intended = Loop::now() + comeBackAfter;
            m_world.loop().at(again.intended, [this, again, tries] {
                if (!m_isClosed)
                    ask(again, tries + 1);
            });
        });
    }
    /// Thinks for a while, and goes or buys.
    void decide(const check::Event &held)
    {
        QRandomGenerator &random = m_world.random();
        const qint64 moment = Loop::now() + random.bounded(100, 1'000) * millisecond;
        check::Event next{.client = held.client,
                          .intended = moment,
                          .performance = held.performance,
                          .hold = held.hold,
                          .order = OrderId::create(),
                          .seats = held.seats};
        if (random.bounded(100) >= abandonPercent) {
            m_world.loop().at(moment, [this, next] { buy(next); });
            return;
        }
        ++m_abandoned;
        if (random.bounded(100) < silentPercent)
            return;
        next.seats.clear(); // All of it.
        next.order = {};
        m_world.loop().at(moment, [this, next] { m_world.release(next, {}); });
    }
    void buy(const check::Event &wanted)
    {
        m_world.order(wanted, [this, wanted](const check::Event &ordered) {
            if (ordered.outcome != check::Outcome::Ok)
                return;
            check::Event payment = wanted;
            payment.intended = Loop::now();
            m_world.pay(payment, [this](const check::Event &paid) {
                if (paid.outcome != check::Outcome::Ok)
                    return;
                ++m_buyers;
                m_sold += static_cast<int>(paid.seats.size());
            });
        });
    }

    World &m_world;
    const HallPlan m_plan;
    int m_parties = 0;
    int m_buyers = 0;
    int m_sold = 0; ///< Seats.
    int m_abandoned = 0;
    int m_refused = 0;
    int m_limited = 0;
    double m_seconds = 0;
    bool m_isSoldOut = false;
    bool m_isClosed = false;
};

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    Parties parties(world);
    PT_TRY(const Step first, parties.stepper().run(20, 0.5));
    if (first.granted == 0) {
        return refuse(ErrorCode::Unavailable,
                      u"This server chooses no places for a party: it answers %1."_s.arg(parties.refusal()));
    }
    PlainHolds plain(world);
    const double searchSeconds = options.isQuick ? 0.4 : 2;
    const double peakSeconds = options.isQuick ? 2 : 6;
    PT_TRY(const Peak plainPeak,
           searchPeak(plain.stepper(), {.warmUpSeconds = searchSeconds, // The first hold of each house has it read.
                                        .searchSeconds = searchSeconds,
                                        .peakSeconds = peakSeconds,
                                        .calmSeconds = 0}));
    PT_TRY(const Peak partyPeak, searchPeak(parties.stepper(), {.firstRate = 500,
                                                                .searchSeconds = searchSeconds,
                                                                .peakSeconds = peakSeconds,
                                                                .calmSeconds = options.isQuick ? 1.5 : 12.0}));
    SoldOutHall hall(world, hallPlan(options));
    PT_CHECK(hall.run());

    Findings findings = findingsOf(partyPeak);
    findings.reference = plainPeak.perSecond;
    findings.referenceName = u"plain holds in the same run"_s;
    findings.table.insert(findings.table.begin(), stepRow(u"plain holds, peak"_s, plainPeak.atPeak));
    findings.notes.append(hall.sentence());
    const QJsonObject hallJson = hall.json();
    for (auto it = hallJson.constBegin(); it != hallJson.constEnd(); ++it)
        findings.more.insert(it.key(), it.value());
    return findings;
}

} // namespace

Scenario onsaleScenario()
{
    return {.name = "onsale",
            .unit = "parties seated a second",
            .help =
                "The server chooses for parties in a house of 80,000; then a hall sells out, four in ten going away.",
            .plan = plan,
            .run = run};
}

} // namespace parterre::bench
