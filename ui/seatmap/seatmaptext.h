#pragma once

#include "seatmap/seatmapmodel.h"

#include <QString>

namespace parterre::ui {

/// What a state is called on this desk; seat numbers that are ours come before the state.
[[nodiscard]] QString seatLookName(SeatLook look);
[[nodiscard]] QString accessibilityName(Accessibility accessibility);
/// One line for a screen reader: name, state, zone and price, then what is special.
[[nodiscard]] QString spokenText(const SeatMapModel &model, const MapPlace &place);
/// The same for the eye, as rich text; everything from the plan is escaped.
[[nodiscard]] QString toolTipText(const SeatMapModel &model, const MapPlace &place);
[[nodiscard]] QString placeName(const SeatMapModel &model, const MapPlace &place);

} // namespace parterre::ui
