#include "identity/passwordhasher.h"

#include "base/assert.h"
#include "identity/tokens.h"

#include <sodium.h>

#include <array>

namespace parterre::server {

namespace {

class Slot
{
public:
    explicit Slot(std::counting_semaphore<2> &slots)
        : m_slots(slots)
    {
        m_slots.acquire();
    }
    ~Slot() { m_slots.release(); }
    Slot(const Slot &) = delete;
    Slot &operator=(const Slot &) = delete;

private:
    std::counting_semaphore<2> &m_slots;
};

constexpr auto operationsMax = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr auto memoryBytesMax = crypto_pwhash_MEMLIMIT_INTERACTIVE;

QString hashed(const QString &password)
{
    const QByteArray utf8 = password.toUtf8();
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const int failed = crypto_pwhash_str(out.data(), utf8.constData(), static_cast<unsigned long long>(utf8.size()),
                                         operationsMax, memoryBytesMax);
    PT_ASSERT(failed == 0, "there is memory for hashing a password");
    return QString::fromLatin1(out.data());
}

/// Nobody's password is the same for a whole process, since making its hash takes as long as a sign-in.
const QString &hashOfNobody()
{
    static const QString hash = hashed(tokens::create());
    return hash;
}

} // namespace

PasswordHasher::PasswordHasher()
{
    PT_ASSERT(sodium_init() >= 0, "libsodium can be initialised");
    (void)hashOfNobody(); // Now, since the first who is nobody is not to wait longer than others.
}

QString PasswordHasher::hash(const QString &password)
{
    const Slot slot(m_slots);
    return hashed(password);
}

bool PasswordHasher::verify(const QString &hash, const QString &password)
{
    const Slot slot(m_slots);
    const QByteArray utf8 = password.toUtf8();
    return crypto_pwhash_str_verify(hash.toLatin1().constData(), utf8.constData(),
                                    static_cast<unsigned long long>(utf8.size())) == 0;
}

bool PasswordHasher::verifyNobody(const QString &password)
{
    m_verificationsOfNobody.fetch_add(1);
    (void)verify(hashOfNobody(), password);
    return false;
}

bool PasswordHasher::needsRehash(const QString &hash) const
{
    return crypto_pwhash_str_needs_rehash(hash.toLatin1().constData(), operationsMax, memoryBytesMax) != 0;
}

} // namespace parterre::server
