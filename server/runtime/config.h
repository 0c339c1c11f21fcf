#pragma once

#include "base/limits.h"
#include "base/result.h"

#include <QMap>
#include <QString>
#include <QStringList>

namespace parterre::server {

/// Everything that can be set, as it is used. Plain on purpose; readConfig() is the one that fills it.
struct ServerConfig
{
    QString listenAddress = QStringLiteral("127.0.0.1");
    int port = 8420;   ///< 0 takes a free one.
    QString publicUrl; ///< As buyers reach us, without a slash at the end; empty means the listening address.
    QString dataDirectory;
    QString databaseDsn;      ///< Empty: our own PostgreSQL in dataDirectory.
    QString postgresBinaries; ///< Empty: the usual places.
    int databaseConnections = 16;
    int edgeThreads = 1;
    int workerThreads = 12;
    int workerQueue = 2'000;
    QString logLevel = QStringLiteral("info");
    QString logFormat = QStringLiteral("auto");
    QString storefrontFolder = QStringLiteral(":/parterre/storefront"); ///< A folder, or the pages that are built in.
    QStringList trustedProxies;
    QStringList allowedOrigins;
    int holdSeconds = limits::holdSecondsDefault;
    int paymentSeconds = limits::paymentSecondsMax; ///< How long a payment may take, 3-D Secure included.
    QString stripeUrl = QStringLiteral("https://api.stripe.com");
    QString stripeKeyFile; ///< Empty: the test provider, which moves no money.
    QString stripeWebhookSecretFile;
    QStringList cardTerminals; ///< Each as CardTerminals reads it: NAME=HOST:PORT.
    int cardCalls = 64;        ///< Payments that may wait for the card provider at once.
    int outboxAttempts = 20;   ///< How often a consumer may refuse a fact before it is for a person.
    QString kafkaBrokers;      ///< Empty: facts are delivered in this process.
    QString kafkaTopic = QStringLiteral("parterre.facts");
    QString kafkaPropertiesFile;
    QStringList webhookAllowedNetworks; ///< Private networks that webhooks may go to, e.g. `10.1.0.0/16`.
    QString mailSmtpUrl;                ///< Empty: mails are written into mailFolder.
    QString mailUser;
    QString mailPasswordFile;
    QString mailCaFile;
    QString mailFrom;
    QString mailFolder; ///< Empty: `mail` in dataDirectory.
    QString mailSupport = QStringLiteral("Questions? Ask at the box office, and have the number of your order ready.");
    int mailConnections = 4;       ///< Mails that may be under way at once.
    QString walletCertificateFile; ///< All empty: a development certificate, which no telephone believes.
    QString walletKeyFile;
    QString walletWwdrFile;
    QString walletPassType;
    QString walletTeam;
    QString adminUser = QStringLiteral("admin");
    QString readyFile; ///< Written with the address when ready; empty: none.
};

struct ConfigOutcome
{
    ServerConfig config;
    bool helpIsWanted = false;
    QStringList rest; ///< Arguments that are no flags.
};

/// Flag before environment before file before default. A refusal names the setting, where its value came from and what
/// is allowed. `arguments` are those after the subcommand.
[[nodiscard]] Result<ConfigOutcome> readConfig(const QStringList &arguments, const QMap<QString, QString> &environment);
/// The table of all settings for `--help`.
[[nodiscard]] QString configHelp();
/// The environment of this process, for readConfig().
[[nodiscard]] QMap<QString, QString> processEnvironment();

} // namespace parterre::server
