#pragma once

#include "base/jsonfields.h"

#include <QVarLengthArray>

#include <cstring>

namespace parterre {

/// Writes described values as compact JSON straight into bytes, without a tree of values in between. The bytes are those
/// that QJsonDocument makes of toJson(), keys sorted, so either may be used for what is compared or hashed. For what is
/// written for every hold.
class JsonText
{
public:
    template <Described T>
    [[nodiscard]] static QByteArray of(const T &value, qsizetype bytesExpected = 512)
    {
        JsonText text;
        text.m_bytes.reserve(bytesExpected);
        text.add(value);
        return QByteArray(text.m_bytes.constData(), text.m_bytes.size());
    }
    /// A text in its quotes.
    [[nodiscard]] static QByteArray of(const QString &value)
    {
        JsonText text;
        text.add(value);
        return QByteArray(text.m_bytes.constData(), text.m_bytes.size());
    }

private:
    /// The fields of one object, as describe() gives them.
    class Fields
    {
    public:
        explicit Fields(JsonText &text)
            : m_text(text)
            , m_begin(text.m_bytes.size())
        {}

        template <class T>
        void operator()(const char *name, const T &value, const FieldLimits & = {})
        {
            m_fields.append({name, m_text.m_bytes.size()});
            m_text.addName(name);
            m_text.add(value);
        }
        template <class T>
        void operator()(const char *name, const std::optional<T> &value, const FieldLimits & = {})
        {
            if (value)
                (*this)(name, *value);
        }
        template <class T>
        void optional(const char *name, const T &value, const FieldLimits &limits = {})
        {
            (*this)(name, value, limits);
        }
        [[nodiscard]] static constexpr bool reading() { return false; }
        void fail(ErrorCode, const QString &, const char *) {}

        void finish() { m_text.closeObject(m_begin, m_fields); }

    private:
        JsonText &m_text;
        const qsizetype m_begin;
        QVarLengthArray<std::pair<const char *, qsizetype>, 24> m_fields; ///< Names, and where each begins.
    };

    template <Described T>
    void add(const T &value)
    {
        Fields fields(*this);
        const_cast<T &>(value).describe(fields); // describe() serves reading too; a writer changes nothing.
        fields.finish();
    }
    template <class T>
    void add(const std::vector<T> &list)
    {
        m_bytes.append('[');
        for (size_t i = 0; i < list.size(); ++i) {
            if (i > 0)
                m_bytes.append(',');
            add(list[i]);
        }
        m_bytes.append(']');
    }
    template <NamedEnum E>
    void add(E value)
    {
        addQuoted(enumWord(value));
    }
    template <class Tag>
    void add(const Id<Tag> &id)
    {
        addId(id.uuid());
    }
    void add(const QString &text);
    void add(qint64 number);
    void add(int number) { add(qint64(number)); }
    void add(bool flag) { put(flag ? "true" : "false"); }
    void add(const Money &money);
    void add(Instant instant);
    void add(const QByteArray &bytes);
    // What is rare is left to QJsonDocument.
    void add(double number) { addValue(number); }
    void add(const QJsonObject &object) { addValue(object); }

    void addName(const char *name);
    void addId(const QUuid &uuid);
    /// Of ASCII, with nothing in it that JSON escapes.
    void addQuoted(QByteArrayView plain);
    void addValue(const QJsonValue &value);
    void closeObject(qsizetype begin, QVarLengthArray<std::pair<const char *, qsizetype>, 24> &fields);

    void put(QByteArrayView plain) { m_bytes.append(plain.data(), plain.size()); }

    QVarLengthArray<char, 1024> m_bytes; ///< Most texts never leave the stack before they are done.
};

} // namespace parterre
