#include "holds/choosingfloor.h"

#include <algorithm>
#include <iterator>

namespace parterre::server {

ChoosingFloor::Batch::Batch(std::shared_ptr<ChoosingFloor> floor)
    : m_floor(std::move(floor))
{
    const std::lock_guard guard(m_floor->m_mutex);
    m_floor->m_batches.push_back(this);
}

ChoosingFloor::Batch::~Batch()
{
    {
        const std::lock_guard guard(m_floor->m_mutex);
        std::erase(m_floor->m_batches, this);
        ++m_floor->m_endedCount;
    }
    m_floor->m_ended.notify_all();
}

std::unique_lock<std::mutex> ChoosingFloor::Batch::enter()
{
    std::unique_lock turn(m_floor->m_mutex);
    m_chosen = {};
    return turn;
}

ChoosingFloor::Places ChoosingFloor::Batch::others() const
{
    Places places;
    for (const Batch *batch : m_floor->m_batches) {
        if (batch == this)
            continue;
        std::ranges::copy(batch->m_chosen.seats, std::back_inserter(places.seats));
        std::ranges::copy(batch->m_chosen.areas, std::back_inserter(places.areas));
    }
    return places;
}

void ChoosingFloor::Batch::addSeats(const std::vector<int> &seats)
{
    m_chosen.seats.insert(m_chosen.seats.end(), seats.begin(), seats.end());
}

void ChoosingFloor::Batch::addArea(int area, int quantity)
{
    m_chosen.areas.emplace_back(area, quantity);
}

void ChoosingFloor::Batch::waitForAnother(std::chrono::milliseconds timeMax)
{
    std::unique_lock lock(m_floor->m_mutex);
    const quint64 before = m_floor->m_endedCount;
    m_floor->m_ended.wait_for(lock, timeMax,
                              [&] { return m_floor->m_endedCount != before || m_floor->m_batches.size() <= 1; });
}

} // namespace parterre::server
