#include "base/ids.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <array>
#include <fstream>

namespace parterre {

namespace {

/// The kernel's random numbers, of which the stream reads enough for hundreds of ids at once. The processor's own, which
/// QRandomGenerator::system() asks for each, cost two microseconds an id. Of each thread its own.
std::array<quint32, 3> randomWords()
{
    thread_local std::ifstream source("/dev/urandom", std::ios::binary);
    std::array<quint32, 3> words{};
    if (!source.read(reinterpret_cast<char *>(words.data()), sizeof words)) // Where there is no such file.
        QRandomGenerator::system()->generate(words.begin(), words.end());
    return words;
}

} // namespace

QUuid newUuidV7()
{
    const std::array<quint32, 3> random = randomWords();
    const auto milliseconds = static_cast<quint64>(QDateTime::currentMSecsSinceEpoch());

    const auto a = static_cast<quint32>(milliseconds >> 16);
    const auto b = static_cast<quint16>(milliseconds & 0xFFFF);
    const auto c = static_cast<quint16>(0x7000 | (random[0] & 0x0FFF));
    const auto variantByte = static_cast<uchar>(0x80 | ((random[0] >> 16) & 0x3F));
    const auto nextByte = static_cast<uchar>(random[0] >> 24);
    const auto byte = [](quint32 word, int index) { return static_cast<uchar>(word >> (8 * index)); };
    return QUuid(a, b, c, variantByte, nextByte, byte(random[1], 0), byte(random[1], 1), byte(random[1], 2),
                 byte(random[1], 3), byte(random[2], 0), byte(random[2], 1));
}

std::optional<QUuid> uuidFromText(const QString &text)
{
    // By hand: every request has several ids, and this was a regular expression's most frequent use.
    constexpr qsizetype characters = 36;
    if (text.size() != characters)
        return std::nullopt;
    std::array<uchar, 16> bytes{};
    size_t digits = 0;
    for (qsizetype i = 0; i < characters; ++i) {
        const char16_t c = text[i].unicode();
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool isLetter = c >= u'a' && c <= u'f';
        if (isDash ? c != u'-' : !isLetter && (c < u'0' || c > u'9'))
            return std::nullopt;
        if (isDash)
            continue;
        const int digit = isLetter ? c - u'a' + 10 : c - u'0';
        bytes[digits / 2] = static_cast<uchar>(bytes[digits / 2] << 4 | digit);
        ++digits;
    }
    return QUuid::fromRfc4122(QByteArrayView(bytes.data(), bytes.size()));
}

} // namespace parterre
