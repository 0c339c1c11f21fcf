#include "domain/ticketing/base45.h"

#include <string_view>

using namespace Qt::StringLiterals;

namespace parterre {
namespace {

/// RFC 9285 table 1, which is the alphanumeric set of ISO/IEC 18004.
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
constexpr int base = 45;
static_assert(alphabet.size() == base);

int valueOf(QChar character)
{
    if (character.unicode() > 0x7F)
        return -1;
    const size_t found = alphabet.find(static_cast<char>(character.unicode()));
    return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

} // namespace

QString base45Encode(const QByteArray &bytes)
{
    QString text;
    text.reserve((bytes.size() * 3 + 1) / 2);
    const auto append = [&text](int value, int characters) {
        for (int i = 0; i < characters; ++i, value /= base)
            text.append(QLatin1Char(alphabet[static_cast<size_t>(value % base)]));
    };
    const auto byteAt = [&bytes](qsizetype index) { return static_cast<int>(static_cast<uchar>(bytes[index])); };
    qsizetype i = 0;
    for (; i + 1 < bytes.size(); i += 2)
        append(byteAt(i) * 256 + byteAt(i + 1), 3);
    if (i < bytes.size())
        append(byteAt(i), 2);
    return text;
}

Result<QByteArray> base45Decode(const QString &text)
{
    if (text.size() % 3 == 1)
        return refuse(ErrorCode::InvalidInput,
                      u"This is not a ticket code. Scan the square code on the ticket again."_s);
    QByteArray bytes;
    bytes.reserve(text.size() / 3 * 2 + 1);
    for (qsizetype i = 0; i < text.size(); i += 3) {
        const int count = static_cast<int>(qMin<qsizetype>(3, text.size() - i));
        int value = 0;
        for (int k = count - 1; k >= 0; --k) {
            const int digit = valueOf(text[i + k]);
            if (digit < 0)
                return refuse(ErrorCode::InvalidInput,
                              u"This is not a ticket code. Scan the square code on the ticket again."_s);
            value = value * base + digit;
        }
        if (value > (count == 3 ? 0xFFFF : 0xFF))
            return refuse(ErrorCode::InvalidInput,
                          u"This is not a ticket code. Scan the square code on the ticket again."_s);
        if (count == 3)
            bytes.append(static_cast<char>(value >> 8));
        bytes.append(static_cast<char>(value & 0xFF));
    }
    return bytes;
}

} // namespace parterre
