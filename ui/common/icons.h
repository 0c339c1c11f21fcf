#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>
#include <QStringList>

namespace parterre::ui {

/// Our own line icons on a 24-pixel grid, `resources/icons/<name>.svg`, drawn in any colour: `seat`, `ticket`,
/// `cash`, `card`, `print`, `search`, `refresh`, `plug`, `unplug`, `user`, `lock`, `check`, `warning`, `clock`,
/// `zoom-in`, `zoom-out`, `zoom-fit`, `wheelchair`, `companion`, `eye-off` and those of iconNames().
[[nodiscard]] QIcon themedIcon(const QString &name, const QColor &color);
/// In the text colour of whatever theme is set when it is drawn.
[[nodiscard]] QIcon themedIcon(const QString &name);
/// One picture of `size` device-independent pixels for a screen with `devicePixelRatio`.
[[nodiscard]] QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal devicePixelRatio);

/// The names of all icons that were built in, sorted.
[[nodiscard]] QStringList iconNames();

} // namespace parterre::ui
