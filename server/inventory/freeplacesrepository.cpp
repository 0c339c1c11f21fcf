#include "inventory/freeplacesrepository.h"

#include "base/assert.h"
#include "db/transaction.h"
#include "inventory/inventoryrepository.h"

#include <algorithm>

namespace parterre::server::freeplaces {

namespace {

bool isAsAt(Transaction &transaction, const PerformanceId &performance, qint64 seq)
{
    const auto rows = transaction.query(
        "select c.seq = $2 and not exists (select 1 from hold h where h.performance_id = $1 and h.state = 'live' "
        "                                  and h.held_until <= clock_timestamp()) "
        "from map_clock c where c.performance_id = $1",
        performance, seq);
    return !rows.empty() && flag(rows[0][0]);
}

/// A seat may have gone to another hold already, so each is looked up by who has it.
void freeSeatsPastTheirTime(Transaction &transaction, const PerformanceId &performance, MapSnapshot &map)
{
    const auto rows = transaction.query(
        "select s.seat_no, s.house_no is not null from hold h cross join lateral unnest(h.seats) as n(seat_no) "
        "join seat_inventory s on s.performance_id = h.performance_id and s.seat_no = n.seat_no and s.hold_id = h.id "
        "where h.performance_id = $1 and h.state = 'live' and h.held_until <= clock_timestamp() "
        "and s.state = 'held' and s.held_until <= clock_timestamp()",
        performance);
    for (const auto &row : rows)
        map.seats[static_cast<size_t>(smallNumber(row[0]))] = flag(row[1]) ? SeatState::House : SeatState::Available;
}

void freeAreasPastTheirTime(Transaction &transaction, const PerformanceId &performance, MapSnapshot &map)
{
    const auto rows = transaction.query(
        "select area_no, sum(quantity) from area_hold where performance_id = $1 and not frozen "
        "and held_until <= clock_timestamp() group by area_no",
        performance);
    for (const auto &row : rows) {
        const auto area = std::ranges::find(map.areas, smallNumber(row[0]), &AreaCounts::number);
        if (area != map.areas.end())
            area->held = std::max(0, area->held - smallNumber(row[1]));
    }
}

} // namespace

std::shared_ptr<const MapSnapshot> whereChanged(Transaction &transaction, const PerformanceId &performance, qint64 seq)
{
    if (isAsAt(transaction, performance, seq))
        return nullptr;
    auto map = inventory::snapshot(transaction, performance);
    PT_ASSERT(map.has_value(), "a performance that is sold has its map");
    // Read after the map: what runs out in between is free in the answer, never the other way round.
    freeSeatsPastTheirTime(transaction, performance, *map);
    freeAreasPastTheirTime(transaction, performance, *map);
    return std::make_shared<const MapSnapshot>(*std::move(map));
}

} // namespace parterre::server::freeplaces
