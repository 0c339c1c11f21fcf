#pragma once

#include "base/jsonfields.h"

#include <array>
#include <cstddef>

/// Bodies of requests that come thousands of times a second, read by RapidJSON without a QJsonObject in between.
///
/// Only what is right is read here. Whatever is not exactly as described gives nothing, and the caller reads the body again
/// with parseJsonObject() and fromJson(), which alone say what is wrong with which field. So this reader has no words,
/// and may know less than the other, but takes nothing that the other would refuse.
namespace parterre::server::api {

/// A value of the document; null where there is none.
using QuickValue = const void *;

class QuickDocument
{
public:
    static constexpr qsizetype bytesMax = 16 * 1024; ///< Larger bodies are rare.

    explicit QuickDocument(const QByteArray &bytes);
    ~QuickDocument();
    QuickDocument(const QuickDocument &) = delete;
    QuickDocument &operator=(const QuickDocument &) = delete;

    /// The object that the bytes are; null where they are anything else.
    [[nodiscard]] QuickValue object() const;

private:
    class Private;
    /// Its memory is the caller's stack: what takes a thousand bytes of the heap for a moment costs more than reading them.
    alignas(16) std::array<std::byte, 2'560> m_memory;
    Private *m_private = nullptr;
};

/// False for a value of another kind, or outside of the limits; what is read into may have changed then.
namespace quick {
[[nodiscard]] QuickValue member(QuickValue object, const char *name);
[[nodiscard]] int memberCount(QuickValue object);
[[nodiscard]] bool isObject(QuickValue value);
[[nodiscard]] bool isNull(QuickValue value);
/// How many entries a list has; -1 for what is no list.
[[nodiscard]] int entryCount(QuickValue value);
[[nodiscard]] QuickValue entry(QuickValue list, int index);
[[nodiscard]] bool read(QuickValue value, QString &text, const FieldLimits &limits);
[[nodiscard]] bool read(QuickValue value, qint64 &number, const FieldLimits &limits);
[[nodiscard]] bool read(QuickValue value, bool &flag, const FieldLimits &limits);
[[nodiscard]] bool read(QuickValue value, QUuid &uuid);
} // namespace quick

/// The reading twin of JsonReader, with UnknownFields::Refuse.
class QuickReader
{
public:
    explicit QuickReader(QuickValue object)
        : m_object(object)
    {}

    template <class T>
    void operator()(const char *name, T &value, const FieldLimits &limits = {})
    {
        const QuickValue json = find(name);
        m_isRight = m_isRight && json && !quick::isNull(json) && read(json, value, limits);
    }
    template <class T>
    void operator()(const char *name, std::optional<T> &value, const FieldLimits &limits = {})
    {
        value.reset();
        if (const QuickValue json = find(name); json && !quick::isNull(json))
            m_isRight = m_isRight && read(json, value.emplace(), limits);
    }
    template <class T>
    void optional(const char *name, T &value, const FieldLimits &limits = {})
    {
        if (const QuickValue json = find(name); json && !quick::isNull(json))
            m_isRight = m_isRight && read(json, value, limits);
    }
    template <class T>
    void optional(const char *name, std::optional<T> &value, const FieldLimits &limits = {})
    {
        (*this)(name, value, limits);
    }
    [[nodiscard]] static constexpr bool reading() { return true; }
    void fail(ErrorCode, const QString &, const char *) { m_isRight = false; }

    /// Everything that is there was asked for, once, and was right. A name that stands twice is one too many.
    [[nodiscard]] bool finish() const { return m_isRight && m_found == quick::memberCount(m_object); }

private:
    QuickValue find(const char *name)
    {
        const QuickValue json = quick::member(m_object, name);
        m_found += json ? 1 : 0;
        return json;
    }
    template <class T>
    static bool read(QuickValue json, std::vector<T> &list, const FieldLimits &limits)
    {
        const int count = quick::entryCount(json);
        if (count < limits.countMin || count < 0 || count > limits.countMax)
            return false;
        list.clear();
        list.reserve(static_cast<size_t>(count));
        for (int i = 0; i < count; ++i) {
            if (!read(quick::entry(json, i), list.emplace_back(), limits))
                return false;
        }
        return true;
    }
    template <Described T>
    static bool read(QuickValue json, T &value, const FieldLimits &)
    {
        if (!quick::isObject(json))
            return false;
        QuickReader inner(json);
        value.describe(inner);
        return inner.finish();
    }
    template <class Tag>
    static bool read(QuickValue json, Id<Tag> &id, const FieldLimits &)
    {
        QUuid uuid;
        if (!quick::read(json, uuid))
            return false;
        id = Id<Tag>(uuid);
        return true;
    }
    static bool read(QuickValue json, QString &text, const FieldLimits &limits)
    {
        return quick::read(json, text, limits);
    }
    static bool read(QuickValue json, bool &flag, const FieldLimits &limits) { return quick::read(json, flag, limits); }
    static bool read(QuickValue json, qint64 &number, const FieldLimits &limits)
    {
        return quick::read(json, number, limits);
    }
    static bool read(QuickValue json, int &number, const FieldLimits &limits)
    {
        FieldLimits narrowed = limits;
        narrowed.min = std::max<qint64>(limits.min, std::numeric_limits<int>::min());
        narrowed.max = std::min<qint64>(limits.max, std::numeric_limits<int>::max());
        qint64 wide = 0;
        if (!quick::read(json, wide, narrowed))
            return false;
        number = static_cast<int>(wide);
        return true;
    }
    /// Of the rest JsonReader knows more.
    template <class T>
    static bool read(QuickValue, T &, const FieldLimits &)
    {
        return false;
    }

    const QuickValue m_object;
    int m_found = 0;
    bool m_isRight = true;
};

template <Described T>
[[nodiscard]] std::optional<T> readQuickly(const QByteArray &bytes)
{
    const QuickDocument document(bytes);
    if (!document.object())
        return std::nullopt;
    std::optional<T> value(std::in_place);
    QuickReader reader(document.object());
    value->describe(reader);
    if (!reader.finish())
        value.reset();
    return value;
}

} // namespace parterre::server::api
