#include "runtime/config.h"
#include "runtime/logging.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

class TestOfConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault();
    void aWrongValueNamesItselfItsSourceAndWhatIsAllowed_data();
    void aWrongValueNamesItselfItsSourceAndWhatIsAllowed();
    void anUnknownKeyInTheFileIsRefused();
    void withoutASettingTheShopAndTheApiDescriptionAreBuiltIn();
    void nonsenseNeverBreaksTheReader();
    void aLogRecordIsOneLineAndKeepsNoSecrets();
};

namespace {

QString aFile(const QTemporaryDir &folder, const QByteArray &content)
{
    QFile file(folder.filePath(u"parterre.toml"_s));
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    return isWritten ? file.fileName() : QString();
}

} // namespace

void TestOfConfig::theFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault()
{
    const QTemporaryDir folder;
    const QStringList withFile{u"--config"_s, aFile(folder, "port = 1\n")};
    const QMap<QString, QString> environment{{u"PARTERRE_PORT"_s, u"2"_s}};
    QCOMPARE(readConfig({}, {})->config.port, 8420);
    QCOMPARE(readConfig(withFile, {})->config.port, 1);
    QCOMPARE(readConfig(withFile, environment)->config.port, 2);
    QCOMPARE(readConfig(withFile + QStringList{u"--port=3"_s}, environment)->config.port, 3);
}

void TestOfConfig::aWrongValueNamesItselfItsSourceAndWhatIsAllowed_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("allowed");
    QTest::newRow("port too high") << u"port"_s << u"65536"_s << u"0 to 65535"_s;
    QTest::newRow("port in words") << u"port"_s << u"http"_s << u"whole number"_s;
    QTest::newRow("level") << u"log-level"_s << u"loud"_s << u"debug, info, warning, error"_s;
    QTest::newRow("address") << u"listen"_s << u"localhost"_s << u"IPv4"_s;
    QTest::newRow("url") << u"public-url"_s << u"ftp://x"_s << u"https://"_s;
    QTest::newRow("proxies") << u"trusted-proxies"_s << u"10.0.0.1,x"_s << u"commas"_s;
    QTest::newRow("hold") << u"hold-seconds"_s << u"0"_s << u"1 to 1800"_s;
}

void TestOfConfig::aWrongValueNamesItselfItsSourceAndWhatIsAllowed()
{
    QFETCH(QString, name);
    QFETCH(QString, value);
    QFETCH(QString, allowed);
    const QString variable = u"PARTERRE_"_s + QString(name).replace(u'-', u'_').toUpper();
    const auto byFlag = readConfig({u"--"_s + name, value}, {});
    const auto byVariable = readConfig({}, {{variable, value}});
    QVERIFY(!byFlag && !byVariable);
    QCOMPARE(byFlag.error().field, name);
    QVERIFY2(byFlag.error().message.contains(u"--"_s + name), qPrintable(byFlag.error().message));
    QVERIFY2(byVariable.error().message.contains(variable), qPrintable(byVariable.error().message));
    QVERIFY2(byFlag.error().message.contains(allowed), qPrintable(byFlag.error().message));
}

void TestOfConfig::anUnknownKeyInTheFileIsRefused()
{
    const QTemporaryDir folder;
    const auto done = readConfig({u"--config"_s, aFile(folder, "prot = 1\n")}, {});
    QCOMPARE(done.error().field, u"prot"_s);
}

void TestOfConfig::withoutASettingTheShopAndTheApiDescriptionAreBuiltIn()
{
    const QString storefront = readConfig({}, {})->config.storefrontFolder;
    QVERIFY(QFile::exists(storefront + u"/index.html"_s));
    QVERIFY(QFile::exists(storefront + u"/shop.js"_s));
    QVERIFY(QFile::exists(u":/parterre/openapi.json"_s));
}

void TestOfConfig::nonsenseNeverBreaksTheReader()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const QTemporaryDir folder;
    const QByteArray good = "port = 8420\nlisten = '0.0.0.0'\ntrusted-proxies = ['10.0.0.1', '::1']\n";
    QVERIFY(readConfig({u"--config"_s, aFile(folder, good)}, {}));
    for (int round = 0; round < 300; ++round) {
        QByteArray content = good;
        for (int change = random.bounded(1, 6); change > 0; --change)
            content[random.bounded(static_cast<int>(content.size()))] = static_cast<char>(random.bounded(256));
        const auto done = readConfig({u"--config"_s, aFile(folder, content)}, {});
        QVERIFY(done ? done->config.port >= 0 && done->config.port <= 65'535 : !done.error().message.isEmpty());
    }
}

void TestOfConfig::aLogRecordIsOneLineAndKeepsNoSecrets()
{
    const LogRecord record{.time = {},
                           .level = u"info"_s,
                           .logger = u"parterre"_s,
                           .message = u"first\nsecond ann@example.org Bearer abc.def pt_live_12345"_s};
    for (const LogFormat format : {LogFormat::Json, LogFormat::Text}) {
        const QString line = formatLogRecord(record, format);
        QVERIFY(!line.contains(u'\n'));
        QVERIFY2(!line.contains(u"ann@"_s) && !line.contains(u"abc.def"_s) && !line.contains(u"12345"_s),
                 qPrintable(line));
    }
    const auto json = QJsonDocument::fromJson(formatLogRecord(record, LogFormat::Json).toUtf8()).object();
    QCOMPARE(json.value(u"ts"_s).toString(), u"1970-01-01T00:00:00Z"_s);
}

QTEST_GUILESS_MAIN(TestOfConfig)
#include "tst_config.moc"
