#include "print/modulepicture.h"

#include "print/deflated.h"

#include <QtEndian>

#include <zlib.h>

namespace parterre::server {

namespace {

constexpr int dotsPerModule = 8; ///< So that a module is one byte of a row.
constexpr char asItIs = 0;       ///< Filters of a row of PNG.
constexpr char asTheRowAbove = 2;

void addBigEndian(QByteArray &bytes, quint32 number)
{
    const quint32 swapped = qToBigEndian(number);
    bytes.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

/// PNG section 5.3: length, name and content, and a checksum of the last two.
void addChunk(QByteArray &png, const char *name, const QByteArray &content)
{
    addBigEndian(png, static_cast<quint32>(content.size()));
    const qsizetype begin = png.size();
    png.append(name, 4).append(content);
    addBigEndian(png, static_cast<quint32>(crc32(0, reinterpret_cast<const Bytef *>(png.constData() + begin),
                                                 static_cast<uInt>(png.size() - begin))));
}

} // namespace

ModulePicture::ModulePicture(int count, int margin, const std::function<bool(int column, int row)> &isDark)
    : m_modules(count + 2 * margin)
    , m_dark(static_cast<qsizetype>(m_modules) * m_modules, '\0')
{
    for (int row = 0; row < count; ++row) {
        for (int column = 0; column < count; ++column)
            m_dark[(row + margin) * m_modules + column + margin] = isDark(column, row) ? '\1' : '\0';
    }
    const qsizetype stride = m_modules + 1;
    QByteArray rows(stride * m_modules * dotsPerModule, '\0');
    char *row = rows.data();
    for (int y = 0; y < m_modules; ++y) {
        row[0] = asItIs;
        for (int x = 0; x < m_modules; ++x)
            row[1 + x] = this->isDark(x, y) ? '\0' : '\xFF';
        row += stride;
        for (int copy = 1; copy < dotsPerModule; ++copy, row += stride)
            row[0] = asTheRowAbove; // And no difference to it.
    }
    m_deflated = deflatedQuickly(rows);
}

int ModulePicture::side() const
{
    return m_modules * dotsPerModule;
}

QByteArray ModulePicture::png() const
{
    QByteArray png("\x89PNG\r\n\x1A\n", 8);
    QByteArray head;
    addBigEndian(head, static_cast<quint32>(side()));
    addBigEndian(head, static_cast<quint32>(side()));
    head.append("\1\0\0\0\0", 5); // One bit a dot, grey, and the only way of everything else.
    addChunk(png, "IHDR", head);
    addChunk(png, "IDAT", m_deflated);
    addChunk(png, "IEND", QByteArray());
    return png;
}

} // namespace parterre::server
