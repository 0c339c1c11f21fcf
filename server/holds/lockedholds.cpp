#include "holds/lockedholds.h"

#include "base/assert.h"
#include "holds/takenrepository.h"

#include <algorithm>

namespace parterre::server {

namespace {

void makeSet(std::vector<int> &numbers)
{
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    numbers.erase(rest.begin(), rest.end());
}

} // namespace

int LockedHolds::Hold::quantityIn(int area) const
{
    const auto found = std::ranges::find(areas, area, &inventory::AreaHold::area);
    return found == areas.end() ? 0 : found->quantity;
}

void LockedHolds::Hold::setQuantity(int area, int quantity)
{
    areasAreChanged = true;
    const auto found = std::ranges::lower_bound(areas, area, {}, &inventory::AreaHold::area);
    const bool isThere = found != areas.end() && found->area == area;
    if (quantity > 0) {
        std::erase(areasGone, area);
        if (isThere)
            found->quantity = quantity;
        else
            areas.insert(found, {area, quantity});
    } else if (isThere) {
        areas.erase(found);
        areasGone.push_back(area);
    }
}

int LockedHolds::Hold::placeCount() const
{
    int places = static_cast<int>(row.seats.size());
    for (const inventory::AreaHold &held : areas)
        places += held.quantity;
    return places;
}

bool LockedHolds::Hold::isActive(Instant now) const
{
    return row.state == HoldState::Frozen || (row.state == HoldState::Live && row.heldUntil > now);
}

void LockedHolds::keep(std::vector<HoldRow> rows, Transaction &transaction)
{
    std::vector<HoldId> ids;
    for (HoldRow &row : rows) {
        ids.push_back(row.id);
        m_holdIndex.insert(row.id, m_holds.size());
        m_holds.push_back({.row = std::move(row), .areas = {}});
    }
    for (const inventory::AreaHoldRow &held : inventory::areaHoldsOf(transaction, ids))
        find(held.hold)->areas.push_back({held.area, held.quantity});
}

void LockedHolds::lock(Transaction &transaction, const std::vector<HoldId> &ids)
{
    keep(holds::lockAll(transaction, ids), transaction);
}

void LockedHolds::lockDue(Transaction &transaction, const std::vector<HoldId> &ids)
{
    keep(holds::lockDue(transaction, ids), transaction);
}

void LockedHolds::lockPlaces(Transaction &transaction, std::vector<int> seats, std::vector<int> areas)
{
    for (const Hold &hold : m_holds) {
        if (hold.row.performance != m_performance)
            continue;
        seats.insert(seats.end(), hold.row.seats.begin(), hold.row.seats.end());
        for (const inventory::AreaHold &held : hold.areas)
            areas.push_back(held.area);
    }
    makeSet(seats);
    makeSet(areas);
    auto places = inventory::lockPlaces(transaction, m_performance, seats, areas);
    m_now = places.now;
    m_seats.reserve(places.seats.size());
    for (size_t i = 0; i < places.seats.size(); ++i) {
        m_seats.push_back({.record = places.seats[i], .before = places.seats[i].state});
        if (i < places.rows.size())
            m_seats.back().place = places.rows[i];
    }
    for (const AreaRecord &area : places.areas)
        m_areas.push_back({.record = area});
}

LockedHolds::Hold *LockedHolds::find(const HoldId &id)
{
    const auto found = m_holdIndex.constFind(id);
    return found == m_holdIndex.cend() ? nullptr : &m_holds[*found];
}

LockedHolds::Hold &LockedHolds::add(HoldRow row)
{
    PT_ASSERT(!find(row.id), "a hold is made once");
    m_holdIndex.insert(row.id, m_holds.size());
    m_holds.push_back({.row = std::move(row), .areas = {}, .isNew = true, .isChanged = true});
    return m_holds.back();
}

size_t LockedHolds::seatIndex(int number) const
{
    const auto found =
        std::ranges::lower_bound(m_seats, number, {}, [](const Seat &seat) { return seat.record.number; });
    PT_ASSERT(found != m_seats.end() && found->record.number == number, "a seat is locked before it is decided");
    return static_cast<size_t>(found - m_seats.begin());
}

size_t LockedHolds::areaIndex(int number) const
{
    const auto found =
        std::ranges::lower_bound(m_areas, number, {}, [](const Area &area) { return area.record.number; });
    PT_ASSERT(found != m_areas.end() && found->record.number == number, "a pool is locked before it is decided");
    return static_cast<size_t>(found - m_areas.begin());
}

std::vector<SeatRecord> LockedHolds::seats(std::span<const int> numbers) const
{
    std::vector<SeatRecord> records;
    records.reserve(numbers.size());
    for (const int number : numbers)
        records.push_back(m_seats[seatIndex(number)].record);
    return records;
}

const AreaRecord &LockedHolds::area(int number) const
{
    return m_areas[areaIndex(number)].record;
}

std::vector<SeatRecord> LockedHolds::decided() const
{
    std::vector<SeatRecord> records;
    records.reserve(m_seats.size());
    for (const Seat &seat : m_seats)
        records.push_back(seat.record);
    return records;
}

void LockedHolds::set(std::span<const SeatRecord> seats)
{
    for (const SeatRecord &record : seats) {
        Seat &seat = m_seats[seatIndex(record.number)];
        seat.isChanged = seat.isChanged || seat.record != record;
        seat.record = record;
    }
}

void LockedHolds::set(const AreaRecord &area)
{
    m_areas[areaIndex(area.number)] = {.record = area, .isChanged = true};
}

bool LockedHolds::write(Transaction &transaction, std::vector<holdcommands::Outcome> outcomes,
                        const std::vector<HoldId> &overlooked)
{
    std::vector<const HoldRow *> made;
    std::vector<const HoldRow *> changed;
    std::vector<HoldId> ended;
    std::vector<inventory::AreaHoldRow> areaHolds;
    for (const Hold &hold : m_holds) {
        if (hold.isChanged)
            (hold.isNew ? made : changed).push_back(&hold.row);
        if (hold.isChanged && !hold.isNew &&
            (hold.row.state == HoldState::Released || hold.row.state == HoldState::Expired))
            ended.push_back(hold.row.id);
        if (!hold.areasAreChanged)
            continue;
        for (const inventory::AreaHold &held : hold.areas)
            areaHolds.push_back({hold.row.id, held.area, held.quantity, hold.row.heldUntil});
        for (const int gone : hold.areasGone)
            areaHolds.push_back({hold.row.id, gone, 0, {}});
    }
    std::vector<SeatRecord> seats;
    std::vector<inventory::RowPlace> rows;
    for (const Seat &seat : m_seats) {
        if (!seat.isChanged)
            continue;
        seats.push_back(seat.record);
        if (seat.place)
            rows.push_back(*seat.place);
    }
    std::vector<AreaRecord> areas;
    for (const Area &area : m_areas) {
        if (area.isChanged)
            areas.push_back(area.record);
    }
    std::ranges::sort(made, [](const HoldRow *a, const HoldRow *b) { return a->id < b->id; });
    const bool isOnlySeats = changed.empty() && areas.empty() && areaHolds.empty() && rows.size() == seats.size();
    if (isOnlySeats && holds::isOnlyTaken(made, seats)) {
        return holds::writeTaken(transaction, {.performance = m_performance,
                                               .made = made,
                                               .seats = seats,
                                               .rows = rows,
                                               .outcomes = std::move(outcomes),
                                               .refused = overlooked});
    }
    if (holds::isAnyThere(transaction, overlooked))
        return false;
    holds::insertAll(transaction, made);
    holds::updateAll(transaction, changed);
    holds::expireOrders(transaction, ended);
    inventory::writeSeats(transaction, m_performance, seats, rows);
    inventory::writeAreas(transaction, m_performance, areas, m_now);
    inventory::writeAreaHolds(transaction, m_performance, areaHolds);
    holdcommands::keep(transaction, std::move(outcomes));
    return true;
}

bool LockedHolds::writeMap(Transaction &transaction)
{
    std::vector<SeatRecord> seats;
    for (const Seat &seat : m_seats) {
        if (seat.record.state != seat.before) // One that goes from hold to hold looks as before.
            seats.push_back(seat.record);
    }
    std::vector<AreaRecord> areas;
    for (const Area &area : m_areas) {
        if (area.isChanged)
            areas.push_back(area.record);
    }
    return inventory::recordChange(transaction, m_performance, seats, areas);
}

} // namespace parterre::server
