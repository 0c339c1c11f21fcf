#include "scenarios/markdown.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTextStream>

#include <algorithm>

using namespace parterre;
using namespace parterre::bench;
using namespace Qt::StringLiterals;

namespace {

constexpr int exitViolations = 1;
constexpr int exitUsage = 2;
constexpr int exitFailed = 3;

QString scenarioHelp()
{
    QString help = u"\nScenarios:\n"_s;
    for (const Scenario &scenario : scenarios())
        help += u"  %1  %2\n"_s.arg(QLatin1StringView(scenario.name), -8).arg(QLatin1StringView(scenario.help));
    return help;
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        u"Loads a server of its own and has what it answered judged. Exits with 1 when the judge finds anything, or a "
        "whole drill left a fault out.\n"_s +
        scenarioHelp());
    parser.addHelpOption();
    parser.addPositionalArgument(u"scenario"_s, u"Which to run, one after the other."_s, u"scenario..."_s);
    parser.addOptions(
        {{u"quick"_s, u"Under a minute, for a look; the figures scatter more."_s},
         {u"json"_s, u"One JSON object a scenario, last on standard output."_s},
         {u"markdown"_s, u"Tables as in docs/benchmarks.md on standard output."_s},
         {u"seed"_s, u"Repeats a run's choices."_s, u"N"_s},
         {u"seats"_s, u"Seats of a performance, up to 80,000."_s, u"N"_s},
         {u"viewers"_s, u"How many follow the map, where the scenario has viewers."_s, u"N"_s},
         {u"rounds"_s, u"How many faults a drill has, up to 10,000."_s, u"N"_s},
         {u"rate"_s, u"Offer `holds` or `checkout` so often a second, without search and references: what one costs."_s,
          u"N"_s},
         {u"history"_s, u"Keep the history here."_s, u"FILE"_s},
         {u"server"_s, u"The parterred to start, instead of the one beside us."_s, u"FILE"_s},
         {u"fault"_s, u"Arm a fault point of the server, to see that the judge finds it."_s, u"POINT"_s}});
}

/// Nothing for what is no number in the range; the parser has no opinion.
std::optional<qint64> numberOption(const QCommandLineParser &parser, const QString &name, qint64 fallback, qint64 most)
{
    if (!parser.isSet(name))
        return fallback;
    bool isNumber = false;
    const qint64 number = parser.value(name).toLongLong(&isNumber);
    return isNumber && number >= 1 && number <= most ? std::optional(number) : std::nullopt;
}

std::optional<RunnerOptions> runnerOptions(const QCommandLineParser &parser)
{
    const QDir beside(QCoreApplication::applicationDirPath());
    const auto seed = numberOption(parser, u"seed"_s, QRandomGenerator::system()->bounded(1, 1'000'000), 0xFFFF'FFFF);
    const auto seats = numberOption(parser, u"seats"_s, 0, 80'000);
    const auto viewers = numberOption(parser, u"viewers"_s, 0, 40'000);
    const auto rounds = numberOption(parser, u"rounds"_s, 0, 10'000);
    const auto rate = numberOption(parser, u"rate"_s, 0, 100'000);
    if (!seed || !seats || !viewers || !rounds || !rate)
        return std::nullopt;
    return RunnerOptions{.scenario = {.isQuick = parser.isSet(u"quick"_s),
                                      .seed = static_cast<quint32>(*seed),
                                      .seats = static_cast<int>(*seats),
                                      .viewers = static_cast<int>(*viewers),
                                      .rounds = static_cast<int>(*rounds),
                                      .rate = static_cast<int>(*rate),
                                      .fault = parser.value(u"fault"_s)},
                         .server =
                             parser.isSet(u"server"_s) ? parser.value(u"server"_s) : beside.filePath(u"parterred"_s),
                         .psp = beside.filePath(u"parterre-psp"_s),
                         .checker = beside.filePath(u"parterre-check"_s),
                         .history = parser.value(u"history"_s)};
}

/// Empty where one is unknown.
std::vector<const Scenario *> chosenScenarios(const QCommandLineParser &parser)
{
    std::vector<const Scenario *> chosen;
    for (const QString &name : parser.positionalArguments()) {
        const Scenario *scenario = findScenario(name);
        if (!scenario)
            return {};
        chosen.push_back(scenario);
    }
    return chosen;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"parterre-bench"_s);
    QCommandLineParser parser;
    addOptions(parser);
    parser.process(application);
    QTextStream out(stdout);
    QTextStream err(stderr);
    const auto options = runnerOptions(parser);
    const auto chosen = chosenScenarios(parser);
    if (!options || chosen.empty()) {
        err << "parterre-bench: " << (options ? "name one scenario or more" : "a number is out of range")
            << "; see --help\n";
        return exitUsage;
    }
    const bool isJson = parser.isSet(u"json"_s);
    const bool isMarkdown = parser.isSet(u"markdown"_s);
    Markdown markdown(*options);
    if (isMarkdown)
        out << markdown.heading() << Qt::flush;
    int status = 0;
    for (const Scenario *scenario : chosen) {
        const auto result = runScenario(*scenario, *options);
        if (!result) {
            err << "parterre-bench: " << scenario->name << ": " << result.error().message << Qt::endl;
            status = exitFailed;
            continue;
        }
        if (result->violations() != 0 || !result->findings.failures.isEmpty())
            status = std::max(status, exitViolations);
        (isJson || isMarkdown ? err : out) << resultText(*scenario, *options, *result) << Qt::flush;
        if (isMarkdown)
            out << markdown.section(*scenario, *result) << Qt::flush;
        if (isJson)
            out << QJsonDocument(resultJson(*scenario, *options, *result)).toJson(QJsonDocument::Compact) << Qt::endl;
    }
    if (isMarkdown)
        out << markdown.summary();
    return status;
}
