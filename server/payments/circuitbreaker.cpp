#include "payments/circuitbreaker.h"

#include <algorithm>

namespace parterre::server {

CircuitBreaker::CircuitBreaker(const Config &config)
    : m_config(config)
    , m_pause(config.pause)
{}

bool CircuitBreaker::allows(Time now)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_isOpen)
        return true;
    if (m_isProbing || now < m_openUntil)
        return false;
    m_isProbing = true;
    return true;
}

void CircuitBreaker::succeeded()
{
    const std::scoped_lock lock(m_mutex);
    m_failures = 0;
    m_isOpen = false;
    m_isProbing = false;
    m_pause = m_config.pause;
}

void CircuitBreaker::failed(Time now)
{
    const std::scoped_lock lock(m_mutex);
    ++m_failures;
    if (m_isProbing)
        m_pause = std::min(m_pause * 2, m_config.pauseMax);
    else if (m_isOpen || m_failures < m_config.failuresMax)
        return; // A call that began before it opened says nothing new.
    m_isOpen = true;
    m_isProbing = false;
    m_openUntil = now + m_pause;
}

std::optional<std::chrono::milliseconds> CircuitBreaker::pauseLeft(Time now) const
{
    const std::scoped_lock lock(m_mutex);
    if (!m_isOpen)
        return std::nullopt;
    if (now < m_openUntil)
        return std::chrono::ceil<std::chrono::milliseconds>(m_openUntil - now);
    return m_isProbing ? std::optional(std::chrono::milliseconds(1'000)) : std::nullopt;
}

} // namespace parterre::server
