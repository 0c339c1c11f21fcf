#pragma once

#include "base/result.h"

#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

namespace parterre::server {

class MapCommits;
class Transaction;

struct DatabaseConfig
{
    QString dsn; ///< libpq connection string.
    int connectionsMax = 16;
    std::chrono::milliseconds acquireTimeout{5'000}; ///< Waiting longer for a connection is ErrorCode::Overloaded.
    std::chrono::milliseconds statementTimeout{15'000};
    std::chrono::milliseconds lockTimeout{5'000};
    int attemptsMax = 5; ///< For what PostgreSQL asks to be tried again.
};

/// What a connection is for. PostgreSQL's process behind it has plans and pages of what it did before, and a large
/// batch of holds takes three times as long in one that has carried out none.
enum class ConnectionUse { Anything, Holds };

/// A bounded pool of connections and the one way to use them: transact(). Blocking; call it from worker threads.
/// Never make a network call inside a transaction (design D2).
class Database
{
public:
    explicit Database(DatabaseConfig config);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    /// Runs `work(Transaction &) -> Result<T>` in one READ COMMITTED transaction: commits when it returns a value,
    /// rolls back when it returns a refusal. Not to be called within `work` or a hook of it.
    ///
    /// Serialization failures, deadlocks and connections that broke before the commit was sent are tried again with
    /// back-off, so `work` may run several times and must have no effect outside the database. A connection lost
    /// while the commit was under way is ErrorCode::OutcomeUnknown and never tried again: the caller repeats the
    /// command with the same id and is given the first outcome (design D5). Time-outs and an exhausted pool are
    /// Overloaded, a database that is away or full Unavailable.
    template <class Work>
    auto transact(const Work &work, ConnectionUse use = ConnectionUse::Anything)
        -> std::invoke_result_t<Work, Transaction &>
    {
        using Outcome = std::invoke_result_t<Work, Transaction &>;
        std::optional<Outcome> outcome;
        const auto workDone = [&](Transaction &transaction) {
            outcome = work(transaction);
            return outcome->has_value();
        };
        const Status done = run(workDone, use);
        if (!done)
            return std::unexpected(done.error());
        return std::move(*outcome);
    }

    /// Who hears from now on what transactions change on maps; null for nobody. It must outlive the transactions.
    void tellMapCommits(MapCommits *listener);

    /// A round trip on a writable database, for readiness.
    [[nodiscard]] Status ping();
    [[nodiscard]] const DatabaseConfig &config() const;

    struct Counts
    {
        int open = 0;
        int inUse = 0;
        qint64 transactions = 0;
        qint64 retries = 0;
        qint64 inDoubt = 0;
    };
    [[nodiscard]] Counts counts() const;

private:
    /// `work` says whether to commit.
    [[nodiscard]] Status run(const std::function<bool(Transaction &)> &work, ConnectionUse use);

    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::server
