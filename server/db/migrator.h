#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace parterre::server {

/// The newest migration of this build.
inline constexpr int schemaNumber = 27;

struct Migration
{
    int number = 0; ///< From 1, without gaps.
    QString name;   ///< The file's name without number and ending.
    QByteArray sql;
};

/// The migrations that are compiled in, by number.
[[nodiscard]] std::vector<Migration> compiledInMigrations();

/// Brings a database to the schema that this build was written for. Several servers may start at once: the first takes
/// an advisory lock and migrates, the others wait and find the work done.
class Migrator
{
public:
    explicit Migrator(QString dsn, std::vector<Migration> migrations = compiledInMigrations());

    /// Runs what is missing, each file in its own transaction; returns how many were run. WrongState when an applied
    /// file was changed since or when the database is newer than this build; nothing is changed then.
    [[nodiscard]] Result<int> run();

private:
    QString m_dsn;
    std::vector<Migration> m_migrations;
};

} // namespace parterre::server
