#pragma once

#include "base/clock.h"
#include "base/ids.h"

#include <QByteArray>
#include <QString>

#include <span>
#include <string>
#include <string_view>

namespace parterre::server {

/// A column of values for one statement over many rows, in the form that `$1::int[]` reads. Values are written straight
/// into the text that is sent: a batch of holds has thousands, and each would otherwise be a QString first.
class ArrayLiteral
{
public:
    void add(int value);
    void add(qint64 value);
    void add(Instant value);
    template <class Tag>
    void add(const Id<Tag> &id)
    {
        add(id.uuid());
    }
    void add(const QUuid &uuid); ///< NULL for the null uuid.
    void add(const QString &text);
    void add(const QByteArray &bytes); ///< For `bytea[]`.
    /// One element that is itself the text of an array, for a column of arrays: `($1::text[])[i]::int[]`.
    void add(std::span<const int> numbers);
    /// A word of ours that needs no quotes, such as the name of a state.
    void addWord(std::string_view word);
    void addNull() { addWord("NULL"); }

    [[nodiscard]] int count() const { return m_count; }
    [[nodiscard]] std::string text() const { return m_text + '}'; }

    /// Text in UTF-8.
    void addQuoted(std::string_view text);
    void addQuoted(const QByteArray &text) { addQuoted(std::string_view(text.constData(), static_cast<size_t>(text.size()))); }

private:
    void next();

    std::string m_text = "{";
    int m_count = 0;
};

} // namespace parterre::server
