#include "support/apiserver.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre;
using parterre::test::a;
using parterre::test::Answer;
using parterre::test::ApiServer;
using parterre::test::need;
using parterre::test::SaleWorld;

namespace {

/// Puts the same play on again, `days` later, in the given state; its id.
QString addPerformance(SaleWorld &world, int days, const QString &state = u"on_sale"_s)
{
    const QString id = PerformanceId::create().text();
    world.sql(u"insert into performance (id, event_id, layout_id, starts_at, doors_at, state, hold_seconds) "
              "select '%1', event_id, layout_id, starts_at + interval '%2 days', doors_at + interval '%2 days', '%3', "
              "hold_seconds from performance where id = '%4'"_s.arg(id)
                  .arg(days)
                  .arg(state, world.performance().text()));
    world.sql(u"insert into map_clock (performance_id) values ('%1')"_s.arg(id));
    world.catalog().forgetRows();
    return id;
}

QJsonObject document()
{
    QFile file(QStringLiteral(PARTERRE_SOURCE_DIR "/resources/openapi/openapi.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s is missing", qPrintable(file.fileName()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

QString pathOf(const SaleWorld &world, QString address)
{
    return address.replace(u"{performance}"_s, world.performance().text());
}

} // namespace

class HttpApiCatalogTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { m_shared = std::make_unique<ApiServer>(); }
    void cleanupTestCase() { m_shared.reset(); }
    void pagesLeadToEveryPerformanceOnce();
    void aBadPageIsRefused_data();
    void aBadPageIsRefused();
    void draftsAndCancelledAreNotOffered();
    void aDraftIsNotFound_data();
    void aDraftIsNotFound();
    void whatTheCallerHasIsNotSentAgain_data();
    void whatTheCallerHasIsNotSentAgain();
    void aSaleChangesTheValidator();
    void aLayoutMayBeKeptForEver();
    void theMapShowsTheHeldAndTheSold();
    void theDocumentIsTheOneInTheSources();
    void everyOperationAnswersAsTheDocumentSays_data();
    void everyOperationAnswersAsTheDocumentSays();

private:
    int m_drafts = 0;
    std::unique_ptr<ApiServer> m_shared; ///< For rows that change nothing that another looks at.
};

void HttpApiCatalogTest::pagesLeadToEveryPerformanceOnce()
{
    ApiServer server;
    QStringList expected{server.world().performance().text()};
    for (int i = 1; i <= 4; ++i)
        expected.append(addPerformance(server.world(), i));
    static const QRegularExpression next(u"^<([^>]+)>; rel=\"next\"$"_s);
    QStringList found;
    QString address = u"/v1/performances?limit=2"_s;
    for (int pages = 1; pages <= 3; ++pages) {
        const Answer page = server.get(address);
        QCOMPARE(page.status, 200);
        for (const auto &entry : page.json().value(u"performances"_s).toArray())
            found.append(entry.toObject().value(u"id"_s).toString());
        const bool isLast = pages == 3;
        QCOMPARE(page.json().contains(u"next_cursor"_s), !isLast);
        const auto match = next.match(QString::fromLatin1(page.headers.value("link")));
        QCOMPARE(match.hasMatch(), !isLast);
        address = match.captured(1);
        if (!isLast)
            QVERIFY(address.endsWith(u"cursor="_s + page.json().value(u"next_cursor"_s).toString()));
        // Put on sale while someone pages, in front of what was seen: it may neither repeat nor hide anything.
        if (pages == 1)
            (void)addPerformance(server.world(), -1);
    }
    QCOMPARE(found, expected);
}

void HttpApiCatalogTest::aBadPageIsRefused_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("pointer");
    const auto row = [](const QString &query, const QString &pointer) {
        QTest::newRow(qPrintable(query)) << query << pointer;
    };
    for (const auto &limit : {u"0"_s, u"-1"_s, u"201"_s, u"two"_s, u""_s, u"1e2"_s, u"99999999999"_s})
        row(u"limit="_s + limit, u"/limit"_s);
    for (const auto &cursor : {u""_s, u"x"_s, u"*"_s, u"MTIzNDU"_s, u"LjAxOTM4ZjRl"_s, u"%E2%82%AC"_s})
        row(u"cursor="_s + cursor, u"/cursor"_s);
}

void HttpApiCatalogTest::aBadPageIsRefused()
{
    QFETCH(QString, query);
    QFETCH(QString, pointer);
    ApiServer &server = *m_shared;
    const Answer answer = server.get(u"/v1/performances?"_s + query);
    QCOMPARE(answer.status, 400);
    QVERIFY(answer.isProblem());
    QCOMPARE(answer.pointer(), pointer);
}

void HttpApiCatalogTest::draftsAndCancelledAreNotOffered()
{
    ApiServer server;
    const QString paused = addPerformance(server.world(), 1, u"paused"_s);
    (void)addPerformance(server.world(), 2, u"draft"_s);
    (void)addPerformance(server.world(), 3, u"cancelled"_s);
    const QJsonArray list = server.get(u"/v1/performances"_s).json().value(u"performances"_s).toArray();
    QCOMPARE(list.size(), 2);
    QCOMPARE(list.at(1).toObject().value(u"id"_s).toString(), paused);
}

void HttpApiCatalogTest::aDraftIsNotFound_data()
{
    QTest::addColumn<QString>("rest");
    for (const char *rest : {"", "/map", "/live"})
        QTest::newRow(rest) << QString::fromLatin1(rest);
}

void HttpApiCatalogTest::aDraftIsNotFound()
{
    QFETCH(QString, rest);
    ApiServer &server = *m_shared;
    const Answer answer =
        server.get(u"/v1/performances/"_s + addPerformance(server.world(), 1 + m_drafts++, u"draft"_s) + rest);
    QCOMPARE(answer.status, 404);
    QVERIFY(answer.isProblem());
}

void HttpApiCatalogTest::whatTheCallerHasIsNotSentAgain_data()
{
    QTest::addColumn<QString>("address");
    QTest::newRow("list") << u"/v1/performances"_s;
    QTest::newRow("performance") << u"/v1/performances/{performance}"_s;
    QTest::newRow("map") << u"/v1/performances/{performance}/map"_s;
    QTest::newRow("document") << u"/v1/openapi.json"_s;
    QTest::newRow("layout") << u"layout"_s;
}

void HttpApiCatalogTest::whatTheCallerHasIsNotSentAgain()
{
    QFETCH(QString, address);
    ApiServer &server = *m_shared;
    const QString path = address == u"layout"_s ? u"/v1/layouts/"_s + server.world().detail().layout.text()
                                                : pathOf(server.world(), address);
    const Answer first = server.get(path);
    QCOMPARE(first.status, 200);
    const QByteArray etag = first.headers.value("etag");
    QVERIFY(etag.startsWith('"') && etag.endsWith('"'));
    for (const QByteArray &have : {etag, "W/" + etag, "\"other\", " + etag, QByteArray("*")}) {
        const Answer again = server.send("GET", path, {.headers = {{"If-None-Match", have}}});
        QCOMPARE(again.status, 304);
        QCOMPARE(again.headers.value("etag"), etag);
        QVERIFY(again.body.isEmpty());
    }
    QCOMPARE(server.send("GET", path, {.headers = {{"If-None-Match", "\"other\""}}}).body, first.body);
}

void HttpApiCatalogTest::aSaleChangesTheValidator()
{
    ApiServer server;
    const QString path = pathOf(server.world(), u"/v1/performances/{performance}"_s);
    const QByteArray before = server.get(path).headers.value("etag");
    (void)need(server.world().takeSeats(server.world().desk(), {a(1)}));
    const Answer after = server.send("GET", path, {.headers = {{"If-None-Match", before}}});
    QCOMPARE(after.status, 200);
    QCOMPARE(after.json().value(u"performance"_s).toObject().value(u"available"_s).toInt(),
             SaleWorld::seatCount + SaleWorld::yardCapacity - 1);
}

void HttpApiCatalogTest::aLayoutMayBeKeptForEver()
{
    ApiServer &server = *m_shared;
    const Answer layout = server.get(u"/v1/layouts/"_s + server.world().detail().layout.text());
    QCOMPARE(layout.headers.value("cache-control"), "public, max-age=31536000, immutable");
    QCOMPARE(server.get(u"/v1/layouts/"_s + LayoutId::create().text()).status, 404);
}

void HttpApiCatalogTest::theMapShowsTheHeldAndTheSold()
{
    ApiServer server;
    (void)need(server.world().sell(server.world().desk(), {a(1)}));
    (void)need(server.world().takeSeats(server.world().desk(), {a(2)}));
    const Answer map = server.get(pathOf(server.world(), u"/v1/performances/{performance}/map"_s));
    QCOMPARE(map.status, 200);
    QCOMPARE(map.headers.value("cache-control"), "no-cache");
    const QString seats = map.json().value(u"seats"_s).toString();
    QCOMPARE(seats.size(), SaleWorld::seatCount);
    QCOMPARE(seats.left(3), u"sha"_s);
}

void HttpApiCatalogTest::theDocumentIsTheOneInTheSources()
{
    ApiServer &server = *m_shared;
    const Answer answer = server.get(u"/v1/openapi.json"_s);
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.json(), document());
}

void HttpApiCatalogTest::everyOperationAnswersAsTheDocumentSays_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("method");
    const QJsonObject paths = document().value(u"paths"_s).toObject();
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        for (const QString &method : path.value().toObject().keys())
            QTest::newRow(qPrintable(method + u' ' + path.key())) << path.key() << method;
    }
}

/// Whatever is asked, the status is one that the document lists, and a refusal has a code that it lists.
void HttpApiCatalogTest::everyOperationAnswersAsTheDocumentSays()
{
    QFETCH(QString, path);
    QFETCH(QString, method);
    ApiServer &server = *m_shared;
    const QJsonObject api = document();
    const QJsonObject documented = api.value(u"paths"_s)
                                       .toObject()
                                       .value(path)
                                       .toObject()
                                       .value(method)
                                       .toObject()
                                       .value(u"responses"_s)
                                       .toObject();
    const QJsonArray codes = api.value(u"components"_s)
                                 .toObject()
                                 .value(u"schemas"_s)
                                 .toObject()
                                 .value(u"Problem"_s)
                                 .toObject()
                                 .value(u"properties"_s)
                                 .toObject()
                                 .value(u"code"_s)
                                 .toObject()
                                 .value(u"enum"_s)
                                 .toArray();
    QVERIFY(!documented.isEmpty() && !codes.isEmpty());
    for (const QString &id : {server.world().performance().text(), OrderId::create().text(), u"none"_s}) {
        if (path.endsWith(u"/live"_s) && id == server.world().performance().text())
            continue; // A stream that stays open.
        for (const QByteArray &token : {QByteArray(), QByteArray("unknown"), server.token()}) {
            QString real = path;
            const Answer answer =
                server.send(method.toUpper().toLatin1(), real.replace(u"{id}"_s, id),
                            {.body = method == u"post"_s ? "{}" : "", .key = ApiServer::newKey(), .token = token});
            QVERIFY2(documented.contains(QString::number(answer.status)), answer.body.constData());
            if (answer.status >= 400) {
                QVERIFY2(answer.isProblem(), answer.body.constData());
                QVERIFY2(codes.contains(answer.code()), answer.body.constData());
            }
        }
    }
}

QTEST_MAIN(HttpApiCatalogTest)
#include "tst_httpapicatalog.moc"
