#include "domain/ticketing/ticketcode.h"

#include "base/assert.h"
#include "domain/ticketing/base45.h"

#include <QtEndian>

#include <limits>

using namespace Qt::StringLiterals;

namespace parterre {
namespace {

constexpr char version = 1;
constexpr quint32 areaBit = 0x8000'0000U;

template <class Number>
void append(QByteArray &bytes, Number number)
{
    const Number bigEndian = qToBigEndian(number);
    bytes.append(reinterpret_cast<const char *>(&bigEndian), sizeof bigEndian);
}

} // namespace

QByteArray encodeTicketPayload(const TicketPayload &payload)
{
    const auto seconds = std::chrono::floor<Seconds>(payload.notAfter).time_since_epoch().count();
    PT_ASSERT(!payload.ticket.isNull(), "a ticket code names a ticket");
    PT_ASSERT(payload.placeNumber < areaBit, "the top bit of the place tells areas from seats");
    PT_ASSERT(seconds >= 0 && seconds <= std::numeric_limits<quint32>::max(), "the code keeps 32 bits of seconds");

    QByteArray bytes;
    bytes.reserve(ticketPayloadBytes);
    bytes.append(version);
    append(bytes, payload.keyId);
    bytes.append(payload.ticket.uuid().toRfc4122());
    append(bytes, payload.performance);
    append(bytes, payload.placeNumber | (payload.isArea ? areaBit : 0U));
    append(bytes, static_cast<quint32>(seconds));
    return bytes;
}

Result<TicketPayload> decodeTicketPayload(const QByteArray &bytes)
{
    if (bytes.size() != ticketPayloadBytes)
        return refuse(ErrorCode::InvalidInput,
                      u"This is not a ticket code. Scan the square code on the ticket again."_s);
    if (bytes[0] != version)
        return refuse(ErrorCode::InvalidInput, u"This ticket code is of another version. Update this program."_s);
    const char *data = bytes.constData();
    const auto place = qFromBigEndian<quint32>(data + 23);
    TicketPayload payload{
        .keyId = qFromBigEndian<quint16>(data + 1),
        .ticket = TicketId(QUuid::fromRfc4122(QByteArrayView(data + 3, 16))),
        .performance = qFromBigEndian<quint32>(data + 19),
        .placeNumber = place & ~areaBit,
        .isArea = (place & areaBit) != 0,
        .notAfter = Instant(Seconds(qFromBigEndian<quint32>(data + 27))),
    };
    if (payload.ticket.isNull())
        return refuse(ErrorCode::InvalidInput, u"This ticket code names no ticket. Ask for a new ticket."_s);
    return payload;
}

quint32 shortPerformanceId(const PerformanceId &performance)
{
    return qFromBigEndian<quint32>(performance.uuid().toRfc4122().constData() + 12);
}

QString joinTicketCode(const QByteArray &payloadBytes, const QByteArray &signature)
{
    PT_ASSERT(payloadBytes.size() == ticketPayloadBytes, "a payload has a fixed size");
    PT_ASSERT(signature.size() == ticketSignatureBytes, "a signature has a fixed size");
    return base45Encode(payloadBytes + signature);
}

Result<UncheckedTicketCode> splitTicketCode(const QString &code)
{
    if (code.size() != ticketCodeCharacters)
        return refuse(ErrorCode::InvalidInput,
                      u"This is not a ticket code. Scan the square code on the ticket again."_s);
    PT_TRY(const QByteArray bytes, base45Decode(code));
    UncheckedTicketCode parts{
        .payload = {},
        .payloadBytes = bytes.first(ticketPayloadBytes),
        .signature = bytes.sliced(ticketPayloadBytes),
    };
    PT_TRY(parts.payload, decodeTicketPayload(parts.payloadBytes));
    return parts;
}

} // namespace parterre
