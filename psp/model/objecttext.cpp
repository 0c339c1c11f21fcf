#include "model/objecttext.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace parterre::psp {

ObjectText::ObjectText(qsizetype bytesExpected)
{
    m_bytes.reserve(bytesExpected);
    m_bytes += '{';
}

void ObjectText::addName(const char *name)
{
    if (m_bytes.size() > 1)
        m_bytes += ',';
    m_bytes += '"';
    m_bytes += name;
    m_bytes += "\":";
}

void ObjectText::addQuoted(const QString &value)
{
    const bool isPlain =
        std::ranges::all_of(value, [](QChar c) { return c >= u' ' && c < QChar(0x7f) && c != u'"' && c != u'\\'; });
    if (!isPlain) {
        const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        m_bytes += list.mid(1, list.size() - 2); // Only a whole document is written by Qt.
        return;
    }
    const qsizetype at = m_bytes.size();
    m_bytes.resize(at + value.size() + 2);
    m_bytes[at] = '"';
    std::ranges::transform(value, m_bytes.data() + at + 1, [](QChar c) { return c.toLatin1(); });
    m_bytes.back() = '"';
}

ObjectText &ObjectText::text(const char *name, const QString &value)
{
    addName(name);
    addQuoted(value);
    return *this;
}

ObjectText &ObjectText::textOrNull(const char *name, const QString &value)
{
    return value.isEmpty() ? null(name) : text(name, value);
}

ObjectText &ObjectText::number(const char *name, qint64 value)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return json(name, QByteArrayView(digits.data(), end - digits.data()));
}

ObjectText &ObjectText::json(const char *name, QByteArrayView value)
{
    addName(name);
    m_bytes.append(value.data(), value.size());
    return *this;
}

QByteArray ObjectText::take()
{
    m_bytes += '}';
    return std::move(m_bytes);
}

} // namespace parterre::psp
