#include "catalog/catalogservice.h"
#include "catalog/seasoncommand.h"
#include "db/database.h"
#include "db/embeddedpostgres.h"
#include "db/migrator.h"
#include "holds/holdservice.h"
#include "holds/houses.h"
#include "inventory/seatmirror.h"
#include "load/processtimes.h"
#include "load/reference.h"
#include "load/season.h"
#include "support/need.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <numeric>
#include <sys/stat.h>
#include <utility>

using namespace Qt::StringLiterals;
using namespace parterre;
using namespace parterre::server;
using parterre::test::need;

/// Holds without the network: what the batches themselves can do, beside pgbench on the same cluster. Since a machine
/// that does other work makes rates worthless, the processor time for each hold is told too, ours and PostgreSQL's.
///
/// `bench_holds [waiting] [seconds] [requestsMax] [batchesAtOnce]`
namespace {

constexpr int seatCount = 150'000;
constexpr int seatsOfOneMax = 4;

/// Keeps so many requests waiting, as closed clients would.
class Load
{
public:
    Load(HoldService &holds, const PerformanceId &performance, int waiting)
        : m_holds(holds)
        , m_performance(performance)
        , m_waitingMax(waiting)
    {
        m_order.resize(seatCount);
        std::iota(m_order.begin(), m_order.end(), 0);
        std::shuffle(m_order.begin(), m_order.end(), *QRandomGenerator::global());
    }

    /// Ends sooner when the hall is full.
    void runFor(std::chrono::milliseconds time)
    {
        const auto end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end && m_next + seatsOfOneMax <= seatCount) {
            std::unique_lock lock(m_mutex);
            m_answered.wait(lock, [this] { return m_waiting < m_waitingMax; });
            ++m_waiting;
            lock.unlock();
            ask();
        }
        std::unique_lock lock(m_mutex);
        m_answered.wait(lock, [this] { return m_waiting == 0; });
    }

    struct Counts
    {
        int holds = 0;
        int seats = 0;
        int refused = 0;
        std::vector<double> milliseconds{};
    };
    [[nodiscard]] Counts take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_counts, {});
    }

private:
    void ask()
    {
        TakeHold command{.hold = HoldId::create(), .performance = m_performance, .seats = {}, .areas = {}};
        for (int seats = 1 + m_asked++ % seatsOfOneMax; seats > 0; --seats)
            command.seats.push_back(u"s%1"_s.arg(m_order[static_cast<size_t>(m_next++)]));
        const SaleParty party{.owner = u"buyer:"_s + SessionId::create().text(), .channel = SalesChannel::Web};
        const auto key = CommandKey::make(party.owner, CommandId::create().text(), u"take"_s, toJson(command));
        const auto begin = std::chrono::steady_clock::now();
        m_holds.take(party, key, command, [this, begin](const Result<HoldView> &outcome) {
            const std::lock_guard lock(m_mutex);
            --m_waiting;
            m_counts.milliseconds.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
            if (outcome) {
                ++m_counts.holds;
                m_counts.seats += static_cast<int>(outcome->places.size());
            } else {
                ++m_counts.refused;
            }
            m_answered.notify_one();
        });
    }

    HoldService &m_holds;
    const PerformanceId m_performance;
    const int m_waitingMax;
    std::vector<int> m_order;
    int m_next = 0;
    int m_asked = 0;
    std::mutex m_mutex;
    std::condition_variable m_answered;
    int m_waiting = 0;
    Counts m_counts;
};

double percentile(std::vector<double> &values, double part)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

} // namespace

int main(int argc, char **argv)
{
    const auto argument = [&](int index, int fallback) { return argc > index ? std::atoi(argv[index]) : fallback; };
    const int waiting = argument(1, 256);
    const int seconds = argument(2, 5);
    const HoldQueueConfig queue{.batchesAtOnce = argument(4, 2), .requestsMax = argument(3, 256)};

    QTemporaryDir folder(QDir::tempPath() + u"/parterre-bench-XXXXXX"_s);
    ::chmod(QFile::encodeName(folder.path()).constData(), 0711);
    EmbeddedPostgres postgres({.directory = folder.filePath(u"postgres"_s)});
    need(postgres.start());
    need(Migrator(postgres.dsn()).run());
    Database database({.dsn = postgres.dsn()});
    const QString season = need(bench::writeSeason({.halls = {{.seats = seatCount}}}, folder.path()));
    need(applySeason(season, database));
    SeatMirror mirror(database);
    mirror.start();
    CatalogService catalog(database, mirror);
    const auto lookup = [&](const PerformanceId &id) -> Result<PerformanceFacts> {
        PT_TRY(PerformanceDetail detail, catalog.performance(id, false));
        PT_TRY(auto layout, catalog.layout(detail.layout));
        return PerformanceFacts{std::move(detail), std::move(layout)};
    };
    std::atomic<int> batches = 0;
    Houses houses(mirror);
    HoldService holds(
        database, lookup, houses, [&](const PerformanceId &) { ++batches; }, queue);
    Load load(holds, need(catalog.performances(true)).front().id, waiting);
    load.runFor(std::chrono::seconds(1)); // Connections, plans, caches.
    (void)load.take();

    batches = 0;
    const auto spent = [&] {
        return std::pair(
            bench::processTimes(QCoreApplication::applicationPid()).value_or(bench::ProcessTimes()).nanoseconds,
            bench::clusterNanoseconds(postgres.pid()));
    };
    const auto [oursBefore, postgresBefore] = spent();
    const auto begin = std::chrono::steady_clock::now();
    load.runFor(std::chrono::seconds(seconds));
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const auto [oursAfter, postgresAfter] = spent();
    auto counts = load.take();
    const double requests = std::max(1, counts.holds + counts.refused);
    std::printf("%d waiting: %.0f holds/s, %.0f seats/s, %d refused, p50 %.1f ms, p99 %.1f ms, %.0f requests a batch\n",
                waiting, counts.holds / took, counts.seats / took, counts.refused, percentile(counts.milliseconds, 0.5),
                percentile(counts.milliseconds, 0.99), requests / std::max(1, batches.load()));
    std::printf("processor time a request: %.1f us ours, %.1f us PostgreSQL's\n",
                static_cast<double>(oursAfter - oursBefore) / requests / 1e3,
                static_cast<double>(postgresAfter - postgresBefore) / requests / 1e3);
    const SeatMirror::Figures mirrored = mirror.figures();
    std::printf("mirror: %.1f bytes a seat\n",
                static_cast<double>(mirrored.bytes) / static_cast<double>(std::max<qint64>(mirrored.seats, 1)));
    const auto references = need(bench::measureReferences({.dsn = postgres.dsn(), .folder = folder.path()}));
    std::printf("pgbench, one-row updates at 16 clients: %.0f/s\n", references.pgbenchPerSecond);
    return 0;
}
