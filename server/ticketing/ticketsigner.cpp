#include "ticketing/ticketsigner.h"

#include "base/assert.h"

#include <sodium.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace parterre::server {
namespace {

static_assert(ticketSeedBytes == crypto_sign_SEEDBYTES);
static_assert(ticketPublicKeyBytes == crypto_sign_PUBLICKEYBYTES);
static_assert(ticketSignatureBytes == crypto_sign_BYTES);

/// sodium_init() may be called again and from any thread; it fails only where the machine has no randomness.
void needSodium()
{
    PT_ASSERT(sodium_init() >= 0, "libsodium needs a source of randomness");
}

const unsigned char *bytesOf(const QByteArray &bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.constData());
}

} // namespace

QByteArray newTicketSeed()
{
    needSodium();
    QByteArray seed(ticketSeedBytes, '\0');
    randombytes_buf(seed.data(), static_cast<size_t>(seed.size()));
    return seed;
}

Result<TicketSigner> TicketSigner::fromSeed(quint16 keyId, const QByteArray &seed)
{
    if (seed.size() != ticketSeedBytes)
        return refuse(ErrorCode::InvalidInput, u"The seed of a ticket key has 32 bytes. Make a new ticket key."_s);
    needSodium();
    TicketSigner signer;
    signer.m_keyId = keyId;
    std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> publicKey{};
    crypto_sign_seed_keypair(publicKey.data(), signer.m_secretKey.data(), bytesOf(seed));
    return signer;
}

TicketSigner::TicketSigner(TicketSigner &&other) noexcept
    : m_keyId(other.m_keyId)
    , m_secretKey(other.m_secretKey)
{
    sodium_memzero(other.m_secretKey.data(), other.m_secretKey.size());
}

TicketSigner &TicketSigner::operator=(TicketSigner &&other) noexcept
{
    if (this != &other) {
        m_keyId = other.m_keyId;
        m_secretKey = other.m_secretKey;
        sodium_memzero(other.m_secretKey.data(), other.m_secretKey.size());
    }
    return *this;
}

TicketSigner::~TicketSigner()
{
    sodium_memzero(m_secretKey.data(), m_secretKey.size());
}

QByteArray TicketSigner::publicKey() const
{
    QByteArray key(ticketPublicKeyBytes, '\0');
    crypto_sign_ed25519_sk_to_pk(reinterpret_cast<unsigned char *>(key.data()), m_secretKey.data());
    return key;
}

QString TicketSigner::sign(TicketPayload payload) const
{
    // A signer that was moved from has a key of zeros, with which anyone could sign.
    PT_ASSERT(std::ranges::any_of(m_secretKey, [](unsigned char byte) { return byte != 0; }), "the signer has a key");
    payload.keyId = m_keyId;
    const QByteArray bytes = encodeTicketPayload(payload);
    QByteArray signature(ticketSignatureBytes, '\0');
    crypto_sign_detached(reinterpret_cast<unsigned char *>(signature.data()), nullptr, bytesOf(bytes),
                         static_cast<unsigned long long>(bytes.size()), m_secretKey.data());
    return joinTicketCode(bytes, signature);
}

Status TicketKeyRing::add(quint16 keyId, const QByteArray &publicKey)
{
    if (publicKey.size() != ticketPublicKeyBytes)
        return refuse(ErrorCode::InvalidInput, u"A public ticket key has 32 bytes. Export the key again."_s);
    if (m_keys.contains(keyId) && m_keys.value(keyId) != publicKey)
        return refuse(ErrorCode::WrongState, u"Another ticket key has this number. Give the new key its own."_s);
    m_keys.insert(keyId, publicKey);
    return {};
}

Result<TicketPayload> TicketKeyRing::verify(const QString &code) const
{
    PT_TRY(const UncheckedTicketCode parts, splitTicketCode(code));
    const auto key = m_keys.constFind(parts.payload.keyId);
    if (key == m_keys.constEnd())
        return refuse(ErrorCode::InvalidInput, u"This ticket was signed with a key that is not known here."_s);
    needSodium();
    if (crypto_sign_verify_detached(bytesOf(parts.signature), bytesOf(parts.payloadBytes),
                                    static_cast<unsigned long long>(parts.payloadBytes.size()), bytesOf(*key)) != 0)
        return refuse(ErrorCode::InvalidInput, u"This ticket is forged or damaged. Look up the order instead."_s);
    return parts.payload;
}

} // namespace parterre::server
