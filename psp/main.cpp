#include "base/clock.h"
#include "edge/edge.h"
#include "runtime/logging.h"
#include "runtime/signals.h"
#include "runtime/workerpool.h"
#include "service/knobs.h"
#include "service/service.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QRandomGenerator>
#include <QTextStream>

#include <malloc.h>

using namespace parterre;
using namespace parterre::psp;
using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;
constexpr int exitUsage = 2;
constexpr int workerThreads = 4;
constexpr int workerQueue = 20'000;

QString flagName(const Knob &knob)
{
    return QString::fromLatin1(knob.name).replace(u'_', u'-');
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        u"A stateful simulator of Stripe's wire: PaymentIntents, refunds and signed webhooks, "
        "and everything that can go wrong with them. Knobs can be turned while it runs: "
        "PATCH /_psp/knobs."_s);
    parser.addHelpOption();
    parser.addOptions(
        {{u"listen"_s, u"address to listen on [127.0.0.1]"_s, u"ADDRESS"_s, u"127.0.0.1"_s},
         {u"port"_s, u"port to listen on; 0 takes a free one [12111]"_s, u"PORT"_s, u"12111"_s},
         {u"public-url"_s, u"how a buyer's browser reaches us; without it, what we listen on"_s, u"URL"_s},
         {u"secret-key"_s, u"the key that callers have to name [sk_test_parterre]"_s, u"KEY"_s, u"sk_test_parterre"_s},
         {u"secret-key-file"_s, u"the same, from the first line of a file"_s, u"FILE"_s},
         {u"journal"_s, u"keep the books in this file over a restart"_s, u"FILE"_s},
         {u"webhook-url"_s, u"send all events there"_s, u"URL"_s},
         {u"webhook-secret-file"_s, u"the secret that signs them, as the first line of a file"_s, u"FILE"_s},
         {u"ready-file"_s, u"written with our address when we are ready"_s, u"FILE"_s},
         {u"seed"_s, u"of the dice that the knobs throw"_s, u"NUMBER"_s}});
    for (const Knob &knob : knobTable())
        parser.addOption({flagName(knob), QString::fromLatin1(knob.help), u"N"_s});
}

Result<QString> firstLine(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(ErrorCode::NotFound, u"%1 cannot be read: %2."_s.arg(path, file.errorString()));
    return QString::fromUtf8(file.readLine(1'024)).trimmed();
}

Result<Knobs> readKnobs(const QCommandLineParser &parser)
{
    QJsonObject changes;
    for (const Knob &knob : knobTable()) {
        if (!parser.isSet(flagName(knob)))
            continue;
        bool isNumber = false;
        const qint64 value = parser.value(flagName(knob)).toLongLong(&isNumber);
        changes.insert(QString::fromLatin1(knob.name), isNumber ? value : -1);
    }
    return withChanges({}, changes);
}

Result<ServiceSettings> readSettings(const QCommandLineParser &parser)
{
    ServiceSettings settings{.secretKey = parser.value(u"secret-key"_s),
                             .journal = parser.value(u"journal"_s),
                             .webhookUrl = parser.value(u"webhook-url"_s),
                             .webhookSecret = {},
                             .seed = QRandomGenerator::system()->generate()};
    if (parser.isSet(u"secret-key-file"_s)) {
        PT_TRY(settings.secretKey, firstLine(parser.value(u"secret-key-file"_s)));
    }
    if (parser.isSet(u"webhook-secret-file"_s)) {
        PT_TRY(settings.webhookSecret, firstLine(parser.value(u"webhook-secret-file"_s)));
    }
    if (settings.secretKey.isEmpty())
        return refuse(ErrorCode::InvalidInput, u"The secret key must not be empty."_s);
    bool isNumber = true;
    if (parser.isSet(u"seed"_s))
        settings.seed = parser.value(u"seed"_s).toULongLong(&isNumber);
    if (!isNumber)
        return refuse(ErrorCode::InvalidInput, u"--seed is a whole number."_s);
    return settings;
}

Status writeReadyFile(const QString &path, const QString &url)
{
    QFile file(path);
    if (path.isEmpty() || (file.open(QIODevice::WriteOnly) && file.write(url.toUtf8() + '\n') > 0))
        return {};
    return refuse(ErrorCode::Unavailable, u"%1 cannot be written: %2."_s.arg(path, file.errorString()));
}

int run(const QCommandLineParser &parser, QTextStream &out, QTextStream &err)
{
    const auto refused = [&err](const Error &error, int code) {
        err << "parterre-psp: " << error.message << '\n';
        return code;
    };
    const auto settings = readSettings(parser);
    if (!settings)
        return refused(settings.error(), exitUsage);
    const auto knobs = readKnobs(parser);
    if (!knobs)
        return refused(knobs.error(), exitUsage);
    bool isPort = false;
    const quint16 port = parser.value(u"port"_s).toUShort(&isPort);
    if (!isPort)
        return refused({.code = ErrorCode::InvalidInput, .message = u"--port is a number up to 65535."_s}, exitUsage);

    server::Signals signalSource; // Before the first thread, so that all threads inherit the blocked signals.
    const SystemClock clock;
    Service service(*settings, clock);
    service.setKnobs(*knobs);
    server::Router router;
    service.addRoutes(router);
    server::WorkerPool workers(workerThreads, workerQueue);
    server::EdgeConfig config;
    config.address = parser.value(u"listen"_s);
    config.port = port;
    config.threads = 1;
    server::Edge edge(config, router, workers);
    if (const Status listening = edge.listen(); !listening)
        return refused(listening.error(), exitRefused);
    const QString address = u"http://%1:%2"_s.arg(config.address).arg(edge.port());
    const QString publicUrl = parser.value(u"public-url"_s);
    Status ready = service.open(publicUrl.isEmpty() ? address : publicUrl);
    if (ready)
        ready = writeReadyFile(parser.value(u"ready-file"_s), address);
    if (ready) {
        out << "parterre-psp is ready: " << address << "\nseed: " << settings->seed << '\n';
        out.flush();
        QObject::connect(&signalSource, &server::Signals::stopRequested, qApp, &QCoreApplication::quit);
        QCoreApplication::exec();
    }
    service.stop();
    edge.shutDown(std::chrono::milliseconds(1'000));
    workers.stop();
    return ready ? 0 : refused(ready.error(), exitRefused);
}

} // namespace

int main(int argc, char *argv[])
{
    // What is kept of each payment grows by pages where every thread has a heap of its own.
    mallopt(M_ARENA_MAX, 1);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"parterre-psp"_s);
    server::installLogging(u"info"_s, u"auto"_s);
    QCommandLineParser parser;
    addOptions(parser);
    parser.process(application);
    QTextStream out(stdout);
    QTextStream err(stderr);
    return run(parser, out, err);
}
