#include "base/jsonfields.h"

#include <QJsonDocument>

#include <cmath>

namespace parterre {

using namespace Qt::StringLiterals;

JsonReader::JsonReader(QJsonObject object, UnknownFields unknown, QString pointer)
    : m_object(std::move(object))
    , m_unknown(unknown)
    , m_pointer(std::move(pointer))
{}

QString JsonReader::pointerTo(const char *name) const
{
    return m_pointer + u'/' + QLatin1StringView(name);
}

void JsonReader::failAt(const QString &pointer, ErrorCode code, const QString &what)
{
    if (!m_fault)
        m_fault = Error{.code = code, .message = u"%1 %2."_s.arg(pointer, what), .field = pointer};
}

void JsonReader::fail(ErrorCode code, const QString &message, const char *name)
{
    if (!m_fault)
        m_fault = Error{.code = code, .message = message, .field = pointerTo(name)};
}

Status JsonReader::finish()
{
    if (!m_fault && m_unknown == UnknownFields::Refuse) {
        for (auto it = m_object.constBegin(); it != m_object.constEnd(); ++it) {
            if (!m_known.contains(it.key())) {
                QString name = it.key().left(limits::labelCharactersMax);
                name.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s); // RFC 6901 section 3.
                const QString pointer = m_pointer + u'/' + name;
                failAt(pointer, ErrorCode::InvalidInput,
                       u"is not known here; known are %1"_s.arg(m_known.join(u", "_s)));
                break;
            }
        }
    }
    if (m_fault)
        return refuse(*m_fault);
    return {};
}

bool JsonReader::countFits(qsizetype count, const FieldLimits &limits, const QString &pointer)
{
    if (count > limits.countMax) {
        failAt(pointer, ErrorCode::TooLarge, u"has %1 entries; at most %2 are taken"_s.arg(count).arg(limits.countMax));
        return false;
    }
    if (count < limits.countMin) {
        failAt(pointer, ErrorCode::InvalidInput, u"needs at least %1 entries"_s.arg(limits.countMin));
        return false;
    }
    return true;
}

void JsonReader::readValue(const QJsonValue &json, QString &value, const FieldLimits &limits, const QString &pointer)
{
    if (!json.isString())
        return failAt(pointer, ErrorCode::InvalidInput, u"must be a text"_s);
    const QString text = json.toString();
    if (text.size() > limits.charactersMax) {
        return failAt(pointer, ErrorCode::TooLarge,
                      u"has %1 characters; at most %2 are taken"_s.arg(text.size()).arg(limits.charactersMax));
    }
    if (text.size() < limits.charactersMin)
        return failAt(pointer, ErrorCode::InvalidInput, u"needs at least %1 characters"_s.arg(limits.charactersMin));
    if (text.contains(QChar(0))) // PostgreSQL's text type cannot hold it.
        return failAt(pointer, ErrorCode::InvalidInput, u"holds a null character"_s);
    if (!text.isValidUtf16()) // Nor half a character, which would come back as another text.
        return failAt(pointer, ErrorCode::InvalidInput, u"holds half of a character"_s);
    value = text;
}

void JsonReader::readValue(const QJsonValue &json, qint64 &value, const FieldLimits &limits, const QString &pointer)
{
    const double number = json.toDouble(std::nan(""));
    if (!json.isDouble() || std::floor(number) != number || std::abs(number) > 9'007'199'254'740'991.0)
        return failAt(pointer, ErrorCode::InvalidInput, u"must be a whole number"_s);
    const qint64 whole = json.toInteger();
    if (whole < limits.min || whole > limits.max) {
        const QString range = limits.min == std::numeric_limits<qint64>::min()
                                  ? u"must be at most %1"_s.arg(limits.max)
                                  : u"must be from %1 to %2"_s.arg(limits.min).arg(limits.max);
        return failAt(pointer, ErrorCode::InvalidInput, range);
    }
    value = whole;
}

void JsonReader::readValue(const QJsonValue &json, int &value, const FieldLimits &limits, const QString &pointer)
{
    FieldLimits narrowed = limits;
    narrowed.min = std::max<qint64>(limits.min, std::numeric_limits<int>::min());
    narrowed.max = std::min<qint64>(limits.max, std::numeric_limits<int>::max());
    qint64 wide = value;
    readValue(json, wide, narrowed, pointer);
    value = static_cast<int>(wide);
}

void JsonReader::readValue(const QJsonValue &json, bool &value, const FieldLimits &, const QString &pointer)
{
    if (!json.isBool())
        return failAt(pointer, ErrorCode::InvalidInput, u"must be true or false"_s);
    value = json.toBool();
}

void JsonReader::readValue(const QJsonValue &json, double &value, const FieldLimits &, const QString &pointer)
{
    if (!json.isDouble() || !std::isfinite(json.toDouble()))
        return failAt(pointer, ErrorCode::InvalidInput, u"must be a number"_s);
    value = json.toDouble();
}

void JsonReader::readValue(const QJsonValue &json, Money &value, const FieldLimits &limits, const QString &pointer)
{
    if (!json.isObject())
        return failAt(pointer, ErrorCode::InvalidInput,
                      u"must be an amount: {\"amount\": 2500, \"currency\": \"EUR\"}"_s);
    const QJsonObject object = json.toObject();
    FieldLimits amountLimits = limits;
    amountLimits.min = std::max(limits.min, -limits::moneyMinorUnitsMax);
    amountLimits.max = std::min(limits.max, limits::moneyMinorUnitsMax);
    qint64 minorUnits = 0;
    readValue(object.value(u"amount"_s), minorUnits, amountLimits, pointer + u"/amount"_s);
    const auto currency = Currency::fromCode(object.value(u"currency"_s).toString());
    if (!currency)
        return failAt(pointer + u"/currency"_s, ErrorCode::InvalidInput,
                      u"must be three capital letters, such as EUR"_s);
    value = Money(minorUnits, *currency);
}

void JsonReader::readValue(const QJsonValue &json, Instant &value, const FieldLimits &, const QString &pointer)
{
    const auto instant = json.isString() ? instantFromText(json.toString()) : std::nullopt;
    if (!instant)
        return failAt(pointer, ErrorCode::InvalidInput,
                      u"must be a time as in RFC 3339, such as 2026-11-24T19:30:00Z"_s);
    value = *instant;
}

void JsonReader::readValue(const QJsonValue &json, QByteArray &value, const FieldLimits &limits, const QString &pointer)
{
    const QByteArray text = json.toString().toLatin1();
    const auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!json.isString() || !decoded)
        return failAt(pointer, ErrorCode::InvalidInput, u"must be base64"_s);
    if (decoded.decoded.size() > limits.max)
        return failAt(pointer, ErrorCode::TooLarge, u"has more than %1 bytes"_s.arg(limits.max));
    value = decoded.decoded;
}

void JsonReader::readValue(const QJsonValue &json, QJsonObject &value, const FieldLimits &, const QString &pointer)
{
    if (!json.isObject())
        return failAt(pointer, ErrorCode::InvalidInput, u"must be an object"_s);
    value = json.toObject();
}

QJsonValue JsonWriter::toValue(const Money &money)
{
    return QJsonObject{{u"amount"_s, money.minorUnits()}, {u"currency"_s, money.currency().code()}};
}

QJsonValue JsonWriter::toValue(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

namespace {

/// Nesting depth without building a tree, so that a hostile document costs one pass. Brackets in texts do not count.
int jsonDepth(const QByteArray &bytes)
{
    int depth = 0;
    int deepest = 0;
    bool inText = false;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const char c = bytes.at(i);
        if (inText) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inText = false;
        } else if (c == '"') {
            inText = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

} // namespace

Result<QJsonObject> parseJsonObject(const QByteArray &bytes, qsizetype bytesMax, const QString &what)
{
    if (bytes.size() > bytesMax)
        return refuse(ErrorCode::TooLarge,
                      u"%1 has %2 bytes; at most %3 are taken."_s.arg(what).arg(bytes.size()).arg(bytesMax));
    if (jsonDepth(bytes) > limits::jsonDepthMax)
        return refuse(ErrorCode::TooLarge, u"%1 is nested deeper than %2."_s.arg(what).arg(limits::jsonDepthMax));
    QJsonParseError fault;
    const auto document = QJsonDocument::fromJson(bytes, &fault);
    if (fault.error != QJsonParseError::NoError) {
        return refuse(ErrorCode::InvalidInput,
                      u"%1 is not JSON: %2 at byte %3."_s.arg(what, fault.errorString()).arg(fault.offset));
    }
    if (!document.isObject())
        return refuse(ErrorCode::InvalidInput, u"%1 must be a JSON object."_s.arg(what));
    return document.object();
}

} // namespace parterre
