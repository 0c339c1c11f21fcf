#include "terminal/simulatedterminal.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QTextStream>

#include <cstdio>
#include <map>

using namespace parterre::psp;
using namespace Qt::StringLiterals;

namespace {

constexpr int exitRefused = 1;
constexpr int exitUsage = 2;
constexpr int cardMillisecondsMax = 600'000;

/// One line of standard input, one line of answer: `next HAPPENING...`, `card-ms N`, `totals`.
QByteArray obey(SimulatedTerminal &terminal, const QString &line)
{
    static const std::map<QString, Happening> happenings{
        {u"approve"_s, Happening::Approve}, {u"decline"_s, Happening::Decline}, {u"stop"_s, Happening::Stop},
        {u"drop"_s, Happening::Drop},       {u"die"_s, Happening::Die},         {u"ignore"_s, Happening::Ignore},
        {u"offline"_s, Happening::Offline}};
    const QStringList words = line.simplified().split(u' ', Qt::SkipEmptyParts);
    if (words == QStringList{u"totals"_s})
        return QJsonDocument(terminal.totals()).toJson(QJsonDocument::Compact);
    if (words.size() == 2 && words[0] == u"card-ms") {
        bool isNumber = false;
        const int milliseconds = words[1].toInt(&isNumber);
        if (isNumber && milliseconds >= 0 && milliseconds <= cardMillisecondsMax) {
            terminal.setCardTime(std::chrono::milliseconds(milliseconds));
            return "ok";
        }
    }
    if (words.size() < 2 || words[0] != u"next")
        return "error: next approve|decline|offline|stop|drop|die|ignore..., card-ms N, or totals";
    for (const QString &word : words.sliced(1)) {
        const auto found = happenings.find(word);
        if (found == happenings.end())
            return "error: approve, decline, offline, stop, drop, die or ignore";
        terminal.expect(found->second);
    }
    return "ok";
}

} // namespace

/// A card terminal for demonstrations and tests; it moves no money.
int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"A simulated card terminal: nexo Retailer in JSON over TCP, each message behind its length in four bytes. "
        "What the next customers do is read from standard input: next approve|decline|offline|stop|drop|die|ignore..., "
        "card-ms "
        "N; "
        "totals prints its books."_s);
    parser.addHelpOption();
    parser.addOptions({{u"listen"_s, u"address to listen on [127.0.0.1]"_s, u"ADDRESS"_s, u"127.0.0.1"_s},
                       {u"port"_s, u"port to listen on; 0 takes a free one [7788]"_s, u"PORT"_s, u"7788"_s},
                       {u"name"_s, u"its own name [SIM-1]"_s, u"NAME"_s, u"SIM-1"_s},
                       {u"journal"_s, u"keep its books in this file over a restart"_s, u"FILE"_s},
                       {u"card-ms"_s, u"how long a customer takes [1500]"_s, u"N"_s, u"1500"_s},
                       {u"ready-file"_s, u"written with its address when it listens"_s, u"FILE"_s}});
    parser.process(application);
    QTextStream err(stderr);
    bool isPort = false;
    bool isTime = false;
    const quint16 port = parser.value(u"port"_s).toUShort(&isPort);
    const int cardTime = parser.value(u"card-ms"_s).toInt(&isTime);
    if (!isPort || !isTime || cardTime < 0 || cardTime > cardMillisecondsMax) {
        err << "parterre-terminal: --port takes a number up to 65535 and --card-ms one up to " << cardMillisecondsMax
            << '\n';
        return exitUsage;
    }
    SimulatedTerminal terminal({.poiId = parser.value(u"name"_s),
                                .journal = parser.value(u"journal"_s),
                                .cardTime = std::chrono::milliseconds(cardTime)});
    if (!terminal.listen(parser.value(u"listen"_s), port)) {
        err << "parterre-terminal: " << terminal.errorText() << '\n';
        return exitRefused;
    }
    const QByteArray address = u"%1:%2\n"_s.arg(parser.value(u"listen"_s)).arg(terminal.port()).toUtf8();
    QFile ready(parser.value(u"ready-file"_s));
    if (parser.isSet(u"ready-file"_s) && !(ready.open(QIODevice::WriteOnly) && ready.write(address) > 0)) {
        err << "parterre-terminal: " << ready.errorString() << '\n';
        return exitRefused;
    }
    ready.close();
    QTextStream out(stdout);
    out << "parterre-terminal listens on " << address << Qt::flush;

    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered))
        return exitRefused;
    QSocketNotifier notifier(0, QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, [&] {
        const QByteArray line = input.readLine(1'024);
        if (line.isEmpty()) // Nobody is there any more; it goes on.
            notifier.setEnabled(false);
        else
            out << obey(terminal, QString::fromUtf8(line)) << '\n' << Qt::flush;
    });
    return QCoreApplication::exec();
}
