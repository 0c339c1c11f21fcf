#include "support/testdatabase.h"

#include "base/assert.h"
#include "db/embeddedpostgres.h"
#include "db/migrator.h"
#include "support/clusterwatch.h"
#include "support/lentdatabase.h"
#include "support/roomyfolder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
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

/// Where a migrated cluster is kept from one test executable to the next. Its name changes with whatever makes it: the
/// sources of a cluster, its migrations, and what is made of them to be lent.
QString keptCluster()
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const QDir sources(QStringLiteral(PARTERRE_SOURCE_DIR));
    QStringList files{u"server/db/embeddedpostgres.cpp"_s, u"server/db/migrator.cpp"_s,
                      u"tests/support/testdatabase.cpp"_s, u"tests/support/lentdatabase.cpp"_s};
    const QString migrations = u"server/db/migrations/"_s;
    for (const QString &migration : QDir(sources.filePath(migrations)).entryList(QDir::Files, QDir::Name))
        files.append(migrations + migration);
    for (const QString &name : files) {
        QFile file(sources.filePath(name));
        PT_ASSERT(file.open(QIODevice::ReadOnly), "the sources of a database can be read");
        hash.addData(name.toUtf8());
        hash.addData(file.readAll());
    }
    return QStringLiteral(PARTERRE_BIN_DIR "/../testclusters/") + QString::fromLatin1(hash.result().toHex().left(16));
}

/// With owners, since PostgreSQL takes a cluster of its own user alone.
bool copyCluster(const QString &from, const QString &to)
{
    return QDir().mkpath(QFileInfo(to).path()) && QProcess::execute(u"cp"_s, {u"-a"_s, from, to}) == 0;
}

/// Two that keep one at once are no harm: the second finds the place taken, and its copy goes.
void keepCluster(const QString &from, const QString &kept)
{
    const QString copy = u"%1.%2"_s.arg(kept).arg(::getpid());
    if (!copyCluster(from, copy) || !QDir().rename(copy, kept))
        QDir(copy).removeRecursively();
}

} // namespace

class TestDatabase::Private
{
public:
    QTemporaryDir folder{roomyFolderTemplate()};
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
    const QString folder = m_private->folder.filePath(u"postgres"_s);
    const QString cluster = folder + u"/cluster"_s;
    const QString kept = keptCluster();
    const bool isKept = QFileInfo::exists(kept);
    if (isKept)
        PT_ASSERT(copyCluster(kept, cluster), "there is room for a PostgreSQL");
    m_private->postgres = std::make_unique<server::EmbeddedPostgres>(
        server::EmbeddedPostgresConfig{.directory = folder, .isDurable = false});
    require(m_private->postgres->start());
    // Finds nothing to do in a kept one, and would refuse one of other migrations.
    const auto migrated = server::Migrator(m_private->postgres->dsn()).run();
    require(migrated ? Status() : Status(refuse(migrated.error())));
    if (!isKept) {
        const QString lendable = makeDatabase(u"parterre"_s, u"lendable"_s);
        {
            pqxx::connection connection(lendable.toStdString());
            prepareToLend(connection);
        }
        m_private->postgres->stop();
        keepCluster(cluster, kept);
        require(m_private->postgres->start());
    }
}

TestDatabase::~TestDatabase() = default;

QString TestDatabase::freshDsn()
{
    return makeDatabase(u"parterre"_s, nextName());
}

QString TestDatabase::lendableDsn()
{
    return makeDatabase(u"lendable"_s, nextName());
}

QString TestDatabase::emptyDsn()
{
    return makeDatabase(u"template0"_s, nextName());
}

server::EmbeddedPostgres &TestDatabase::postgres()
{
    return *m_private->postgres;
}

QString TestDatabase::nextName()
{
    return u"test_%1"_s.arg(++m_private->count);
}

QString TestDatabase::makeDatabase(const QString &templateName, const QString &name)
{
    pqxx::connection connection(m_private->postgres->dsn(u"postgres"_s).toStdString());
    // Not page by page through the log, as is usual since 15: that costs a test of one row more than all that it tests.
    pqxx::nontransaction(connection)
        .exec(u"create database %1 template %2 strategy file_copy"_s.arg(name, templateName).toStdString());
    return m_private->postgres->dsn(name);
}

} // namespace parterre::test
