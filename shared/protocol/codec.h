#pragma once

#include "protocol/messages.h"

#include <QByteArray>

#include <optional>

namespace parterre::protocol {

/// One message as it travels:
///
///     request  {"type": "take_hold", "id": "<command id>", "body": {...}}
///     reply    {"type": "hold", "re": "<command id>", "body": {...}}
///     push     {"type": "map_changed", "body": {...}}
///
/// A reply of type `refused` has an Error as its body. A command id that is sent again, after a reconnect say, is
/// answered with the first outcome.
struct Envelope
{
    MessageType type = MessageType::Refused;
    std::optional<CommandId> id;
    std::optional<CommandId> re;
    QJsonObject body;
};

/// Refuses more than `bytesMax`, what is not JSON, unknown types, and a missing body, with the field's name.
[[nodiscard]] Result<Envelope> decode(const QByteArray &text, qsizetype bytesMax);
[[nodiscard]] QByteArray encode(const Envelope &envelope);

template <Described Body>
[[nodiscard]] Envelope request(MessageType type, const CommandId &id, const Body &body)
{
    return {.type = type, .id = id, .re = std::nullopt, .body = toJson(body)};
}
template <Described Body>
[[nodiscard]] Envelope reply(MessageType type, const CommandId &re, const Body &body)
{
    return {.type = type, .id = std::nullopt, .re = re, .body = toJson(body)};
}
template <Described Body>
[[nodiscard]] Envelope push(MessageType type, const Body &body)
{
    return {.type = type, .id = std::nullopt, .re = std::nullopt, .body = toJson(body)};
}
[[nodiscard]] Envelope refusal(const std::optional<CommandId> &re, const Error &error);

/// The version that a server of `serverMin`..`server` and a desk of `hello` both speak; VersionMismatch with a sentence
/// that says which side to update.
[[nodiscard]] Result<int> agreeOnVersion(const Hello &hello, int server = protocolVersion,
                                         int serverMin = protocolVersionMin);

} // namespace parterre::protocol
