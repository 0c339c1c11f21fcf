#include "scenarios/drillfaults.h"

#include "base/assert.h"
#include "load/drillrepository.h"
#include "runtime/faultpoint.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <array>
#include <string_view>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr std::string_view cancellationPoint("cancellation_step");

/// Where a server is killed, of how many passings at the most, and how long it is given to come there: some points are
/// passed by every request, others by a refund only.
struct Point
{
    std::string_view name;
    int passingsMax;
    qint64 waitedFor = 900 * millisecond;
};

constexpr qint64 rare = 3 * second;
constexpr auto points = std::to_array<Point>({
    {"db_before_commit", 60},      {"db_before_disk", 25},         {"db_after_commit", 60},
    {"inventory_seat_lock", 25},   {"inventory_seats_read", 25},   {"inventory_area_room", 8},
    {"realtime_push", 10},         {"payment_started", 6, rare},   {"payment_authorised", 6, rare},
    {"payment_captured", 6, rare}, {"gift_card_lock", 3, rare},    {"gift_card_read", 3, rare},
    {"outbox_told", 20},           {"refund_order_lock", 4, rare}, {"refund_order_read", 3, rare},
    {"refund_created", 3, rare},   {"refund_repaid", 3, rare},     {cancellationPoint, 3, rare},
    {"reply_before_send", 40},
});
/// Nobody passes these where facts do not go by Kafka.
constexpr std::array kafkaPoints{std::string_view("outbox_published"), std::string_view("consumer_taken")};
static_assert(std::ranges::all_of(server::faultPointNames,
                                  [](std::string_view name) {
                                      return std::ranges::find(points, name, &Point::name) != points.end() ||
                                             std::ranges::find(kafkaPoints, name) != kafkaPoints.end();
                                  }),
              "a drill kills servers at every point that there is");
constexpr std::array commitPoints{"db_before_commit", "db_after_commit"};
constexpr std::array clockShifts{"+3600s", "-3600s"};
constexpr auto fakeTimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

constexpr qint64 tickEvery = 10 * millisecond;
constexpr qint64 startUsual = 500 * millisecond; ///< On a machine that has nothing else to do.
constexpr double slownessMax = 4;
constexpr qint64 startMax = 60 * second;
constexpr qint64 restartAfter = 200 * millisecond; ///< As what watches over a service does.
constexpr qint64 hurryEvery = second;
constexpr int databaseFaultOneIn = 6; ///< Rounds.
constexpr int providerFaultOneIn = 3; ///< Rounds.

QString killedAt(QLatin1StringView point)
{
    return u"killed at "_s + point;
}

int countOf(const std::map<check::Operation, int> &counts, check::Operation operation)
{
    const auto found = counts.find(operation);
    return found == counts.end() ? 0 : found->second;
}

QString anyMoment()
{
    return u"killed at any moment"_s;
}

} // namespace

DrillFaults::DrillFaults(World &world, int rounds, qint64 patience, quint32 seed, QString always)
    : m_world(world)
    , m_random(seed)
    , m_rounds(rounds)
    , m_patience(patience)
    , m_always(std::move(always))
    , m_lives(static_cast<size_t>(world.nodeCount()))
    , m_database(world)
{
    if (Psp *psp = m_world.psp())
        m_provider.emplace(*psp);
    m_world.onUntold([this](int node, check::Operation operation, bool isLost) {
        ++m_happened[mostLikelyFault(node, operation)].untold[operation];
        if (isLost)
            ++m_happened[m_lives[static_cast<size_t>(node)].name].underWay[operation];
    });
    m_world.onTurnedAway(
        [this](int node, check::Operation operation) { ++m_happened[mostLikelyFault(node, operation)].turnedAway; });
}

const QString &DrillFaults::mostLikelyFault(int node, check::Operation operation) const
{
    if (m_database.isUnderWay())
        return m_database.name();
    if (operation == check::Operation::Pay && m_provider && m_provider->isUnderWay())
        return m_provider->name();
    return m_lives[static_cast<size_t>(node)].name;
}

void DrillFaults::start()
{
    m_isRunning = true;
    for (Life &life : m_lives) {
        life = {
            .name = anyMoment(), .endsAt = Loop::now() + m_random.bounded(100, 800) * millisecond, .isServing = true};
    }
    tick();
}

void DrillFaults::tick()
{
    if (!mayGoOn())
        return;
    for (int node = 0; node < m_world.nodeCount(); ++node)
        tend(node);
    m_database.tick();
    if (m_provider)
        m_provider->tick();
    const qint64 now = Loop::now();
    if (now - m_hurriedAt > hurryEvery) {
        m_hurriedAt = now;
        // It may be dead at this moment; then it is tried again soon.
        (void)hurryPayments(m_world.node().dsn());
    }
    m_world.loop().at(now + tickEvery, [this] { tick(); });
}

void DrillFaults::tend(int node)
{
    Life &life = m_lives[static_cast<size_t>(node)];
    const qint64 now = Loop::now();
    switch (m_world.node(node).life()) {
    case Node::Life::Ended:
        m_world.setUp(node, false);
        if (life.isAwaited) {
            if (now >= life.since)
                begin(node);
            return;
        }
        if (life.isServing || life.kind == Kind::Point)
            happened(life.name);
        else
            m_refusedStarts[node] = m_world.node(node).logTail().section(u'\n', -1);
        life = {.name = life.name, .since = now + restartAfter, .isAwaited = true};
        return;
    case Node::Life::Starting:
        if (now - life.since > startMax)
            fail(u"Server %1 did not start again. %2"_s.arg(node).arg(m_world.node(node).logTail()));
        return;
    case Node::Life::Serving:
        break;
    }
    if (!life.isServing) {
        life.isServing = true;
        // Where a start takes long, as much longer has to be left for work, or nobody gets anywhere.
        const double slowness = std::clamp(static_cast<double>(now - life.since) / startUsual, 1.0, slownessMax);
        const qint64 serves = life.kind == Kind::Point ? life.pointFor : m_random.bounded(100, 700) * millisecond;
        life.endsAt = now + static_cast<qint64>(static_cast<double>(serves) * slowness);
        m_world.setUp(node, true);
        if (life.isCancelling && m_onCancellationWanted)
            m_onCancellationWanted();
    }
    if (life.resumesAt > 0 ? now >= life.resumesAt : now >= life.endsAt)
        act(node);
}

/// The moment of a life's fault, or of its end.
void DrillFaults::act(int node)
{
    Life &life = m_lives[static_cast<size_t>(node)];
    if (life.kind == Kind::Pause && life.resumesAt == 0) {
        m_world.node(node).pause();
        life.resumesAt = Loop::now() + m_random.bounded(200, 800) * millisecond;
        return;
    }
    if (life.resumesAt > 0) {
        m_world.node(node).resume();
        happened(life.name);
        life = {
            .name = anyMoment(), .endsAt = Loop::now() + m_random.bounded(200, 600) * millisecond, .isServing = true};
        return;
    }
    if (life.kind == Kind::Point)
        life = {.name = anyMoment(), .isServing = true}; // It did not pass its point often enough.
    m_world.node(node).kill();
    life.endsAt = Loop::now() + startMax; // tend() sees it end.
}

void DrillFaults::begin(int node)
{
    Life &life = m_lives[static_cast<size_t>(node)];
    life = nextLife(node);
    life.since = Loop::now();
    QProcessEnvironment environment;
    if (life.kind == Kind::WrongClock) {
        environment.insert(u"LD_PRELOAD"_s, QLatin1StringView(fakeTimeLibrary));
        environment.insert(u"FAKETIME"_s, life.armed);
        environment.insert(u"FAKETIME_DONT_FAKE_MONOTONIC"_s, u"1"_s);
        life.armed.clear();
    }
    if (!m_always.isEmpty())
        life.armed = life.armed.isEmpty() ? m_always : life.armed + u',' + m_always;
    m_world.node(node).launch(life.armed, environment);
}

DrillFaults::Life DrillFaults::nextLife(int node)
{
    const int chance = m_random.bounded(100);
    if (chance < 60)
        return nextPoint();
    if (chance < 72) {
        const QLatin1StringView name(commitPoints[static_cast<size_t>(m_random.bounded(2))]);
        return {.kind = Kind::Cut,
                .name = u"connections cut at "_s + name,
                .armed = u"%1:abort-connection=%2"_s.arg(name).arg(m_random.bounded(3, 20))};
    }
    if (chance < 82)
        return {.kind = Kind::Pause, .name = u"stood still"_s};
    // Not where PostgreSQL is its child: the database's clock is the one that counts.
    if (chance < 90 && node > 0 && QFile::exists(QLatin1StringView(fakeTimeLibrary))) {
        const QLatin1StringView shift(clockShifts[static_cast<size_t>(m_random.bounded(2))]);
        return {.kind = Kind::WrongClock, .name = u"ran by a clock an hour wrong"_s, .armed = shift};
    }
    return {.kind = Kind::Moment, .name = anyMoment()};
}

DrillFaults::Life DrillFaults::nextPoint()
{
    if (m_pointsToCome.empty()) {
        for (size_t i = 0; i < points.size(); ++i)
            m_pointsToCome.insert(m_pointsToCome.begin() + m_random.bounded(static_cast<int>(i) + 1), i);
    }
    const Point &point = points[m_pointsToCome.back()];
    m_pointsToCome.pop_back();
    const QLatin1StringView name(point.name.data(), static_cast<qsizetype>(point.name.size()));
    ++m_armed[name];
    return {.kind = Kind::Point,
            .name = killedAt(name),
            .armed = u"%1:kill=%2"_s.arg(name).arg(m_random.bounded(1, point.passingsMax + 1)),
            .pointFor = std::min(point.waitedFor, m_patience),
            .isCancelling = point.name == cancellationPoint};
}

QStringList DrillFaults::pointsNeverReached() const
{
    QStringList never;
    for (const Point &point : points) {
        const QLatin1StringView name(point.name.data(), static_cast<qsizetype>(point.name.size()));
        const auto armed = m_armed.find(name);
        if (!m_happened.contains(killedAt(name)))
            never.append(u"%1 (armed %2 times)"_s.arg(name).arg(armed == m_armed.end() ? 0 : armed->second));
    }
    return never;
}

QJsonObject DrillFaults::underWay() const
{
    QJsonObject matrix;
    for (const Point &point : points) {
        const QLatin1StringView name(point.name.data(), static_cast<qsizetype>(point.name.size()));
        const auto found = m_happened.find(killedAt(name));
        QJsonObject row;
        for (const auto &[operation, text] : EnumNames<check::Operation>::names) {
            // Screens send no commands, and an exchange is one.
            if (operation == check::Operation::Map || operation == check::Operation::ExchangeFrom)
                continue;
            const auto count = found == m_happened.end() ? 0 : countOf(found->second.underWay, operation);
            row.insert(QLatin1StringView(text), count);
        }
        matrix.insert(name, row);
    }
    return matrix;
}

void DrillFaults::happened(const QString &name)
{
    ++m_happened[name].times;
    ++m_done;
    if (m_random.bounded(databaseFaultOneIn) == 0)
        begun(m_database.begin(m_random));
    if (m_provider && m_random.bounded(providerFaultOneIn) == 0)
        begun(m_provider->begin(m_random));
}

/// An empty name: nothing could begin now.
void DrillFaults::begun(const QString &name)
{
    if (name.isEmpty())
        return;
    ++m_happened[name].times;
    ++m_done;
}

void DrillFaults::fail(const QString &message)
{
    m_failure = refuse(ErrorCode::Unavailable, message);
}

Status DrillFaults::end()
{
    m_isRunning = false;
    PT_CHECK(m_database.end());
    PT_CHECK(m_failure);
    if (m_provider)
        PT_CHECK(m_provider->end());
    const auto haveLife = [this](Node::Life wanted) {
        bool have = true;
        for (int node = 0; node < m_world.nodeCount(); ++node)
            have = m_world.node(node).life() == wanted && have;
        return have;
    };
    for (int node = 0; node < m_world.nodeCount(); ++node) {
        if (m_lives[static_cast<size_t>(node)].resumesAt > 0)
            m_world.node(node).resume();
        m_world.setUp(node, false);
        m_world.node(node).kill();
    }
    PT_TRY(const bool haveEnded,
           m_world.loop().run([&] { return haveLife(Node::Life::Ended); }, Loop::now() + startMax));
    for (int node = 0; node < m_world.nodeCount(); ++node)
        m_world.node(node).launch({});
    PT_TRY(const bool serve, m_world.loop().run([&] { return haveLife(Node::Life::Serving); }, Loop::now() + startMax));
    for (int node = 0; node < m_world.nodeCount(); ++node) {
        if (!haveEnded || (!serve && m_world.node(node).life() != Node::Life::Serving)) {
            return refuse(ErrorCode::Unavailable,
                          u"Server %1 did not start after the drill. %2"_s.arg(node).arg(m_world.node(node).logTail()));
        }
        m_world.setUp(node, true);
    }
    return {};
}

QStringList DrillFaults::sentences() const
{
    QStringList sentences{u"%1 faults:"_s.arg(m_done)};
    for (const auto &[name, what] : m_happened) {
        QStringList untold;
        for (const auto &[operation, count] : what.untold)
            untold.append(u"%1 %2"_s.arg(count).arg(enumName(operation)));
        QString sentence = u"  %1 x %2; without an answer: %3"_s.arg(what.times)
                               .arg(name, untold.isEmpty() ? u"none"_s : untold.join(u", "_s));
        if (what.turnedAway > 0)
            sentence += u"; told to come again: %1"_s.arg(what.turnedAway);
        sentences.append(sentence);
    }
    if (const QStringList never = pointsNeverReached(); !never.isEmpty())
        sentences.append(u"  Nobody was killed at: "_s + never.join(u", "_s));
    if (const QString leftOut = m_database.leftOut(); !leftOut.isEmpty())
        sentences.append(u"  "_s + leftOut);
    for (const auto &[node, log] : m_refusedStarts)
        sentences.append(u"  Server %1 ended while it started and was started again: %2"_s.arg(node).arg(log));
    return sentences;
}

QJsonObject DrillFaults::json() const
{
    QJsonObject all;
    for (const auto &[name, what] : m_happened) {
        QJsonObject one{{u"times"_s, what.times}};
        for (const auto &[operation, count] : what.untold)
            one.insert(u"untold_"_s + enumName(operation), count);
        if (what.turnedAway > 0)
            one.insert(u"turned_away"_s, what.turnedAway);
        all.insert(name, one);
    }
    return all;
}

} // namespace parterre::bench
