#pragma once

#include "domain/giftcards/giftcard.h"
#include "domain/holds/hold.h"
#include "domain/inventory/decideinventory.h"
#include "domain/layout/layout.h"
#include "domain/realtime/mapstate.h"

#include <memory>
#include <unordered_map>
#include <vector>

/// What the database says once the driver has stopped: the other half of what is judged, read in one snapshot.
namespace parterre::check {

struct FinalHold
{
    HoldState state = HoldState::Live;
    std::vector<int> seats{}; ///< Ascending; what was held when it ended.
    Instant heldUntil{};
    Instant createdAt{};
};

struct FinalAreaHold
{
    HoldId hold{};
    int area = 0;
    int quantity = 0;
    Instant heldUntil{};
    bool isFrozen = false;
};

struct FinalTicket
{
    TicketId id{};
    bool isValid = false;
    bool isSold = false; ///< Its place, to its order.
    QString holder{};    ///< Empty where it is its buyer's.
};

struct FinalOrder
{
    HoldId hold{};
    bool isConfirmed = false; ///< Some of it is sold now.
    bool wasSold = false;     ///< Or was before all of it came back.
    bool isExchanged = false; ///< The last of it came back for other places.
    OrderId exchangedFrom{};
    std::vector<FinalTicket> tickets{};
    std::vector<int> seats{};                 ///< Seats of its lines that were not given back, ascending.
    std::vector<std::pair<int, int>> areas{}; ///< Number and quantity, ascending.
};

/// A change of the map after the number of the oldest screen that is judged.
struct FinalChange
{
    MapDelta delta{}; ///< From the number before it.
    Instant at{};
};

struct FinalGiftCard
{
    bool isGood = false;         ///< Issued and paid for, blocked or not.
    qint64 amount = 0;           ///< It was issued with, in minor units.
    std::vector<OrderId> paid{}; ///< What it has paid for, in whole or in part.
};

struct FinalPerformance
{
    PerformanceId id{};
    bool isCancelled = false;
    std::shared_ptr<const LayoutIndex> layout{};
    qint64 seq = 0;
    std::vector<SeatRecord> seats{}; ///< By number.
    std::vector<AreaRecord> areas{}; ///< By number.
    std::vector<FinalAreaHold> areaHolds{};
    std::unordered_map<HoldId, FinalHold> holds{};
    std::unordered_map<OrderId, FinalOrder> orders{};
    std::unordered_map<int, OrderId> soldPlaces{}; ///< `sold_place`, the backstop of promise 1.
    std::vector<FinalChange> changes{};            ///< Ascending and without a gap up to seq.
};

struct FinalState
{
    Instant readAt{};                             ///< By the database's clock.
    std::vector<FinalPerformance> performances{}; ///< In the order of the history's header.
    std::unordered_map<GiftCardId, FinalGiftCard> giftCards{};
};

} // namespace parterre::check
