#pragma once

#include "base/result.h"
#include "domain/inventory/freeseats.h"
#include "domain/inventory/houserules.h"

#include <span>
#include <vector>

/// The rule that no seat is left alone (design section 5), the one implementation for shop, API and desk.
///
/// A take is judged as a whole. It touches runs of free neighbours; in each it may not leave a run of exactly one seat.
/// A run ends at an aisle and at a seat that a general buyer cannot take (sold, held, house, killed, accessible), but
/// not at another price zone: the next buyer may pay either. A seat that was alone before is no fault. Seats beside an
/// accessible place of the same take are not judged: that party cannot move along.
///
/// The rule must never cost a booking. The seats taken in one run are one party: when these could not sit together,
/// in their price zones, without leaving a seat alone, the rule yields. Strict looks for such a place in the whole
/// house, lenient in this run only.
namespace parterre {

/// The seats that the take would leave alone and that were not alone before, ascending; whether or not the rule yields.
///
/// `states` are the seats of the house before the take; the seats of `take` count as free whatever they are in it, so
/// that a hold that grows is judged with the seats it has. `take` has no number twice.
[[nodiscard]] std::vector<int> seatsLeftAlone(const SeatRuns &runs, std::span<const SeatState> states,
                                              std::span<const int> take);

/// ErrorCode::SeatLeftAlone with the seats that would be left alone in `details.numbers`, or nothing to say against
/// the take. That a clerk may take the seats all the same is the caller's business.
[[nodiscard]] Status judgeTake(const SeatRuns &runs, std::span<const SeatState> states, std::span<const int> take,
                               OrphanRule rule);

} // namespace parterre
