#include "inventory/seatmirror.h"

#include "db/database.h"
#include "inventory/inventoryrepository.h"
#include "runtime/periodictask.h"

#include <QLoggingCategory>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace parterre::server {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.mirror")

using Moment = std::chrono::steady_clock::time_point;

/// How far back a newly read map knows what changed: after a restart everybody comes back, and missed about so much.
constexpr int recentChangesMax = 2'000;
/// What this node commits while a map is being read; past it the next look reads the rest.
constexpr size_t waitingDeltasMax = 1'000;
/// Read so lately, a map is in use: dropping it would read it again at once.
constexpr auto inUse = 10s;
constexpr auto sweepInterval = 1s;

std::unexpected<Error> noSuchPerformance()
{
    return refuse(ErrorCode::NotFound, u"There is no such performance. Choose one from the list."_s);
}

struct Read
{
    MapSnapshot map;
    inventory::RecentChanges recent;
};

} // namespace

class SeatMirror::Private
{
public:
    /// One performance. It may be dropped from the table while somebody works with it.
    struct Entry
    {
        explicit Entry(PerformanceId performance)
            : id(std::move(performance))
        {}

        const PerformanceId id;
        std::mutex loading; ///< Held over the query, so that a map is read once for all who ask at the same time.
        std::mutex mutex;   ///< Guards the three below, for microseconds.
        std::optional<MirroredMap> map;
        std::vector<MapDelta> waiting; ///< Committed while the map is being read.
        bool isForeign = false;        ///< A change did not fit the map: it has to be read anew.
        std::atomic<bool> isPoked = false;
        std::atomic<Moment> readAt = std::chrono::steady_clock::now();
    };
    using EntryPtr = std::shared_ptr<Entry>;

    Private(Database &db, const Options &given)
        : database(db)
        , options(given)
        , task(u"seatmirror"_s, given.pokeInterval, [this] { run(); })
    {}

    EntryPtr find(const PerformanceId &performance) const;
    /// With its map in it.
    Result<EntryPtr> loaded(const PerformanceId &performance);
    Status catchUp(Entry &entry);
    void poke(Entry &entry);

    Database &database;
    const Options options;
    std::atomic<qint64> applied = 0;
    std::atomic<qint64> caughtUp = 0;
    std::atomic<qint64> rebuilt = 0;

    Figures figures() const;
    PeriodicTask &following() { return task; }

private:
    Result<Read> readMap(const PerformanceId &performance, ConnectionUse use);
    Status load(const EntryPtr &entry);
    Status rebuild(Entry &entry, qint64 than);
    std::vector<EntryPtr> loadedEntries() const;

    // On the mirror's thread only.
    void run();
    void look(const std::vector<EntryPtr> &entries);
    void judge(Entry &entry, qint64 before, const std::map<PerformanceId, qint64> &numbers);
    void sweep();
    void tell(const Status &outcome);

    mutable std::shared_mutex m_mutex; ///< Guards the table.
    std::unordered_map<PerformanceId, EntryPtr> m_entries;
    std::atomic<bool> m_somePoked = false;
    Moment m_nextLook{};
    Moment m_nextSweep{};
    bool m_standsStill = false; ///< Told once, not each time.
    PeriodicTask task;          ///< Last, so that its thread has ended before anything it uses goes.
};

SeatMirror::Private::EntryPtr SeatMirror::Private::find(const PerformanceId &performance) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_entries.find(performance);
    return found == m_entries.end() ? nullptr : found->second;
}

Result<SeatMirror::Private::EntryPtr> SeatMirror::Private::loaded(const PerformanceId &performance)
{
    EntryPtr entry = find(performance);
    if (!entry) {
        const std::unique_lock lock(m_mutex);
        entry = m_entries.try_emplace(performance, std::make_shared<Entry>(performance)).first->second;
    }
    entry->readAt = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(entry->mutex);
        if (entry->map)
            return entry;
    }
    const std::lock_guard loading(entry->loading);
    {
        const std::lock_guard lock(entry->mutex);
        if (entry->map)
            return entry;
    }
    const Status done = load(entry);
    if (!done) {
        const std::unique_lock lock(m_mutex);
        if (const auto found = m_entries.find(performance); found != m_entries.end() && found->second == entry)
            m_entries.erase(found);
        return refuse(done.error());
    }
    return entry;
}

Result<Read> SeatMirror::Private::readMap(const PerformanceId &performance, ConnectionUse use)
{
    const auto read = [&](Transaction &transaction) -> Result<Read> {
        auto map = inventory::snapshot(transaction, performance);
        if (!map)
            return noSuchPerformance();
        auto recent = inventory::recentChanges(transaction, performance, map->seq, recentChangesMax);
        return Read{.map = *std::move(map), .recent = std::move(recent)};
    };
    return database.transact(read, use);
}

Status SeatMirror::Private::load(const EntryPtr &entry)
{
    // Whoever sells this house has its pages in memory from then on.
    PT_TRY(Read read, readMap(entry->id, ConnectionUse::Holds));
    const std::lock_guard lock(entry->mutex);
    entry->map.emplace(std::move(read.map), read.recent);
    for (const MapDelta &delta : std::exchange(entry->waiting, {}))
        entry->map->take(delta);
    return {};
}

void SeatMirror::Private::poke(Entry &entry)
{
    entry.isPoked = true;
    m_somePoked = true;
}

/// Reads what is missing. What other threads apply meanwhile does no harm: states are last values.
Status SeatMirror::Private::catchUp(Entry &entry)
{
    qint64 since = 0;
    {
        const std::lock_guard lock(entry.mutex);
        since = entry.map->seq();
    }
    const auto missed = database.transact([&](Transaction &transaction) -> Result<std::optional<MapDelta>> {
        return inventory::changesSince(transaction, entry.id, since);
    });
    if (!missed)
        return refuse(missed.error());
    if (!*missed) // Trimmed: we could not reach the database for long.
        return rebuild(entry, since);
    const std::lock_guard lock(entry.mutex);
    if (entry.map->take(**missed) == DeltaOutcome::Foreign)
        entry.isForeign = true;
    ++caughtUp;
    return {};
}

/// Reads the map anew. `than` is the number that is known to be wrong or out of reach: one that moved on meanwhile
/// stays, since it is newer than what was read.
Status SeatMirror::Private::rebuild(Entry &entry, qint64 than)
{
    auto read = readMap(entry.id, ConnectionUse::Anything);
    if (!read)
        return refuse(read.error());
    const std::lock_guard lock(entry.mutex);
    if (entry.map->seq() > than && read->map.seq >= than && read->map.seq <= entry.map->seq())
        return {};
    const auto early = entry.map->takeEarly();
    const qint64 seq = read->map.seq;
    qCInfo(log) << "The map of" << entry.id.text() << "was read anew at" << seq << "instead of" << than;
    entry.map.emplace(std::move(read->map), read->recent);
    entry.isForeign = false;
    for (const auto &[ignored, delta] : early) {
        if (delta.from <= seq)
            entry.map->take(delta);
    }
    ++rebuilt;
    return {};
}

std::vector<SeatMirror::Private::EntryPtr> SeatMirror::Private::loadedEntries() const
{
    std::vector<EntryPtr> entries;
    const std::shared_lock lock(m_mutex);
    for (const auto &[ignored, entry] : m_entries) {
        const std::lock_guard one(entry->mutex);
        if (entry->map)
            entries.push_back(entry);
    }
    return entries;
}

void SeatMirror::Private::run()
{
    const Moment now = std::chrono::steady_clock::now();
    const bool somePoked = m_somePoked.exchange(false);
    const bool isLookDue = now >= m_nextLook;
    if (!somePoked && !isLookDue)
        return;
    auto entries = loadedEntries();
    if (isLookDue)
        m_nextLook = now + options.lookInterval;
    else
        std::erase_if(entries, [](const EntryPtr &entry) { return !entry->isPoked; });
    look(entries);
    if (now >= m_nextSweep) {
        m_nextSweep = now + sweepInterval;
        sweep();
    }
}

void SeatMirror::Private::look(const std::vector<EntryPtr> &entries)
{
    if (entries.empty())
        return;
    // Before the numbers are read: what was committed after it may be ahead of them.
    std::vector<std::pair<EntryPtr, qint64>> before;
    std::vector<PerformanceId> ids;
    for (const EntryPtr &entry : entries) {
        entry->isPoked = false;
        ids.push_back(entry->id);
        const std::lock_guard lock(entry->mutex);
        before.emplace_back(entry, entry->map->seq());
    }
    const auto numbers = database.transact([&](Transaction &transaction) -> Result<std::map<PerformanceId, qint64>> {
        return inventory::mapNumbers(transaction, ids);
    });
    if (!numbers)
        return tell(refuse(numbers.error()));
    tell({});
    for (const auto &[entry, seq] : before)
        judge(*entry, seq, *numbers);
}

void SeatMirror::Private::judge(Entry &entry, qint64 before, const std::map<PerformanceId, qint64> &numbers)
{
    const auto number = numbers.find(entry.id);
    if (number == numbers.end()) {
        const std::unique_lock lock(m_mutex);
        m_entries.erase(entry.id);
        return;
    }
    qint64 now = 0;
    bool isForeign = false;
    {
        const std::lock_guard lock(entry.mutex);
        now = entry.map->seq();
        isForeign = entry.isForeign;
    }
    if (number->second < before) { // A restored backup, or a failover that lost commits.
        qCWarning(log) << "The map of" << entry.id.text() << "went back from" << before << "to" << number->second;
        tell(rebuild(entry, before));
    } else if (isForeign) {
        tell(rebuild(entry, now));
    } else if (number->second > now) {
        tell(catchUp(entry));
    }
}

void SeatMirror::Private::tell(const Status &outcome)
{
    if (outcome.has_value() == !m_standsStill)
        return;
    m_standsStill = !outcome;
    if (m_standsStill)
        qCWarning(log) << "The maps in memory stand still:" << outcome.error().message;
    else
        qCInfo(log) << "The maps in memory move again.";
}

void SeatMirror::Private::sweep()
{
    const Moment now = std::chrono::steady_clock::now();
    auto entries = loadedEntries();
    std::ranges::sort(entries, {}, [](const EntryPtr &entry) { return entry->readAt.load(); });
    qint64 bytes = figures().bytes;
    for (const EntryPtr &entry : entries) {
        const auto unread = now - entry->readAt.load();
        if (unread <= options.unreadKept && (bytes <= options.bytesMax || unread <= inUse))
            continue;
        {
            const std::lock_guard lock(entry->mutex);
            bytes -= entry->map->bytes();
        }
        const std::unique_lock lock(m_mutex);
        m_entries.erase(entry->id);
    }
}

SeatMirror::Figures SeatMirror::Private::figures() const
{
    Figures figures{.applied = applied, .caughtUp = caughtUp, .rebuilt = rebuilt};
    for (const EntryPtr &entry : loadedEntries()) {
        const std::lock_guard lock(entry->mutex);
        ++figures.performances;
        figures.seats += entry->map->seatCount();
        figures.bytes += static_cast<qint64>(sizeof(Entry)) + entry->map->bytes();
    }
    return figures;
}

SeatMirror::SeatMirror(Database &database)
    : SeatMirror(database, Options{})
{}

SeatMirror::SeatMirror(Database &database, const Options &options)
    : m_private(std::make_unique<Private>(database, options))
{
    database.tellMapCommits(this);
}

SeatMirror::~SeatMirror()
{
    stop();
    m_private->database.tellMapCommits(nullptr);
}

void SeatMirror::start()
{
    m_private->following().start();
}

void SeatMirror::stop()
{
    m_private->following().stop();
}

Result<SeatMirror::Version> SeatMirror::map(const PerformanceId &performance)
{
    PT_TRY(const auto entry, m_private->loaded(performance));
    const std::lock_guard lock(entry->mutex);
    return entry->map->version();
}

SeatMirror::Version SeatMirror::known(const PerformanceId &performance)
{
    const auto entry = m_private->find(performance);
    if (!entry)
        return nullptr;
    entry->readAt = std::chrono::steady_clock::now();
    const std::lock_guard lock(entry->mutex);
    return entry->map ? entry->map->version() : nullptr;
}

Result<PlaceCounts> SeatMirror::counts(const PerformanceId &performance)
{
    PT_TRY(const auto entry, m_private->loaded(performance));
    const std::lock_guard lock(entry->mutex);
    return entry->map->counts();
}

std::optional<MapDelta> SeatMirror::changedSince(const PerformanceId &performance, qint64 since)
{
    const auto entry = m_private->find(performance);
    if (!entry)
        return std::nullopt;
    const std::lock_guard lock(entry->mutex);
    return entry->map ? entry->map->changedSince(since) : std::nullopt;
}

void SeatMirror::committed(const PerformanceId &performance, const MapDelta &delta)
{
    const auto entry = m_private->find(performance);
    if (!entry)
        return;
    const std::lock_guard lock(entry->mutex);
    if (!entry->map) {
        if (entry->waiting.size() >= waitingDeltasMax)
            entry->waiting.clear();
        entry->waiting.push_back(delta);
        return;
    }
    switch (entry->map->take(delta)) {
    case DeltaOutcome::Applied:
        ++m_private->applied;
        break;
    case DeltaOutcome::Old:
        break;
    case DeltaOutcome::Foreign:
        entry->isForeign = true;
        m_private->poke(*entry);
        break;
    case DeltaOutcome::Gap:
        m_private->poke(*entry);
        break;
    }
}

void SeatMirror::changed(const PerformanceId &performance)
{
    if (const auto entry = m_private->find(performance))
        m_private->poke(*entry);
}

Status SeatMirror::refresh(const PerformanceId &performance)
{
    PT_TRY(const auto entry, m_private->loaded(performance));
    return m_private->catchUp(*entry);
}

SeatMirror::Figures SeatMirror::figures() const
{
    return m_private->figures();
}

} // namespace parterre::server
