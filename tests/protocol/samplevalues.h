#pragma once

#include "base/money.h"
#include "protocol/codec.h"

#include <functional>

/// What every sample of a message is made with.
namespace parterre::tests {

using namespace Qt::StringLiterals;

struct MessageSample
{
    protocol::Envelope envelope;
    /// Reads a body as this type's and writes it again: what both peers understand of it.
    std::function<Result<QJsonObject>(const QJsonObject &)> reread;
};

/// Ids that say in a file what they are the id of.
template <class AnyId>
AnyId sampleId(int number)
{
    return *AnyId::fromText(u"0192f3a1-7c1e-7d44-9a51-%1"_s.arg(number, 12, 16, QChar(u'0')));
}

inline Instant sampleTime(int minutes)
{
    return *instantFromText(u"2026-11-24T19:30:00Z"_s) + std::chrono::minutes(minutes);
}

inline Money pounds(qint64 pence)
{
    return {pence, *Currency::fromCode(u"GBP"_s)};
}

enum class Direction { Request, Reply, Push };

template <Described Body>
MessageSample sampleOf(Direction direction, protocol::MessageType type, const Body &body)
{
    const auto id = sampleId<CommandId>(0xc0);
    MessageSample sample;
    if (direction == Direction::Request)
        sample.envelope = protocol::request(type, id, body);
    else if (direction == Direction::Reply)
        sample.envelope = protocol::reply(type, id, body);
    else
        sample.envelope = protocol::push(type, body);
    sample.reread = [](const QJsonObject &object) -> Result<QJsonObject> {
        PT_TRY(const Body read, fromJson<Body>(object));
        return toJson(read);
    };
    return sample;
}

} // namespace parterre::tests
