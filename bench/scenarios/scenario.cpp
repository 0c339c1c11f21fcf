#include "scenarios/scenario.h"

#include <QLocale>

#include <algorithm>

namespace parterre::bench {

using namespace Qt::StringLiterals;

const std::vector<Scenario> &scenarios()
{
    static const std::vector<Scenario> all{holdsScenario(), hotseatScenario(), onsaleScenario(),   viewersScenario(),
                                           gaScenario(),    expiryScenario(),  checkoutScenario(), drillScenario()};
    return all;
}

const Scenario *findScenario(const QString &name)
{
    const auto found = std::ranges::find_if(
        scenarios(), [&](const Scenario &scenario) { return name == QLatin1StringView(scenario.name); });
    return found == scenarios().end() ? nullptr : &*found;
}

QString rateText(double perSecond)
{
    static const QLocale english(QLocale::English);
    return english.toString(qRound64(perSecond));
}

QString millisecondsText(double milliseconds)
{
    return QString::number(milliseconds, 'f', milliseconds < 10 ? 2 : 1);
}

QStringList stepRow(const QString &what, const Step &step)
{
    return {what,
            rateText(step.offeredPerSecond),
            rateText(step.grantedPerSecond()),
            rateText(static_cast<double>(step.refused) / step.seconds),
            rateText(static_cast<double>(step.failed)),
            millisecondsText(step.latency.milliseconds(50)),
            millisecondsText(step.latency.milliseconds(99)),
            rateText(step.serverMicroseconds()),
            rateText(step.databaseMicroseconds()),
            rateText(step.driverMicroseconds()),
            millisecondsText(static_cast<double>(step.diskNanoseconds) / millisecond)};
}

Findings findingsOf(const Step &atOneRate)
{
    return {.perSecond = atOneRate.grantedPerSecond(),
            .p50Milliseconds = atOneRate.latency.milliseconds(50),
            .p99Milliseconds = atOneRate.latency.milliseconds(99),
            .table = {stepRow(u"at this rate"_s, atOneRate)}};
}

Findings findingsOf(const Peak &peak)
{
    Findings findings{.perSecond = peak.perSecond,
                      .p50Milliseconds = peak.calm.latency.milliseconds(50),
                      .p99Milliseconds = peak.calm.latency.milliseconds(99)};
    for (const Step &step : peak.search)
        findings.table.push_back(stepRow(u"search"_s, step));
    findings.table.push_back(stepRow(u"peak"_s, peak.atPeak));
    findings.table.push_back(stepRow(u"70 % of it"_s, peak.calm));
    findings.more = {{u"peak_p99_ms"_s, peak.atPeak.latency.milliseconds(99)},
                     {u"calm_offered_per_second"_s, peak.calm.offeredPerSecond},
                     {u"calm_granted_per_second"_s, peak.calm.grantedPerSecond()},
                     {u"server_microseconds"_s, peak.atPeak.serverMicroseconds()},
                     {u"database_microseconds"_s, peak.atPeak.databaseMicroseconds()},
                     {u"driver_microseconds"_s, peak.atPeak.driverMicroseconds()},
                     {u"disk_slowest_ms"_s, static_cast<double>(peak.calm.diskNanoseconds) / millisecond},
                     {u"failed"_s, peak.atPeak.failed + peak.calm.failed}};
    return findings;
}

} // namespace parterre::bench
