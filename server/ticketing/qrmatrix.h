#pragma once

#include "base/result.h"
#include "print/modulepicture.h"

#include <QString>

#include <vector>

namespace parterre::server {

/// The modules of a QR code, without its quiet zone.
struct QrMatrix
{
    int size = 0;           ///< Modules on a side.
    std::vector<bool> dark; ///< Row by row, size * size.

    [[nodiscard]] bool isDark(int column, int row) const { return dark[static_cast<size_t>(row * size + column)]; }
};

/// Modules of white that ISO/IEC 18004 asks for on each side.
inline constexpr int qrQuietModules = 4;

/// With its quiet zone, as it is printed and mailed.
[[nodiscard]] ModulePicture qrPicture(const QrMatrix &matrix);

/// Error correction M: 15 % of the code may be creased or torn. Refuses an empty text, one that is not ASCII and one
/// that does not fit in version 40.
[[nodiscard]] Result<QrMatrix> makeQrMatrix(const QString &text);

} // namespace parterre::server
