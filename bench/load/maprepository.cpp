#include "load/maprepository.h"

#include <pqxx/pqxx>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> mapFailed(const std::exception &error)
{
    return refuse(ErrorCode::Unavailable,
                  u"The map's changes cannot be read: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
}

} // namespace

Result<std::map<qint64, Instant>> changeTimes(const QString &dsn, const PerformanceId &performance, qint64 since)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::read_transaction work(connection);
        std::map<qint64, Instant> times;
        for (const auto &row : work.exec_params("select seq, (extract(epoch from created_at) * 1000000)::bigint "
                                                "from map_change where performance_id = $1 and seq > $2",
                                                performance.text().toStdString(), static_cast<long long>(since)))
            times.emplace(row[0].as<long long>(), Instant(std::chrono::microseconds(row[1].as<long long>())));
        return times;
    } catch (const std::exception &error) {
        return mapFailed(error);
    }
}

Result<qint64> mapNumber(const QString &dsn, const PerformanceId &performance)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::read_transaction work(connection);
        const auto rows =
            work.exec_params("select seq from map_clock where performance_id = $1", performance.text().toStdString());
        return rows[0][0].as<long long>();
    } catch (const std::exception &error) {
        return mapFailed(error);
    }
}

Result<std::vector<FreedSeat>> freedTimes(const QString &dsn, const PerformanceId &performance)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::read_transaction work(connection);
        std::vector<FreedSeat> seats;
        for (const auto &row : work.exec_params(
                 "with freed as (select n::int as seat_no, c.created_at from map_change c, "
                 "                 jsonb_array_elements_text(c.seats -> 'a') n where c.performance_id = $1), "
                 "expired as (select n as seat_no, h.held_until from hold h, unnest(h.seats) n "
                 "            where h.performance_id = $1 and h.state = 'expired') "
                 "select f.seat_no, (extract(epoch from max(e.held_until)) * 1000000)::bigint, "
                 "       (extract(epoch from f.created_at) * 1000000)::bigint "
                 "from freed f join expired e on e.seat_no = f.seat_no and e.held_until <= f.created_at + interval "
                 "'100 ms' "
                 "group by f.seat_no, f.created_at",
                 performance.text().toStdString())) {
            seats.push_back({.number = row[0].as<int>(),
                             .heldUntil = Instant(std::chrono::microseconds(row[1].as<long long>())),
                             .at = Instant(std::chrono::microseconds(row[2].as<long long>()))});
        }
        return seats;
    } catch (const std::exception &error) {
        return mapFailed(error);
    }
}

} // namespace parterre::bench
