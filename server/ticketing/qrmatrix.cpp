#include "ticketing/qrmatrix.h"

#include <qrencode.h>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace parterre::server {

Result<QrMatrix> makeQrMatrix(const QString &text)
{
    const bool isAscii = std::ranges::all_of(text, [](QChar c) { return c.unicode() > 0 && c.unicode() < 0x80; });
    if (text.isEmpty() || !isAscii)
        return refuse(ErrorCode::InvalidInput, u"A ticket code has letters and digits only. Issue the ticket again."_s);
    // Mode 8 with a case-sensitive text lets libqrencode keep runs of the alphanumeric set in their shorter mode.
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString(text.toLatin1().constData(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), &QRcode_free);
    if (!code)
        return refuse(ErrorCode::TooLarge, u"The ticket code does not fit in a QR code. Issue the ticket again."_s);
    QrMatrix matrix{.size = code->width, .dark = {}};
    const auto modules = static_cast<size_t>(code->width) * static_cast<size_t>(code->width);
    matrix.dark.reserve(modules);
    for (size_t i = 0; i < modules; ++i)
        matrix.dark.push_back((code->data[i] & 1) != 0);
    return matrix;
}

ModulePicture qrPicture(const QrMatrix &matrix)
{
    return {matrix.size, qrQuietModules, [&matrix](int column, int row) { return matrix.isDark(column, row); }};
}

} // namespace parterre::server
