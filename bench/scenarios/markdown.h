#pragma once

#include "scenarios/runner.h"

namespace parterre::bench {

/// Runs as docs/benchmarks.md shows them, in GitHub's Markdown.
class Markdown
{
public:
    explicit Markdown(const RunnerOptions &options);

    /// When, and on what machine; its load now, which is before anything of ours runs.
    [[nodiscard]] QString heading() const;
    /// A section of one scenario: its table and its notes.
    [[nodiscard]] QString section(const Scenario &scenario, const RunnerResult &result);
    /// One row for each section so far.
    [[nodiscard]] QString summary() const;

private:
    const RunnerOptions m_options;
    std::vector<QStringList> m_rows;
};

} // namespace parterre::bench
