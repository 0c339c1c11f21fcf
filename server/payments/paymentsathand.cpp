#include "payments/paymentsathand.h"

namespace parterre::server {

void PaymentsAtHand::add(const PaymentId &payment, Time now)
{
    const std::scoped_lock lock(m_mutex);
    m_begun.insert(payment.uuid(), now);
    m_oldestFirst.emplace_back(now, payment.uuid());
    while (m_oldestFirst.size() > countMax || m_oldestFirst.front().first + timeMax <= now) {
        const auto [begun, oldest] = m_oldestFirst.front();
        if (const auto found = m_begun.constFind(oldest); found != m_begun.constEnd() && *found == begun)
            m_begun.erase(found);
        m_oldestFirst.pop_front();
    }
}

void PaymentsAtHand::remove(const PaymentId &payment)
{
    const std::scoped_lock lock(m_mutex);
    m_begun.remove(payment.uuid());
}

bool PaymentsAtHand::has(const PaymentId &payment, Time now) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_begun.constFind(payment.uuid());
    return found != m_begun.constEnd() && now < *found + timeMax;
}

} // namespace parterre::server
