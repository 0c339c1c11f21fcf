#include "outbox/factmessage.h"

#include "base/jsonfields.h"

#include <QJsonDocument>

#include <limits>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype valueBytesMax = 1'000'000; // As Kafka's own limit, message.max.bytes.
constexpr qsizetype typeBytesMax = 100;
constexpr qsizetype numberBytesMax = 19; // 2^63 has as many digits.

Result<qint64> numberOf(const KafkaMessage &message, const char *name, qint64 most)
{
    const QByteArray text = message.header(name);
    bool isNumber = text.size() <= numberBytesMax;
    const qint64 number = isNumber ? text.toLongLong(&isNumber) : 0;
    if (!isNumber || number < 1 || number > most)
        return refuse(ErrorCode::InvalidInput,
                      u"The header %1 is a whole number from 1 to %2."_s.arg(QLatin1StringView(name)).arg(most),
                      QString::fromLatin1(name));
    return number;
}

} // namespace

KafkaMessage messageOf(const OutboxFact &fact)
{
    return {.key = fact.key.toByteArray(QUuid::WithoutBraces),
            .value = QJsonDocument(fact.payload).toJson(QJsonDocument::Compact),
            .headers = {{"fact-id", QByteArray::number(fact.id)},
                        {"sequence", QByteArray::number(fact.sequence)},
                        {"type", fact.topic.toUtf8()},
                        {"time", instantToText(fact.at).toLatin1()}}};
}

Result<OutboxFact> factFrom(const KafkaMessage &message)
{
    OutboxFact fact;
    PT_TRY(fact.id, numberOf(message, "fact-id", std::numeric_limits<qint64>::max()));
    PT_TRY(const qint64 sequence, numberOf(message, "sequence", std::numeric_limits<int>::max()));
    fact.sequence = static_cast<int>(sequence);
    const QByteArray type = message.header("type");
    if (type.isEmpty() || type.size() > typeBytesMax || !type.isValidUtf8())
        return refuse(ErrorCode::InvalidInput, u"The header type is a text of 1 to %1 bytes."_s.arg(typeBytesMax),
                      u"type"_s);
    fact.topic = QString::fromUtf8(type);
    const auto at = instantFromText(QString::fromLatin1(message.header("time").left(typeBytesMax)));
    if (!at)
        return refuse(ErrorCode::InvalidInput, u"The header time is not RFC 3339."_s, u"time"_s);
    fact.at = *at;
    const auto key = message.key.size() == 36 ? uuidFromText(QString::fromLatin1(message.key)) : std::nullopt;
    if (!key)
        return refuse(ErrorCode::InvalidInput, u"The key is not the id of an order."_s, u"key"_s);
    fact.key = *key;
    auto payload = parseJsonObject(message.value, valueBytesMax, u"The value"_s);
    if (!payload)
        return refuse(payload.error().code, payload.error().message, u"value"_s);
    fact.payload = *std::move(payload);
    return fact;
}

} // namespace parterre::server
