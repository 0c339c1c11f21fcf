#include "holds/holdsteps.h"

#include "db/database.h"
#include "db/transaction.h"
#include "inventory/inventoryrepository.h"

#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <set>

namespace parterre::server::holdsteps {

using namespace Qt::StringLiterals;

namespace {

Error holdGone()
{
    return {.code = ErrorCode::HoldGone, .message = u"The hold has ended. Choose the places again."_s};
}

/// Places of a command as numbers of the layout, ascending; InvalidInput with the field for a key it does not have.
struct NamedPlaces
{
    std::set<int> seats;
    std::map<int, int> areas; ///< Number to quantity.

    [[nodiscard]] int count() const
    {
        int places = static_cast<int>(seats.size());
        for (const auto &[ignored, quantity] : areas)
            places += quantity;
        return places;
    }
};

Result<NamedPlaces> resolve(const std::vector<QString> &seats, const std::vector<AreaQuantity> &areas,
                            const LayoutIndex &layout)
{
    NamedPlaces places;
    for (size_t i = 0; i < seats.size(); ++i) {
        const auto number = layout.seatNumber(seats[i]);
        if (!number)
            return refuse(ErrorCode::InvalidInput, u"This performance has no such seat."_s, u"/seats/%1"_s.arg(i));
        places.seats.insert(*number);
    }
    for (size_t i = 0; i < areas.size(); ++i) {
        const auto number = layout.areaNumber(areas[i].area);
        if (!number)
            return refuse(ErrorCode::InvalidInput, u"This performance has no such area."_s, u"/areas/%1/area"_s.arg(i));
        places.areas[*number] += areas[i].quantity;
    }
    return places;
}

/// Adds the names of the seats to a refusal that has their numbers, so that the buyer is told which.
Error withNames(Error error, const LayoutIndex &layout)
{
    QJsonArray seats;
    QStringList names;
    for (const auto &number : error.details.value(u"numbers"_s).toArray()) {
        const QString name = layout.seatName(number.toInt());
        seats.append(QJsonObject{{u"key"_s, layout.seat(number.toInt()).key}, {u"name"_s, name}});
        names.append(name);
    }
    error.details = {{u"seats"_s, seats}};
    error.message = names.size() == 1 ? u"%1 is taken. Choose another seat."_s.arg(names.first())
                                      : u"These seats are taken: %1. Choose others."_s.arg(names.join(u"; "_s));
    return error;
}

/// The places of a hold before a command, read under its lock.
NamedPlaces placesOf(Transaction &transaction, const HoldRow &hold)
{
    NamedPlaces places{.seats = {hold.seats.begin(), hold.seats.end()}, .areas = {}};
    for (const auto &area : inventory::areaHolds(transaction, hold.id))
        places.areas[area.area] = area.quantity;
    return places;
}

NamedPlaces together(const NamedPlaces &held, const NamedPlaces &asked)
{
    NamedPlaces all = held;
    all.seats.insert(asked.seats.begin(), asked.seats.end());
    for (const auto &[area, quantity] : asked.areas)
        all.areas[area] += quantity;
    return all;
}

/// What of `asked` the hold has.
NamedPlaces common(const NamedPlaces &held, const NamedPlaces &asked)
{
    NamedPlaces both;
    std::ranges::set_intersection(held.seats, asked.seats, std::inserter(both.seats, both.seats.end()));
    for (const auto &[area, quantity] : asked.areas) {
        if (const auto mine = held.areas.find(area); mine != held.areas.end())
            both.areas[area] = std::min(mine->second, quantity);
    }
    return both;
}

inventory::LockedPlaces lockPlaces(Transaction &transaction, const HoldRow &hold, const NamedPlaces &places)
{
    std::vector<int> areas;
    for (const auto &[area, ignored] : places.areas)
        areas.push_back(area);
    return inventory::lockPlaces(transaction, hold.performance, {places.seats.begin(), places.seats.end()}, areas);
}

Status checkLive(const HoldRow &hold, Instant now)
{
    if (hold.state == HoldState::Frozen)
        return refuse(ErrorCode::WrongState, u"These places are being paid for; wait for the payment to end."_s);
    if (hold.state != HoldState::Live || hold.heldUntil <= now)
        return refuse(holdGone());
    return {};
}

Status checkLimits(Transaction &transaction, const SaleParty &party, const HoldRow &hold, const NamedPlaces &all,
                   const PerformanceFacts &facts)
{
    if (all.seats.size() > static_cast<size_t>(limits::seatsPerHoldMax)) {
        return refuse(ErrorCode::TooLarge, u"One hold has at most %1 seats."_s.arg(limits::seatsPerHoldMax),
                      u"/seats"_s);
    }
    if (all.areas.size() > static_cast<size_t>(limits::areasPerHoldMax) || all.count() > limits::orderLinesMax) {
        return refuse(
            ErrorCode::TooLarge,
            u"One hold has at most %1 places in %2 areas."_s.arg(limits::orderLinesMax).arg(limits::areasPerHoldMax),
            u"/areas"_s);
    }
    const int limit = facts.detail.purchaseLimit;
    if (limit == 0 || party.channel == SalesChannel::Desk)
        return {};
    if (all.count() + holds::placesOfOwner(transaction, party.owner, hold.performance, hold.id) > limit) {
        return refuse(Error{.code = ErrorCode::PurchaseLimit,
                            .message = u"At most %1 places are sold to one customer."_s.arg(limit),
                            .details = {{u"limit"_s, limit}}});
    }
    return {};
}

/// The areas as they become with `change` added for each, and the refusal of the first that has no room.
Result<std::vector<AreaRecord>> decideAreas(const std::vector<AreaRecord> &areas, const std::map<int, int> &change,
                                            const LayoutIndex &layout)
{
    std::vector<AreaRecord> next;
    for (const AreaRecord &area : areas) {
        if (!change.contains(area.number))
            continue;
        auto decided = decideAreaHeld(area, change.at(area.number));
        if (!decided) {
            Error error = decided.error();
            error.message = layout.area(area.number).name + u": "_s + error.message;
            error.details.insert(u"area"_s, layout.area(area.number).key);
            return refuse(error);
        }
        next.push_back(*decided);
    }
    return next;
}

/// What a screen sees differently; a seat that goes from one hold to another stays held.
std::vector<SeatRecord> changedOnMap(const std::vector<SeatRecord> &before, const std::vector<SeatRecord> &after)
{
    std::vector<SeatRecord> changed;
    for (size_t i = 0; i < after.size(); ++i) {
        if (before[i].state != after[i].state)
            changed.push_back(after[i]);
    }
    return changed;
}

Status checkOnSale(const PerformanceFacts &facts)
{
    if (facts.detail.summary.state == PerformanceState::OnSale)
        return {};
    return refuse(ErrorCode::NotOnSale, u"%1 is not on sale now."_s.arg(facts.detail.summary.eventTitle),
                  u"/performance"_s);
}

} // namespace

Result<PerformanceFacts> factsOf(Database &database, const PerformanceLookup &lookup, const HoldId &hold)
{
    PT_TRY(const PerformanceId performance, database.transact([&](Transaction &transaction) -> Result<PerformanceId> {
        const auto row = holds::find(transaction, hold);
        if (!row)
            return refuse(holdGone());
        return row->performance;
    }));
    return lookup(performance);
}

Result<HoldRow> findOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold)
{
    const auto row = holds::find(transaction, hold);
    if (!row || row->owner != party.owner)
        return refuse(holdGone());
    return *row;
}

Result<HoldRow> lockOwn(Transaction &transaction, const SaleParty &party, const HoldId &hold)
{
    const auto row = holds::lock(transaction, hold);
    if (!row || row->owner != party.owner)
        return refuse(holdGone());
    return *row;
}

Result<HoldView> take(Transaction &transaction, const SaleParty &party, const TakeHold &command,
                      const PerformanceFacts &facts)
{
    PT_CHECK(checkOnSale(facts));
    PT_TRY(const NamedPlaces asked, resolve(command.seats, command.areas, *facts.layout));
    if (asked.count() == 0)
        return refuse(ErrorCode::InvalidInput, u"Name at least one seat or area."_s, u"/seats"_s);

    holds::lockOwner(transaction, party.owner, command.performance);
    holds::lockId(transaction, command.hold);
    const auto existing = holds::lock(transaction, command.hold);
    if (existing && (existing->owner != party.owner || existing->performance != command.performance))
        return refuse(holdGone());
    HoldRow hold = existing.value_or(HoldRow{.id = command.hold,
                                             .performance = command.performance,
                                             .owner = party.owner,
                                             .channel = party.channel,
                                             .seats = {},
                                             .heldUntil = {},
                                             .createdAt = {}});
    const NamedPlaces all = together(placesOf(transaction, hold), asked);
    PT_CHECK(checkLimits(transaction, party, hold, all, facts));
    const auto places = lockPlaces(transaction, hold, all);
    if (existing)
        PT_CHECK(checkLive(hold, places.now));
    else
        hold.heldUntil = hold.createdAt = places.now;
    hold.heldUntil = holdEnd(hold.createdAt, hold.heldUntil, facts.detail.holdSeconds, places.now);
    const auto taken = decideTake(places.seats, hold.id, hold.heldUntil, places.now);
    if (!taken)
        return refuse(withNames(taken.error(), *facts.layout));
    PT_TRY(const auto nextAreas, decideAreas(places.areas, asked.areas, *facts.layout));

    hold.seats.assign(all.seats.begin(), all.seats.end());
    holds::write(transaction, hold);
    inventory::writeSeats(transaction, hold.performance, *taken);
    inventory::writeAreas(transaction, hold.performance, nextAreas, places.now);
    for (const AreaRecord &area : nextAreas) {
        inventory::setAreaHold(transaction, hold.performance, hold.id, area.number, all.areas.at(area.number),
                               hold.heldUntil);
    }
    inventory::setAreaHoldsEnd(transaction, hold.id, hold.heldUntil, false);
    inventory::recordChange(transaction, hold.performance, changedOnMap(places.seats, *taken), nextAreas);
    return view(transaction, hold, facts);
}

Result<HoldView> renew(Transaction &transaction, HoldRow hold, const PerformanceFacts &facts)
{
    const auto places = lockPlaces(transaction, hold, placesOf(transaction, hold));
    PT_CHECK(checkLive(hold, places.now));
    hold.heldUntil = holdEnd(hold.createdAt, hold.heldUntil, facts.detail.holdSeconds, places.now);
    PT_TRY(const auto renewed, decideRenew(places.seats, hold.id, hold.heldUntil, places.now));
    holds::write(transaction, hold);
    inventory::writeSeats(transaction, hold.performance, renewed);
    inventory::setAreaHoldsEnd(transaction, hold.id, hold.heldUntil, false);
    return view(transaction, hold, facts);
}

Result<HoldView> release(Transaction &transaction, HoldRow hold, const ReleaseHold &command,
                         const PerformanceFacts &facts)
{
    if (hold.state == HoldState::Released || hold.state == HoldState::Expired)
        return view(transaction, hold, facts);
    if (hold.state != HoldState::Live)
        return refuse(ErrorCode::WrongState, u"These places are being paid for; wait for the payment to end."_s);
    PT_TRY(const NamedPlaces asked, resolve(command.seats, command.areas, *facts.layout));
    const NamedPlaces held = placesOf(transaction, hold);
    const NamedPlaces back = asked.count() == 0 ? held : common(held, asked);
    const auto places = lockPlaces(transaction, hold, held);
    if (hold.heldUntil <= places.now) {
        expire(transaction, hold.performance, {hold});
        hold.state = HoldState::Expired;
        return view(transaction, hold, facts);
    }
    std::vector<SeatRecord> freed = decideRelease(places.seats, hold.id);
    std::erase_if(freed, [&](const SeatRecord &seat) { return !back.seats.contains(seat.number); });
    std::map<int, int> change;
    for (const auto &[area, quantity] : back.areas)
        change[area] = -quantity;
    PT_TRY(const auto nextAreas, decideAreas(places.areas, change, *facts.layout));

    std::erase_if(hold.seats, [&](int seat) { return back.seats.contains(seat); });
    if (back.count() == held.count()) {
        hold.state = HoldState::Released;
        holds::expireOrders(transaction, hold.id);
    }
    holds::write(transaction, hold);
    inventory::writeSeats(transaction, hold.performance, freed);
    inventory::writeAreas(transaction, hold.performance, nextAreas, places.now);
    for (const auto &[area, quantity] : back.areas) {
        inventory::setAreaHold(transaction, hold.performance, hold.id, area, held.areas.at(area) - quantity,
                               hold.heldUntil);
    }
    inventory::recordChange(transaction, hold.performance, freed, nextAreas);
    return view(transaction, hold, facts);
}

void expire(Transaction &transaction, const PerformanceId &performance, const std::vector<HoldRow> &holds)
{
    std::set<int> seats;
    std::set<int> areas;
    for (const HoldRow &hold : holds) {
        seats.insert(hold.seats.begin(), hold.seats.end());
        for (const auto &area : inventory::areaHolds(transaction, hold.id))
            areas.insert(area.area);
    }
    const auto places =
        inventory::lockPlaces(transaction, performance, {seats.begin(), seats.end()}, {areas.begin(), areas.end()});
    std::vector<SeatRecord> freed;
    for (HoldRow hold : holds) {
        std::ranges::copy(decideExpire(places.seats, hold.id, places.now), std::back_inserter(freed));
        hold.state = HoldState::Expired;
        holds::write(transaction, hold);
        holds::expireOrders(transaction, hold.id);
    }
    inventory::writeSeats(transaction, performance, freed);
    inventory::writeAreas(transaction, performance, places.areas, places.now);
    inventory::recordChange(transaction, performance, freed, places.areas);
}

HoldView view(Transaction &transaction, const HoldRow &hold, const PerformanceFacts &facts)
{
    const LayoutIndex &layout = *facts.layout;
    const auto categoryName = [&](int category) {
        return layout.layout().categories[static_cast<size_t>(category)].name;
    };
    const auto secondsUntil = [now = transaction.now()](Instant end) {
        return static_cast<int>(std::max<qint64>(0, std::chrono::duration_cast<Seconds>(end - now).count()));
    };
    HoldView view{.id = hold.id,
                  .performance = hold.performance,
                  .state = hold.state,
                  .heldUntil = hold.heldUntil,
                  .secondsLeft = secondsUntil(hold.heldUntil),
                  .secondsLeftMax = secondsUntil(hold.createdAt + Seconds(limits::holdSecondsAbsoluteMax)),
                  .places = {}};
    for (const int seat : hold.seats) {
        view.places.push_back({.key = layout.seat(seat).key,
                               .name = layout.seatName(seat),
                               .category = categoryName(layout.seat(seat).category)});
    }
    for (const auto &area : inventory::areaHolds(transaction, hold.id)) {
        view.places.push_back({.key = layout.area(area.area).key,
                               .name = layout.area(area.area).name,
                               .category = categoryName(layout.area(area.area).category),
                               .isArea = true,
                               .quantity = area.quantity});
    }
    return view;
}

} // namespace parterre::server::holdsteps
