#include "support/testdatabase.h"

#include "base/assert.h"
#include "db/embeddedpostgres.h"
#include "db/migrator.h"
#include "support/clusterwatch.h"

#include <QDir>
#include <QFile>
#include <QStorageInfo>
#include <QTemporaryDir>

#include <pqxx/pqxx>

#include <cstdio>

#include <sys/stat.h>
#include <unistd.h>

namespace parterre::test {

using namespace Qt::StringLiterals;

namespace {

void require(const Status &status)
{
    if (!status)
        std::fprintf(stderr, "%s\n", qPrintable(status.error().message));
    PT_ASSERT(status.has_value(), "tests of the database need PostgreSQL 15: apt install postgresql-15");
}

/// In memory where there is plenty of it: making a database is making some 300 files, which a disk takes longer for
/// than for all that most tests do.
QString folderTemplate()
{
    constexpr qint64 bytesWanted = qint64(4) << 30;
    const QStorageInfo memory(u"/dev/shm"_s);
    const bool isRoomy = memory.isValid() && !memory.isReadOnly() && memory.bytesAvailable() > bytesWanted;
    return (isRoomy ? u"/dev/shm"_s : QDir::tempPath()) + u"/parterre-test-XXXXXX"_s;
}

} // namespace

class TestDatabase::Private
{
public:
    QTemporaryDir folder{folderTemplate()};
    ClusterWatch watch{folder.path()};
    std::unique_ptr<server::EmbeddedPostgres> postgres;
    int count = 0;
};

TestDatabase &TestDatabase::instance()
{
    static TestDatabase database;
    return database;
}

TestDatabase::TestDatabase()
    : m_private(std::make_unique<Private>())
{
    // Below the temporary folder, which is closed to the user that PostgreSQL runs as when the tests run as root.
    if (geteuid() == 0)
        ::chmod(QFile::encodeName(m_private->folder.path()).constData(), 0711);
    m_private->postgres = std::make_unique<server::EmbeddedPostgres>(
        server::EmbeddedPostgresConfig{.directory = m_private->folder.filePath(u"postgres"_s), .isDurable = false});
    require(m_private->postgres->start());
    const auto migrated = server::Migrator(m_private->postgres->dsn()).run();
    require(migrated ? Status() : Status(refuse(migrated.error())));
}

TestDatabase::~TestDatabase() = default;

QString TestDatabase::freshDsn()
{
    return makeDatabase(u"parterre"_s);
}

QString TestDatabase::emptyDsn()
{
    return makeDatabase(u"template0"_s);
}

server::EmbeddedPostgres &TestDatabase::postgres()
{
    return *m_private->postgres;
}

QString TestDatabase::makeDatabase(const QString &templateName)
{
    const QString name = u"test_%1"_s.arg(++m_private->count);
    pqxx::connection connection(m_private->postgres->dsn(u"postgres"_s).toStdString());
    pqxx::nontransaction(connection).exec(u"create database %1 template %2"_s.arg(name, templateName).toStdString());
    return m_private->postgres->dsn(name);
}

} // namespace parterre::test
