#pragma once

#include "base/ids.h"

#include <QHash>

#include <chrono>
#include <deque>
#include <mutex>

namespace parterre::server {

/// The payments that this process is charging, or has captured moments ago. What their provider tells of them meanwhile
/// says nothing that its answers do not say, and comes five times for each payment: it is not worth a look at the
/// database. Should we die over one, its deadline has it asked for as without any news.
class PaymentsAtHand
{
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Less than what a server has for its own calls before news make another ask (paymentnews::hearAll()).
    static constexpr std::chrono::seconds timeMax{50};
    static constexpr size_t countMax = 20'000;

    void add(const PaymentId &payment, Time now);
    /// It ended without money, or it is not known how: whatever is told of it may be new.
    void remove(const PaymentId &payment);
    [[nodiscard]] bool has(const PaymentId &payment, Time now) const;

private:
    mutable std::mutex m_mutex;
    QHash<QUuid, Time> m_begun;
    std::deque<std::pair<Time, QUuid>> m_oldestFirst; ///< Also of those that were removed.
};

} // namespace parterre::server
