#include "domain/inventory/bestavailable.h"

#include "base/assert.h"
#include "domain/inventory/bestscope.h"
#include "domain/inventory/orphanrule.h"

#include <algorithm>
#include <numeric>

namespace parterre {

using namespace Qt::StringLiterals;

namespace {

using best::Chance;
using best::NearTies;
using best::Scope;
using Range = SeatRuns::Range;

Status validate(const SeatRuns &runs, const BestHouse &house, const BestRequest &request)
{
    PT_ASSERT(static_cast<int>(house.seats.size()) == runs.seatCount(), "every seat has a state");
    PT_ASSERT(house.areas.empty() || house.areas.size() == runs.areas().size(), "every area has an offer, or none has");
    if (request.partySize < 1 || request.partySize > limits::partySizeMax) {
        return refuse(ErrorCode::InvalidInput,
                      u"A party has between 1 and %1 people. Book larger ones in parts."_s.arg(limits::partySizeMax),
                      u"/size"_s);
    }
    if (request.wheelchairs < 0 || request.stepFree < 0 || request.wheelchairs + request.stepFree > request.partySize)
        return refuse(ErrorCode::InvalidInput, u"Ask for no more accessible places than there are people."_s,
                      u"/wheelchairs"_s);
    if (request.wheelchairs > 0 && request.stepFree > 0)
        return refuse(ErrorCode::InvalidInput,
                      u"Ask for wheelchair spaces and for step-free seats one after the other."_s, u"/step_free"_s);
    return {};
}

CategorySet categoriesOf(const BestHouse &house, const BestRequest &request)
{
    CategorySet categories = request.categories.any() ? request.categories : CategorySet().set();
    for (size_t category = 0; category < house.priceByCategory.size(); ++category) {
        const qint64 price = house.priceByCategory[category];
        if (price < 0 || (request.priceMax && price > *request.priceMax))
            categories.reset(category);
    }
    return categories;
}

/// The windows of the party's size that leave nobody alone, and those that do, each as far as they can still be drawn.
class Windows
{
public:
    explicit Windows(const Scope &scope)
        : m_scope(scope)
        , m_clean(scope.tolerance())
        , m_leavingSingle(scope.tolerance())
    {}

    void search()
    {
        for (const int index : m_scope.runs.rowsByDistance()) {
            const SeatRuns::Row &row = m_scope.runs.rows()[static_cast<size_t>(index)];
            if (static_cast<qint64>(row.nearest) * m_scope.request.partySize > m_clean.limit())
                return; // Every further row is farther still.
            if (m_scope.has(row))
                m_scope.forEachPart(row, [this](Range part, Range run) { offerAll(part, run); });
        }
    }

    [[nodiscard]] std::optional<BestPick> draw(Chance &chance)
    {
        if (m_clean.isEmpty() && m_leavingSingle.isEmpty())
            return std::nullopt;
        const bool clean = !m_clean.isEmpty();
        const int first = (clean ? m_clean : m_leavingSingle).draw(chance);
        BestPick pick{.rung = clean ? BestRung::Together : BestRung::LeavingSingle, .seats = {}};
        pick.seats.resize(static_cast<size_t>(m_scope.request.partySize));
        std::iota(pick.seats.begin(), pick.seats.end(), first);
        return pick;
    }

private:
    void offerAll(Range part, Range run)
    {
        const int size = m_scope.request.partySize;
        if (part.count() < size)
            return;
        qint64 sum = 0;
        for (int seat = part.first; seat < part.first + size; ++seat)
            sum += m_scope.runs.distance(seat);
        for (int first = part.first;; ++first) {
            auto &ties = strandedBy({first, first + size}, run) == 0 ? m_clean : m_leavingSingle;
            ties.offer(sum, first);
            if (first + size == part.end)
                return;
            sum += m_scope.runs.distance(first + size) - m_scope.runs.distance(first);
        }
    }

    const Scope &m_scope;
    NearTies<int> m_clean; ///< Of first seats; a window's score is the sum of its distances.
    NearTies<int> m_leavingSingle;
};

std::optional<BestPick> pickStanding(const Scope &scope, Chance &chance)
{
    NearTies<int> ties(scope.tolerance());
    const qint64 size = scope.request.partySize;
    for (size_t area = 0; area < scope.house.areas.size(); ++area) {
        const SeatRuns::Area &place = scope.runs.areas()[area];
        if (scope.has(place) && scope.house.areas[area].available >= size)
            ties.offer(place.distance * size, static_cast<int>(area));
    }
    if (ties.isEmpty())
        return std::nullopt;
    return BestPick{.rung = BestRung::Standing, .seats = {}, .area = ties.draw(chance)};
}

std::optional<BestPick> pickGeneral(const Scope &scope, Chance &chance)
{
    Windows windows(scope);
    windows.search();
    if (auto pick = windows.draw(chance))
        return pick;
    if (scope.request.together == Together::MaySplit) {
        if (auto pick = best::pickSplit(scope, chance))
            return pick;
    }
    return pickStanding(scope, chance);
}

/// What could still be had, so that the buyer can ask in another way.
int countAvailable(const Scope &scope)
{
    int available = 0;
    for (const SeatRuns::Row &row : scope.runs.rows()) {
        if (scope.has(row))
            scope.forEachPart(row, [&](Range part, Range) { available += part.count(); });
    }
    for (size_t area = 0; area < scope.house.areas.size(); ++area) {
        if (scope.has(scope.runs.areas()[area]))
            available += scope.house.areas[area].available;
    }
    return available;
}

Error soldOut(const Scope &scope)
{
    const int available = countAvailable(scope);
    const int size = scope.request.partySize;
    QString message;
    if (scope.request.wheelchairs + scope.request.stepFree > 0)
        message = u"No such accessible places are left here. Try another zone or ask the box office."_s;
    else if (available == 0)
        message = u"Nothing is left here. Try another zone."_s;
    else if (available < size)
        message = u"Only %1 places are left here. Try a smaller party or another zone."_s.arg(available);
    else
        message = u"No %1 seats side by side are left here. Let the party sit apart, or try another zone."_s.arg(size);
    return {.code = ErrorCode::SoldOut, .message = message, .details = {{u"available"_s, available}}};
}

} // namespace

Result<BestPick> pickBest(const SeatRuns &runs, const BestHouse &house, const BestRequest &request, quint64 seed)
{
    PT_CHECK(validate(runs, house, request));
    const Scope scope{.runs = runs,
                      .house = house,
                      .request = request,
                      .categories = categoriesOf(house, request),
                      .free = FreeSeats(runs, house.seats)};
    Chance chance(seed);
    auto pick =
        request.wheelchairs + request.stepFree > 0 ? best::pickAccessible(scope, chance) : pickGeneral(scope, chance);
    if (!pick)
        return refuse(soldOut(scope));
    pick->alone = seatsLeftAlone(runs, house.seats, pick->seats);
    return *pick;
}

} // namespace parterre
