#include "model/objecttext.h"

#include "base/jsontext.h"

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

ObjectText &ObjectText::text(const char *name, const QString &value)
{
    return json(name, JsonText::of(value));
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
