#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QString>

#include <atomic>
#include <semaphore>

namespace parterre::server {

/// Argon2id by libsodium at its INTERACTIVE cost: 64 MiB and two passes, about 75 ms, above the minimum of ASVS 5.0
/// appendix C. At most two run at once, so that a storm of sign-ins can take neither all memory nor all cores.
/// Blocking and thread-safe; never call it from an edge thread.
class PasswordHasher
{
public:
    PasswordHasher();

    /// The hash with its own salt and cost, in libsodium's text form.
    [[nodiscard]] QString hash(const QString &password);
    [[nodiscard]] bool verify(const QString &hash, const QString &password);
    /// Takes as long as verify() and is false: for a user who does not exist, so that time does not tell.
    [[nodiscard]] bool verifyNobody(const QString &password);
    /// True for a hash of another cost than hash() uses now.
    [[nodiscard]] bool needsRehash(const QString &hash) const;

    [[nodiscard]] qint64 verificationsOfNobody() const { return m_verificationsOfNobody.load(); }

private:
    std::counting_semaphore<2> m_slots{2};
    std::atomic<qint64> m_verificationsOfNobody{0};
};

} // namespace parterre::server
