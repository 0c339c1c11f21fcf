#pragma once

#include "load/reference.h"
#include "scenarios/scenario.h"

namespace parterre::bench {

struct RunnerOptions
{
    ScenarioOptions scenario{};
    QString server{};  ///< parterred.
    QString psp{};     ///< parterre-psp.
    QString checker{}; ///< parterre-check.
    QString history{}; ///< Where to keep the history; empty: nowhere.
};

struct RunnerResult
{
    Findings findings{};
    References references{};
    QJsonObject verdict{}; ///< As parterre-check prints it.
    double seconds = 0;    ///< All in.

    [[nodiscard]] qint64 violations() const;
    [[nodiscard]] double ratio() const { return findings.reference > 0 ? findings.perSecond / findings.reference : 0; }
};

/// Starts a server, measures the references, runs the scenario, and has the history judged.
[[nodiscard]] Result<RunnerResult> runScenario(const Scenario &scenario, const RunnerOptions &options);

[[nodiscard]] QString resultText(const Scenario &scenario, const RunnerOptions &options, const RunnerResult &result);
[[nodiscard]] QJsonObject resultJson(const Scenario &scenario, const RunnerOptions &options,
                                     const RunnerResult &result);

} // namespace parterre::bench
