#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace parterre {

using namespace std::chrono_literals;

/// A moment in UTC with microseconds, which is what PostgreSQL's timestamptz holds.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Seconds = std::chrono::seconds;

/// RFC 3339 in UTC, e.g. `2026-11-24T19:30:00Z`; microseconds are written only where there are any.
[[nodiscard]] QString instantToText(Instant instant);
/// Reads RFC 3339 with any offset; nothing for what is not one.
[[nodiscard]] std::optional<Instant> instantFromText(const QString &text);

/// The one place that asks the machine for the time. Expiry never uses it: for that the database's clock is the
/// only one (design D3). It serves logs, ids and what is shown.
class Clock
{
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock
{
public:
    [[nodiscard]] Instant now() const override;
};

} // namespace parterre
