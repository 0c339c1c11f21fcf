#include "edge/router.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace parterre::server;

namespace {

class Caught final : public HttpReply::Target
{
public:
    void deliver(HttpResponse answer) override { response = std::move(answer); }
    HttpResponse response;
};

const HttpHandler nothing = [](const HttpRequest &, const HttpReply &) {};

QByteArray headerOf(const HttpResponse &response, const QByteArray &name)
{
    for (const auto &[key, value] : response.headers) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace

class RouterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPlaceholderTakesOneSegment()
    {
        Router router;
        router.add("GET", u"/v1/holds/{id}"_s, nothing);
        QCOMPARE(router.match("GET", u"/v1/holds/7"_s).pathValues[u"id"_s], u"7"_s);
        QVERIFY(router.match("GET", u"/v1/holds/7/8"_s).route == nullptr);
        QVERIFY(router.match("GET", u"/v1/holds/"_s).route == nullptr);
    }
    void aLiteralWinsOverAPlaceholder()
    {
        Router router;
        router.add("GET", u"/seats/{id}"_s, nothing);
        router.add("GET", u"/seats/free"_s, nothing);
        QVERIFY(router.match("GET", u"/seats/free"_s).pathValues.isEmpty());
        QCOMPARE(router.match("GET", u"/seats/a"_s).pathValues.size(), 1);
    }
    void anotherMethodIsToldWhatIsAllowed()
    {
        Router router;
        router.add("GET", u"/a"_s, nothing);
        const auto match = router.match("POST", u"/a"_s);
        QVERIFY(match.route == nullptr);
        QCOMPARE(match.allowedMethods, QByteArray("GET, HEAD"));
        QVERIFY(router.match("HEAD", u"/a"_s).route != nullptr);
    }
    void aPageHasItsPolicyAndIsNotSentTwice()
    {
        QTemporaryDir folder;
        QFile page(folder.filePath(u"index.html"_s));
        QVERIFY(page.open(QIODevice::WriteOnly));
        page.write("<p>shop");
        page.close();
        Router router;
        QVERIFY(router.addStaticFiles(u"/"_s, folder.path()).has_value());
        const auto match = router.match("GET", u"/"_s);
        QVERIFY(match.route != nullptr);
        auto caught = std::make_shared<Caught>();
        match.route->http({}, HttpReply(caught));
        QCOMPARE(caught->response.body, QByteArray("<p>shop"));
        QCOMPARE(headerOf(caught->response, "Content-Type"), QByteArray("text/html; charset=utf-8"));
        QVERIFY(headerOf(caught->response, "Content-Security-Policy").startsWith("default-src 'none'"));
        HttpRequest again;
        again.headers.emplace_back("if-none-match", headerOf(caught->response, "ETag"));
        match.route->http(again, HttpReply(caught));
        QCOMPARE(caught->response.status, 304);
        QVERIFY(caught->response.body.isEmpty());
    }
    void aMissingFolderIsRefused()
    {
        Router router;
        QVERIFY(!router.addStaticFiles(u"/"_s, u"/no/such/folder"_s).has_value());
    }
};

QTEST_GUILESS_MAIN(RouterTest)
#include "tst_router.moc"
