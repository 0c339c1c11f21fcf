#include "protocol/codec.h"

#include <QJsonDocument>

#include <algorithm>

namespace parterre::protocol {

using namespace Qt::StringLiterals;

namespace {

Result<std::optional<CommandId>> readId(const QJsonObject &object, const QString &name)
{
    const QJsonValue value = object.value(name);
    if (value.isUndefined())
        return std::optional<CommandId>();
    const auto id = CommandId::fromText(value.toString());
    if (!id)
        return refuse(ErrorCode::InvalidInput, u"/%1 must be a UUID in lower case."_s.arg(name), u'/' + name);
    return id;
}

} // namespace

Result<Envelope> decode(const QByteArray &text, qsizetype bytesMax)
{
    PT_TRY(const QJsonObject object, parseJsonObject(text, bytesMax, u"The message"_s));
    Envelope envelope;
    const auto type = enumFromName<MessageType>(object.value(u"type"_s).toString());
    if (!type) {
        return refuse(ErrorCode::InvalidInput,
                      u"/type '%1' is not a message of this protocol."_s.arg(
                          object.value(u"type"_s).toString().left(limits::labelCharactersMax)),
                      u"/type"_s);
    }
    envelope.type = *type;
    PT_TRY(envelope.id, readId(object, u"id"_s));
    PT_TRY(envelope.re, readId(object, u"re"_s));
    if (!object.value(u"body"_s).isObject())
        return refuse(ErrorCode::InvalidInput, u"/body must be an object."_s, u"/body"_s);
    envelope.body = object.value(u"body"_s).toObject();
    return envelope;
}

QByteArray encode(const Envelope &envelope)
{
    QJsonObject object{{u"type"_s, enumName(envelope.type)}, {u"body"_s, envelope.body}};
    if (envelope.id)
        object.insert(u"id"_s, envelope.id->text());
    if (envelope.re)
        object.insert(u"re"_s, envelope.re->text());
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Envelope refusal(const std::optional<CommandId> &re, const Error &error)
{
    return {.type = MessageType::Refused, .id = std::nullopt, .re = re, .body = errorToJson(error)};
}

Result<int> agreeOnVersion(const Hello &hello, int server, int serverMin)
{
    if (hello.version < serverMin) {
        return refuse(
            ErrorCode::VersionMismatch,
            u"This desktop speaks version %1 and the server %2 or later. Update the desktop."_s.arg(hello.version)
                .arg(serverMin));
    }
    if (hello.versionMin > server) {
        return refuse(
            ErrorCode::VersionMismatch,
            u"This desktop needs version %1 and the server speaks %2. Update the server."_s.arg(hello.versionMin)
                .arg(server));
    }
    return std::min(hello.version, server);
}

} // namespace parterre::protocol
