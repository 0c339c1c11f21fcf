#include "simulation/actor.h"

#include "load/loop.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <set>
#include <thread>

namespace parterre::simulation {

using namespace Qt::StringLiterals;
using check::Event;
using check::Operation;
using test::answerOf;
using test::SaleWorld;

namespace {

constexpr size_t holdsAtOnceMax = 2;

server::CommandKey keyOf(const server::SaleParty &party, const QString &id, const QString &name,
                         const QJsonObject &body)
{
    return server::CommandKey::make(party.owner, id, name, body);
}

Result<HoldView> takeBy(test::SaleNode &node, const server::SaleParty &party, const QString &id,
                        const TakeHold &command)
{
    return answerOf([&](const server::HoldService::Done &done) {
        node.holds().take(party, keyOf(party, id, u"take_hold"_s, toJson(command)), command, done);
    });
}

Result<HoldView> releaseBy(test::SaleNode &node, const server::SaleParty &party, const ReleaseHold &command)
{
    return answerOf([&](const server::HoldService::Done &done) {
        node.holds().release(party, test::SaleNode::newKey(party), command, done);
    });
}

/// Whether a refusal leaves open what was done.
bool isUntold(ErrorCode code)
{
    return code == ErrorCode::OutcomeUnknown || code == ErrorCode::PaymentInDoubt || code == ErrorCode::InProgress;
}

bool isExpected(ErrorCode code)
{
    static const std::set<ErrorCode> expected{ErrorCode::SeatTaken,      ErrorCode::SoldOut,  ErrorCode::HoldGone,
                                              ErrorCode::WrongState,     ErrorCode::TooLarge, ErrorCode::Overloaded,
                                              ErrorCode::PaymentDeclined};
    return isUntold(code) || expected.contains(code);
}

template <class View>
QString textOf(const Result<View> &result)
{
    return QString::fromUtf8(QJsonDocument(server::commandlog::outcomeToJson(result)).toJson(QJsonDocument::Compact));
}

std::vector<check::AreaPlaces> standing(int quantity)
{
    return quantity > 0 ? std::vector<check::AreaPlaces>{{.area = 0, .quantity = quantity}}
                        : std::vector<check::AreaPlaces>{};
}

int standingOf(const std::vector<AreaQuantity> &areas)
{
    return areas.empty() ? 0 : areas.front().quantity;
}

} // namespace

Actor::Actor(const Nodes &nodes, int number, quint32 seed, const Taste &taste)
    : m_nodes(nodes)
    , m_number(number)
    , m_taste(taste)
    , m_dice(seed)
{
    const bool isClerk = number % 4 == 0;
    m_party = {.owner = (isClerk ? u"user:"_s : u"buyer:"_s) + CommandId::create().text(),
               .channel = isClerk ? SalesChannel::Desk : SalesChannel::Web};
}

void Actor::act()
{
    std::this_thread::sleep_for(std::chrono::microseconds(m_dice.bounded(4'000)));
    if (m_holds.empty() || (m_holds.size() < holdsAtOnceMax && happens(40)))
        return takeNew();
    Held &held = m_holds[static_cast<size_t>(m_dice.bounded(static_cast<int>(m_holds.size())))];
    const int dice = m_dice.bounded(100);
    if (dice < 20 || (dice >= 40 && !m_taste.givesBack))
        takeMore(held);
    else if (dice < 40)
        renew(held);
    else if (dice < 60)
        releaseSome(held);
    else if (dice < 85)
        releaseAll(held);
    else if (dice < 92)
        forget(held.id); // Gone to make tea: the time of the hold runs out.
    else if (m_taste.sells)
        buy(held);
}

int Actor::sales() const
{
    return static_cast<int>(std::ranges::count_if(m_events, [](const Event &event) {
        return event.operation == Operation::Pay && event.outcome == check::Outcome::Ok;
    }));
}

/// Some seats, some standing places, or both. Low numbers are the good seats: everybody wants them.
TakeHold Actor::wish(const HoldId &hold)
{
    test::SaleNode &node = *m_nodes[0];
    TakeHold command{.hold = hold, .performance = node.performance(), .seats = {}, .areas = {}};
    const bool wantsSeats = !happens(m_taste.standingPercent);
    if (wantsSeats) {
        std::set<QString> keys;
        for (int i = m_dice.bounded(1, 4); i > 0; --i) {
            const int luck = m_dice.bounded(m_taste.seats);
            keys.insert(node.layout().seat(happens(50) ? luck : luck / 4).key);
        }
        command.seats.assign(keys.begin(), keys.end());
        std::ranges::reverse(command.seats); // Not in the order of locks.
    }
    if (!wantsSeats || happens(20))
        command.areas = {{SaleWorld::yard(), m_dice.bounded(1, 5)}};
    return command;
}

void Actor::takeNew()
{
    Held held{.id = HoldId::create()};
    takeMore(held);
    if (!held.seats.empty() || held.standing > 0)
        m_holds.push_back(std::move(held));
}

void Actor::takeMore(Held &held)
{
    const TakeHold command = wish(held.id);
    const bool isTwice = happens(15);
    Event event = eventOf(Operation::Take, held.id);
    event.seats = numbersOf(command.seats);
    event.areas = standing(standingOf(command.areas));
    const QString id = CommandId::create().text();
    if (isTwice)
        event.command = id;
    const auto taken = told<HoldView>(
        event, [&] { return isTwice ? takeTwice(id, command) : takeBy(anyNode(), m_party, id, command); });
    if (!taken)
        return;
    held.seats.insert(held.seats.end(), event.seats.begin(), event.seats.end());
    held.standing += standingOf(command.areas);
}

Result<HoldView> Actor::takeTwice(const QString &id, const TakeHold &command)
{
    auto elsewhere = std::async(std::launch::async, [&] { return takeBy(*m_nodes[1], m_party, id, command); });
    const auto here = takeBy(*m_nodes[0], m_party, id, command);
    const auto other = elsewhere.get();
    // One of them may have had no answer, and then nobody knows.
    const bool isOther = !here && (other || isUntold(other.error().code));
    const auto taken = isOther ? other : here;
    const auto isTold = [](const Result<HoldView> &result) {
        return result || (!isUntold(result.error().code) && result.error().code != ErrorCode::Overloaded);
    };
    if (isTold(taken) && isTold(other) && textOf(taken) != textOf(other))
        m_surprises.append(u"a repeat came out differently: %1 and %2"_s.arg(textOf(taken), textOf(other)));
    return taken;
}

void Actor::renew(const Held &held)
{
    const HoldId id = held.id;
    const auto renewed = told<HoldView>(eventOf(Operation::Renew, id), [&] {
        return answerOf([&](const server::HoldService::Done &done) {
            anyNode().holds().renew(m_party, test::SaleNode::newKey(m_party), id, done);
        });
    });
    if (!renewed)
        forget(id);
}

void Actor::releaseSome(Held &held)
{
    if (held.seats.size() + static_cast<size_t>(held.standing) < 2)
        return;
    Event event = eventOf(Operation::Release, held.id);
    ReleaseHold command{.hold = held.id, .seats = {}, .areas = {}};
    if (held.standing > 0 && (held.seats.empty() || happens(50))) {
        const int quantity = m_dice.bounded(1, held.standing + 1);
        command.areas = {{SaleWorld::yard(), quantity}};
        event.areas = standing(quantity);
    } else {
        event.seats = {held.seats.back()};
        command.seats = {m_nodes[0]->layout().seat(held.seats.back()).key};
    }
    const auto released = told<HoldView>(event, [&] { return releaseBy(anyNode(), m_party, command); });
    if (!released || released->places.empty())
        return forget(held.id);
    for (const int seat : event.seats)
        std::erase(held.seats, seat);
    held.standing -= standingOf(command.areas);
}

void Actor::releaseAll(const Held &held)
{
    const HoldId id = held.id;
    (void)told<HoldView>(eventOf(Operation::Release, id),
                         [&] { return releaseBy(anyNode(), m_party, {.hold = id, .seats = {}, .areas = {}}); });
    forget(id);
}

void Actor::buy(const Held &held)
{
    const Held copy = held;
    forget(held.id);
    CreateOrder command{.order = OrderId::create(), .hold = copy.id, .lines = {}, .buyer = {}};
    test::SaleNode &node = anyNode();
    // What the hold has now, as a cart shows it; its own list may name a seat twice.
    const auto cart = node.holds().find(m_party, copy.id);
    if (!cart)
        return;
    const PriceTypeId adult = node.priceType();
    for (const HeldPlace &place : cart->places)
        command.lines.push_back({.place = place.key, .priceType = adult, .quantity = place.quantity});
    if (m_party.channel != SalesChannel::Desk)
        command.buyer = {.name = u"Olivia"_s, .email = u"olivia@example.org"_s};
    Event event = eventOf(Operation::Order, copy.id);
    event.order = command.order;
    const auto order = told<OrderView>(
        event, [&] { return node.checkout().createOrder(m_party, test::SaleNode::newKey(m_party), command); });
    if (!order)
        return;
    if (happens(30)) { // A card without money, and then another, or none.
        pay(copy, *order, u"pm_card_visa_chargeDeclinedInsufficientFunds"_s);
        if (happens(50))
            return releaseAll(copy);
    }
    if (!happens(25))
        return pay(copy, *order, u"pm_card_visa"_s);
    Actor otherTab(m_nodes, m_number, m_dice.generate(), m_taste);
    otherTab.m_party = m_party;
    auto givingBack = std::async(std::launch::async, [&] { otherTab.releaseAll(copy); });
    pay(copy, *order, u"pm_card_visa"_s);
    givingBack.get();
    std::ranges::move(otherTab.m_events, std::back_inserter(m_events));
    m_surprises += otherTab.m_surprises;
}

void Actor::pay(const Held &held, const OrderView &order, const QString &cardToken)
{
    Event event = eventOf(Operation::Pay, held.id);
    event.order = order.id;
    test::SaleNode &node = anyNode();
    (void)told<OrderView>(event, [&]() -> Result<OrderView> {
        if (m_party.channel == SalesChannel::Desk)
            return node.payCash(m_party, order, order.total);
        auto paid = node.payCard(m_party, order, cardToken);
        // It may settle in either way later.
        if (paid && paid->state == OrderState::PaymentPending)
            return refuse(ErrorCode::PaymentInDoubt, u"The payment is being checked."_s);
        return paid;
    });
}

void Actor::forget(const HoldId &hold)
{
    std::erase_if(m_holds, [&, id = hold](const Held &one) { return one.id == id; });
}

template <class View, class Ask>
Result<View> Actor::told(Event event, const Ask &ask)
{
    event.start = event.intended = bench::Loop::now();
    Result<View> outcome = ask();
    event.end = bench::Loop::now();
    if (!outcome) {
        const Error &error = outcome.error();
        event.outcome = isUntold(error.code) ? check::Outcome::Unknown : check::Outcome::Refused;
        event.code = errorCodeName(error.code);
        std::vector<QString> taken;
        for (const auto &seat : error.details.value(u"seats"_s).toArray())
            taken.push_back(seat.toObject().value(u"key"_s).toString());
        event.taken = numbersOf(taken);
        if (!isExpected(error.code))
            m_surprises.append(u"%1: %2"_s.arg(event.code, error.message));
    } else if constexpr (std::is_same_v<View, HoldView>) {
        event.heldUntil = outcome->heldUntil;
    }
    m_events.push_back(std::move(event));
    return outcome;
}

Event Actor::eventOf(Operation operation, const HoldId &hold) const
{
    return {.operation = operation, .client = m_number, .hold = hold};
}

std::vector<int> Actor::numbersOf(const std::vector<QString> &keys) const
{
    std::vector<int> numbers;
    for (const QString &key : keys)
        numbers.push_back(m_nodes[0]->layout().seatNumber(key).value_or(-1));
    return numbers;
}

} // namespace parterre::simulation
