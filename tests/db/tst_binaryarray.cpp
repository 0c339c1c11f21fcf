#include "db/binaryarray.h"
#include "db/database.h"
#include "db/transaction.h"
#include "support/testdatabase.h"

#include <QTest>

#include <array>
#include <limits>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

/// Columns in PostgreSQL's binary form, read by PostgreSQL itself.
class TestOfBinaryArray : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        DatabaseConfig config;
        config.dsn = test::TestDatabase::instance().emptyDsn();
        m_database = std::make_unique<Database>(config);
    }

    void everyTypeArrivesAsItIsWritten()
    {
        BinaryArray numbers(BinaryArray::Of::Int);
        for (const int number : {0, -1, 80'000, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()})
            numbers.add(number);
        QCOMPARE(readBack("select $1::int[]::text", numbers), u"{0,-1,80000,2147483647,-2147483648}"_s);

        BinaryArray flags(BinaryArray::Of::Flag);
        flags.add(true);
        flags.add(false);
        QCOMPARE(readBack("select $1::boolean[]::text", flags), u"{t,f}"_s);

        BinaryArray texts(BinaryArray::Of::Text);
        texts.add(u"a \"quoted\" {Bühne}, \\ and 🎭"_s);
        texts.addWord("held");
        texts.add(QByteArray("{\"state\":\"live\"}"));
        texts.add(QString());
        QCOMPARE(readBack("select array_to_string($1::text[], '|')", texts),
                 u"a \"quoted\" {Bühne}, \\ and 🎭|held|{\"state\":\"live\"}|"_s);

        BinaryArray bytes(BinaryArray::Of::Bytes);
        bytes.add(QByteArray("\0\xFF\\", 3));
        QCOMPARE(readBack("select encode(($1::bytea[])[1], 'hex')", bytes), u"00ff5c"_s);

        const auto id = QUuid::fromString(u"{00112233-4455-7677-8899-aabbccddeeff}"_s);
        BinaryArray ids(BinaryArray::Of::Uuid);
        ids.add(id);
        ids.add(QUuid());
        QCOMPARE(readBack("select $1::uuid[]::text", ids), u"{00112233-4455-7677-8899-aabbccddeeff,NULL}"_s);

        BinaryArray places(BinaryArray::Of::Place);
        places.addPlace(70'000, 93);
        QCOMPARE(readBack("select ($1::tid[])[1]::text", places), u"(70000,93)"_s);
    }

    void timesKeepTheirMicrosecondOnBothSidesOfPostgresqlsEpoch()
    {
        BinaryArray times(BinaryArray::Of::Instant);
        const std::array written{u"1999-12-31T23:59:59.999999Z"_s, u"2000-01-01T00:00:00Z"_s,
                                 u"2026-11-28T21:04:05.000001Z"_s};
        for (const QString &text : written)
            times.add(*instantFromText(text));
        times.addNull();
        QCOMPARE(readBack("select array_to_string(array(select to_char(t, 'YYYY-MM-DD HH24:MI:SS.US') "
                          "from unnest($1::timestamptz[]) t), '|', 'none')",
                          times),
                 u"1999-12-31 23:59:59.999999|2000-01-01 00:00:00.000000|2026-11-28 21:04:05.000001|none"_s);
    }

    void anEmptyColumnIsAnEmptyArray()
    {
        QCOMPARE(readBack("select cardinality($1::uuid[])::text", BinaryArray(BinaryArray::Of::Uuid)), u"0"_s);
        QCOMPARE(readBack("select coalesce(($1::int[])[1:0], '{}')::text", BinaryArray(BinaryArray::Of::Int)), u"{}"_s);
    }

    void aColumnOfAnotherTypeIsRefusedByPostgresql()
    {
        BinaryArray numbers(BinaryArray::Of::Int);
        numbers.add(1);
        const auto refused = m_database->transact([&](Transaction &transaction) -> Status {
            transaction.query("select $1::bigint[]", numbers.bytes());
            return {};
        });
        QCOMPARE(refused.error().code, ErrorCode::Internal);
    }

private:
    QString readBack(const char *sql, const BinaryArray &column)
    {
        const auto read = m_database->transact([&](Transaction &transaction) {
            return Result<QString>(text(transaction.query(sql, column.bytes())[0][0]));
        });
        return read ? *read : read.error().message;
    }

    std::unique_ptr<Database> m_database;
};

QTEST_GUILESS_MAIN(TestOfBinaryArray)
#include "tst_binaryarray.moc"
