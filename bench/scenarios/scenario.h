#pragma once

#include "load/steps.h"
#include "load/world.h"

#include <QJsonObject>
#include <QStringList>

#include <span>
#include <vector>

namespace parterre::bench {

struct ScenarioOptions
{
    bool isQuick = false;
    quint32 seed = 1;
    int seats = 0;   ///< Of one performance; 0: what the scenario is meant for.
    int viewers = 0; ///< Of `viewers`; 0 as above.
    int rounds = 0;  ///< Of `drill`; 0 as above.
    int rate = 0; ///< Of `holds` and `checkout`: offered a second, instead of the search for the peak; 0: the search.
    QString fault{}; ///< Of the server; see NodeOptions.
};

/// The columns of a table of steps.
[[nodiscard]] inline QStringList stepColumns()
{
    return {QStringLiteral("what"),      QStringLiteral("offered/s"), QStringLiteral("granted/s"),
            QStringLiteral("refused/s"), QStringLiteral("failed"),    QStringLiteral("p50 ms"),
            QStringLiteral("p99 ms"),    QStringLiteral("server us"), QStringLiteral("db us"),
            QStringLiteral("driver us"), QStringLiteral("disk ms")};
}

/// What a scenario measured.
struct Findings
{
    double perSecond = 0; ///< The main figure: what its `unit` says, a second.
    double reference = 0; ///< What the main figure is held against; 0: pgbench's rate of the same run.
    QString referenceName{};
    double p50Milliseconds = 0;
    double p99Milliseconds = 0;
    QStringList columns = stepColumns();
    std::vector<QStringList> table{};
    QStringList notes{};    ///< Sentences under the table.
    QStringList failures{}; ///< Why the run proves less than it should, whatever the judge says.
    QJsonObject more{};     ///< For the JSON.
};

struct Scenario
{
    const char *name;
    const char *unit; ///< What is counted, e.g. "holds".
    const char *help;
    WorldOptions (*plan)(const ScenarioOptions &options); ///< Without the server, which the runner knows.
    Result<Findings> (*run)(World &world, const ScenarioOptions &options);
    std::vector<const char *> checkerFlags{}; ///< More for parterre-check.
    bool hasOwnReference = false;             ///< Nothing else needs to run beside it.
    bool armsFault = false;                   ///< By itself, once all is ready.
};

[[nodiscard]] const std::vector<Scenario> &scenarios();
[[nodiscard]] const Scenario *findScenario(const QString &name);

// For tables.
[[nodiscard]] QString rateText(double perSecond);
[[nodiscard]] QString millisecondsText(double milliseconds);
[[nodiscard]] QStringList stepRow(const QString &what, const Step &step);
/// Table, latencies and main figure of a search.
[[nodiscard]] Findings findingsOf(const Peak &peak);
/// The same of one rate without a search.
[[nodiscard]] Findings findingsOf(const Step &atOneRate);

// One file each.
[[nodiscard]] Scenario holdsScenario();
[[nodiscard]] Scenario hotseatScenario();
[[nodiscard]] Scenario onsaleScenario();
[[nodiscard]] Scenario viewersScenario();
[[nodiscard]] Scenario gaScenario();
[[nodiscard]] Scenario expiryScenario();
[[nodiscard]] Scenario checkoutScenario();
[[nodiscard]] Scenario drillScenario();

} // namespace parterre::bench
