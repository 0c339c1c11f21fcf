#pragma once

#include <QByteArray>

#include <functional>

namespace parterre::server {

/// A square of black and white modules, as a QR code is, with eight dots a module: at 226 dots an inch it is sharp also
/// where a viewer smooths pictures. Its rows are written and deflated once, in the form that PNG and PDF share. Copies
/// are cheap.
class ModulePicture
{
public:
    /// `count` modules on a side without the margin around them, which is white.
    ModulePicture(int count, int margin, const std::function<bool(int column, int row)> &isDark);

    /// Modules on a side, with the margin.
    [[nodiscard]] int modules() const { return m_modules; }
    /// Dots on a side.
    [[nodiscard]] int side() const;
    [[nodiscard]] bool isDark(int column, int row) const { return m_dark.at(row * m_modules + column) != 0; }
    /// One bit a dot, 1 is white; rows with the filters of PNG (`/Predictor 15` in PDF), as one zlib stream.
    [[nodiscard]] const QByteArray &deflatedRows() const { return m_deflated; }
    [[nodiscard]] QByteArray png() const;

private:
    int m_modules;
    QByteArray m_dark; ///< A byte a module.
    QByteArray m_deflated;
};

} // namespace parterre::server
