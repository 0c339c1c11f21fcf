#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

#include <QByteArray>
#include <QString>

/// What the square code on a ticket says. All numbers are big-endian, as on the wire everywhere else.
///
///     offset  bytes  content
///          0      1  version, 1
///          1      2  id of the signing key
///          3     16  ticket id, the UUID in RFC 9562 byte order
///         19      4  short id of the performance, see shortPerformanceId()
///         23      4  place: bit 31 is set for an area, the rest is its number in the layout
///         27      4  not valid after, in Unix seconds (unsigned, so until 2106)
///         31     64  Ed25519 signature (RFC 8032) of bytes 0 to 30, made by server/ticketing/ticketsigner.h
///
/// The 95 bytes are written as 143 characters of Base45 (RFC 9285), which a QR code keeps in alphanumeric mode: version
/// 6 at error correction M, 41 x 41 modules, where Base64 would need 49 x 49. The layout follows the signed offline
/// codes of the European health certificates: a gate without a network needs the public keys and the list of revoked
/// ids only.
namespace parterre {

inline constexpr int ticketPayloadBytes = 31;
inline constexpr int ticketSignatureBytes = 64;
inline constexpr int ticketCodeBytes = ticketPayloadBytes + ticketSignatureBytes;
inline constexpr int ticketCodeCharacters = 143;

struct TicketPayload
{
    quint16 keyId = 0;
    TicketId ticket{};
    quint32 performance = 0; ///< Short id of the performance.
    quint32 placeNumber = 0; ///< Seat or area number in the layout, below 2^31.
    bool isArea = false;
    Instant notAfter{}; ///< Whole seconds, from 1970 to 2106.

    bool operator==(const TicketPayload &) const = default;
};

/// The 31 bytes that are signed. Numbers out of range are a broken invariant.
[[nodiscard]] QByteArray encodeTicketPayload(const TicketPayload &payload);
/// Refuses with InvalidInput another length, version or a null ticket id.
[[nodiscard]] Result<TicketPayload> decodeTicketPayload(const QByteArray &bytes);

/// The last four bytes of the performance's id, which are random in a UUIDv7. A gate that knows the performances of one
/// night tells a ticket for another night by it; what is unique is the ticket id.
[[nodiscard]] quint32 shortPerformanceId(const PerformanceId &performance);

/// A code taken apart, not yet believed: `payload` says which key to check `signature` with.
struct UncheckedTicketCode
{
    TicketPayload payload;
    QByteArray payloadBytes;
    QByteArray signature;
};

[[nodiscard]] QString joinTicketCode(const QByteArray &payloadBytes, const QByteArray &signature);
/// Refuses with InvalidInput what is not a code of ours. Reads at most ticketCodeCharacters.
[[nodiscard]] Result<UncheckedTicketCode> splitTicketCode(const QString &code);

} // namespace parterre
