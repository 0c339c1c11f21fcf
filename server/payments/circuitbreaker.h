#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace parterre::server {

/// Spares a service that is down, and everyone who would wait for it:
///
///     closed     -- failuresMax failures in a row -->  open
///     open       -- its pause is over, one call -->    probing
///     probing    -- success -->  closed       -- failure -->  open, for twice as long up to pauseMax
///
/// Thread safe. Time is an argument.
class CircuitBreaker
{
public:
    using Time = std::chrono::steady_clock::time_point;
    struct Config
    {
        int failuresMax = 5;
        std::chrono::milliseconds pause{5'000};
        std::chrono::milliseconds pauseMax{60'000};
    };

    explicit CircuitBreaker(const Config &config);

    /// Whether a call may be made now. After `true` its outcome has to be told.
    [[nodiscard]] bool allows(Time now);
    void succeeded();
    void failed(Time now);
    /// How long nobody should try; nothing while calls may be made.
    [[nodiscard]] std::optional<std::chrono::milliseconds> pauseLeft(Time now) const;

private:
    const Config m_config;
    mutable std::mutex m_mutex;
    int m_failures = 0; ///< In a row.
    bool m_isOpen = false;
    bool m_isProbing = false;
    std::chrono::milliseconds m_pause;
    Time m_openUntil;
};

} // namespace parterre::server
