#pragma once

#include "check/judge.h"

#include <QStringList>

namespace parterre::simulation {

/// The names of the rules of which the judge found violations.
[[nodiscard]] inline QStringList brokenRules(const check::Verdict &verdict)
{
    QStringList broken;
    for (const auto &[rule, count] : verdict.byRule)
        broken.append(enumName(rule));
    return broken;
}

} // namespace parterre::simulation
