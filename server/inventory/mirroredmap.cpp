#include "inventory/mirroredmap.h"

#include "inventory/inventoryrepository.h"

#include <algorithm>
#include <limits>

namespace parterre::server {

namespace {

/// Commits of one node overtake each other by a few. More than these wait for what another node did, which is read.
constexpr size_t earlyDeltasMax = 256;

} // namespace

MirroredMap::MirroredMap(MapSnapshot map, const inventory::RecentChanges &recent)
    : m_map(std::move(map))
    , m_since(recent.since)
    , m_seatNumbers(m_map.seats.size())
    , m_areaNumbers(m_map.areas.size())
{
    for (const SeatState state : m_map.seats)
        ++m_seatsByState.at(static_cast<size_t>(state));
    for (const auto &[seat, seq] : recent.seats)
        note(m_seatNumbers, seat, seq);
    for (const auto &[area, seq] : recent.areas) {
        const auto found = std::ranges::find(m_map.areas, area, &AreaCounts::number);
        note(m_areaNumbers, static_cast<int>(found - m_map.areas.begin()), seq);
    }
}

void MirroredMap::note(std::vector<Number> &numbers, int place, qint64 seq)
{
    numbers.at(static_cast<size_t>(place)) = static_cast<Number>(seq - m_since);
}

MirroredMap::Version MirroredMap::version()
{
    if (!m_version || m_version->seq != m_map.seq)
        m_version = std::make_shared<const MapSnapshot>(m_map);
    return m_version;
}

PlaceCounts MirroredMap::counts() const
{
    const auto seats = [this](SeatState state) { return m_seatsByState.at(static_cast<size_t>(state)); };
    PlaceCounts counts{.capacity = static_cast<int>(m_map.seats.size()) - seats(SeatState::Killed),
                       .available = seats(SeatState::Available),
                       .held = seats(SeatState::Held) + seats(SeatState::PaymentPending),
                       .sold = seats(SeatState::Sold)};
    for (const AreaCounts &area : m_map.areas) {
        counts.capacity += area.capacity;
        counts.available += area.available();
        counts.held += area.held;
        counts.sold += area.sold;
    }
    return counts;
}

std::optional<MapDelta> MirroredMap::changedSince(qint64 since) const
{
    if (since < m_since || since > m_map.seq)
        return std::nullopt;
    MapDelta delta{.from = since, .seq = m_map.seq, .seats = {}, .areas = {}};
    const auto known = static_cast<Number>(since - m_since);
    for (size_t i = 0; i < m_seatNumbers.size(); ++i) {
        if (m_seatNumbers[i] > known)
            delta.seats.push_back({static_cast<int>(i), m_map.seats[i]});
    }
    for (size_t i = 0; i < m_areaNumbers.size(); ++i) {
        if (m_areaNumbers[i] > known)
            delta.areas.push_back(m_map.areas[i]);
    }
    return delta;
}

DeltaOutcome MirroredMap::take(const MapDelta &delta)
{
    DeltaOutcome outcome = apply(delta);
    if (outcome == DeltaOutcome::Gap) {
        if (m_early.size() >= earlyDeltasMax)
            m_early.erase(std::prev(m_early.end()));
        m_early.insert_or_assign(delta.from, delta);
        return outcome;
    }
    while (!m_early.empty() && m_early.begin()->first <= m_map.seq) {
        const auto next = m_early.extract(m_early.begin());
        if (apply(next.mapped()) == DeltaOutcome::Foreign)
            outcome = DeltaOutcome::Foreign;
    }
    return outcome;
}

DeltaOutcome MirroredMap::apply(const MapDelta &delta)
{
    if (delta.seq - m_since > std::numeric_limits<Number>::max())
        return DeltaOutcome::Foreign;
    std::array<int, 6> counts = m_seatsByState;
    const bool goesOn = delta.seq > m_map.seq && delta.from <= m_map.seq;
    if (goesOn) {
        for (const SeatChange &change : delta.seats) {
            if (change.number < 0 || static_cast<size_t>(change.number) >= m_map.seats.size())
                return DeltaOutcome::Foreign;
            --counts.at(static_cast<size_t>(m_map.seats[static_cast<size_t>(change.number)]));
            ++counts.at(static_cast<size_t>(change.state));
        }
    }
    const DeltaOutcome outcome = applyDelta(m_map, delta);
    if (outcome != DeltaOutcome::Applied)
        return outcome;
    m_seatsByState = counts;
    for (const SeatChange &change : delta.seats)
        note(m_seatNumbers, change.number, delta.seq);
    for (const AreaCounts &area : delta.areas) {
        const auto found = std::ranges::find(m_map.areas, area.number, &AreaCounts::number);
        note(m_areaNumbers, static_cast<int>(found - m_map.areas.begin()), delta.seq);
    }
    return outcome;
}

qint64 MirroredMap::bytes() const
{
    const auto seats = static_cast<qint64>(m_map.seats.capacity() + (m_version ? m_version->seats.capacity() : 0));
    const auto areas = static_cast<qint64>(m_map.areas.capacity() * 2 * sizeof(AreaCounts));
    const auto numbers = static_cast<qint64>((m_seatNumbers.capacity() + m_areaNumbers.capacity()) * sizeof(Number));
    return static_cast<qint64>(sizeof *this) + seats + areas + numbers;
}

} // namespace parterre::server
