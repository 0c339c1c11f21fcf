#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/result.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>

#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

/// One description of a message's fields serves for reading and writing it:
///
///     struct TakeHold
///     {
///         HoldId hold;
///         std::vector<QString> seats;
///
///         template <class Fields>
///         void describe(Fields &fields)
///         {
///             fields("hold_id", hold);
///             fields("seats", seats, {.countMax = limits::seatsPerHoldMax});
///         }
///     };
///
/// Reading stops at the first fault and names it by JSON pointer (RFC 6901), e.g. `/seats/3`. What is absent is
/// refused unless the member is a std::optional, or `fields.optional` is used, which leaves the member as it was.

namespace parterre {

/// Bounds for one field. A text is bounded by characters, a whole number by value, a list by count; the texts
/// inside a list are bounded by `charactersMax` too.
struct FieldLimits
{
    int charactersMax = limits::nameCharactersMax;
    int charactersMin = 0;
    qint64 min = std::numeric_limits<qint64>::min();
    qint64 max = 9'007'199'254'740'991; ///< 2^53 - 1, the last whole number that every JSON reader keeps exact.
    int countMax = 1'000;
    int countMin = 0;
};

/// Specialise for an enum that travels by name:
/// `template <> struct EnumNames<Role> { static constexpr auto names = std::to_array<std::pair<Role, const char
/// *>>(...); };`
template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires
{
    EnumNames<E>::names;
};

/// Empty for what has no name.
template <NamedEnum E>
[[nodiscard]] constexpr std::string_view enumWord(E value)
{
    for (const auto &[known, name] : EnumNames<E>::names) {
        if (known == value)
            return name;
    }
    return {};
}

template <NamedEnum E>
[[nodiscard]] QString enumName(E value)
{
    return QString::fromLatin1(enumWord(value));
}

template <NamedEnum E>
[[nodiscard]] std::optional<E> enumFromName(const QString &text)
{
    for (const auto &[value, name] : EnumNames<E>::names) {
        if (text == QLatin1StringView(name))
            return value;
    }
    return std::nullopt;
}

class JsonReader;
class JsonWriter;

template <class T>
concept Described = requires(T &value, JsonReader &reader)
{
    value.describe(reader);
};

enum class UnknownFields {
    Ignore, ///< For the desk protocol: a newer peer may say more than we know.
    Refuse, ///< For HTTP bodies: a misspelt field must not be lost in silence.
};

class JsonReader
{
public:
    explicit JsonReader(QJsonObject object, UnknownFields unknown = UnknownFields::Ignore, QString pointer = {});

    template <class T>
    void operator()(const char *name, T &value, const FieldLimits &limits = {})
    {
        readField(name, value, limits, Presence::Required);
    }

    /// Leaves `value` as it is when the field is absent or null.
    template <class T>
    void optional(const char *name, T &value, const FieldLimits &limits = {})
    {
        readField(name, value, limits, Presence::Optional);
    }

    [[nodiscard]] static constexpr bool reading() { return true; }
    /// The first fault met, or nothing. Checks for unknown fields where that was asked for.
    [[nodiscard]] Status finish();
    /// For a describe() that checks more than one field can say.
    void fail(ErrorCode code, const QString &message, const char *name);

private:
    enum class Presence { Required, Optional };

    template <class T>
    void readField(const char *name, T &value, const FieldLimits &limits, Presence presence)
    {
        m_known.append(QLatin1StringView(name));
        if (m_fault)
            return;
        const QJsonValue json = m_object.value(QLatin1StringView(name));
        if (json.isUndefined() || json.isNull()) {
            if (presence == Presence::Required)
                failAt(pointerTo(name), ErrorCode::InvalidInput, QStringLiteral("is missing"));
            return;
        }
        readValue(json, value, limits, pointerTo(name));
    }
    template <class T>
    void readField(const char *name, std::optional<T> &value, const FieldLimits &limits, Presence)
    {
        T inner{};
        const bool present =
            !m_object.value(QLatin1StringView(name)).isUndefined() && !m_object.value(QLatin1StringView(name)).isNull();
        readField(name, inner, limits, Presence::Optional);
        if (present)
            value = std::move(inner);
        else
            value.reset();
    }

    template <class T>
    void readValue(const QJsonValue &json, std::vector<T> &list, const FieldLimits &limits, const QString &pointer)
    {
        if (!json.isArray())
            return failAt(pointer, ErrorCode::InvalidInput, QStringLiteral("must be a list"));
        const QJsonArray array = json.toArray();
        if (!countFits(array.size(), limits, pointer))
            return;
        list.clear();
        list.reserve(static_cast<size_t>(array.size()));
        for (qsizetype i = 0; i < array.size() && !m_fault; ++i) {
            T item{};
            readValue(array.at(i), item, limits, pointer + u'/' + QString::number(i));
            list.push_back(std::move(item));
        }
    }
    template <Described T>
    void readValue(const QJsonValue &json, T &value, const FieldLimits &, const QString &pointer)
    {
        if (!json.isObject())
            return failAt(pointer, ErrorCode::InvalidInput, QStringLiteral("must be an object"));
        JsonReader inner(json.toObject(), m_unknown, pointer);
        value.describe(inner);
        if (const Status done = inner.finish(); !done)
            m_fault = done.error();
    }
    template <NamedEnum E>
    void readValue(const QJsonValue &json, E &value, const FieldLimits &, const QString &pointer)
    {
        if (const auto known = json.isString() ? enumFromName<E>(json.toString()) : std::nullopt) {
            value = *known;
            return;
        }
        QString all;
        for (const auto &[ignored, name] : EnumNames<E>::names)
            all += (all.isEmpty() ? QString() : QStringLiteral(", ")) + QLatin1StringView(name);
        failAt(pointer, ErrorCode::InvalidInput, QStringLiteral("must be one of %1").arg(all));
    }
    template <class Tag>
    void readValue(const QJsonValue &json, Id<Tag> &value, const FieldLimits &, const QString &pointer)
    {
        const auto id = json.isString() ? Id<Tag>::fromText(json.toString()) : std::nullopt;
        if (!id)
            return failAt(pointer, ErrorCode::InvalidInput,
                          QStringLiteral("must be a UUID in lower case, such as 0192f3a1-7c1e-7d44-9a51-3f1f2a6b8c9d"));
        value = *id;
    }
    void readValue(const QJsonValue &json, QString &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, qint64 &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, int &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, bool &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, double &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, Money &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, Instant &value, const FieldLimits &limits, const QString &pointer);
    /// Bytes travel as standard base64.
    void readValue(const QJsonValue &json, QByteArray &value, const FieldLimits &limits, const QString &pointer);
    void readValue(const QJsonValue &json, QJsonObject &value, const FieldLimits &limits, const QString &pointer);

    [[nodiscard]] bool countFits(qsizetype count, const FieldLimits &limits, const QString &pointer);
    [[nodiscard]] QString pointerTo(const char *name) const;
    void failAt(const QString &pointer, ErrorCode code, const QString &what);

    QJsonObject m_object;
    UnknownFields m_unknown;
    QString m_pointer;
    QStringList m_known;
    std::optional<Error> m_fault;
};

class JsonWriter
{
public:
    template <class T>
    void operator()(const char *name, const T &value, const FieldLimits & = {})
    {
        m_object.insert(QLatin1StringView(name), toValue(value));
    }
    template <class T>
    void operator()(const char *name, const std::optional<T> &value, const FieldLimits & = {})
    {
        if (value)
            m_object.insert(QLatin1StringView(name), toValue(*value));
    }
    template <class T>
    void optional(const char *name, const T &value, const FieldLimits &limits = {})
    {
        (*this)(name, value, limits);
    }

    [[nodiscard]] static constexpr bool reading() { return false; }
    /// So that one describe() serves both ways; writing never fails.
    void fail(ErrorCode, const QString &, const char *) {}
    [[nodiscard]] QJsonObject object() const { return m_object; }

    template <class T>
    [[nodiscard]] static QJsonValue toValue(const std::vector<T> &list)
    {
        QJsonArray array;
        for (const T &item : list)
            array.append(toValue(item));
        return array;
    }
    template <Described T>
    [[nodiscard]] static QJsonValue toValue(const T &value)
    {
        JsonWriter inner;
        const_cast<T &>(value).describe(inner); // describe() serves reading too; a writer changes nothing.
        return inner.object();
    }
    template <NamedEnum E>
    [[nodiscard]] static QJsonValue toValue(E value)
    {
        return enumName(value);
    }
    template <class Tag>
    [[nodiscard]] static QJsonValue toValue(const Id<Tag> &id)
    {
        return id.text();
    }
    [[nodiscard]] static QJsonValue toValue(const QString &text) { return text; }
    [[nodiscard]] static QJsonValue toValue(qint64 number) { return number; }
    [[nodiscard]] static QJsonValue toValue(int number) { return number; }
    [[nodiscard]] static QJsonValue toValue(bool flag) { return flag; }
    [[nodiscard]] static QJsonValue toValue(double number) { return number; }
    [[nodiscard]] static QJsonValue toValue(const Money &money);
    [[nodiscard]] static QJsonValue toValue(Instant instant) { return instantToText(instant); }
    [[nodiscard]] static QJsonValue toValue(const QByteArray &bytes);
    [[nodiscard]] static QJsonValue toValue(const QJsonObject &object) { return object; }

private:
    QJsonObject m_object;
};

/// Parses bytes into an object: refuses more than `bytesMax`, deeper nesting than limits::jsonDepthMax, bad UTF-8
/// and anything that is not one JSON object. `what` names the thing in the refusal, e.g. "The request body".
[[nodiscard]] Result<QJsonObject> parseJsonObject(const QByteArray &bytes, qsizetype bytesMax, const QString &what);

template <Described T>
[[nodiscard]] Result<T> fromJson(const QJsonObject &object, UnknownFields unknown = UnknownFields::Ignore)
{
    T value{};
    JsonReader reader(object, unknown);
    value.describe(reader);
    PT_CHECK(reader.finish());
    return value;
}

template <Described T>
[[nodiscard]] QJsonObject toJson(const T &value)
{
    return JsonWriter::toValue(value).toObject();
}

} // namespace parterre
