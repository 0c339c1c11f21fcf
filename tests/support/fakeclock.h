#pragma once

#include "base/clock.h"

namespace parterre::test {

/// A clock that stands until a test moves it.
class FakeClock final : public Clock
{
public:
    explicit FakeClock(Instant now = *instantFromText(QStringLiteral("2026-11-24T19:30:00Z")))
        : m_now(now)
    {}

    [[nodiscard]] Instant now() const override { return m_now; }
    void advance(std::chrono::microseconds time) { m_now += time; }

private:
    Instant m_now;
};

} // namespace parterre::test
