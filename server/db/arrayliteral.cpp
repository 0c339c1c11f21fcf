#include "db/arrayliteral.h"

#include "base/assert.h"

#include <array>
#include <charconv>
#include <chrono>

namespace parterre::server {

namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

void appendNumber(std::string &text, qint64 value)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

void appendPadded(std::string &text, qint64 value, int width)
{
    std::array<char, 12> digits{};
    for (int i = width - 1; i >= 0; --i) {
        digits[static_cast<size_t>(i)] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    text.append(digits.data(), static_cast<size_t>(width));
}

void appendHex(std::string &text, uchar byte)
{
    text += hexDigits[byte >> 4];
    text += hexDigits[byte & 0xF];
}

} // namespace

void ArrayLiteral::next()
{
    if (m_count++ > 0)
        m_text += ',';
}

void ArrayLiteral::add(int value)
{
    add(qint64(value));
}

void ArrayLiteral::add(qint64 value)
{
    next();
    appendNumber(m_text, value);
}

void ArrayLiteral::add(Instant value)
{
    using namespace std::chrono;
    next();
    const auto day = floor<days>(value);
    const year_month_day date(day);
    PT_ASSERT(int(date.year()) > 0 && int(date.year()) < 10'000, "holds and sales are of our time");
    const hh_mm_ss<microseconds> time(value - day);
    appendPadded(m_text, int(date.year()), 4);
    m_text += '-';
    appendPadded(m_text, unsigned(date.month()), 2);
    m_text += '-';
    appendPadded(m_text, unsigned(date.day()), 2);
    m_text += 'T';
    appendPadded(m_text, time.hours().count(), 2);
    m_text += ':';
    appendPadded(m_text, time.minutes().count(), 2);
    m_text += ':';
    appendPadded(m_text, time.seconds().count(), 2);
    m_text += '.';
    appendPadded(m_text, time.subseconds().count(), 6);
    m_text += 'Z';
}

void ArrayLiteral::add(const QUuid &uuid)
{
    if (uuid.isNull())
        return addNull();
    next();
    const QByteArray bytes = uuid.toRfc4122();
    for (int i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            m_text += '-';
        appendHex(m_text, static_cast<uchar>(bytes[i]));
    }
}

void ArrayLiteral::add(const QString &text)
{
    addQuoted(text.toUtf8());
}

void ArrayLiteral::add(const QByteArray &bytes)
{
    next();
    m_text += "\"\\\\x"; // The backslash of bytea's hex form, itself escaped.
    for (const char byte : bytes)
        appendHex(m_text, static_cast<uchar>(byte));
    m_text += '"';
}

void ArrayLiteral::add(std::span<const int> numbers)
{
    next();
    m_text += "\"{";
    for (size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0)
            m_text += ',';
        appendNumber(m_text, numbers[i]);
    }
    m_text += "}\"";
}

void ArrayLiteral::addWord(std::string_view word)
{
    next();
    m_text += word;
}

void ArrayLiteral::addQuoted(std::string_view text)
{
    next();
    m_text += '"';
    for (const char character : text) {
        if (character == '"' || character == '\\')
            m_text += '\\';
        m_text += character;
    }
    m_text += '"';
}

} // namespace parterre::server
