#pragma once

#include "check/history.h"
#include "domain/realtime/mapstate.h"

#include <optional>

namespace parterre::bench {

/// What a screen shows now, for the history: `shown` says whose it is and where it stands, and `map` is what it keeps,
/// if it keeps any.
[[nodiscard]] check::Event shownMap(int client, int performance, check::ViewerMap shown,
                                    const std::optional<MapSnapshot> &map);

} // namespace parterre::bench
