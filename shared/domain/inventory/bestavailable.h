#pragma once

#include "base/result.h"
#include "domain/inventory/freeseats.h"

#include <optional>
#include <span>
#include <vector>

/// "The best seats you have": which places a party is offered (design section 5). The ladder, top rung first:
///
///     Together       neighbours in one row that leave nobody alone beside them, nearest the focal point
///     LeavingSingle  neighbours in one row, though a seat beside them is left alone
///     RowsTogether   groups of two and more in one row or in neighbouring ones, as few as can be around the nearest
///                    few dozen places (splitparty.cpp says how many, since a house full of pairs has to be quick too)
///     Apart          anywhere, fewest people alone and fewest groups; in one section where that costs nobody company
///     Standing       places of one standing area
///
/// Accessible seats go to those who ask for them and to nobody else, even when the house is full. The pick is a
/// proposal made on what the caller knows; the database decides who has the seats.
namespace parterre {

enum class Together {
    Must, ///< Side by side in one row, else standing, else not at all.
    MaySplit,
};

struct BestRequest
{
    int partySize = 0;                ///< 1 to limits::partySizeMax, with everybody counted.
    CategorySet categories{};         ///< Price zones to choose from; none set for all of them.
    std::optional<qint64> priceMax{}; ///< For one place, in minor units of the performance's currency.
    std::vector<int> sections{};      ///< Indexes into Layout::sections; empty for all of them.
    /// How many of the party need a wheelchair space, and how many a seat that is reached without a step; one of the
    /// two is zero. The others are companions: side by side with them, on companion seats of these spaces before
    /// ordinary ones; where there is no such place in the companion seats first, and who has none beside the space or
    /// side by side near by; farther away only where the party may split. Such a party is never told to stand.
    int wheelchairs = 0;
    int stepFree = 0;
    Together together = Together::MaySplit;
};

/// What is free of a standing area, in the order of the layout's areas.
struct AreaOffer
{
    int available = 0;
};

/// The house as one buyer sees it. Spans must outlive the call.
struct BestHouse
{
    std::span<const SeatState> seats;   ///< One for each seat of the layout.
    std::span<const AreaOffer> areas{}; ///< One for each area, or empty where standing is not offered.
    /// For each category what one place costs this buyer at the least, in minor units, -1 where it is not for sale;
    /// empty where the price does not matter.
    std::span<const qint64> priceByCategory{};
};

enum class BestRung { Together, LeavingSingle, RowsTogether, Apart, Standing };

struct BestPick
{
    BestRung rung = BestRung::Together;
    std::vector<int> seats;   ///< Ascending; empty when standing.
    int area = -1;            ///< For standing: the area's number; all of the party go there.
    std::vector<int> alone{}; ///< Seats that the pick leaves alone, ascending.
};

/// The pick for a party, or ErrorCode::SoldOut with the number of free places in scope in `details.available`, which
/// may be enough for the party in another shape; InvalidInput for a party that cannot be.
///
/// Two picks differ by chance where it costs nobody more than two pitches of distance: `seed` decides, and the same
/// seed gives the same pick on the same house, so a caller that lost a race must bring another one.
[[nodiscard]] Result<BestPick> pickBest(const SeatRuns &runs, const BestHouse &house, const BestRequest &request,
                                        quint64 seed);

} // namespace parterre
