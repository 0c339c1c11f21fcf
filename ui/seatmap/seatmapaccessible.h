#pragma once

namespace parterre::ui {

/// Gives every SeatMapCanvas an accessible object whose children are its seats, then its areas, in their numbers'
/// order. A screen reader hears the seat under the keyboard cursor with its name, state, zone and price, and can
/// press it. Children are made when someone asks for them: there may be 150,000.
void installSeatMapAccessibility();

} // namespace parterre::ui
