#include "db/migrator.h"

#include "base/assert.h"
#include "db/transaction.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QLoggingCategory>

#include <map>

// Outside of every namespace, as the macro asks: a static library's resources are dropped unless they are named.
static void initMigrationsResource()
{
    Q_INIT_RESOURCE(migrations);
}

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logMigrations, "parterre.db.migrations")

// Any number will do that nothing else in this database locks: "parterre" in ASCII.
constexpr qint64 advisoryLock = 0x7061727465727265;

struct Applied
{
    QString name;
    QString sha256;
};

QString checksum(const Migration &migration)
{
    return QString::fromLatin1(QCryptographicHash::hash(migration.sql, QCryptographicHash::Sha256).toHex());
}

std::map<int, Applied> readApplied(pqxx::connection &connection)
{
    pqxx::work work(connection);
    work.exec("create table if not exists schema_migration (number int primary key, name text not null, "
              "sha256 text not null, applied_at timestamptz not null default now())");
    std::map<int, Applied> applied;
    for (const auto &row : work.exec("select number, name, sha256 from schema_migration order by number"))
        applied[smallNumber(row[0])] = {.name = text(row[1]), .sha256 = text(row[2])};
    work.commit();
    return applied;
}

Status checkApplied(const std::map<int, Applied> &applied, const std::vector<Migration> &migrations)
{
    for (const auto &[number, entry] : applied) {
        if (number > static_cast<int>(migrations.size()))
            return refuse(
                ErrorCode::WrongState,
                u"The database was migrated by a newer version (to %1 %2; this one knows %3). Install that version."_s
                    .arg(number)
                    .arg(entry.name)
                    .arg(migrations.size()));
        if (entry.sha256 != checksum(migrations[static_cast<size_t>(number) - 1]))
            return refuse(ErrorCode::WrongState,
                          u"Migration %1 (%2) was changed after it was applied to this database. Put the original back "
                          "and write a new migration."_s.arg(number)
                              .arg(entry.name));
    }
    return {};
}

void apply(pqxx::connection &connection, const Migration &migration)
{
    pqxx::work work(connection);
    work.exec(migration.sql.toStdString());
    Transaction(work).execute("insert into schema_migration (number, name, sha256) values ($1, $2, $3)",
                              migration.number, migration.name, checksum(migration));
    work.commit();
    qCInfo(logMigrations) << "applied migration" << migration.number << migration.name;
}

} // namespace

std::vector<Migration> compiledInMigrations()
{
    initMigrationsResource();
    std::vector<Migration> migrations;
    const QDir folder(u":/parterre/migrations"_s);
    for (const QString &fileName : folder.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(fileName));
        const bool isOpen = file.open(QIODevice::ReadOnly);
        PT_ASSERT(isOpen, "a compiled-in file can be read");
        migrations.push_back(
            {.number = fileName.left(4).toInt(), .name = fileName.mid(5).chopped(4), .sql = file.readAll()});
    }
    return migrations;
}

Migrator::Migrator(QString dsn, std::vector<Migration> migrations)
    : m_dsn(std::move(dsn))
    , m_migrations(std::move(migrations))
{
    for (size_t i = 0; i < m_migrations.size(); ++i)
        PT_ASSERT(m_migrations[i].number == static_cast<int>(i) + 1, "migrations are numbered from 1 without gaps");
}

Result<int> Migrator::run()
{
    try {
        pqxx::connection connection(m_dsn.toStdString());
        pqxx::nontransaction(connection).exec("select pg_advisory_lock(" + std::to_string(advisoryLock) + ")");
        const auto applied = readApplied(connection);
        PT_CHECK(checkApplied(applied, m_migrations));
        int count = 0;
        for (const Migration &migration : m_migrations) {
            if (applied.contains(migration.number))
                continue;
            apply(connection, migration);
            ++count;
        }
        return count; // The session ends here and with it the lock.
    } catch (const std::exception &error) {
        // Not again: at the start an operator reads this, and what was applied stays and is skipped next time.
        return refuse(ErrorCode::Unavailable,
                      u"The database could not be migrated: %1"_s.arg(QString::fromUtf8(error.what()).trimmed()));
    }
}

} // namespace parterre::server
