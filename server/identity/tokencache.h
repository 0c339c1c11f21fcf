#pragma once

#include "identity/identityservice.h"

#include <QByteArray>
#include <QHash>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

namespace parterre::server {

/// Sessions that were valid a moment ago, by the hash of their token, so that thousands of requests a second do not
/// each ask the database. Bounded in number and time. Thread-safe.
///
/// Invariant: what was read from the database before forget() is not kept after it. find() gives the generation that
/// keep() must still meet; otherwise a session ended between the two would live on.
class TokenCache
{
public:
    using Moment = std::chrono::steady_clock::time_point;

    static constexpr int entriesMax = 50'000; ///< About 20 MB.
    /// A buyer's session has no end but its time, so nobody waits for another process to hear of one.
    static constexpr std::chrono::seconds buyersBelieved{60};

    explicit TokenCache(std::chrono::seconds believed)
        : m_believed(believed)
    {}

    struct Found
    {
        std::optional<Principal> principal;
        quint64 generation = 0;
    };

    [[nodiscard]] Found find(const QByteArray &tokenSha256, Moment now)
    {
        const std::lock_guard guard(m_mutex);
        const auto found = m_entries.constFind(tokenSha256);
        if (found == m_entries.cend() || found->until <= now)
            return {.principal = std::nullopt, .generation = m_generation};
        return {.principal = found->principal, .generation = m_generation};
    }

    void keep(const QByteArray &tokenSha256, const Principal &principal, quint64 generation, Moment now)
    {
        const std::lock_guard guard(m_mutex);
        if (generation != m_generation)
            return;
        if (m_entries.size() >= entriesMax)
            m_entries.removeIf([now](auto it) { return it->until <= now; });
        if (m_entries.size() >= entriesMax)
            return; // The database answers for the rest.
        m_entries.insert(tokenSha256, {principal, now + believed(tokenSha256, principal)});
    }

    void forget(const SessionId &session)
    {
        const std::lock_guard guard(m_mutex);
        ++m_generation;
        m_entries.removeIf([&session](auto it) { return it->principal.sessionId == session; });
    }

private:
    struct Entry
    {
        Principal principal;
        Moment until;
    };

    /// Half of the time to all of it, by the token: thousands who came in one second and were all asked for again in one
    /// second would make everybody wait.
    [[nodiscard]] std::chrono::milliseconds believed(const QByteArray &tokenSha256, const Principal &principal) const
    {
        const bool isBuyer = principal.kind == PrincipalKind::Buyer;
        const std::chrono::milliseconds longest = isBuyer ? std::max(m_believed, buyersBelieved) : m_believed;
        const int share = tokenSha256.isEmpty() ? 0 : static_cast<uchar>(tokenSha256.front());
        return longest / 2 + longest * share / 512;
    }

    const std::chrono::seconds m_believed;
    std::mutex m_mutex;
    quint64 m_generation = 0;
    QHash<QByteArray, Entry> m_entries;
};

} // namespace parterre::server
