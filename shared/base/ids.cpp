#include "base/ids.h"

#include <QDateTime>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <array>

namespace parterre {

QUuid newUuidV7()
{
    std::array<quint32, 3> random{};
    QRandomGenerator::system()->generate(random.begin(), random.end());
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
    static const QRegularExpression canonical(
        QStringLiteral("\\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\z"));
    if (text.size() != 36 || !canonical.match(text).hasMatch())
        return std::nullopt;
    return QUuid::fromString(text);
}

} // namespace parterre
