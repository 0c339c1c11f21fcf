#pragma once

#include "seatmap/seatmapmodel.h"

namespace parterre::ui {

enum class CursorMove { Left, Right, Up, Down, RowStart, RowEnd };

/// Where the keyboard cursor goes from `from`: along the row object as it lies on the plan, over aisles and to other
/// rows by geometry, so that it works for straight, curved and round rows and for any numbering. `column` is the x
/// that Up and Down try to keep (plan units). Returns `from` when there is nothing in that direction.
[[nodiscard]] MapPlace movedCursor(const SeatMapModel &model, int floor, const MapPlace &from, CursorMove move,
                                   double column);
/// Where a cursor starts: the place nearest to `plan`, free seats first.
[[nodiscard]] MapPlace cursorStart(const SeatMapModel &model, int floor, const QPointF &plan);
/// The middle of a place.
[[nodiscard]] QPointF placeCenter(const SeatMapModel &model, const MapPlace &place);
[[nodiscard]] QRectF placeRect(const SeatMapModel &model, const MapPlace &place);

} // namespace parterre::ui
