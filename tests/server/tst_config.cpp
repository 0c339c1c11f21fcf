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
    void theFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault_data();
    void theFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault();
    void aWrongValueNamesItselfItsSourceAndWhatIsAllowed_data();
    void aWrongValueNamesItselfItsSourceAndWhatIsAllowed();
    void aTableOfTheFileIsAPrefix();
    void aFileThatCannotBeReadSaysWhy_data();
    void aFileThatCannotBeReadSaysWhy();
    void aFlagThatCannotBeReadIsRefused_data();
    void aFlagThatCannotBeReadIsRefused();
    void everySettingIsInTheHelpWithItsVariable();
    void withoutASettingTheShopAndTheApiDescriptionAreBuiltIn();
    void nonsenseNeverBreaksTheReader();
    void nonsenseInFlagsAndVariablesNeverBreaksTheReader();
    void aLogRecordIsOneLineWhateverItsMessage_data();
    void aLogRecordIsOneLineWhateverItsMessage();
    void secretsAreNotLogged_data();
    void secretsAreNotLogged();
};

namespace {

QString aFile(const QTemporaryDir &folder, const QByteArray &content)
{
    QFile file(folder.filePath(u"parterre.toml"_s));
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    return isWritten ? file.fileName() : QString();
}

} // namespace

void TestOfConfig::theFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("flag");
    QTest::addColumn<int>("port");
    QTest::newRow("nothing is set") << QByteArray() << QString() << QString() << 8420;
    QTest::newRow("the file alone") << QByteArray("port = 1\n") << QString() << QString() << 1;
    QTest::newRow("the variable beats the file") << QByteArray("port = 1\n") << u"2"_s << QString() << 2;
    QTest::newRow("the flag beats all") << QByteArray("port = 1\n") << u"2"_s << u"3"_s << 3;
    QTest::newRow("the flag beats the file") << QByteArray("port = 1\n") << QString() << u"3"_s << 3;
}

void TestOfConfig::theFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, variable);
    QFETCH(QString, flag);
    const QTemporaryDir folder;
    QStringList arguments;
    QMap<QString, QString> environment;
    if (!file.isEmpty())
        arguments << u"--config"_s << aFile(folder, file);
    if (!variable.isEmpty())
        environment.insert(u"PARTERRE_PORT"_s, variable);
    if (!flag.isEmpty())
        arguments << u"--port="_s + flag;
    QTEST(readConfig(arguments, environment)->config.port, "port");
}

void TestOfConfig::aTableOfTheFileIsAPrefix()
{
    const QTemporaryDir folder;
    const QByteArray content = "port = 1\n[kafka]\nbrokers = ['one:9092', 'two:9092']\ntopic = 'sales'\n";
    const auto read = readConfig({u"--config"_s, aFile(folder, content)}, {});
    QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().message));
    QCOMPARE(read->config.kafkaBrokers, u"one:9092,two:9092"_s);
    QCOMPARE(read->config.kafkaTopic, u"sales"_s);
    const auto wrong = readConfig({u"--config"_s, aFile(folder, "[kafka]\nbroker = 'one'\n")}, {});
    QVERIFY(!wrong);
    QVERIFY2(wrong.error().message.contains(u"\"kafka-broker\", which does not exist"_s),
             qPrintable(wrong.error().message));
}

void TestOfConfig::everySettingIsInTheHelpWithItsVariable()
{
    for (const QString &line : configHelp().split(u'\n').mid(2)) {
        if (line.isEmpty())
            continue;
        const QString name = line.section(u' ', 0, 0, QString::SectionSkipEmpty);
        QVERIFY2(name.startsWith(u"--"_s), qPrintable(line));
        const QString variable = u"PARTERRE_"_s + name.mid(2).replace(u'-', u'_').toUpper();
        QVERIFY2(line.contains(variable), qPrintable(line));
    }
    QVERIFY(readConfig({u"--help"_s}, {})->helpIsWanted);
}

void TestOfConfig::aFileThatCannotBeReadSaysWhy_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("said");
    QTest::newRow("unknown key") << QByteArray("prot = 1\n") << u"\"prot\", which does not exist"_s;
    QTest::newRow("wrong kind") << QByteArray("port = 1.5\n") << u"must be a text, a whole number or a list"_s;
    QTest::newRow("a table in a table") << QByteArray("[kafka.topic]\nx = 1\n") << u"must be a text"_s;
    QTest::newRow("a table") << QByteArray("[port]\nx = 1\n") << u"must be a text"_s;
    QTest::newRow("not TOML") << QByteArray("port = 1\nlisten ::\n") << u"line 2"_s;
    QTest::newRow("not UTF-8") << QByteArray("port = 1\nlisten = '\xff\xfe'\n") << u"line 2"_s;
    QTest::newRow("too large") << QByteArray(1024 * 1024 + 1, '#') << u"larger than 1 MiB"_s;
}

void TestOfConfig::aFileThatCannotBeReadSaysWhy()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, said);
    const QTemporaryDir folder;
    const auto done = readConfig({u"--config"_s, aFile(folder, content)}, {});
    QVERIFY(!done);
    QVERIFY2(done.error().message.contains(said), qPrintable(done.error().message));
    QVERIFY2(done.error().message.contains(u"parterre.toml"_s), qPrintable(done.error().message));
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
    QTest::newRow("attempts") << u"outbox-attempts"_s << u"0"_s << u"1 to 1000"_s;
    QTest::newRow("topic") << u"kafka-topic"_s << u"facts of the house"_s << u"letters, digits"_s;
    QTest::newRow("networks") << u"webhook-allowed-networks"_s << u"10.0.0.0/8,10.0.0.0/33"_s << u"10.1.0.0/16"_s;
    QTest::newRow("a name is no network") << u"webhook-allowed-networks"_s << u"localhost"_s << u"10.1.0.0/16"_s;
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

void TestOfConfig::aFlagThatCannotBeReadIsRefused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("unknown") << QStringList{u"--prot=1"_s};
    QTest::newRow("without its value") << QStringList{u"--port"_s};
    QTest::newRow("empty where a number is asked") << QStringList{u"--port="_s};
    QTest::newRow("too long") << QStringList{u"--data-dir"_s, QString(5'000, u'x')};
    QTest::newRow("with a zero") << QStringList{u"--data-dir"_s, u"/srv/"_s + QChar(0)};
    QTest::newRow("an empty folder") << QStringList{u"--data-dir="_s};
    QTest::newRow("a file that is not there") << QStringList{u"--config"_s, u"/nonexistent.toml"_s};
}

void TestOfConfig::aFlagThatCannotBeReadIsRefused()
{
    QFETCH(QStringList, arguments);
    const auto done = readConfig(arguments, {});
    QVERIFY(!done);
    QVERIFY(done.error().message.endsWith(u'.'));
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

void TestOfConfig::nonsenseInFlagsAndVariablesNeverBreaksTheReader()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const QStringList names{u"port"_s, u"listen"_s, u"public-url"_s, u"trusted-proxies"_s, u"allowed-origins"_s};
    const QString letters = u"0123456789-=.,:/[]@% htps\u00e9"_s + QChar(0) + QChar(0xd83d);
    for (int round = 0; round < 2'000; ++round) {
        QString value;
        for (int length = random.bounded(24); length > 0; --length)
            value += letters[random.bounded(static_cast<int>(letters.size()))];
        const QString name = names[random.bounded(static_cast<int>(names.size()))];
        const QString variable = u"PARTERRE_"_s + QString(name).replace(u'-', u'_').toUpper();
        const auto byFlag = readConfig({u"--"_s + name + u'=' + value}, {});
        const auto byVariable = readConfig({}, {{variable, value}});
        QCOMPARE(byFlag.has_value(), byVariable.has_value());
        QVERIFY(byFlag ? byFlag->config.port >= 0 && byFlag->config.port <= 65'535 : byFlag.error().field == name);
    }
}

void TestOfConfig::aLogRecordIsOneLineWhateverItsMessage_data()
{
    QTest::addColumn<QString>("message");
    QTest::newRow("line feed") << u"first\n2026-01-01T00:00:00Z error forged: second"_s;
    QTest::newRow("carriage return") << u"first\rsecond"_s;
    QTest::newRow("Unicode's line separator") << u"first\u2028second"_s;
    QTest::newRow("next line") << u"first\u0085second"_s;
    QTest::newRow("a terminal's escape") << u"first\u001b[2Jsecond"_s;
    QTest::newRow("zero") << u"first"_s + QChar(0) + u"second"_s;
}

void TestOfConfig::aLogRecordIsOneLineWhateverItsMessage()
{
    QFETCH(QString, message);
    const LogRecord record{.time = {}, .level = u"info"_s, .logger = u"parterre"_s, .message = message};
    for (const LogFormat format : {LogFormat::Json, LogFormat::Text}) {
        const QString line = formatLogRecord(record, format);
        for (const QChar character : line)
            QVERIFY2(character.category() != QChar::Other_Control && character != QChar(0x2028), qPrintable(line));
    }
    const auto json = QJsonDocument::fromJson(formatLogRecord(record, LogFormat::Json).toUtf8()).object();
    QCOMPARE(json.value(u"msg"_s).toString(), message);
    QCOMPARE(json.value(u"ts"_s).toString(), u"1970-01-01T00:00:00Z"_s);
}

void TestOfConfig::secretsAreNotLogged_data()
{
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("secret");
    QTest::newRow("e-mail") << u"order of ann.lee+x@mail.example.org"_s << u"ann.lee"_s;
    QTest::newRow("bearer token") << u"Authorization: Bearer abc.def-ghi"_s << u"abc"_s;
    QTest::newRow("our key") << u"key pt_live_12345 was refused"_s << u"12345"_s;
    QTest::newRow("password of a DSN") << u"host=db user=x password=hunter2 dbname=y"_s << u"hunter2"_s;
    QTest::newRow("quoted password") << u"host=db password='hunter 2' dbname=y"_s << u"hunter"_s;
    QTest::newRow("password of a URL") << u"postgresql://parterre:hunter2@db/parterre"_s << u"hunter2"_s;
    QTest::newRow("cookie") << u"Cookie: sid=s3cr3t; x=1"_s << u"s3cr3t"_s;
}

void TestOfConfig::secretsAreNotLogged()
{
    QFETCH(QString, message);
    QFETCH(QString, secret);
    const LogRecord record{.time = {}, .level = u"info"_s, .logger = u"parterre"_s, .message = message};
    for (const LogFormat format : {LogFormat::Json, LogFormat::Text}) {
        const QString line = formatLogRecord(record, format);
        QVERIFY2(!line.contains(secret), qPrintable(line));
    }
}

QTEST_GUILESS_MAIN(TestOfConfig)
#include "tst_config.moc"
