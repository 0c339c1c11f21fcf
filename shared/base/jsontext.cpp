#include "base/jsontext.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <charconv>

namespace parterre {

namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

/// The letter after the backslash; nothing where four digits are needed.
char shortEscape(char16_t unit)
{
    switch (unit) {
    case u'"':
        return '"';
    case u'\\':
        return '\\';
    case u'\b':
        return 'b';
    case u'\f':
        return 'f';
    case u'\n':
        return 'n';
    case u'\r':
        return 'r';
    case u'\t':
        return 't';
    default:
        return 0;
    }
}

bool isPlain(char16_t unit)
{
    return unit >= 0x20 && unit < 0x80 && unit != u'"' && unit != u'\\';
}

template <class Bytes>
void appendEscaped(Bytes &bytes, char16_t unit)
{
    bytes.append('\\');
    if (const char letter = shortEscape(unit); letter != 0) {
        bytes.append(letter);
        return;
    }
    bytes.append('u');
    for (int shift = 12; shift >= 0; shift -= 4)
        bytes.append(hexDigits[static_cast<size_t>(unit >> shift & 0xF)]);
}

} // namespace

void JsonText::add(const QString &text)
{
    m_bytes.append('"');
    qsizetype i = 0;
    while (i < text.size()) {
        const qsizetype from = i;
        while (i < text.size() && isPlain(text[i].unicode()))
            ++i;
        if (i > from) {
            const qsizetype at = m_bytes.size();
            const qsizetype end = at + i - from;
            if (end > m_bytes.capacity())
                m_bytes.reserve(2 * end);
            m_bytes.resize(end);
            std::transform(text.utf16() + from, text.utf16() + i, m_bytes.data() + at,
                           [](ushort unit) { return static_cast<char>(unit); });
        }
        if (i == text.size())
            break;
        const QChar unit = text[i];
        const bool isPair = unit.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (unit.unicode() < 0x80 || (unit.isSurrogate() && !isPair)) {
            appendEscaped(m_bytes, unit.unicode()); // Half a character has no UTF-8.
            ++i;
        } else {
            put(QStringView(text).sliced(i, isPair ? 2 : 1).toUtf8());
            i += isPair ? 2 : 1;
        }
    }
    m_bytes.append('"');
}

void JsonText::add(qint64 number)
{
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    m_bytes.append(digits.data(), end - digits.data());
}

void JsonText::add(const Money &money)
{
    put("{\"amount\":");
    add(money.minorUnits());
    put(",\"currency\":");
    add(money.currency().code());
    m_bytes.append('}');
}

void JsonText::add(Instant instant)
{
    add(instantToText(instant));
}

void JsonText::add(const QByteArray &bytes)
{
    addQuoted(bytes.toBase64());
}

void JsonText::addName(const char *name)
{
    put(",\""); // The first one of an object becomes its brace.
    put(name);
    put("\":");
}

void JsonText::addId(const QUuid &uuid)
{
    std::array<char, 38> text{};
    size_t at = 0;
    text[at++] = '"';
    const auto put = [&](quint32 value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
            text[at++] = hexDigits[value >> shift & 0xF];
    };
    put(uuid.data1, 8);
    text[at++] = '-';
    put(uuid.data2, 4);
    text[at++] = '-';
    put(uuid.data3, 4);
    for (int i = 0; i < 8; ++i) {
        if (i == 0 || i == 2)
            text[at++] = '-';
        put(uuid.data4[i], 2);
    }
    text[at++] = '"';
    m_bytes.append(text.data(), static_cast<qsizetype>(at));
}

void JsonText::addQuoted(QByteArrayView plain)
{
    m_bytes.append('"');
    put(plain);
    m_bytes.append('"');
}

void JsonText::addValue(const QJsonValue &value)
{
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    put(QByteArrayView(list).sliced(1, list.size() - 2));
}

/// Each field begins with a comma, so that they can be put in order as they are.
void JsonText::closeObject(qsizetype begin, QVarLengthArray<std::pair<const char *, qsizetype>, 24> &fields)
{
    if (fields.isEmpty()) {
        put("{}");
        return;
    }
    const auto isBefore = [](const auto &a, const auto &b) { return std::strcmp(a.first, b.first) < 0; };
    if (!std::is_sorted(fields.cbegin(), fields.cend(), isBefore)) {
        struct Piece
        {
            const char *name;
            qsizetype from;
            qsizetype size;
        };
        QVarLengthArray<Piece, 24> pieces;
        for (qsizetype i = 0; i < fields.size(); ++i) {
            const qsizetype end = i + 1 < fields.size() ? fields[i + 1].second : m_bytes.size();
            pieces.append({fields[i].first, fields[i].second - begin, end - fields[i].second});
        }
        std::sort(pieces.begin(), pieces.end(),
                  [](const Piece &a, const Piece &b) { return std::strcmp(a.name, b.name) < 0; });
        QVarLengthArray<char, 2048> asGiven(m_bytes.size() - begin);
        std::copy(m_bytes.cbegin() + begin, m_bytes.cend(), asGiven.begin());
        char *to = m_bytes.data() + begin;
        for (const Piece &piece : pieces)
            to = std::copy_n(asGiven.cbegin() + piece.from, piece.size, to);
    }
    m_bytes[begin] = '{';
    m_bytes.append('}');
}

} // namespace parterre
