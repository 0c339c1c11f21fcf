#include "holds/holdsteps.h"

#include "db/transaction.h"
#include "inventory/inventoryrepository.h"

#include <QJsonArray>

#include <algorithm>
#include <chrono>
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

    [[nodiscard]] std::vector<int> seatNumbers() const { return {seats.begin(), seats.end()}; }
    [[nodiscard]] std::vector<int> areaNumbers() const
    {
        std::vector<int> numbers;
        for (const auto &[area, ignored] : areas)
            numbers.push_back(area);
        return numbers;
    }
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

Status checkLimits(Transaction &transaction, const SaleParty &party, const HoldRow &hold, const NamedPlaces &asked,
                   const PerformanceFacts &facts)
{
    std::set<int> seats(hold.seats.begin(), hold.seats.end());
    seats.insert(asked.seats.begin(), asked.seats.end());
    if (seats.size() > static_cast<size_t>(limits::seatsPerHoldMax)) {
        return refuse(ErrorCode::TooLarge, u"One hold has at most %1 seats."_s.arg(limits::seatsPerHoldMax),
                      u"/seats"_s);
    }
    const int limit = facts.detail.purchaseLimit;
    if (limit == 0 || party.channel == SalesChannel::Desk)
        return {};
    int places = static_cast<int>(seats.size());
    for (const auto &[ignored, quantity] : asked.areas)
        places += quantity;
    for (const auto &area : inventory::areaHolds(transaction, hold.id))
        places += area.quantity;
    if (places + holds::placesOfOwner(transaction, party.owner, hold.performance, hold.id) > limit) {
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

Status checkOnSale(const PerformanceFacts &facts)
{
    if (facts.detail.summary.state == PerformanceState::OnSale)
        return {};
    return refuse(ErrorCode::NotOnSale, u"%1 is not on sale now."_s.arg(facts.detail.summary.eventTitle),
                  u"/performance"_s);
}

} // namespace

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
    const auto seats = inventory::lockSeats(transaction, command.performance, asked.seatNumbers());
    const Instant now = transaction.now(); // After waiting for the seats, so that a hold that ended meanwhile is free.
    if (existing && (existing->state != HoldState::Live || existing->heldUntil <= now))
        return refuse(holdGone());
    HoldRow hold = existing.value_or(HoldRow{.id = command.hold,
                                             .performance = command.performance,
                                             .owner = party.owner,
                                             .channel = party.channel,
                                             .seats = {},
                                             .heldUntil = now,
                                             .createdAt = now});
    hold.heldUntil = holdEnd(hold.createdAt, hold.heldUntil, facts.detail.holdSeconds, now);
    PT_CHECK(checkLimits(transaction, party, hold, asked, facts));
    auto taken = decideTake(seats, hold.id, hold.heldUntil, now);
    if (!taken)
        return refuse(withNames(taken.error(), *facts.layout));
    const auto areas = inventory::lockAreas(transaction, command.performance, asked.areaNumbers(), now);
    PT_TRY(const auto nextAreas, decideAreas(areas, asked.areas, *facts.layout));

    std::set<int> all(hold.seats.begin(), hold.seats.end());
    all.insert(asked.seats.begin(), asked.seats.end());
    hold.seats.assign(all.begin(), all.end());
    holds::write(transaction, hold);
    inventory::writeSeats(transaction, hold.performance, *taken);
    std::map<int, int> had;
    for (const auto &area : inventory::areaHolds(transaction, hold.id))
        had[area.area] = area.quantity;
    for (const AreaRecord &area : nextAreas) {
        inventory::writeArea(transaction, hold.performance, area);
        inventory::setAreaHold(transaction, hold.performance, hold.id, area.number,
                               had[area.number] + asked.areas.at(area.number), hold.heldUntil);
    }
    inventory::recordChange(transaction, hold.performance, *taken, nextAreas);
    // What the hold had before ends with it: one end for all its places.
    const HoldRow whole = hold;
    return renew(transaction, whole, facts);
}

Result<HoldView> renew(Transaction &transaction, HoldRow hold, const PerformanceFacts &facts)
{
    const auto seats = inventory::lockSeats(transaction, hold.performance, hold.seats);
    const Instant now = transaction.now();
    if (hold.state != HoldState::Live || hold.heldUntil <= now)
        return refuse(holdGone());
    hold.heldUntil = holdEnd(hold.createdAt, hold.heldUntil, facts.detail.holdSeconds, now);
    PT_TRY(const auto renewed, decideRenew(seats, hold.id, hold.heldUntil, now));
    inventory::writeSeats(transaction, hold.performance, renewed);
    inventory::setAreaHoldsEnd(transaction, hold.id, hold.heldUntil, false);
    holds::write(transaction, hold);
    return view(transaction, hold, facts);
}

Result<HoldView> release(Transaction &transaction, HoldRow hold, const ReleaseHold &command,
                         const PerformanceFacts &facts)
{
    if (hold.state == HoldState::Released || hold.state == HoldState::Expired)
        return view(transaction, hold, facts);
    if (hold.state != HoldState::Live)
        return refuse(ErrorCode::WrongState, u"These places are being paid for; wait for the payment to end."_s);
    PT_TRY(NamedPlaces asked, resolve(command.seats, command.areas, *facts.layout));
    const auto held = inventory::areaHolds(transaction, hold.id);
    if (asked.count() == 0) {
        asked.seats = {hold.seats.begin(), hold.seats.end()};
        for (const auto &area : held)
            asked.areas[area.area] = area.quantity;
    }
    const auto seats = inventory::lockSeats(transaction, hold.performance, asked.seatNumbers());
    const auto freed = decideRelease(seats, hold.id);
    const auto areas = inventory::lockAreas(transaction, hold.performance, asked.areaNumbers(), transaction.now());
    std::vector<AreaRecord> nextAreas;
    for (const AreaRecord &area : areas) {
        // Read again under the pool's lock: what has run out was given back by lockAreas().
        const auto mine = inventory::areaHolds(transaction, hold.id);
        const auto has = std::ranges::find(mine, area.number, &inventory::AreaHold::area);
        const int back = has == mine.end() ? 0 : std::min(has->quantity, asked.areas.at(area.number));
        if (back == 0)
            continue;
        nextAreas.push_back(*decideAreaHeld(area, -back));
        inventory::writeArea(transaction, hold.performance, nextAreas.back());
        inventory::setAreaHold(transaction, hold.performance, hold.id, area.number, has->quantity - back,
                               hold.heldUntil);
    }
    inventory::writeSeats(transaction, hold.performance, freed);
    std::erase_if(hold.seats, [&](int seat) { return asked.seats.contains(seat); });
    if (hold.seats.empty() && inventory::areaHolds(transaction, hold.id).empty())
        hold.state = HoldState::Released;
    holds::write(transaction, hold);
    inventory::recordChange(transaction, hold.performance, freed, nextAreas);
    return view(transaction, hold, facts);
}

void expire(Transaction &transaction, HoldRow hold)
{
    const auto seats = inventory::lockSeats(transaction, hold.performance, hold.seats);
    const Instant now = transaction.now();
    const auto freed = decideExpire(seats, hold.id, now);
    std::vector<int> numbers;
    for (const auto &area : inventory::areaHolds(transaction, hold.id))
        numbers.push_back(area.area);
    const auto areas =
        inventory::lockAreas(transaction, hold.performance, numbers, now); // Gives back what has run out.
    inventory::writeSeats(transaction, hold.performance, freed);
    hold.state = HoldState::Expired;
    holds::write(transaction, hold);
    inventory::recordChange(transaction, hold.performance, freed, areas);
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
