#pragma once

#include <QHash>
#include <QString>

#include <chrono>
#include <deque>
#include <mutex>

namespace parterre::server {

/// Slows down who guesses secrets and fails too often: an address that signs in, whatever names it tries, or somebody
/// who tries codes. In memory and by the monotonic clock: it guards this process alone. Thread-safe.
class FailureThrottle
{
public:
    using Moment = std::chrono::steady_clock::time_point;

    static constexpr int failuresOfAddressMax = 20; ///< A box office behind one address has a few typing errors.
    static constexpr std::chrono::seconds window{300};
    static constexpr int peersMax = 10'000; ///< Bounds the memory that a scan from many addresses costs.

    explicit FailureThrottle(int failuresMax)
        : m_failuresMax(failuresMax)
    {}

    /// Seconds until the peer may try again; 0 for now.
    [[nodiscard]] int waitSeconds(const QString &peer, Moment now);
    void failed(const QString &peer, Moment now);

private:
    const int m_failuresMax;
    std::mutex m_mutex;
    QHash<QString, std::deque<Moment>> m_failures;
};

} // namespace parterre::server
