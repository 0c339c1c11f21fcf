#pragma once

#include <QString>

#include <optional>

namespace parterre {

/// A colour as editors write it (`#RGB`, `#RRGGBB`, `#RRGGBBAA`, `rgb(1, 2, 3)`, `rgba(...)`, the common CSS names) as
/// `#RRGGBB`; empty for "transparent" and "none"; nothing when it is not understood. Opacity is not kept.
[[nodiscard]] std::optional<QString> planColor(const QString &text);

} // namespace parterre
