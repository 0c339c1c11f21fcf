#include "db/database.h"

#include "base/assert.h"
#include "db/namedconnection.h"
#include "db/transaction.h"
#include "runtime/faultpoint.h"

#include <QLoggingCategory>
#include <QRandomGenerator>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "parterre.db")

using Connection = std::unique_ptr<NamedConnection>;

struct IdleConnection
{
    Connection connection;
    ConnectionUse lastUse;
};

/// What is to be done about one attempt that failed.
struct Failure
{
    bool again = false;
    bool connectionIsLost = false;
    Error error{};
};

Error overloaded(const QString &message)
{
    return Error{.code = ErrorCode::Overloaded, .message = message, .retryAfterSeconds = 2};
}

Error unavailable(const QString &message)
{
    return Error{.code = ErrorCode::Unavailable, .message = message, .retryAfterSeconds = 5};
}

Error internal()
{
    return Error{.code = ErrorCode::Internal, .message = u"Something went wrong on our side; the log says what."_s};
}

Failure lostConnection()
{
    // COMMIT was not sent, so PostgreSQL rolls back: trying again cannot double anything.
    return {.again = true,
            .connectionIsLost = true,
            .error = unavailable(u"The database cannot be reached; nothing was done. Try again in a moment."_s)};
}

/// The keys of rows that are written without asking first whether they are there (docs/adr/0005).
bool isRace(std::string_view what)
{
    return what.find("\"hold_pkey\"") != what.npos || what.find("\"hold_command_pkey\"") != what.npos;
}

Failure judgeSqlState(const QString &state, const char *what)
{
    // The transaction was chosen as a victim and rolled back; PostgreSQL asks for it to be run again.
    if (state == u"40001" || state == u"40P01")
        return {.again = true, .error = overloaded(u"Too many people changed this at once. Try again."_s)};
    // The statement or its lock took too long. Not again: that would add load where there is too much of it.
    if (state == u"57014" || state == u"55P03")
        return {.error = overloaded(u"The database took too long; nothing was done. Try again in a moment."_s)};
    // The server is going down or coming up: a new connection may reach it, or its successor.
    if (state.startsWith(u"57P0") || state.startsWith(u"08"))
        return lostConnection();
    // PostgreSQL has rolled back and goes on by itself when there is room.
    if (state == u"53100") {
        qCCritical(log) << "The disk of PostgreSQL is full; make room on it:" << what;
        return {.error =
                    unavailable(u"The database's disk is full; nothing was done. Tell whoever runs the server to make "
                                "room, and try again then."_s)};
    }
    // Memory or connections are used up. Not again: only an operator or time can help.
    if (state.startsWith(u"53")) {
        qCCritical(log) << "PostgreSQL has run out of a resource:" << state << what;
        return {.error = unavailable(u"The database is out of room; nothing was done. Try again later."_s)};
    }
    // A migration has changed what a statement gives that this connection keeps a plan of; another one has none.
    if (state == u"0A000")
        return lostConnection();
    // A read-only server is a standby, or the old primary after a failover.
    if (state == u"25006")
        return {.connectionIsLost = true, .error = unavailable(u"The database is read-only at the moment."_s)};
    // A row under an id that its caller made is there by now: another node was quicker with the same command or hold,
    // whose row we waited for. What was begun is undone, and a second attempt finds what the first one left.
    if (state == u"23505" && isRace(what))
        return {.error = {.code = ErrorCode::InProgress,
                          .message = u"This command is being carried out. Ask again in a moment."_s}};
    // Constraints (23xxx) and faulty SQL. Not again: repositories avoid what can be avoided by ON CONFLICT, so this is
    // a fault of ours, and the constraint has just prevented its effect.
    qCCritical(log) << "PostgreSQL refused a statement:" << state << what;
    return {.error = internal()};
}

/// The one place that knows the errors of PostgreSQL. To be called in a catch block.
Failure judgeCurrentException(const pqxx::connection &connection)
{
    try {
        throw;
    } catch (const pqxx::broken_connection &) {
        return lostConnection();
    } catch (const pqxx::serialization_failure &error) {
        return judgeSqlState(u"40001"_s, error.what());
    } catch (const pqxx::deadlock_detected &error) {
        return judgeSqlState(u"40P01"_s, error.what());
    } catch (const pqxx::sql_error &error) {
        const QString state = QString::fromStdString(error.sqlstate());
        // libpqxx 6 tells of a connection that was closed under a statement without an SQLSTATE.
        if (!connection.is_open() && !state.startsWith(u"53"))
            return lostConnection();
        return judgeSqlState(state, error.what());
    } catch (const std::exception &error) {
        if (!connection.is_open())
            return lostConnection();
        // Conversion and usage errors. Not again: they would fail in the same way.
        qCCritical(log) << "A transaction failed by our own fault:" << error.what();
        return {.error = internal()};
    }
}

/// As above for an error of COMMIT itself. Unless PostgreSQL has said that it rolled back, nobody knows.
Failure judgeCommitException(const pqxx::connection &connection)
{
    try {
        throw;
    } catch (const pqxx::serialization_failure &) {
        return judgeCurrentException(connection);
    } catch (const pqxx::deadlock_detected &) {
        return judgeCurrentException(connection);
    } catch (const pqxx::integrity_constraint_violation &) {
        return judgeCurrentException(connection); // A deferred constraint: rolled back for certain.
    } catch (const std::exception &error) {
        // in_doubt_error and everything like it. Never again: it may have been committed, and would be doubled.
        qCWarning(log) << "The outcome of a commit is unknown:" << error.what();
        return {
            .connectionIsLost = true,
            .error = {.code = ErrorCode::OutcomeUnknown,
                      .message =
                          u"The connection was lost while saving. Ask again with the same id to learn the outcome."_s}};
    }
}

/// Waits until all that is committed by now is on disk: PostgreSQL writes its log in order, so what it has written for
/// the commit of this message it has written for every one before it. On the connection of the commit that is waited
/// for, since another could be one to a server that was started anew in between.
void waitForDisk(pqxx::connection &connection)
{
    static constexpr auto name = "parterre_wait_for_disk"; // Planned once a connection, as all that runs often.
    connection.prepare(name, "select pg_logical_emit_message(true, 'parterre', '')");
    pqxx::nontransaction(connection).exec_prepared(name);
}

/// The pool of which this thread has a connection. A thread that has one and waits for another of the same pool would
/// wait for ever once all threads do, so that is never allowed, however roomy the pool is.
thread_local const Database *inside = nullptr;

class Inside
{
public:
    explicit Inside(const Database *database)
        : m_before(std::exchange(inside, database))
    {}
    ~Inside() { inside = m_before; }
    Inside(const Inside &) = delete;
    Inside &operator=(const Inside &) = delete;

private:
    const Database *m_before;
};

void backOff(int attempt)
{
    // Jitter, so that two victims of one deadlock do not meet again.
    const int ceiling = 10 << std::min(attempt, 5);
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + QRandomGenerator::global()->bounded(ceiling)));
}

} // namespace

class Database::Private
{
public:
    explicit Private(DatabaseConfig given)
        : config(std::move(given))
    {}

    Result<Connection> acquire(ConnectionUse use);
    void release(Connection connection, ConnectionUse use);
    void forget(Connection connection);
    std::optional<Failure> attempt(NamedConnection &connection, const std::function<bool(Transaction &)> &work);

    const DatabaseConfig config;
    std::mutex mutex;
    std::condition_variable returned;
    std::vector<IdleConnection> idle;
    Counts counts;
    std::atomic<MapCommits *> mapCommits = nullptr;

private:
    Connection connect(int place) const;
    Connection takeIdle(ConnectionUse use);
};

Connection Database::Private::connect(int place) const
{
    auto connection = std::make_unique<NamedConnection>(config.dsn.toStdString(), place);
    const auto milliseconds = [](std::chrono::milliseconds time) { return std::to_string(time.count()); };
    connection->set_variable("default_transaction_isolation", "'read committed'");
    connection->set_variable("timezone", "'UTC'");
    connection->set_variable("datestyle", "'ISO, YMD'");
    connection->set_variable("application_name", "'parterred'");
    // A plan that is made while a table is empty reads all of it, and is kept while the table grows: at the beginning
    // of an on-sale, until the statistics follow. All that we ask often has its index. The penalty that keeps such
    // plans away would also look to PostgreSQL like work that is worth compiling.
    connection->set_variable("enable_seqscan", "off");
    connection->set_variable("enable_bitmapscan", "off"); // Worth it for many rows of one value only.
    connection->set_variable("plan_cache_mode", "force_generic_plan");
    connection->set_variable("jit", "off");
    connection->set_variable("statement_timeout", milliseconds(config.statementTimeout));
    connection->set_variable("lock_timeout", milliseconds(config.lockTimeout));
    // A transaction waits for our own code only; longer than two statements means that its thread is lost.
    connection->set_variable("idle_in_transaction_session_timeout", milliseconds(config.statementTimeout * 2));
    return connection;
}

/// The oldest of this use, so that few do nearly all of it. Once there may be no more of them, the youngest of another,
/// which that needs least. Null where one is to be opened. Under the lock.
Connection Database::Private::takeIdle(ConnectionUse use)
{
    const auto rank = [use](const IdleConnection &one) {
        const bool isOther = one.lastUse != use;
        return std::pair(isOther, isOther ? -one.connection->place : one.connection->place);
    };
    const auto best = std::ranges::min_element(idle, {}, rank);
    if (best == idle.end() || (best->lastUse != use && counts.open < config.connectionsMax))
        return nullptr;
    Connection connection = std::move(best->connection);
    idle.erase(best);
    return connection;
}

Result<Connection> Database::Private::acquire(ConnectionUse use)
{
    std::unique_lock lock(mutex);
    const bool isFree = returned.wait_for(lock, config.acquireTimeout,
                                          [this] { return !idle.empty() || counts.open < config.connectionsMax; });
    if (!isFree)
        return refuse(overloaded(u"Every database connection is busy; nothing was done. Try again in a moment."_s));
    ++counts.inUse;
    if (Connection connection = takeIdle(use))
        return connection;
    const int place = counts.open++;
    lock.unlock();
    try {
        return connect(place);
    } catch (const std::exception &error) {
        // PostgreSQL is away, starting, or refuses us. run() tries again, since a restart takes a moment.
        qCWarning(log) << "No connection to PostgreSQL:" << error.what();
        forget(nullptr);
        return refuse(unavailable(u"The database cannot be reached; nothing was done. Try again in a moment."_s));
    }
}

void Database::Private::release(Connection connection, ConnectionUse use)
{
    {
        const std::lock_guard lock(mutex);
        --counts.inUse;
        idle.push_back({std::move(connection), use});
    }
    returned.notify_one();
}

void Database::Private::forget(Connection connection)
{
    connection.reset(); // Outside the lock: closing may take a round trip.
    {
        const std::lock_guard lock(mutex);
        --counts.inUse;
        --counts.open;
        // Its neighbours have most likely died of the same cause, and each would cost one more attempt.
        counts.open -= static_cast<int>(idle.size());
        idle.clear();
    }
    returned.notify_all();
}

std::optional<Failure> Database::Private::attempt(NamedConnection &connection,
                                                  const std::function<bool(Transaction &)> &work)
{
    std::vector<std::function<void()>> hooks;
    const NamedConnection::InUse inUse(connection);
    try {
        pqxx::work transaction(connection);
        Transaction ours(transaction, mapCommits);
        if (!work(ours)) {
            transaction.abort();
            return std::nullopt;
        }
        ours.runLastSteps();
        hooks = ours.takeAfterCommit();
        const Fault fault = faultPoint("db_before_commit");
        if (fault == Fault::AbortConnection)
            ::shutdown(connection.sock(), SHUT_RDWR);
        try {
            if (fault != Fault::Skip)
                transaction.commit();
            if (fault != Fault::Skip && ours.waitsForDisk()) {
                (void)faultPoint("db_before_disk");
                waitForDisk(connection);
            }
            if (faultPoint("db_after_commit") == Fault::AbortConnection)
                throw std::runtime_error("the fault point db_after_commit cut the connection");
        } catch (...) {
            return judgeCommitException(connection);
        }
    } catch (...) {
        return judgeCurrentException(connection);
    }
    for (const auto &hook : hooks)
        hook();
    return std::nullopt;
}

Database::Database(DatabaseConfig config)
    : m_private(std::make_unique<Private>(std::move(config)))
{
    PT_ASSERT(m_private->config.connectionsMax > 0, "a pool without connections would refuse everything");
}

Database::~Database() = default;

Status Database::run(const std::function<bool(Transaction &)> &work, ConnectionUse use)
{
    PT_ASSERT(inside != this, "a transaction does not begin another on the pool that it stands on");
    const Inside here(this);
    Error last;
    for (int tried = 0; tried < m_private->config.attemptsMax; ++tried) {
        if (tried > 0) {
            backOff(tried);
            const std::lock_guard lock(m_private->mutex);
            ++m_private->counts.retries;
        }
        auto connection = m_private->acquire(use);
        if (!connection) {
            last = std::move(connection).error();
            if (last.code == ErrorCode::Overloaded)
                return refuse(last);
            continue;
        }
        const auto failure = m_private->attempt(**connection, work);
        if (failure && failure->connectionIsLost)
            m_private->forget(*std::move(connection));
        else
            m_private->release(*std::move(connection), use);
        const std::lock_guard lock(m_private->mutex);
        if (!failure) {
            ++m_private->counts.transactions;
            return {};
        }
        if (failure->error.code == ErrorCode::OutcomeUnknown)
            ++m_private->counts.inDoubt;
        last = failure->error;
        if (!failure->again)
            return refuse(last);
    }
    return refuse(last);
}

void Database::tellMapCommits(MapCommits *listener)
{
    m_private->mapCommits = listener;
}

Status Database::ping()
{
    return transact([](Transaction &transaction) -> Status {
        if (flag(transaction.query("select pg_is_in_recovery()")[0][0]))
            return refuse(unavailable(u"The database is a standby and cannot be written to."_s));
        return {};
    });
}

const DatabaseConfig &Database::config() const
{
    return m_private->config;
}

Database::Counts Database::counts() const
{
    const std::lock_guard lock(m_private->mutex);
    return m_private->counts;
}

} // namespace parterre::server
