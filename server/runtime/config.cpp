#include "runtime/config.h"

#include "http/addressrule.h"
#include "payments/cardterminals.h"

#include <QDir>
#include <QFile>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QUrl>

#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include <unistd.h>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 configFileBytesMax = 1024 * 1024; // The largest sensible file has a hundred lines.

/// Takes a text into the configuration; returns what is allowed when it is not.
using Take = std::function<std::optional<QString>(ServerConfig &, const QString &)>;

struct Setting
{
    QString name; ///< `--name`, PARTERRE_NAME with underscores, and `name` in the file.
    QString fallback;
    QString help;
    Take take;

    [[nodiscard]] QString variable() const { return u"PARTERRE_"_s + QString(name).replace(u'-', u'_').toUpper(); }
};

Take words(QString ServerConfig::*member)
{
    return [member](ServerConfig &config, const QString &text) -> std::optional<QString> {
        config.*member = text;
        return std::nullopt;
    };
}

Take number(int ServerConfig::*member, int least, int most)
{
    return [=](ServerConfig &config, const QString &text) -> std::optional<QString> {
        bool isNumber = false;
        const int value = text.toInt(&isNumber);
        if (!isNumber || value < least || value > most)
            return u"a whole number from %1 to %2"_s.arg(least).arg(most);
        config.*member = value;
        return std::nullopt;
    };
}

Take oneOf(QString ServerConfig::*member, const QStringList &allowed)
{
    return [=](ServerConfig &config, const QString &text) -> std::optional<QString> {
        if (!allowed.contains(text))
            return u"one of %1"_s.arg(allowed.join(u", "_s));
        config.*member = text;
        return std::nullopt;
    };
}

bool isHttpUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    return url.isValid() && (url.scheme() == u"http" || url.scheme() == u"https") && !url.host().isEmpty();
}

bool isAddress(const QString &text)
{
    // Numbers only: a name could mean something else after the next start.
    static const auto isV4 = [](const QString &address) {
        const QStringList parts = address.split(u'.');
        return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const QString &part) {
                   bool isNumber = false;
                   return part.toUInt(&isNumber) < 256 && isNumber && part.size() <= 3;
               });
    };
    const bool looksLikeV6 =
        text.contains(u':') && !QUrl(u"http://["_s + text + u"]/"_s, QUrl::StrictMode).host().isEmpty();
    return isV4(text) || looksLikeV6;
}

Take address()
{
    return [](ServerConfig &config, const QString &text) -> std::optional<QString> {
        if (!isAddress(text))
            return u"an IPv4 or IPv6 address, such as 127.0.0.1 or 0.0.0.0"_s;
        config.listenAddress = text;
        return std::nullopt;
    };
}

Take url(QString ServerConfig::*member)
{
    return [member](ServerConfig &config, const QString &text) -> std::optional<QString> {
        if (!text.isEmpty() && !isHttpUrl(text))
            return u"an address such as https://tickets.example.org"_s;
        config.*member = text.endsWith(u'/') ? text.chopped(1) : text;
        return std::nullopt;
    };
}

Take smtpUrl(QString ServerConfig::*member)
{
    return [member](ServerConfig &config, const QString &text) -> std::optional<QString> {
        const QUrl url(text, QUrl::StrictMode);
        const bool isSmtp = url.scheme() == u"smtp" || url.scheme() == u"smtps";
        if (!text.isEmpty() && (!url.isValid() || !isSmtp || url.host().isEmpty() || !url.userInfo().isEmpty()))
            return u"an address such as smtp://mail.example.org:587 or smtps://mail.example.org"_s;
        config.*member = text;
        return std::nullopt;
    };
}

Take list(QStringList ServerConfig::*member, bool (*isAllowed)(const QString &), const QString &allowed)
{
    return [=](ServerConfig &config, const QString &text) -> std::optional<QString> {
        QStringList values;
        for (const QString &part : text.split(u',', Qt::SkipEmptyParts)) {
            if (!isAllowed(part.trimmed()))
                return allowed;
            values << part.trimmed();
        }
        config.*member = values;
        return std::nullopt;
    };
}

bool isNetwork(const QString &text)
{
    return AddressRule::isNetwork(text);
}

/// What Kafka allows as the name of a topic.
Take topic()
{
    return [](ServerConfig &config, const QString &text) -> std::optional<QString> {
        static const QRegularExpression allowed(u"^[A-Za-z0-9._-]{1,200}$"_s);
        if (!allowed.match(text).hasMatch() || text == u"." || text == u"..")
            return u"a name of 1 to 200 letters, digits, dots, underscores and hyphens"_s;
        config.kafkaTopic = text;
        return std::nullopt;
    };
}

QString defaultDataDirectory(const QMap<QString, QString> &environment)
{
    if (environment.contains(u"XDG_DATA_HOME"_s))
        return environment.value(u"XDG_DATA_HOME"_s) + u"/parterre"_s;
    return geteuid() == 0 ? u"/var/lib/parterre"_s : QDir::homePath() + u"/.local/share/parterre"_s;
}

/// Where it listens, where its data are, how much it may take.
std::vector<Setting> serverSettings()
{
    using C = ServerConfig;
    return {
        {u"listen"_s, u"127.0.0.1"_s, u"address to listen on"_s, address()},
        {u"port"_s, u"8420"_s, u"port to listen on; 0 takes a free one"_s, number(&C::port, 0, 65'535)},
        {u"public-url"_s, {}, u"address by which buyers reach the shop"_s, url(&C::publicUrl)},
        {u"data-dir"_s,
         {},
         u"where our data is kept ($XDG_DATA_HOME/parterre, or /var/lib/parterre for root)"_s,
         words(&C::dataDirectory)},
        {u"database"_s, {}, u"libpq connection string; without it we run our own PostgreSQL"_s, words(&C::databaseDsn)},
        {u"postgres-bin"_s, {}, u"folder with initdb and pg_ctl"_s, words(&C::postgresBinaries)},
        {u"database-connections"_s, u"16"_s, u"most connections to the database"_s,
         number(&C::databaseConnections, 1, 500)},
        {u"edge-threads"_s, u"1"_s, u"threads for the network"_s, number(&C::edgeThreads, 1, 64)},
        {u"worker-threads"_s, u"12"_s, u"threads that may wait for the database"_s, number(&C::workerThreads, 1, 500)},
        {u"worker-queue"_s, u"2000"_s, u"requests that may wait for a thread"_s, number(&C::workerQueue, 1, 1'000'000)},
        {u"log-level"_s, u"info"_s, u"debug, info, warning or error"_s,
         oneOf(&C::logLevel, {u"debug"_s, u"info"_s, u"warning"_s, u"error"_s})},
        {u"log-format"_s, u"auto"_s, u"json, text, or auto: text on a terminal"_s,
         oneOf(&C::logFormat, {u"auto"_s, u"json"_s, u"text"_s})},
        {u"storefront"_s,
         {},
         u"folder of the shop's pages, instead of those that are built in"_s,
         words(&C::storefrontFolder)},
        {u"trusted-proxies"_s,
         {},
         u"addresses whose X-Forwarded-For is believed, with commas"_s,
         list(&C::trustedProxies, isAddress, u"IP addresses separated by commas"_s)},
        {u"allowed-origins"_s,
         {},
         u"web origins that may call the API, with commas"_s,
         list(&C::allowedOrigins, isHttpUrl, u"origins such as https://example.org separated by commas"_s)},
        {u"admin-user"_s, u"admin"_s, u"name of the administrator that the first start makes"_s, words(&C::adminUser)},
        {u"ready-file"_s, {}, u"file that is written with our address when we are ready"_s, words(&C::readyFile)},
    };
}

/// Holds and payments.
std::vector<Setting> saleSettings()
{
    using C = ServerConfig;
    return {
        {u"hold-seconds"_s, u"600"_s, u"how long a place waits for its buyer"_s,
         number(&C::holdSeconds, 1, limits::holdSecondsAbsoluteMax)},
        {u"payment-seconds"_s, u"300"_s, u"how long a card payment may take, the bank's own page included"_s,
         number(&C::paymentSeconds, 10, 3'600)},
        {u"stripe-url"_s, u"https://api.stripe.com"_s, u"where Stripe's API is found"_s, url(&C::stripeUrl)},
        {u"stripe-key-file"_s,
         {},
         u"file with Stripe's secret key; without it cards are a test and move no money"_s,
         words(&C::stripeKeyFile)},
        {u"stripe-webhook-secret-file"_s,
         {},
         u"file with the secrets that sign Stripe's webhooks, one a line"_s,
         words(&C::stripeWebhookSecretFile)},
        {u"card-terminals"_s,
         {},
         u"the box office's card terminals, NAME=HOST:PORT each, with commas between them"_s,
         list(
             &C::cardTerminals, [](const QString &text) { return readTerminal(text).has_value(); },
             u"NAME=HOST:PORT, such as left=10.0.0.21:7788, with commas between several"_s)},
        {u"card-calls"_s, u"64"_s, u"payments that may wait for the card provider at once"_s,
         number(&C::cardCalls, 1, 512)},
    };
}

/// Facts and mails.
std::vector<Setting> deliverySettings()
{
    using C = ServerConfig;
    return {
        {u"outbox-attempts"_s, u"20"_s, u"times that a fact is told before it is for a person; 20 take an hour"_s,
         number(&C::outboxAttempts, 1, 1'000)},
        {u"kafka-brokers"_s,
         {},
         u"publish facts to Kafka at these host:port, with commas, for `parterred consume`"_s,
         words(&C::kafkaBrokers)},
        {u"kafka-topic"_s, u"parterre.facts"_s, u"topic of the facts"_s, topic()},
        {u"kafka-properties-file"_s,
         {},
         u"file with more settings of librdkafka, name=value: TLS, SASL"_s,
         words(&C::kafkaPropertiesFile)},
        {u"webhook-allowed-networks"_s,
         {},
         u"private networks that webhooks may go to, such as 10.1.0.0/16, with commas"_s,
         list(&C::webhookAllowedNetworks, isNetwork,
              u"networks such as 10.1.0.0/16 or fd00::/8 separated by commas"_s)},
        {u"mail-smtp-url"_s,
         {},
         u"mail server that takes our mails; without it they are written into a folder"_s,
         smtpUrl(&C::mailSmtpUrl)},
        {u"mail-user"_s, {}, u"our name there, if it wants one"_s, words(&C::mailUser)},
        {u"mail-password-file"_s, {}, u"file with our password there"_s, words(&C::mailPasswordFile)},
        {u"mail-ca-file"_s,
         {},
         u"certificates that are believed there, instead of the system's"_s,
         words(&C::mailCaFile)},
        {u"mail-from"_s, {}, u"address that our mails are from"_s, words(&C::mailFrom)},
        {u"mail-folder"_s, {}, u"where mails are written without a mail server"_s, words(&C::mailFolder)},
        {u"mail-support"_s, {}, u"sentence at the end of each mail that says whom to ask"_s, words(&C::mailSupport)},
        {u"mail-connections"_s, u"4"_s, u"mails that may be under way at once"_s, number(&C::mailConnections, 1, 64)},
    };
}

/// Passes for Apple Wallet.
std::vector<Setting> walletSettings()
{
    using C = ServerConfig;
    return {
        {u"wallet-certificate-file"_s,
         {},
         u"Apple's certificate for our passes; without it they are made with one for development"_s,
         words(&C::walletCertificateFile)},
        {u"wallet-key-file"_s, {}, u"its private key, PEM without a passphrase"_s, words(&C::walletKeyFile)},
        {u"wallet-wwdr-file"_s, {}, u"Apple's WWDR certificate, which signed ours"_s, words(&C::walletWwdrFile)},
        {u"wallet-pass-type"_s,
         {},
         u"passTypeIdentifier, such as pass.org.example.tickets"_s,
         words(&C::walletPassType)},
        {u"wallet-team"_s, {}, u"teamIdentifier, ten letters and digits"_s, words(&C::walletTeam)},
    };
}

const std::vector<Setting> &settings()
{
    static const std::vector<Setting> table = [] {
        std::vector<Setting> all = serverSettings();
        for (const auto &more : {saleSettings(), deliverySettings(), walletSettings()})
            all.insert(all.end(), more.begin(), more.end());
        return all;
    }();
    return table;
}

const Setting *findSetting(const QString &name)
{
    for (const Setting &setting : settings()) {
        if (setting.name == name)
            return &setting;
    }
    return nullptr;
}

Status takeValue(ServerConfig &config, const Setting &setting, const QString &text, const QString &source)
{
    if (text.size() > 4'096 || text.contains(QChar(0)))
        return refuse(ErrorCode::InvalidInput, u"%1 (%2) is too long or holds a zero."_s.arg(setting.name, source),
                      setting.name);
    if (const auto allowed = setting.take(config, text))
        return refuse(ErrorCode::InvalidInput,
                      u"%1 is \"%2\" (from %3), but must be %4."_s.arg(setting.name, text.left(100), source, *allowed),
                      setting.name);
    return {};
}

std::optional<QString> nodeText(const toml::node &node)
{
    if (const auto *words = node.as_string())
        return QString::fromStdString(words->get());
    if (const auto *number = node.as_integer())
        return QString::number(number->get());
    if (const auto *array = node.as_array()) {
        QStringList parts;
        for (const toml::node &part : *array) {
            if (!part.is_string())
                return std::nullopt;
            parts << QString::fromStdString(part.as_string()->get());
        }
        return parts.join(u',');
    }
    return std::nullopt;
}

bool isGroup(const QString &name)
{
    return std::ranges::any_of(settings(),
                               [&](const Setting &setting) { return setting.name.startsWith(name + u'-'); });
}

/// `[kafka] topic = "x"` is the same as `kafka-topic = "x"`.
Status readTable(ServerConfig &config, const toml::table &table, const QString &group, const QString &path)
{
    for (const auto &[key, node] : table) {
        const QString name = group + QString::fromStdString(std::string(key.str()));
        if (const auto *inner = node.as_table(); inner && group.isEmpty() && isGroup(name)) {
            PT_CHECK(readTable(config, *inner, name + u'-', path));
            continue;
        }
        const Setting *setting = findSetting(name);
        if (!setting)
            return refuse(
                ErrorCode::InvalidInput,
                u"%1 sets \"%2\", which does not exist. `parterred --help` lists the settings."_s.arg(path, name),
                name);
        const auto text = nodeText(node);
        if (!text)
            return refuse(ErrorCode::InvalidInput,
                          u"%1 in %2 must be a text, a whole number or a list of texts."_s.arg(name, path), name);
        PT_CHECK(takeValue(config, *setting, *text, path));
    }
    return {};
}

Status readFile(ServerConfig &config, const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound,
                      u"The configuration file %1 cannot be read: %2."_s.arg(path, file.errorString()));
    const QByteArray content = file.read(configFileBytesMax + 1);
    if (content.size() > configFileBytesMax)
        return refuse(ErrorCode::TooLarge, u"The configuration file %1 is larger than 1 MiB."_s.arg(path));
    try {
        const toml::table table = toml::parse(content.toStdString());
        PT_CHECK(readTable(config, table, {}, path));
    } catch (const toml::parse_error &error) {
        return refuse(ErrorCode::InvalidInput, u"%1, line %2: %3"_s.arg(path)
                                                   .arg(error.source().begin.line)
                                                   .arg(QString::fromStdString(std::string(error.description()))));
    }
    return {};
}

struct Flags
{
    QMap<QString, QString> values;
    QString file;
    ConfigOutcome outcome;
};

Result<Flags> readFlags(const QStringList &arguments)
{
    Flags flags;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments[i];
        if (argument == u"--help" || argument == u"-h") {
            flags.outcome.helpIsWanted = true;
            continue;
        }
        if (!argument.startsWith(u"--"_s)) {
            flags.outcome.rest << argument;
            continue;
        }
        const QString name = argument.mid(2).section(u'=', 0, 0);
        if (name != u"config" && !findSetting(name))
            return refuse(ErrorCode::InvalidInput,
                          u"There is no --%1. `parterred --help` lists the settings."_s.arg(name.left(100)), name);
        QString value = argument.section(u'=', 1);
        if (!argument.contains(u'=')) {
            if (i + 1 >= arguments.size())
                return refuse(ErrorCode::InvalidInput, u"--%1 needs a value after it."_s.arg(name), name);
            value = arguments[++i];
        }
        (name == u"config" ? flags.file : flags.values[name]) = value;
    }
    return flags;
}

} // namespace

Result<ConfigOutcome> readConfig(const QStringList &arguments, const QMap<QString, QString> &environment)
{
    PT_TRY(Flags flags, readFlags(arguments));
    ServerConfig &config = flags.outcome.config;
    config.dataDirectory = defaultDataDirectory(environment);
    const QString file = flags.file.isEmpty() ? environment.value(u"PARTERRE_CONFIG"_s) : flags.file;
    if (!file.isEmpty())
        PT_CHECK(readFile(config, file));
    for (const Setting &setting : settings()) {
        if (environment.contains(setting.variable()))
            PT_CHECK(takeValue(config, setting, environment.value(setting.variable()), setting.variable()));
        if (flags.values.contains(setting.name))
            PT_CHECK(takeValue(config, setting, flags.values.value(setting.name), u"--"_s + setting.name));
    }
    if (config.dataDirectory.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"data-dir must not be empty."_s, u"data-dir"_s);
    return std::move(flags.outcome);
}

QString configHelp()
{
    QString help = u"Settings, each as a flag, a variable of the environment, or a key in the file of --config "
                   "(TOML); the first of these counts.\n\n"_s;
    for (const Setting &setting : settings()) {
        help += u"  --%1 %2 %3"_s.arg(setting.name, -22).arg(setting.variable(), -30).arg(setting.help);
        if (!setting.fallback.isEmpty())
            help += u" [%1]"_s.arg(setting.fallback);
        help += u'\n';
    }
    return help + u"  --%1 %2 read settings from this file\n"_s.arg(u"config"_s, -22).arg(u"PARTERRE_CONFIG"_s, -30);
}

QMap<QString, QString> processEnvironment()
{
    QMap<QString, QString> result;
    const auto environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys())
        result.insert(name, environment.value(name));
    return result;
}

} // namespace parterre::server
