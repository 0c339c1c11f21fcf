#include "load/drillrepository.h"
#include "load/smalldisk.h"
#include "load/world.h"
#include "support/need.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include <pqxx/pqxx>

using namespace parterre;
using namespace parterre::bench;
using parterre::test::need;
using namespace Qt::StringLiterals;

namespace {

constexpr int takesMax = 5'000;
constexpr qint64 comesBackMillisecondsMax = 60'000;

QByteArray uuid()
{
    return newUuidV7().toByteArray(QUuid::WithoutBraces);
}

QByteArray holdOf(const HttpAnswer &answer)
{
    return QJsonDocument::fromJson(answer.body).object().value(u"id"_s).toString().toLatin1();
}

int heldSeats(const QString &dsn)
{
    pqxx::connection connection(dsn.toStdString());
    pqxx::nontransaction work(connection);
    return work.exec("select count(*) from seat_inventory where state = 'held'")[0][0].as<int>();
}

} // namespace

/// What buyers are told while the disk of PostgreSQL is full, and that all goes on when it is not. The drill does the
/// same at random moments. Where this machine lets nobody mount a file system, the drill says so, and so does this.
class TestFullDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingCanBeAddedUntilThereIsRoom();
    void buyersAreToldAndTheSameCommandIsDoneOnceLater_data();
    void buyersAreToldAndTheSameCommandIsDoneOnceLater();
};

void TestFullDisk::nothingCanBeAddedUntilThereIsRoom()
{
    const QTemporaryDir folder;
    const auto disk = SmallDisk::mountOn(folder.path());
    if (!disk) {
        QVERIFY2(disk.error().message.contains(u"refused: "_s), qPrintable(disk.error().message));
        return;
    }
    QFile file(folder.filePath(u"ledger"_s));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QCOMPARE(file.write(QByteArray(4'096, 'a')), 4'096);
    QVERIFY((*disk)->fill().has_value());
    QVERIFY((*disk)->isFull());
    QCOMPARE(file.write("b"), -1);
    QVERIFY(file.seek(0));
    QCOMPARE(file.write("b"), 1); // What is there may be written over.
    QVERIFY((*disk)->makeRoom().has_value());
    QVERIFY(file.seek(4'096));
    QCOMPARE(file.write("b"), 1);
}

void TestFullDisk::buyersAreToldAndTheSameCommandIsDoneOnceLater_data()
{
    QTest::addColumn<bool>("endsPostgres");
    QTest::newRow("the tables have no room") << false;
    QTest::newRow("the log has no room, and PostgreSQL gives up") << true;
}

void TestFullDisk::buyersAreToldAndTheSameCommandIsDoneOnceLater()
{
    QFETCH(bool, endsPostgres);
    const auto world = need(World::open({.server = QStringLiteral(PARTERRE_BIN_DIR) + u"/parterred"_s,
                                         .season = {{{.seats = 400, .seatsPerRow = 20, .areaCapacities = {}}}},
                                         .sessions = 4,
                                         .connections = 4,
                                         .hasSmallDisk = true}));
    SmallDisk *disk = world->node().disk();
    if (!disk) {
        QVERIFY(world->node().diskStatus().error().message.contains(u"refused: "_s));
        return;
    }
    HttpClient client(world->loop(), world->node().port(), 1);
    const auto ask = [&](const HttpCall &call) { return need(client.call(call)); };
    const auto session = ask({.method = "POST", .target = "/v1/sessions", .key = uuid()});
    const QByteArray token = QJsonDocument::fromJson(session.body).object().value(u"token"_s).toString().toLatin1();
    const auto take = [&](int seat) {
        return HttpCall{.method = "POST",
                        .target = "/v1/holds",
                        .token = token,
                        .key = uuid(),
                        .body = "{\"hold\":\"" + uuid() + "\",\"performance\":\"" +
                                world->performance(0).uuid().toByteArray(QUuid::WithoutBraces) + "\",\"seats\":[\"s" +
                                QByteArray::number(seat) + "\"]}"};
    };
    QCOMPARE(ask(take(0)).status, 201);

    QVERIFY(disk->fill().has_value());
    if (endsPostgres)
        useUpLog(world->node().dsn());
    // Rows fit into pages that are there for a while.
    HttpCall refused;
    HttpAnswer answer;
    for (int i = 0; i < takesMax && answer.status != 503; ++i) {
        refused = take(1);
        answer = ask(refused);
        if (answer.status == 201) {
            refused = {.method = "DELETE", .target = "/v1/holds/" + holdOf(answer), .token = token, .key = uuid()};
            answer = ask(refused);
        }
    }
    QCOMPARE(answer.status, 503);
    const QJsonObject problem = QJsonDocument::fromJson(answer.body).object();
    const QString code = problem.value(u"code"_s).toString();
    QVERIFY2(code == u"unavailable" || code == u"outcome_unknown", answer.body.constData());
    QVERIFY(problem.value(u"retry_after"_s).toInt() > 0);
    if (!endsPostgres)
        QVERIFY2(problem.value(u"detail"_s).toString().contains(u"disk is full"_s), answer.body.constData());

    QVERIFY(disk->makeRoom().has_value());
    QElapsedTimer waited;
    waited.start();
    while ((answer = ask(refused)).status >= 300 && waited.elapsed() < comesBackMillisecondsMax)
        QTest::qWait(100);
    QVERIFY2(answer.status < 300, answer.body.constData());
    QCOMPARE(ask(refused).body, answer.body); // Once, however often it is asked for.
    QCOMPARE(heldSeats(world->node().dsn()), refused.method == "POST" ? 2 : 1);
}

QTEST_GUILESS_MAIN(TestFullDisk)
#include "tst_fulldisk.moc"
