#include "holds/houseview.h"

#include "base/assert.h"
#include "domain/catalog/pricelimits.h"
#include "holds/seatnames.h"

#include <algorithm>

namespace parterre::server {

using namespace Qt::StringLiterals;

HouseView::HouseView(const PerformanceFacts &facts, std::shared_ptr<const SeatRuns> runs, Map seen)
    : m_facts(facts)
    , m_runs(std::move(runs))
{
    adopt(std::move(seen));
}

void HouseView::adopt(Map map)
{
    PT_ASSERT(static_cast<int>(map->seats.size()) == m_runs->seatCount(), "a map has the seats of its layout");
    m_seen = std::move(map);
    m_unwanted.reset();
    m_judged.clear();
    m_judgedLearned = 0;
}

bool HouseView::confirm()
{
    if (!m_confirm || std::exchange(m_isConfirmed, true))
        return false;
    if (Map now = m_confirm(m_seen->seq))
        adopt(std::move(now));
    return true;
}

void HouseView::setFloor(ChoosingFloor::Batch &batch, Newest newest)
{
    m_batch = &batch;
    m_newest = std::move(newest);
}

std::unique_lock<std::mutex> HouseView::startChoosing()
{
    if (!m_batch)
        return {};
    auto turn = m_batch->enter();
    // What others have chosen is either still on the floor or committed, and then in the newest map.
    if (Map newest = m_newest(); newest && newest->seq > m_seen->seq)
        adopt(std::move(newest));
    keepOut(m_batch->others());
    return turn;
}

void HouseView::keepOut(const ChoosingFloor::Places &places)
{
    m_reserved.seats.insert(m_reserved.seats.end(), places.seats.begin(), places.seats.end());
    m_reserved.areas.insert(m_reserved.areas.end(), places.areas.begin(), places.areas.end());
    if (!m_unwanted)
        return;
    for (const int seat : places.seats)
        m_unwanted->seats[static_cast<size_t>(seat)] = SeatState::Held;
    for (const auto &[area, quantity] : places.areas)
        m_unwanted->areas[static_cast<size_t>(area)].held += quantity;
}

void HouseView::reserve(const std::vector<int> &seats)
{
    keepOut({.seats = seats, .areas = {}});
    if (m_batch)
        m_batch->addSeats(seats);
}

void HouseView::reserve(int area, int quantity)
{
    keepOut({.seats = {}, .areas = {{area, quantity}}});
    if (m_batch)
        m_batch->addArea(area, quantity);
}

Result<BestPick> HouseView::choose(const BestPlaces &best, SalesChannel channel, quint64 seed)
{
    PT_TRY(const BestRequest request, requestFor(best));
    const std::vector<qint64> prices = pricesFor(channel);
    for (;;) {
        if (!m_unwanted) {
            m_unwanted = *m_seen;
            keepOut(std::exchange(m_reserved, {}));
        }
        const auto picked = pick(*m_unwanted, request, prices, seed);
        if (picked) {
            reserve(picked->seats);
            if (picked->area >= 0)
                reserve(picked->area, request.partySize);
            return picked;
        }
        if (picked.error().code != ErrorCode::SoldOut)
            return picked;
        if (!m_reserved.seats.empty() || !m_reserved.areas.empty()) {
            if (pick(*m_seen, request, prices, seed))
                return refuse(ErrorCode::InProgress, u"Others are choosing these places. Ask again in a moment."_s);
        }
        if (!confirm())
            return picked;
    }
}

Result<BestPick> HouseView::chooseAmong(const std::vector<int> &seats, const BestPlaces &best, SalesChannel channel,
                                        quint64 seed)
{
    PT_TRY(const BestRequest request, requestFor(best));
    const std::vector<qint64> prices = pricesFor(channel);
    const auto among = [&](std::span<const int> reserved) {
        MapSnapshot map{.seq = m_seen->seq,
                        .seats = std::vector(m_seen->seats.size(), SeatState::House),
                        .areas = {}}; // Codes are for seats: nobody is sent to stand for one.
        for (const int seat : seats)
            map.seats[static_cast<size_t>(seat)] = SeatState::Available;
        for (const int seat : reserved)
            map.seats[static_cast<size_t>(seat)] = SeatState::Held;
        return pick(map, request, prices, seed);
    };
    auto picked = among(m_reserved.seats);
    if (picked)
        reserve(picked->seats);
    else if (picked.error().code == ErrorCode::SoldOut && !m_reserved.seats.empty() && among({}))
        return refuse(ErrorCode::InProgress, u"Others are choosing these places. Ask again in a moment."_s);
    return picked;
}

Result<BestPick> HouseView::pick(const MapSnapshot &map, const BestRequest &request, const std::vector<qint64> &prices,
                                 quint64 seed) const
{
    std::vector<AreaOffer> areas;
    areas.reserve(map.areas.size());
    for (const AreaCounts &area : map.areas)
        areas.push_back({.available = std::max(0, area.available())});
    auto picked = pickBest(*m_runs, {.seats = map.seats, .areas = areas, .priceByCategory = prices}, request, seed);
    if (!picked && !picked.error().field.isEmpty()) {
        Error error = picked.error();
        error.field.prepend(u"/best"_s);
        return refuse(error);
    }
    return picked;
}

Result<BestRequest> HouseView::requestFor(const BestPlaces &best) const
{
    BestRequest request{.partySize = best.size,
                        .wheelchairs = best.wheelchairs,
                        .stepFree = best.stepFree,
                        .together = best.maySplit ? Together::MaySplit : Together::Must};
    const Layout &layout = m_facts.layout->layout();
    if (best.zone) {
        const auto zone = std::ranges::find(m_facts.detail.zones, *best.zone, &PriceZone::id);
        if (zone == m_facts.detail.zones.end())
            return refuse(ErrorCode::InvalidInput, u"This performance has no such price zone."_s, u"/best/zone"_s);
        for (size_t category = 0; category < layout.categories.size(); ++category) {
            if (layout.categories[category].name == zone->category)
                request.categories.set(category);
        }
    }
    if (best.section) {
        for (size_t section = 0; section < layout.sections.size(); ++section) {
            if (layout.sections[section].name == *best.section)
                request.sections.push_back(static_cast<int>(section));
        }
        if (request.sections.empty())
            return refuse(ErrorCode::InvalidInput, u"This performance has no such section."_s, u"/best/section"_s);
    }
    if (best.priceMax) {
        if (best.priceMax->currency().code() != m_facts.detail.summary.currency) {
            return refuse(ErrorCode::InvalidInput,
                          u"Prices of this performance are in %1."_s.arg(m_facts.detail.summary.currency),
                          u"/best/price_max"_s);
        }
        request.priceMax = best.priceMax->minorUnits();
    }
    return request;
}

/// What a place of each category counts as against a highest price; what the channel has no price for is not for sale.
std::vector<qint64> HouseView::pricesFor(SalesChannel channel) const
{
    const auto &categories = m_facts.layout->layout().categories;
    const bool onlyPublic = channel != SalesChannel::Desk;
    std::vector<qint64> prices(categories.size(), -1);
    for (size_t category = 0; category < categories.size(); ++category) {
        const PriceZone *zone = m_facts.detail.zoneForCategory(categories[category].name);
        if (zone && m_facts.detail.priceRange(zone->id, onlyPublic))
            prices[category] = limitPrice(m_facts.detail, zone->id)->minorUnits();
    }
    return prices;
}

void HouseView::learn(std::span<const SeatRecord> seats, Instant now)
{
    if (m_facts.detail.orphanRule == OrphanRule::Off)
        return;
    for (const SeatRecord &seat : seats) {
        const bool isFree = seat.state == SeatState::Held && seat.heldUntil <= now;
        m_learned.emplace_back(seat.number, isFree ? freed(seat).state : seat.state);
        if (seat.house > 0)
            m_ofHouse.insert(seat.number);
    }
}

Status HouseView::judge(std::span<const int> take)
{
    auto alone = leftAlone(take);
    if (!alone.empty() && confirm())
        alone = leftAlone(take);
    return refuseFor(alone);
}

std::vector<int> HouseView::leftAlone(std::span<const int> take)
{
    if (m_facts.detail.orphanRule == OrphanRule::Off || take.empty())
        return {};
    if (m_judged.empty())
        m_judged = m_seen->seats;
    for (; m_judgedLearned < m_learned.size(); ++m_judgedLearned)
        m_judged[static_cast<size_t>(m_learned[m_judgedLearned].first)] = m_learned[m_judgedLearned].second;
    const auto opened = withOpened(take);
    const Status judged = judgeTake(*m_runs, opened ? *opened : m_judged, take, m_facts.detail.orphanRule);
    return judged ? std::vector<int>() : seatNumbersOf(judged.error());
}

/// What is judged, with the house seats as free that the take's own codes open; the others end a run. Nothing where the
/// take has no house seats.
std::optional<std::vector<SeatState>> HouseView::withOpened(std::span<const int> take) const
{
    const bool isKnown = !m_learned.empty(); // Else the database knows to whom the seats belong.
    const bool mayOpen = !isKnown || std::ranges::any_of(take, [this](int seat) { return m_ofHouse.contains(seat); });
    if (!m_openBeside || !mayOpen)
        return std::nullopt;
    std::vector<SeatState> states = m_judged;
    for (const int seat : m_openBeside(take)) {
        SeatState &state = states[static_cast<size_t>(seat)];
        if (state == SeatState::House)
            state = SeatState::Available;
    }
    return states;
}

Status HouseView::refuseFor(const std::vector<int> &alone) const
{
    if (alone.empty())
        return {};
    const auto [seats, names] = seatNames(alone, *m_facts.layout);
    const QString message =
        names.size() == 1
            ? u"%1 would be left alone. Take it too, or move along by one."_s.arg(names.first())
            : u"These seats would be left alone: %1. Take them too, or move along."_s.arg(names.join(u"; "_s));
    return refuse(Error{.code = ErrorCode::SeatLeftAlone, .message = message, .details = {{u"seats"_s, seats}}});
}

} // namespace parterre::server
