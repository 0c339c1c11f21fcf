#pragma once

#include "base/clock.h"
#include "base/ids.h"

#include <QByteArray>
#include <QString>
#include <QVarLengthArray>

#include <string_view>

namespace parterre::server {

/// A column of values for one statement over many rows, in PostgreSQL's binary form of an array: no digits and no
/// quotes, which cost both sides more than the rows themselves. For statements that run thousands of times a second;
/// ArrayLiteral serves the rest and can be read in a log.
///
/// Its bytes() are the parameter, and the statement must say exactly the type, for example `$1::uuid[]`: PostgreSQL
/// refuses any other.
class BinaryArray
{
public:
    enum class Of : quint32 { Flag = 16, Bytes = 17, Int = 23, Text = 25, Place = 27, Instant = 1184, Uuid = 2950 };

    explicit BinaryArray(Of type, qsizetype countExpected = 0);

    void add(int value);
    void add(bool value);
    void add(Instant value);
    void add(const QUuid &uuid); ///< NULL for the null uuid.
    template <class Tag>
    void add(const Id<Tag> &id)
    {
        add(id.uuid());
    }
    void add(const QString &text);
    void add(const QByteArray &bytes); ///< Bytes, or text that is UTF-8 already.
    void addWord(std::string_view word);
    /// Where a row lies, as a `ctid` that was read under the row's lock.
    void addPlace(quint32 block, quint16 offset);
    void addNull();

    [[nodiscard]] int count() const { return m_count; }
    [[nodiscard]] QByteArray bytes() const;

private:
    void addElement(const void *data, qsizetype size);

    const Of m_type;
    QVarLengthArray<char, 64> m_elements; ///< Takes small pieces without a call for each.
    int m_count = 0;
    bool m_hasNull = false;
};

} // namespace parterre::server
