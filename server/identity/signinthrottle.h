#pragma once

#include <QHash>
#include <QString>

#include <chrono>
#include <deque>
#include <mutex>

namespace parterre::server {

/// Slows down one address that fails to sign in too often, whatever names it tries. In memory and by the monotonic
/// clock: it guards this process, and the lock of the user's row guards the user across processes. Thread-safe.
class SignInThrottle
{
public:
    using Moment = std::chrono::steady_clock::time_point;

    static constexpr int failuresMax = 20; ///< A box office behind one address has a few typing errors.
    static constexpr std::chrono::seconds window{300};
    static constexpr int peersMax = 10'000; ///< Bounds the memory that a scan from many addresses costs.

    /// Seconds until the peer may try again; 0 for now.
    [[nodiscard]] int waitSeconds(const QString &peer, Moment now);
    void failed(const QString &peer, Moment now);

private:
    std::mutex m_mutex;
    QHash<QString, std::deque<Moment>> m_failures;
};

} // namespace parterre::server
