#include "scenarios/markdown.h"

#include "base/clock.h"

#include <QFile>
#include <QThread>

#include <array>
#include <cstdlib>

namespace parterre::bench {

using namespace Qt::StringLiterals;

namespace {

QString processorName()
{
    QFile file(u"/proc/cpuinfo"_s);
    if (file.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (line.startsWith("model name"))
                return QString::fromUtf8(line.mid(line.indexOf(':') + 1).trimmed());
        }
    }
    return u"an unknown processor"_s;
}

QString rowText(const QStringList &cells)
{
    return u"| "_s + cells.join(u" | "_s) + u" |\n"_s;
}

/// The first column to the left, numbers to the right.
QString tableText(const QStringList &columns, const std::vector<QStringList> &rows)
{
    QStringList rule{u"---"_s};
    for (qsizetype i = 1; i < columns.size(); ++i)
        rule.append(u"--:"_s);
    QString text = rowText(columns) + rowText(rule);
    for (const QStringList &row : rows)
        text += rowText(row);
    return text;
}

} // namespace

Markdown::Markdown(const RunnerOptions &options)
    : m_options(options)
{}

QString Markdown::heading() const
{
    std::array<double, 3> load{};
    const bool isKnown = getloadavg(load.data(), static_cast<int>(load.size())) > 0;
    return u"Measured %1 on %2, %3 cores; load average before it %4.%5\n\n"_s
        .arg(instantToText(std::chrono::floor<std::chrono::seconds>(SystemClock().now())), processorName())
        .arg(QThread::idealThreadCount())
        .arg(isKnown ? QString::number(load[0], 'f', 1) : u"unknown"_s,
             m_options.scenario.isQuick ? u" Quick runs, which scatter more."_s : QString());
}

QString Markdown::section(const Scenario &scenario, const RunnerResult &result)
{
    const Findings &findings = result.findings;
    const QString name = QString::fromLatin1(scenario.name);
    m_rows.push_back({name, u"%1 %2"_s.arg(rateText(findings.perSecond), QString::fromLatin1(scenario.unit)),
                      QString::number(result.ratio(), 'f', 2),
                      u"%1 (%2)"_s.arg(findings.referenceName, rateText(findings.reference)),
                      millisecondsText(findings.p50Milliseconds), millisecondsText(findings.p99Milliseconds),
                      rateText(static_cast<double>(result.violations())), QString::number(m_options.scenario.seed)});
    QString text = u"### %1\n%2\n\n"_s.arg(name, QString::fromLatin1(scenario.help));
    text += tableText(findings.columns, findings.table) + u'\n';
    for (const QString &note : findings.notes)
        text += note + u'\n';
    text += u"Beside it pgbench %1 and Redis %2 a second. %3 events judged, %4 violations, %5 s all in.\n\n"_s
                .arg(rateText(result.references.pgbenchPerSecond), rateText(result.references.redisPerSecond),
                     rateText(result.verdict.value(u"events"_s).toDouble()))
                .arg(result.violations())
                .arg(QString::number(result.seconds, 'f', 0));
    return text;
}

QString Markdown::summary() const
{
    return u"### In short\n"_s + tableText({u"scenario"_s, u"main figure"_s, u"ratio"_s, u"against"_s, u"p50 ms"_s,
                                            u"p99 ms"_s, u"violations"_s, u"seed"_s},
                                           m_rows);
}

} // namespace parterre::bench
