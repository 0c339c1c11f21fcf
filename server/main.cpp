#include "aftersale/cancellationscommand.h"
#include "base/assert.h"
#include "catalog/planfiles.h"
#include "catalog/seasoncommand.h"
#include "identity/apikeycommand.h"
#include "identity/usercommand.h"
#include "outbox/outboxcommand.h"
#include "payments/paymentscommand.h"
#include "runtime/config.h"
#include "runtime/consumers.h"
#include "runtime/logging.h"
#include "runtime/serverapplication.h"
#include "runtime/signals.h"
#include "webhooks/webhookcommand.h"

#include <QCoreApplication>
#include <QFile>
#include <QGuiApplication>
#include <QTextStream>

#include <array>
#include <memory>
#include <optional>
#include <string_view>

using namespace parterre;
using namespace parterre::server;
using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;
constexpr int exitUsage = 2;

using Work = int (*)(const QStringList &arguments, QTextStream &out, QTextStream &err);

struct Subcommand
{
    std::string_view name;
    const char *help;
    Work work;
};

int serve(const QStringList &arguments, QTextStream &out, QTextStream &err);
int applySeasonFile(const QStringList &arguments, QTextStream &out, QTextStream &err);
int user(const QStringList &arguments, QTextStream &out, QTextStream &err);
int apiKey(const QStringList &arguments, QTextStream &out, QTextStream &err);
int payments(const QStringList &arguments, QTextStream &out, QTextStream &err);
int outbox(const QStringList &arguments, QTextStream &out, QTextStream &err);
int webhook(const QStringList &arguments, QTextStream &out, QTextStream &err);
int consume(const QStringList &arguments, QTextStream &out, QTextStream &err);
int listCancellations(const QStringList &arguments, QTextStream &out, QTextStream &err);

constexpr std::array subcommands{
    Subcommand{"serve", "Serve desks, shop and API; what happens without a subcommand.", serve},
    Subcommand{"apply-season", "FILE: make the venue, layouts, performances and prices that a season file describes.",
               applySeasonFile},
    Subcommand{"import-plan", "FILE [--report -|FILE] [--annotations FILE] [--out FILE]: read a pretix seating plan.",
               runImportPlan},
    Subcommand{"export-plan", "FILE [--out FILE]: write a layout as a pretix seating plan.", runExportPlan},
    Subcommand{"user", "add|list|disable|password: who may sign in.", user},
    Subcommand{"api-key", "create|list|revoke: sellers who use the API.", apiKey},
    Subcommand{"payments",
               "[resolve ID came|no-money NOTE, close ID NOTE]: card payments in doubt or under review, and their end.",
               payments},
    Subcommand{"outbox", "list|replay|skip: facts that a consumer refused for good.", outbox},
    Subcommand{"webhook", "add|list|disable|enable|remove|deliveries|replay: who is told facts by HTTP.", webhook},
    Subcommand{"consume", "NAME: take facts from Kafka for one consumer.", consume},
    Subcommand{"cancellations", "How far the refunds of cancelled performances are.", listCancellations},
};

void printHelp(QTextStream &out)
{
    out << "parterred: the server of the Parterre box office\n\nSubcommands:\n";
    for (const Subcommand &subcommand : subcommands) {
        out << "  "
            << QString::fromLatin1(subcommand.name.data(), static_cast<qsizetype>(subcommand.name.size()))
                   .leftJustified(14)
            << subcommand.help << '\n';
    }
    out << "\nSettings, for every subcommand that needs the database or serves:\n"
        << configHelp() << '\n'
        << userCommandHelp() << apiKeyCommandHelp() << outboxCommandHelp() << webhookCommandHelp();
    for (const NamedConsumer &consumer : factConsumers())
        out << "  parterred consume " << QString::fromLatin1(consumer.name).leftJustified(26) << consumer.help << '\n';
}

/// The settings, or an exit status where there is nothing more to do.
std::optional<ConfigOutcome> settings(const QStringList &arguments, QTextStream &err)
{
    auto outcome = readConfig(arguments, processEnvironment());
    if (!outcome) {
        err << "parterred: " << outcome.error().message << '\n';
        return std::nullopt;
    }
    installLogging(outcome->config.logLevel, outcome->config.logFormat);
    return *std::move(outcome);
}

bool writeReadyFile(const QString &path, const QString &url)
{
    if (path.isEmpty())
        return true;
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(url.toUtf8() + '\n') > 0;
}

int serve(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    const auto outcome = settings(arguments, err);
    if (!outcome)
        return exitUsage;
    if (!outcome->rest.isEmpty()) {
        err << "parterred: '" << outcome->rest.first() << "' is not understood; see --help\n";
        return exitUsage;
    }
    Signals signalSource; // Before the first thread, so that all threads inherit the blocked signals.
    ServerApplication application(outcome->config);
    bool isStopped = false; // While it waits for a database, the signals are looked at in between.
    QObject::connect(&signalSource, &Signals::stopRequested, qApp, [&isStopped] { isStopped = true; });
    const Status started = application.start([&isStopped] {
        QCoreApplication::processEvents();
        return isStopped;
    });
    if (!started && isStopped)
        return 0;
    if (!started) {
        err << "parterred: " << started.error().message << '\n';
        return exitRefused;
    }
    if (const auto admin = application.firstAdmin()) {
        out << "admin user: " << admin->user << "\none-time password: " << admin->oneTimePassword
            << "\nIt is shown this once and must be changed at the first sign-in.\n";
    }
    if (!writeReadyFile(outcome->config.readyFile, application.url())) {
        err << "parterred: the file " << outcome->config.readyFile << " cannot be written\n";
        return exitRefused;
    }
    out << "parterred is ready: " << application.url() << '\n';
    out.flush();
    notifySystemd("READY=1");
    QObject::connect(&signalSource, &Signals::stopRequested, qApp, &QCoreApplication::quit);
    if (!isStopped)
        QCoreApplication::exec();
    notifySystemd("STOPPING=1");
    application.stop();
    return 0;
}

/// Runs a command that needs the database but no server.
int withDatabase(const QStringList &arguments, QTextStream &out, QTextStream &err, const auto &work)
{
    const auto outcome = settings(arguments, err);
    if (!outcome)
        return exitUsage;
    const auto opened = CommandDatabase::open(outcome->config);
    if (!opened) {
        err << "parterred: " << opened.error().message << '\n';
        return exitRefused;
    }
    return work(outcome->rest, (*opened)->database(), out, err);
}

int applySeasonFile(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    return withDatabase(arguments, out, err, runApplySeason);
}

int user(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    return withDatabase(arguments, out, err, runUser);
}

int apiKey(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    QStringList rest = arguments;
    const auto command = ApiKeyCommand::takeFrom(rest);
    if (!command) {
        err << "parterred api-key: " << command.error().message << '\n';
        return exitUsage;
    }
    return withDatabase(rest, out, err,
                        [&](const QStringList &unread, Database &database, QTextStream &said, QTextStream &failed) {
                            if (unread.isEmpty())
                                return runApiKey(*command, database, said, failed);
                            failed << apiKeyCommandHelp();
                            return exitUsage;
                        });
}

int payments(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    return withDatabase(arguments, out, err, runPayments);
}

/// Runs a command that has taken what is its own out of the arguments.
template <class Command>
int withCommand(const QString &name, QStringList arguments, QTextStream &out, QTextStream &err, const auto &work)
{
    const auto command = Command::takeFrom(arguments);
    if (!command) {
        err << "parterred " << name << ": " << command.error().message << '\n';
        return exitUsage;
    }
    const auto outcome = settings(arguments, err);
    if (!outcome)
        return exitUsage;
    if (!outcome->rest.isEmpty()) {
        err << "parterred " << name << ": '" << outcome->rest.first() << "' is not understood; see --help\n";
        return exitUsage;
    }
    const auto opened = CommandDatabase::open(outcome->config);
    if (!opened) {
        err << "parterred: " << opened.error().message << '\n';
        return exitRefused;
    }
    return work(*command, outcome->config, (*opened)->database(), out, err);
}

int outbox(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    return withCommand<OutboxCommand>(u"outbox"_s, arguments, out, err,
                                      [](const OutboxCommand &command, const ServerConfig &, Database &database,
                                         QTextStream &said,
                                         QTextStream &failed) { return runOutbox(command, database, said, failed); });
}

int webhook(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    return withCommand<WebhookCommand>(u"webhook"_s, arguments, out, err,
                                       [](const WebhookCommand &command, const ServerConfig &config, Database &database,
                                          QTextStream &said, QTextStream &failed) {
                                           const auto rule = AddressRule::make(config.webhookAllowedNetworks);
                                           PT_ASSERT(rule.has_value(), "the settings were checked");
                                           return runWebhook(command, *rule, database, said, failed);
                                       });
}

int consume(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    const auto outcome = settings(arguments, err);
    if (!outcome)
        return exitUsage;
    const NamedConsumer *named = findFactConsumer(outcome->rest.value(0));
    if (!named || outcome->rest.size() != 1) {
        err << "parterred consume: it is one of";
        for (const NamedConsumer &consumer : factConsumers())
            err << ' ' << consumer.name;
        err << '\n';
        return exitUsage;
    }
    Signals signalSource;
    const auto application = ConsumerApplication::start(outcome->config, *named);
    if (!application) {
        err << "parterred consume: " << application.error().message << '\n';
        return exitRefused;
    }
    if (!writeReadyFile(outcome->config.readyFile, outcome->rest.first())) {
        err << "parterred: the file " << outcome->config.readyFile << " cannot be written\n";
        return exitRefused;
    }
    out << "parterred takes facts for " << named->name << '\n';
    out.flush();
    notifySystemd("READY=1");
    QObject::connect(&signalSource, &Signals::stopRequested, qApp, &QCoreApplication::quit);
    QCoreApplication::exec();
    notifySystemd("STOPPING=1");
    return 0;
}

int listCancellations(const QStringList &arguments, QTextStream &out, QTextStream &err)
{
    return withDatabase(arguments, out, err,
                        [](const QStringList &, Database &database, QTextStream &told, QTextStream &faults) {
                            return runCancellations(database, told, faults);
                        });
}

const Subcommand *findSubcommand(const QString &name)
{
    for (const Subcommand &subcommand : subcommands) {
        if (name == QLatin1StringView(subcommand.name.data(), static_cast<qsizetype>(subcommand.name.size())))
            return &subcommand;
    }
    return nullptr;
}

/// Tickets are drawn with QPainter, which needs a QGuiApplication but no screen; the other commands need neither.
std::unique_ptr<QCoreApplication> makeApplication(int &argc, char *argv[], bool isServing)
{
    if (!isServing)
        return std::make_unique<QCoreApplication>(argc, argv);
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    return std::make_unique<QGuiApplication>(argc, argv);
}

} // namespace

int main(int argc, char *argv[])
{
    installLogging(u"info"_s, u"auto"_s); // Until the settings are read, so that no line goes out in another form.
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    QTextStream out(stdout);
    QTextStream err(stderr);
    if (arguments.contains(u"--help"_s) || arguments.contains(u"-h"_s)) {
        printHelp(out);
        return 0;
    }
    const bool isNamed = !arguments.isEmpty() && !arguments.first().startsWith(u'-');
    const QString name = isNamed ? arguments.takeFirst() : u"serve"_s;
    const Subcommand *subcommand = findSubcommand(name);
    if (!subcommand) {
        err << "parterred: there is no subcommand '" << name << "'; see --help\n";
        return exitUsage;
    }
    const auto application = makeApplication(argc, argv, subcommand->work == serve || subcommand->work == consume);
    QCoreApplication::setApplicationName(u"parterred"_s);
    return subcommand->work(arguments, out, err);
}
