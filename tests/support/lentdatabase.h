#pragma once

#include "check/salebooks.h"
#include "db/database.h"

#include <QString>

#include <pqxx/pqxx>

#include <memory>
#include <mutex>

namespace parterre::test {

/// A migrated database that one test after the other has for itself, with connections that stay: a new one has to learn
/// each table and plan each statement anew, which takes longer than most tests. Between two tests it is put back as
/// its migrations left it, row by row and number by number; one whose tables a test has changed serves no other.
class LentDatabase
{
public:
    /// One that no test has now. It is given back when nobody has the pointer, or the pool by way of it, any more.
    [[nodiscard]] static std::shared_ptr<LentDatabase> borrow();

    explicit LentDatabase(const QString &dsn);

    [[nodiscard]] const QString &dsn() const { return pool.config().dsn; }

    /// Calls `use` with a connection past every service, in autocommit and in UTC, as all of this cluster.
    template <class Use>
    auto directly(const Use &use)
    {
        const std::unique_lock lock(m_mutex, std::try_to_lock);
        if (lock)
            return run(m_direct, use);
        pqxx::connection another(dsn().toStdString()); // Who has the first one may wait for what this one does.
        return run(another, use);
    }

    server::Database pool;
    const check::SaleBooks books; ///< Of it, with a connection of their own from the first question on.

private:
    template <class Use>
    static auto run(pqxx::connection &connection, const Use &use)
    {
        pqxx::nontransaction direct(connection);
        return use(direct);
    }
    /// False where it is not to be had any more.
    [[nodiscard]] bool restore();
    [[nodiscard]] bool isLeftByAll();

    std::mutex m_mutex;
    pqxx::connection m_direct;
};

/// Makes a database that lends itself out of one that is migrated; see LentDatabase.
void prepareToLend(pqxx::connection &connection);

} // namespace parterre::test
