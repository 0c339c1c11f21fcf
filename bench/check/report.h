#pragma once

#include "check/judge.h"

#include <QJsonObject>

namespace parterre::check {

/// `violations`, `by_rule`, `sentences` and how much was judged.
[[nodiscard]] QJsonObject verdictToJson(const Verdict &verdict);
/// A sentence a violation, then one line that says how much was judged.
[[nodiscard]] QString verdictText(const Verdict &verdict);

} // namespace parterre::check
