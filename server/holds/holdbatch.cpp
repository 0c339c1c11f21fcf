#include "holds/holdbatch.h"

#include "base/assert.h"
#include "domain/holds/handover.h"
#include "holds/holdcommandrepository.h"
#include "holds/openedcodes.h"
#include "holds/seatnames.h"

#include <QRandomGenerator>

#include <algorithm>
#include <iterator>

namespace parterre::server {

using namespace Qt::StringLiterals;

Error holdGone()
{
    return {.code = ErrorCode::HoldGone, .message = u"The hold has ended. Choose the places again."_s};
}

namespace {

Error keyReused()
{
    return {.code = ErrorCode::KeyReused,
            .message = u"This command id was used before for something else. Make a new id for each new command."_s};
}

Error isBeingPaid()
{
    return {.code = ErrorCode::WrongState,
            .message = u"These places are being paid for; wait for the payment to end."_s};
}

/// Adds the names of the seats to a refusal that has their numbers, so that the buyer is told which.
Error withNames(Error error, const LayoutIndex &layout)
{
    const auto [seats, names] = seatNames(seatNumbersOf(error), layout);
    error.details = {{u"seats"_s, seats}};
    error.message = names.size() == 1 ? u"%1 is taken. Choose another seat."_s.arg(names.first())
                                      : u"These seats are taken: %1. Choose others."_s.arg(names.join(u"; "_s));
    return error;
}

std::vector<int> together(const std::vector<int> &held, const std::vector<int> &asked)
{
    std::vector<int> all;
    all.reserve(held.size() + asked.size());
    std::ranges::set_union(held, asked, std::back_inserter(all));
    return all;
}

std::vector<inventory::AreaHold> together(std::vector<inventory::AreaHold> all,
                                          const std::vector<inventory::AreaHold> &asked)
{
    for (const inventory::AreaHold &more : asked) {
        const auto found = std::ranges::lower_bound(all, more.area, {}, &inventory::AreaHold::area);
        if (found != all.end() && found->area == more.area)
            found->quantity += more.quantity;
        else
            all.insert(found, more);
    }
    return all;
}

Status checkLive(const HoldRow &hold, Instant now)
{
    if (hold.state == HoldState::Frozen)
        return refuse(isBeingPaid());
    if (hold.state != HoldState::Live || hold.heldUntil <= now)
        return refuse(holdGone());
    return {};
}

/// What the clock has ended already is written down as ended.
void expire(LockedHolds &locked, LockedHolds::Hold &hold)
{
    locked.set(decideExpire(locked.seats(hold.row.seats), hold.row.id, locked.now()));
    for (const inventory::AreaHold &held : hold.areas)
        locked.set(locked.area(held.area)); // Writing a pool forgets what has ended in it.
    hold.areas.clear();
    hold.row.state = HoldState::Expired;
    hold.isChanged = true;
}

} // namespace

int HoldBatch::Places::count() const
{
    int places = static_cast<int>(seats.size());
    for (const inventory::AreaHold &area : areas)
        places += area.quantity;
    return places;
}

bool HoldBatch::needsHouse(const PerformanceFacts &facts, std::span<const HoldRequest> requests)
{
    return facts.detail.orphanRule != OrphanRule::Off ||
           std::ranges::any_of(requests, [](const HoldRequest &request) { return request.choosesPlaces(); });
}

HoldBatch::HoldBatch(const PerformanceFacts &facts, std::span<const HoldRequest> requests, HouseView *house,
                     const std::vector<bool> &seemsNew)
    : m_facts(facts)
    , m_house(house)
    , m_locked(facts.detail.summary.id)
    , m_outcomes(requests.size(), refuse(ErrorCode::Internal, {}))
{
    PT_ASSERT(house || !needsHouse(facts, requests), "who needs the house has it");
    m_items.reserve(requests.size());
    for (const HoldRequest &request : requests) {
        m_items.push_back(
            {.request = &request, .command = holdcommands::idOf(request.key), .asked = placesAsked(request)});
        m_items.back().isLookedFor = seemsNew.empty() || !seemsNew[m_items.size() - 1];
        if (m_items.back().asked)
            m_items.back().named = m_items.back().asked->seats;
    }
}

Result<HoldBatch::Places> HoldBatch::resolve(const std::vector<QString> &seats,
                                             const std::vector<AreaQuantity> &areas) const
{
    Places places;
    PT_TRY(places.seats, seatNumbersOf(seats, *m_facts.layout));
    for (size_t i = 0; i < areas.size(); ++i) {
        const auto number = m_facts.layout->areaNumber(areas[i].area);
        if (!number)
            return refuse(ErrorCode::InvalidInput, u"This performance has no such area."_s, u"/areas/%1/area"_s.arg(i));
        places.areas = together(std::move(places.areas), {{*number, areas[i].quantity}});
    }
    return places;
}

Result<HoldBatch::Places> HoldBatch::placesAsked(const HoldRequest &request) const
{
    if (const auto *command = std::get_if<TakeHold>(&request.command)) {
        PT_CHECK(checkOnSale());
        PT_TRY(Places places, resolve(command->seats, command->areas));
        PT_CHECK(command->checkAsksForSomething());
        return places;
    }
    if (const auto *command = std::get_if<ReleaseHold>(&request.command))
        return resolve(command->seats, command->areas);
    return Places{};
}

Status HoldBatch::checkOnSale() const
{
    if (m_facts.detail.summary.state == PerformanceState::OnSale)
        return {};
    return refuse(ErrorCode::NotOnSale, u"%1 is not on sale now."_s.arg(m_facts.detail.summary.eventTitle),
                  u"/performance"_s);
}

bool HoldBatch::isLimited(const HoldRequest &request) const
{
    return m_facts.placesMaxFor(request.party) > 0 && std::holds_alternative<TakeHold>(request.command);
}

HoldRow HoldBatch::known(const HoldRequest &request) const
{
    return {.id = request.hold(),
            .performance = m_locked.performance(),
            .owner = request.party.owner,
            .channel = request.party.channel,
            .seats = {},
            .heldUntil = {},
            .createdAt = {}};
}

Status HoldBatch::run(Transaction &transaction)
{
    findRepeats(transaction);
    openCodes(transaction);
    choosePlaces();
    lock(transaction);
    decideAll();
    std::vector<holdcommands::Outcome> outcomes;
    for (size_t i = 0; i < m_items.size(); ++i) {
        if (m_items[i].kind == Item::Kind::Fresh && !m_items[i].hasLostRace)
            outcomes.push_back({m_items[i].command, m_items[i].request->key.fingerprint, outcomeToText(m_outcomes[i])});
    }
    if (!m_locked.write(transaction, std::move(outcomes), refusedUnseen()))
        return refuse(ErrorCode::InProgress, u"A hold is there that was not looked for."_s);
    m_mapHasChanged = m_locked.writeMap(transaction);
    return {};
}

/// What seems new and is not ends the transaction when it is written, as its command or its hold is there already. Only
/// a hold that was refused is not written, and it was decided as if there were none.
std::vector<HoldId> HoldBatch::refusedUnseen() const
{
    std::vector<HoldId> refused;
    for (size_t i = 0; i < m_items.size(); ++i) {
        if (m_items[i].kind == Item::Kind::Fresh && m_items[i].asked && !m_outcomes[i] && !m_items[i].isLookedFor)
            refused.push_back(m_items[i].request->hold());
    }
    return refused;
}

/// Answers what was answered before, and marks what stands in this batch more than once.
void HoldBatch::findRepeats(Transaction &transaction)
{
    std::vector<QUuid> commands;
    for (const Item &item : m_items) {
        if (item.isLookedFor)
            commands.push_back(item.command);
    }
    const auto kept = holdcommands::find(transaction, commands);
    QHash<QUuid, size_t> seen;
    for (size_t i = 0; i < m_items.size(); ++i) {
        Item &item = m_items[i];
        const QByteArray &fingerprint = item.request->key.fingerprint;
        if (const auto found = kept.constFind(item.command); found != kept.cend()) {
            item.kind = Item::Kind::Answered;
            m_outcomes[i] = found->fingerprint == fingerprint ? outcomeFromText(found->outcome, known(*item.request))
                                                              : refuse(keyReused());
        } else if (const auto before = seen.constFind(item.command); before != seen.cend()) {
            item.first = *before;
            const bool isSame = m_items[*before].request->key.fingerprint == fingerprint;
            item.kind = isSame ? Item::Kind::RepeatInBatch : Item::Kind::Answered;
            if (!isSame)
                m_outcomes[i] = refuse(keyReused());
        } else {
            seen.insert(item.command, i);
        }
    }
}

/// Finds which house codes the takes open; those that name none cost nothing.
void HoldBatch::openCodes(Transaction &transaction)
{
    std::optional<std::vector<housecodes::CodeRow>> codes;
    for (Item &item : m_items) {
        const auto *take = std::get_if<TakeHold>(&item.request->command);
        if (item.kind != Item::Kind::Fresh || !item.asked || !take || !namesCode(*take))
            continue;
        if (!codes)
            codes = housecodes::all(transaction, m_locked.performance());
        const auto opened = openedBy(*take, item.request->party.channel, *codes);
        if (!opened) {
            item.asked = refuse(opened.error());
            continue;
        }
        item.opened = *opened;
        if (take->best)
            item.openSeats = housecodes::freeSeats(transaction, m_locked.performance(), item.opened);
    }
}

/// Finds the places of those who leave the choice to us. What others of this batch name, or were chosen for, is kept
/// out of their way; where that leaves nothing they come again in the next batch, which knows who got it.
void HoldBatch::choosePlaces()
{
    if (!m_house)
        return;
    const auto turn = m_house->startChoosing();
    const auto fresh = [](const Item &item) { return item.kind == Item::Kind::Fresh && item.asked; };
    for (const Item &item : m_items) {
        if (!fresh(item) || !std::holds_alternative<TakeHold>(item.request->command))
            continue;
        m_house->reserve(item.named);
        for (const inventory::AreaHold &area : item.asked->areas)
            m_house->reserve(area.area, area.quantity);
    }
    for (Item &item : m_items) {
        if (!fresh(item) || !item.request->choosesPlaces())
            continue;
        const BestPlaces &best = *std::get<TakeHold>(item.request->command).best;
        const SalesChannel channel = item.request->party.channel;
        const quint64 seed = QRandomGenerator::global()->generate64();
        const auto pick = item.opened > 0 ? m_house->chooseAmong(item.openSeats, best, channel, seed)
                                          : m_house->choose(best, channel, seed);
        if (!pick) {
            item.hasLostRace = pick.error().code == ErrorCode::InProgress;
            item.asked = refuse(pick.error());
            continue;
        }
        item.asked->seats = together(item.asked->seats, pick->seats);
        item.chosenArea = pick->area;
        if (pick->area >= 0)
            item.asked->areas = together(std::move(item.asked->areas), {{pick->area, best.size}});
    }
}

void HoldBatch::lock(Transaction &transaction)
{
    std::vector<QString> owners;
    std::vector<HoldId> holds;
    std::vector<int> seats;
    std::vector<int> areas;
    for (const Item &item : m_items) {
        if (item.kind != Item::Kind::Fresh || !item.asked)
            continue;
        if (item.isLookedFor)
            holds.push_back(item.request->hold());
        if (isLimited(*item.request))
            owners.push_back(item.request->party.owner);
        if (!std::holds_alternative<TakeHold>(item.request->command))
            continue; // What a hold gives back counts only where it has it, and that is locked anyway.
        seats.insert(seats.end(), item.asked->seats.begin(), item.asked->seats.end());
        for (const inventory::AreaHold &area : item.asked->areas)
            areas.push_back(area.area);
    }
    holds::lockOwners(transaction, owners, m_locked.performance());
    m_locked.lock(transaction, holds);
    learnGiven(transaction);
    for (const holds::OwnedPlaces &owned : holds::placesOfOwners(transaction, owners, m_locked.performance())) {
        OwnerCount &count = m_owners[owned.owner];
        if (owned.hold.isNull())
            count.sold += owned.places;
        else
            count.holds.push_back(owned);
    }
    m_locked.lockPlaces(transaction, std::move(seats), std::move(areas));
    if (m_house)
        m_house->learn(m_locked.decided(), m_locked.now());
}

/// What becomes of seats, for those who are decided after and for the house that they look at.
void HoldBatch::set(std::span<const SeatRecord> seats)
{
    m_locked.set(seats);
    if (m_house)
        m_house->learn(seats, m_locked.now());
}

bool HoldBatch::isForeign(const HoldRow &hold, const HoldRequest &request) const
{
    return hold.owner != request.party.owner || hold.performance != m_locked.performance();
}

void HoldBatch::learnGiven(Transaction &transaction)
{
    std::vector<HoldId> foreign;
    for (const Item &item : m_items) {
        const LockedHolds::Hold *hold = m_locked.find(item.request->hold());
        if (hold && isForeign(hold->row, *item.request))
            foreign.push_back(hold->row.id);
    }
    if (!foreign.empty())
        m_given = handovers::givenBy(transaction, foreign);
}

Error HoldBatch::foreign(const HoldRequest &request) const
{
    for (const handovers::Given &given : m_given) {
        if (given.hold == request.hold() && given.owner == request.party.owner)
            return handedOver(given.to);
    }
    return holdGone();
}

void HoldBatch::decideAll()
{
    for (size_t i = 0; i < m_items.size(); ++i) {
        if (m_items[i].kind == Item::Kind::Fresh)
            m_outcomes[i] = decide(m_items[i]);
        if (m_items[i].kind != Item::Kind::RepeatInBatch)
            continue;
        m_outcomes[i] = m_outcomes[m_items[i].first];
        m_items[i].hasLostRace = m_items[m_items[i].first].hasLostRace;
    }
}

Result<HoldSnapshot> HoldBatch::decide(Item &item)
{
    if (!item.asked)
        return refuse(item.asked.error());
    const HoldRequest &request = *item.request;
    if (std::holds_alternative<TakeHold>(request.command))
        return take(item);
    LockedHolds::Hold *hold = m_locked.find(request.hold());
    if (!hold || isForeign(hold->row, request))
        return refuse(foreign(request));
    return std::holds_alternative<RenewHold>(request.command) ? renew(*hold) : release(*hold, *item.asked);
}

Result<HoldSnapshot> HoldBatch::take(Item &item)
{
    const HoldRequest &request = *item.request;
    const Places &asked = *item.asked;
    LockedHolds::Hold *hold = m_locked.find(request.hold());
    if (hold && isForeign(hold->row, request))
        return refuse(foreign(request));
    const auto seats = hold ? together(hold->row.seats, asked.seats) : asked.seats;
    const auto areas = hold ? together(hold->areas, asked.areas) : asked.areas;
    PT_CHECK(checkLimits(request, seats, areas));
    const Instant now = m_locked.now();
    HoldRow row = hold ? hold->row : known(request);
    if (hold)
        PT_CHECK(checkLive(row, now));
    else
        row.heldUntil = row.createdAt = now;
    row.heldUntil = holdEnd(row.createdAt, row.heldUntil, m_facts.detail.holdSeconds, now);
    const auto before = m_locked.seats(seats);
    const auto taken = decideTake(before, row.id, row.heldUntil, now, item.opened);
    const auto nextAreas = areasWith(asked.areas);
    if (!taken || !nextAreas) {
        item.hasLostRace = hasLost(item, taken ? Status() : refuse(taken.error()));
        if (taken)
            return refuse(nextAreas.error());
        return refuse(explained(withNames(taken.error(), *m_facts.layout), seatNumbersOf(taken.error()), before,
                                std::get<TakeHold>(request.command), request.party.channel));
    }
    row.seats = seats;
    PT_CHECK(judge(item, row));
    if (hold)
        hold->row = std::move(row);
    else
        hold = &m_locked.add(std::move(row));
    hold->isChanged = true;
    set(*taken);
    for (const AreaRecord &area : *nextAreas)
        m_locked.set(area);
    for (const inventory::AreaHold &area : areas)
        hold->setQuantity(area.area, area.quantity);
    return snapshot(*hold);
}

/// True when what stood in the way are places that we chose, not such as were named.
bool HoldBatch::hasLost(const Item &item, const Status &seats) const
{
    if (!item.request->choosesPlaces())
        return false;
    if (seats)
        return item.chosenArea >= 0;
    return std::ranges::none_of(seatNumbersOf(seats.error()),
                                [&](int number) { return std::ranges::binary_search(item.named, number); });
}

/// The orphan rule on the whole hold as it would be. Places that were chosen for a party are as good as the rule
/// allows.
Status HoldBatch::judge(const Item &item, HoldRow &row)
{
    if (m_facts.detail.orphanRule == OrphanRule::Off || item.named.empty())
        return {};
    row.stillChoosing = std::get<TakeHold>(item.request->command).stillChoosing ||
                        item.request->party.channel == SalesChannel::Desk; // A clerk clicks, and may have a reason.
    return row.stillChoosing ? Status() : m_house->judge(row.seats);
}

Result<HoldSnapshot> HoldBatch::renew(LockedHolds::Hold &hold)
{
    const Instant now = m_locked.now();
    PT_CHECK(checkLive(hold.row, now));
    const Instant until = holdEnd(hold.row.createdAt, hold.row.heldUntil, m_facts.detail.holdSeconds, now);
    PT_TRY(const auto renewed, decideRenew(m_locked.seats(hold.row.seats), hold.row.id, until, now));
    hold.row.heldUntil = until;
    hold.isChanged = true;
    hold.areasAreChanged = !hold.areas.empty();
    set(renewed);
    return snapshot(hold);
}

Result<HoldSnapshot> HoldBatch::release(LockedHolds::Hold &hold, const Places &asked)
{
    if (hold.row.state == HoldState::Released || hold.row.state == HoldState::Expired)
        return snapshot(hold);
    if (hold.row.state != HoldState::Live)
        return refuse(isBeingPaid());
    if (hold.row.heldUntil <= m_locked.now()) {
        expire(m_locked, hold);
        return snapshot(hold);
    }
    Places back{.seats = hold.row.seats, .areas = hold.areas};
    if (asked.count() > 0) {
        back = {};
        std::ranges::set_intersection(hold.row.seats, asked.seats, std::back_inserter(back.seats));
        for (const inventory::AreaHold &area : asked.areas) {
            if (const int quantity = std::min(area.quantity, hold.quantityIn(area.area)); quantity > 0)
                back.areas.push_back({area.area, quantity});
        }
    }
    std::vector<inventory::AreaHold> change = back.areas;
    for (inventory::AreaHold &area : change)
        area.quantity = -area.quantity;
    PT_TRY(const auto nextAreas, areasWith(change));

    set(decideRelease(m_locked.seats(back.seats), hold.row.id));
    for (const AreaRecord &area : nextAreas)
        m_locked.set(area);
    for (const inventory::AreaHold &area : back.areas)
        hold.setQuantity(area.area, hold.quantityIn(area.area) - area.quantity);
    std::erase_if(hold.row.seats, [&](int seat) { return std::ranges::binary_search(back.seats, seat); });
    if (hold.placeCount() == 0)
        hold.row.state = HoldState::Released;
    if (!back.seats.empty() && m_facts.detail.orphanRule != OrphanRule::Off)
        hold.row.stillChoosing = true; // What is left may leave a seat alone.
    hold.isChanged = true;
    return snapshot(hold);
}

Status HoldBatch::checkLimits(const HoldRequest &request, const std::vector<int> &seats,
                              const std::vector<inventory::AreaHold> &areas)
{
    const int count = Places{.seats = seats, .areas = areas}.count();
    if (seats.size() > static_cast<size_t>(limits::seatsPerHoldMax)) {
        return refuse(ErrorCode::TooLarge, u"One hold has at most %1 seats."_s.arg(limits::seatsPerHoldMax),
                      u"/seats"_s);
    }
    if (areas.size() > static_cast<size_t>(limits::areasPerHoldMax) || count > limits::orderLinesMax) {
        return refuse(
            ErrorCode::TooLarge,
            u"One hold has at most %1 places in %2 areas."_s.arg(limits::orderLinesMax).arg(limits::areasPerHoldMax),
            u"/areas"_s);
    }
    const int limit = m_facts.placesMaxFor(request.party);
    if (!isLimited(request) || count + placesOfOwner(request.party.owner, request.hold()) <= limit)
        return {};
    return refuse(Error{.code = ErrorCode::PurchaseLimit,
                        .message = u"At most %1 places are sold to one customer."_s.arg(limit),
                        .details = {{u"limit"_s, limit}}});
}

/// In other holds than `except` and in confirmed orders, by what was decided so far.
int HoldBatch::placesOfOwner(const QString &owner, const HoldId &except)
{
    const auto found = m_owners.constFind(owner);
    int places = found == m_owners.cend() ? 0 : found->sold;
    if (found != m_owners.cend()) {
        for (const holds::OwnedPlaces &owned : found->holds) {
            if (!m_locked.find(owned.hold) && (!owned.heldUntil || *owned.heldUntil > m_locked.now()))
                places += owned.places;
        }
    }
    for (const LockedHolds::Hold &hold : m_locked.holds()) {
        if (hold.row.id != except && hold.isActive(m_locked.now()) && hold.row.owner == owner &&
            hold.row.performance == m_locked.performance())
            places += hold.placeCount();
    }
    return places;
}

/// The areas as they become with these quantities added, and the refusal of the first that has no room.
Result<std::vector<AreaRecord>> HoldBatch::areasWith(std::span<const inventory::AreaHold> change) const
{
    std::vector<AreaRecord> next;
    for (const inventory::AreaHold &area : change) {
        auto decided = decideAreaHeld(m_locked.area(area.area), area.quantity);
        if (!decided) {
            Error error = decided.error();
            error.message = m_facts.layout->area(area.area).name + u": "_s + error.message;
            error.details.insert(u"area"_s, m_facts.layout->area(area.area).key);
            return refuse(error);
        }
        next.push_back(*decided);
    }
    return next;
}

HoldSnapshot HoldBatch::snapshot(const LockedHolds::Hold &hold) const
{
    HoldSnapshot snapshot{.row = hold.row, .areas = hold.areas, .now = m_locked.now()};
    if (hold.row.stillChoosing && hold.row.state == HoldState::Live && m_house)
        snapshot.leftAlone = m_house->leftAlone(hold.row.seats);
    return snapshot;
}

Expired expireHolds(Transaction &transaction, const PerformanceId &performance, const std::vector<HoldId> &holds)
{
    LockedHolds locked(performance);
    locked.lockDue(transaction, holds);
    if (locked.holds().empty())
        return {};
    locked.lockPlaces(transaction, {}, {});
    for (LockedHolds::Hold &hold : locked.holds())
        expire(locked, hold);
    (void)locked.write(transaction, {}, {}); // Makes none, so nothing can be there before it.
    return {.count = static_cast<int>(locked.holds().size()), .mapHasChanged = locked.writeMap(transaction)};
}

} // namespace parterre::server
