#pragma once

namespace parterre::ui {

/// Makes the icons of this library known to Qt. A static library's resources are dropped by the linker unless
/// someone asks for them. May be called often; applyTheme() and themedIcon() do it themselves.
void initResources();

} // namespace parterre::ui
