#pragma once

#include "domain/ticketing/ticketcode.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <array>

namespace parterre::server {

inline constexpr int ticketSeedBytes = 32;
inline constexpr int ticketPublicKeyBytes = 32;

/// A new random seed, from which the secret key of a signer is made. Keep it as a secret.
[[nodiscard]] QByteArray newTicketSeed();

/// Signs ticket codes with one Ed25519 key (libsodium; 20 us a ticket). const functions may run on many threads.
/// The secret key is wiped from memory at the end.
class TicketSigner
{
public:
    /// Refuses a seed that is not ticketSeedBytes long.
    [[nodiscard]] static Result<TicketSigner> fromSeed(quint16 keyId, const QByteArray &seed);

    TicketSigner(TicketSigner &&other) noexcept;
    TicketSigner &operator=(TicketSigner &&other) noexcept;
    TicketSigner(const TicketSigner &) = delete;
    TicketSigner &operator=(const TicketSigner &) = delete;
    ~TicketSigner();

    [[nodiscard]] quint16 keyId() const { return m_keyId; }
    [[nodiscard]] QByteArray publicKey() const;
    /// The text for the QR code, ticketCodeCharacters long. The payload's keyId is replaced by ours.
    [[nodiscard]] QString sign(TicketPayload payload) const;

private:
    TicketSigner() = default;

    quint16 m_keyId = 0;
    std::array<unsigned char, 64> m_secretKey{}; ///< Seed and public key, as libsodium keeps them.
};

/// The public keys that a gate believes, old ones too: a ticket outlives the key that signed it.
class TicketKeyRing
{
public:
    /// Refuses a key of another length, and a second key under an id.
    [[nodiscard]] Status add(quint16 keyId, const QByteArray &publicKey);
    [[nodiscard]] bool contains(quint16 keyId) const { return m_keys.contains(keyId); }

    /// The payload, if one of our keys signed it. Says nothing of revocation, of admission or of the time: the caller
    /// compares `notAfter` with its clock. Refuses with InvalidInput.
    [[nodiscard]] Result<TicketPayload> verify(const QString &code) const;

private:
    QHash<quint16, QByteArray> m_keys;
};

} // namespace parterre::server
