#include "load/deskviewers.h"
#include "load/drillrepository.h"
#include "load/maprepository.h"
#include "load/openloop.h"
#include "load/viewers.h"
#include "scenarios/drillbuyers.h"
#include "scenarios/drilldesk.h"
#include "scenarios/drillfaults.h"
#include "scenarios/drilltrade.h"
#include "scenarios/scenario.h"

#include <QJsonArray>

#include <algorithm>

/// People buy, exchange, pass on and give back all the time from three servers over one database; at the box office
/// gift cards are sold and performances cancelled; and everything that can fail does: servers are killed at every point
/// that has a name, stand still, run by a wrong clock; connections are cut around a commit; PostgreSQL's processes are
/// killed, its disk fills up; the card processor is slow, silent, wrong or dead. Whoever is not answered asks again, as
/// a browser does. In the end the judge finds out whether anything was lost, doubled or left without an end.
namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int nodes = 3;
constexpr int hallSeats = 600;
constexpr int yardPlaces = 200;
constexpr int wheelchairSpaces = 12;
constexpr int houseSeats = 20;
constexpr int holdSeconds = 8;
constexpr int roundsQuick = 50;
constexpr int roundsDefault = 1'000;
constexpr int screensPerNode = 3;
constexpr int desksPerNode = 2;
constexpr double buyersPerSecond = 40;
constexpr std::chrono::seconds repeatFor{45};     ///< Longer than any fault lasts.
constexpr std::chrono::seconds roundTimeMax{10};  ///< For each round, before the drill gives up.
constexpr std::chrono::seconds settleTimeMax{90}; ///< A payment in doubt is asked for every half minute.
constexpr Seconds settleDeadline{1}; ///< In the end nobody is dying any more, and the processor answers at once.
constexpr std::chrono::seconds screensTimeMax{10};
constexpr std::chrono::milliseconds refundTime{1'500}; ///< More than a card takes to refuse one.
constexpr std::chrono::seconds tellTimeMax{20};
constexpr std::chrono::seconds openTime{20};

int roundsOf(const ScenarioOptions &options)
{
    if (options.rounds > 0)
        return options.rounds;
    return options.isQuick ? roundsQuick : roundsDefault;
}

/// Each performance has other rules than the ones beside it, so an exchange goes from one to another as well.
std::vector<HouseRules> rules()
{
    return {{.prices = Prices::WithFees, .houseSeats = houseSeats},
            {.purchaseLimit = 4, .orphanRule = OrphanRule::Strict, .prices = Prices::TaxesOnTop},
            {},
            {.purchaseLimit = 3, .prices = Prices::WithFees, .houseSeats = houseSeats},
            {.orphanRule = OrphanRule::Lenient, .prices = Prices::TaxesOnTop, .houseSeats = houseSeats}};
}

WorldOptions plan(const ScenarioOptions &options)
{
    // Each party takes two places or so, and a round lasts about a second.
    const int performances = 3 + roundsOf(options) * static_cast<int>(buyersPerSecond) * 2 / hallSeats;
    // PostgreSQL has a hundred connections for the living and for what the dead have not given back yet.
    return {.serverFlags = {u"--database-connections"_s, u"8"_s},
            .nodes = nodes,
            .season = {{{.seats = hallSeats,
                         .seatsPerRow = 20,
                         .areaCapacities = {yardPlaces},
                         .performances = performances,
                         .holdSeconds = holdSeconds,
                         .isRefundable = true,
                         .wheelchairSpaces = wheelchairSpaces,
                         .rules = rules()}}},
            .sessions = 400,
            .connections = 64,
            .seed = options.seed,
            .repeatFor = repeatFor,
            .psp = QStringList(),
            .hasSmallDisk = true};
}

/// Waits until no payment is on its way any more; false where one still is in the end.
Result<bool> waitUntilSettled(World &world)
{
    const qint64 until = Loop::now() + std::chrono::nanoseconds(settleTimeMax).count();
    while (Loop::now() < until) {
        (void)letHoldersGo(world.node().dsn()); // Whose answer was lost does not know that the bank asks.
        const auto unsettled = hurryPayments(world.node().dsn(), settleDeadline);
        if (unsettled == 0)
            return true;
        PT_CHECK(world.loop().runFor(std::chrono::milliseconds(500)));
    }
    return false;
}

/// What a card does not take back is known a moment later and told by webhooks alone, some of which never came: a
/// processor tells again for days. The judge says what it means where it is not heard by then.
Status hearOfFailedRefunds(World &world)
{
    PT_CHECK(world.loop().runFor(refundTime));
    PT_TRY(const auto told, world.psp()->tellFailedRefundsAgain());
    const qint64 until = Loop::now() + std::chrono::nanoseconds(tellTimeMax).count();
    while (!told.empty() && Loop::now() < until) {
        if (eventsHeard(world.node().dsn(), told) == static_cast<int>(told.size()))
            break;
        PT_CHECK(world.loop().runFor(std::chrono::milliseconds(100)));
    }
    return {};
}

struct Phase
{
    double seconds = 0;
    int sold = 0;
    Histogram latency{};

    [[nodiscard]] double perSecond() const { return sold / std::max(seconds, 0.001); }
};

QStringList row(const QString &what, const Phase &phase)
{
    return {what, QString::number(phase.perSecond(), 'f', 1), millisecondsText(phase.latency.milliseconds(50)),
            millisecondsText(phase.latency.milliseconds(99)), millisecondsText(phase.latency.milliseconds(100))};
}

Findings findingsFrom(const Phase &calm, const Phase &drill, const DrillFaults &faults, double settledSeconds)
{
    Findings findings{.perSecond = drill.perSecond(),
                      .reference = calm.perSecond(),
                      .referenceName = u"the same sale without faults"_s,
                      .p50Milliseconds = drill.latency.milliseconds(50),
                      .p99Milliseconds = drill.latency.milliseconds(99),
                      .columns = {u"what"_s, u"sold/s"_s, u"p50 ms"_s, u"p99 ms"_s, u"most ms"_s}};
    findings.table = {row(u"without faults"_s, calm), row(u"while everything fails"_s, drill)};
    findings.notes = faults.sentences();
    findings.notes.append(
        u"After the last one everything was settled within %1 s."_s.arg(QString::number(settledSeconds, 'f', 1)));
    findings.more = {{u"rounds"_s, faults.rounds()},
                     {u"faults"_s, faults.json()},
                     {u"never_reached"_s, QJsonArray::fromStringList(faults.pointsNeverReached())},
                     {u"under_way"_s, faults.underWay()},
                     {u"drill_seconds"_s, drill.seconds},
                     {u"settled_seconds"_s, settledSeconds}};
    return findings;
}

/// Screens and desks on every node, which come back when theirs dies.
struct Watching
{
    std::vector<std::unique_ptr<Viewers>> screens{};
    std::vector<std::unique_ptr<DeskViewers>> desks{};
};

Result<Watching> startWatching(World &world)
{
    Watching watching;
    for (int node = 0; node < world.nodeCount(); ++node) {
        watching.screens.push_back(
            std::make_unique<Viewers>(world.loop(), ViewersPlan{.port = world.port(node),
                                                                .performance = world.performance(0),
                                                                .count = screensPerNode,
                                                                .readers = screensPerNode}));
        PT_CHECK(watching.screens.back()->open(openTime));
        watching.desks.push_back(
            std::make_unique<DeskViewers>(world.loop(), DeskViewersPlan{.port = world.port(node),
                                                                        .token = world.staffToken(),
                                                                        .performance = world.performance(0),
                                                                        .count = desksPerNode}));
        PT_CHECK(watching.desks.back()->open(openTime));
    }
    return watching;
}

/// Backends of servers that were killed may keep all connections for a moment more.
Result<qint64> mapNumberAtLast(World &world)
{
    Result<qint64> number = mapNumber(world.node().dsn(), world.performance(0));
    for (int tried = 0; !number && tried < 20; ++tried) {
        PT_CHECK(world.loop().runFor(std::chrono::milliseconds(500)));
        number = mapNumber(world.node().dsn(), world.performance(0));
    }
    return number;
}

/// The judge says what it means where some are not at the last number by then.
template <class Some>
Status recordMaps(World &world, const std::vector<std::unique_ptr<Some>> &groups, qint64 number)
{
    for (const auto &some : groups) {
        PT_TRY(const bool areThere, some->waitFor(number, screensTimeMax));
        (void)areThere;
        for (check::Event &event : some->maps())
            world.recorder().record(std::move(event));
    }
    return {};
}

/// New lives with the bug that the judge must find: one of those that made all ready would have lost some of it.
Status arm(World &world, const QString &fault)
{
    const auto comeTo = [&world](Node &node, Node::Life life) -> Status {
        PT_TRY(const bool isSo, world.loop().run([&] { return node.life() == life; }, Loop::now() + 60 * second));
        return isSo ? Status() : refuse(ErrorCode::Unavailable, node.logTail());
    };
    for (int i = 0; !fault.isEmpty() && i < world.nodeCount(); ++i) {
        Node &node = world.node(i);
        node.kill();
        PT_CHECK(comeTo(node, Node::Life::Ended));
        node.launch(fault);
        PT_CHECK(comeTo(node, Node::Life::Serving));
    }
    return {};
}

Result<Findings> run(World &world, const ScenarioOptions &options)
{
    PT_CHECK(world.employ());
    PT_CHECK(world.setHouseSeatsAside());
    PT_CHECK(arm(world, options.fault));
    PT_TRY(const Watching watching, startWatching(world));
    DrillTrade trade(world);
    DrillBuyers buyers(world, trade, buyersPerSecond);
    DrillDesk desk(world, trade);
    trade.start();
    desk.start();
    const double calmSeconds = options.isQuick ? 3 : 15;
    buyers.start();
    PT_CHECK(world.loop().runFor(std::chrono::nanoseconds(static_cast<qint64>(calmSeconds * second))));
    const Phase calm{
        .seconds = calmSeconds, .sold = buyers.takeSold() + desk.takeSold(), .latency = buyers.takeLatency()};

    const qint64 patience = options.isQuick ? second : 3 * second;
    DrillFaults faults(world, roundsOf(options), patience, options.seed, options.fault);
    const qint64 begin = Loop::now();
    faults.onCancellationWanted([&trade] { trade.cancelOne(); });
    faults.start();
    const qint64 until = begin + std::chrono::nanoseconds(roundTimeMax).count() * roundsOf(options);
    PT_TRY(const bool isDone, world.loop().run([&faults] { return faults.areDone(); }, until));
    buyers.stop();
    trade.stop();
    desk.stop();
    const qint64 last = Loop::now();
    PT_CHECK(faults.end());
    if (!isDone) {
        return refuse(ErrorCode::Unavailable,
                      u"Only %1 of %2 rounds were done in time."_s.arg(faults.rounds()).arg(roundsOf(options)));
    }
    PT_TRY(const bool isSettled, waitUntilSettled(world));
    PT_CHECK(world.drain(repeatFor));
    PT_CHECK(hearOfFailedRefunds(world));
    const double settled = static_cast<double>(Loop::now() - last) / second;
    const Phase drill{.seconds = static_cast<double>(Loop::now() - begin) / second,
                      .sold = buyers.takeSold() + desk.takeSold(),
                      .latency = buyers.takeLatency()};
    PT_TRY(const qint64 number, mapNumberAtLast(world));
    PT_CHECK(recordMaps(world, watching.screens, number));
    PT_CHECK(recordMaps(world, watching.desks, number));
    Findings findings = findingsFrom(calm, drill, faults, settled);
    if (!isSettled)
        findings.notes.append(u"Some payment still has no end."_s);
    const QStringList never = faults.pointsNeverReached();
    if (roundsOf(options) >= roundsDefault && !never.isEmpty())
        findings.failures.append(u"A whole drill has killed nobody at: "_s + never.join(u", "_s));
    return findings;
}

} // namespace

Scenario drillScenario()
{
    return {.name = "drill",
            .unit = "orders a second while everything fails",
            .help = "Servers, connections and PostgreSQL are killed while people buy; nothing may be lost or doubled.",
            .plan = plan,
            .run = run,
            // Nobody sweeps while all servers are down.
            .checkerFlags = {"--settled", "--sweep-seconds", "20"},
            .hasOwnReference = true,
            .armsFault = true};
}

} // namespace parterre::bench
