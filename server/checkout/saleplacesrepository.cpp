#include "checkout/saleplaces.h"

#include "base/assert.h"
#include "db/transaction.h"

#include <algorithm>

namespace parterre::server {

namespace {

void sortOut(std::vector<int> &numbers)
{
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    numbers.erase(rest.begin(), rest.end());
}

const std::vector<SeatRecord> &ofFrozen(const Result<std::vector<SeatRecord>> &decided)
{
    PT_ASSERT(decided.has_value(), "a frozen hold keeps its seats until its payment has ended");
    return *decided;
}

} // namespace

std::vector<AreaRecord> SalePlaces::Stage::areasChanged() const
{
    std::vector<AreaRecord> records;
    for (const int area : changedAreas)
        records.push_back(areas.at(area));
    return records;
}

void SalePlaces::want(const PerformanceId &performance, const OrderPlaces &places)
{
    Stage &stage = m_stages[performance];
    stage.seatNumbers.insert(stage.seatNumbers.end(), places.seats.begin(), places.seats.end());
    for (const auto &[area, ignored] : places.areas)
        stage.areaNumbers.push_back(area);
}

void SalePlaces::lock(Transaction &transaction)
{
    for (auto &[performance, stage] : m_stages) {
        sortOut(stage.seatNumbers);
        sortOut(stage.areaNumbers);
        const auto locked = inventory::lockPlaces(transaction, performance, stage.seatNumbers, stage.areaNumbers);
        for (const SeatRecord &seat : locked.seats)
            stage.seats.emplace(seat.number, seat);
        for (const AreaRecord &area : locked.areas)
            stage.areas.emplace(area.number, area);
        stage.now = m_now = locked.now;
    }
}

std::vector<SeatRecord> SalePlaces::seats(const PerformanceId &performance, const std::vector<int> &numbers) const
{
    std::vector<SeatRecord> records;
    for (const int number : numbers)
        records.push_back(m_stages.at(performance).seats.at(number));
    return records;
}

void SalePlaces::change(const PerformanceId &performance, const std::vector<SeatRecord> &seats)
{
    Stage &stage = m_stages.at(performance);
    stage.changed.insert(stage.changed.end(), seats.begin(), seats.end());
}

void SalePlaces::thaw(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold, Instant until)
{
    change(performance, ofFrozen(decideThaw(seats(performance, places.seats), hold, until)));
}

void SalePlaces::end(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold)
{
    change(performance, ofFrozen(decideEnd(seats(performance, places.seats), hold)));
    Stage &stage = m_stages.at(performance);
    for (const auto &[area, quantity] : places.areas) {
        const auto less = decideAreaHeld(stage.areas.at(area), -quantity);
        PT_ASSERT(less.has_value(), "a pool counts what a frozen hold has in it");
        stage.areas.at(area) = *less;
        stage.changedAreas.insert(area);
    }
}

void SalePlaces::sell(const PerformanceId &performance, const OrderPlaces &places, const HoldId &hold,
                      const OrderId &order)
{
    change(performance, ofFrozen(decideConfirm(seats(performance, places.seats), hold, order)));
    Stage &stage = m_stages.at(performance);
    for (const auto &[area, quantity] : places.areas) {
        stage.areas.at(area) = decideAreaSold(stage.areas.at(area), quantity);
        stage.changedAreas.insert(area);
    }
}

void SalePlaces::giveBack(const PerformanceId &performance, const OrderPlaces &places, const OrderId &order)
{
    const auto given = decideGiveBack(seats(performance, places.seats), order);
    PT_ASSERT(given.has_value(), "a line that is sold has its seat");
    change(performance, *given);
    Stage &stage = m_stages.at(performance);
    for (const auto &[area, quantity] : places.areas) {
        stage.areas.at(area) = decideAreaGivenBack(stage.areas.at(area), quantity);
        stage.changedAreas.insert(area);
    }
}

void SalePlaces::write(Transaction &transaction) const
{
    for (const auto &[performance, stage] : m_stages) {
        inventory::writeSeats(transaction, performance, stage.changed);
        inventory::writeAreas(transaction, performance, stage.areasChanged(), stage.now);
    }
}

void SalePlaces::record(Transaction &transaction) const
{
    for (const auto &[performance, stage] : m_stages)
        inventory::recordChange(transaction, performance, stage.changed, stage.areasChanged());
}

} // namespace parterre::server
