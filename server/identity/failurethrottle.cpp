#include "identity/failurethrottle.h"

#include <iterator>

namespace parterre::server {

namespace {

void forget(std::deque<FailureThrottle::Moment> &failures, FailureThrottle::Moment now)
{
    while (!failures.empty() && failures.front() + FailureThrottle::window <= now)
        failures.pop_front();
}

} // namespace

int FailureThrottle::waitSeconds(const QString &peer, Moment now)
{
    const std::lock_guard guard(m_mutex);
    const auto found = m_failures.find(peer);
    if (found == m_failures.end())
        return 0;
    forget(*found, now);
    if (found->empty()) {
        m_failures.erase(found);
        return 0;
    }
    if (std::ssize(*found) < m_failuresMax)
        return 0;
    const auto left = found->front() + window - now;
    return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count());
}

void FailureThrottle::failed(const QString &peer, Moment now)
{
    const std::lock_guard guard(m_mutex);
    if (m_failures.size() >= peersMax && !m_failures.contains(peer)) {
        m_failures.removeIf([now](auto it) {
            forget(*it, now);
            return it->empty();
        });
        if (m_failures.size() >= peersMax)
            m_failures.erase(m_failures.begin());
    }
    auto &failures = m_failures[peer];
    forget(failures, now);
    failures.push_back(now);
    if (std::ssize(failures) > m_failuresMax)
        failures.pop_front();
}

} // namespace parterre::server
