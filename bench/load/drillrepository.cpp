#include "load/drillrepository.h"

#include "base/limits.h"

#include <pqxx/pqxx>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

std::unexpected<Error> drillFailed(const std::exception &error)
{
    return refuse(ErrorCode::Unavailable,
                  u"The database does not answer the drill: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
}

constexpr auto unsettledStates = "('created', 'authorising', 'requires_action', 'authorised', 'in_doubt')";

} // namespace

Result<int> hurryPayments(const QString &dsn, Seconds silence)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::work work(connection);
        // Rows that somebody works on are left to the next time: a server that stands still with its locks would have
        // the whole drill wait, which alone lets it go on.
        const int seconds = static_cast<int>(silence.count());
        work.exec_params(std::string("update payment_attempt set deadline = clock_timestamp() where id in (select id "
                                     "from payment_attempt where state in ") +
                             unsettledStates +
                             " and updated_at < clock_timestamp() - make_interval(secs => $1) "
                             "and deadline > clock_timestamp() for update skip locked)",
                         seconds);
        work.exec_params("update repayment set due_at = clock_timestamp() where id in (select id from repayment where "
                         "state = 'created' and created_at < clock_timestamp() - make_interval(secs => $1) and "
                         "due_at > clock_timestamp() for update skip locked)",
                         seconds);
        // Claimed for half a minute by a server that may be dead.
        work.exec_params("update cancellation_order set due_at = clock_timestamp() where order_id in (select order_id "
                         "from cancellation_order where refunded_at is null and due_at between clock_timestamp() and "
                         "clock_timestamp() + make_interval(secs => 30 - $1) for update skip locked)",
                         seconds);
        const auto rows =
            work.exec(std::string("select (select count(*) from payment_attempt where state in ") + unsettledStates +
                      ") + (select count(*) from repayment where state = 'created') + "
                      "(select count(*) from cancellation where finished_at is null)");
        work.commit();
        return rows[0][0].as<int>();
    } catch (const std::exception &error) {
        return drillFailed(error);
    }
}

Status letHoldersGo(const QString &dsn)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::nontransaction(connection)
            .exec_params("update payment_attempt set created_at = created_at - make_interval(secs => $1) "
                         "where state = 'requires_action' and created_at > clock_timestamp() - "
                         "make_interval(secs => $1)",
                         limits::paymentSecondsMax);
        return {};
    } catch (const std::exception &error) {
        return drillFailed(error);
    }
}

Result<int> eventsHeard(const QString &dsn, const std::vector<QString> &events)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::read_transaction work(connection);
        std::string ids;
        for (const QString &event : events)
            ids += (ids.empty() ? "" : ",") + work.quote(event.toStdString());
        return work.exec("select count(*) from provider_event where id in (" + ids + ")")[0][0].as<int>();
    } catch (const std::exception &error) {
        return drillFailed(error);
    }
}

Status cutConnections(const QString &dsn)
{
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::nontransaction(connection)
            .exec("select pg_terminate_backend(pid) from pg_stat_activity "
                  "where datname = current_database() and pid <> pg_backend_pid()");
        return {};
    } catch (const std::exception &error) {
        return drillFailed(error);
    }
}

void useUpLog(const QString &dsn)
{
    // It keeps a few files that it may write over, eighty megabytes by its settings.
    constexpr int filesMax = 100;
    try {
        pqxx::connection connection(dsn.toStdString());
        pqxx::nontransaction work(connection);
        for (int i = 0; i < filesMax; ++i)
            work.exec("select pg_logical_emit_message(false, 'drill', 'full'), pg_switch_wal()");
    } catch (const std::exception &) {
        // That was wanted.
    }
}

} // namespace parterre::bench
