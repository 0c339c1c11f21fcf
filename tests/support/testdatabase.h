#pragma once

#include <QString>

#include <memory>

namespace parterre::server {
class EmbeddedPostgres;
}

namespace parterre::test {

/// One throw-away PostgreSQL for a test executable, started by the first call and removed at its end. It has no fsync:
/// what is tested with it is what the statements do, not the disk. Its cluster is a copy of one that is kept in the build's
/// folder `testclusters`, so that each executable is spared an initdb and all migrations; the first makes it.
class TestDatabase
{
public:
    static TestDatabase &instance();
    ~TestDatabase();
    TestDatabase(const TestDatabase &) = delete;
    TestDatabase &operator=(const TestDatabase &) = delete;

    /// A new database with the schema of this build and nothing in it; a copy of a template, so it takes some 20 ms.
    [[nodiscard]] QString freshDsn();
    /// One that can be put back as it was made; see LentDatabase.
    [[nodiscard]] QString lendableDsn();
    /// A new database without any table.
    [[nodiscard]] QString emptyDsn();
    [[nodiscard]] server::EmbeddedPostgres &postgres();

private:
    TestDatabase();
    QString nextName();
    QString makeDatabase(const QString &templateName, const QString &name);

    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace parterre::test
