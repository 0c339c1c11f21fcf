#include "load/referencerepository.h"

#include "load/loop.h"

#include <pqxx/pqxx>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr auto referenceDatabase = "bench_reference";
constexpr int clockSamples = 20;

std::unexpected<Error> referenceFailed(const std::exception &error)
{
    return refuse(ErrorCode::Unavailable,
                  u"The reference database failed: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
}

void execute(const QString &dsn, const std::string &sql)
{
    pqxx::connection connection(dsn.toStdString());
    pqxx::nontransaction(connection).exec(sql);
}

} // namespace

ReferenceDatabase::ReferenceDatabase(QString clusterDsn)
    : m_clusterDsn(std::move(clusterDsn))
    , m_dsn(m_clusterDsn + u" dbname="_s + QString::fromLatin1(referenceDatabase)) // Of two names libpq takes the last.
{}

ReferenceDatabase::ReferenceDatabase(ReferenceDatabase &&other) noexcept
    : m_clusterDsn(std::exchange(other.m_clusterDsn, {}))
    , m_dsn(std::move(other.m_dsn))
{}

ReferenceDatabase::~ReferenceDatabase()
{
    if (m_clusterDsn.isEmpty())
        return;
    try {
        execute(m_clusterDsn,
                QByteArray("drop database if exists ").append(referenceDatabase).append(" with (force)").toStdString());
    } catch (const std::exception &) {
        // It goes with the cluster.
    }
}

Result<ReferenceDatabase> ReferenceDatabase::create(const QString &clusterDsn, int rows)
{
    try {
        execute(clusterDsn, std::string("create database ") + referenceDatabase);
        ReferenceDatabase database(clusterDsn);
        // The columns, key and free space of seat_inventory.
        execute(database.dsn(),
                "create table seat (seat_no int primary key, state text not null default 'available', hold_id uuid, "
                "held_until timestamptz) with (fillfactor = 70)");
        execute(database.dsn(), "insert into seat (seat_no) select generate_series(1, " + std::to_string(rows) + ")");
        execute(database.dsn(), "vacuum analyze seat");
        execute(database.dsn(), "checkpoint");
        return database;
    } catch (const std::exception &error) {
        return referenceFailed(error);
    }
}

Status makeLogFiles(const QString &dsn)
{
    try {
        // Each file gets one record; the checkpoint keeps what it does not need any more for what comes.
        execute(dsn,
                "do $$ begin for i in 1 .. (select setting::int / 16 from pg_settings where name = 'min_wal_size') "
                "loop perform pg_logical_emit_message(false, 'bench', ''); perform pg_switch_wal(); end loop; end $$");
        execute(dsn, "checkpoint");
        return {};
    } catch (const std::exception &error) {
        return referenceFailed(error);
    }
}

Result<check::ClockSample> sampleClock(const QString &dsn)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::nontransaction work(connection);
        check::ClockSample best{.before = 0, .database = {}, .after = std::numeric_limits<qint64>::max()};
        for (int i = 0; i < clockSamples; ++i) {
            check::ClockSample sample{.before = Loop::now()};
            const auto rows = work.exec("select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
            sample.after = Loop::now();
            sample.database = Instant(std::chrono::microseconds(rows[0][0].as<long long>()));
            if (sample.after - sample.before < best.after - best.before)
                best = sample;
        }
        return best;
    } catch (const std::exception &error) {
        return referenceFailed(error);
    }
}

} // namespace parterre::bench
