#include "scenarios/runner.h"

#include "check/history.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>

#include <algorithm>
#include <optional>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int checkMillisecondsMax = 600'000;
constexpr int sentencesShown = 10;

Result<QJsonObject> judged(const Scenario &scenario, const RunnerOptions &options, const QString &history, World &world)
{
    QStringList flags{u"--history"_s, history, u"--database"_s, world.node().dsn(), u"--json"_s};
    if (Psp *psp = world.psp()) {
        const QString path = QDir(world.node().folder()).filePath(u"provider.ndjson"_s);
        PT_TRY(const check::ProviderBook book, psp->book());
        PT_CHECK(check::writeProviderBookFile(path, book));
        flags += {u"--provider"_s, path};
    }
    for (const char *flag : scenario.checkerFlags)
        flags.append(QString::fromLatin1(flag));
    QProcess process;
    process.start(options.checker, flags);
    const bool isDone = process.waitForFinished(checkMillisecondsMax);
    const QJsonObject verdict = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    if (isDone && !verdict.isEmpty())
        return verdict;
    return refuse(ErrorCode::Unavailable,
                  u"The history was not judged: %1"_s.arg(QString::fromUtf8(process.readAllStandardError()).trimmed()));
}

/// Columns as wide as their widest cell; the first to the left, numbers to the right.
QString tableText(const QStringList &columns, const std::vector<QStringList> &rows)
{
    std::vector<qsizetype> widths(static_cast<size_t>(columns.size()));
    const auto measure = [&](const QStringList &cells) {
        for (qsizetype i = 0; i < cells.size(); ++i)
            widths[static_cast<size_t>(i)] = std::max(widths[static_cast<size_t>(i)], cells[i].size());
    };
    measure(columns);
    std::ranges::for_each(rows, measure);
    QString text;
    const auto write = [&](const QStringList &cells) {
        for (qsizetype i = 0; i < cells.size(); ++i) {
            const qsizetype width = widths[static_cast<size_t>(i)];
            text += u"  "_s + (i == 0 ? cells[i].leftJustified(width) : cells[i].rightJustified(width));
        }
        text += u'\n';
    };
    write(columns);
    std::ranges::for_each(rows, write);
    return text;
}

} // namespace

qint64 RunnerResult::violations() const
{
    return verdict.value(u"violations"_s).toInteger();
}

Result<RunnerResult> runScenario(const Scenario &scenario, const RunnerOptions &options)
{
    const qint64 begin = Loop::now();
    WorldOptions worldOptions = scenario.plan(options.scenario);
    worldOptions.server = options.server;
    worldOptions.pspProgram = options.psp;
    if (!scenario.armsFault)
        worldOptions.fault = options.scenario.fault;
    PT_TRY(const auto world, World::open(worldOptions));
    RunnerResult result;
    std::optional<ReferenceRuns> references;
    if (!scenario.hasOwnReference)
        PT_CHECK(makeLogFiles(world->node().dsn()));
    if (!scenario.hasOwnReference && options.scenario.rate == 0) {
        PT_TRY(auto opened, ReferenceRuns::open({.dsn = world->node().dsn(),
                                                 .folder = world->node().folder(),
                                                 .seconds = options.scenario.isQuick ? 2 : 8}));
        references.emplace(std::move(opened));
        PT_CHECK(references->run());
    }
    auto findings = scenario.run(*world, options.scenario);
    if (!findings)
        return refuse(ErrorCode::Unavailable, findings.error().message + u' ' + world->node().logTail());
    result.findings = *std::move(findings);
    if (references) {
        PT_CHECK(references->run());
        result.references = references->mean();
        references.reset(); // Its database, while there is a cluster.
    }
    if (result.findings.reference == 0) {
        result.findings.reference = result.references.pgbenchPerSecond;
        result.findings.referenceName = u"pgbench, one-row updates"_s;
    }
    PT_CHECK(world->sampleClock());
    const QString path =
        options.history.isEmpty() ? QDir(world->node().folder()).filePath(u"history.ndjson"_s) : options.history;
    PT_CHECK(check::writeHistoryFile(path, world->takeHistory(QString::fromLatin1(scenario.name))));
    PT_TRY(result.verdict, judged(scenario, options, path, *world));
    world->stop();
    result.seconds = static_cast<double>(Loop::now() - begin) / second;
    return result;
}

QString resultText(const Scenario &scenario, const RunnerOptions &options, const RunnerResult &result)
{
    const Findings &findings = result.findings;
    QString text = u"%1: %2\n"_s.arg(QLatin1StringView(scenario.name), QLatin1StringView(scenario.help));
    text += tableText(findings.columns, findings.table);
    for (const QString &note : findings.notes)
        text += u"  "_s + note + u'\n';
    for (const QString &failure : findings.failures)
        text += u"  FAILED: "_s + failure + u'\n';
    text += u"  %1 %2, %3 x %4 (%5 a second); p50 %6 ms, p99 %7 ms\n"_s.arg(
        rateText(findings.perSecond), QLatin1StringView(scenario.unit), QString::number(result.ratio(), 'f', 2),
        findings.referenceName, rateText(findings.reference), millisecondsText(findings.p50Milliseconds),
        millisecondsText(findings.p99Milliseconds));
    if (!scenario.hasOwnReference) {
        text += u"  beside it: pgbench %1, redis SET NX PX %2 a second\n"_s.arg(
            rateText(result.references.pgbenchPerSecond), rateText(result.references.redisPerSecond));
    }
    const QJsonArray sentences = result.verdict.value(u"sentences"_s).toArray();
    for (qsizetype i = 0; i < std::min<qsizetype>(sentences.size(), sentencesShown); ++i)
        text += u"  VIOLATION: "_s + sentences.at(i).toString() + u'\n';
    text += u"  judged: %1 events, %2 violations; seed %3; %4 s all in\n"_s
                .arg(rateText(result.verdict.value(u"events"_s).toDouble()))
                .arg(result.violations())
                .arg(options.scenario.seed)
                .arg(QString::number(result.seconds, 'f', 1));
    return text;
}

QJsonObject resultJson(const Scenario &scenario, const RunnerOptions &options, const RunnerResult &result)
{
    const Findings &findings = result.findings;
    QJsonArray table;
    for (const QStringList &cells : findings.table) {
        QJsonObject row;
        for (qsizetype i = 0; i < cells.size(); ++i)
            row.insert(findings.columns.value(i), cells[i]);
        table.append(row);
    }
    QJsonObject json = findings.more;
    json.insert(u"scenario"_s, QString::fromLatin1(scenario.name));
    json.insert(u"unit"_s, QString::fromLatin1(scenario.unit));
    json.insert(u"violations"_s, result.violations());
    json.insert(u"per_second"_s, findings.perSecond);
    json.insert(u"ratio"_s, result.ratio());
    json.insert(u"reference"_s, findings.reference);
    json.insert(u"reference_name"_s, findings.referenceName);
    json.insert(u"pgbench_per_second"_s, result.references.pgbenchPerSecond);
    json.insert(u"redis_per_second"_s, result.references.redisPerSecond);
    json.insert(u"p50_ms"_s, findings.p50Milliseconds);
    json.insert(u"p99_ms"_s, findings.p99Milliseconds);
    json.insert(u"seed"_s, static_cast<qint64>(options.scenario.seed));
    json.insert(u"failures"_s, QJsonArray::fromStringList(findings.failures));
    json.insert(u"quick"_s, options.scenario.isQuick);
    json.insert(u"seconds"_s, result.seconds);
    json.insert(u"table"_s, table);
    json.insert(u"verdict"_s, result.verdict);
    return json;
}

} // namespace parterre::bench
