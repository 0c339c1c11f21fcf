#include "identity/passwordhasher.h"

#include "base/assert.h"

#include <sodium.h>

#include <array>

namespace parterre::server {

using namespace Qt::StringLiterals;

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
constexpr qsizetype hashBytes = 32; ///< As libsodium's own are.

QString hashed(const QString &password)
{
    const QByteArray utf8 = password.toUtf8();
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const int failed = crypto_pwhash_str(out.data(), utf8.constData(), static_cast<unsigned long long>(utf8.size()),
                                         operationsMax, memoryBytesMax);
    PT_ASSERT(failed == 0, "there is memory for hashing a password");
    return QString::fromLatin1(out.data());
}

/// A hash that nobody has the password of: made up, since making a real one takes as long as a sign-in, and each start of
/// a process would. Checking a password against it costs what any other does.
const QString &hashOfNobody()
{
    static const QString hash = [] {
        const auto random = [](qsizetype bytes) {
            QByteArray made(bytes, Qt::Uninitialized);
            randombytes_buf(made.data(), static_cast<std::size_t>(bytes));
            return QString::fromLatin1(made.toBase64(QByteArray::OmitTrailingEquals));
        };
        return u"$argon2id$v=19$m=%1,t=%2,p=1$%3$%4"_s.arg(memoryBytesMax / 1'024)
            .arg(operationsMax)
            .arg(random(crypto_pwhash_SALTBYTES), random(hashBytes));
    }();
    return hash;
}

} // namespace

PasswordHasher::PasswordHasher()
{
    PT_ASSERT(sodium_init() >= 0, "libsodium can be initialised");
    PT_ASSERT(!needsRehash(hashOfNobody()), "libsodium reads a hash that was made up, at the cost of a real one");
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
